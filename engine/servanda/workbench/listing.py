"""Findings of a run's report to choose from: filters by what the address says, fifty on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servanda.model import STATUSES

ON_A_PAGE = 50
OPEN = "open"  # what somebody should look at: everything but kept, waived and without a case
_SETTLED = frozenset({"fulfilled", "tolerated", "not_applicable", "waived"})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: the rows on it, its number, how many pages and rows there are."""

    rows: Sequence
    number: int
    pages: int
    total: int


def paged(rows: Sequence, asked: str) -> Page:
    """The page that the address asks for; the first or last where it asks for none that is there."""
    pages = max(1, -(-len(rows) // ON_A_PAGE))
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    number = min(max(wanted, 1), pages)
    return Page(rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE], number, pages, len(rows))


def selected(findings: Iterable[Mapping], chosen: Mapping[str, str]) -> list[Mapping]:
    """The findings that fit every filter: agreement, clause, status (`open` for all unsettled), year, material, and words anywhere in their text."""
    tests = [_TESTS[name](value) for name, value in chosen.items() if value]
    return [finding for finding in findings if all(test(finding) for test in tests)]


def options(findings: Sequence[Mapping]) -> dict[str, tuple[str, ...]]:
    """What the findings can be filtered by: agreements (`-` for the programme), clauses, statuses and years that occur."""
    statuses = {finding["status"] for finding in findings}
    return {
        "agreement": tuple(sorted({finding["agreement"] or "-" for finding in findings})),
        "clause": tuple(sorted({clause for finding in findings for clause in finding["clauses"]}, key=_natural)),
        "status": (OPEN, *(status for status in STATUSES if status in statuses)),
        "year": tuple(sorted({year_of(finding) for finding in findings})),
        "material": ("yes", "no"),
    }


def year_of(finding: Mapping) -> str:
    """The year of a finding's period as it is filtered by: `term` where it belongs to no year."""
    return "term" if finding["period"]["label"] == "term" else finding["period"]["from"][:4]


def _natural(text: str) -> list[tuple[int, int | str]]:
    return [(0, int(part)) if part.isdigit() and part.isascii() else (1, part) for part in text.split(".")]


def _words(value: str):
    wanted = value.casefold().split()

    def test(finding: Mapping) -> bool:
        text = " ".join((finding["id"], finding["message"], *finding["clauses"])).casefold()
        return all(word in text for word in wanted)

    return test


_TESTS = {
    "agreement": lambda value: lambda finding: (finding["agreement"] or "-") == value,
    "clause": lambda value: lambda finding: value in finding["clauses"],
    "status": lambda value: lambda finding: finding["status"] not in _SETTLED if value == OPEN else finding["status"] == value,
    "year": lambda value: lambda finding: year_of(finding) == value,
    "material": lambda value: lambda finding: finding["material"] is (value == "yes"),
    "q": _words,
}
