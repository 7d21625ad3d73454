"""The file of a case, the command line of the ledger, and the page that explains it."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import openpyxl
import pypdf
import pytest

from conftest import ROOT
from ledgers import BODIES, CONSEQUENCE, GONE, LATE, OPEN, filled, new, run_body
from servanda.cli import _run
from servanda.cli.ledger_command import _KINDS
from servanda.ledger.append import append
from servanda.ledger.bodies import KINDS
from servanda.ledger.case_file import case_file
from servanda.ledger.case_pdf import case_html, case_pdf
from servanda.ledger.entries import canonical, sha256
from servanda.ledger.read import head
from servanda.ledger.store import Ledger

HOSTILE = "</dd><script>alert(1)</script><img src=http://example.org/x> {{ 7*7 }} \u202eabc"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("case") / "l.sqlite"


@pytest.fixture(scope="module")
def full(path: Path) -> Ledger:
    ledger, _ = filled(path)
    append(ledger, new("remedy", {"finding": LATE, "on": "2021-12-01", "text": HOSTILE}))
    return ledger


def test_the_file_of_a_consequence_has_everything_on_its_findings(full: Ledger) -> None:
    case = case_file(full, CONSEQUENCE)
    assert case["schema"] == "servanda.case/1" and case["findings"] == [GONE, LATE]
    assert [one["number"] for one in case["entries"]] == [2, 5, 6, 7, 8, 10, 11, 12, 13]
    assert case["checkpoint"] == {"length": 13, "hash": head(full).hash}
    (run,) = case["runs"]
    assert "report" not in run and [one["id"] for one in run["findings"]] == [LATE, GONE] and run["consequences"][0]["id"] == CONSEQUENCE
    assert run["report_sha256"] == sha256(BODIES[0][2]["report"]) and run["receipt_sha256"] == sha256(canonical(run["receipt"]))
    for one in case["entries"]:
        assert one["hash"] == sha256(canonical({name: value for name, value in one.items() if name != "hash"}))


def test_the_file_of_a_finding_has_its_own_entries_only(full: Ledger) -> None:
    case = case_file(full, OPEN)
    assert [one["kind"] for one in case["entries"]] == ["request", "answer"] and [one["id"] for one in case["runs"][0]["findings"]] == [OPEN]
    assert case_file(full, "run:1")["entries"] == [] and len(case_file(full, "run:1")["runs"]) == 1


def test_a_case_whose_entries_name_no_run_has_the_newest_that_knows_it(tmp_path: Path) -> None:
    ledger, _ = filled(tmp_path / "l.sqlite", 1)
    append(ledger, new("run", run_body(run_body()["report"] + " ")))
    append(ledger, new("remedy", {"finding": GONE, "on": "2021-11-01", "text": "x"}))
    assert [run["number"] for run in case_file(ledger, GONE)["runs"]] == [2]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_pdf_is_tagged_and_says_all(full: Ledger, lang: str) -> None:
    case = case_file(full, CONSEQUENCE)
    content = case_pdf(case, lang)
    assert content == case_pdf(json.loads(json.dumps(case)), lang)
    read = pypdf.PdfReader(io.BytesIO(content))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == lang and "/StructTreeRoot" in root and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data() and CONSEQUENCE in read.metadata.title
    text = "".join("".join(page.extract_text() for page in read.pages).split())
    german = lang == "de"
    for words in (LATE, "3.1", "Drei von sechs Runden", "berta", "999,99 €" if german else "EUR 999.99", "42,75 %" if german else "42.75 %",
                  head(full).hash, "zum Vorschlag in Eintrag" if german else "on the proposal in entry",
                  "01.11.2021" if german else "2021-11-01", "meetings.csv:2", "{{ 7*7 }}"):
        assert "".join(words.split()) in text, words


def test_texts_of_people_stay_text(full: Ledger) -> None:
    page = case_html(case_file(full, LATE))
    assert "<script" not in page and "&lt;script&gt;" in page and "{{ 7*7 }}" in page and "\u202e" not in page and "\\u202e" in page
    assert not re.findall(r"(?:src|href|url)\s*[=(]", re.sub(r"&lt;.*?&gt;", "", page)) and "wesentlich – " not in page
    assert case_pdf(case_file(full, LATE)).startswith(b"%PDF-1.7")


def said(capsys: pytest.CaptureFixture, status: int, *arguments: str) -> tuple[str, str]:
    """What a command line prints, where it ends with a status."""
    capsys.readouterr()
    assert _run(["ledger", *arguments]) == status
    found = capsys.readouterr()
    return found.out, found.err


def test_the_command_line_verifies_lists_and_exports(full: Ledger, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    place = ("--ledger", str(path))
    point = str(head(full))
    assert said(capsys, 0, "checkpoint", *place) == (point + "\n", "")
    out, _ = said(capsys, 0, "verify", *place)
    assert point in out and "Unversehrt, Einträge: 13" in out and "--checkpoint" in out
    assert said(capsys, 0, "verify", *place, "--checkpoint", point, "--lang", "en")[0] == f"Sound: 13 entries. Checkpoint {point}\n"
    out, err = said(capsys, 1, "verify", *place, "--checkpoint", "99:" + "0" * 64)
    assert out == "" and "checkpoint-short" in err and "99" in err
    lines = said(capsys, 0, "list", *place)[0].splitlines()
    assert len(lines) == 13 and re.match(r" +2  2021-09-30T10:00:00Z  assessment +anna  p/a/s-1/late/2019$", lines[1])
    assert len(said(capsys, 0, "list", *place, "--subject", CONSEQUENCE)[0].splitlines()) == 4
    assert len(said(capsys, 0, "list", *place, "--subject", CONSEQUENCE, "--kind", "answer")[0].splitlines()) == 1
    assert json.loads(said(capsys, 0, "export", LATE, *place)[0]) == case_file(full, LATE)
    assert said(capsys, 0, "export", LATE, *place, "--format", "pdf", "--output", str(tmp_path / "case.pdf"), "--lang", "en") == ("", "")
    assert (tmp_path / "case.pdf").read_bytes() == case_pdf(case_file(full, LATE), "en")
    assert "no-such-case" in said(capsys, 2, "export", "p/a/-/nothing/2019", *place)[1]
    assert "unwritable-output" in said(capsys, 2, "export", LATE, *place, "--output", str(tmp_path / "no" / "case.json"))[1]


def test_the_command_line_never_makes_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["verify"], ["checkpoint"], ["list"], ["export", LATE]):
        assert "servanda.ledger.sqlite" in said(capsys, 2, *arguments)[1]
    assert list(tmp_path.iterdir()) == []


def test_a_check_enters_its_run_and_prints_the_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    place, facts = str(tmp_path / "l.sqlite"), str(ROOT / "facts" / "benn" / "benn-mitte")
    files = {form: tmp_path / f"report.{form}" for form in ("html", "markdown", "xlsx", "json")}
    wanted = [word for form, file in files.items() for word in ("--format", form, "--output", str(file))]
    assert _run(["check", facts, "--as-of", "2021-09-30", "--ledger", place, "--author", "anna", "--format", "table", *wanted]) == 0
    out = capsys.readouterr().out
    checkpoint = re.search(r"Prüfpunkt (1:[0-9a-f]{64})", out)[1]
    said(capsys, 0, "verify", "--ledger", place, "--checkpoint", checkpoint)
    assert checkpoint in files["html"].read_text(encoding="utf-8") and checkpoint in files["markdown"].read_text(encoding="utf-8")
    cells = [str(cell.value) for row in openpyxl.load_workbook(files["xlsx"]).worksheets[0] for cell in row]
    assert checkpoint in cells
    report = files["json"].read_bytes()
    assert json.loads(report)["schema"] == "servanda.report/1" and checkpoint[2:].encode() not in report
    assert said(capsys, 0, "list", "--ledger", place)[0].split()[2:4] == ["run", "anna"]
    assert _run(["check", facts, "--ledger", place]) == 2
    assert _run(["check", facts, "--ledger", str(tmp_path / "none" / "l.sqlite"), "--author", "anna"]) == 2


def test_a_changed_ledger_is_not_sound(full: Ledger, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    shutil.copy(path, tmp_path / "l.sqlite")
    with sqlite3.connect(tmp_path / "l.sqlite") as raw:
        raw.execute("DROP TRIGGER entry_no_update")
        raw.execute("UPDATE entry SET author = 'x\x1b[2J' WHERE number = 3")
    for lang, words, outcome in (("de", "Dieser Eintrag ist verändert", "das Journal ist nicht unversehrt"),
                                 ("en", "This entry was changed", "the ledger is not sound")):
        out, err = said(capsys, 1, "verify", "--ledger", str(tmp_path / "l.sqlite"), "--lang", lang)
        assert err.startswith("2 ") and err.splitlines()[0].endswith(": " + outcome)
        assert out == "" and words in " ".join(err.split()) and "l.sqlite:3" in err and "guard-changed" in err and "\x1b[2J" not in err


@pytest.mark.parametrize("arguments", [["verify", "--checkpoint", "17"], ["list", "--kind", "asessment"], ["export"], ["verfy"], []])
def test_wrong_usage_is_refused_in_the_language_in_use(arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    if arguments:
        assert "Fehler: " in said(capsys, 2, *arguments)[1]
        assert "Error: " in said(capsys, 2, *arguments, "--lang", "en")[1] or arguments == ["verfy"]


@pytest.mark.parametrize("name", ["verify", "checkpoint", "list", "export"])
def test_help_of_each_command_is_of_one_language(name: str, capsys: pytest.CaptureFixture) -> None:
    assert said(capsys, 0, name, "--help")[0].startswith("Aufruf: servanda ledger " + name)
    english = said(capsys, 0, name, "--help", "--lang", "en")[0]
    assert english.startswith("Usage: servanda ledger " + name) and "Journal" not in english and "--ledger PATH|URL" in english


def test_the_command_line_knows_every_kind() -> None:
    assert _KINDS == KINDS


def test_without_the_extra_it_says_how_to_install_it(path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.ledger import needs

    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    assert "pip install 'servanda[review]'" in " ".join(said(capsys, 2, "verify", "--ledger", str(path))[1].split())


def test_a_check_loads_nothing_of_the_ledger() -> None:
    heavy = ("sqlalchemy", "alembic", "weasyprint", "jinja2", "psycopg")
    script = f"import sys, servanda.cli.check_command, servanda.cli.ledger_command; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": str(ROOT / "engine")}, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_lines_of_the_page_verify_a_ledger(full: Ledger, path: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len([line for line in script.splitlines() if line.strip()]) <= 16
    shutil.copy(path, tmp_path / "l.sqlite")

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", script, str(tmp_path / "l.sqlite")], capture_output=True, text=True, check=False)

    assert run().stdout == f"{head(full)}\n"
    raw = sqlite3.connect(tmp_path / "l.sqlite", isolation_level=None)
    raw.execute("DROP TRIGGER entry_no_update")
    for statement, words in (("UPDATE entry SET author = 'x' WHERE number = 5", "a column of entry 5"),
                             ("UPDATE entry SET author = 'anna', canonical = replace(canonical, 'Frist', 'First') WHERE number = 5", "entry 5 was changed")):
        raw.execute(statement)
        assert words in run().stderr
    raw.close()


def test_the_page_names_every_kind_and_command() -> None:
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    assert all(f"`{kind}`" in page for kind in KINDS)
    assert all(f"servanda ledger {name}" in page for name in ("verify", "checkpoint", "list", "export"))
