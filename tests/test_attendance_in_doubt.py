"""Who was there, where meetings may have no day, body or site, and records no state: drawn worlds as the oracle reads them."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest

import agreeing
import looser_packs
from conftest import RULES
from test_attendance import LAST, agreement

AGREEMENTS = 30
BODIES, STATES = ("district_round", "district_round", "steering_round", "jour_fixe"), ("present", "present", "absent", "not_invited")
ROLES = ("benn_team", "qm_benn", "district_coordinator", "senate_coordinator", "district_office", "senate_office")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return looser_packs.write(RULES / "benn", tmp_path_factory.mktemp("rules"), ("meetings.date", "meetings.body", "attendance.state"))


def drawn(number: int) -> dict:
    """A few meetings, and who was there; each of what counts is now and then unknown."""
    draw, name = random.Random(number), f"a-{number}"
    doubt = draw.choice((0.0, 0.1, 0.3))

    def perhaps(*values: object) -> object:
        return None if draw.random() < doubt else draw.choice(values)

    meetings = []
    for one in range(draw.randint(1, 3)):
        body = perhaps(*BODIES)
        meetings.append({
            "id": f"m-{one}", "date": perhaps(datetime.date(2019, 2 + one, 14)), "body": body, "organiser": perhaps("senate", "district"),
            "status": draw.choice(("held", "held", "held", "cancelled")), "concerns_senate": perhaps(True, False),
            "site": f"{name}-{draw.choice('xy')}" if body == "steering_round" else perhaps(None, f"{name}-x"),
        })
    chosen = [
        (draw.choice(meetings)["id"], draw.choice((*ROLES[:2], *ROLES)), perhaps(f"{name}-x", f"{name}-x", f"{name}-y")) for _ in range(draw.randint(0, 7))
    ]
    attendance = [{"meeting": meeting, "role": role, "site": site, "state": perhaps(*STATES)} for meeting, role, site in dict.fromkeys(chosen)]
    facts = {"meetings": meetings, "attendance": attendance}
    known = draw.choice((datetime.date(2020, 1, 10), datetime.date(2020, 1, 10), datetime.date(2019, 3, 1)))
    return {
        "folder": "01", "agreement": name, "pack": "benn", "submitted_on": datetime.date(2020, 1, 10), "submitted_by": "district",
        "complete": {"meetings": draw.choice((known, datetime.date(2020, 1, 10))), "attendance": known}, "withdraws": [],
        "facts": {kind: [{field: value for field, value in row.items() if value is not None} for row in rows] for kind, rows in facts.items()},
    }


def world(numbers: range) -> dict:
    return {"agreements": [agreement(number) for number in numbers], "submissions": [drawn(number) for number in numbers], "as_of": LAST}


@pytest.mark.parametrize("block", range(2))
def test_drawn_meetings_are_read_as_the_oracle_reads_them(pack: Path, block: int) -> None:
    found = agreeing.differences(pack, world(range(block * AGREEMENTS, (block + 1) * AGREEMENTS)))
    assert not found, found[:5]
