"""Contract, section 5: the kind `answered`, and the days it counts."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from small_world import Row, World, mitte

REQUEST = {"id": "r-1", "from": "senate", "to": "district", "topic": "press"}
CONFLICT = {"id": "c-1", "site": "s-1", "reported_on": "2019-01-02"}
FUND = {"id": "f-1", "site": "s-1", "year": 2018, "amount": "100.00", "provided_on": "2018-01-02"}
PROOF = {"id": "d-1", "kind": "proof_of_use", "site": "s-1", "year": 2018, "submitted_on": "2019-06-30"}

# received, last day to answer within ten working days; the comment counts them
DUE = {
    "8 March is a holiday in 2019": ("2019-03-04", "2019-03-19"),  # 5 6 7 | 11-15 | 18 19
    "8 March was none in 2018": ("2018-03-05", "2018-03-19"),  # 6-9 | 12-16 | 19
    "Good Friday and Easter Monday": ("2019-04-12", "2019-04-30"),  # 15-18 | 23-26 | 29 30
    "Easter and 1 May": ("2019-04-15", "2019-05-02"),  # 16-18 | 23-26 | 29 30 2
    "Ascension and Whit Monday": ("2019-05-27", "2019-06-12"),  # 28 29 31 | 3-7 | 11 12
    "8 May 2020": ("2020-05-04", "2020-05-19"),  # 5 6 7 | 11-15 | 18 19
    "31 October is none": ("2019-10-25", "2019-11-08"),  # 28-1 | 4-8
    "31 October 2017 was one": ("2017-10-25", "2017-11-09"),  # 26 27 | 30 1 2 3 | 6 7 8 9
    "3 October": ("2019-09-30", "2019-10-15"),  # 1 2 4 | 7-11 | 14 15
    "the turn of the year": ("2019-12-20", "2020-01-08"),  # 23 24 27 | 30 31 2 3 | 6 7 8
    "received on a Saturday": ("2019-07-06", "2019-07-19"),  # 8-12 | 15-19
    "Epiphany and Assumption are none": ("2019-08-05", "2019-08-19"),  # 6-9 | 12-16 | 19
}


def found(world: World, obligation: str = "requests-answered", label: str = "2019", as_of: str = "2020-12-31") -> tuple[str, int]:
    finding = world.check(as_of=as_of).one(obligation, None, label)
    return finding["status"], finding["value"]


def asked(folder: Path, received: str, answered: str | None = None, due: str | None = None, complete: Any = "2020-12-31") -> World:
    world = mitte(folder)
    world.submit(on="2020-12-31", complete=complete, requests=[{**REQUEST, "received_on": received, "answered_on": answered, "due_on": due}])
    return world


def next_day(day: str) -> str:

    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()


@pytest.mark.parametrize("case", DUE)
def test_ten_working_days(tmp_path: Path, case: str) -> None:
    # "N working days (Monday to Friday without Berlin's public holidays, counted from the next day)"; "Late = answered after due"
    received, due = DUE[case]
    assert found(asked(tmp_path, received, due), label=received[:4]) == ("fulfilled", 0)
    assert found(asked(tmp_path, received, next_day(due)), label=received[:4]) == ("deviation", 1)


@pytest.mark.parametrize(
    ("due_on", "last"),
    [
        ("2019-03-05", "2019-03-07"),  # three working days: 5 6 7
        ("2019-03-07", "2019-03-07"),
        ("2019-03-12", "2019-03-12"),
        ("2019-09-30", "2019-09-30"),
        ("2019-03-01", "2019-03-07"),
        ("2019-03-16", "2019-03-16"),
    ],
)
def test_a_day_that_was_set(tmp_path: Path, due_on: str, last: str) -> None:
    # "Due: the later of `due_on` (where there is one) and received + 3 working days"
    assert found(asked(tmp_path, "2019-03-04", last, due_on)) == ("fulfilled", 0)
    assert found(asked(tmp_path, "2019-03-04", next_day(last), due_on)) == ("deviation", 1)


def test_three_working_days_skip_a_holiday(tmp_path: Path) -> None:
    # "received + 3 working days": from Wednesday 2019-03-06 on 7, 11, 12, since 8 March is a holiday
    assert found(asked(tmp_path, "2019-03-06", "2019-03-12", "2019-03-06")) == ("fulfilled", 0)
    assert found(asked(tmp_path, "2019-03-06", "2019-03-13", "2019-03-06")) == ("deviation", 1)


@pytest.mark.parametrize(
    ("as_of", "complete", "expected"),
    [
        ("2019-03-18", "2019-03-18", ("pending", 0)),
        ("2019-03-19", "2019-03-19", ("deviation", 1)),
        ("2019-03-20", "2019-03-19", ("deviation", 1)),
        ("2019-03-20", "2019-03-18", ("undetermined", 0)),
        ("2019-03-18", None, ("undetermined", 0)),
        ("2020-01-31", "2019-03-19", ("deviation", 1)),
        ("2020-01-31", None, ("undetermined", 0)),
    ],
)
def test_an_unanswered_case(tmp_path: Path, as_of: str, complete: str | None, expected: tuple[str, int]) -> None:
    # "An unanswered case is open before its due day; from then on it is late, or unknown where completeness is not declared."
    world = asked(tmp_path, "2019-03-04", complete=complete)
    status, value = found(world, as_of=as_of)
    if (as_of, complete) == ("2019-03-18", None):
        assert status in {"pending", "undetermined"}  # an open case and undeclared cases: the page does not say which goes first
        return
    assert (status, value) == expected


@pytest.mark.parametrize(("complete", "expected"), [(None, "undetermined"), ("2019-12-30", "undetermined"), ("2019-12-31", "fulfilled")])
def test_compliance_rests_on_the_case_type(tmp_path: Path, complete: str | None, expected: str) -> None:
    # compliance rests on: "the case type"
    assert found(asked(tmp_path, "2019-03-04", "2019-03-05", complete=complete))[0] == expected


def test_a_late_answer_is_sure(tmp_path: Path) -> None:
    # a breach rests on completeness only "for an unanswered case"
    assert found(asked(tmp_path, "2019-03-04", "2019-03-20", complete=None)) == ("deviation", 1)


def test_unknown_goes_before_open(tmp_path: Path) -> None:
    # "None late: `undetermined` where one is unknown, else `pending` where one is open"
    world = mitte(tmp_path)
    unanswered = [{**REQUEST, "received_on": "2019-03-04"}, {**REQUEST, "id": "r-2", "received_on": "2019-06-03", "due_on": "2020-06-30"}]
    world.submit(complete="2019-03-18", requests=unanswered)
    assert found(world, as_of="2020-01-31") == ("undetermined", 0)
    world.submit(complete="2019-12-31", requests=[{**unanswered[0], "answered_on": "2019-03-05"}, unanswered[1]])
    assert found(world, as_of="2020-01-31") == ("pending", 0)


@pytest.mark.parametrize("change", [{"from": "team"}, {"to": "senate"}, {"topic": "information"}])
def test_other_requests_are_no_cases(tmp_path: Path, change: Row) -> None:
    # clause 6.3: "requests from the senate to the district on `press`, `event`, `evaluation`, `parliament`, `site`"
    world = mitte(tmp_path)
    world.submit(requests=[{**REQUEST, "received_on": "2019-03-04", **change}])
    assert found(world)[0] == "not_applicable"


@pytest.mark.parametrize("topic", ["press", "event", "evaluation", "parliament", "site"])
def test_every_topic_is_a_case(tmp_path: Path, topic: str) -> None:
    # the same clause
    world = mitte(tmp_path)
    world.submit(requests=[{**REQUEST, "received_on": "2019-03-04", "topic": topic}])
    assert found(world) == ("deviation", 1)


@pytest.mark.parametrize(("settled", "expected"), [("2019-04-02", ("fulfilled", 0)), ("2019-04-03", ("unmet", 1)), (None, ("unmet", 1))])
def test_ninety_days(tmp_path: Path, settled: str | None, expected: tuple[str, int]) -> None:
    # "without `due_on` the date + N days": 2019-01-02 + 90 days = 2019-04-02
    world = mitte(tmp_path)
    world.submit(conflicts=[{**CONFLICT, "settled_on": settled}])
    assert found(world, "conflicts-settled") == expected


@pytest.mark.parametrize(("offered", "expected"), [("2019-01-30", ("fulfilled", 0)), ("2019-01-31", ("deviation", 1))])
def test_twenty_working_days(tmp_path: Path, offered: str, expected: tuple[str, int]) -> None:
    # clause 4.district.9: 20 working days from 2019-01-02: 3 4 | 7-11 | 14-18 | 21-25 | 28 29 30
    world = mitte(tmp_path)
    world.submit(conflicts=[{**CONFLICT, "mediation_offered_on": offered}])
    assert found(world, "conflicts-mediated") == expected


@pytest.mark.parametrize(
    ("day", "year", "site", "expected"),
    [("2019-06-30", 2018, "s-1", ("fulfilled", 0)), ("2019-07-01", 2018, "s-1", ("deviation", 1)), ("2019-06-30", 2017, "s-1", ("deviation", 1))],
)
def test_answered_by_another_type(tmp_path: Path, day: str, year: int, site: str, expected: tuple[str, int]) -> None:
    # "or by a record of another type with the same key"; "or a fixed day"
    world = mitte(tmp_path)
    world.submit(funds=[FUND], documents=[{**PROOF, "submitted_on": day, "year": year, "site": site}])
    assert found(world, "proof-of-use", "2018") == expected


@pytest.mark.parametrize(
    ("complete", "as_of", "expected"),
    [
        ({"documents": "2019-06-30", "funds": "2018-12-31"}, "2019-06-30", ("deviation", 1)),
        ({"documents": "2019-06-30"}, "2020-01-31", ("deviation", 1)),
        ({"documents": "2019-06-29", "funds": "2018-12-31"}, "2020-01-31", ("undetermined", 0)),
        ({"documents": "2018-12-31", "funds": "2018-12-31"}, "2019-06-29", ("pending", 0)),
    ],
)
def test_an_unanswered_case_of_two_types(tmp_path: Path, complete: Row, as_of: str, expected: tuple[str, int]) -> None:
    # "for an unanswered case: the case's type, or the answering type where it is another, up to the due day"
    world = mitte(tmp_path)
    world.submit(funds=[FUND], complete=complete)
    assert found(world, "proof-of-use", "2018", as_of) == expected


@pytest.mark.parametrize(("complete", "expected"), [({"documents": "2019-12-31"}, "undetermined"), ({"funds": "2018-12-31"}, "fulfilled")])
def test_compliance_of_two_types(tmp_path: Path, complete: Row, expected: str) -> None:
    # compliance rests on "the case type"
    world = mitte(tmp_path)
    world.submit(funds=[FUND], documents=[PROOF], complete=complete)
    assert found(world, "proof-of-use", "2018")[0] == expected


def test_every_case_counts(tmp_path: Path) -> None:
    # "late cases; 0": one late of three, and two late
    world = mitte(tmp_path)
    late = {**REQUEST, "received_on": "2019-03-04", "answered_on": "2019-04-30"}
    world.submit(requests=[late, {**late, "id": "r-2"}, {**late, "id": "r-3", "answered_on": "2019-03-05"}])
    assert found(world) == ("deviation", 2)


@pytest.mark.parametrize(("parameter", "due_on"), [("answer_working_days", None), ("minimum_working_days", "2019-09-02")])
@pytest.mark.parametrize(("as_of", "expected"), [("2019-09-03", ("pending", 0)), ("2020-02-20", ("pending", 0)), ("2020-02-21", ("deviation", 1))])
def test_days_far_ahead_are_known(tmp_path: Path, parameter: str, due_on: str | None, as_of: str, expected: tuple[str, int]) -> None:
    # received on Monday, 2 September 2019; 24 weeks later is 17 February, and four holidays more (3 October, 25 and 26 December, 1 January) 21 February
    world = asked(tmp_path, "2019-09-02", due=due_on)
    world.agreement(parameters={parameter: 120})
    assert found(world, as_of=as_of) == expected
