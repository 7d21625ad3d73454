"""Shapes that several kinds share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from servanda.conditions import ALWAYS
from servanda.pack_shapes import AmountOf, Obligation, plain_choice
from servanda.problems import Unfit
from servanda.selection import place_of_record
from servanda.shapes import Bool, ConditionField, Figure, FigureField, Int, Name, Shape, said


def parse_yearday(value: object) -> tuple[int, int]:
    """(month, day) of a day that every year has, such as 06-30; else Unfit."""
    text = str(value)
    if len(text) == 5 and text[2] == "-" and text[:2].isdigit() and text[3:].isdigit() and 1 <= int(text[:2]) <= 12 and 1 <= int(text[3:]) <= 28 + (
        3 if text[:2] in ("01", "03", "05", "07", "08", "10", "12") else 2 if text[:2] != "02" else 0
    ):
        return (int(text[:2]), int(text[3:]))
    raise Unfit("a day of the year such as 06-30")


class Within(Shape):
    """A time limit: days, working days, months, or a fixed day of a later year. `end_of_month` moves it to the last day of its month;
    `counted_from` is the first or the last day of the window (of `delivered`)."""

    days: FigureField | None = None
    working_days: FigureField | None = None
    months: FigureField | None = None
    day: Annotated[tuple, BeforeValidator(parse_yearday), said("month_day")] | None = None
    years_later: Int = 0
    end_of_month: Bool = False
    counted_from: plain_choice(Literal["start", "end"]) = "start"

    @property
    def fixed(self) -> tuple[int, int, int] | None:
        """(years later, month, day) of a fixed day."""
        return (self.years_later, *self.day) if self.day else None

    def figures(self) -> dict[str, Figure]:
        """The limits as numbers of the duty."""
        found = {"days": self.days, "working_days": self.working_days, "months": self.months}
        return {name: figure for name, figure in found.items() if figure is not None}


class Records(Shape):
    """Records of a fact type, under a condition."""

    facts: Name
    where: ConditionField = Field(default=ALWAYS)


def own_place(obligation: Obligation) -> str:
    """How records belong to the obligation's scope."""
    if obligation.for_each:
        return place_of_record(obligation.for_each.facts)
    return "site" if obligation.scope == "site" else "agreement"


def is_the_record(obligation: Obligation, facts: str) -> bool:
    """Whether a part selects the very record that is the duty's scope: that it is there needs no declaration."""
    return obligation.for_each is not None and obligation.for_each.facts == facts


__all__ = ["AmountOf", "Records", "Within", "is_the_record", "own_place"]
