"""attended: the roles were at enough of the meetings that were held and to which they were invited.

    attended: {facts: meetings, where: {body: steering_round, status: held}, roles: [district_coordinator, district_office], at_least: 0.8}

A meeting counts as attended where any of the roles is present; it is left out where all records of the roles say that they
were not invited. `meetings_of: agreement` takes the agreement's meetings for a site's duty, `own_site: true` only attendance
recorded for that site. Where attendance is recorded stands in the pack. Shares have four decimals, rounded half up.
"""

from __future__ import annotations

from typing import Literal

from servanda.conditions import Condition, Test
from servanda.kinds.params import Records, own_place
from servanda.pack_shapes import Obligation, PackShape, plain_choice
from servanda.selection import SELF, Rest, Selection
from servanda.shapes import Bool, Figure, FigureField, Names

NAME, UNIT, HAS_CASES = "attended", "share", True


class Params(Records):
    """The meetings, who should be there, and how often."""

    roles: Names
    at_least: FigureField
    meetings_of: plain_choice(Literal["agreement"]) | None = None
    own_site: Bool = False


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The meetings, and the attendance of the roles."""
    params: Params = obligation.params
    kept = head.attendance
    place = "agreement" if params.meetings_of else own_place(obligation)
    presence = Selection(
        kept.facts, Condition((Test("role", "in", params.roles),)), "site" if params.own_site else "agreement",
        keeps=kept.present, excused=kept.not_invited, key=(kept.meeting,),
    )
    return {"facts": Selection(params.facts, params.where, place, key=(SELF,)), "presence": presence}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """A breach rests on the attendance of each role and the meetings, compliance on the meetings."""
    params: Params = obligation.params
    meetings = params.facts
    return (Rest("below", head.attendance.facts, params.roles), Rest("below", meetings), Rest("kept", meetings))


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """The least share."""
    return {"lower": obligation.params.at_least}


# Of a meeting: `present` surely attended, `out` surely not invited, `perhaps_there` one of both, `perhaps_out` not known to be invited, `perhaps` not known
# to be attended; `invited` as the sure records tell it, for the value shown.
CASES = """
WITH seen AS (
  SELECT t.run, t.rid, bool_or(p.holds AND p.keeps) AS there, bool_or(p.keeps IS NOT FALSE) AS perhaps,
    bool_and(coalesce(p.excused, FALSE) OR coalesce(p.keeps, FALSE)) AND bool_or(coalesce(p.holds, FALSE)) AS never_absent,
    bool_and(NOT coalesce(p.holds, FALSE) OR p.excused IS NOT FALSE) AND bool_or(p.excused IS NOT FALSE) AS perhaps_out,
    coalesce(bool_and(p.excused) FILTER (p.holds), FALSE) AS surely_out
  FROM taken t JOIN use u ON u.rule = t.rule AND u.part = 'presence'
  JOIN selected p ON p.selection = u.selection AND p.agreement = t.agreement AND p.key = t.key
    AND p.place = CASE WHEN u.by_site THEN t.duty_place ELSE '' END
  WHERE t.kind = 'attended' AND t.part = 'facts' GROUP BY t.run, t.rid
), meeting AS (
  SELECT t.run, t.rid, t.holds, coalesce(s.there, FALSE) AS there, coalesce(s.perhaps, FALSE) AS perhaps, coalesce(s.never_absent, FALSE) AS never_absent,
    coalesce(s.perhaps_out, FALSE) AS perhaps_out, coalesce(s.there, FALSE) OR NOT coalesce(s.surely_out, FALSE) AS invited
  FROM taken t LEFT JOIN seen s USING (run, rid) WHERE t.kind = 'attended' AND t.part = 'facts' AND NOT t.waived
)
SELECT run, rid, holds, invited, CASE WHEN there THEN 'present' WHEN never_absent AND perhaps THEN 'perhaps_there' WHEN never_absent THEN 'out'
  WHEN perhaps THEN 'perhaps' WHEN perhaps_out THEN 'perhaps_out' ELSE 'absent' END AS state FROM meeting
"""

MEASURE = """
WITH counted AS (
  SELECT run, count(*) FILTER (holds AND state = 'present') AS present, count(*) FILTER (holds AND invited) AS invited,
    count(*) FILTER (state NOT IN ('out', 'perhaps_there') AND NOT (holds IS NULL AND state = 'present')) AS most_invited,
    count(*) FILTER (state IN ('present', 'perhaps', 'perhaps_there')) AS most_present,
    count(*) FILTER (state IN ('present', 'perhaps', 'perhaps_there') OR (holds AND state = 'absent')) AS least_invited,
    count(*) FILTER ((holds IS NULL AND state <> 'out') OR (holds AND state IN ('perhaps_out', 'perhaps_there'))) AS possible
  FROM attended_case GROUP BY run
)
SELECT run, CASE WHEN invited > 0 THEN ((20000 * present + invited) // (2 * invited)) * 0.0001::DECIMAL(5,4) END AS value,
  CASE WHEN most_invited > 0 THEN ((20000 * present + most_invited) // (2 * most_invited)) * 0.0001::DECIMAL(5,4) ELSE 1 END AS lo,
  CASE WHEN least_invited > 0 THEN ((20000 * most_present + least_invited) // (2 * least_invited)) * 0.0001::DECIMAL(5,4) ELSE 1 END AS hi,
  invited AS cases, possible
FROM counted
"""

EVIDENCE = """
SELECT run, rid, CASE WHEN holds THEN 'counted' ELSE 'unknown' END AS part
FROM attended_case WHERE CASE WHEN holds THEN invited ELSE state <> 'out' END
UNION
SELECT c.run, p.rid, 'unknown' FROM attended_case c JOIN duty d USING (run) JOIN use u ON u.rule = d.rule AND u.part = 'presence'
JOIN selected p ON p.selection = u.selection AND p.agreement = d.agreement AND p.key = c.rid::VARCHAR
  AND p.place = CASE WHEN u.by_site THEN d.place ELSE '' END AND (p.holds IS NULL OR p.keeps IS NULL OR p.excused IS NULL)
WHERE c.state IN ('perhaps', 'perhaps_there', 'perhaps_out')
"""
