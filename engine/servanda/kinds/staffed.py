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


# Presence as changes on days, summed along the scope's days; a stretch below what is required is vacant.
# Waived days are presence enough in variant 1. A person's overlapping records are first merged into one.
CASES = """
WITH reach AS (
  SELECT run, duty, rule, agreement, place, variant, required, scope_from, least(scope_to, $as_of::DATE) AS reach_to, win_from, last_day
  FROM duty WHERE kind = 'staffed'
), presence AS (
  SELECT r.run, coalesce('p' || s.person, 'r' || s.rid::VARCHAR) AS person, greatest(s.day, r.scope_from) AS first,
    least(coalesce(s.until, r.reach_to), r.reach_to) AS last, coalesce(s.amount, 1) AS weight
  FROM reach r JOIN use u ON u.rule = r.rule AND u.part = 'facts'
  JOIN selected s ON s.selection = u.selection AND s.agreement = r.agreement AND s.place = r.place AND s.holds
    AND s.day <= r.reach_to AND coalesce(s.until, r.reach_to) >= r.scope_from
), marked AS (
  SELECT *, coalesce(first <= max(last) OVER earlier, FALSE) AS joined_on FROM presence
  WINDOW earlier AS (PARTITION BY run, person ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), numbered AS (
  SELECT *, sum((NOT joined_on)::INTEGER) OVER (PARTITION BY run, person ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS island FROM marked
), merged AS (
  SELECT run, min(first) AS first, max(last) AS last, max(weight) AS weight FROM numbered GROUP BY run, person, island
), change AS (
  SELECT run, first AS day, weight FROM merged
  UNION ALL SELECT run, last + 1, -weight FROM merged
  UNION ALL SELECT run, scope_from, 0 FROM reach
  UNION ALL SELECT run, reach_to + 1, 0 FROM reach
  UNION ALL SELECT r.run, w.day, r.required FROM reach r JOIN waived_day w USING (duty) WHERE r.variant = 1 AND w.day BETWEEN scope_from AND reach_to
  UNION ALL SELECT r.run, w.day + 1, -r.required FROM reach r JOIN waived_day w USING (duty) WHERE r.variant = 1 AND w.day BETWEEN scope_from AND reach_to
), daily AS (SELECT run, day, sum(weight) AS weight FROM change GROUP BY run, day
), level AS (
  SELECT run, day AS first, lead(day) OVER (PARTITION BY run ORDER BY day) - 1 AS last, sum(weight) OVER (PARTITION BY run ORDER BY day) AS staff FROM daily
), short AS (
  SELECT l.run, l.first, l.last, coalesce(lag(l.last) OVER (PARTITION BY l.run ORDER BY l.first) = l.first - 1, FALSE) AS goes_on
  FROM level l JOIN reach r USING (run) WHERE l.staff < r.required AND l.last >= l.first AND l.first <= r.reach_to
), stretch AS (SELECT *, sum((NOT goes_on)::INTEGER) OVER (PARTITION BY run ORDER BY first) AS number FROM short
)
SELECT s.run, min(s.first) AS first, max(s.last) AS last, any_value(r.rule) AS rule, any_value(r.agreement) AS agreement,
  any_value(r.win_from) AS win_from, any_value(r.last_day) AS last_day
FROM stretch s JOIN reach r USING (run) GROUP BY s.run, s.number HAVING min(s.first) <= any_value(r.last_day) AND max(s.last) >= any_value(r.win_from)
"""

MEASURE = """
WITH touching AS (
  SELECT c.run, c.win_from, c.last_day, c.first, c.last, least(c.last, coalesce(k.until, DATE '1900-01-01')) AS known_last
  FROM staffed_case c LEFT JOIN declared_until k ON k.rule = c.rule AND k.agreement = c.agreement AND k.side = 'kept'
)
SELECT run, sum(least(last, last_day) - greatest(first, win_from) + 1) AS value, sum(least(last, last_day) - greatest(first, win_from) + 1) AS lo,
  sum(least(last, last_day) - greatest(first, win_from) + 1) AS hi, max(greatest(known_last, least(last, last_day)) - first + 1) AS longest
FROM touching GROUP BY run
"""

EVIDENCE = """
SELECT d.run, s.rid, 'breaks' AS part
FROM duty d JOIN use u ON u.rule = d.rule AND u.part = 'facts'
JOIN selected s ON s.selection = u.selection AND s.agreement = d.agreement AND s.place = d.place
  AND s.day <= d.last_day + 1 AND coalesce(s.until, d.last_day) >= d.win_from - 1
WHERE d.kind = 'staffed'
"""

VACANCIES = "SELECT run, greatest(first, win_from) AS first, least(last, last_day) AS last FROM staffed_case ORDER BY ALL"
