"""What is settled by amounts: cases with what a person reckons for them, under a pack that says it in every way (tests/amounts.yaml)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

import agreeing
from servanda.model import Finding

WORKSHOP = Path(__file__).parent / "packs" / "workshop"
CASES = yaml.safe_load((Path(__file__).parent / "amounts.yaml").read_text(encoding="utf-8"))
NAMES = {
    "all": "paid-at-all", "group": "paid-in-groups", "each": "paid-for-each", "fee": "fee-paid", "dunned": "dunned", "again": "dunned-again",
    "once": "paid-once", "yearly": "yearly-letter",
}
ORDER = {"id": "o-1", "placed_on": datetime.date(2019, 1, 10), "group": "red", "size": "small", "price": 100, "urgent": True}
PAYMENT = {"group": "red", "clear": True}
TERM = {"from": datetime.date(2019, 1, 1), "to": datetime.date(2020, 12, 31)}


def rows(given: list[dict], usual: dict, prefix: str) -> list[dict]:
    """Records as a case means them: with what is usual, without what is null, amounts with two decimals."""
    found = [{"id": f"{prefix}-{number}", **usual, **row} for number, row in enumerate(given, 1)]
    return [
        {name: Decimal(str(value)).quantize(Decimal("0.01")) if name in ("price", "amount") else value for name, value in row.items() if value is not None}
        for row in found
    ]


def world(case: dict) -> dict:
    """A case as the files of one submission."""
    facts = {
        "orders": rows(case.get("orders", [{}]), ORDER, "o"), "payments": rows(case.get("payments", []), PAYMENT, "p"),
        "letters": rows(case.get("letters", []), {}, "l"), "steps": [],
    }
    as_of = case.get("as_of", datetime.date(2019, 12, 31))
    complete = case.get("complete", datetime.date(2020, 12, 31))
    submission = {
        "folder": "01", "agreement": "a-1", "pack": "workshop", "submitted_on": datetime.date(2020, 12, 31), "submitted_by": "maker",
        "complete": complete if isinstance(complete, dict) else dict.fromkeys(facts, complete), "withdraws": [], "facts": facts,
    }
    agreement = {"id": "a-1", "pack": "workshop", "name": "a-1", "term": TERM, "sites": [], "parameters": {}}
    return {"agreements": [agreement], "submissions": [submission], "as_of": as_of}


def told(finding: Finding | None) -> list | None:
    if finding is None:
        return None
    return [finding.status, finding.value, finding.details.get("due_on"), finding.details.get("done_on"), finding.details.get("overdue")]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_is_settled_by_amounts(case: dict) -> None:
    given = world(case)
    assert not agreeing.differences(WORKSHOP, given), "the oracle reckons otherwise"
    found = {(one.obligation, one.site): one for one in agreeing.run_engine(WORKSHOP, given).findings if one.label in ("term", "2019")}
    for name, expected in case["expect"].items():
        what, _, order = name.partition(" ")
        one = found.get((NAMES[what], None if what in ("all", "yearly") else f"orders:{order or 'o-1'}"))
        assert (told(one) if expected is None else told(one)[: len(expected)]) == expected, name
