"""Consents of which it is unknown what was decided, and spending of which it is unknown where: BENN with decisions and sites that may be empty."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from pathlib import Path

import pytest

import agreeing
import looser_packs
from conftest import RULES

TERM = {"from": datetime.date(2019, 1, 1), "to": datetime.date(2019, 12, 31)}
AGREEMENTS, OBLIGATION = 40, "consent-before-spend"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A decision need not be named, nor the site of an expenditure."""
    return looser_packs.write(RULES / "benn", tmp_path_factory.mktemp("rules"), ("consents.decision", "expenditures.site"))


def submission(agreement: str, consents: list[tuple], spent: list[tuple], funds: int | None = None) -> dict:
    """Consents (day, decision, amount, measure) and expenditures (day, amount, measure, number of the site: 0 if none is named), all within March 2019."""
    site = f"{agreement}-s1"
    facts = {
        "measures": [{"id": name, "site": site, "title": name, "date": datetime.date(2019, 3, 31)} for name in ("m-1", "m-2")],
        "consents": [
            {"id": f"c-{number}", "measure": measure, "date": datetime.date(2019, 3, day), "decision": decision, "amount": cents(amount)}
            for number, (day, decision, amount, measure) in enumerate(consents)
        ],
        "expenditures": [
            {"id": f"e-{number}", "site": f"{agreement}-s{place[0]}" if place != [0] else None, "measure": measure, "date": datetime.date(2019, 3, day),
             "amount": cents(amount)}
            for number, (day, amount, measure, *place) in enumerate((*one, 1)[:4] for one in spent)
        ],
        "funds": [{"id": "f", "site": site, "year": 2019, "amount": cents(funds), "provided_on": datetime.date(2019, 1, 2)}] if funds else [],
    }
    plain = {name: [{field: value for field, value in row.items() if value is not None} for row in rows] for name, rows in facts.items()}
    return {
        "folder": "01", "agreement": agreement, "pack": "benn", "submitted_on": datetime.date(2020, 1, 10), "submitted_by": "district",
        "complete": datetime.date(2020, 1, 10), "withdraws": [], "facts": plain,
    }


def cents(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).quantize(Decimal("0.01"))


def world(submissions: list[dict]) -> dict:
    names = [one["agreement"] for one in submissions]
    sites = {name: [{"id": f"{name}-s{number}", "name": f"{name}-{number}", "kind": "benn_team", **TERM} for number in (1, 2)] for name in names}
    agreements = [{"id": name, "pack": "benn", "district": name, "term": TERM, "parameters": {}, "sites": sites[name]} for name in names]
    return {"agreements": agreements, "submissions": submissions, "as_of": datetime.date(2020, 1, 31)}


def drawn(agreement: str, seed: int) -> dict:
    """A few events on a few days, so that many fall together."""
    draw = random.Random(seed)
    doubt = draw.choice((0.0, 0.2, 0.5))
    consents = [
        (draw.randint(1, 4), None if draw.random() < doubt else draw.choice(("granted", "granted", "withdrawn", "refused")),
         draw.choice((None, 0, 10, 50, 100)), draw.choice(("m-1", "m-1", "m-2")))
        for _ in range(draw.randint(0, 4))
    ]
    spent = [
        (draw.randint(1, 4), draw.choice((0, 10, 40, 60, 2000, -30)), draw.choice(("m-1", "m-1", "m-2", None)),
         draw.choice((1, 1, 1, 2, 0)))
        for _ in range(draw.randint(1, 4))
    ]
    return submission(agreement, consents, spent, draw.choice((None, 100, 1000)))


@pytest.mark.parametrize("block", range(2))
def test_any_order_is_read_as_the_oracle_reads_it(pack: Path, block: int) -> None:
    found = agreeing.differences(pack, world([drawn(f"a-{number}", block * AGREEMENTS + number) for number in range(AGREEMENTS)]))
    assert not found, found[:5]


# consents, expenditures; expected status, value, records named as unknown
BY_HAND = {
    "a consent without a decision": ([(1, None, 100, "m-1")], [(2, 100, "m-1")], ("undetermined", "100.00", {"c-0"})),
    "beside a sure one": ([(1, None, 100, "m-1"), (1, "granted", 40, "m-1")], [(2, 100, "m-1")], ("undetermined", "60.00", {"c-0"})),
    "of another measure": ([(1, "granted", 100, "m-1"), (1, None, 100, "m-2")], [(2, 100, "m-1")], ("fulfilled", "0.00", set())),
    "beside a sure breach of another measure": ([(1, None, 9, "m-2")], [(2, 100, "m-1"), (2, 5, "m-2")], ("deviation", "105.00", set())),
    "a consent in doubt that came too late": ([(3, None, 100, "m-1")], [(2, 100, "m-1")], ("deviation", "100.00", set())),
    "too little, whatever was decided": ([(1, None, 40, "m-1")], [(2, 100, "m-1")], ("deviation", "100.00", set())),
    "what may be a withdrawal": ([(1, "granted", 100, "m-1"), (2, None, 1, "m-1")], [(3, 100, "m-1")], ("undetermined", "0.00", {"c-1"})),
    "a withdrawal that would leave enough": ([(1, "granted", 100, "m-1"), (2, None, 1, "m-1")], [(3, 99, "m-1")], ("fulfilled", "0.00", set())),
    "what was spent before a withdrawal in doubt": ([(1, "granted", 100, "m-1"), (3, None, 100, "m-1")], [(2, 100, "m-1")], ("fulfilled", "0.00", set())),
    "an expenditure of no measure": ([(1, None, 100, "m-1")], [(2, 100, None)], ("deviation", "100.00", set())),
    "spending of unknown place takes from the consent, too": ([(1, "granted", 100, "m-1")], [(2, 60, "m-1", 0), (3, 60, "m-1")], ("deviation", "20.00", set())),
    "spending that may be another site's": ([], [(2, 60, "m-1", 0)], ("undetermined", "0.00", {"e-0"})),
    "covered, wherever it was": ([(1, "granted", 60, "m-1")], [(2, 60, "m-1", 0)], ("fulfilled", "0.00", set())),
    "nothing was spent on what is in doubt": ([(1, None, None, "m-1")], [(2, 0, "m-1")], ("fulfilled", "0.00", set())),
}


def test_by_hand(pack: Path) -> None:
    submissions = [submission(f"a-{number}", consents, spent) for number, (consents, spent, _) in enumerate(BY_HAND.values())]
    findings = agreeing.run_engine(pack, world(submissions)).findings
    found = {one.agreement: one for one in findings if one.obligation == OBLIGATION and one.site == f"{one.agreement}-s1"}
    told = {
        name: (one.status, str(one.value), {missing.record for missing in one.missing if missing.record})
        for name, one in zip(BY_HAND, (found[f"a-{number}"] for number in range(len(BY_HAND))), strict=True)
    }
    assert told == {name: expected for name, (*_, expected) in BY_HAND.items()}
