"""Cases rewritten to what is found: values of expectations in their lines, and the list `beside`. Reviewed as a diff; no expectation is added or removed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servanda.cases.contents import Case, Failure


@dataclass(frozen=True, slots=True)
class Accepted:
    """The new text of a file, and the failures that could not be written into it."""

    text: str
    left: tuple[Failure, ...]


def accept(text: str, failures: Sequence[Failure]) -> Accepted:
    """The text of a file of cases, with what its failures found in place of what was expected."""
    lines = text.split("\n")
    left = []
    for failure in failures:
        if failure.kind == "differs":
            line = lines[failure.row - 1]
            value = rf"(\b{failure.field}: *)(\[[^\]]*\]|\"[^\"]*\"|[^,}}\s]+)"
            changed = re.sub(value, lambda match, found=failure.found: match[1] + _written(found or "null"), line, count=1)
            if changed == line:
                left.append(failure)
            lines[failure.row - 1] = changed
        elif failure.kind not in ("unexpected", "needless"):
            left.append(failure)
    for row, beside in sorted(_beside(failures).items(), reverse=True):
        _write_beside(lines, row, beside)
    return Accepted("\n".join(lines), tuple(left))


def _written(found: str) -> str:
    return f'"{found}"' if re.fullmatch(r"-?[0-9]+\.[0-9]+", found) else found


def _beside(failures: Iterable[Failure]) -> Mapping[int, tuple[Case, list[str]]]:
    """By the line of a case: it, and the obligations that deviate beside what it expects."""
    changed: dict[int, tuple[Case, list[str]]] = {}
    gone: dict[int, set[str]] = defaultdict(set)
    for failure in failures:
        if failure.kind in ("unexpected", "needless"):
            case, names = changed.setdefault(failure.case.row, (failure.case, list(failure.case.beside)))
            if failure.kind == "needless":
                gone[case.row].add(failure.obligation)
            elif failure.obligation not in names:
                names.append(failure.obligation)
    return {row: (case, [name for name in names if name not in gone[row]]) for row, (case, names) in changed.items()}


def _write_beside(lines: list[str], row: int, beside: tuple[Case, list[str]]) -> None:
    """Write `beside: […]` before `expect:`; the case begins on `row` and ends before the next one."""
    end = next((number for number in range(row, len(lines)) if re.match(r"- ", lines[number])), len(lines))
    start = row - 1
    old = next((number for number in range(start, end) if re.match(r"  beside: *\[", lines[number])), None)
    if old is not None:
        last = next(number for number in range(old, end) if lines[number].rstrip().endswith("]"))
        del lines[old: last + 1]
        end -= last + 1 - old
    at = next((number for number in range(start, end) if re.match(r"  expect:", lines[number])), None)
    if beside[1] and at is not None:
        lines[at:at] = _wrapped(beside[1])


def _wrapped(names: Sequence[str]) -> list[str]:
    """The list in lines of at most 140 characters."""
    lines, line = [], "  beside: ["
    for number, name in enumerate(names):
        piece = name + ("]" if number == len(names) - 1 else ", ")
        if len(line) + len(piece) > 140:
            lines.append(line.rstrip())
            line = "    "
        line += piece
    return [*lines, line]
