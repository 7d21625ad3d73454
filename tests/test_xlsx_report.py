"""The workbook, read back by openpyxl and by LibreOffice: every finding, text as text, numbers as numbers, the same bytes."""

from __future__ import annotations

import datetime
import io
import os
import pty
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import office
from conftest import ROOT
from report_worlds import HOSTILE, hostile_problems, hostile_run, sample
from servanda.dossier.case import dossiers
from servanda.model import STATUSES
from servanda.report import xlsx_report as module
from servanda.report.style import Style
from servanda.report.words import status_word
from servanda.report.xlsx_report import xlsx_problems, xlsx_report
from servanda.run import only_year

SHEETS = ["Übersicht", "Feststellungen", "Belege", "Folgen", "Lieferungen"]


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet) -> list[dict]:
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


@pytest.fixture(scope="module")
def german() -> openpyxl.Workbook:
    return book(xlsx_report(sample()[0], Style("de")))


def test_every_finding_is_a_row_with_its_values(german: openpyxl.Workbook) -> None:
    _, report = sample()
    assert german.sheetnames == SHEETS
    found = {row["Kennung"]: row for row in rows(german["Feststellungen"])}
    assert list(found) == [finding["id"] for finding in report["findings"]]
    for finding in report["findings"]:
        row = found[finding["id"]]
        assert (row["Status"], row["Befund"]) == (status_word(finding["status"], "de"), finding["message"])
        assert row["von"] == datetime.datetime.fromisoformat(finding["period"]["from"]) and row["bis"].date().isoformat() == finding["period"]["to"]
        for name, key in (("Wert", "value"), ("Untergrenze", "lower"), ("Obergrenze", "upper")):
            wanted = finding[key]
            assert row[name] == wanted or Decimal(str(row[name])) == Decimal(str(wanted)), finding["id"]
        assert row["möglicherweise wesentlich"] == ("ja" if finding["material"] else "nein") and row["Zahl der Belege"] == finding["evidence_total"]
        assert bool(row["es fehlt"]) == bool(finding["missing"]) and bool(row["Anhaltspunkte"]) == bool(finding["judgements"])


def test_the_other_sheets_hold_the_rest(german: openpyxl.Workbook) -> None:
    _, report = sample()
    evidence = rows(german["Belege"])
    wanted = Counter((finding["id"], one["id"], one["submission"], one["file"], one["row"]) for finding in report["findings"] for one in finding["evidence"])
    shown = Counter((row["Kennung der Feststellung"], row["Satz"], row["Lieferung"], row["Datei"], row["Zeile"]) for row in evidence if row["Satz"])
    assert shown == wanted
    more = {row["Kennung der Feststellung"]: row["Art"] for row in evidence if not row["Satz"]}
    assert set(more) == {finding["id"] for finding in report["findings"] if finding["evidence_total"] > len(finding["evidence"])}
    amounts = [(row["Feststellungen (Kennungen)"], Decimal(str(row["höchstens umsetzbar (€)"]))) for row in rows(german["Folgen"])]
    assert amounts == [("; ".join(one["findings"]), Decimal(one["amount_at_stake"])) for one in report["consequences"]]
    assert [(row["Lieferung"], row["SHA-256"]) for row in rows(german["Lieferungen"])] == [(one["path"], one["sha256"]) for one in report["submissions"]]
    facts = {label: value for label, value, *_ in german["Übersicht"].iter_rows(values_only=True) if label}
    assert facts["Stand"] == datetime.datetime(2021, 9, 30)
    for status in STATUSES:
        assert facts[status_word(status, "de")] == report["summary"][status]


def test_it_can_be_filtered_and_printed(german: openpyxl.Workbook) -> None:
    for name in SHEETS[1:]:
        sheet = german[name]
        assert sheet.auto_filter.ref == sheet.dimensions and sheet.freeze_panes.endswith("2") and sheet.print_title_rows == "$1:$1"
    findings = german["Feststellungen"]
    column = {cell.value: cell.column for cell in findings[1]}
    assert {findings.cell(row, column["von"]).number_format for row in range(2, 50)} == {"dd.mm.yyyy"}
    money = [row for row in findings.iter_rows(min_row=2) if row[column["Pflicht"] - 1].value == "Zustimmung vor der Ausgabe"]
    assert money and {row[column["Wert"] - 1].number_format for row in money} == {"#,##0.00"}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_a_formula_a_link_or_a_number(text: str) -> None:
    for content in (xlsx_report(only_year(hostile_run(text), 2019), Style("de")), xlsx_problems(hostile_problems(text), Style("en"))):
        for sheet in book(content):
            assert not list(sheet._hyperlinks)
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type in ("s", "n", "d") and (cell.data_type == "s") == isinstance(cell.value, str)
                    if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@"):
                        assert cell.quotePrefix, cell.value


@pytest.mark.parametrize("text", ["=1+1", "\t=1", "0049", "1e5", "https://example.org", "x" * 40_000, "😀" * 20_000, "\ud800", "\x00\x1b[2J"])
def test_a_cell_holds_what_it_can(text: str) -> None:
    sheet = book(xlsx_problems(hostile_problems(text), Style("de"))).active
    found = [cell.value for cell in sheet["G"][1:4]]
    assert all(isinstance(value, str) and len(value.encode("utf-16-le")) // 2 <= 32_767 for value in found)
    if len(text) > 10_000:
        assert all(value.endswith("…") and value[:9] == text[:9] for value in found)
    elif text.isprintable():
        assert found[0] == text


def test_a_sheet_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 12)
    run, report = sample()
    sheet = book(xlsx_report(run, Style("en")))["Findings"]
    assert sheet.max_row == 12 and sheet.cell(12, 1).value.startswith(f"… {len(report['findings']) - 10} more rows")
    assert sheet.auto_filter.ref == "A1:AB11"


def test_cures_stand_beside_what_is_missing(german: openpyxl.Workbook) -> None:
    run, _ = sample()
    found = {row["Kennung"]: row for row in rows(german["Feststellungen"])}
    wanted = {dossier.finding.id: dossier for dossier in dossiers(run)}
    assert any(dossier.cures for dossier in wanted.values())
    for name, dossier in wanted.items():
        row = found[name]
        assert bool(row["Abhilfe"]) == bool(dossier.cures) and (row["Abhilfe"] or "").count("; ") >= len(dossier.cures) - 1
        days = [cure.day for cure in dossier.cures if cure.day]
        assert (row["Abhilfe bis"].date() if row["Abhilfe bis"] else None) == min(days, default=None)


def test_amounts_beyond_what_a_workbook_counts_stand_as_text() -> None:
    class _Sheet:
        written: list = []

        def write_number(self, row, column, number, style) -> None:
            self.written.append(number)

        def write_string(self, row, column, text, style) -> None:
            self.written.append(text)

    from servanda.report.book import book_bytes

    def fill(made) -> None:
        made.writer.add_worksheet()
        for number in ("1234567890123.45", "12345678901234.56", "-0.10"):
            module.write_cell(made, _Sheet(), 0, 0, module.Amount(Decimal(number)))

    book_bytes("de", "x", fill)
    assert _Sheet.written == [1234567890123.45, "12345678901234.56", -0.1]


def test_libreoffice_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(xlsx_report(sample()[0], Style("de")))
    saved = openpyxl.load_workbook(office.resave(path, "ods", tmp_path / "a") and office.resave(tmp_path / "a" / "report.ods", "xlsx", tmp_path / "b"))
    ours = openpyxl.load_workbook(path)
    for name in SHEETS:
        theirs = list(saved[name].iter_rows(values_only=True, max_col=ours[name].max_column))
        assert theirs[: ours[name].max_row] == list(ours[name].iter_rows(values_only=True)), name


def _check(*words: str, **options: object) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    command = [sys.executable, "-m", "servanda", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, check=False, **options)


@pytest.mark.parametrize("words", [("check", "facts"), ("validate", "facts"), ("demo",)])
def test_a_terminal_gets_no_workbook(words: tuple[str, ...]) -> None:
    ours, theirs = pty.openpty()
    try:
        done = _check(*words, "--format", "xlsx", stdout=theirs)
        assert done.returncode == 2 and b"--output bericht.xlsx" in done.stderr
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_pipe_gets_the_workbook_or_the_problems(tmp_path: Path) -> None:
    done = _check("check", "facts/benn/benn-mitte", "--as-of", "2021-09-30", "--format", "xlsx", stdout=subprocess.PIPE)
    assert done.returncode == 0 and book(done.stdout).sheetnames == SHEETS
    done = _check("check", str(tmp_path), "--format", "xlsx", stdout=subprocess.PIPE)
    (problem,) = rows(book(done.stdout).active)
    assert done.returncode == 2 and problem["Problem"]
