"""Who was there: every pair of records of two roles at one meeting, as the oracle reads it; and some of them reckoned by hand."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest

import agreeing
from conftest import RULES

ROLES, SITES, STATES = ("benn_team", "qm_benn"), ("x", "y", None), ("present", "absent", "not_invited")
RECORDS = [None, *itertools.product(SITES, STATES)]
PAIRS = list(itertools.product(RECORDS, RECORDS))
WORLDS = 4
LAST = datetime.date(2019, 12, 31)


def agreement(number: int) -> dict:
    name = f"a-{number}"
    days = {"from": datetime.date(2019, 1, 1), "to": LAST}
    sites = [{"id": f"{name}-{site}", "name": site, "kind": "benn_team", **days} for site in ("x", "y")]
    return {"id": name, "pack": "benn", "district": name, "term": days, "sites": sites, "parameters": {}}


def submission(number: int, pair: tuple, first: str = "present") -> dict:
    """Two district rounds: at the first, both sites' teams were (`first`); of the second the pair tells. The same ids in every agreement."""
    name = f"a-{number}"
    meetings = [{"id": f"m-{one}", "date": datetime.date(2019, one, 14), "body": "district_round", "status": "held"} for one in (1, 2)]
    meetings.append({"id": "m-3", "date": datetime.date(2019, 3, 14), "body": "jour_fixe", "organiser": "senate", "status": "held"})
    rows = [{"meeting": "m-1", "role": "benn_team", "site": f"{name}-{site}", "state": first} for site in ("x", "y")]
    rows += [
        {"meeting": "m-2", "role": role, "state": one[1], **({"site": f"{name}-{one[0]}"} if one[0] else {})}
        for role, one in zip(ROLES, pair, strict=True) if one is not None
    ]
    rows += [{"meeting": "m-3", "role": "benn_team", "state": "present"}, {"meeting": "m-2", "role": "other", "state": "present"}]
    return {
        "folder": "01", "agreement": name, "pack": "benn", "submitted_on": datetime.date(2020, 1, 10), "submitted_by": "district",
        "complete": datetime.date(2020, 1, 10), "withdraws": [], "facts": {"meetings": meetings, "attendance": rows},
    }


def world(pairs: list[tuple], first: str = "present") -> dict:
    return {
        "agreements": [agreement(number) for number in range(len(pairs))],
        "submissions": [submission(number, pair, first) for number, pair in enumerate(pairs)], "as_of": datetime.date(2020, 1, 31),
    }


@pytest.mark.parametrize("block", range(WORLDS))
def test_any_two_records_of_a_meeting_are_read_as_the_oracle_reads_them(block: int) -> None:
    for first in ("present", "absent"):
        found = agreeing.differences(RULES / "benn", world(PAIRS[block::WORLDS], first))
        assert not found, found[:5]


# (record of benn_team, record of qm_benn) at the second meeting, for site x; expected status, share, meetings counted, records named as unknown
BY_HAND = [
    ((("x", "present"), None), "fulfilled", "1", 2, []),
    ((("x", "absent"), None), "deviation", "0.5", 2, []),
    ((("x", "not_invited"), None), "fulfilled", "1", 1, []),
    ((("x", "absent"), ("x", "present")), "fulfilled", "1", 2, []),
    ((("x", "not_invited"), ("x", "absent")), "deviation", "0.5", 2, []),
    ((("x", "not_invited"), ("x", "not_invited")), "fulfilled", "1", 1, []),
    ((("y", "present"), None), "deviation", "0.5", 2, []),
    ((("y", "not_invited"), None), "deviation", "0.5", 2, []),
    (((None, "present"), None), "undetermined", "0.5", 2, ["m-2/benn_team"]),
    (((None, "absent"), None), "deviation", "0.5", 2, []),
    (((None, "not_invited"), None), "undetermined", "0.5", 2, ["m-2/benn_team"]),
    ((("x", "present"), (None, "absent")), "fulfilled", "1", 2, []),
    ((("x", "absent"), (None, "present")), "undetermined", "0.5", 2, ["m-2/qm_benn"]),
    ((("x", "not_invited"), (None, "absent")), "undetermined", "1", 1, ["m-2/qm_benn"]),
    ((("x", "not_invited"), (None, "present")), "fulfilled", "1", 1, []),
    ((("x", "not_invited"), (None, "not_invited")), "fulfilled", "1", 1, []),
]


def test_some_pairs_are_as_reckoned_by_hand() -> None:
    found = {
        one.agreement: one for one in agreeing.run_engine(RULES / "benn", world([pair for pair, *_ in BY_HAND])).findings
        if one.obligation == "team-attends-district-rounds" and one.site == f"{one.agreement}-x" and one.label == "2019"
    }
    told = [
        (one.status, f"{one.value.normalize()}", one.evidence_total, [missing.record for missing in one.missing if missing.record])
        for one in (found[f"a-{number}"] for number in range(len(BY_HAND)))
    ]
    assert told == [tuple(expected) for _, *expected in BY_HAND]
    assert Path(found["a-0"].evidence[0].file).stem == "meetings"
