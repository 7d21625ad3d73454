"""consented: nothing is spent without a consent that covers it, given before.

    consented:
      spending: {facts: expenditures, amount: amount, purpose: measure}
      consents: {facts: consents, amount: amount, purpose: measure, counts: {…}, granted: {decision: granted}, withdrawn: {decision: withdrawn}}
      funds: {facts: funds, amount: amount}

For each purpose, in the order of date, then consents before spending, then id, the approved amount left starts at 0. A grant adds
its amount (without an amount: any amount from then on); a withdrawal takes its amount off, not below 0 (without an amount: everything); spending
takes its amount off, what is not there is uncovered and leaves 0; a refund adds. Spending without a purpose is uncovered as a whole.
"""

from __future__ import annotations

from servanda.conditions import ALWAYS, Condition
from servanda.kinds.params import AmountOf, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import Rest, Selection
from servanda.shapes import FIGURE_ZERO, ConditionField, Figure, Name, Shape

NAME, UNIT, HAS_CASES = "consented", "EUR", False


class Spending(Shape):
    """Where spending is recorded, and the reference to what it is for."""

    facts: Name
    amount: Name
    purpose: Name


class Consents(Shape):
    """Where consents are recorded; which of them count, which grant and which withdraw."""

    facts: Name
    amount: Name
    purpose: Name
    counts: ConditionField = ALWAYS
    granted: ConditionField
    withdrawn: ConditionField


class Params(Shape):
    """Spending and consents; `funds` only to say what part of them was spent without consent."""

    spending: Spending
    consents: Consents
    funds: AmountOf | None = None


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """Spending, grants, withdrawals and the funds."""
    spending, consents, funds = obligation.params.spending, obligation.params.consents, obligation.params.funds
    place = own_place(obligation)

    def decided(decision: Condition) -> Selection:
        where = Condition((*consents.counts.tests, *decision.tests), (*consents.counts.any_of, *decision.any_of))
        return Selection(consents.facts, where, "agreement", amount=consents.amount, key=(consents.purpose,))

    found = {
        "spending": Selection(spending.facts, place=place, amount=spending.amount, key=(spending.purpose,)),
        "granted": decided(consents.granted),
        "withdrawn": decided(consents.withdrawn),
    }
    if funds:
        found["funds"] = Selection(funds.facts, place=place, amount=funds.amount)
    return found


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """A breach rests on the consents, compliance on the spending."""
    params: Params = obligation.params
    return (Rest("above", params.consents.facts), Rest("kept", params.spending.facts))


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """Nothing uncovered."""
    return {"upper": FIGURE_ZERO}


# The amount left is a running sum reflected at 0: with S the sum so far and M = min(0, least S so far), the amount left is S - M,
# and what a step finds missing is the fall of M. A withdrawal of everything begins a new run of sums.
CASES = """
WITH step AS (
  SELECT DISTINCT u.rule, u.part, s.rid, s.agreement, s.key, s.own_day, s.amount, s.holds, o.id,
    CASE WHEN u.part = 'granted' THEN coalesce(s.amount, 0) WHEN u.part = 'withdrawn' THEN -coalesce(s.amount, 0) ELSE -s.amount END AS change
  FROM use u JOIN rule r ON r.rule = u.rule AND r.kind = 'consented' JOIN selected s ON s.selection = u.selection AND s.key IS NOT NULL
  JOIN origin o ON o.rid = s.rid WHERE u.part IN ('spending', 'granted', 'withdrawn')
), ordered AS (
  SELECT *, row_number() OVER (PARTITION BY rule, key ORDER BY own_day, part = 'spending', id) AS position,
    bool_or(holds IS NULL) OVER (PARTITION BY rule, key) AS unsure FROM step
), part_run AS (
  SELECT *, sum((part = 'withdrawn' AND amount IS NULL AND holds)::INTEGER) OVER (PARTITION BY rule, key ORDER BY position) AS stretch
  FROM ordered WHERE holds OR part = 'spending'
), summed AS (
  SELECT *, sum(CASE WHEN part = 'withdrawn' AND amount IS NULL THEN 0 ELSE change END) OVER w AS total,
    coalesce(bool_or(part = 'granted' AND amount IS NULL) OVER w, FALSE) AS unlimited
  FROM part_run WINDOW w AS (PARTITION BY rule, key, stretch ORDER BY position)
), reflected AS (
  SELECT *, least(0, min(total) OVER (PARTITION BY rule, key, stretch ORDER BY position)) AS floor FROM summed
), left_over AS (
  SELECT rule, rid, part, unsure, unlimited,
    coalesce(lag(floor) OVER (PARTITION BY rule, key, stretch ORDER BY position), 0) - floor AS fall
  FROM reflected
)
SELECT t.run, t.rid, t.waived, t.holds, greatest(t.amount, 0) AS amount, coalesce(l.unsure, FALSE) OR t.holds IS NULL AS unsure,
  CASE WHEN t.key IS NULL THEN greatest(t.amount, 0) WHEN l.unlimited THEN 0 ELSE l.fall END AS uncovered
FROM taken t LEFT JOIN left_over l ON l.rule = t.rule AND l.rid = t.rid AND l.part = 'spending'
WHERE t.kind = 'consented' AND t.part = 'spending'
"""

MEASURE = """
WITH budget AS (SELECT run, sum(amount) AS budget FROM taken WHERE kind = 'consented' AND part = 'funds' AND holds GROUP BY run)
SELECT u.run, coalesce(sum(uncovered) FILTER (u.holds), 0) AS value, coalesce(sum(uncovered) FILTER (NOT unsure), 0) AS lo,
  sum(CASE WHEN unsure THEN u.amount ELSE uncovered END) AS hi, any_value(b.budget) AS budget
FROM consented_case u LEFT JOIN budget b USING (run) WHERE NOT waived GROUP BY u.run
"""

EVIDENCE = """
SELECT run, rid, CASE WHEN unsure THEN 'unknown' ELSE 'breaks' END AS part FROM consented_case WHERE uncovered > 0 OR unsure
UNION
SELECT c.run, s.rid, 'unknown' FROM consented_case c JOIN taken t ON t.run = c.run AND t.rid = c.rid AND t.part = 'spending'
JOIN use u ON u.rule = t.rule AND u.part IN ('granted', 'withdrawn')
JOIN selected s ON s.selection = u.selection AND s.agreement = t.agreement AND s.key = t.key AND s.holds IS NULL WHERE c.unsure
"""
