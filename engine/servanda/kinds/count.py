"""count: how many facts, between a lower and an upper bound.

    count: {facts: meetings, where: {body: steering_round, status: held}, lower: 6, upper: 12}

Either bound may be absent; `approximate: true` widens both by the pack's tolerance ("ca."), or by
the obligation's own `tolerance`. In a window shorter than its
period the bounds are prorated, in favour of the party that owes. Above is outside at once; below, only once the window is over.
"""

from __future__ import annotations

from servanda.kinds.params import Records, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import Rest, Selection
from servanda.shapes import Bool, Figure, FigureField

NAME, UNIT, HAS_CASES = "count", "", False


class Params(Records):
    """What to count, and the bounds."""

    lower: FigureField | None = None
    upper: FigureField | None = None
    approximate: Bool = False
    tolerance: FigureField | None = None


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The counted facts."""
    params: Params = obligation.params
    return {"facts": Selection(params.facts, params.where, own_place(obligation))}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """Too few rests on the counted type being complete; a minimum once reached stays reached."""
    return (Rest("below", obligation.params.facts),)


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """The bounds, and the tolerance of "ca."."""
    params: Params = obligation.params
    found = {"lower": params.lower, "upper": params.upper, "tolerance": (params.tolerance or head.tolerance) if params.approximate else None}
    return {name: figure for name, figure in found.items() if figure is not None}


CASES = ""

MEASURE = """
SELECT run, count(*) FILTER (holds) AS value, count(*) FILTER (holds) AS lo, count(*) AS hi
FROM taken WHERE kind = 'count' GROUP BY run
"""

EVIDENCE = """
SELECT run, rid, CASE WHEN holds THEN 'counted' ELSE 'unknown' END AS part FROM taken WHERE kind = 'count'
"""
