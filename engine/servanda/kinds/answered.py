"""answered: every case is answered in time.

    answered: {facts: requests, where: {topic: information}, by: answered_on, within: {working_days: 10},
               due: due_on, at_least_working_days: 3}
    answered: {facts: funds, by: {facts: documents, where: {kind: proof_of_use}, same: [site, year]}, within: {day: 06-30, years_later: 1}}
    answered: {facts: invoices, amount: amount, by: {facts: payments, refers: invoice, amount: amount}, within: {days: 14}}

A case is answered by a date field of its own, or by a record of another type with the same key or that refers to it. With amounts,
answers settle the cases of one key in the order of their days: a case is answered on the day when the answers together reach the
cases up to and with it (`times` them). With `due`, the day named there counts, but not before the case's day plus
`at_least_working_days`. Late: answered after the due day, or unanswered when it is over; that an answer is missing (with amounts:
that too little came) rests on completeness up to the due day. Working days count from the next day. In a duty that follows from a
breach, days count from the breach.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Tag

from servanda.kinds.params import Records, Within, is_the_record, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import ALL, SELF, Rest, Selection
from servanda.shapes import FIELD, FIGURE_ZERO, RECORDS, Figure, FigureField, Name, Names

NAME, UNIT, HAS_CASES = "answered", "cases", True


class By(Records):
    """Answering records of another type: the fields that must be the same or the reference to the case, and the amounts that settle it."""

    same: Names = ()
    refers: Name | None = None
    amount: Name | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What the answers are matched by."""
        return (self.refers,) if self.refers else self.same or (ALL,)


def _by(value: object) -> str:
    """Which of the two is meant, so that only its own errors are told."""
    return RECORDS if isinstance(value, dict) else FIELD


class Params(Records):
    """The cases, their answer, and the time for it."""

    by: Annotated[Annotated[Name, Tag(FIELD)] | Annotated[By, Tag(RECORDS)], Discriminator(_by)]
    within: Within
    due: Name | None = None
    at_least_working_days: FigureField | None = None
    amount: Name | None = None
    times: FigureField | None = None


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The cases and, where another type answers, the answers."""
    params: Params = obligation.params
    place = own_place(obligation)
    if isinstance(params.by, By):
        key = (SELF,) if params.by.refers else params.by.key
        cases = Selection(params.facts, params.where, place, due=params.due, amount=params.amount, key=key)
        return {"facts": cases, "answers": Selection(params.by.facts, params.by.where, "agreement", amount=params.by.amount, key=params.by.key)}
    return {"facts": Selection(params.facts, params.where, place, until=params.by, due=params.due)}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """Compliance rests on the case type; that a case is unanswered, on the answering type."""
    params: Params = obligation.params
    answering = params.by.facts if isinstance(params.by, By) else params.facts
    shared = params.amount is not None and not params.by.refers  # earlier cases take from the same answers
    kept = () if is_the_record(obligation, params.facts) and not shared else (Rest("kept", params.facts),)
    return (*kept, Rest("answer", answering))


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """No late case; the days allowed."""
    params: Params = obligation.params
    more = {"grace": params.at_least_working_days, "times": params.times}
    return {"upper": FIGURE_ZERO, **params.within.figures(), **{name: figure for name, figure in more.items() if figure}}


CASES = """
WITH answer AS (
  SELECT u.rule, s.agreement, s.key, min(s.own_day) FILTER (s.holds) AS sure, min(s.own_day) AS first
  FROM use u JOIN selected s ON s.selection = u.selection WHERE u.part = 'answers' AND s.amount IS NULL GROUP BY ALL
), paid AS (
  SELECT u.rule, s.agreement, s.key, s.own_day, sum(CASE WHEN s.holds OR s.amount < 0 THEN s.amount ELSE 0 END) OVER w AS least,
    sum(CASE WHEN s.holds OR s.amount > 0 THEN s.amount ELSE 0 END) OVER w AS most
  FROM use u JOIN selected s ON s.selection = u.selection WHERE u.part = 'answers' AND s.amount IS NOT NULL AND s.own_day IS NOT NULL
  WINDOW w AS (PARTITION BY u.rule, s.agreement, s.key ORDER BY s.own_day)
), peak AS (
  SELECT rule, agreement, key, own_day, max(least) OVER w AS least, max(most) OVER w AS most
  FROM paid WINDOW w AS (PARTITION BY rule, agreement, key ORDER BY own_day)
), surely_paid AS (
  SELECT rule, agreement, key, least AS reached, min(own_day) AS day FROM peak GROUP BY ALL
), perhaps_paid AS (
  SELECT rule, agreement, key, most AS reached, min(own_day) AS day FROM peak GROUP BY ALL
), counted AS (
  SELECT DISTINCT u.rule, s.agreement, s.key, s.rid, s.own_day, s.amount, s.holds, o.id
  FROM use u JOIN rule r ON r.rule = u.rule AND r.kind = 'answered' JOIN selected s ON s.selection = u.selection JOIN origin o ON o.rid = s.rid
  WHERE u.part = 'facts' AND s.amount IS NOT NULL
), owing AS (
  SELECT rule, rid, sum(amount) OVER w AS most, sum(CASE WHEN holds THEN amount ELSE 0 END) OVER w + CASE WHEN holds THEN 0 ELSE amount END AS least
  FROM counted WINDOW w AS (PARTITION BY rule, agreement, key ORDER BY own_day, id)
), owed AS (
  SELECT t.*, round(o.most * coalesce(t.times, 1), 2) AS at_most, round(o.least * coalesce(t.times, 1), 2) AS at_least
  FROM taken t LEFT JOIN owing o ON o.rule = t.rule AND o.rid = t.rid WHERE t.kind = 'answered' AND t.part = 'facts'
), settled AS (
  SELECT o.*, s.day AS settled_on FROM owed o ASOF LEFT JOIN surely_paid s
    ON s.rule = o.rule AND s.agreement = o.agreement AND s.key = o.key AND s.reached >= o.at_most
), maybe_settled AS (
  SELECT o.*, p.day AS maybe_on FROM settled o ASOF LEFT JOIN perhaps_paid p
    ON p.rule = o.rule AND p.agreement = o.agreement AND p.key = o.key AND p.reached >= o.at_least
), dated AS (
  SELECT t.*, coalesce(t.until, t.settled_on, a.sure) AS answered_on, coalesce(t.until, t.maybe_on, a.first) AS perhaps_on, c.number AS number,
    coalesce(t.since, t.own_day) AS since_day
  FROM maybe_settled t LEFT JOIN answer a ON a.rule = t.rule AND a.agreement = t.agreement AND a.key = t.key
  LEFT JOIN calendar c ON c.day = coalesce(t.since, t.own_day)
), due AS (
  SELECT d.*, CASE WHEN d.due IS NOT NULL THEN greatest(d.due, g.day)
      WHEN d.fixed_month IS NOT NULL THEN make_date(year(d.day) + d.fixed_years, d.fixed_month, d.fixed_day)
      WHEN d.month_end THEN last_day(d.since_day + to_months(d.months::INTEGER))
      WHEN d.months IS NOT NULL THEN (d.since_day + to_months(d.months::INTEGER))::DATE + coalesce(d.days, 0)::INTEGER
      WHEN d.working_days IS NOT NULL THEN greatest(w.day, d.since_day) ELSE d.since_day + d.days::INTEGER END AS due_on
  FROM dated d
  LEFT JOIN calendar g ON g.working AND g.number = d.number + d.grace AND d.due IS NOT NULL
  LEFT JOIN calendar w ON w.working AND w.number = d.number + d.working_days AND d.due IS NULL
), told AS (
  SELECT d.*, k.until >= least(d.due_on, $as_of::DATE) AS declared FROM due d
  LEFT JOIN declared_until k ON k.rule = d.rule AND k.agreement = d.agreement AND k.side = 'answer'
)
SELECT run, rid, holds, waived, due_on, answered_on,
    due_on IS NULL OR (answered_on IS NOT NULL AND answered_on > due_on) OR (answered_on IS NULL AND due_on <= $as_of::DATE) AS late,
    answered_on IS NULL AND due_on > $as_of::DATE AS open_case, answered_on IS NULL AND coalesce(perhaps_on <= due_on, FALSE) AS maybe,
    due_on IS NOT NULL AND (answered_on IS NOT NULL AND at_most IS NULL OR coalesce(declared, FALSE)) AND (perhaps_on IS NULL OR perhaps_on > due_on) AS surely
FROM told
"""

MEASURE = """
SELECT c.run, count(*) FILTER (holds AND late AND surely) AS value, count(*) FILTER (holds AND late AND surely) AS lo,
  count(*) FILTER (late OR maybe) + CASE WHEN bool_or(holds AND open_case AND NOT maybe) THEN 0
    ELSE count(*) FILTER (open_case AND holds IS NULL AND NOT maybe) END AS hi, count(*) FILTER (holds) AS cases, count(*) FILTER (holds IS NULL) AS possible,
  count(*) FILTER (holds AND open_case) AS open_cases, max(e.number - d.number) FILTER (holds AND late AND surely) AS overdue
FROM answered_case c LEFT JOIN calendar d ON d.day = c.due_on LEFT JOIN calendar e ON e.day = coalesce(c.answered_on, $as_of::DATE)
WHERE NOT waived GROUP BY c.run
"""

# Of what is unknown: cases that may be none or have no day, or whose own answer may be missing; answers that may count; earlier cases that may take from them.
EVIDENCE = """
SELECT run, rid, CASE WHEN holds AND late AND surely THEN 'breaks' ELSE 'unknown' END AS part FROM answered_case JOIN duty USING (run)
WHERE holds IS NULL OR due_on IS NULL OR late AND (surely OR rule NOT IN (SELECT rule FROM use WHERE part = 'answers'))
UNION
SELECT run, rid, 'case' FROM answered_case WHERE holds AND (open_case OR late AND NOT surely)
UNION
SELECT c.run, s.rid, 'unknown' FROM answered_case c JOIN taken t ON t.run = c.run AND t.rid = c.rid AND t.part = 'facts'
JOIN use u ON u.rule = t.rule AND u.part = 'answers'
JOIN selected s ON s.selection = u.selection AND s.agreement = t.agreement AND s.key = t.key AND s.holds IS NULL AND s.own_day <= c.due_on
WHERE c.maybe OR c.late AND NOT c.surely
UNION
SELECT c.run, s.rid, 'unknown' FROM answered_case c JOIN taken t ON t.run = c.run AND t.rid = c.rid AND t.part = 'facts'
JOIN use u ON u.rule = t.rule AND u.part = 'facts'
JOIN selected s ON s.selection = u.selection AND s.agreement = t.agreement AND s.key = t.key AND s.holds IS NULL AND s.own_day <= t.own_day
JOIN origin o ON o.rid = s.rid JOIN origin p ON p.rid = t.rid AND (s.own_day < t.own_day OR o.id <= p.id)
WHERE (c.maybe OR c.late AND NOT c.surely) AND t.amount IS NOT NULL
"""
