"""Contract, section 3: periods, windows, proration, "ca.", what is known on a day, and which records belong to a window."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, SOUTH, Row, World, add_obligation, mitte, rounds

ROUNDS = {"facts": "meetings", "where": {"body": "steering_round", "status": "held"}}
FUND = {"id": "f-1", "site": "s-1", "year": 2019, "amount": "1000.00", "provided_on": "2019-01-02"}
NOTICE = {"id": "n-1", "kind": "termination", "date": "2019-01-10", "written": True, "important_cause": True, "effective_on": "2019-06-30"}


def labels(world: World, obligation: str, *more: str, as_of: str = "2020-01-31") -> list[str]:
    return [finding["period"]["label"] for finding in world.check(*more, as_of=as_of).all_of(obligation)]


def window(finding: Row) -> tuple[str, str]:
    return finding["period"]["from"], finding["period"]["to"]


@pytest.mark.parametrize(
    ("dated", "bounds"),
    [
        ({"2017-01-01": 20, "2019-01-01": 16}, {"2018": 20, "2019": 16}),
        ({"2017-01-01": 20, "2019-01-02": 16}, {"2018": 20, "2019": 20}),
        ({"2017-01-01": 20, "2018-12-31": 16}, {"2018": 20, "2019": 16}),
    ],
)
def test_the_bound_of_the_windows_first_day_counts(tmp_path: Path, dated: dict[str, int], bounds: dict[str, int]) -> None:
    # "Bounds … of a pack may be dated …: the value in force on the window's first day counts"
    world = mitte(tmp_path)
    add_obligation(world, "dated-rounds", count={**ROUNDS, "lower": dated})
    world.submit(meetings=rounds(6))
    found = {finding["period"]["label"]: finding["lower"] for finding in world.check().all_of("dated-rounds")}
    assert {label: found[label] for label in bounds} == bounds


def test_a_dated_parameter(tmp_path: Path) -> None:
    # "Bounds and parameters of a pack may be dated"
    world = mitte(tmp_path)
    pack = world.own_rules() / "pack.yaml"
    text = pack.read_text(encoding="utf-8")
    assert text.count("value: 30\n    unit: {de: Tage im Jahr") == 1
    dated = text.replace("value: 30\n    unit: {de: Tage im Jahr", "value: {2017-01-01: 30, 2019-01-01: 10}\n    unit: {de: Tage im Jahr")
    pack.write_text(dated, encoding="utf-8")
    world.submit(meetings=rounds(6))
    uppers = {finding["period"]["label"]: finding["upper"] for finding in world.check().all_of("district-coordinator")}
    assert uppers == {"2017": 30, "2018": 30, "2019": 10, "2020": 10}


def test_calendar_years(tmp_path: Path) -> None:
    # "A duty's window is the period cut to the scope's active days"; labels `2019`
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6))
    findings = world.check(as_of="2022-06-01").all_of("steering-rounds-held")
    assert [(finding["period"]["label"], *window(finding)) for finding in findings] == [
        ("2017", "2017-09-01", "2017-12-31"),
        ("2018", "2018-01-01", "2018-12-31"),
        ("2019", "2019-01-01", "2019-12-31"),
        ("2020", "2020-01-01", "2020-12-31"),
        ("2021", "2021-01-01", "2021-12-31"),
    ]


def test_agreement_years(tmp_path: Path) -> None:
    # "`agreement_year` (from the term's first day)"; labels `Y1`
    world = mitte(tmp_path)
    add_obligation(world, "yearly", period="agreement_year", count={**ROUNDS, "lower": 6, "upper": 12})
    world.submit(meetings=rounds(6))
    findings = world.check(as_of="2022-06-01").all_of("yearly")
    assert [(finding["period"]["label"], *window(finding)) for finding in findings] == [
        ("Y1", "2017-09-01", "2018-08-31"),
        ("Y2", "2018-09-01", "2019-08-31"),
        ("Y3", "2019-09-01", "2020-08-31"),
        ("Y4", "2020-09-01", "2021-08-31"),
        ("Y5", "2021-09-01", "2021-12-31"),
    ]
    last = findings[-1]
    assert (last["lower"], last["upper"]) == (2, 5)  # 122 of 365 days: 2.005 and 4.01


def test_a_term_duty(tmp_path: Path) -> None:
    # "`term`"; "a site's from/to"
    world = mitte(tmp_path, {**NORTH, "from": "2018-03-01", "to": "2020-06-30"})
    world.submit(meetings=rounds(6))
    finding = world.check().one("external-contractor", "s-1")
    assert (finding["period"]["label"], *window(finding)) == ("term", "2018-03-01", "2020-06-30")


def test_the_programmes_window(tmp_path: Path) -> None:
    # "for the programme from the first evaluated agreement's start to the last one's end"
    world = mitte(tmp_path, {**NORTH, "from": "2019-01-01"}, term={"from": "2019-01-01", "to": "2021-12-31"})
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1", "from": "2018-04-01"}], term={"from": "2018-04-01", "to": "2020-06-30"})
    world.submit(meetings=rounds(6))
    assert window(world.check().one("evaluation-coordinated")) == ("2019-01-01", "2021-12-31")
    assert window(world.check("--all").one("evaluation-coordinated")) == ("2018-04-01", "2021-12-31")
    world.submit(agreement="benn-pankow")
    assert window(world.check().one("evaluation-coordinated")) == ("2018-04-01", "2021-12-31")


def test_while_at_least_two_sites_are_active(tmp_path: Path) -> None:
    # "the window reaches from the first to the last such day in the period"
    world = mitte(tmp_path, NORTH, {**SOUTH, "from": "2019-04-01", "to": "2019-10-31"})
    world.submit(meetings=rounds(6))
    assert labels(world, "district-rounds-held") == ["2019"]
    finding = world.check().one("district-rounds-held")
    assert window(finding) == ("2019-04-01", "2019-10-31")
    assert (finding["lower"], finding["upper"]) == (2, 4)  # 214 of 365 days: 2.345 and 3.518


def test_a_gap_between_the_second_sites(tmp_path: Path) -> None:
    # "from the first to the last such day in the period"
    world = mitte(tmp_path, NORTH, {**SOUTH, "to": "2019-03-31", "from": "2019-01-01"}, {**SOUTH, "id": "s-3", "from": "2019-07-01", "to": "2019-09-30"})
    world.submit(meetings=rounds(6))
    finding = world.check().one("district-rounds-held", label="2019")
    assert (*window(finding), finding["lower"], finding["upper"]) == ("2019-01-01", "2019-09-30", 2, 5)  # 273 days: 2.99 and 4.49


def test_one_site_owes_no_district_round(tmp_path: Path) -> None:
    # "An empty window makes no duty."
    world = mitte(tmp_path, {**NORTH, "to": "2019-06-30"}, {**SOUTH, "from": "2019-07-01"})
    world.submit(meetings=rounds(6))
    assert labels(world, "district-rounds-held", as_of="2022-06-01") == []
    assert [finding["period"]["label"] for finding in world.check(as_of="2022-06-01").all_of("steering-rounds-held") if finding["site"] == "s-1"] == [
        "2017",
        "2018",
        "2019",
    ]


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2019-12-31", ["2017", "2018", "2019"]), ("2020-01-01", ["2017", "2018", "2019", "2020"]), ("2017-09-01", ["2017"])]
)
def test_a_duty_of_the_future_is_not_reported(tmp_path: Path, as_of: str, expected: list[str]) -> None:
    # "A duty whose window starts after `as_of` is not reported."
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6))
    assert labels(world, "steering-rounds-held", as_of=as_of) == expected


@pytest.mark.parametrize(("as_of", "status", "is_open"), [("2019-12-30", "pending", True), ("2019-12-31", "deviation", False)])
def test_as_of_means_the_end_of_the_day(tmp_path: Path, as_of: str, status: str, is_open: bool) -> None:
    # "a window or a deadline whose last day is `as_of` is over"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5))
    finding = world.check(as_of=as_of).one("steering-rounds-held", "s-1", "2019")
    assert (finding["status"], finding["open"]) == (status, is_open)


@pytest.mark.parametrize(("as_of", "status"), [("2018-02-27", "pending"), ("2018-02-28", "deviation")])
def test_a_deadline_is_over_on_its_last_day(tmp_path: Path, as_of: str, status: str) -> None:
    # the same of a deadline: 180 days from 2017-09-01 are 2018-02-28
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5))
    assert world.check(as_of=as_of).one("action-plan", "s-1")["status"] == status


def test_as_of_is_today_unless_given(tmp_path: Path) -> None:
    # "`as_of` is today unless given"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5))
    before = datetime.datetime.now(datetime.UTC).date().isoformat()
    found = world.check(as_of=None).data["as_of"]
    assert found in {before, datetime.datetime.now(datetime.UTC).date().isoformat()}


def test_a_termination_ends_the_term(tmp_path: Path) -> None:
    # "A termination that is `written`, has an `important_cause` and an `effective_on` not after `as_of` ends the agreement's term on that day."
    world = mitte(tmp_path)
    world.submit(notices=[NOTICE], meetings=rounds(6))
    findings = world.check(as_of="2020-06-01").all_of("steering-rounds-held")
    assert [finding["period"]["label"] for finding in findings] == ["2017", "2018", "2019"]
    last = findings[-1]
    assert (*window(last), last["value"], last["lower"], last["upper"]) == ("2019-01-01", "2019-06-30", 6, 2, 6)  # 181 days: 2.98 and 5.95


@pytest.mark.parametrize(
    "change",
    [
        {"written": False},
        {"written": None},
        {"important_cause": False},
        {"important_cause": None},
        {"effective_on": None},
        {"effective_on": "2020-02-01"},
        {"kind": "amendment"},
    ],
)
def test_what_does_not_end_the_term(tmp_path: Path, change: Row) -> None:
    # the same sentence: each of its conditions is needed
    world = mitte(tmp_path)
    world.submit(notices=[{**NOTICE, **change}])
    assert window(world.check().one("steering-rounds-held", "s-1", "2019")) == ("2019-01-01", "2019-12-31")


@pytest.mark.parametrize(("as_of", "end"), [("2019-06-29", "2019-12-31"), ("2019-06-30", "2019-06-30")])
def test_a_termination_takes_effect_on_its_day(tmp_path: Path, as_of: str, end: str) -> None:
    # "an `effective_on` not after `as_of`"
    world = mitte(tmp_path)
    world.submit(notices=[NOTICE])
    assert window(world.check(as_of=as_of).one("steering-rounds-held", "s-1", "2019"))[1] == end


def test_records_of_the_future_are_ignored(tmp_path: Path) -> None:
    # "a record whose own date … lies after `as_of` is ignored"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6), funds=[{**FUND, "provided_on": "2019-04-01"}, {**FUND, "id": "f-2", "provided_on": "2019-03-31"}])
    report = world.check(as_of="2019-03-31")
    assert report.one("steering-rounds-held", "s-1", "2019")["value"] == 3
    assert report.one("site-funds-provided", "s-1", "2019")["value"] == 1


COMPLETING: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "answered_on": (
        "requests",
        {"id": "r", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-03-04", "answered_on": "2019-06-15"},
        "requests-answered",
        "deviation",
    ),
    "settled_on": ("conflicts", {"id": "c", "site": "s-1", "reported_on": "2019-01-02", "settled_on": "2019-06-15"}, "conflicts-settled", "unmet"),
    "mediation_offered_on": (
        "conflicts",
        {"id": "c", "site": "s-1", "reported_on": "2019-06-03", "mediation_offered_on": "2019-06-15"},
        "conflicts-mediated",
        "pending",
    ),
    "agreed_on": (
        "press_releases",
        {"id": "p", "date": "2019-06-10", "title": "T", "concerns_district": True, "agreed_on": "2019-06-15"},
        "press-agreed",
        "deviation",
    ),
    "agreed_by_district_on": (
        "documents",
        {"id": "d", "kind": "action_concept", "site": "s-1", "year": 2019, "submitted_on": "2019-06-03", "agreed_by_district_on": "2019-06-15"},
        "action-concept-agreed",
        "pending",
    ),
    "checked_by_senate_on": (
        "documents",
        {"id": "d", "kind": "proof_of_use", "site": "s-1", "year": 2019, "submitted_on": "2019-06-03", "checked_by_senate_on": "2019-06-15"},
        "proof-of-use-checked",
        "pending",
    ),
}


@pytest.mark.parametrize("field", COMPLETING)
def test_a_completing_day_of_the_future_is_empty(tmp_path: Path, field: str) -> None:
    # "a later date in a completing field … counts as empty"
    world = mitte(tmp_path)
    kind, row, obligation, status = COMPLETING[field]
    world.submit(**{kind: [row]})
    assert world.check(as_of="2019-06-14").one(obligation, label="2019")["status"] == status


def test_an_opinion_received_later_is_not_received(tmp_path: Path) -> None:
    # "`received_on` of an opinion" is a completing field
    world = mitte(tmp_path)
    world.submit(
        measures=[{"id": "a", "site": "s-1", "title": "T", "date": "2019-06-01", "opinion_needed": True}],
        opinions=[{"id": "o", "measure": "a", "authority": "A", "requested_on": "2019-05-02", "received_on": "2019-05-20"}],
    )
    assert world.check(as_of="2019-06-14").one("opinions-obtained", "s-1", "2019")["status"] == "fulfilled"
    world.submit(
        measures=[{"id": "a", "site": "s-1", "title": "T", "date": "2019-06-01", "opinion_needed": True}],
        opinions=[{"id": "o", "measure": "a", "authority": "A", "requested_on": "2019-05-02", "received_on": "2019-06-15"}],
    )
    assert world.check(as_of="2019-06-14").one("opinions-obtained", "s-1", "2019")["status"] == "deviation"


def test_the_end_of_a_post_may_lie_ahead(tmp_path: Path) -> None:
    # "`due_on`, `effective_on` and the `to` of staffing and waivers may lie ahead"
    world = mitte(tmp_path)
    world.submit(
        staffing=[{"id": "a", "role": "district_coordinator", "from": "2017-09-01", "to": "2021-12-31"}],
        requests=[{"id": "r", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-03-04", "due_on": "2019-12-15"}],
    )
    report = world.check(as_of="2019-06-14")
    assert report.one("district-coordinator", label="2019")["value"] == 0
    assert report.one("requests-answered", label="2019")["status"] == "pending"


def test_documents_funds_and_attestations_go_by_their_year(tmp_path: Path) -> None:
    # "documents, funds and attestations to the calendar year in their `year`"
    world = mitte(tmp_path)
    world.submit(
        funds=[{**FUND, "provided_on": "2018-12-20"}],
        complete="2020-01-15",
        documents=[{"id": "d", "kind": "action_concept", "site": "s-1", "year": 2019, "submitted_on": "2018-11-01"}],
        attestations=[{"id": "a", "obligation": "authorities-networked", "party": "district", "year": 2019, "date": "2020-01-10", "note": "n"}],
    )
    report = world.check()
    for name in ("site-funds-provided", "action-concept", "authorities-networked"):
        assert [report.one(name, label=label)["value"] for label in ("2018", "2019", "2020")] == [0, 1, 0], name


def test_a_term_duty_takes_earlier_records(tmp_path: Path) -> None:
    # "A `term` duty takes all records of its scope, also earlier ones (a team is selected before its site starts)."
    world = mitte(tmp_path)
    world.submit(
        milestones=[{"id": "a", "site": "s-1", "kind": "team_selected", "date": "2017-06-01", "with_district": False}],
        documents=[{"id": "d", "kind": "action_plan", "site": "s-1", "year": 2017, "submitted_on": "2017-08-01"}],
    )
    report = world.check()
    assert report.one("team-selected-with-district", "s-1")["status"] == "deviation"
    assert report.one("action-plan", "s-1")["status"] == "fulfilled"


def test_the_deadline_may_lie_behind_the_window(tmp_path: Path) -> None:
    # "What gives rise to a duty lies in the window; its deadline may lie behind it."
    world = mitte(tmp_path)
    world.submit(
        on="2020-01-31",
        complete="2020-01-31",
        requests=[{"id": "r", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-12-30", "answered_on": "2020-01-20"}],
    )
    report = world.check()
    assert report.one("requests-answered", label="2019")["value"] == 1
    assert report.one("requests-answered", label="2020")["status"] == "not_applicable"
