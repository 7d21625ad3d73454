"""Shapes that several kinds share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from servanda.conditions import ALWAYS
from servanda.pack_shapes import AmountOf, Obligation
from servanda.problems import Unfit
from servanda.shapes import ConditionField, Figure, FigureField, Int, Name, Shape, said


def _month_day(value: object) -> object:
    text = str(value)
    if len(text) == 5 and text[2] == "-" and text[:2].isdigit() and text[3:].isdigit() and 1 <= int(text[:2]) <= 12 and 1 <= int(text[3:]) <= 28 + (
        3 if text[:2] in ("01", "03", "05", "07", "08", "10", "12") else 2 if text[:2] != "02" else 0
    ):
        return (int(text[:2]), int(text[3:]))
    raise Unfit("a day of the year such as 06-30")


class Within(Shape):
    """A time limit: days, working days, or a fixed day of a later year."""

    days: FigureField | None = None
    working_days: FigureField | None = None
    day: Annotated[tuple, BeforeValidator(_month_day), said("month_day")] | None = None
    years_later: Int = 0

    @property
    def fixed(self) -> tuple[int, int, int] | None:
        """(years later, month, day) of a fixed day."""
        return (self.years_later, *self.day) if self.day else None

    def figures(self) -> dict[str, Figure]:
        """The limits as numbers of the duty."""
        found = {"days": self.days, "working_days": self.working_days}
        return {name: figure for name, figure in found.items() if figure is not None}


class Records(Shape):
    """Records of a fact type, under a condition."""

    facts: Name
    where: ConditionField = Field(default=ALWAYS)


def own_place(obligation: Obligation) -> str:
    """How records belong to the obligation's scope."""
    return "site" if obligation.scope == "site" else "agreement"


__all__ = ["AmountOf", "Records", "Within", "own_place"]
