"""Problems: what is wrong with the input (never what a party did wrong), each with its place.

A problem is data. It is collected, never printed here, and its words stand in `problem_texts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FOUND_LIMIT = 200
LISTED = 100_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it stands, and what stands there.

    `row` is the line that a person sees in an editor or a spreadsheet (1 is the first). `column` is the declared
    field, or the header as written where nothing is declared. `args` fill the words of `problem_texts`.
    """

    code: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    sheet: str | None = None
    cell: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)

    def order(self) -> tuple:
        """The order of a list of problems: by place, then by what is wrong."""
        return (self.file or "", self.sheet or "", self.row or 0, self.column or "", self.code, self.found or "", str(sorted(self.args.items())))


class Problems:
    """A collector, so that all problems are reported at once; those after the first 100 000 are counted, so that memory stays bounded."""

    def __init__(self) -> None:
        self._all: list[Problem] = []
        self._unlisted = 0

    def add(
        self, code: str, file: str | None = None, row: int | None = None, column: str | None = None, found: object = None, *,
        sheet: str | None = None, cell: str | None = None, **args: object,
    ) -> None:
        """Note a problem; `found` is cut to 200 characters, `sheet` and `cell` (`B7`) place it in a workbook."""
        if len(self._all) >= LISTED:
            self._unlisted += 1
            return
        text = None if found is None else _printable(str(found))
        if text is not None and len(text) > FOUND_LIMIT:
            text = text[:FOUND_LIMIT] + "…"
        self._all.append(Problem(code, None if file is None else _printable(file), row, column, text, sheet, cell, args))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        for problem in problems:
            if len(self._all) < LISTED:
                self._all.append(problem)
            else:
                self._unlisted += 1

    def pass_over(self, count: int) -> None:
        """Count problems that are not listed."""
        self._unlisted += count

    def since(self, count: int) -> list[Problem]:
        """The problems noted after the first `count`."""
        return self._all[count:]

    def __len__(self) -> int:
        return len(self._all) + self._unlisted

    def __bool__(self) -> bool:
        return len(self) > 0

    def sorted(self) -> list[Problem]:
        """All problems in the order of their places, each once."""
        unique = {problem.order(): problem for problem in self._all}
        unlisted = [Problem("too-many-problems", found=str(self._unlisted), args={"limit": LISTED})] if self._unlisted else []
        return [*(unique[key] for key in sorted(unique)), *unlisted]


class Unfit(ValueError):
    """A value of a definition that does not fit: a phrase of `phrases.EXPECTED`, and what fills it."""

    def __init__(self, phrase: str, **names: object) -> None:
        super().__init__(phrase)
        self.phrase, self.names = phrase, names


class InvalidInput(Exception):
    """Raised where nothing can be evaluated; carries every problem found (exit status 2)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(f"{len(self.problems)} problem(s): " + "; ".join(_short(p) for p in self.problems[:3]))


def _printable(text: str) -> str:
    """Names of files need not be UTF-8; what cannot be written as UTF-8 is shown as `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _short(problem: Problem) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.row, problem.column) if part is not None)
    return f"{place}: {problem.code}" + (f" ({problem.found})" if problem.found else "")
