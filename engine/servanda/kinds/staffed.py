"""staffed: on every day, enough people are in the role; at most so many vacant days in the window.

    staffed: {facts: staffing, roles: [district_coordinator], until: to, person: person, max_vacancy_days: $vacancy_days}

`roles` may be given for each site kind. `headcount` (default 1) counts persons, overlapping records of one person once;
`fte: {field: fte, at_least: 1.5}` adds up full-time equivalents instead. The last day in office counts as staffed.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from servanda.conditions import Condition, Test
from servanda.kinds.params import own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.problems import Unfit
from servanda.selection import Rest, Selection
from servanda.shapes import FIGURE_ONE, Figure, FigureField, Name, Shape, said

NAME, UNIT, HAS_CASES = "staffed", "days", False


class Fte(Shape):
    """Full-time equivalents instead of heads."""

    field: Name
    at_least: FigureField


def _roles(value: object) -> object:
    if isinstance(value, dict):
        return {kind: _listed(roles) for kind, roles in value.items()}
    return _listed(value)


def _listed(roles: object) -> tuple[str, ...]:
    if isinstance(roles, (list, tuple)) and all(isinstance(role, str) for role in roles):
        return tuple(str(role) for role in roles)
    raise Unfit("a list of roles, or such a list for each kind of site")


class Params(Shape):
    """Who is needed, and how long a post may be vacant."""

    facts: Name
    roles: Annotated[tuple[str, ...] | dict[str, tuple[str, ...]], BeforeValidator(_roles), said("roles")]
    until: Name
    person: Name | None = None
    max_vacancy_days: FigureField
    headcount: FigureField = FIGURE_ONE
    fte: Fte | None = None


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The staffing records of the roles. (Roles by site kind have become plain before.)"""
    params: Params = obligation.params
    where = Condition((Test("role", "in", params.roles),))
    amount = params.fte.field if params.fte else None
    person = None if params.fte else params.person
    return {"facts": Selection(params.facts, where, own_place(obligation), until=params.until, amount=amount, person=person)}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """Everything rests on the staffing of the roles."""
    params: Params = obligation.params
    return (Rest("above", params.facts, params.roles), Rest("kept", params.facts, params.roles))


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """The vacant days allowed, and what is required on a day."""
    params: Params = obligation.params
    return {"upper": params.max_vacancy_days, "required": params.fte.at_least if params.fte else params.headcount}


# `hopeful` is the same once more with the records of which it is not known whether they belong here, where there are any: between
# the two lies the value. Presence as changes on days, summed along the scope's days; a stretch below what is required is vacant.
# Waived days are presence enough in variant 1. A person's overlapping records are first merged into one.
CASES = """
WITH post AS (
  SELECT d.run, s.rid, s.person, s.day, s.until, s.amount, s.holds FROM duty d JOIN use u ON u.rule = d.rule AND u.part = 'facts'
  JOIN selected s ON s.selection = u.selection AND s.agreement = d.agreement AND s.place = d.place WHERE d.kind = 'staffed'
), reach AS (
  SELECT d.run * 2 + h.hopeful::INTEGER AS trial, h.hopeful, d.run, duty, rule, agreement, place, variant, required, scope_from,
    least(scope_to, $as_of::DATE) AS reach_to, win_from, last_day
  FROM duty d JOIN (VALUES (FALSE), (TRUE)) h(hopeful) ON NOT h.hopeful OR d.run IN (SELECT run FROM post WHERE holds IS NULL)
  WHERE kind = 'staffed'
), presence AS (
  SELECT r.trial, coalesce('p' || s.person, 'r' || s.rid::VARCHAR) AS person, greatest(s.day, r.scope_from) AS first,
    least(coalesce(s.until, r.reach_to), r.reach_to) AS last, coalesce(s.amount, 1) AS weight
  FROM reach r JOIN post s ON s.run = r.run AND (s.holds OR r.hopeful)
    AND s.day <= r.reach_to AND coalesce(s.until, r.reach_to) >= r.scope_from
), marked AS (
  SELECT *, coalesce(first <= max(last) OVER earlier, FALSE) AS joined_on FROM presence
  WINDOW earlier AS (PARTITION BY trial, person ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), numbered AS (
  SELECT *, sum((NOT joined_on)::INTEGER) OVER (PARTITION BY trial, person ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS island FROM marked
), merged AS (
  SELECT trial, min(first) AS first, max(last) AS last, max(weight) AS weight FROM numbered GROUP BY trial, person, island
), change AS (
  SELECT trial, first AS day, weight FROM merged
  UNION ALL SELECT trial, last + 1, -weight FROM merged
  UNION ALL SELECT trial, scope_from, 0 FROM reach
  UNION ALL SELECT trial, reach_to + 1, 0 FROM reach
  UNION ALL SELECT r.trial, w.day, r.required FROM reach r JOIN waived_day w USING (duty) WHERE r.variant = 1 AND w.day BETWEEN scope_from AND reach_to
  UNION ALL SELECT r.trial, w.day + 1, -r.required FROM reach r JOIN waived_day w USING (duty) WHERE r.variant = 1 AND w.day BETWEEN scope_from AND reach_to
), daily AS (SELECT trial, day, sum(weight) AS weight FROM change GROUP BY trial, day
), level AS (
  SELECT trial, day AS first, lead(day) OVER (PARTITION BY trial ORDER BY day) - 1 AS last,
    sum(weight) OVER (PARTITION BY trial ORDER BY day) AS staff FROM daily
), short AS (
  SELECT l.trial, l.first, l.last, coalesce(lag(l.last) OVER (PARTITION BY l.trial ORDER BY l.first) = l.first - 1, FALSE) AS goes_on
  FROM level l JOIN reach r USING (trial) WHERE l.staff < r.required AND l.last >= l.first AND l.first <= r.reach_to
), stretch AS (SELECT *, sum((NOT goes_on)::INTEGER) OVER (PARTITION BY trial ORDER BY first) AS number FROM short
)
SELECT any_value(r.run) AS run, any_value(r.hopeful) AS hopeful, min(s.first) AS first, max(s.last) AS last, any_value(r.rule) AS rule,
  any_value(r.agreement) AS agreement, any_value(r.win_from) AS win_from, any_value(r.last_day) AS last_day
FROM stretch s JOIN reach r USING (trial) GROUP BY s.trial, s.number HAVING min(s.first) <= any_value(r.last_day) AND max(s.last) >= any_value(r.win_from)
"""

MEASURE = """
WITH touching AS (
  SELECT c.*, least(c.last, c.last_day) - greatest(c.first, c.win_from) + 1 AS days, least(c.last, coalesce(k.until, DATE '1900-01-01')) AS known_last
  FROM staffed_case c LEFT JOIN declared_until k ON k.rule = c.rule AND k.agreement = c.agreement AND k.side = 'kept'
), unsure AS (
  SELECT DISTINCT d.run FROM duty d JOIN use u ON u.rule = d.rule AND u.part = 'facts'
  JOIN selected s ON s.selection = u.selection AND s.agreement = d.agreement AND s.place = d.place AND s.holds IS NULL WHERE d.kind = 'staffed'
)
SELECT t.run, coalesce(sum(days) FILTER (NOT hopeful), 0) AS value,
  coalesce(sum(days) FILTER (CASE WHEN u.run IS NULL THEN NOT hopeful ELSE hopeful END), 0) AS lo,
  coalesce(sum(days) FILTER (NOT hopeful), 0) AS hi, max(greatest(known_last, least(last, last_day)) - first + 1) FILTER (NOT hopeful) AS longest
FROM touching t LEFT JOIN unsure u USING (run) GROUP BY t.run
"""

EVIDENCE = """
SELECT d.run, s.rid, CASE WHEN s.holds THEN 'breaks' ELSE 'unknown' END AS part
FROM duty d JOIN use u ON u.rule = d.rule AND u.part = 'facts'
JOIN selected s ON s.selection = u.selection AND s.agreement = d.agreement AND s.place = d.place
  AND s.day <= d.last_day + 1 AND coalesce(s.until, d.last_day) >= d.win_from - 1
WHERE d.kind = 'staffed'
"""

VACANCIES = "SELECT run, greatest(first, win_from) AS first, least(last, last_day) AS last FROM staffed_case WHERE NOT hopeful ORDER BY ALL"
