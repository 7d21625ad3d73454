"""Scales and axes: where a day or an amount stands, round steps, and labels that do not lie over each other."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class DayScale:
    """Days from `start` to `end` (both included) over pixels from `left` to `right`; a day covers the stretch up to the next."""

    start: datetime.date
    end: datetime.date
    left: int
    right: int

    def at(self, day: datetime.date, after: int = 0) -> Fraction:
        """Where a day begins (`after=1`: where it is over), kept inside the axis."""
        days = (self.end - self.start).days + 1
        place = Fraction((day - self.start).days + after, days)
        return self.left + (self.right - self.left) * min(max(place, Fraction(0)), Fraction(1))

    def years(self) -> list[int]:
        """The calendar years that the axis touches."""
        return list(range(self.start.year, self.end.year + 1))

    def year_span(self, year: int) -> tuple[Fraction, Fraction]:
        """Where a year begins and is over on the axis."""
        return self.at(datetime.date(year, 1, 1)), self.at(datetime.date(year, 12, 31), 1)


@dataclass(frozen=True, slots=True)
class AmountScale:
    """Amounts from `low` to `high` over pixels from `bottom` up to `top`."""

    low: Decimal
    high: Decimal
    top: int
    bottom: int

    def at(self, amount: Decimal) -> Fraction:
        """Where an amount stands."""
        place = Fraction(amount - self.low) / Fraction(self.high - self.low)
        return self.bottom - (self.bottom - self.top) * place


def round_steps(low: Decimal, high: Decimal, about: int = 5) -> list[Decimal]:
    """Whole amounts of 1, 2 or 5 times a power of ten apart, from at most `low` to at least `high`, with 0 among them."""
    low, high = min(low, Decimal(0)), max(high, Decimal(0))
    width = max(high - low, Decimal(about))
    power = Decimal(1).scaleb((width / about).adjusted())
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * about >= width)
    first, last = -(-low // step + (low % step != 0)), high // step + (high % step != 0)
    return [step * count for count in range(int(first), max(int(last), int(first) + 1) + 1)]


def text_width(text: str, size: int = 11) -> int:
    """How wide a text is at most likely to be, in pixels: fonts differ, so this is rather too much (a wide sign counts as two)."""
    signs = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return -(-signs * size * 60 // 100)


def cut_to(text: str, width: int, size: int = 11) -> str:
    """The text, cut with an ellipsis to what fits `width` pixels."""
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def lines_to(text: str, width: int, size: int, most: int = 2) -> list[str]:
    """The text in at most `most` lines of `width` pixels, broken between words where it can be; the last line is cut."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line += " " + words.pop(0)
        lines.append(cut_to(line, width, size))
    return [*lines, cut_to(" ".join(words), width, size)] if words else lines


def lanes(spans: Sequence[tuple[Fraction, Fraction]], gap: int = 6) -> list[int]:
    """For each stretch (from, to) the first lane in which it lies over no earlier one."""
    ends: list[Fraction] = []
    chosen: list[int] = []
    for start, end in spans:
        lane = next((place for place, last in enumerate(ends) if last + gap <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        ends[lane] = end
        chosen.append(lane)
    return chosen


def centred(middle: Fraction, width: int, left: int, right: int) -> Fraction:
    """The middle of a label of `width` pixels, moved so that the label stays between `left` and `right`."""
    half = Fraction(width, 2)
    return max(min(middle, right - half), left + half)
