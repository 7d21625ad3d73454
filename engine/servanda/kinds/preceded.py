"""preceded: every selected record has a matching record of the same or an earlier day.

    preceded: {facts: measures, where: {opinion_needed: true}, by: {facts: opinions, refers: measure, on: received_on}}

A record whose day is empty has not happened yet and precedes nothing.
"""

from __future__ import annotations

from servanda.kinds.params import Records, is_the_record, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import SELF, Rest, Selection
from servanda.shapes import FIGURE_ZERO, Figure, Name

NAME, UNIT, HAS_CASES = "preceded", "records", True


class By(Records):
    """The preceding records: the reference that ties them to the case, and the day that counts."""

    refers: Name
    on: Name


class Params(Records):
    """The records, and what must precede each."""

    by: By


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The cases, and the records that may precede them."""
    params: Params = obligation.params
    before = Selection(params.by.facts, params.by.where, "agreement", until=params.by.on, key=(params.by.refers,))
    return {"facts": Selection(params.facts, params.where, own_place(obligation), key=(SELF,)), "before": before}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """A breach rests on the preceding type, compliance on the selected one."""
    params: Params = obligation.params
    kept = () if is_the_record(obligation, params.facts) else (Rest("kept", params.facts),)
    return (Rest("above", params.by.facts), *kept)


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """No record may lack what precedes it."""
    return {"upper": FIGURE_ZERO}


CASES = """
WITH earlier AS (
  SELECT t.run, t.rid, bool_or(CASE WHEN t.own_day IS NOT NULL THEN b.holds END) AS sure
  FROM taken t JOIN use u ON u.rule = t.rule AND u.part = 'before'
  JOIN selected b ON b.selection = u.selection AND b.key = t.key AND b.until <= coalesce(t.own_day, b.until)
  WHERE t.kind = 'preceded' AND t.part = 'facts' GROUP BY t.run, t.rid
)
SELECT t.run, t.rid, t.holds, t.waived, e.rid IS NULL AS lacks, e.rid IS NOT NULL AND e.sure IS NULL AS perhaps
FROM taken t LEFT JOIN earlier e USING (run, rid) WHERE t.kind = 'preceded' AND t.part = 'facts'
"""

MEASURE = """
SELECT run, count(*) FILTER (holds AND lacks) AS value, count(*) FILTER (holds AND lacks) AS lo, count(*) FILTER (lacks OR perhaps) AS hi,
  count(*) FILTER (holds) AS cases, count(*) FILTER (holds IS NULL) AS possible
FROM preceded_case WHERE NOT waived GROUP BY run
"""

EVIDENCE = """
SELECT c.run, c.rid, CASE WHEN c.holds AND c.lacks THEN 'breaks' ELSE 'unknown' END AS part
FROM preceded_case c JOIN taken t ON t.run = c.run AND t.rid = c.rid AND t.part = 'facts'
WHERE c.lacks OR c.holds IS NULL OR c.perhaps AND t.own_day IS NULL
UNION
SELECT run, rid, 'case' FROM preceded_case WHERE holds AND perhaps
UNION
SELECT c.run, b.rid, 'unknown' FROM preceded_case c JOIN taken t ON t.run = c.run AND t.rid = c.rid AND t.part = 'facts'
JOIN use u ON u.rule = t.rule AND u.part = 'before'
JOIN selected b ON b.selection = u.selection AND b.key = t.key AND b.until <= coalesce(t.own_day, b.until) AND b.holds IS NULL WHERE c.perhaps
"""
