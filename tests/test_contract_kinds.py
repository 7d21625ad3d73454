"""Contract, section 5: count, staffed, attended, delivered, each, preceded, within_budget, attested and sites."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, SOUTH, Row, add_obligation, found, mitte, present, rounds

OFFICE = {"id": "a", "role": "district_coordinator", "from": "2017-09-01"}


@pytest.mark.parametrize(
    ("number", "body", "expected"),
    [
        (6, "steering_round", "fulfilled"),
        (5, "steering_round", "undetermined"),
        (13, "steering_round", "deviation"),
        (4, "district_round", "fulfilled"),
        (3, "district_round", "undetermined"),
        (7, "district_round", "tolerated"),
    ],
)
def test_what_a_count_rests_on(tmp_path: Path, number: int, body: str, expected: str) -> None:
    # count: breach: "the counted type (below, `tolerated` included)"; compliance: "– (a minimum once reached stays reached)"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(complete=None, meetings=rounds(number, body=body, site="s-1" if body == "steering_round" else None))
    obligation = {"steering_round": "steering-rounds-held", "district_round": "district-rounds-held"}[body]
    assert found(world, obligation, "s-1" if body == "steering_round" else None) == (expected, number)


@pytest.mark.parametrize(("number", "expected"), [(3, "pending"), (4, "fulfilled"), (7, "tolerated"), (8, "deviation")])
def test_an_open_count(tmp_path: Path, number: int, expected: str) -> None:
    # count: "Above is a deviation at once; below while open is `pending`"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(meetings=rounds(number, body="district_round", site=None))
    assert found(world, "district-rounds-held", None, as_of="2019-12-30") == (expected, number)


@pytest.mark.parametrize(
    ("last", "first", "days"),
    [
        ("2019-03-31", "2019-05-01", 30),
        ("2019-03-31", "2019-05-02", 31),
        ("2019-03-31", "2019-04-01", 0),
        ("2019-03-31", "2019-03-20", 0),
        ("2018-12-31", "2019-02-01", 31),
        ("2018-12-31", "2020-06-01", 365),
    ],
)
def test_vacant_days(tmp_path: Path, last: str, first: str, days: int) -> None:
    # staffed: "days of the window … on which the roles' headcount … is under what is required"; "`to` is the last day in office"
    world = mitte(tmp_path)
    world.submit(staffing=[{**OFFICE, "to": last}, {**OFFICE, "id": "b", "from": first}])
    assert found(world, "district-coordinator", None) == ("deviation" if days > 30 else "fulfilled", days)


@pytest.mark.parametrize(("as_of", "expected"), [("2019-01-30", ("fulfilled", 30)), ("2019-01-31", ("deviation", 31))])
def test_vacancy_is_measured_up_to_as_of(tmp_path: Path, as_of: str, expected: tuple[str, int]) -> None:
    # staffed: "days of the window up to `as_of`"
    world = mitte(tmp_path)
    world.submit(staffing=[{**OFFICE, "to": "2018-12-31"}])
    finding = world.check(as_of=as_of).one("district-coordinator", None, "2019")
    assert ((finding["status"], finding["value"]), finding["open"]) == (expected, True)


@pytest.mark.parametrize(("complete", "expected"), [("2019-12-30", "undetermined"), ("2019-12-31", "fulfilled")])
@pytest.mark.parametrize("to", [None, "2018-12-31"])
def test_what_staffing_rests_on(tmp_path: Path, complete: str, expected: str, to: str | None) -> None:
    # staffed: breach and compliance rest on complete staffing
    world = mitte(tmp_path)
    world.submit(complete={"staffing": complete}, staffing=[{**OFFICE, "to": to}])
    assert found(world, "district-coordinator", None)[0] == ("deviation" if to and expected == "fulfilled" else expected)


def test_each_role_that_is_asked_for(tmp_path: Path) -> None:
    # "Complete" means "for roles, each role that is asked for": a site asks for its own kind's role only
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(complete={"staffing": {"until": "2019-12-31", "roles": ["benn_team"]}})
    assert found(world, "team-at-site", "s-1")[0] == "deviation"
    assert found(world, "team-at-site", "s-2")[0] == "undetermined"
    assert found(world, "district-coordinator", None)[0] == "undetermined"


def test_other_roles_and_sites_do_not_staff_a_site(tmp_path: Path) -> None:
    # staffed: "the roles' headcount", each site by its own people
    world = mitte(tmp_path, NORTH, SOUTH)
    team = {"from": "2017-09-01"}
    world.submit(
        staffing=[
            {"id": "a", "role": "benn_team", "site": "s-1", **team},
            {"id": "b", "role": "benn_team", "site": "s-2", **team},
            {"id": "c", "role": "senate_coordinator", **team},
        ]
    )
    assert found(world, "team-at-site", "s-1") == ("fulfilled", 0)
    assert found(world, "team-at-site", "s-2") == ("deviation", 365)


@pytest.mark.parametrize(("person", "days"), [("B", 0), ("A", 365)])
def test_a_headcount_counts_a_person_once(tmp_path: Path, person: str, days: int) -> None:
    # staffed: "(1 unless given)"; "Overlaps count once"
    world = mitte(tmp_path)
    add_obligation(
        world, "two-heads", staffed={"facts": "staffing", "roles": ["benn_team"], "until": "to", "person": "person", "headcount": 2, "max_vacancy_days": 30}
    )
    one = {"id": "a", "role": "benn_team", "site": "s-1", "from": "2017-09-01", "person": "A"}
    world.submit(staffing=[one, {**one, "id": "b", "person": person}])
    assert found(world, "two-heads")[1] == days


@pytest.mark.parametrize(("parts", "days"), [(("0.5", "0.5"), 0), (("0.5", "0.49"), 365), (("0.5", ""), 0), (("0.1", "0.2", "0.7"), 0)])
def test_full_time_equivalents(tmp_path: Path, parts: tuple[str, ...], days: int) -> None:
    # staffed: "(or `fte`, where asked)"; "fte decimal > 0 = 1.0"
    world = mitte(tmp_path)
    add_obligation(
        world,
        "full-post",
        staffed={
            "facts": "staffing",
            "roles": ["benn_team"],
            "until": "to",
            "person": "person",
            "fte": {"field": "fte", "at_least": 1},
            "max_vacancy_days": 30,
        },
    )
    world.submit(
        staffing=[{"id": f"a{n}", "role": "benn_team", "site": "s-1", "from": "2017-09-01", "person": f"P{n}", "fte": part} for n, part in enumerate(parts)]
    )
    assert found(world, "full-post")[1] == days


@pytest.mark.parametrize(
    ("held", "attended", "expected"),
    [(5, 4, ("fulfilled", 0.8)), (6, 5, ("fulfilled", 0.8333)), (3, 2, ("deviation", 0.6667)), (4, 4, ("fulfilled", 1)), (4, 0, ("deviation", 0))],
)
def test_the_share_attended(tmp_path: Path, held: int, attended: int, expected: tuple[str, float]) -> None:
    # attended: "present / held and invited, four decimals, half up; at least `at_least`"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(held), attendance=present(rounds(attended)))
    assert found(world, "district-attends-steering-rounds") == expected


@pytest.mark.parametrize(("attended", "share"), [(1, 0.0313), (3, 0.0938), (5, 0.1563)])
def test_a_share_rounds_half_up(tmp_path: Path, attended: int, share: float) -> None:
    # "four decimals, half up": 1/32 = 0.03125, 3/32 = 0.09375, 5/32 = 0.15625
    world = mitte(tmp_path)
    meetings = [{"id": f"m-{n}", "date": f"2019-01-{n + 1:02d}" if n < 31 else "2019-02-01", "body": "network"} for n in range(32)]
    world.submit(meetings=meetings, attendance=present(meetings[:attended]))
    assert found(world, "district-in-networks", None)[1] == share


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([("district_office", "present")], ("fulfilled", 1)),
        ([("district_coordinator", "absent"), ("district_office", "present")], ("fulfilled", 1)),
        ([("district_coordinator", "not_invited"), ("district_office", "present")], ("fulfilled", 1)),
        ([("district_coordinator", "not_invited"), ("district_office", "absent")], ("deviation", 0)),
        ([("district_coordinator", "absent")], ("deviation", 0)),
        ([("senate_office", "present")], ("deviation", 0)),
        ([], ("deviation", 0)),
        ([("district_coordinator", "not_invited"), ("district_office", "not_invited")], ("not_applicable", None)),
        ([("district_coordinator", "not_invited")], ("not_applicable", None)),
        ([("district_coordinator", "not_invited"), ("senate_office", "present")], ("not_applicable", None)),
    ],
)
def test_who_attends_for_a_party(tmp_path: Path, records: list[tuple[str, str]], expected: tuple[str, Any]) -> None:
    # "attended where any of the roles is present, and is left out where all records of the roles say `not_invited`"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(1), attendance=[row for role, state in records for row in present(rounds(1), role, state)])
    assert found(world, "district-attends-steering-rounds") == expected


@pytest.mark.parametrize(
    ("attended", "complete", "expected"),
    [
        (5, {"meetings": "2019-12-31"}, "fulfilled"),
        (4, {"meetings": "2019-12-31"}, "undetermined"),
        (5, {"attendance": "2019-12-31"}, "undetermined"),
        (4, {"attendance": "2019-12-31"}, "undetermined"),
        (4, {"attendance": "2019-12-31", "meetings": "2019-12-31"}, "deviation"),
        (4, {"attendance": "2019-12-31", "meetings": "2019-12-30"}, "undetermined"),
        (4, {"attendance": "2019-12-30", "meetings": "2019-12-31"}, "undetermined"),
    ],
)
def test_what_attendance_rests_on(tmp_path: Path, attended: int, complete: Row, expected: str) -> None:
    # attended: a breach rests on "attendance (of the roles) and meetings", compliance on "meetings"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6), attendance=present(rounds(attended)), complete=complete)
    assert found(world, "district-attends-steering-rounds")[0] == expected


def test_attendance_below_while_open_is_pending(tmp_path: Path) -> None:
    # attended: "below while open is `pending`"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6), attendance=present(rounds(4)))
    assert found(world, "district-attends-steering-rounds", as_of="2019-12-30") == ("pending", 0.6667)


def test_a_team_attends_for_its_own_site(tmp_path: Path) -> None:
    # clause 3.team.9: "roles `benn_team`, `qm_benn` of that site, of the agreement's held `district_round`"
    world = mitte(tmp_path, NORTH, SOUTH)
    meetings = rounds(4, body="district_round", site=None)
    world.submit(meetings=meetings, attendance=[{**row, "site": "s-1"} for row in present(meetings, "benn_team")])
    assert found(world, "team-attends-district-rounds", "s-1") == ("fulfilled", 1)
    assert found(world, "team-attends-district-rounds", "s-2") == ("deviation", 0)
