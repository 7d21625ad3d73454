"""delivered: a matching record is there by the deadline.

    delivered: {facts: documents, where: {kind: action_plan}, within: {days: 180}}
    delivered: {facts: documents, where: {kind: programme_report}, within: {day: 06-30, years_later: 1}}

Days count from the scope's first day. Yearly records belong to the year that they name. Open until the deadline.
"""

from __future__ import annotations

from servanda.kinds.params import Records, Within, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import Rest, Selection
from servanda.shapes import FIGURE_ONE, Figure

NAME, UNIT, HAS_CASES = "delivered", "records", False


class Params(Records):
    """What is to be delivered, and by when."""

    within: Within


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The records that may be the delivery."""
    params: Params = obligation.params
    return {"facts": Selection(params.facts, params.where, own_place(obligation))}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """A breach rests on the record's type, up to the deadline."""
    return (Rest("below", obligation.params.facts),)


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """One record is owed."""
    return {"lower": FIGURE_ONE, **obligation.params.within.figures()}


CASES = ""

MEASURE = """
SELECT run, max(CASE WHEN holds AND own_day <= deadline THEN 1 ELSE 0 END) AS value, max(CASE WHEN holds AND own_day <= deadline THEN 1 ELSE 0 END) AS lo,
  max(CASE WHEN own_day <= deadline THEN 1 ELSE 0 END) AS hi
FROM taken WHERE kind = 'delivered' GROUP BY run
"""

EVIDENCE = """
SELECT run, rid, CASE WHEN holds IS NULL THEN 'unknown' WHEN own_day <= deadline THEN 'counted' ELSE 'breaks' END AS part
FROM taken WHERE kind = 'delivered'
"""
