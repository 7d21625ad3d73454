"""What a deviation from an obligation can be asked by a judgement: its words, and the range of each of its numbers.

Ranges are as wide as the figures of the pack allow, never narrower: what lies outside of them cannot happen (see findings.deviations_of:
kinds with a lower and an upper bound are judged below the lower one only, and intentions never deviate).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from servanda.kinds import BY_NAME
from servanda.lint.source import PackSource
from servanda.pack_shapes import Obligation, Pattern

_ZERO, _ONE = Decimal(0), Decimal(1)
_BELOW_ONLY = ("count", "sites")


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high` (None: without end), the ends belonging to it unless they are open."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False

    def meets(self, other: Range) -> bool:
        """Whether a number lies in both."""
        for one, two in ((self, other), (other, self)):
            if one.low is not None and two.high is not None and (one.low > two.high or one.low == two.high and (one.low_open or two.high_open)):
                return False
        return True


def meets(source: PackSource, one: Obligation, pattern: Pattern, year_before: bool = False) -> bool:
    """Whether a deviation from an obligation can have all the words and numbers of a pattern."""
    if one.modality == "intention" or year_before and one.period != "calendar_year":
        return False
    if one.kind in _BELOW_ONLY and one.params.lower is None:
        return False
    words = {
        "obligation": one.id, "kind": one.kind, "only_bearer": one.bearer[0] if len(one.bearer) == 1 else "", "period": one.period,
        "modality": one.modality, "scope": one.scope,
    }
    possible = {name: {word} for name, word in words.items()}
    possible["repaired"] = {"yes", "no", "open", "nothing"} if any(one.id == other.after_breach_of for other in source.pack.obligations) else {"nothing"}
    for name, (wanted, excluded) in pattern.words.items():
        if not (possible[name] & wanted if wanted else possible[name]) - excluded:
            return False
    return all((own := number(source, one, name)) is not None and own.meets(asked(source, bounds)) for name, bounds in pattern.numbers.items())


def asked(source: PackSource, bounds: dict) -> Range:
    """The numbers that a pattern's comparisons allow on some day, as the pack's own parameters stand."""
    low = high = None
    low_open = high_open = False
    for comparison, figure in bounds.items():
        values = [value for _, value in (source.value(figure) or figure).values]
        if not values:
            continue
        if comparison in ("above", "at_least"):
            if low is None or min(values) >= low:
                low, low_open = min(values), comparison == "above"
        elif high is None or max(values) <= high:
            high, high_open = max(values), comparison == "below"
    return Range(low, high, low_open, high_open)


def number(source: PackSource, one: Obligation, name: str) -> Range | None:
    """The range of a number of deviations from an obligation; None where they have no such number."""
    figures = BY_NAME[one.kind].figures(one, source.pack.head) if _measurable(source, one) else {}
    lower, upper = (_ends(source, figures.get(bound)) for bound in ("lower", "upper"))
    special = {
        "longest_vacancy_days": "staffed", "overdue_working_days": "answered", "uncovered": "consented", "share_of_funds": "consented",
    }
    if name in special:
        has = one.kind == special[name] and (name != "share_of_funds" or one.params.funds is not None)
        return Range(_ZERO, low_open=name != "overdue_working_days") if has else None
    if name == "cases":
        return Range(_ONE) if BY_NAME[one.kind].HAS_CASES else Range(_ZERO, _ZERO)
    if name == "share_of_lower":
        return Range(_ZERO, _ONE, high_open=True) if lower else None
    if name == "lower":
        return Range(_ZERO if one.kind == "count" else lower[0], lower[1]) if lower else None
    if name == "upper":
        return Range(_ZERO if one.kind == "count" else upper[0], upper[1]) if upper else None
    return Range(_ZERO, lower[1], high_open=True) if lower else Range(_ZERO)


def _measurable(source: PackSource, one: Obligation) -> bool:
    return one.kind != "attested" or bool(one.bearer)


def _ends(source: PackSource, figure: object) -> tuple[Decimal, Decimal] | None:
    """The least and the greatest value of a figure over the years."""
    values = [value for _, value in figure_values.values] if figure is not None and (figure_values := source.value(figure)) else []
    return (min(values), max(values)) if values else None
