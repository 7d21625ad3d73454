"""Contract, section 5: the kind `consented`, sentence by sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, SOUTH, Row, World, mitte

MEASURE = {"id": "a", "site": "s-1", "title": "T", "date": "2019-01-01"}
ROUND = {"id": "m", "date": "2019-03-01", "body": "steering_round", "site": "s-1"}

Event = tuple[str, str, str, str]  # what, id, day, amount

# events in any order, and what is uncovered in 2019
SUMS: dict[str, tuple[list[Event], str]] = {
    "starts at 0": ([("spend", "e", "2019-03-01", "10")], "10.00"),
    "a grant adds its amount": ([("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "100")], "0.00"),
    "a cent more": ([("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "100.01")], "0.01"),
    "grants add up": ([("grant", "c", "2019-02-01", "60"), ("grant", "d", "2019-02-02", "40"), ("spend", "e", "2019-03-01", "100")], "0.00"),
    "without amount any amount": ([("grant", "c", "2019-02-01", ""), ("spend", "e", "2019-03-01", "999999"), ("spend", "f", "2019-04-01", "1")], "0.00"),
    "from then on": ([("grant", "c", "2019-03-02", ""), ("spend", "e", "2019-03-01", "10"), ("spend", "f", "2019-03-03", "5")], "10.00"),
    "a withdrawal takes off": ([("grant", "c", "2019-02-01", "100"), ("withdraw", "d", "2019-02-02", "30"), ("spend", "e", "2019-03-01", "100")], "30.00"),
    "not below 0": (
        [("grant", "c", "2019-02-01", "100"), ("withdraw", "d", "2019-02-02", "300"), ("grant", "g", "2019-02-03", "50"), ("spend", "e", "2019-03-01", "50")],
        "0.00",
    ),
    "withdrawn without amount": ([("grant", "c", "2019-02-01", "100"), ("withdraw", "d", "2019-02-02", ""), ("spend", "e", "2019-03-01", "10")], "10.00"),
    "any amount withdrawn": ([("grant", "c", "2019-02-01", ""), ("withdraw", "d", "2019-02-02", ""), ("spend", "e", "2019-03-01", "10")], "10.00"),
    "a withdrawal does not reach back": (
        [("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "100"), ("withdraw", "d", "2019-04-01", "")],
        "0.00",
    ),
    "spending takes off": ([("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "70"), ("spend", "f", "2019-03-02", "70")], "40.00"),
    "uncovered leaves 0": (
        [("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "150"), ("grant", "d", "2019-03-02", "50"), ("spend", "f", "2019-03-03", "50")],
        "50.00",
    ),
    "a refund adds": (
        [("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "100"), ("spend", "r", "2019-03-02", "-40"), ("spend", "f", "2019-03-03", "50")],
        "10.00",
    ),
    "a later consent does not cure": ([("spend", "e", "2019-03-01", "100"), ("grant", "c", "2019-03-02", "100")], "100.00"),
    "consents before expenditures": ([("spend", "a1", "2019-03-01", "100"), ("grant", "z9", "2019-03-01", "100")], "0.00"),
    "withdrawals before expenditures": (
        [("grant", "c", "2019-02-01", "100"), ("spend", "a1", "2019-03-01", "100"), ("withdraw", "z9", "2019-03-01", "")],
        "100.00",
    ),
    "then by id: granted, withdrawn": (
        [("grant", "c1", "2019-03-01", "100"), ("withdraw", "c2", "2019-03-01", "100"), ("spend", "e", "2019-03-02", "10")],
        "10.00",
    ),
    "then by id: withdrawn, granted": (
        [("withdraw", "c1", "2019-03-01", "100"), ("grant", "c2", "2019-03-01", "100"), ("spend", "e", "2019-03-02", "10")],
        "0.00",
    ),
    "then by id: spent, refunded": ([("grant", "c", "2019-02-01", "100"), ("spend", "e1", "2019-03-01", "150"), ("spend", "e2", "2019-03-01", "-50")], "50.00"),
    "then by id: refunded, spent": ([("grant", "c", "2019-02-01", "100"), ("spend", "e2", "2019-03-01", "150"), ("spend", "e1", "2019-03-01", "-50")], "0.00"),
    "a refusal grants nothing": ([("refuse", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "10")], "10.00"),
    "a refusal takes nothing": ([("grant", "c", "2019-02-01", "100"), ("refuse", "d", "2019-02-02", "100"), ("spend", "e", "2019-03-01", "100")], "0.00"),
    "a grant of nothing": ([("grant", "c", "2019-02-01", "0"), ("spend", "e", "2019-03-01", "10")], "10.00"),
    "granted the year before": ([("grant", "c", "2018-02-01", "100"), ("spend", "d", "2018-12-31", "30"), ("spend", "e", "2019-01-01", "100")], "30.00"),
    "only the window's expenditures": ([("spend", "d", "2018-12-31", "30"), ("spend", "e", "2019-01-01", "1"), ("spend", "f", "2020-01-01", "30")], "1.00"),
    "cents add up": ([(("spend"), f"e{n}", "2019-03-01", "0.1") for n in range(3)], "0.30"),
}


def spending(world: World, label: str = "2019", site: str = "s-1", as_of: str = "2020-01-31") -> tuple[str, Any]:
    finding = world.check(as_of=as_of).one("consent-before-spend", site, label)
    return finding["status"], finding["value"]


def told(world: World, events: list[Event], **more: Any) -> None:
    """Submit events of the measure `a`."""
    words = {"grant": "granted", "withdraw": "withdrawn", "refuse": "refused"}
    consents = [{"id": name, "measure": "a", "date": day, "decision": words[what], "amount": amount} for what, name, day, amount in events if what in words]
    costs = [{"id": name, "measure": "a", "site": "s-1", "date": day, "amount": amount} for what, name, day, amount in events if what == "spend"]
    world.submit(**{"measures": [MEASURE], "consents": consents, "expenditures": costs, **more})


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("case", SUMS)
def test_what_is_uncovered(tmp_path: Path, case: str, backwards: bool) -> None:
    # "per measure, in the order of date, then consents before expenditures, then id, the approved amount left starts at 0 …"
    events, expected = SUMS[case]
    world = mitte(tmp_path)
    told(world, events[::-1] if backwards else events)
    assert spending(world) == ("fulfilled" if expected == "0.00" else "deviation", expected)


def test_each_measure_has_its_own_amount(tmp_path: Path) -> None:
    # "per measure"
    world = mitte(tmp_path)
    told(
        world,
        [("grant", "c", "2019-02-01", "100")],
        measures=[MEASURE, {**MEASURE, "id": "b"}],
        expenditures=[{"id": "e", "measure": "b", "site": "s-1", "date": "2019-03-01", "amount": "25"}],
    )
    assert spending(world) == ("deviation", "25.00")


def test_an_expenditure_without_a_measure(tmp_path: Path) -> None:
    # "An expenditure without a measure is uncovered as a whole."
    world = mitte(tmp_path)
    told(world, [("grant", "c", "2019-02-01", "")], expenditures=[{"id": "e", "site": "s-1", "date": "2019-03-01", "amount": "25"}])
    assert spending(world) == ("deviation", "25.00")


@pytest.mark.parametrize(
    ("meeting", "uncovered"),
    [
        ({}, "0.00"),
        ({"status": "held"}, "0.00"),
        ({"status": "cancelled"}, "10.00"),
        ({"status": "planned"}, "10.00"),
        ({"site": "s-2"}, "10.00"),
        ({"body": "residents_council"}, "10.00"),
        ({"body": "district_round", "site": None}, "10.00"),
        ({"date": "2020-02-01"}, "10.00"),
        ({"date": "2020-01-31"}, "0.00"),
    ],
)
def test_the_consents_meeting(tmp_path: Path, meeting: Row, uncovered: str) -> None:
    # "A consent counts where its meeting is not named, or is a held steering round of the measure's site not after `as_of`."
    world = mitte(tmp_path, NORTH, SOUTH)
    told(
        world,
        [("spend", "e", "2019-03-02", "10")],
        meetings=[{**ROUND, **meeting}],
        consents=[{"id": "c", "measure": "a", "meeting": "m", "date": "2019-03-01", "decision": "granted", "amount": "100"}],
    )
    assert spending(world)[1] == uncovered


def test_a_withdrawal_in_a_cancelled_round_does_not_count(tmp_path: Path) -> None:
    # the same sentence: a withdrawal is a consent record, too
    world = mitte(tmp_path)
    grant = {"id": "c", "measure": "a", "meeting": "", "date": "2019-02-01", "decision": "granted", "amount": "100"}
    told(
        world,
        [("spend", "e", "2019-03-02", "10")],
        meetings=[{**ROUND, "status": "cancelled"}],
        consents=[grant, {**grant, "id": "d", "meeting": "m", "date": "2019-03-01", "decision": "withdrawn", "amount": ""}],
    )
    assert spending(world) == ("fulfilled", "0.00")


@pytest.mark.parametrize("date", ["2016-01-01", "2019-12-31", "2021-05-01"])
def test_whatever_the_measures_own_date(tmp_path: Path, date: str) -> None:
    # "Consents and expenditures of a measure count whatever the measure's own date."
    world = mitte(tmp_path)
    told(world, [("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "110")], measures=[{**MEASURE, "date": date}])
    assert spending(world) == ("deviation", "10.00")


def test_consents_after_as_of_are_ignored(tmp_path: Path) -> None:
    # section 3: "a record whose own date … lies after `as_of` is ignored"
    world = mitte(tmp_path)
    told(world, [("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "10"), ("spend", "f", "2019-06-01", "200")])
    assert spending(world, as_of="2019-05-31") == ("fulfilled", "0.00")
    assert spending(world, as_of="2019-06-01") == ("deviation", "110.00")


@pytest.mark.parametrize(
    ("granted", "complete", "expected"),
    [
        ("100", {"expenditures": "2019-12-31"}, "fulfilled"),
        ("100", {"consents": "2019-12-31"}, "undetermined"),
        ("5", {"consents": "2019-12-31"}, "deviation"),
        ("5", {"expenditures": "2019-12-31"}, "undetermined"),
        ("5", None, "undetermined"),
    ],
)
def test_what_consent_rests_on(tmp_path: Path, granted: str, complete: Any, expected: str) -> None:
    # consented: a breach rests on complete "consents", compliance on complete "expenditures"
    world = mitte(tmp_path)
    told(world, [("grant", "c", "2019-02-01", granted), ("spend", "e", "2019-03-01", "10")], complete=complete)
    assert spending(world)[0] == expected


def test_each_site_answers_for_its_expenditures(tmp_path: Path) -> None:
    # "Σ uncovered parts of the window's expenditures": those of the site
    world = mitte(tmp_path, NORTH, SOUTH)
    costs = [{"id": "e", "measure": "a", "site": "s-1", "date": "2019-03-01", "amount": "80"}, {"id": "f", "site": "s-2", "date": "2019-03-02", "amount": "5"}]
    told(world, [("grant", "c", "2019-02-01", "100")], expenditures=costs)
    assert spending(world, site="s-1") == ("fulfilled", "0.00")
    assert spending(world, site="s-2") == ("deviation", "5.00")


def test_evidence_is_what_breaks_the_bound(tmp_path: Path) -> None:
    # section 7: "for the others, what breaks the bound"
    world = mitte(tmp_path)
    told(world, [("grant", "c", "2019-02-01", "100"), ("spend", "e", "2019-03-01", "100"), ("spend", "f", "2019-03-02", "1")])
    finding = world.check().one("consent-before-spend", "s-1", "2019")
    assert [(item["type"], item["id"], item["file"], item["row"]) for item in finding["evidence"]] == [("expenditures", "f", "expenditures.csv", 3)]
    assert finding["evidence_total"] == 1
