"""within_budget: what was spent does not exceed the funds of the scope and year.

    within_budget: {spending: {facts: expenditures, amount: amount}, funds: {facts: funds, amount: amount}}

Refunds are negative spending. The value is what was spent beyond the funds, or beyond `times` the funds (1.2: a fifth more).
"""

from __future__ import annotations

from servanda.kinds.params import AmountOf, is_the_record, own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import Rest, Selection
from servanda.shapes import FIGURE_ZERO, Figure, FigureField, Shape

NAME, UNIT, HAS_CASES = "within_budget", "EUR", False


class Params(Shape):
    """Where spending and funds are recorded."""

    spending: AmountOf
    funds: AmountOf
    times: FigureField | None = None


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The expenditures and the funds."""
    params: Params = obligation.params
    place = own_place(obligation)
    return {
        "spending": Selection(params.spending.facts, place=place, amount=params.spending.amount),
        "funds": Selection(params.funds.facts, place=place, amount=params.funds.amount),
    }


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """A breach rests on the funds, compliance on the expenditures."""
    params: Params = obligation.params
    sides = (("above", params.funds.facts), ("kept", params.spending.facts))
    return tuple(Rest(side, facts) for side, facts in sides if not is_the_record(obligation, facts))


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """Nothing beyond the funds, taken so many times."""
    times = obligation.params.times
    return {"upper": FIGURE_ZERO, **({"times": times} if times else {})}


CASES = ""

MEASURE = """
WITH signed AS (
  SELECT run, holds, CASE WHEN part = 'funds' THEN -round(amount * coalesce(times, 1), 2) ELSE amount END AS amount FROM taken WHERE kind = 'within_budget'
)
SELECT run, greatest(coalesce(sum(amount) FILTER (holds), 0), 0) AS value,
  greatest(coalesce(sum(amount) FILTER (holds OR amount < 0), 0), 0) AS lo,
  greatest(coalesce(sum(amount) FILTER (holds OR amount > 0), 0), 0) AS hi
FROM signed GROUP BY run
"""

EVIDENCE = """
WITH over AS (
  SELECT run FROM taken WHERE kind = 'within_budget' AND holds GROUP BY run
  HAVING sum(CASE WHEN part = 'funds' THEN -round(amount * coalesce(times, 1), 2) ELSE amount END) > 0
)
SELECT run, rid, CASE WHEN holds THEN 'breaks' ELSE 'unknown' END AS part
FROM taken WHERE kind = 'within_budget' AND part = 'spending' AND (holds IS NULL OR run IN (SELECT run FROM over))
"""
