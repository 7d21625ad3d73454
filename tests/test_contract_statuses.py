"""Contract, section 4: the statuses of a finding, unknown fields, and waivers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from small_world import NORTH, SOUTH, Row, World, add_obligation, mitte, present, rounds

YEAR = {"from": "2019-01-01", "to": "2019-12-31"}
WAIVER = {"id": "w-77", "obligation": "steering-rounds-held", **YEAR, "agreed_on": "2019-01-15", "agreed_by": "both", "reason": "Umzug"}
HALF = {**WAIVER, "to": "2019-06-30"}
PRESS = {"id": "p-1", "date": "2019-05-06", "title": "T", "concerns_district": True}
REQUEST = {"id": "r-1", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-05-06"}
MEASURE = {"id": "a", "site": "s-1", "title": "T", "date": "2019-05-06", "goals": "networks"}
GOALS = {"facts": "measures", "where": {"goals": {"contains": "networks"}}}


def status(world: World, obligation: str, site: str | None = "s-1", label: str = "2019", as_of: str = "2020-01-31") -> str:
    return world.check(as_of=as_of).one(obligation, site, label)["status"]


def vacant(days: int) -> list[Row]:
    """A coordinator who is in office but for the last days of November and before 2019-12-01, so many days."""
    last = {30: "2019-10-31", 31: "2019-10-30", 40: "2019-10-21"}[days]
    return [{"id": "a", "role": "district_coordinator", "from": "2017-09-01", "to": last}, {"id": "b", "role": "district_coordinator", "from": "2019-12-01"}]


@pytest.mark.parametrize(
    ("number", "as_of", "expected"),
    [
        (6, "2020-01-31", ("fulfilled", False)),
        (6, "2019-12-30", ("fulfilled", True)),
        (12, "2019-12-30", ("fulfilled", True)),
        (5, "2020-01-31", ("deviation", False)),
        (13, "2020-01-31", ("deviation", False)),
        (5, "2019-12-30", ("pending", True)),
    ],
)
def test_fulfilled_deviation_and_pending(tmp_path: Path, number: int, as_of: str, expected: tuple[str, bool]) -> None:
    # "the measured value keeps the bounds (`open: true` where the window is not over yet)"; "it can still be kept"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(number))
    finding = world.check(as_of=as_of).one("steering-rounds-held", "s-1", "2019")
    assert (finding["status"], finding["open"]) == expected
    assert finding["value"] == number


def test_above_the_upper_bound_can_no_longer_be_mended(tmp_path: Path) -> None:
    # "outside, and it can no longer be mended within the window": also while the window is open and nothing is complete
    world = mitte(tmp_path)
    world.submit(meetings=rounds(13), complete=None)
    assert status(world, "steering-rounds-held", as_of="2019-12-30") == "deviation"


def test_an_intention_is_unmet(tmp_path: Path) -> None:
    # "the same, of an intention (I): reported, never a deviation"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6))
    finding = world.check().one("site-funds-provided", "s-1", "2019")
    assert (finding["status"], finding["modality"]) == ("unmet", "intention")


@pytest.mark.parametrize(
    ("as_of", "number", "risk"),
    [
        ("2019-03-01", 0, False),
        ("2019-03-02", 0, True),  # 60 and 61 days: 0.986 and 1.003
        ("2019-05-01", 1, False),
        ("2019-05-02", 1, True),
        ("2019-05-02", 2, False),
    ],
)  # 121 and 122 days: 1.989 and 2.005
def test_a_count_at_risk(tmp_path: Path, as_of: str, number: int, risk: bool) -> None:
    # "`at_risk: true` where a `count` is below floor(lower × elapsed days / window days)"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(number))
    finding = world.check(as_of=as_of).one("steering-rounds-held", "s-1", "2019")
    assert (finding["status"], finding["at_risk"]) == ("pending", risk)


def test_a_share_at_risk(tmp_path: Path) -> None:
    # "or a share is below its bound"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5), attendance=present(rounds(3)))
    finding = world.check(as_of="2019-12-30").one("district-attends-steering-rounds", "s-1", "2019")
    assert (finding["status"], finding["at_risk"], finding["value"]) == ("pending", True, 0.6)


@pytest.mark.parametrize(
    ("complete", "as_of", "expected"),
    [("2019-12-31", "2020-01-31", "deviation"), ("2019-12-30", "2020-01-31", "undetermined"), ("2019-12-31", "2019-12-31", "deviation")],
)
def test_undetermined_where_records_are_not_complete(tmp_path: Path, complete: str, as_of: str, expected: str) -> None:
    # "records that are not declared complete up to the window's end (or `as_of`, if earlier …)"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5), complete=complete)
    assert status(world, "steering-rounds-held", as_of=as_of) == expected


def test_an_empty_field_that_decides(tmp_path: Path) -> None:
    # "or an empty field that decides": an empty `concerns_senate`, an empty `with_district`
    world = mitte(tmp_path)
    world.submit(
        complete="2020-01-20",
        meetings=[{"id": "m", "date": "2019-03-05", "body": "district_body"}],
        milestones=[{"id": "x", "site": "s-1", "kind": "team_selected", "date": "2017-06-01"}],
    )
    report = world.check(as_of="2020-01-20")
    assert report.one("senate-attends-district-bodies", label="2019")["status"] == "undetermined"
    assert report.one("team-selected-with-district", "s-1")["status"] == "undetermined"
    assert report.one("start-phase-supported", "s-1")["status"] == "undetermined"


def test_a_press_release_of_unknown_concern(tmp_path: Path) -> None:
    # "Conditions are three-valued: over an empty field without a stated meaning they are unknown."
    world = mitte(tmp_path)
    world.submit(press_releases=[{**PRESS, "concerns_district": None}])
    assert status(world, "press-agreed", None) == "undetermined"


@pytest.mark.parametrize(
    ("kind", "row", "obligation", "site"),
    [
        ("press_releases", {**PRESS, "concerns_district": False}, "press-agreed", None),
        ("requests", {**REQUEST, "topic": "information"}, "requests-answered", None),
        ("measures", {**MEASURE, "opinion_needed": False}, "opinions-obtained", "s-1"),
        ("meetings", {"id": "m", "date": "2019-05-06", "body": "network", "status": "cancelled"}, "district-in-networks", None),
    ],
)
def test_no_case_arose(tmp_path: Path, kind: str, row: Row, obligation: str, site: str | None) -> None:
    # "no case arose (kinds `answered`, `attended`, `each`, `preceded`) and the case type is complete"
    world = mitte(tmp_path)
    world.submit(**{kind: [row]})
    assert status(world, obligation, site) == "not_applicable"
    world.submit(**{kind: [row]}, complete="2019-12-30")
    assert status(world, obligation, site) == "undetermined"


def test_missing_data_is_never_a_breach_and_never_compliance(tmp_path: Path) -> None:
    # "Missing data is never a breach and never compliance."
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(complete=None)
    own = {"external-contractor", "twenty-teams"}  # measured on the agreement's file
    found = {(finding["obligation"], finding["status"]) for finding in world.check(as_of="2023-01-31").findings if finding["obligation"] not in own}
    assert {name for _, name in found} <= {"undetermined", "not_applicable"}, found
    short = {name for name, reached in found if reached == "not_applicable"}
    assert short <= {
        "site-funds-provided",
        "refugees-activated",
        "volunteering-supported",
        "networks-built",
        "participation-structures",
        "residents-council-qm",
        "professional-exchange",
    }, short  # counts of the short year 2017


@pytest.mark.parametrize(("sure", "unknown", "expected"), [(0, 1, "undetermined"), (1, 1, "fulfilled"), (0, 0, "deviation")])
def test_a_count_with_unknown_records_and_a_lower_bound(tmp_path: Path, sure: int, unknown: int, expected: str) -> None:
    # "a `count` then lies between the sure records and the sure plus the unknown ones"
    world = mitte(tmp_path)
    world.submit(measures=[{**MEASURE, "id": f"s{n}"} for n in range(sure)] + [{**MEASURE, "id": f"u{n}", "goals": None} for n in range(unknown)])
    assert status(world, "networks-built") == expected


@pytest.mark.parametrize(("sure", "unknown", "expected"), [(1, 1, "undetermined"), (2, 1, "deviation"), (0, 1, "fulfilled"), (0, 2, "undetermined")])
def test_a_count_with_unknown_records_and_an_upper_bound(tmp_path: Path, sure: int, unknown: int, expected: str) -> None:
    # "where the ends of that range give different answers, the finding is `undetermined`"
    world = mitte(tmp_path)
    add_obligation(world, "few-networks", count={**GOALS, "upper": 1})
    world.submit(measures=[{**MEASURE, "id": f"s{n}"} for n in range(sure)] + [{**MEASURE, "id": f"u{n}", "goals": None} for n in range(unknown)])
    finding = world.check().one("few-networks", "s-1", "2019")
    assert (finding["status"], finding["lower"]) == (expected, None)
    assert finding["value"] == sure  # section 7: "what was measured on the known records"


def test_one_sure_breach_is_a_deviation(tmp_path: Path) -> None:
    # "One sure breach of `each`, `answered` or `preceded` is a deviation whatever else is unknown."
    world = mitte(tmp_path)
    world.submit(
        press_releases=[{**PRESS, "agreed_on": "2019-05-07"}, {**PRESS, "id": "p-2", "concerns_district": None}],
        requests=[{**REQUEST, "answered_on": "2019-08-01"}, {**REQUEST, "id": "r-2"}],
        measures=[{**MEASURE, "opinion_needed": True}, {**MEASURE, "id": "b"}],
        complete={"opinions": "2019-12-31"},
    )
    for name, site in (("press-agreed", None), ("requests-answered", None), ("opinions-obtained", "s-1")):
        finding = world.check().one(name, site, "2019")
        assert (finding["status"], finding["value"]) == ("deviation", 1), name


@pytest.mark.parametrize(("start", "expected"), [("2019-01-01", "waived"), ("2019-01-02", "deviation")])
def test_too_many_in_a_window_that_is_waived(tmp_path: Path, start: str, expected: str) -> None:
    # "nothing is left" of a window that is waived as a whole; of one that is waived all but a day, its bound of above stays
    world = mitte(tmp_path)
    world.submit(meetings=rounds(15), waivers=[{**WAIVER, "from": start, "to": "2019-12-31"}])
    finding = world.check().one("steering-rounds-held", "s-1", "2019")
    assert (finding["status"], finding["value"]) == (expected, 15)


@pytest.mark.parametrize(("number", "expected"), [(3, "waived"), (2, "deviation"), (6, "fulfilled")])
def test_a_counts_bounds_are_prorated_to_the_days_left(tmp_path: Path, number: int, expected: str) -> None:
    # "a `count`'s bounds are prorated to the days left, its facts on waived days still count": 184 of 365 days, 3.02
    world = mitte(tmp_path)
    world.submit(meetings=rounds(number), waivers=[HALF])
    finding = world.check().one("steering-rounds-held", "s-1", "2019")
    assert (finding["status"], finding["value"], finding["lower"], finding["upper"]) == (expected, number, 6, 12)


@pytest.mark.parametrize(("end", "expected"), [("2019-07-02", "waived"), ("2019-07-01", "deviation")])
def test_a_bound_of_one_and_a_waived_half(tmp_path: Path, end: str, expected: str) -> None:
    # the rule "at least half of the period" also for the days left: 182 and 183 days
    world = mitte(tmp_path)
    world.submit(waivers=[{**WAIVER, "obligation": "networks-built", "to": end}])
    assert status(world, "networks-built") == expected


@pytest.mark.parametrize(
    "change",
    [
        {"agreed_by": "senate"},
        {"agreed_by": "district"},
        {"agreed_on": "2020-02-01"},
        {"obligation": "networks-built"},
        {"site": "s-2"},
        {"from": "2018-01-01", "to": "2018-12-31"},
    ],
)
def test_a_waiver_without_effect(tmp_path: Path, change: Row) -> None:
    # "Waivers count where obligation and scope fit …, `agreed_by: both` (7.1) and `agreed_on` ≤ `as_of`"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(waivers=[{**WAIVER, **change}])
    assert status(world, "steering-rounds-held") == "deviation"


@pytest.mark.parametrize("agreed_on", ["2018-06-01", "2020-01-31"])
def test_a_waiver_may_be_agreed_before_or_after(tmp_path: Path, agreed_on: str) -> None:
    # "`agreed_on` ≤ `as_of`" is the only condition on that day
    world = mitte(tmp_path)
    world.submit(on="2020-02-05", waivers=[{**WAIVER, "agreed_on": agreed_on}])
    assert status(world, "steering-rounds-held") == "waived"


@pytest.mark.parametrize(("site", "expected"), [(None, ["waived", "waived"]), ("s-1", ["waived", "deviation"])])
def test_a_waiver_without_a_site_covers_all(tmp_path: Path, site: str | None, expected: list[str]) -> None:
    # "a waiver without a site covers all sites"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(waivers=[{**WAIVER, "site": site}])
    report = world.check()
    assert [report.one("steering-rounds-held", name, "2019")["status"] for name in ("s-1", "s-2")] == expected


def test_a_one_sided_waiver_is_named(tmp_path: Path) -> None:
    # "A one-sided waiver has no effect and is named in the report."
    world = mitte(tmp_path)
    world.submit(waivers=[{**WAIVER, "agreed_by": "district"}])
    assert "w-77" in world.table().out


CASES: dict[str, tuple[str, Row, str | None]] = {
    "requests-answered": ("requests", {**REQUEST, "answered_on": "2019-08-01"}, None),
    "press-agreed": ("press_releases", PRESS, None),
    "opinions-obtained": ("measures", {**MEASURE, "opinion_needed": True}, "s-1"),
    "consent-before-spend": ("expenditures", {"id": "e", "site": "s-1", "date": "2019-05-06", "amount": "10.00"}, "s-1"),
    "district-in-networks": ("meetings", {"id": "m", "date": "2019-05-06", "body": "network"}, None),
}


@pytest.mark.parametrize(
    ("start", "end", "expected"), [("2019-05-06", "2019-05-06", "waived"), ("2019-05-07", "2019-12-31", "deviation"), ("2019-01-01", "2019-05-05", "deviation")]
)
@pytest.mark.parametrize("obligation", CASES)
def test_cases_on_waived_days_are_left_out(tmp_path: Path, obligation: str, start: str, end: str, expected: str) -> None:
    # "cases dated on waived days are left out"; "The value shown is the one without waivers."
    world = mitte(tmp_path)
    kind, row, site = CASES[obligation]
    world.submit(**{kind: [row]}, waivers=[{**WAIVER, "obligation": obligation, "from": start, "to": end}])
    finding = world.check().one(obligation, site, "2019")
    assert finding["status"] == expected
    assert finding["value"] == {"consent-before-spend": "10.00", "district-in-networks": 0}.get(obligation, 1)


@pytest.mark.parametrize(("end", "expected"), [("2019-10-31", "waived"), ("2019-10-30", "deviation")])
def test_waived_days_are_not_vacant(tmp_path: Path, end: str, expected: str) -> None:
    # "waived days are not vacant": 40 vacant days from 2019-10-22 on, 10 or 9 of them waived
    world = mitte(tmp_path)
    world.submit(staffing=vacant(40), waivers=[{**WAIVER, "obligation": "district-coordinator", "from": "2019-10-01", "to": end}])
    finding = world.check().one("district-coordinator", label="2019")
    assert (finding["status"], finding["value"], finding["upper"]) == (expected, 40, 30)


@pytest.mark.parametrize(("start", "end", "expected"), [("2019-12-31", "2020-06-30", "waived"), ("2019-01-01", "2019-12-30", "deviation")])
@pytest.mark.parametrize("obligation", ["action-concept", "public-information", "spending-within-funds"])
def test_waived_where_the_last_day_is(tmp_path: Path, obligation: str, start: str, end: str, expected: str) -> None:
    # "`delivered`, `attested`, `within_budget`, `sites`: waived where their deadline or the window's last day is"
    world = mitte(tmp_path)
    world.submit(
        expenditures=[{"id": "e", "site": "s-1", "date": "2019-05-06", "amount": "10.00"}],
        waivers=[{**WAIVER, "obligation": obligation, "from": start, "to": end}],
    )
    assert status(world, obligation) == expected


@pytest.mark.parametrize(("day", "expected"), [("2018-02-28", "waived"), ("2018-02-27", "deviation"), ("2021-12-31", "deviation")])
def test_a_waived_deadline(tmp_path: Path, day: str, expected: str) -> None:
    # "waived where their deadline … is": the action plan is due on 2018-02-28, long before the term's end
    world = mitte(tmp_path)
    world.submit(waivers=[{**WAIVER, "obligation": "action-plan", "from": day, "to": day, "agreed_on": "2018-01-15"}])
    assert status(world, "action-plan", label="term") == expected


@pytest.mark.parametrize(("day", "expected"), [("2019-12-31", "waived"), ("2019-12-30", "deviation")])
def test_waived_sites(tmp_path: Path, day: str, expected: str) -> None:
    # the same of `sites`
    world = mitte(tmp_path)
    add_obligation(world, "two-sites", scope="agreement", sites={"lower": 2})
    world.submit(waivers=[{**WAIVER, "obligation": "two-sites", "from": day, "to": day}])
    assert status(world, "two-sites", None) == expected


def test_a_waiver_of_the_programme(tmp_path: Path) -> None:
    # "Waivers count where obligation and scope fit": the programme's waiver of a duty of the programme
    world = mitte(tmp_path)
    world.submit()
    world.submit(agreement=None, by="senate", waivers=[{**WAIVER, "obligation": "jour-fixes-held"}])
    assert status(world, "jour-fixes-held", None) == "waived"


def test_every_duty_ends_in_one_finding(tmp_path: Path) -> None:
    # "the counts of the summary add up to `duties`, and the report prints the sum"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(meetings=rounds(5), waivers=[{**HALF, "site": "s-2"}])
    report = world.check()
    summary = report.data["summary"]
    names = ("fulfilled", "tolerated", "deviation", "unmet", "pending", "undetermined", "not_applicable", "waived")
    counted = {name: sum(finding["status"] == name for finding in report.findings) for name in names}
    assert {name: summary[name] for name in names} == counted
    assert sum(counted.values()) == summary["duties"] == len(report.findings)
    assert len({finding["id"] for finding in report.findings}) == len(report.findings)
    assert summary["material"] == sum(finding["material"] for finding in report.findings)
    assert summary["consequences"] == len(report.data["consequences"])
    assert re.search(rf"=\s+{summary['duties']}\b", world.table().out)


@pytest.mark.parametrize(("as_of", "risk"), [("2019-08-30", False), ("2019-08-31", True)])
def test_at_risk_in_a_short_window(tmp_path: Path, as_of: str, risk: bool) -> None:
    # "floor(lower × elapsed days / window days)": 3 × 60 / 183 and 3 × 61 / 183 = 1
    world = mitte(tmp_path, {**NORTH, "from": "2019-07-02"})
    world.submit(meetings=[])
    assert world.check(as_of=as_of).one("steering-rounds-held", "s-1", "2019")["at_risk"] is risk


@pytest.mark.parametrize(("sure", "attended", "expected"), [(4, 4, "fulfilled"), (3, 3, "undetermined"), (4, 3, "deviation"), (1, 2, "fulfilled")])
def test_a_share_with_an_unknown_meeting(tmp_path: Path, sure: int, attended: int, expected: str) -> None:
    # "neither keeps nor breaks": shares of the sure meetings and of all: 4/4 and 4/5, 3/3 and 3/4, 3/4 and 3/5, 1/1 and 2/2
    world = mitte(tmp_path)
    meetings = [{"id": f"m-{n}", "date": "2019-05-06", "body": "district_body", "concerns_senate": True if n < sure else None} for n in range(sure + 1)]
    world.submit(meetings=meetings, attendance=present(meetings[:attended], "senate_office"))
    assert status(world, "senate-attends-district-bodies", None) == expected


@pytest.mark.parametrize(("number", "expected"), [(3, "waived"), (2, "deviation")])
def test_waived_days_count_once(tmp_path: Path, number: int, expected: str) -> None:
    # "Waived days leave the window": 181 of them, though two waivers name some of them
    world = mitte(tmp_path)
    world.submit(meetings=rounds(number), waivers=[HALF, {**HALF, "id": "w-78", "from": "2019-04-01"}])
    assert status(world, "steering-rounds-held") == expected
