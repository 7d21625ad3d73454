"""each: every selected record meets a condition.

    each: {facts: milestones, where: {kind: team_selected}, must: {with_district: true}}

One record that surely fails is a breach, whatever else is unknown.
"""

from __future__ import annotations

from servanda.kinds.params import Records, is_the_record, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import Rest, Selection
from servanda.shapes import FIGURE_ZERO, ConditionField, Figure

NAME, UNIT, HAS_CASES = "each", "records", True


class Params(Records):
    """The records, and what each must meet."""

    must: ConditionField


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The selected records, with the condition beside the selection."""
    params: Params = obligation.params
    return {"facts": Selection(params.facts, params.where, own_place(obligation), keeps=params.must)}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """Compliance rests on the selected type."""
    facts = obligation.params.facts
    return () if is_the_record(obligation, facts) else (Rest("kept", facts),)


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """No record may fail."""
    return {"upper": FIGURE_ZERO}


CASES = ""

MEASURE = """
SELECT run, count(*) FILTER (holds AND NOT keeps) AS value, count(*) FILTER (holds AND NOT keeps) AS lo,
  count(*) FILTER (keeps IS NOT TRUE) AS hi, count(*) FILTER (holds) AS cases, count(*) FILTER (holds IS NULL) AS possible
FROM taken WHERE kind = 'each' AND NOT waived GROUP BY run
"""

EVIDENCE = """
SELECT run, rid, CASE WHEN holds AND NOT keeps THEN 'breaks' ELSE 'unknown' END AS part
FROM taken WHERE kind = 'each' AND (keeps IS NOT TRUE OR holds IS NULL)
"""
