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
    "once": "paid-once", "yearly": "yearly-letter", "letters": "letters-end", "step": "step-after-letter",
    "turn": "paid-in-turn",
}
ORDER = {"id": "o-1", "placed_on": datetime.date(2019, 1, 10), "group": "red", "size": "small", "price": 100, "urgent": True}
PAYMENT = {"group": "red", "clear": True}
TERM = {"from": datetime.date(2019, 1, 1), "to": datetime.date(2020, 12, 31)}


def rows(given: list[dict], usual: dict, prefix: str) -> list[dict]:
    """Records as a case means them: with what is usual, without what is null, amounts with two decimals."""
    found = [{"id": f"{prefix}-{number}", **usual, **row} for number, row in enumerate(given, 1)]
    return [{name: cents(value) if name in ("price", "amount", "cost") else value for name, value in row.items() if value is not None} for row in found]


def cents(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def submission(case: dict, agreement: str) -> dict:
    """A case as a submission to an agreement of its own."""
    facts = {
        "orders": rows(case.get("orders", [{}]), ORDER, "o"), "payments": rows(case.get("payments", []), PAYMENT, "p"),
        "letters": rows(case.get("letters", []), {}, "l"), "steps": rows(case.get("steps", []), {"cost": 1}, "s"),
    }
    complete = case.get("complete", datetime.date(2020, 12, 31))
    return {
        "folder": "01", "agreement": agreement, "pack": "workshop", "submitted_on": datetime.date(2020, 12, 31), "submitted_by": "maker",
        "complete": complete if isinstance(complete, dict) else dict.fromkeys(facts, complete), "withdraws": [], "facts": facts,
    }


def world(cases: list[dict]) -> dict:
    """Cases of one day, each in an agreement of its own, `a-0` and so on."""
    (as_of,) = {as_of_case(case) for case in cases}
    names = [f"a-{number}" for number, _ in enumerate(cases)]
    agreements = [{"id": name, "pack": "workshop", "name": name, "term": TERM, "sites": [], "parameters": {}} for name in names]
    return {"agreements": agreements, "submissions": [submission(case, name) for case, name in zip(cases, names, strict=True)], "as_of": as_of}


def as_of_case(case: dict) -> datetime.date:
    return case.get("as_of", datetime.date(2019, 12, 31))


DAYS = {day: [case for case in CASES if as_of_case(case) == day] for day in sorted({as_of_case(case) for case in CASES})}


@pytest.fixture(scope="module")
def found() -> dict[str, dict[tuple[str, str | None], Finding]]:
    """The findings of each case, by obligation and scope."""
    return {
        case["case"]: {(one.obligation, one.site): one for one in findings if one.agreement == f"a-{number}" and one.label in ("term", "2019")}
        for cases in DAYS.values() for findings in [agreeing.run_engine(WORKSHOP, world(cases)).findings] for number, case in enumerate(cases)
    }


def told(finding: Finding | None) -> list | None:
    if finding is None:
        return None
    return [finding.status, finding.value, finding.details.get("due_on"), finding.details.get("done_on"), finding.details.get("overdue")]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_is_settled_by_amounts(case: dict, found: dict) -> None:
    for name, expected in case["expect"].items():
        what, _, order = name.partition(" ")
        one = found[case["case"]].get((NAMES[what], None if what in ("all", "yearly") else f"orders:{order or 'o-1'}"))
        assert (told(one) if expected is None else told(one)[: len(expected)]) == expected, name
        if name in case.get("named", {}):
            assert {missing.record for missing in one.missing} == set(case["named"][name])


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_oracle_reckons_the_same(day: datetime.date) -> None:
    assert not agreeing.differences(WORKSHOP, world(DAYS[day]))
