"""Contract, section 2: the formats of tables, what a cell may hold, and the fact types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from small_books import grid, ods, parquet, xlsx
from small_world import NORTH, World, csv_text, mitte, plain_dates, present, rounds

ROUND = {"id": "m-1", "date": "2019-03-05", "body": "steering_round", "site": "s-1"}
FUND = {"id": "f-1", "site": "s-1", "year": 2019, "amount": "10000.00", "provided_on": "2019-01-02"}
COST = {"id": "e-1", "site": "s-1", "date": "2019-03-05", "amount": "10.00"}


def money(world: World) -> str:
    """What consent-before-spend measures: all expenditures here are without a measure."""
    return world.check().one("consent-before-spend", "s-1", "2019")["value"]


def write_table(folder: Path, form: str, rows: list[dict[str, Any]]) -> None:
    path = folder / f"meetings.{form}"
    match form:
        case "csv":
            path.write_text(csv_text(rows), encoding="utf-8")
        case "yaml":
            path.write_text(plain_dates(yaml.safe_dump(rows)), encoding="utf-8")
        case "json":
            path.write_text(json.dumps(rows), encoding="utf-8")
        case "jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        case "parquet":
            parquet(path, rows)
        case "xlsx":
            xlsx(folder / "anything.xlsx", {"meetings": grid(rows)})
        case "ods":
            ods(folder / "anything.ods", {"meetings": grid(rows)})


@pytest.mark.parametrize("form", ["csv", "yaml", "json", "jsonl", "parquet", "xlsx", "ods"])
def test_every_format_of_a_table(tmp_path: Path, form: str) -> None:
    # "Tables: <fact type>.csv, .yaml …, .json …, .jsonl …, .parquet, or <anything>.xlsx/.ods with one sheet a fact type"
    world = mitte(tmp_path)
    write_table(world.submit(), form, [*rounds(4), {**ROUND, "status": "cancelled"}])
    finding = world.check().one("steering-rounds-held", "s-1", "2019")
    assert (finding["value"], finding["status"]) == (4, "deviation")


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_workbook_has_one_sheet_a_fact_type(tmp_path: Path, form: str) -> None:
    # "<anything>.xlsx/.ods with one sheet a fact type"
    world = mitte(tmp_path)
    book = world.submit() / f"Lieferung.{form}"
    {"xlsx": xlsx, "ods": ods}[form](book, {"meetings": grid(rounds(6)), "attendance": grid(present(rounds(5)))})
    assert world.check().one("district-attends-steering-rounds", "s-1", "2019")["value"] == 0.8333


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_problem_in_a_workbook_names_sheet_and_cell(tmp_path: Path, form: str) -> None:
    # section 7: "file (with sheet and cell for workbooks)"; "`cell` is `B7` in workbooks"
    world = mitte(tmp_path)
    rows = rounds(6)
    rows[5]["date"] = "31.02.2019"
    {"xlsx": xlsx, "ods": ods}[form](world.submit() / f"x.{form}", {"meetings": grid(rows)})
    problem = world.check().problem(f"x.{form}")
    assert (problem["sheet"], problem["cell"], problem["row"], problem["column"], problem["found"]) == ("meetings", "B7", 7, "date", "31.02.2019")


@pytest.mark.parametrize("other", ["yaml", "json", "xlsx"])
def test_a_fact_type_comes_from_one_table(tmp_path: Path, other: str) -> None:
    # "a fact type comes from one table a submission"
    world = mitte(tmp_path)
    write_table(world.submit(meetings=[ROUND]), other, [{**ROUND, "id": "m-2"}])
    assert world.check().problems


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("utf-8", ";"), ("utf-8-sig", ","), ("utf-8-sig", ";")])
def test_csv_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    # "CSV: UTF-8 (with or without BOM …), comma or semicolon, header row, quoted as usual"
    world = mitte(tmp_path)
    rows = [{"id": f"e-{n}", "title": f'„Fest, Ä;ß" und\nmehr {n}', "date": "2019-03-05", "site": "s-1", "goals": "networks"} for n in (1, 2)]
    (world.submit() / "measures.csv").write_bytes(csv_text(rows, delimiter).encode(encoding))
    assert world.check().one("networks-built", "s-1", "2019")["value"] == 2


def test_other_bytes_are_a_problem(tmp_path: Path) -> None:
    # "(… other bytes are a problem)"
    world = mitte(tmp_path)
    (world.submit() / "measures.csv").write_bytes("id,title,date,site\na,Straßenfest,2019-03-05,s-1\n".encode("latin-1"))
    assert world.check().problem("measures.csv")


def test_rows_count_lines_of_an_editor(tmp_path: Path) -> None:
    # section 7: "`row` is the line a person sees in an editor … (the header is row 1)"
    world = mitte(tmp_path)
    world.submit(measures='id,title,date,site\na,"one\ntwo",2019-03-05,s-1\n\nb,three,2019-13-05,s-1\n')
    assert world.check().problem("measures.csv")["row"] == 5


@pytest.mark.parametrize("intruder", ["notes.txt", "README.md", "meetingz.csv", "meetings.xls", "folder", "link"])
def test_foreign_files_are_a_problem(tmp_path: Path, intruder: str) -> None:
    # "Links, folders and files of no known type in a submission's folder are a problem."
    world = mitte(tmp_path)
    folder = world.submit(meetings=[ROUND])
    if intruder == "folder":
        (folder / "folder").mkdir()
    elif intruder == "link":
        (tmp_path / "real.csv").write_text(csv_text([COST]))
        (folder / "expenditures.csv").symlink_to(tmp_path / "real.csv")
    else:
        (folder / intruder).write_text("id\n")
    assert world.check().problem("expenditures.csv" if intruder == "link" else intruder)


@pytest.mark.parametrize("date", ["2019-03-05", "05.03.2019"])
def test_dates_are_iso_or_german(tmp_path: Path, date: str) -> None:
    # "dates are ISO `2019-03-31` or German `31.03.2019`"
    world = mitte(tmp_path)
    world.submit(meetings=[{**ROUND, "date": date}])
    assert world.check().one("steering-rounds-held", "s-1", "2019")["value"] == 1


@pytest.mark.parametrize(
    "date",
    [
        "31.02.2019",
        "2019-02-30",
        "03/05/2019",
        "5.3.2019",
        "2019-3-5",
        "05.03.19",
        "20190305",
        "2019-03-05T10:00",
        "1999-12-31",
        "2101-01-01",
        "soon",
        "43529",
        "2019-03",
        "NA",
        "null",
    ],
)
def test_nothing_else_is_a_date(tmp_path: Path, date: str) -> None:
    # "nothing else"; "dates from 2000-01-01 to 2100-12-31"; "whatever `NA` or `null` may be is text"
    world = mitte(tmp_path)
    world.submit(meetings=[{**ROUND, "date": date}])
    problem = world.check().problem("meetings.csv")
    assert (problem["row"], problem["column"], problem["found"]) == (2, "date", date)


@pytest.mark.parametrize("date", ["2000-01-01", "2100-12-31"])
def test_the_first_and_the_last_date(tmp_path: Path, date: str) -> None:
    # "dates from 2000-01-01 to 2100-12-31"
    world = mitte(tmp_path)
    world.submit(meetings=[{**ROUND, "date": date}])
    assert world.check().status in (0, 1)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1234", "1234.00"),
        ("0,5", "0.50"),
        ("0.5", "0.50"),
        ("999999999999.99", "999999999999.99"),
        ("1.234.567,89", "1234567.89"),
        ("12,00", "12.00"),
    ],
)
def test_amounts(tmp_path: Path, text: str, amount: str) -> None:
    # "amounts `1234.56` or German `1.234,56` (also `1234,56`), at most two decimals, under 10¹²"; "decimals with two places"
    world = mitte(tmp_path)
    world.submit(expenditures=[{**COST, "amount": text}])
    assert money(world) == amount


@pytest.mark.parametrize(
    "text", ["1,234.56", "12.345,678", "0.001", "1e3", "12 €", "abc", "1000000000000", "12,34,56", "NaN", "Infinity", "--5", "NA", "1.23.4,00"]
)
def test_nothing_else_is_an_amount(tmp_path: Path, text: str) -> None:
    # "at most two decimals, under 10¹²"
    world = mitte(tmp_path)
    world.submit(expenditures=[{**COST, "amount": text}])
    problem = world.check().problem("expenditures.csv")
    assert (problem["row"], problem["column"], problem["found"]) == (2, "amount", text)


@pytest.mark.parametrize("form", ["csv", "yaml", "json"])
def test_amounts_are_never_floats(tmp_path: Path, form: str) -> None:
    # "Amounts are decimals with two places, never floats."
    world = mitte(tmp_path)
    rows = [{**COST, "id": f"e-{n}", "amount": 0.1} for n in range(3)] + [{**COST, "id": "big", "amount": 100000000000.03}]
    folder = world.submit()
    texts = {"csv": csv_text(rows), "yaml": plain_dates(yaml.safe_dump(rows)), "json": json.dumps(rows)}
    (folder / f"expenditures.{form}").write_text(texts[form])
    assert money(world) == "100000000000.33"


@pytest.mark.parametrize(("word", "value"), [("true", 1), ("ja", 1), ("1", 1), ("false", 0), ("nein", 0), ("0", 0)])
def test_booleans(tmp_path: Path, word: str, value: int) -> None:
    # "booleans `true/false/ja/nein/1/0`": a meeting that concerns the Senate is owed attendance
    world = mitte(tmp_path)
    world.submit(meetings=[{"id": "m", "date": "2019-03-05", "body": "district_body", "concerns_senate": word}])
    status = world.check().one("senate-attends-district-bodies", label="2019")["status"]
    assert status == ("deviation" if value else "not_applicable")


@pytest.mark.parametrize("word", ["yes", "x", "2", "wahr"])
def test_nothing_else_is_a_boolean(tmp_path: Path, word: str) -> None:
    # "booleans `true/false/ja/nein/1/0`"
    world = mitte(tmp_path)
    world.submit(meetings=[{**ROUND, "concerns_senate": word}])
    assert world.check().problem("meetings.csv")["column"] == "concerns_senate"


def test_lists_are_separated_by_a_bar(tmp_path: Path) -> None:
    # "lists are separated by `|`"
    world = mitte(tmp_path)
    world.submit(measures=[{"id": "a", "site": "s-1", "title": "T", "goals": "networks|empowerment", "date": "2019-03-05"}])
    report = world.check()
    assert [report.one(name, "s-1", "2019")["value"] for name in ("networks-built", "refugees-activated", "volunteering-supported")] == [1, 1, 0]


@pytest.mark.parametrize("word", ["NA", "null", "None", "nan", "-"])
def test_na_and_null_are_text(tmp_path: Path, word: str) -> None:
    # "whatever `NA` or `null` may be is text": as a title it is given
    world = mitte(tmp_path)
    world.submit(measures=[{"id": word if word != "-" else "x", "site": "s-1", "title": word, "goals": "networks", "date": "2019-03-05"}])
    assert world.check().one("networks-built", "s-1", "2019")["value"] == 1


@pytest.mark.parametrize(("year", "good"), [("2000", True), ("2100", True), ("1999", False), ("2101", False), ("2019.5", False), ("19", False)])
def test_years(tmp_path: Path, year: str, good: bool) -> None:
    # "Years are whole, 2000 to 2100"
    world = mitte(tmp_path)
    world.submit(funds=[{**FUND, "year": year}])
    report = world.check()
    assert report.status in (0, 1) if good else report.problem("funds.csv")["column"] == "year"


def test_german_headers_in_any_order(tmp_path: Path) -> None:
    # "Column headers are the field's name or its German label, in any order; columns of optional fields may be missing."
    world = mitte(tmp_path)
    world.submit(meetings="Standort;Gremium;Kennung;Datum\ns-1;steering_round;m-1;05.03.2019\n")
    assert world.check().one("steering-rounds-held", "s-1", "2019")["value"] == 1


def test_an_undeclared_column_is_a_problem(tmp_path: Path) -> None:
    # section 7: "for a column that is not declared, its header"
    world = mitte(tmp_path)
    world.submit(meetings=[{**ROUND, "weather": "rain"}])
    problem = world.check().problem("meetings.csv")
    assert (problem["row"], problem["column"]) == (1, "weather")


def test_a_missing_column_is_named_in_row_one(tmp_path: Path) -> None:
    # section 7: "A field that is missing as a column names the column and row 1."
    world = mitte(tmp_path)
    world.submit(meetings="id,body,site\nm-1,steering_round,s-1\nm-2,steering_round,s-1\n")
    problem = world.check().problem("meetings.csv")
    assert (problem["row"], problem["column"]) == (1, "date")


GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "a jour fixe needs no site": ("meetings", {**ROUND, "body": "jour_fixe", "site": ""}),
    "a refund": ("expenditures", {**COST, "amount": "-10.00"}),
    "funds of nothing": ("funds", {**FUND, "amount": "0"}),
    "a programme report needs no site": ("documents", {"id": "d", "kind": "programme_report", "year": 2019, "submitted_on": "2019-05-01"}),
    "an evaluation report needs no site": ("documents", {"id": "d", "kind": "evaluation_report", "year": 2019, "submitted_on": "2019-05-01"}),
    "a coordinator needs no site": ("staffing", {"id": "a", "role": "district_coordinator", "from": "2019-01-01", "to": "2019-01-01"}),
    "a part of a post": ("staffing", {"id": "a", "role": "benn_team", "site": "s-1", "from": "2019-01-01", "fte": "0.5"}),
    "an opinion without days": ("measures", {"id": "a", "site": "s-1", "title": "T", "date": "2019-01-01"}),
}
BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "steering round without site": ("meetings", {**ROUND, "site": ""}, "site"),
    "council without site": ("meetings", {**ROUND, "body": "residents_council", "site": ""}, "site"),
    "forum without site": ("meetings", {**ROUND, "body": "neighbourhood_forum", "site": ""}, "site"),
    "alternative without site": ("meetings", {**ROUND, "body": "alternative_participation", "site": ""}, "site"),
    "unknown body": ("meetings", {**ROUND, "body": "party"}, "body"),
    "unknown status": ("meetings", {**ROUND, "status": "maybe"}, "status"),
    "unknown organiser": ("meetings", {**ROUND, "organiser": "mayor"}, "organiser"),
    "no id": ("meetings", {**ROUND, "id": ""}, "id"),
    "bad id": ("meetings", {**ROUND, "id": "m 1"}, "id"),
    "team without site": ("staffing", {"id": "a", "role": "qm_benn", "site": "", "from": "2019-01-01"}, "site"),
    "to before from": ("staffing", {"id": "a", "role": "district_coordinator", "from": "2019-01-02", "to": "2019-01-01"}, "to"),
    "fte of nothing": ("staffing", {"id": "a", "role": "district_coordinator", "from": "2019-01-02", "fte": "0"}, "fte"),
    "negative funds": ("funds", {**FUND, "amount": "-1"}, "amount"),
    "unknown category": ("expenditures", {**COST, "category": "food"}, "category"),
    "unknown measure": ("expenditures", {**COST, "measure": "nobody"}, "measure"),
    "unknown goal": ("measures", {"id": "a", "site": "s-1", "title": "T", "goals": "networks|fun", "date": "2019-01-01"}, "goals"),
    "plan without site": ("documents", {"id": "d", "kind": "action_plan", "site": "", "year": 2019, "submitted_on": "2019-05-01"}, "site"),
    "proof without site": ("documents", {"id": "d", "kind": "proof_of_use", "site": "", "year": 2019, "submitted_on": "2019-05-01"}, "site"),
    "unknown obligation": (
        "attestations",
        {"id": "a", "obligation": "nothing", "party": "district", "year": 2019, "date": "2019-05-01", "note": "n"},
        "obligation",
    ),
    "no note": ("attestations", {"id": "a", "obligation": "web-portal", "party": "senate", "year": 2019, "date": "2019-05-01", "note": ""}, "note"),
    "waiver reversed": (
        "waivers",
        {
            "id": "w",
            "obligation": "steering-rounds-held",
            "from": "2019-02-01",
            "to": "2019-01-31",
            "agreed_on": "2019-01-01",
            "agreed_by": "both",
            "reason": "r",
        },
        "to",
    ),
    "waiver of nothing": (
        "waivers",
        {"id": "w", "obligation": "nothing", "from": "2019-02-01", "to": "2019-02-28", "agreed_on": "2019-01-01", "agreed_by": "both", "reason": "r"},
        "obligation",
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_good_record(tmp_path: Path, case: str) -> None:
    # the table of fact types: what is not marked `*` may be empty
    world = mitte(tmp_path)
    kind, row = GOOD[case]
    world.submit(**{kind: [row]})
    assert world.check().status in (0, 1)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_record(tmp_path: Path, case: str) -> None:
    # the table of fact types: `*` required, choices in braces, bounds of numbers
    world = mitte(tmp_path)
    kind, row, column = BAD[case]
    world.submit(**{kind: [row]})
    problem = world.check().problem(f"{kind}.csv")
    assert (problem["row"], problem["column"]) == (2, column)


def test_a_negative_consent_is_a_problem(tmp_path: Path) -> None:
    # "consents … amount decimal ≥ 0"
    world = mitte(tmp_path)
    world.submit(
        measures=[{"id": "a", "site": "s-1", "title": "T", "date": "2019-01-01"}],
        consents=[{"id": "c", "measure": "a", "date": "2019-01-01", "decision": "granted", "amount": "-0.01"}],
    )
    assert world.check().problem("consents.csv")["column"] == "amount"


def test_what_empty_fields_mean(tmp_path: Path) -> None:
    # "`= x` what an empty field means": status = held, state = present
    world = mitte(tmp_path)
    meetings = rounds(4, status="")
    world.submit(meetings=meetings, attendance=present(meetings, state=""))
    report = world.check()
    assert report.one("steering-rounds-held", "s-1", "2019")["value"] == 4
    assert report.one("district-attends-steering-rounds", "s-1", "2019")["value"] == 1


@pytest.mark.parametrize("status", ["cancelled", "planned"])
def test_only_held_meetings_count(tmp_path: Path, status: str) -> None:
    # "status {held, cancelled, planned}"
    world = mitte(tmp_path, NORTH)
    world.submit(meetings=rounds(4, status=status))
    assert world.check().one("steering-rounds-held", "s-1", "2019")["value"] == 0
