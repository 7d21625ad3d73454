"""Contract, section 2: agreements, manifests, and which records count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, SOUTH, World, dump, mitte, present, rounds

ROUND = {"id": "m-1", "date": "2019-03-05", "body": "steering_round", "site": "s-1"}


def held(world: World, *more: str, site: str = "s-1", label: str = "2019") -> int:
    """How many steering rounds the report counts."""
    return world.check(*more).one("steering-rounds-held", site, label)["value"]


def test_rules_and_agreements_are_searched_downwards(tmp_path: Path) -> None:
    # "both are searched downwards"
    world = mitte(tmp_path)
    deep = world.agreements / "a" / "b"
    deep.mkdir(parents=True)
    (world.agreements / "benn-mitte.yaml").rename(deep / "benn-mitte.yaml")
    world.submit(meetings=rounds(6))
    packs = world.own_rules()
    (packs.parent / "deep").mkdir()
    packs.rename(packs.parent / "deep" / "benn")
    assert held(world) == 6


def test_both_days_of_the_term_are_included(tmp_path: Path) -> None:
    # "term … both days included"; "the term's end" where a site names none
    site = {**NORTH, "from": "2019-02-01"}
    world = mitte(tmp_path, site, term={"from": "2019-02-01", "to": "2019-11-30"})
    rows = [
        {**ROUND, "id": "a", "date": "2019-02-01"},
        {**ROUND, "id": "b", "date": "2019-11-30"},
        {**ROUND, "id": "c", "date": "2019-01-31"},
        {**ROUND, "id": "d", "date": "2019-12-01"},
    ]
    world.submit(meetings=rows)
    finding = world.check().one("steering-rounds-held", "s-1", "2019")
    assert (finding["period"]["from"], finding["period"]["to"]) == ("2019-02-01", "2019-11-30")
    assert finding["value"] == 2


def test_a_site_may_end_before_the_term(tmp_path: Path) -> None:
    # "to: optional, the term's end"
    world = mitte(tmp_path, {**NORTH, "to": "2019-09-30"})
    world.submit(meetings=rounds(6))
    period = world.check().one("steering-rounds-held", "s-1", "2019")["period"]
    assert (period["from"], period["to"]) == ("2019-01-01", "2019-09-30")


@pytest.mark.parametrize("contractor", [None, "Verein e. V."])
def test_the_contractor_is_optional(tmp_path: Path, contractor: str | None) -> None:
    # "contractor: optional"
    world = mitte(tmp_path, {**NORTH, "contractor": contractor} if contractor else NORTH, text="vereinbarung.md")
    world.submit(meetings=rounds(6))
    assert world.check().one("external-contractor", "s-1", "term")["value"] == (1 if contractor else 0)


def test_an_agreement_overrides_a_parameter(tmp_path: Path) -> None:
    # "parameters: overrides of a pack's parameters, for this agreement"
    world = mitte(tmp_path, parameters={"max_vacancy_days": 400})
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1"}])
    world.submit(staffing=[{"id": "x", "role": "district_coordinator", "from": "2021-01-01"}])
    world.submit(agreement="benn-pankow", staffing=[{"id": "x", "role": "district_coordinator", "from": "2021-01-01"}])
    bounds = {f["agreement"]: f["upper"] for f in world.check().all_of("district-coordinator") if f["period"]["label"] == "2019"}
    assert bounds == {"benn-mitte": 400, "benn-pankow": 30}


BAD_AGREEMENTS: dict[str, dict[str, Any]] = {
    "id-with-a-space": {"sites": [{**NORTH, "id": "s 1"}]},
    "id-with-a-slash": {"sites": [{**NORTH, "id": "s/1"}]},
    "site-twice": {"sites": [NORTH, {**SOUTH, "id": "s-1"}]},
    "site-before-the-term": {"sites": [{**NORTH, "from": "2017-08-31"}]},
    "site-after-the-term": {"sites": [{**NORTH, "to": "2022-01-01"}]},
    "term-reversed": {"term": {"from": "2022-01-01", "to": "2021-12-31"}},
    "unknown-kind": {"sites": [{**NORTH, "kind": "other"}]},
    "unknown-pack": {"pack": "nobody"},
}


@pytest.mark.parametrize("case", BAD_AGREEMENTS)
def test_a_broken_agreement_is_a_problem(tmp_path: Path, case: str) -> None:
    # "Ids: letters, digits, -, _, ."; "unique in a pack"; "Sites lie within the term"; exit status 2: "broken definitions"
    world = World(tmp_path)
    world.agreement(**BAD_AGREEMENTS[case])
    world.submit(meetings=rounds(6))
    problems = world.check().problems
    assert any((problem["file"] or "").endswith("benn-mitte.yaml") for problem in problems), problems


def test_site_ids_are_unique_in_the_pack(tmp_path: Path) -> None:
    # "site ids are unique in a pack, not only in their agreement"
    world = mitte(tmp_path)
    world.agreement("benn-pankow", sites=[NORTH])
    world.submit(meetings=rounds(6))
    assert world.check().problems


def test_all_allowed_signs_of_an_id(tmp_path: Path) -> None:
    # "Ids: letters, digits, -, _, ."
    world = mitte(tmp_path, {**NORTH, "id": "S_1.a-9"})
    world.submit(meetings=rounds(6, site="S_1.a-9"))
    assert held(world, site="S_1.a-9") == 6


BAD_MANIFESTS: dict[str, dict[str, Any]] = {
    "neither-agreement-nor-pack": {"submitted_on": "2020-01-20", "submitted_by": "district"},
    "unknown-agreement": {"agreement": "nobody", "submitted_on": "2020-01-20", "submitted_by": "district"},
    "unknown-submitter": {"agreement": "benn-mitte", "submitted_on": "2020-01-20", "submitted_by": "mayor"},
    "no-day": {"agreement": "benn-mitte", "submitted_by": "district"},
    "complete-after-submission": {"complete": "2020-01-21"},
    "type-complete-after-submission": {"complete": {"meetings": "2020-01-21"}},
    "roles-complete-after-submission": {"complete": {"attendance": {"until": "2020-01-21", "roles": ["district_office"]}}},
    "complete-of-an-unknown-type": {"complete": {"meetingz": "2019-12-31"}},
    "roles-of-a-type-without-role": {"complete": {"meetings": {"until": "2019-12-31", "roles": ["district_office"]}}},
    "unknown-role": {"complete": {"attendance": {"until": "2019-12-31", "roles": ["janitor"]}}},
    "withdraws-none": {"withdraws": ["meetings:nobody"]},
    "withdraws-of-an-unknown-type": {"withdraws": ["meetingz:m-1"]},
    "withdraws-its-own": {"withdraws": ["meetings:m-1"]},
}


@pytest.mark.parametrize("case", BAD_MANIFESTS)
def test_a_broken_manifest_is_a_problem(tmp_path: Path, case: str) -> None:
    # "`complete` may not lie after `submitted_on`"; "`roles` … (fact types with a field `role`)"; "naming none is a problem"
    world = mitte(tmp_path)
    folder = world.submit(meetings=[ROUND])
    base = {"agreement": "benn-mitte", "submitted_on": "2020-01-20", "submitted_by": "district"}
    manifest = BAD_MANIFESTS[case]
    dump(folder / "submission.yaml", manifest if "submitted_by" in manifest else {**base, **manifest})
    problems = world.check().problems
    assert any((problem["file"] or "").endswith("submission.yaml") for problem in problems), problems


def test_complete_on_the_day_of_submission(tmp_path: Path) -> None:
    # "`complete` may not lie after `submitted_on`": the same day is allowed
    world = mitte(tmp_path)
    world.submit(meetings=[ROUND], complete="2020-01-20")
    assert world.check().status in (0, 1)


@pytest.mark.parametrize(
    ("complete", "status"),
    [
        (None, "undetermined"),
        ("2019-12-31", "deviation"),
        ("2019-12-30", "undetermined"),
        ({"meetings": "2019-12-31"}, "deviation"),
        ({"attendance": "2019-12-31"}, "undetermined"),
    ],
)
def test_what_is_not_declared_complete_is_not(tmp_path: Path, complete: Any, status: str) -> None:
    # "What is not declared complete is not complete."
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5), complete=complete)
    assert world.check().one("steering-rounds-held", "s-1", "2019")["status"] == status


def test_roles_limit_a_declaration(tmp_path: Path) -> None:
    # "`roles` limits a declaration to records of those roles"
    world = mitte(tmp_path)
    roles = ["district_coordinator", "district_office"]
    world.submit(meetings=rounds(6), complete={"meetings": "2019-12-31", "attendance": {"until": "2019-12-31", "roles": roles}})
    report = world.check()
    assert report.one("district-attends-steering-rounds", "s-1", "2019")["status"] == "deviation"
    assert report.one("senate-attends-steering-rounds", "s-1", "2019")["status"] == "undetermined"


def test_one_of_two_roles_is_not_complete(tmp_path: Path) -> None:
    # section 5: "for roles, each role that is asked for"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6), complete={"meetings": "2019-12-31", "attendance": {"until": "2019-12-31", "roles": ["district_office"]}})
    assert world.check().one("district-attends-steering-rounds", "s-1", "2019")["status"] == "undetermined"


def test_roles_of_several_submissions_add_up(tmp_path: Path) -> None:
    # "the latest day declared for a type (and role) counts": each role from another submission
    world = mitte(tmp_path)
    for name, role, day in (("a", "district_office", "2019-12-31"), ("b", "district_coordinator", "2019-12-31"), ("c", "district_office", "2019-06-30")):
        world.submit(folder=name, meetings=rounds(6) if name == "a" else [], complete={"meetings": "2019-12-31", "attendance": {"until": day, "roles": [role]}})
    assert world.check().one("district-attends-steering-rounds", "s-1", "2019")["status"] == "deviation"


@pytest.mark.parametrize("days", [("2019-12-31", "2019-06-30"), ("2019-06-30", "2019-12-31")])
def test_the_latest_declared_day_counts(tmp_path: Path, days: tuple[str, str]) -> None:
    # "Several submissions: the latest day declared for a type … counts": also where the later submission declares less
    world = mitte(tmp_path)
    world.submit(folder="a", on="2020-01-10", complete=days[0], meetings=rounds(5))
    world.submit(folder="b", on="2020-01-20", complete=days[1], by="team")
    assert world.check().one("steering-rounds-held", "s-1", "2019")["status"] == "deviation"


def test_a_withdrawn_record_no_longer_holds(tmp_path: Path) -> None:
    # "withdraws: records (type:id) of the same submitter's earlier submissions that no longer hold"
    world = mitte(tmp_path)
    world.submit(folder="a", on="2020-01-10", meetings=rounds(6))
    world.submit(folder="b", on="2020-01-20", withdraws=["meetings:steering_round-s-1-2019-0"])
    assert held(world) == 5


@pytest.mark.parametrize(("by", "first", "second"), [("team", "2020-01-10", "2020-01-20"), ("district", "2020-01-20", "2020-01-10")])
def test_nobody_withdraws_anothers_or_a_later_record(tmp_path: Path, by: str, first: str, second: str) -> None:
    # "of the same submitter's earlier submissions …; naming none is a problem"
    world = mitte(tmp_path)
    world.submit(folder="a", on=first, meetings=[ROUND])
    world.submit(folder="b", on=second, by=by, withdraws=["meetings:m-1"], complete=None)
    folder_b = [p for p in (world.check("--as-of", "2020-01-31")).problems if "/b/" in p["file"]]
    assert folder_b


def test_a_later_submission_replaces_a_record(tmp_path: Path) -> None:
    # "A later submission (by `submitted_on` …) of the same submitter replaces it": the folder's name does not matter first
    world = mitte(tmp_path)
    world.submit(folder="b", on="2020-01-10", meetings=[ROUND])
    world.submit(folder="a", on="2020-01-20", meetings=[{**ROUND, "status": "cancelled"}])
    assert held(world) == 0


def test_the_folder_name_decides_on_the_same_day(tmp_path: Path) -> None:
    # "(by `submitted_on`, then by folder name)"
    world = mitte(tmp_path)
    world.submit(folder="b", meetings=[{**ROUND, "status": "cancelled"}])
    world.submit(folder="a", meetings=[ROUND])
    assert held(world) == 0


def test_the_same_id_of_another_submitter_is_a_problem(tmp_path: Path) -> None:
    # "the same id from another submitter is a problem"
    world = mitte(tmp_path)
    world.submit(folder="a", on="2020-01-10", meetings=[ROUND])
    world.submit(folder="b", by="team", meetings=[ROUND])
    assert world.check().problems


def test_the_same_id_twice_in_one_submission_is_a_problem(tmp_path: Path) -> None:
    # "The same id twice in one submission is a problem."
    world = mitte(tmp_path)
    world.submit(meetings=[ROUND, {**ROUND, "date": "2019-04-02"}])
    assert world.check().problem("meetings.csv")["row"] == 3


def test_the_same_id_in_another_agreement_or_type_is_another_record(tmp_path: Path) -> None:
    # "A record's identity is fact type, agreement (or programme) and id."
    world = mitte(tmp_path)
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1"}])
    world.submit(meetings=[ROUND], funds=[{"id": "m-1", "site": "s-1", "year": 2019, "amount": "10", "provided_on": "2019-01-02"}])
    world.submit(agreement="benn-pankow", by="team", meetings=[{**ROUND, "site": "p-1"}])
    assert held(world) == 1
    assert held(world, site="p-1") == 1


def test_the_key_of_attendance(tmp_path: Path) -> None:
    # "attendance … key (meeting, role, site)"
    world = mitte(tmp_path)
    rows = present([ROUND]) + present([ROUND], "district_office")
    world.submit(meetings=[ROUND], attendance=rows)
    assert world.check().status in (0, 1)
    world.submit(meetings=[ROUND], attendance=[*rows, *present([ROUND], state="absent")])
    assert world.check().problem("attendance.csv")["row"] == 4


def test_references_point_to_the_agreement_or_the_programme(tmp_path: Path) -> None:
    # "References point to records of the same agreement, or of the programme."
    world = mitte(tmp_path)
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1"}])
    world.submit(folder="a", agreement=None, by="senate", meetings=[{"id": "jf-1", "date": "2019-03-05", "body": "jour_fixe"}])
    world.submit(agreement="benn-pankow", meetings=[{**ROUND, "id": "pm-1", "site": "p-1"}])
    world.submit(attendance=present([{"id": "jf-1"}]))
    assert world.check().status in (0, 1)
    world.submit(attendance=present([{"id": "pm-1"}]))
    problem = world.check().problem("attendance.csv")
    assert (problem["row"], problem["column"], problem["found"]) == (2, "meeting", "pm-1")


def test_a_reference_may_point_into_another_submission(tmp_path: Path) -> None:
    # "References point to records of the same agreement": not only of the same submission
    world = mitte(tmp_path)
    world.submit(folder="a", by="team", meetings=rounds(6))
    world.submit(folder="b", attendance=present(rounds(6)))
    assert world.check().one("district-attends-steering-rounds", "s-1", "2019")["value"] == 1


def test_known_on_ignores_later_submissions(tmp_path: Path) -> None:
    # "`--known-on DATE` ignores submissions made after that day"
    world = mitte(tmp_path)
    world.submit(folder="a", on="2020-01-10", complete=None, meetings=rounds(5))
    world.submit(folder="b", on="2020-01-20", meetings=[ROUND])
    assert held(world) == 6
    report = world.check("--known-on", "2020-01-19")
    finding = report.one("steering-rounds-held", "s-1", "2019")
    assert (finding["value"], finding["status"]) == (5, "undetermined")
    assert len(report.data["submissions"]) == 1
    assert held(world, "--known-on", "2020-01-20") == 6


def test_a_site_belongs_to_the_submissions_agreement(tmp_path: Path) -> None:
    # "`site` names a site of the submission's agreement"
    world = mitte(tmp_path)
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1"}])
    world.submit(meetings=[ROUND, {**ROUND, "id": "m-2", "site": "p-1"}])
    problem = world.check().problem("meetings.csv")
    assert (problem["row"], problem["column"], problem["found"]) == (3, "site", "p-1")


def test_a_record_outside_the_term_lies_in_no_window(tmp_path: Path) -> None:
    # "A record dated outside the term or the site's days is no problem: it lies in no window."
    world = mitte(tmp_path, {**NORTH, "from": "2019-06-01"})
    world.submit(meetings=[{**ROUND, "date": "2016-05-01"}, {**ROUND, "id": "m-2", "date": "2019-05-31"}, {**ROUND, "id": "m-3", "date": "2019-06-01"}])
    assert held(world) == 1


def test_a_record_of_an_agreement_is_not_the_programmes(tmp_path: Path) -> None:
    # "Every record belongs to its submission's agreement, or to the programme where the submission names none."
    world = mitte(tmp_path)
    fixes = [{"id": f"jf-{n}", "date": f"2019-0{n}-05", "body": "jour_fixe"} for n in (1, 2, 3, 4)]
    world.submit(meetings=rounds(6))
    world.submit(agreement=None, by="senate", meetings=fixes)
    assert world.check().one("jour-fixes-held", label="2019")["value"] == 4
