"""The CSV report: read back by Python's csv, pandas and DuckDB; numbers stay numbers, and no cell is a formula in any spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report_worlds import HOSTILE, hostile_problems, hostile_run, sample
from servanda.report.csv_report import COLUMNS, csv_problems, csv_report, formula_safe
from servanda.report.style import Style
from small_world import mitte, rounds

SEPARATOR = {"de": ";", "en": ","}
FORMULA = "=+-@\t\r\n＝＋－＠\u2212"


def rows_of(text: str, lang: str = "de") -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=SEPARATOR[lang], strict=True))


def number(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if text else None


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_finding_is_one_row_with_all_it_says(lang: str) -> None:
    run, data = sample(lang)
    names = {key: COLUMNS[key] if lang == "de" else key for key in COLUMNS}
    rows = rows_of(csv_report(run, Style(lang)), lang)
    assert list(rows[0]) == list(names.values())
    assert [row[names["id"]] for row in rows] == [finding["id"] for finding in data["findings"]]
    yes = {"de": {"ja": True, "nein": False}, "en": {"yes": True, "no": False}}[lang]
    for row, finding in zip(rows, data["findings"], strict=True):
        for key in ("agreement", "site", "obligation", "kind", "status", "unit"):
            assert row[names[key]] == (finding[key] or "")
        for key in ("open", "at_risk", "material"):
            assert yes[row[names[key]]] is finding[key]
        for key in ("value", "lower", "upper"):
            wanted = finding[key]
            assert number(row[names[key]]) == (None if wanted is None else Decimal(str(wanted)))
        assert [row[names[key]] for key in ("period", "from", "to")] == list(finding["period"].values())
        assert row[names["judgements"]] == ", ".join(finding["judgements"]) and row[names["clauses"]] == ", ".join(finding["clauses"])
        assert row[names["message"]] == finding["message"] and int(row[names["evidence_total"]]) == finding["evidence_total"]
        places = [f"{one['type']}:{one['id']} ({one['submission']}/{one['file']}:{one['row']})" for one in finding["evidence"]]
        assert row[names["evidence"]] == "; ".join(places)
        assert bool(row[names["missing"]]) == bool(finding["missing"])


def test_lines_end_as_rfc_4180_wants_and_a_row_is_a_line() -> None:
    run, data = sample()
    text = csv_report(run, Style())
    assert text == csv_report(run, Style())
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == len(data["findings"]) + 1


def test_pandas_reads_numbers_as_numbers(tmp_path: Path) -> None:
    run, data = sample()
    for lang, options in (("de", {"sep": ";", "decimal": ","}), ("en", {})):
        path = tmp_path / f"{lang}.csv"
        path.write_text(csv_report(run, Style(lang)), encoding="utf-8", newline="")
        frame = pandas.read_csv(path, encoding="utf-8", **options)
        value = frame[COLUMNS["value"] if lang == "de" else "value"]
        assert len(frame) == len(data["findings"]) and value.dtype == "float64" and list(frame.columns)[0] == (COLUMNS["id"] if lang == "de" else "id")
        wanted = [None if f["value"] is None else float(f["value"]) for f in data["findings"]]
        assert [None if pandas.isna(one) else one for one in value] == pytest.approx(wanted)


def test_duckdb_reads_both(tmp_path: Path) -> None:
    run, data = sample()
    for lang, mark in (("de", ","), ("en", ".")):
        path = tmp_path / f"{lang}.csv"
        path.write_text(csv_report(run, Style(lang)), encoding="utf-8", newline="")
        name = COLUMNS["value"] if lang == "de" else "value"
        query = f"""SELECT count(*), typeof(any_value("{name}")), count(DISTINCT "{COLUMNS['id'] if lang == 'de' else 'id'}")
                    FROM read_csv(?, delim=?, decimal_separator=?, header=true, strict_mode=true, sample_size=-1)"""
        assert duckdb.connect().execute(query, [str(path), SEPARATOR[lang], mark]).fetchall() == [(len(data["findings"]), "DOUBLE", len(data["findings"]))]


def begins_a_formula(cell: str) -> bool:
    rest = cell.lstrip(" \t\r\n\v\f\xa0\u3000\"")
    return bool(rest) and rest[0] in FORMULA


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_cell_is_a_formula_however_the_line_is_split(text: str, lang: str) -> None:
    written = csv_report(hostile_run(text), Style(lang))
    assert len(rows_of(written, lang)) == written.count("\r\n") - 1
    for problem_text in (written, csv_problems(hostile_problems(text), Style(lang))):
        for row in rows_of(problem_text, lang):
            for cell in row.values():
                assert not begins_a_formula(cell) or re.fullmatch(r"-?\d+([.,]\d+)?", cell), cell
        for separator in ";,\t|":
            for line in problem_text.removeprefix("\ufeff").splitlines():
                assert not any(begins_a_formula(part) and not re.fullmatch(r"-?\d+(\.\d+)?", part) for part in line.split(separator))


@given(st.text(st.sampled_from("=+-@\t\r\n ＝＋－＠\u2212;,|\"'a1\ufeff\u200b\xa0\x00"), max_size=12))
@settings(max_examples=1000)
def test_formula_safe_holds_for_any_text(text: str) -> None:
    safe = formula_safe(text)
    assert not begins_a_formula(safe) and not set(safe) & set("\t\r\n\x00\ufeff\u200b")
    for part in re.split(r"[;,|]", safe):
        assert not begins_a_formula(part)


@given(st.text(st.characters(), max_size=30))
@settings(max_examples=300)
def test_problems_survive_the_way_through_csv(text: str) -> None:
    rows = rows_of(csv_problems(hostile_problems(text), Style("en")), "en")
    assert len(rows) == 4 and rows[0]["found"] == formula_safe(text) and rows[0]["row"] == "7"


def test_harmless_text_is_left_alone() -> None:
    for text in ("Mitte", "3 – 4", "a=1", "x@y", "facts/benn/2019", "m-1; m-2", "", "§ 4"):
        assert formula_safe(text) == text


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    import dataclasses

    run, _ = sample()
    part = run.packs[0]
    first = next(f for f in part.findings if f.kind == "consented")
    found = dataclasses.replace(first, value=Decimal("-12.5"))
    text = csv_report(dataclasses.replace(run, packs=(dataclasses.replace(part, findings=(found,)),)), Style("de"))
    assert rows_of(text)[0]["Wert"] == "-12,50"


def test_long_evidence_fits_a_cell() -> None:
    rows = rows_of(csv_report(hostile_run("x" * 3000), Style()))
    assert max(len(cell) for row in rows for cell in row.values()) <= 32_767
    assert any(row["Belege"].endswith("; …") for row in rows)


def test_problems_are_rows(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[{**rounds(1)[0], "date": "=1+1"}])
    outcome = world.run("check", str(world.facts), *world.base(), "--format", "csv", "--lang", "en")
    assert outcome.status == 2
    (row,) = rows_of(outcome.out, "en")
    problem = world.check("--lang", "en").problems[0]
    assert row["found"] == "'=1+1" and problem["found"] == "=1+1"
    assert {key: row[key] for key in ("code", "file", "column")} == {key: problem[key] for key in ("code", "file", "column")}
    assert json.dumps(int(row["row"])) == json.dumps(problem["row"])
