"""Contract, section 6: what may be material, at the thresholds, and what the agreement reserves for that case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, SOUTH, Outcome, Row, World, add_obligation, mitte, present, rounds

OFFICE = {"id": "a", "role": "district_coordinator", "from": "2017-09-01"}
INFORMATION = {"id": "i-1", "from": "senate", "to": "district", "topic": "information", "received_on": "2019-03-04"}  # due 2019-03-19
PRESS = {"id": "r-1", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-03-04", "answered_on": "2019-03-20"}
CONFLICT = {"id": "c-1", "site": "s-1", "reported_on": "2019-01-02", "mediation_offered_on": "2019-01-31"}
NEEDY = {"id": "a", "site": "s-1", "title": "T", "date": "2019-05-06", "opinion_needed": True}
COST = {"id": "e-1", "site": "s-1", "date": "2019-05-06", "amount": "1000.01"}
FUND = {"id": "f-1", "site": "s-1", "year": 2019, "amount": "10000.00", "provided_on": "2019-01-02"}
LATE = {**INFORMATION, "answered_on": "2019-03-20"}


def judged(world: World, obligation: str, site: str | None = None, label: str = "2019", as_of: str = "2020-01-31") -> tuple[str, list[str]]:
    finding = world.check(as_of=as_of).one(obligation, site, label)
    assert finding["material"] == bool(finding["judgements"])
    return finding["status"], finding["judgements"]


def material(report: Outcome) -> set[tuple[str, str, str]]:
    return {(finding["obligation"], finding["period"]["label"], judgement) for finding in report.findings for judgement in finding["judgements"]}


def staffed(folder: Path, *stays: tuple[str, str | None], complete: Any = "2019-12-31") -> World:
    world = mitte(folder)
    world.submit(complete=complete, staffing=[{**OFFICE, "id": f"a{n}", "from": first, "to": last} for n, (first, last) in enumerate(stays)])
    return world


@pytest.mark.parametrize(("back", "expected"), [("2019-05-31", []), ("2019-06-01", ["long-vacancy"])])
def test_more_than_sixty_days(tmp_path: Path, back: str, expected: list[str]) -> None:
    # long-vacancy: "one unbroken vacancy … lasts more than 60 days": 30 days of April and 30 or 31 of May
    assert judged(staffed(tmp_path, ("2017-09-01", "2019-03-31"), (back, None)), "district-coordinator") == ("deviation", expected)


def test_two_vacancies_are_not_unbroken(tmp_path: Path) -> None:
    # long-vacancy: "one unbroken vacancy": 60 days, one day in office, 60 days
    world = staffed(tmp_path, ("2017-09-01", "2019-03-31"), ("2019-05-31", "2019-05-31"), ("2019-07-31", None))
    assert judged(world, "district-coordinator") == ("deviation", [])


@pytest.mark.parametrize(
    ("back", "first", "second"),
    [
        ("2019-01-30", ("deviation", []), ("fulfilled", [])),  # 31 + 29 = 60 days
        ("2019-01-31", ("deviation", ["long-vacancy"]), ("fulfilled", [])),  # 31 + 30 = 61
        ("2019-02-01", ("deviation", ["long-vacancy"]), ("deviation", ["long-vacancy"])),
    ],
)  # 31 + 31 = 62
def test_a_vacancy_across_the_turn_of_the_year(tmp_path: Path, back: str, first: Any, second: Any) -> None:
    # long-vacancy: "that touches the window, followed beyond it"; "Only findings with status `deviation` enter"
    world = staffed(tmp_path, ("2017-09-01", "2018-11-30"), (back, None))
    assert judged(world, "district-coordinator", label="2018") == first
    assert judged(world, "district-coordinator", label="2019") == second


@pytest.mark.parametrize(("first", "expected"), [("2017-10-31", []), ("2017-11-01", ["long-vacancy"])])
def test_a_vacancy_within_the_term(tmp_path: Path, first: str, expected: list[str]) -> None:
    # long-vacancy: "within the term": 60 or 61 days from 2017-09-01 on
    assert judged(staffed(tmp_path, (first, None)), "district-coordinator", label="2017") == ("deviation", expected)


@pytest.mark.parametrize(("complete", "expected"), [("2018-12-31", []), ("2019-01-29", []), ("2019-01-30", ["long-vacancy"])])
def test_a_vacancy_as_far_as_records_are_known(tmp_path: Path, complete: str, expected: list[str]) -> None:
    # long-vacancy: "as far as records are known": vacant from 2018-12-01, 31 days of December and those of January that are declared
    world = staffed(tmp_path, ("2017-09-01", "2018-11-30"), complete=complete)
    assert judged(world, "district-coordinator", label="2018") == ("deviation", expected)


@pytest.mark.parametrize(("as_of", "expected"), [("2019-01-29", []), ("2019-01-30", ["long-vacancy"])])
def test_a_vacancy_up_to_as_of(tmp_path: Path, as_of: str, expected: list[str]) -> None:
    # long-vacancy: "and up to `as_of`"
    assert judged(staffed(tmp_path, ("2017-09-01", "2018-11-30")), "district-coordinator", label="2018", as_of=as_of) == ("deviation", expected)


@pytest.mark.parametrize(
    ("number", "status", "expected"),
    [(0, "deviation", ["half-missed"]), (1, "deviation", ["half-missed"]), (2, "deviation", []), (3, "tolerated", []), (8, "deviation", [])],
)
def test_under_half_of_a_count(tmp_path: Path, number: int, status: str, expected: list[str]) -> None:
    # half-missed: "value under half of the lower bound": half of 4; "not those whose value lies above an upper bound"
    world = mitte(tmp_path, NORTH, {**SOUTH, "from": "2019-01-01"})
    world.submit(meetings=rounds(number, body="district_round", site=None))
    assert judged(world, "district-rounds-held") == (status, expected)


@pytest.mark.parametrize(("start", "expected"), [("2019-04-02", ["half-missed"]), ("2019-04-03", [])])
def test_a_prorated_bound_of_three(tmp_path: Path, start: str, expected: list[str]) -> None:
    # half-missed: "a prorated lower bound of at least 3": 274 of 365 days give 3.003, 273 give 2.99
    world = mitte(tmp_path, NORTH, {**SOUTH, "from": start})
    world.submit()
    assert judged(world, "district-rounds-held") == ("deviation", expected)


@pytest.mark.parametrize(
    ("held", "attended", "uninvited", "expected"),
    [
        (4, 1, 0, ["half-missed"]),
        (5, 2, 0, []),
        (5, 1, 0, ["half-missed"]),
        (3, 0, 0, []),
        (4, 0, 0, ["half-missed"]),
        (4, 0, 1, []),
        (5, 0, 1, ["half-missed"]),
    ],
)
def test_under_half_of_a_share(tmp_path: Path, held: int, attended: int, uninvited: int, expected: list[str]) -> None:
    # half-missed: "`attended` with at least four meetings, value under half of the lower bound": half of 0.8
    world = mitte(tmp_path)
    meetings = rounds(held)
    world.submit(meetings=meetings, attendance=present(meetings[:attended]) + present(meetings[held - uninvited :], state="not_invited"))
    assert judged(world, "district-attends-steering-rounds", "s-1") == ("deviation", expected)


def test_only_the_district_misses_half(tmp_path: Path) -> None:
    # '"Of the district" means that the district is the only bearer.'
    world = mitte(tmp_path)
    world.submit(meetings=rounds(4))
    assert judged(world, "senate-attends-steering-rounds") == ("deviation", [])
    world.submit(meetings=rounds(1))
    assert judged(world, "steering-rounds-held") == ("deviation", [])


def years(row: Row, *numbers: int) -> list[Row]:
    """The same record in several years."""
    return [{name: str(value).replace("2019-", f"{number}-") if name != "id" else f"{value}-{number}" for name, value in row.items()} for number in numbers]


def test_repeated_in_the_next_year(tmp_path: Path) -> None:
    # repeated: "the same obligation in the same scope deviates in the year before as well: the later one is material"
    world = mitte(tmp_path)
    late = {**PRESS, "answered_on": "2019-06-28"}
    world.submit(requests=years(late, 2018, 2019))
    assert judged(world, "requests-answered", label="2018") == ("deviation", [])
    assert judged(world, "requests-answered", label="2019") == ("deviation", ["repeated"])


def test_not_repeated_after_a_gap(tmp_path: Path) -> None:
    # repeated: "in the year before"
    world = mitte(tmp_path)
    late = {**PRESS, "received_on": "2019-10-04", "answered_on": "2019-12-20"}
    world.submit(requests=years(late, 2017, 2019))
    assert judged(world, "requests-answered", label="2017") == ("deviation", [])
    assert judged(world, "requests-answered", label="2019") == ("deviation", [])


def test_repeated_in_the_same_scope_only(tmp_path: Path) -> None:
    # repeated: "in the same scope": one site each year
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(conflicts=[CONFLICT, {**CONFLICT, "id": "c-2", "site": "s-2", "reported_on": "2018-01-02", "mediation_offered_on": "2018-06-01"}])
    assert judged(world, "conflicts-mediated", "s-1") == ("deviation", [])


def test_what_does_not_repeat(tmp_path: Path) -> None:
    # repeated: "not of kind `staffed` or `attested`"; of the district; "not those whose value lies above an upper bound"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(
        staffing=[{**OFFICE, "to": "2018-10-31"}, {**OFFICE, "id": "b", "from": "2018-12-11", "to": "2019-10-31"}, {**OFFICE, "id": "c", "from": "2019-12-11"}],
        meetings=[*rounds(8, 2018, None, "district_round"), *rounds(8, 2019, None, "district_round"), *rounds(1, 2018), *rounds(1, 2019)],
        attendance=present(rounds(1, 2018) + rounds(1, 2019)),
    )
    report = world.check()
    for name in ("district-coordinator", "authorities-networked", "district-rounds-held", "steering-rounds-held", "integrated-structures"):
        findings = [finding for finding in report.all_of(name) if finding["period"]["label"] in {"2018", "2019"}]
        assert {finding["status"] for finding in findings} == {"deviation"}, name
        assert not any(finding["material"] for finding in findings), name


def test_a_finding_may_be_material_by_several(tmp_path: Path) -> None:
    # "a finding may be material by several"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit()
    assert sorted(judged(world, "district-rounds-held")[1]) == ["half-missed", "repeated"]


@pytest.mark.parametrize(("answered", "expected"), [("2019-03-20", []), ("2019-05-03", []), ("2019-05-06", ["silence"])])
def test_a_late_answer_and_silence(tmp_path: Path, answered: str, expected: list[str]) -> None:
    # silence: "more than 30 working days after it was due": due 2019-03-19, the 30th is 2019-05-03
    # (20-22 March | 25-29 | 1-5 April | 8-12 | 15-18 | 23-26 | 29 30 2 3)
    world = mitte(tmp_path)
    world.submit(requests=[{**INFORMATION, "answered_on": answered}])
    assert judged(world, "information-right") == ("deviation", expected)


@pytest.mark.parametrize(("as_of", "expected"), [("2019-05-03", []), ("2019-05-06", ["silence"])])
def test_a_request_that_is_still_unanswered(tmp_path: Path, as_of: str, expected: list[str]) -> None:
    # silence: "or is still unanswered on `as_of`"
    world = mitte(tmp_path)
    world.submit(requests=[INFORMATION])
    assert judged(world, "information-right", as_of=as_of) == ("deviation", expected)


def test_silence_needs_a_sure_case(tmp_path: Path) -> None:
    # silence: "a case that is surely late": the unanswered one is not declared complete, the late answer is short
    world = mitte(tmp_path)
    world.submit(requests=[LATE, {**INFORMATION, "id": "i-2"}], complete=None)
    assert judged(world, "information-right") == ("deviation", [])


def test_silence_on_other_requests(tmp_path: Path) -> None:
    # silence: "`information-right`" only
    world = mitte(tmp_path)
    world.submit(requests=[{**INFORMATION, "topic": "press"}])
    assert judged(world, "requests-answered") == ("deviation", [])


@pytest.mark.parametrize(
    ("amount", "funds", "expected"),
    [
        ("1000.00", [], False),
        ("1000.01", [], True),
        ("500.00", [FUND], False),
        ("500.01", [FUND], True),
        ("1000.01", [{**FUND, "amount": "90000"}], True),
        ("1000.00", [{**FUND, "amount": "90000"}], False),
        ("500.01", [{**FUND, "year": 2018}], False),
        ("500.01", [{**FUND, "site": "s-2"}], False),
        ("500.01", [{**FUND, "amount": "6000"}, {**FUND, "id": "f-2", "amount": "4000.20"}], False),
    ],
)
def test_unconsented_spending(tmp_path: Path, amount: str, funds: list[Row], expected: bool) -> None:
    # unconsented-spending: "more than 1 000.00 uncovered, or, where funds of that site and year are recorded, more than 5 % of them"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(expenditures=[{**COST, "amount": amount}], funds=funds)
    assert judged(world, "consent-before-spend", "s-1") == ("deviation", ["unconsented-spending"] if expected else [])


SMALL: dict[str, tuple[str, Row]] = {
    "information-right": ("requests", LATE),
    "requests-answered": ("requests", PRESS),
    "conflicts-mediated": ("conflicts", CONFLICT),
    "opinions-obtained": ("measures", NEEDY),
}


def deviate(folder: Path, *names: str, sites: tuple[Row, ...] = (NORTH,), **more: Any) -> World:
    """A world in which the district deviates from these obligations in 2019, and has a coordinator."""
    world = mitte(folder, *sites)
    tables: dict[str, list[Row]] = {"staffing": [OFFICE]}
    for name in names:
        kind, row = SMALL[name]
        tables.setdefault(kind, []).append(row)
    world.submit(**(tables | more))
    return world


@pytest.mark.parametrize(("number", "expected"), [(2, 0), (3, 3), (4, 4)])
def test_three_different_obligations_accumulate(tmp_path: Path, number: int, expected: int) -> None:
    # accumulated: "at least three different obligations deviate in the same agreement and year …: all those findings are"
    names = list(SMALL)[:number]
    found = material(deviate(tmp_path, *names).check())
    assert found == {(name, "2019", "accumulated") for name in names[:expected]}


def test_the_same_obligation_counts_once(tmp_path: Path) -> None:
    # accumulated: "three different obligations"; all findings of them are material
    world = deviate(
        tmp_path / "two",
        "information-right",
        sites=(NORTH, SOUTH),
        conflicts=[CONFLICT, {**CONFLICT, "id": "c-2", "site": "s-2"}],
        meetings=rounds(4, 2018, None, "district_round") + rounds(4, 2019, None, "district_round"),
    )
    assert material(world.check()) == set()
    world = deviate(
        tmp_path / "three",
        "information-right",
        "requests-answered",
        sites=(NORTH, SOUTH),
        conflicts=[CONFLICT, {**CONFLICT, "id": "c-2", "site": "s-2"}],
        meetings=rounds(4, 2018, None, "district_round") + rounds(4, 2019, None, "district_round"),
    )
    assert world.check().data["summary"]["material"] == 4


def test_what_does_not_accumulate(tmp_path: Path) -> None:
    # accumulated: calendar year, not of kind `attested`, of the district only, the same year, "none of the judgements above made material"
    world = deviate(
        tmp_path / "year",
        "information-right",
        "requests-answered",
        conflicts=[{**CONFLICT, "reported_on": "2018-01-02", "mediation_offered_on": "2018-06-01"}],
        press_releases=[{"id": "p", "date": "2019-05-06", "title": "T", "concerns_district": True}],
    )
    assert world.check().one("authorities-networked", label="2019")["status"] == "deviation"
    assert material(world.check()) == set()
    silent = {**INFORMATION, "id": "i-2"}
    world = deviate(tmp_path / "material", "requests-answered", "conflicts-mediated", requests=[silent, PRESS])
    assert material(world.check()) == {("information-right", "2019", "silence")}
    world = deviate(
        tmp_path / "above",
        "requests-answered",
        "conflicts-mediated",
        sites=(NORTH, {**SOUTH, "from": "2019-01-01"}),
        meetings=rounds(8, 2019, None, "district_round"),
    )
    assert material(world.check()) == set()


def test_a_threshold_stands_in_one_place(tmp_path: Path) -> None:
    # "all thresholds are assumptions (a), each in one place": an agreement may set its own
    world = deviate(tmp_path, "information-right", "requests-answered")
    world.agreement(parameters={"accumulated_obligations": 2})
    assert world.check().data["summary"]["material"] == 2


def test_only_deviations_are_judged(tmp_path: Path) -> None:
    # "Only findings with status `deviation` enter"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(complete=None, meetings=rounds(6), requests=[INFORMATION])
    assert material(world.check(as_of="2023-01-31")) == set()


def test_a_consequence_of_the_district(tmp_path: Path) -> None:
    # "one for each agreement, site (null for agreement-wide duties), year … and attribution, naming its findings"
    world = deviate(tmp_path, "information-right", "requests-answered", "conflicts-mediated")
    report = world.check()
    found = {(item["site"], item["year"]): item for item in report.data["consequences"]}
    assert set(found) == {(None, 2019), ("s-1", 2019)}
    wide = found[None, 2019]
    assert (wide["consequence"], wide["clause"], wide["attribution"], wide["agreement"]) == ("reallocation", "7.2", "district", "benn-mitte")
    assert set(wide["findings"]) == {report.one(name, None, "2019")["id"] for name in ("information-right", "requests-answered")}
    assert found["s-1", 2019]["findings"] == [report.one("conflicts-mediated", "s-1", "2019")["id"]]


def test_a_consequence_of_the_team(tmp_path: Path) -> None:
    # "`team` for material `consent-before-spend` (… it is not the district's own deviation … proof of use and recovery come first)"
    world = deviate(tmp_path, expenditures=[COST])
    consequences = world.check().data["consequences"]
    assert [(item["attribution"], item["site"], item["year"], len(item["findings"])) for item in consequences] == [("team", "s-1", 2019, 1)]
    text = " ".join(world.table("--lang", "en").out.split())
    assert "not the district's own deviation" in text
    assert "Proof of use and recovery come first" in text


def test_a_consequence_of_a_term_duty(tmp_path: Path) -> None:
    # "year (null for `term` duties)"
    world = mitte(tmp_path)
    add_obligation(
        world,
        "term-count",
        scope="agreement",
        period="term",
        bearer=["district"],
        modality="obligation",
        count={"facts": "meetings", "where": {"body": "network"}, "lower": 4},
    )
    world.submit(on="2022-01-15", complete="2022-01-10", staffing=[OFFICE])
    consequences = world.check(as_of="2022-01-31").data["consequences"]
    assert [(item["site"], item["year"]) for item in consequences] == [(None, None)]


@pytest.mark.parametrize(
    ("funds", "costs", "as_of", "wide", "south"),
    [
        ([(2020, "s-1", "100"), (2021, "s-2", "50.5"), (2019, "s-1", "999")], [], "2020-01-31", "150.50", "50.50"),
        ([(2020, "s-1", "100"), (2020, "s-2", "50")], [("2020-01-15", "s-1", "30"), ("2019-12-31", "s-2", "20")], "2020-01-31", "120.00", "50.00"),
        ([(2020, "s-2", "50")], [("2020-01-15", "s-2", "80")], "2020-01-31", "0.00", "0.00"),
        ([(2020, "s-2", "50")], [("2020-02-15", "s-2", "80")], "2020-01-31", "50.00", "50.00"),
        ([(2020, "s-2", "50"), (2021, "s-2", "7")], [], "2021-01-31", "7.00", "7.00"),
        ([], [], "2020-01-31", "0.00", "0.00"),
    ],
)
def test_the_amount_at_stake(tmp_path: Path, funds: list[Any], costs: list[Any], as_of: str, wide: str, south: str) -> None:
    # "the funds of that site (null: of all the agreement's sites) for the year of `as_of` and later, less the expenditures dated in those years, not under 0"
    world = deviate(
        tmp_path,
        "information-right",
        "requests-answered",
        sites=(NORTH, SOUTH),
        conflicts=[{**CONFLICT, "site": "s-2"}],
        meetings=rounds(4, 2018, None, "district_round") + rounds(4, 2019, None, "district_round"),
        funds=[{**FUND, "id": f"f-{n}", "year": year, "site": site, "amount": amount} for n, (year, site, amount) in enumerate(funds)],
        expenditures=[{**COST, "id": f"e-{n}", "date": day, "site": site, "amount": amount} for n, (day, site, amount) in enumerate(costs)],
    )
    found = {
        item["site"]: item["amount_at_stake"]
        for item in world.check(as_of=as_of).data["consequences"]
        if item["attribution"] == "district" and item["year"] == 2019
    }
    assert found == {None: wide, "s-2": south}
