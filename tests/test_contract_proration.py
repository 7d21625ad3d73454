"""Contract, section 3: proration, "ca.", and duties that need half of their period."""

from __future__ import annotations

from pathlib import Path

import pytest

from small_world import NORTH, SOUTH, mitte, rounds


@pytest.mark.parametrize(
    ("start", "end", "bounds"),
    [
        ("2017-09-01", None, (6, 12)),
        ("2019-07-02", None, (3, 7)),  # 183 of 365 days: 3.008 and 6.02
        ("2019-07-03", None, (2, 6)),  # 182 days: 2.99 and 5.98
        ("2019-11-02", None, (0, 2)),  # 60 days: 0.986 and 1.97
        ("2019-02-01", "2019-03-02", (0, 1)),  # 30 days: 0.49 and 0.986
    ],
)
def test_a_shorter_window_prorates_the_bounds(tmp_path: Path, start: str, end: str | None, bounds: tuple[int, int]) -> None:
    # "floor(lower × days / period days) and ceil(upper × days / period days)"; "Reported bounds are the prorated literal ones"
    world = mitte(tmp_path, {**NORTH, "from": start, **({"to": end} if end else {})})
    world.submit(meetings=rounds(6))
    finding = world.check().one("steering-rounds-held", "s-1", "2019")
    assert (finding["lower"], finding["upper"]) == bounds


@pytest.mark.parametrize(("start", "year", "lower"), [("2019-07-02", 2019, 1), ("2019-07-03", 2019, 0), ("2020-07-02", 2020, 1), ("2020-07-03", 2020, 0)])
def test_a_bound_of_one_stays_in_half_the_period(tmp_path: Path, start: str, year: int, lower: int) -> None:
    # "A lower bound of at least 1 stays at least 1 where the window is at least half of the period.": 183 of 365, 183 of 366 days
    world = mitte(tmp_path, {**NORTH, "from": start})
    world.submit(meetings=[], complete="2020-12-31", on="2021-01-05")
    finding = world.check(as_of="2021-01-31").one("networks-built", "s-1", str(year))
    assert finding["status"] == ("deviation" if lower else "not_applicable")
    assert finding["lower"] == lower


def test_a_bound_of_none_stays_none_in_half_the_period(tmp_path: Path) -> None:
    # "A lower bound of at least 1 stays at least 1": one of 0 is no such bound
    world = mitte(tmp_path, {**NORTH, "from": "2019-07-02"}, parameters={"yearly_measures_per_goal": 0})
    world.submit(meetings=[])
    finding = world.check().one("networks-built", "s-1", "2019")
    assert (finding["status"], finding["lower"]) == ("fulfilled", 0)


@pytest.mark.parametrize(("number", "status"), [(0, "not_applicable"), (2, "not_applicable"), (3, "deviation")])
def test_a_window_too_short_for_its_bound(tmp_path: Path, number: int, status: str) -> None:
    # "Where proration takes it to 0, the finding is `not_applicable`, unless the value is above `upper`."
    world = mitte(tmp_path, {**NORTH, "from": "2019-12-01", "to": "2019-12-31"})  # 31 days: 0.51 and 1.02
    world.submit(meetings=[{"id": f"m-{n}", "date": f"2019-12-0{n + 1}", "body": "steering_round", "site": "s-1"} for n in range(number)])
    assert world.check().one("steering-rounds-held", "s-1", "2019")["status"] == status


@pytest.mark.parametrize(("number", "status"), [(2, "deviation"), (3, "tolerated"), (4, "fulfilled"), (6, "fulfilled"), (7, "tolerated"), (8, "deviation")])
def test_ca_widens_the_bounds_by_one(tmp_path: Path, number: int, status: str) -> None:
    # "the bounds are widened by the pack's tolerance …: a value outside the literal bounds but inside the widened ones is `tolerated`"
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(meetings=rounds(number, body="district_round", site=None) or [])
    finding = world.check().one("district-rounds-held", label="2019")
    assert (finding["status"], finding["value"], finding["lower"], finding["upper"]) == (status, number, 4, 6)


@pytest.mark.parametrize(
    ("start", "number", "status", "bounds"),
    [
        ("2019-10-01", 0, "tolerated", (1, 2)),
        ("2019-10-01", 3, "tolerated", (1, 2)),
        ("2019-10-01", 4, "deviation", (1, 2)),  # 92 days: 1.008, 1.51
        ("2019-11-01", 0, "not_applicable", (0, 2)),
        ("2019-11-01", 4, "deviation", (0, 2)),
        ("2019-11-01", 3, "tolerated", (0, 2)),  # 61 days: 0.67, 1.003
    ],
)
def test_ca_after_proration(tmp_path: Path, start: str, number: int, status: str, bounds: tuple[int, int]) -> None:
    # "lower not under 0, after proration"
    world = mitte(tmp_path, NORTH, {**SOUTH, "from": start})
    world.submit(meetings=[{"id": f"m-{n}", "date": f"2019-12-0{n + 1}", "body": "district_round"} for n in range(number)])
    finding = world.check().one("district-rounds-held", label="2019")
    assert (finding["status"], finding["lower"], finding["upper"]) == (status, *bounds)


def test_the_tolerance_is_the_packs_parameter(tmp_path: Path) -> None:
    # "widened by the pack's tolerance"; "parameters: overrides of a pack's parameters"
    world = mitte(tmp_path, NORTH, SOUTH, parameters={"ca_tolerance": 2})
    world.submit(meetings=rounds(2, body="district_round", site=None))
    assert world.check().one("district-rounds-held", label="2019")["status"] == "tolerated"


@pytest.mark.parametrize(("start", "expected"), [("2019-07-02", True), ("2019-07-03", False)])
def test_yearly_duties_need_half_the_period(tmp_path: Path, start: str, expected: bool) -> None:
    # "Yearly `delivered`, `attested` and `sites` duties arise only where the window is at least half of the full period."
    world = mitte(tmp_path, {**NORTH, "from": start}, term={"from": start, "to": "2021-12-31"})
    world.submit(meetings=rounds(6))
    report = world.check()
    for name in ("action-concept", "public-information", "represented-jointly", "twenty-teams", "web-portal", "programme-report"):
        assert (report.maybe(name, label="2019") is not None) == expected, name
    assert report.maybe("action-plan", "s-1", "term") is not None
