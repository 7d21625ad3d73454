"""sites: how many of the agreements' own sites match.

    sites: {where: {contractor: {given: true}}, lower: 1}

For the programme, the sites of all evaluated agreements count whose active days touch the window.
"""

from __future__ import annotations

from pydantic import Field

from servanda.conditions import ALWAYS
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import SITES, Rest, Selection
from servanda.shapes import ConditionField, Figure, FigureField, Shape

NAME, UNIT, HAS_CASES = "sites", "sites", False


class Params(Shape):
    """Which sites, and how many."""

    where: ConditionField = Field(default=ALWAYS)
    lower: FigureField | None = None
    upper: FigureField | None = None


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The sites of the scope."""
    return {"facts": Selection(SITES, obligation.params.where, obligation.scope)}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """Nothing: sites stand in the agreements."""
    return ()


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """The bounds as given."""
    found = {"lower": obligation.params.lower, "upper": obligation.params.upper}
    return {name: figure for name, figure in found.items() if figure is not None}


CASES = ""

MEASURE = """
SELECT d.run, count(*) FILTER (s.holds) AS value, count(*) FILTER (s.holds) AS lo, count(*) AS hi
FROM duty d JOIN use u ON u.rule = d.rule AND u.part = 'facts'
JOIN selected s ON s.selection = u.selection AND s.agreement = d.agreement AND s.place = d.place AND s.day <= d.last_day AND s.until >= d.win_from
WHERE d.kind = 'sites' GROUP BY d.run
"""

EVIDENCE = "SELECT NULL::BIGINT AS run, NULL::BIGINT AS rid, NULL::VARCHAR AS part WHERE FALSE"
