"""The linter's report for people: findings by their places, what is set aside and why, and the sum."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from servanda import problem_texts
from servanda.lint.codes import LEVELS
from servanda.lint.run import LintedPack, LintFinding
from servanda.report.safe_text import safe_text
from servanda.report.style import Style

LEVEL_WORDS = {
    "error": ("Fehler", "error"), "warning": ("Warnung", "warning"), "notice": ("Hinweis", "notice"),
}
_GERMAN_MANY = {"error": "Fehler", "warning": "Warnungen", "notice": "Hinweise"}
_LONG = 800


def lint_table(packs: Sequence[LintedPack], style: Style) -> str:
    """One paragraph a finding, then what each pack sets aside, then a line a pack that sums up."""
    lines = [line for pack in packs for one in pack.open for line in _finding(one, style)]
    for pack in packs:
        if pack.set_aside:
            head = "set aside with a reason" if style.lang == "en" else "mit Begründung beiseitegelegt"
            lines += ["", f"{safe_text(pack.name)} · {head}:", *_asides(pack, style)]
    lines += [""] if lines else []
    lines += [f"{safe_text(pack.name)} ({safe_text(pack.folder)}): {sum_of(pack, style.lang)}" for pack in packs]
    return "".join(f"{line}\n" for line in lines)


def sum_of(pack: LintedPack, lang: str) -> str:
    """How many findings of each level, and how many are set aside."""
    english = lang == "en"
    counts = Counter(one.level for one in pack.open)
    told = [_counted(counts[level], level, english) for level in LEVELS if counts[level]]
    text = ", ".join(told) or ("no finding" if english else "kein Befund")
    if pack.set_aside:
        text += f"; {len(pack.set_aside)} {'set aside' if english else 'beiseitegelegt'}"
    return text


def _counted(count: int, level: str, english: bool) -> str:
    one = LEVEL_WORDS[level][english]
    return f"{count} {one if count == 1 else f'{one}s' if english else _GERMAN_MANY[level]}"


def said(one: LintFinding, lang: str) -> str:
    """What is wrong, how to mend it, and what was expected, in one line."""
    expected = f"{'expected' if lang == 'en' else 'erwartet'}: {problem_texts.expected(one.problem, lang)}"
    return f"{problem_texts.message(one.problem, lang)} ({expected})"


def _finding(one: LintFinding, style: Style) -> Iterator[str]:
    problem, english = one.problem, style.lang == "en"
    place = ":".join(str(part) for part in (safe_text(problem.file or "–"), problem.row, one.character if problem.row else None) if part is not None)
    name = f" · {safe_text(problem.column)}" if problem.column else ""
    yield f"{place}: {LEVEL_WORDS[one.level][english]}{name} [{problem.code}]"
    expected = f"{'expected' if english else 'erwartet'}: {problem_texts.expected(problem, style.lang)}"
    for text in (problem_texts.message(problem, style.lang), expected):
        yield _wrapped(safe_text(text, _LONG), style)


def _asides(pack: LintedPack, style: Style) -> Iterator[str]:
    """An entry a reason: its code, its places, why."""
    entries: dict[tuple[str, str], list[str]] = {}
    for one in pack.set_aside:
        entries.setdefault((one.problem.code, one.aside.of(style.lang)), []).append(one.problem.column or "")
    for (code, reason), places in entries.items():
        yield _wrapped(f"{code} · {safe_text(', '.join(places), _LONG)}: {safe_text(reason, _LONG)}", style)


def _wrapped(text: str, style: Style) -> str:
    return textwrap.fill(text, style.width, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
