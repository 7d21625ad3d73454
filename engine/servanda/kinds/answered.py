"""answered: every case is answered in time.

    answered: {facts: requests, where: {topic: information}, by: answered_on, within: {working_days: 10},
               due: due_on, at_least_working_days: 3}
    answered: {facts: funds, by: {facts: documents, where: {kind: proof_of_use}, same: [site, year]}, within: {day: 06-30, years_later: 1}}

A case is answered by a date field of its own or by a record of another type with the same key. With `due`, the day named
there counts, but not before the case's day plus `at_least_working_days`. Late: answered after the due day, or unanswered when
it is over; that an answer is missing rests on completeness up to the due day. Working days count from the next day.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Tag

from servanda.kinds.params import Records, Within, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import Rest, Selection
from servanda.shapes import FIELD, FIGURE_ZERO, RECORDS, Figure, FigureField, Name, Names

NAME, UNIT, HAS_CASES = "answered", "cases", True


class By(Records):
    """Answering records of another type, with the fields that must be the same."""

    same: Names


def _by(value: object) -> str:
    """Which of the two is meant, so that only its own errors are told."""
    return RECORDS if isinstance(value, dict) else FIELD


class Params(Records):
    """The cases, their answer, and the time for it."""

    by: Annotated[Annotated[Name, Tag(FIELD)] | Annotated[By, Tag(RECORDS)], Discriminator(_by)]
    within: Within
    due: Name | None = None
    at_least_working_days: FigureField | None = None


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The cases and, where another type answers, the answers."""
    params: Params = obligation.params
    place = own_place(obligation)
    if isinstance(params.by, By):
        cases = Selection(params.facts, params.where, place, due=params.due, key=params.by.same)
        return {"facts": cases, "answers": Selection(params.by.facts, params.by.where, "agreement", key=params.by.same)}
    return {"facts": Selection(params.facts, params.where, place, until=params.by, due=params.due)}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """Compliance rests on the case type; that a case is unanswered, on the answering type."""
    params: Params = obligation.params
    answering = params.by.facts if isinstance(params.by, By) else params.facts
    return (Rest("kept", params.facts), Rest("answer", answering))


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """No late case; the days allowed."""
    params: Params = obligation.params
    grace = {"grace": params.at_least_working_days} if params.at_least_working_days else {}
    return {"upper": FIGURE_ZERO, **params.within.figures(), **grace}


CASES = """
WITH answer AS (
  SELECT u.rule, s.agreement, s.key, min(s.own_day) FILTER (s.holds) AS sure, min(s.own_day) AS first
  FROM use u JOIN selected s ON s.selection = u.selection WHERE u.part = 'answers' GROUP BY ALL
), dated AS (
  SELECT t.*, coalesce(t.until, a.sure) AS answered_on, coalesce(t.until, a.first) AS perhaps_on, c.number AS number
  FROM taken t LEFT JOIN answer a ON a.rule = t.rule AND a.agreement = t.agreement AND a.key = t.key
  LEFT JOIN calendar c ON c.day = t.own_day WHERE t.kind = 'answered' AND t.part = 'facts'
), due AS (
  SELECT d.*, CASE WHEN d.due IS NOT NULL THEN greatest(d.due, g.day)
      WHEN d.fixed_month IS NOT NULL THEN make_date(year(d.day) + d.fixed_years, d.fixed_month, d.fixed_day)
      WHEN d.working_days IS NOT NULL THEN w.day ELSE d.own_day + d.days::INTEGER END AS due_on
  FROM dated d
  LEFT JOIN calendar g ON g.working AND g.number = d.number + d.grace AND d.due IS NOT NULL
  LEFT JOIN calendar w ON w.working AND w.number = d.number + d.working_days AND d.due IS NULL
), told AS (
  SELECT d.*, k.until >= least(d.due_on, $as_of::DATE) AS declared FROM due d
  LEFT JOIN declared_until k ON k.rule = d.rule AND k.agreement = d.agreement AND k.side = 'answer'
)
SELECT run, rid, holds, waived, due_on, answered_on,
    (answered_on IS NOT NULL AND answered_on > due_on) OR (answered_on IS NULL AND due_on <= $as_of::DATE) AS late,
    answered_on IS NULL AND due_on > $as_of::DATE AS open_case,
    (answered_on IS NOT NULL OR coalesce(declared, FALSE)) AND (perhaps_on IS NULL OR perhaps_on > due_on) AS surely
FROM told
"""

MEASURE = """
SELECT c.run, count(*) FILTER (holds AND late AND surely) AS value, count(*) FILTER (holds AND late AND surely) AS lo,
  count(*) FILTER (late OR (open_case AND holds IS NULL)) AS hi, count(*) FILTER (holds) AS cases, count(*) FILTER (holds IS NULL) AS possible,
  count(*) FILTER (holds AND open_case) AS open_cases, max(e.number - d.number) FILTER (holds AND late AND surely) AS overdue
FROM answered_case c LEFT JOIN calendar d ON d.day = c.due_on LEFT JOIN calendar e ON e.day = coalesce(c.answered_on, $as_of::DATE)
WHERE NOT waived GROUP BY c.run
"""

EVIDENCE = """
SELECT run, rid, CASE WHEN holds AND late AND surely THEN 'breaks' WHEN late THEN 'unknown' WHEN open_case AND holds THEN 'open' ELSE 'unknown' END AS part
FROM answered_case WHERE late OR open_case OR holds IS NULL
"""
