"""`servanda validate`: exit status, formats, encodings, languages, paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import RULES
from hostile_files import valid, valid_ods
from servanda.cli import servanda as command_line
from test_bad_inputs import SUBMISSION, write

HERE = SUBMISSION["benn"]
ROWS = "id;date;title\np-1;2019-03-12;Eröffnung\n"
BYTE = ROWS.index("ö") + 1


def run(command: str, *arguments: str) -> Result:
    """A command with the project's rules and the agreements here."""
    day = ["--as-of", "2020-01-31"] if command == "check" else []
    return CliRunner().invoke(command_line, [command, "--rules", str(RULES), "--agreements", "agreements", *day, *arguments], standalone_mode=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The world `benn` in the current folder."""
    monkeypatch.chdir(tmp_path)
    write({"world": "benn"}, tmp_path)
    return tmp_path


@pytest.mark.parametrize(("lang", "words"), [("de", "2 Sätze: kein Problem. Bewertet wurde nichts."), ("en", "2 records: no problem. Nothing was evaluated.")])
def test_what_is_sound_is_said(here: Path, lang: str, words: str) -> None:
    (here / HERE / "press_releases.csv").write_text(ROWS, encoding="utf-8")
    (here / HERE / "meldung.xlsx").write_bytes(valid())
    result = run("validate", "facts", "--lang", lang)
    assert result.return_value == 0 and result.exception is None and result.stderr == ""
    said = " ".join(result.stdout.split())
    assert words in said and f"✓ {HERE.rstrip('/')}" in said and "Mitte" in said
    assert run("validate", "facts", "--lang", lang).stdout == result.stdout


def test_what_is_sound_as_json(here: Path) -> None:
    (here / HERE / "meldung.ods").write_bytes(valid_ods())
    result = run("validate", "facts", "--format", "json")
    assert result.return_value == 0
    report = json.loads(result.stdout)
    assert (report["schema"], report["problems"], report["encodings"]) == ("servanda.problems/1", [], [])
    one, = report["submissions"]
    assert (one["path"], one["agreement"], one["submitted_by"], one["records"]) == (HERE.rstrip("/"), "a", "district", {"meetings": 1})
    again = run("validate", "facts", "--format", "json", "--output", "report.json", "--format", "table")
    assert again.return_value == 0 and (here / "report.json").read_text(encoding="utf-8") == result.stdout
    assert "kein Problem" in " ".join(again.stdout.split())


def test_problems_end_with_two_in_every_format(here: Path) -> None:
    (here / HERE / "meetings.jsonl").write_text('{"id": "m-1", "date": "2019-02-30", "body": "other"}\n{"id"\n', encoding="utf-8")
    result = run("validate", "facts", "--lang", "en")
    assert result.return_value == 2 and result.stdout == ""
    assert "meetings.jsonl:1 · date" in result.stderr and "“2019-02-30” is not a date." in result.stderr
    assert "not valid JSON: it ends too early" in " ".join(result.stderr.split())
    result = run("validate", "facts", "--format", "json", "--output", "problems.json")
    assert result.return_value == 2 and "„2019-02-30“ ist kein Datum." in result.stderr
    problems = json.loads((here / "problems.json").read_text(encoding="utf-8"))["problems"]
    assert [(one["code"], one["row"]) for one in problems] == [("invalid-date", 1), ("invalid-json", 2)]
    assert {one["file"] for one in problems} == {f"{HERE}meetings.jsonl"}


def test_problems_of_workbooks_name_sheet_and_cell(here: Path) -> None:
    write({"world": "benn", "books": {"meldung.xlsx": {"Sitzungen": [["id", "date", "body"], ["m-1", "31.02.2019", "other"]]}}, "remove": []}, here)
    result = run("validate", "facts", "--format", "json")
    problem = json.loads(result.stdout)["problems"][0]
    assert {key: problem[key] for key in ("file", "sheet", "cell", "row", "column")} == {
        "file": f"{HERE}meldung.xlsx", "sheet": "Sitzungen", "cell": "B2", "row": 2, "column": "date"
    }
    assert "Sitzungen" in run("validate", "facts").stderr and "B2" in run("validate", "facts").stderr


@pytest.mark.parametrize("lang", ["de", "en"])
def test_nothing_to_validate_is_no_green_light(here: Path, lang: str) -> None:
    (here / HERE / "submission.yaml").unlink()
    result = run("validate", "facts", "--lang", lang)
    assert result.return_value == 2 and "nothing-to-validate" in result.stderr and result.stdout == ""
    assert json.loads(run("validate", "facts", "--format", "json").stdout)["problems"][0]["code"] == "nothing-to-validate"


def test_submissions_that_were_not_known_yet(here: Path) -> None:
    (here / HERE / "meetings.csv").write_text("id,date,body\nm-1,x,other\n")
    assert run("validate", "facts", "--known-on", "2020-01-20").return_value == 2
    assert "nothing-to-validate" in run("validate", "facts", "--known-on", "2020-01-19").stderr


def test_paths(here: Path) -> None:
    (here / HERE / "meldung.xlsx").write_bytes(valid())
    assert run("validate", HERE).return_value == 0
    (here / "link").symlink_to(here / "facts")
    assert run("validate", "link").return_value == 0
    for path, code in ((f"{HERE}submission.yaml", "not-a-folder"), (f"{HERE}meldung.xlsx", "missing-manifest"), ("nowhere", "no-such-path")):
        result = run("validate", path)
        assert result.return_value == 2 and code in result.stderr, path
    (here / HERE / "link.xlsx").symlink_to("meldung.xlsx")
    assert "link" in run("validate", "facts").stderr
    assert isinstance(run("validate").exception, Exception)  # no path at all is a wrong usage


def _problem(result: Result) -> tuple:
    one, = json.loads(result.stdout)["problems"]
    return one["code"], one["row"], one["found"], one["message"]


def test_other_encodings_are_refused_unless_they_are_named(here: Path) -> None:
    (here / HERE / "press_releases.csv").write_bytes(ROWS.encode("cp1252"))
    code, row, found, message = _problem(run("validate", "facts", "--format", "json", "--lang", "en"))
    assert (code, row, found) == ("not-utf8", 2, "0xf6") and f"Byte {BYTE} " in message
    result = run("validate", "facts", "--encoding", "cp1252", "--lang", "en")
    assert result.return_value == 0 and f"Read as cp1252: {HERE}press_releases.csv" in " ".join(result.stdout.split())
    assert json.loads(run("validate", "facts", "--encoding", "cp1252", "--format", "json").stdout)["encodings"] == [
        {"file": f"{HERE}press_releases.csv", "encoding": "cp1252"}
    ]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_bytes_that_the_named_encoding_does_not_have(here: Path, lang: str) -> None:
    (here / HERE / "press_releases.csv").write_bytes(ROWS.replace("ö", "\x81").encode("latin-1"))
    code, row, found, message = _problem(run("validate", "facts", "--encoding", "cp1252", "--format", "json", "--lang", lang))
    assert (code, row, found) == ("not-encoded-so", 2, "0x81") and f"Byte {BYTE} " in message and "cp1252" in message


def test_utf8_stays_utf8_whatever_is_named(here: Path) -> None:
    (here / HERE / "press_releases.csv").write_text(ROWS, encoding="utf-8")
    (here / HERE / "measures.csv").write_bytes("id;site;title;date\nx-1;s-1;Frühling;2019-03-12\n".encode("iso-8859-1"))
    report = json.loads(run("validate", "facts", "--encoding", "iso-8859-1", "--format", "json").stdout)
    assert [one["file"] for one in report["encodings"]] == [f"{HERE}measures.csv"]


def test_check_says_what_text_was_read_as(here: Path) -> None:
    (here / HERE / "press_releases.csv").write_bytes(ROWS.encode("cp1252"))
    result = run("check", "facts", "--encoding", "cp1252", "--fail-on", "never")
    assert result.return_value == 0 and "cp1252" in result.stdout
    assert "cp1252" in run("check", "facts", "--encoding", "cp1252", "--fail-on", "never", "--format", "json").stdout
    assert run("check", "facts").return_value == 2


def test_utf16_where_it_is_named(here: Path) -> None:
    (here / HERE / "press_releases.csv").write_bytes(ROWS.encode("utf-16"))
    assert _problem(run("validate", "facts", "--format", "json"))[0] == "not-utf8"
    result = run("validate", "facts", "--encoding", "utf-16", "--format", "json")
    assert result.return_value == 0 and json.loads(result.stdout)["submissions"][0]["records"] == {"press_releases": 1}
