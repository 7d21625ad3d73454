"""What must come first, where days, places, needs and decisions may be unknown: drawn worlds as the oracle reads them, and some by hand."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest

import agreeing
import looser_packs
from conftest import RULES

TERM = {"from": datetime.date(2018, 1, 1), "to": datetime.date(2019, 12, 31)}
AGREEMENTS = 40
OPINIONS, CONSENTS = "opinions-obtained", "measures-consented"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return looser_packs.write(RULES / "benn", tmp_path_factory.mktemp("rules"), ("measures.date", "measures.site", "consents.decision"))


def march(day: int | None, year: int = 2019) -> datetime.date | None:
    return None if day is None else datetime.date(year, 3, day)


def submission(agreement: str, measures: list[tuple], opinions: list[tuple], consents: list[tuple], waived: list[tuple] = (), known: bool = True) -> dict:
    """Measures (day, number of the site or None, opinion needed?), opinions (number of the measure, day), consents (number of the measure, day,
    decision), waivers (obligation, number of the site, from, to)."""
    facts = {
        "measures": [
            {"id": f"m-{number}", "title": "m", "site": place and f"{agreement}-s{place}", "date": march(day), "opinion_needed": needed}
            for number, (day, place, needed) in enumerate(measures)
        ],
        "opinions": [
            {"id": f"o-{number}", "measure": f"m-{measure}", "authority": "a", "received_on": march(day)} for number, (measure, day) in enumerate(opinions)
        ],
        "consents": [
            {"id": f"c-{number}", "measure": f"m-{measure}", "date": march(day), "decision": decision}
            for number, (measure, day, decision) in enumerate(consents)
        ],
        "waivers": [
            {"id": f"w-{number}", "obligation": obligation, "site": f"{agreement}-s{place}", "from": march(start), "to": march(end),
             "agreed_on": march(1), "agreed_by": "both", "reason": "r"}
            for number, (obligation, place, start, end) in enumerate(waived)
        ],
    }
    plain = {name: [{field: value for field, value in row.items() if value is not None} for row in rows] for name, rows in facts.items()}
    return {
        "folder": "01", "agreement": agreement, "pack": "benn", "submitted_on": datetime.date(2020, 1, 10), "submitted_by": "district",
        "complete": datetime.date(2020, 1, 10) if known else datetime.date(2019, 2, 1), "withdraws": [], "facts": plain,
    }


def world(submissions: list[dict]) -> dict:
    names = [one["agreement"] for one in submissions]
    sites = {name: [{"id": f"{name}-s{number}", "name": name, "kind": "benn_team", **TERM} for number in (1, 2)] for name in names}
    agreements = [{"id": name, "pack": "benn", "district": name, "term": TERM, "parameters": {}, "sites": sites[name]} for name in names]
    return {"agreements": agreements, "submissions": submissions, "as_of": datetime.date(2020, 1, 31)}


def drawn(agreement: str, seed: int) -> dict:
    """A few measures, and what may have come before them, on a few days."""
    draw = random.Random(seed)
    count = draw.randint(1, 4)
    measures = [(draw.choice((2, 3, 3, None)), draw.choice((1, 1, 1, 2, None)), draw.choice((True, True, False, None))) for _ in range(count)]
    opinions = [(draw.randrange(count), draw.choice((1, 3, 4, None))) for _ in range(draw.randint(0, 4))]
    consents = [
        (draw.randrange(count), draw.choice((1, 2, 3, 4)), draw.choice(("granted", "refused", None, None))) for _ in range(draw.randint(0, 5))
    ]
    waived = [(draw.choice((OPINIONS, CONSENTS)), draw.choice((1, 2)), 1, draw.choice((2, 3, 31))) for _ in range(draw.choice((0, 0, 0, 1)))]
    return submission(agreement, measures, opinions, consents, waived, known=draw.random() < 0.9)


@pytest.mark.parametrize("block", range(2))
def test_drawn_worlds_are_read_as_the_oracle_reads_them(pack: Path, block: int) -> None:
    found = agreeing.differences(pack, world([drawn(f"a-{number}", block * AGREEMENTS + number) for number in range(AGREEMENTS)]))
    assert not found, found[:5]


# measures, opinions, consents; expected status, value, records named as unknown (of site 1, whether opinions were obtained)
BY_HAND = {
    "the day itself is early enough": ([(3, 1, True)], [(0, 3)], ("fulfilled", "0", set())),
    "the day after is too late": ([(3, 1, True)], [(0, 4)], ("deviation", "1", set())),
    "another measure's opinion": ([(3, 1, True), (3, 1, True)], [(0, 1), (0, 2)], ("deviation", "1", set())),
    "an opinion without a day has not come": ([(3, 1, True)], [(0, None)], ("deviation", "1", set())),
    "what has no day may not have been in the term": ([(None, 1, True)], [], ("undetermined", "0", {"m-0"})),
    "what has no day may have been first": ([(None, 1, True)], [(0, 1)], ("undetermined", "0", {"m-0"})),
    "it may not have been needed": ([(3, 1, None)], [], ("undetermined", "0", {"m-0"})),
    "it may be another site's": ([(3, None, True)], [], ("undetermined", "0", {"m-0"})),
    "a sure breach beside a perhaps": ([(3, 1, None), (3, 1, True)], [], ("deviation", "1", set())),
    "perhaps nothing was needed": ([(3, 1, None)], [(0, 2)], ("undetermined", "0", {"m-0"})),
    "another site's": ([(3, 2, True)], [], ("not_applicable", "0", set())),
}


def test_by_hand(pack: Path) -> None:
    submissions = [submission(f"a-{number}", measures, opinions, []) for number, (measures, opinions, _) in enumerate(BY_HAND.values())]
    findings = agreeing.run_engine(pack, world(submissions)).findings
    found = {one.agreement: one for one in findings if one.obligation == OPINIONS and one.site == f"{one.agreement}-s1"}
    told = {
        name: (one.status, str(one.value), {missing.record for missing in one.missing if missing.record})
        for name, one in zip(BY_HAND, (found[f"a-{number}"] for number in range(len(BY_HAND))), strict=True)
    }
    assert told == {name: expected for name, (*_, expected) in BY_HAND.items()}
