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
        return Selection(consents.facts, where, "agreement", amount=consents.amount, key=(consents.purpose,), by_id=True)

    found = {
        "spending": Selection(spending.facts, place=place, amount=spending.amount, key=(spending.purpose,), by_id=True),
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
# and what a step finds missing is the fall of M. "Any amount" and "everything" are amounts beyond all sums, the one beyond the other,
# so that a withdrawal of everything takes back any amount, too.
# Where it is unknown of a consent whether it counts, all is reckoned three times: without it, at best (it grants), and at worst (it withdraws).
CASES = """
WITH step AS MATERIALIZED (
  SELECT u.rule, u.part, u.part = 'spending' AS spent, s.rid, s.refers, s.own_day, s.holds, s.id AS id,
    CASE WHEN u.part = 'spending' THEN -s.amount WHEN u.part = 'granted' THEN coalesce(s.amount, 1e20::DECIMAL(38,2))
      ELSE -coalesce(s.amount, 1e28::DECIMAL(38,2)) END AS change
  FROM selected s JOIN use u ON u.selection = s.selection AND u.part IN ('spending', 'granted', 'withdrawn')
  JOIN rule r ON r.rule = u.rule AND r.kind = 'consented' WHERE s.refers IS NOT NULL AND s.once
), doubt AS (
  SELECT DISTINCT rule, refers, unnest(['granted', 'withdrawn']) AS counts FROM step WHERE NOT spent AND holds IS NULL
), reckoned AS (
  SELECT rule, rid, refers, own_day, spent, id, '' AS counts, CASE WHEN spent OR holds THEN change ELSE 0 END AS change FROM step
  UNION ALL
  SELECT rule, rid, refers, own_day, spent, id, counts, CASE WHEN spent OR coalesce(holds, part = counts) THEN change ELSE 0 END
  FROM step JOIN doubt USING (rule, refers)
), summed AS (
  SELECT rule, rid, counts, spent, refers, own_day, id, sum(change) OVER so_far AS total
  FROM reckoned WINDOW so_far AS (PARTITION BY rule, counts, refers ORDER BY own_day, spent, id)
), reflected AS (
  SELECT rule, rid, counts, spent, least(0, min(total) OVER (so_far ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS floor,
    least(0, min(total) OVER (so_far ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS floor_before
  FROM summed WINDOW so_far AS (PARTITION BY rule, counts, refers ORDER BY own_day, spent, id)
), lacking AS (
  SELECT rule, rid, sum(floor_before - floor) FILTER (counts = '') AS fall, sum(floor_before - floor) FILTER (counts = 'granted') AS least,
    sum(floor_before - floor) FILTER (counts = 'withdrawn') AS most
  FROM reflected WHERE spent AND (floor < floor_before OR counts <> '') GROUP BY rule, rid
), found AS (
  SELECT t.run, t.rid, t.waived, t.holds, CASE WHEN t.key IS NULL THEN greatest(t.amount, 0) ELSE coalesce(l.fall, 0) END AS uncovered,
    CASE WHEN t.key IS NULL THEN greatest(t.amount, 0) ELSE coalesce(l.least, l.fall, 0) END AS least,
    CASE WHEN t.key IS NULL THEN greatest(t.amount, 0) ELSE coalesce(l.most, l.fall, 0) END AS most
  FROM taken t LEFT JOIN lacking l ON l.rule = t.rule AND l.rid = t.rid WHERE t.kind = 'consented' AND t.part = 'spending'
)
SELECT * FROM found WHERE most > 0
"""

MEASURE = """
WITH budget AS (SELECT run, sum(amount) AS budget FROM taken t WHERE t.kind = 'consented' AND t.part = 'funds' AND holds GROUP BY run)
SELECT u.run, coalesce(sum(uncovered) FILTER (u.holds), 0) AS value, coalesce(sum(least) FILTER (u.holds), 0) AS lo, sum(most) AS hi,
  any_value(b.budget) AS budget
FROM consented_case u LEFT JOIN budget b USING (run) WHERE NOT waived GROUP BY u.run
"""

EVIDENCE = """
SELECT run, rid, CASE WHEN holds IS NULL THEN 'unknown' WHEN least > 0 THEN 'breaks' ELSE 'case' END AS part FROM consented_case
UNION
SELECT c.run, s.rid, 'unknown' FROM consented_case c JOIN taken t ON t.run = c.run AND t.rid = c.rid AND t.part = 'spending'
JOIN use u ON u.rule = t.rule AND u.part IN ('granted', 'withdrawn')
JOIN selected s ON s.selection = u.selection AND s.agreement = t.agreement AND s.key = t.key AND s.holds IS NULL AND s.own_day <= t.own_day
WHERE c.least < c.most
"""
