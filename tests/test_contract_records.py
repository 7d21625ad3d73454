"""Contract, section 5: delivered, each, preceded, within_budget, attested and sites."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, SOUTH, Row, found, mitte, rounds

MEASURE = {"id": "a", "site": "s-1", "title": "T", "date": "2019-05-06"}
COST = {"id": "e-1", "site": "s-1", "measure": "a", "date": "2019-05-06", "amount": "150.00"}
FUND = {"id": "f-1", "site": "s-1", "year": 2019, "amount": "100.00", "provided_on": "2019-01-02"}
CONCEPT = {"id": "d", "kind": "action_concept", "site": "s-1", "year": 2019, "submitted_on": "2019-12-31"}


@pytest.mark.parametrize(
    ("submitted", "year", "complete", "as_of", "expected"),
    [
        ("2019-12-31", 2019, None, "2020-01-31", ("fulfilled", 1)),
        ("2020-01-01", 2019, "2019-12-31", "2020-01-31", ("deviation", 0)),
        ("2019-12-31", 2018, "2019-12-31", "2020-01-31", ("deviation", 0)),
        ("2020-01-01", 2019, "2019-12-30", "2020-01-31", ("undetermined", 0)),
        (None, 2019, "2019-12-31", "2019-12-31", ("deviation", 0)),
        (None, 2019, "2019-12-31", "2019-12-30", ("pending", 0)),
        (None, 2019, None, "2019-12-30", ("pending", 0)),
        ("2019-03-01", 2019, None, "2019-12-30", ("fulfilled", 1)),
    ],
)
def test_delivered(tmp_path: Path, submitted: str | None, year: int, complete: str | None, as_of: str, expected: tuple[str, int]) -> None:
    # delivered: "1 where a matching record is there by the deadline, else 0; 1. Open until the deadline"; breach: "the record's type, up to the deadline"
    world = mitte(tmp_path)
    world.submit(documents=[{**CONCEPT, "submitted_on": submitted, "year": year}] if submitted else [], complete=complete)
    assert found(world, "action-concept", as_of=as_of) == expected


@pytest.mark.parametrize(("day", "status"), [("2019-06-30", "fulfilled"), ("2019-07-01", "deviation")])
def test_delivered_in_the_next_year(tmp_path: Path, day: str, status: str) -> None:
    # clause 4.senate.2: "document `programme_report` of that year by 30 June of the next"
    world = mitte(tmp_path)
    world.submit()
    world.submit(agreement=None, by="senate", complete="2019-06-30", documents=[{"id": "r", "kind": "programme_report", "year": 2018, "submitted_on": day}])
    assert found(world, "programme-report", None, "2018")[0] == status


CHANGE = {"id": "c", "site": "s-1", "kind": "entry", "date": "2019-05-06", "agreed_on": "2019-05-06"}
PRESS = {"id": "p", "date": "2019-05-06", "title": "T", "concerns_district": True, "agreed_on": "2019-05-06"}


@pytest.mark.parametrize(
    ("kind", "row", "obligation", "expected"),
    [
        ("staff_changes", CHANGE, "staff-changes-agreed", ("fulfilled", 0)),
        ("staff_changes", {**CHANGE, "agreed_on": "2019-05-07"}, "staff-changes-agreed", ("deviation", 1)),
        ("staff_changes", {**CHANGE, "agreed_on": None}, "staff-changes-agreed", ("deviation", 1)),
        ("staff_changes", {**CHANGE, "agreed_on": None, "kind": "exit"}, "staff-changes-agreed", ("not_applicable", 0)),
        ("press_releases", PRESS, "press-agreed", ("fulfilled", 0)),
        ("press_releases", {**PRESS, "agreed_on": None}, "press-agreed", ("deviation", 1)),
        ("measures", {**MEASURE, "goals": "networks"}, "measures-serve-goals", ("fulfilled", 0)),
        ("measures", MEASURE, "measures-serve-goals", ("deviation", 1)),
        ("expenditures", {**COST, "measure": None}, "spending-has-measure", ("deviation", 1)),
    ],
)
def test_each(tmp_path: Path, kind: str, row: Row, obligation: str, expected: tuple[str, int]) -> None:
    # each: "selected records that fail the condition; 0"
    world = mitte(tmp_path)
    world.submit(**{kind: [row]})
    finding = world.check().one(obligation, None, "2019")
    assert (finding["status"], finding["value"]) == expected


@pytest.mark.parametrize(
    ("goals", "complete", "expected"), [(None, None, "deviation"), ("networks", None, "undetermined"), ("networks", "2019-12-31", "fulfilled")]
)
def test_what_each_rests_on(tmp_path: Path, goals: str | None, complete: str | None, expected: str) -> None:
    # each: a breach rests on nothing more, compliance on "the selected type"
    world = mitte(tmp_path)
    world.submit(measures=[{**MEASURE, "goals": goals}], complete=complete)
    assert found(world, "measures-serve-goals")[0] == expected


def test_spending_of_another_sites_measure(tmp_path: Path) -> None:
    # clause 3.6: "`each` expenditure belongs to a measure of the same site"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(measures=[MEASURE], expenditures=[{**COST, "site": "s-2"}])
    assert found(world, "spending-has-measure", "s-2") == ("deviation", 1)


@pytest.mark.parametrize(("agreed_by", "expected"), [("both", "fulfilled"), ("senate", "deviation"), (None, "undetermined")])
def test_amendments_need_both(tmp_path: Path, agreed_by: str | None, expected: str) -> None:
    # clause 7.1, and section 4: an empty field that decides
    world = mitte(tmp_path)
    world.submit(complete="2020-01-20", notices=[{"id": "n", "kind": "amendment", "date": "2019-05-06", "agreed_by": agreed_by}])
    assert found(world, "amendments-mutual", None, "term", as_of="2020-01-20")[0] == expected


@pytest.mark.parametrize(
    ("received", "complete", "expected"),
    [
        ("2019-05-06", "2019-12-31", ("fulfilled", 0)),
        ("2019-05-07", "2019-12-31", ("deviation", 1)),
        (None, "2019-12-31", ("deviation", 1)),
        (None, {"measures": "2019-12-31"}, ("undetermined", 0)),
        ("2019-05-06", {"opinions": "2019-12-31"}, ("undetermined", 0)),
        (None, {"opinions": "2019-12-31"}, ("deviation", 1)),
    ],
)
def test_preceded(tmp_path: Path, received: str | None, complete: Any, expected: tuple[str, int]) -> None:
    # preceded: "without a matching earlier or same-day record"; breach: "the preceding type", compliance: "the selected type"
    world = mitte(tmp_path)
    world.submit(
        measures=[{**MEASURE, "opinion_needed": True}],
        complete=complete,
        opinions=[{"id": "o", "measure": "a", "authority": "A", "received_on": received}] if received else [],
    )
    status, value = found(world, "opinions-obtained")
    assert status == expected[0]
    if status != "undetermined":
        assert value == expected[1]


@pytest.mark.parametrize(
    ("decision", "day", "expected"),
    [
        ("granted", "2019-05-06", ("fulfilled", 0)),
        ("granted", "2019-05-07", ("deviation", 1)),
        ("refused", "2019-05-01", ("deviation", 1)),
        ("granted", "2018-01-01", ("fulfilled", 0)),
    ],
)
def test_measures_are_preceded_by_a_grant(tmp_path: Path, decision: str, day: str, expected: tuple[str, int]) -> None:
    # clause 5.3: "each measure has a granted consent no later than its `date`"
    world = mitte(tmp_path)
    world.submit(measures=[MEASURE], consents=[{"id": "c", "measure": "a", "date": day, "decision": decision}])
    assert found(world, "measures-consented") == expected


@pytest.mark.parametrize(
    ("costs", "complete", "as_of", "expected"),
    [
        (["150.00"], "2019-12-31", "2020-01-31", ("deviation", "50.00")),
        (["100.00"], "2019-12-31", "2020-01-31", ("fulfilled", "0.00")),
        (["150.00", "-50.00"], "2019-12-31", "2020-01-31", ("fulfilled", "0.00")),
        (["100.00", "0.01"], "2019-12-31", "2020-01-31", ("deviation", "0.01")),
        ([], "2019-12-31", "2020-01-31", ("fulfilled", "0.00")),
        (["150.00"], "2019-12-31", "2019-12-30", ("deviation", "50.00")),
        (["150.00"], {"expenditures": "2019-12-31"}, "2020-01-31", ("undetermined", "50.00")),
        (["150.00"], {"funds": "2019-12-31"}, "2020-01-31", ("deviation", "50.00")),
        (["50.00"], {"funds": "2019-12-31"}, "2020-01-31", ("undetermined", "0.00")),
        (["50.00"], {"expenditures": "2019-12-31"}, "2020-01-31", ("fulfilled", "0.00")),
    ],
)
def test_within_budget(tmp_path: Path, costs: list[str], complete: Any, as_of: str, expected: tuple[str, str]) -> None:
    # within_budget: "Σ spent − Σ funds of the scope and year where positive, else 0"; breach: "funds", compliance: "expenditures"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(
        complete=complete,
        measures=[MEASURE],
        expenditures=[{**COST, "id": f"e-{n}", "amount": text} for n, text in enumerate(costs)],
        funds=[FUND, {**FUND, "id": "f-2", "year": 2018, "amount": "900"}, {**FUND, "id": "f-3", "site": "s-2", "amount": "900"}],
    )
    assert found(world, "spending-within-funds", as_of=as_of) == expected


DONE = {"id": "x", "obligation": "public-information", "party": "team", "site": "s-1", "year": 2019, "date": "2019-12-01", "note": "n"}


@pytest.mark.parametrize(
    ("row", "complete", "as_of", "expected"),
    [
        (DONE, None, "2020-01-31", ("fulfilled", 1)),
        ({**DONE, "party": "senate"}, "2019-12-31", "2020-01-31", ("deviation", 0)),
        ({**DONE, "site": "s-2"}, "2019-12-31", "2020-01-31", ("deviation", 0)),
        ({**DONE, "year": 2018}, "2019-12-31", "2020-01-31", ("deviation", 0)),
        ({**DONE, "obligation": "local-team-steered"}, "2019-12-31", "2020-01-31", ("deviation", 0)),
        ({**DONE, "year": 2018}, "2019-12-31", "2019-12-30", ("pending", 0)),
        ({**DONE, "year": 2018}, "2019-12-30", "2020-01-31", ("undetermined", 0)),
    ],
)
def test_attested(tmp_path: Path, row: Row, complete: str | None, as_of: str, expected: tuple[str, int]) -> None:
    # attested: "bearers with a matching attestation (obligation, party, site, year); all bearers; `pending` while open"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(attestations=[row], complete=complete)
    assert found(world, "public-information", as_of=as_of) == expected


@pytest.mark.parametrize(
    ("parties", "expected"), [(["senate", "district"], ("fulfilled", 2)), (["district"], ("deviation", 1)), (["district", "team"], ("deviation", 1))]
)
def test_all_bearers_attest(tmp_path: Path, parties: list[str], expected: tuple[str, int]) -> None:
    # attested: "all bearers"
    world = mitte(tmp_path)
    world.submit(attestations=[{**DONE, "id": party, "obligation": "represented-jointly", "site": None, "party": party} for party in parties])
    assert found(world, "represented-jointly", None) == expected
    assert world.check().one("represented-jointly", None, "2019")["lower"] == 2


def test_sites(tmp_path: Path) -> None:
    # sites: "matching sites; bounds as given", resting on nothing
    world = mitte(tmp_path, {**NORTH, "contractor": "V"}, {**SOUTH, "to": "2018-12-31"})
    world.submit(complete=None)
    assert found(world, "twenty-teams", None, "2018") == ("unmet", 2)
    assert found(world, "twenty-teams", None, "2019") == ("unmet", 1)
    assert found(world, "external-contractor", "s-1", "term") == ("fulfilled", 1)
    assert found(world, "external-contractor", "s-2", "term") == ("unmet", 0)


def test_kinds_know_nothing_of_benn(tmp_path: Path) -> None:
    # "Kinds know nothing of BENN: fact types, fields, roles and numbers come from the pack, so that another agreement needs YAML alone."
    world = mitte(tmp_path, pack="harbour")
    words = {
        "benn": "harbour",
        "meetings": "sittings",
        "steering_round": "board",
        "attendance": "presence",
        "district_coordinator": "harbour_master",
        "meeting": "sitting",
        "expenditures": "costs",
    }
    pack = world.own_rules()
    for path in sorted(pack.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for old, new in words.items():
            text = re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text)
        keys = ("presence: {facts: presence, sitting: sitting", "attendance: {facts: presence, meeting: sitting")  # the form of a pack keeps its own words
        path.write_text(text.replace(*keys), encoding="utf-8")
    pack.rename(pack.parent / "harbour")
    sittings = rounds(5, body="board")
    world.submit(
        sittings=sittings,
        presence=[{"sitting": row["id"], "role": "harbour_master"} for row in sittings[:3]],
        costs=[{"id": "e", "site": "s-1", "date": "2019-05-06", "amount": "7"}],
    )
    assert world.check().data["packs"] == ["harbour"]
    assert found(world, "steering-rounds-held") == ("deviation", 5)
    assert found(world, "district-attends-steering-rounds") == ("deviation", 0.6)
    assert found(world, "consent-before-spend") == ("deviation", "7.00")
