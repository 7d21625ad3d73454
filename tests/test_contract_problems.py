"""Contract, section 7: problems with the input, and --keep-going."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, World, csv_text, mitte, rounds

ROUND = {"id": "m-1", "date": "2019-03-05", "body": "steering_round", "site": "s-1"}
PRESS = {"id": "r-1", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-03-04", "answered_on": "2019-03-20"}
BROKEN = {**ROUND, "id": "m-9", "date": "31.02.2019"}
KEYS = {"code", "file", "sheet", "cell", "row", "column", "found", "expected", "message"}


def test_the_shape_of_problems(tmp_path: Path) -> None:
    # the example of `servanda.problems/1`
    world = mitte(tmp_path)
    world.submit(meetings=[*rounds(5), BROKEN])
    outcome = world.check()
    assert outcome.status == 2
    assert set(outcome.data) >= {"schema", "problems"}
    problem = outcome.problem("meetings.csv")
    assert set(problem) >= KEYS
    assert problem["file"].endswith("facts/benn-mitte/2019/meetings.csv")
    expected = {"code": "invalid-date", "sheet": None, "cell": None, "row": 7, "column": "date", "found": "31.02.2019"}
    assert {name: problem[name] for name in expected} == expected
    assert problem["expected"]
    assert problem["message"]


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    # "Every problem with the input is reported at once, not only the first"
    world = mitte(tmp_path)
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1", "kind": "nothing"}])
    world.submit(
        meetings=[{**ROUND, "date": "x", "body": "y"}, {**ROUND, "id": "m-2", "site": "z"}, {**ROUND, "id": ""}],
        requests=[{**PRESS, "topic": "weather"}],
        funds=[{"id": "f", "site": "s-1", "year": "1999", "amount": "a", "provided_on": "2019-01-01"}],
    )
    world.submit(folder="2018", complete="2030-01-01", on="2019-01-20")
    found = {(Path(problem["file"]).parent.name, Path(problem["file"]).name, problem["row"], problem["column"]) for problem in world.check().problems}
    assert found >= {
        ("2019", "meetings.csv", 2, "date"),
        ("2019", "meetings.csv", 2, "body"),
        ("2019", "meetings.csv", 3, "site"),
        ("2019", "meetings.csv", 4, "id"),
        ("2019", "requests.csv", 2, "topic"),
        ("2019", "funds.csv", 2, "year"),
        ("2019", "funds.csv", 2, "amount"),
    }, found
    names = {(folder, file) for folder, file, _, _ in found}
    assert {("2018", "submission.yaml"), ("agreements", "benn-pankow.yaml")} <= names


@pytest.mark.parametrize("file", ["notes.txt", "meetings.csv"])
def test_a_broken_manifest_hides_no_other_problem(tmp_path: Path, file: str) -> None:
    # "Every problem with the input is reported at once, not only the first": also of a folder whose manifest is wrong
    world = mitte(tmp_path)
    folder = world.submit(complete="2020-01-21", meetings=[BROKEN])
    (folder / "notes.txt").write_text("x")
    assert {"submission.yaml", file} <= {Path(problem["file"]).name for problem in world.check().problems}


@pytest.mark.parametrize("level", ["never", "deviation"])
def test_problems_never_obey_fail_on(tmp_path: Path, level: str) -> None:
    # "Problems never obey `--fail-on`."
    world = mitte(tmp_path)
    world.submit(meetings=[BROKEN])
    assert world.check("--fail-on", level).status == 2


def test_problems_in_the_table_format(tmp_path: Path) -> None:
    # decided: "problems in table format go to standard error"; "file, row or line, column, what was found, what was expected"
    world = mitte(tmp_path)
    world.submit(meetings=[*rounds(5), BROKEN])
    outcome = world.table()
    assert (outcome.status, outcome.out) == (2, "")
    text = " ".join(outcome.err.split())
    assert all(word in text for word in ("meetings.csv", "7", "date", "31.02.2019")), outcome.err


def test_nothing_is_evaluated_and_written(tmp_path: Path) -> None:
    # "With 2 nothing is evaluated": a file asked for as JSON holds the problems
    world = mitte(tmp_path)
    world.submit(meetings=[BROKEN])
    target = tmp_path / "a.json"
    assert world.table("--format", "json", "--output", str(target)).status == 2
    assert not target.exists() or json.loads(target.read_text(encoding="utf-8"))["schema"] == "servanda.problems/1"


CSV_TEXTS: dict[str, tuple[str, int]] = {
    "too many cells": ("id,date,body,site\nm-1,2019-03-05,steering_round,s-1\nm-2,2019-03-05,steering_round,s-1,more\n", 3),
    "a column twice": ("id,date,body,site,date\nm-1,2019-03-05,steering_round,s-1,2019-03-05\n", 1),
    "field and label": ("id,date,body,site,Datum\nm-1,2019-03-05,steering_round,s-1,2019-03-05\n", 1),
    "a required cell empty": ("id,date,body,site\nm-1,2019-03-05,steering_round,s-1\nm-2,,steering_round,s-1\n", 3),
    "after an empty line": ("id,date,body,site\n\nm-1,soon,steering_round,s-1\n", 3),
    "after a quoted line break": ('id,date,body,site,organiser\n"m-1",2019-03-05,"steering_round",s-1,"team"\nm-2,"\n",steering_round,s-1,team\n', 3),
}


@pytest.mark.parametrize("case", CSV_TEXTS)
def test_rows_of_csv(tmp_path: Path, case: str) -> None:
    # "`row` is the line a person sees in an editor"; "Where a record as a whole is wrong (too many cells …)"
    text, row = CSV_TEXTS[case]
    world = mitte(tmp_path)
    world.submit(meetings=text)
    assert [problem["row"] for problem in world.check().problems if problem["file"].endswith("meetings.csv")] == [row]


@pytest.mark.parametrize("text", ["", "\n", 'id,date,body,site\n"m-1,2019-03-05,steering_round,s-1\n'])
def test_broken_csv_is_a_problem(tmp_path: Path, text: str) -> None:
    # "header row, quoted as usual"; unreadable facts
    world = mitte(tmp_path)
    (world.submit() / "meetings.csv").write_text(text, encoding="utf-8")
    assert world.check().problem("meetings.csv")


YAML_TEXTS: dict[str, tuple[str, int | None, str | None]] = {
    "a value": (
        "- id: m-1\n  date: 2019-03-05\n  body: steering_round\n  site: s-1\n- id: m-2\n  body: steering_round\n  site: s-1\n  date: 31.02.2019\n",
        8,
        "date",
    ),
    "a missing value": ("- id: m-1\n  date: 2019-03-05\n  body: steering_round\n  site: s-1\n\n- id: m-2\n  body: steering_round\n  site: s-1\n", 6, "date"),
    "an undeclared field": ("- id: m-1\n  date: 2019-03-05\n  body: steering_round\n  site: s-1\n  weather: rain\n", 5, "weather"),
}


@pytest.mark.parametrize("case", YAML_TEXTS)
def test_rows_of_yaml(tmp_path: Path, case: str) -> None:
    # "for YAML and JSON it is the line of the value, or of the record where a value is missing"
    text, row, column = YAML_TEXTS[case]
    world = mitte(tmp_path)
    (world.submit() / "meetings.yaml").write_text(text, encoding="utf-8")
    problem = world.check().problem("meetings.yaml")
    assert (problem["row"], problem["column"]) == (row, column)


JSON_TEXTS: dict[str, tuple[str, int, str]] = {
    "a value": ('[\n {"id": "m-1",\n  "body": "steering_round",\n  "site": "s-1",\n  "date": "31.02.2019"}\n]\n', 5, "date"),
    "a missing value": ('[\n\n {"id": "m-1",\n  "body": "steering_round",\n  "site": "s-1"}\n]\n', 3, "date"),
}


@pytest.mark.parametrize("case", sorted(JSON_TEXTS))
def test_rows_of_json(tmp_path: Path, case: str) -> None:
    # the same of JSON
    text, row, column = JSON_TEXTS[case]
    world = mitte(tmp_path)
    (world.submit() / "meetings.json").write_text(text, encoding="utf-8")
    problem = world.check().problem("meetings.json")
    assert (problem["row"], problem["column"]) == (row, column)


@pytest.mark.parametrize(
    ("name", "text"),
    [("meetings.yaml", "- [unclosed\n"), ("meetings.yaml", "just words\n"), ("meetings.yaml", "id: m-1\n"), ("submission.yaml", "{"), ("submission.yaml", "")],
)
def test_unreadable_files(tmp_path: Path, name: str, text: str) -> None:
    # "2 not evaluated: … unreadable or invalid facts"
    world = mitte(tmp_path)
    (world.submit() / name).write_text(text, encoding="utf-8")
    assert any(problem["file"].endswith(name) for problem in world.check().problems)


def test_broken_definitions(tmp_path: Path) -> None:
    # "2 not evaluated: … broken definitions"
    world = mitte(tmp_path)
    pack = world.own_rules()
    world.submit(meetings=rounds(5))
    path = pack / "obligations" / "section-8.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("facts: notices", "facts: letters"), encoding="utf-8")
    assert any(problem["file"].endswith("section-8.yaml") for problem in world.check().problems)


def two(folder: Path, **tables: Any) -> World:
    world = mitte(folder)
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1"}])
    world.submit(**tables)
    world.submit(agreement="benn-pankow", meetings=rounds(5, site="p-1"))
    return world


def test_keep_going_leaves_bad_records_out(tmp_path: Path) -> None:
    # "`--keep-going`, which leaves the bad records out, says so, and takes back the completeness of their fact type for that agreement"
    world = two(tmp_path, meetings=[*rounds(5), BROKEN], requests=[PRESS])
    outcome = world.check("--keep-going")
    assert outcome.status in (0, 1)
    finding = outcome.one("steering-rounds-held", "s-1", "2019")
    assert (finding["value"], finding["status"]) == (5, "undetermined")
    assert outcome.one("steering-rounds-held", "p-1", "2019")["status"] == "deviation"
    answered = [item for item in outcome.all_of("requests-answered") if item["agreement"] == "benn-mitte" and item["period"]["label"] == "2019"]
    assert answered[0]["status"] == "deviation"


@pytest.mark.parametrize("form", ["json", "table"])
def test_keep_going_says_so(tmp_path: Path, form: str) -> None:
    # "says so": the file of the bad record is named
    world = two(tmp_path, meetings=[*rounds(5), BROKEN])
    outcome = world.table("--keep-going", "--format", form)
    assert outcome.status in (0, 1)
    assert "meetings.csv" in outcome.err + outcome.out
    assert "31.02.2019" in outcome.err + outcome.out


def test_keep_going_of_other_types(tmp_path: Path) -> None:
    # "of their fact type": a bad request leaves the meetings complete
    world = two(tmp_path, meetings=rounds(5), requests=[{**PRESS, "answered_on": "2019-03-05"}, {**PRESS, "id": "r-2", "topic": "weather"}])
    outcome = world.check("--keep-going")
    assert outcome.one("steering-rounds-held", "s-1", "2019")["status"] == "deviation"
    answered = [item for item in outcome.all_of("requests-answered") if item["agreement"] == "benn-mitte" and item["period"]["label"] == "2019"]
    assert answered[0]["status"] == "undetermined"


def test_keep_going_without_problems(tmp_path: Path) -> None:
    # without bad records it changes nothing
    world = two(tmp_path, meetings=rounds(5))
    assert world.check("--keep-going").out == world.check().out


def test_a_record_that_refers_to_a_bad_one(tmp_path: Path) -> None:
    # a bad meeting takes its attendance with it: left out as well, not an error of the program
    world = two(tmp_path, meetings=[*rounds(5), BROKEN], attendance=csv_text([{"meeting": "m-9", "role": "district_office"}]))
    outcome = world.check("--keep-going")
    assert outcome.status in (0, 1)
    assert outcome.one("district-attends-steering-rounds", "s-1", "2019")["status"] == "undetermined"
