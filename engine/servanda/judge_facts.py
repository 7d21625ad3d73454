"""What a deviation can be asked by a judgement, and how far the judging goes that is not matching of patterns.

Both evaluators, the forward-chaining one and the plain one, work on the same `Deviation`s and give the same `Verdict`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from servanda.duties import resolve
from servanda.pack_shapes import Pack
from servanda.shapes import Figure

INFINITE = Fraction(10**15)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A finding with status `deviation`, as judgements see it. `numbers` holds exact values; absent: there is none."""

    duty: int
    words: Mapping[str, str]
    numbers: Mapping[str, Fraction]
    agreement: str
    site: str
    year: int | None
    calendar: bool
    start: datetime.date
    label: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was judged: (duty, judgement id) and (duty, consequence id, attribution)."""

    material: frozenset[tuple[int, str]]
    consequences: frozenset[tuple[int, str, str]]


def threshold(figure: Figure, pack: Pack, overrides: Mapping[str, Mapping[str, object]], agreement: str, day: datetime.date) -> Fraction:
    """The value of a judgement's figure for an agreement on a day (dated values: in force on that day)."""
    values = resolve(figure, pack, overrides.get(agreement, {})).values
    in_force = values[0][1]
    for since, number in values:
        if since <= day:
            in_force = number
    return _fraction(in_force)


@lru_cache(maxsize=1000)
def _fraction(number: Decimal) -> Fraction:
    return Fraction(number)


def compares(comparison: str, number: Fraction | None, bound: Fraction) -> bool:
    """Whether a number lies as a comparison asks; where there is none, it does not."""
    if number is None:
        return False
    if comparison in ("above", "at_least"):
        return number > bound if comparison == "above" else number >= bound
    return number < bound if comparison == "below" else number <= bound


def enough_together(members: Iterable[Deviation], property_name: str, bound: Fraction) -> bool:
    """Whether so many different values of a property stand among the members of a group."""
    return len({member.site if property_name == "record" else member.words[property_name] for member in members}) >= bound
