"""Templates and marked copies after another program has saved them: LibreOffice, to .xlsx and to .ods."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

import office
from conftest import ROOT
from filled import fill_in, opened, put, sample, world
from office import resave
from servanda.intake import validate
from servanda.template.known import KnownRecord
from servanda.template.workbook import template_workbook
from test_template import findings

FOLDER = ROOT / "facts" / "benn" / "benn-mitte" / "2019"
KNOWN = {"meetings": (KnownRecord("früher-1", None, "2018"), KnownRecord("früher-2", None, "2018"))}
NAMES = {part: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in ("office", "table", "style")}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template with a real year in it; cells of the instructions ask what the lists hold."""
    pack, agreement = world("benn")
    manifest, records = sample(FOLDER)
    book = opened(template_workbook(pack, agreement, 2019, "de", "district", KNOWN))
    fill_in(book, pack, manifest, records)
    put(book["Maßnahmen"], 40, 1, "007")
    meetings = next(name for name in book.defined_names if name.endswith("_records_meetings"))
    for row, formula in enumerate((f"=ROWS({meetings})", f"=INDEX({meetings},1)", f"=INDEX({meetings},3)", f"=INDEX({meetings},ROWS({meetings}))"), 1):
        book["Hinweise"].cell(row, 8).value = formula
    path = tmp_path_factory.mktemp("filled") / "meldung.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def as_xlsx(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return resave(filled, "xlsx", tmp_path_factory.mktemp("xlsx"))


@pytest.fixture(scope="module")
def as_ods(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return resave(filled, "ods", tmp_path_factory.mktemp("ods"))


def test_xlsx_keeps_lists_names_validations_and_notes(filled: Path, as_xlsx: Path) -> None:
    before, after = openpyxl.load_workbook(filled), openpyxl.load_workbook(as_xlsx)
    assert after.sheetnames == before.sheetnames and after["_Listen"].sheet_state == "hidden"
    plain = {name: one.attr_text.replace("'", "") for name, one in before.defined_names.items()}
    assert plain.items() <= {name: one.attr_text.replace("'", "") for name, one in after.defined_names.items()}.items()
    for sheet in before:
        assert [cell.comment and cell.comment.text for cell in after[sheet.title][1]] == [cell.comment and cell.comment.text for cell in sheet[1]]
        kept = {rules_key(one): one for one in after[sheet.title].data_validations.dataValidation}
        for rule in sheet.data_validations.dataValidation:
            same = kept[rules_key(rule)]
            assert bool(same.showErrorMessage) == bool(rule.showErrorMessage) and (same.errorStyle or "stop") == (rule.errorStyle or "stop")
            assert (same.promptTitle, same.prompt, same.error) == (rule.promptTitle, rule.prompt, rule.error)
            rows = next(iter(rule.sqref.ranges)).size["rows"]
            assert sum(one.size["rows"] for one in same.sqref.ranges) >= min(1_000, rows)


def rules_key(rule: object) -> tuple:
    """What a validation allows, and in which column."""
    first = next(iter(rule.sqref.ranges))
    second = rule.formula2 if rule.type != "list" else None
    return first.min_col, first.min_row if first.min_row > 2 else 2, rule.type, (rule.formula1 or "").replace(" ", ""), second


def test_lists_of_records_end_with_those_just_entered(as_xlsx: Path) -> None:
    """LibreOffice computes them: two known ones, then the ids of the sheet, though one row of it was left out."""
    book = openpyxl.load_workbook(as_xlsx, data_only=True)
    entered = [row[0] for row in book["Sitzungen"].iter_rows(min_row=2, values_only=True) if row[0]]
    assert len(entered) == 34
    assert [book["Hinweise"].cell(row, 8).value for row in range(1, 5)] == [36, "früher-1", entered[0], entered[-1]]


def test_text_columns_stay_text(as_xlsx: Path) -> None:
    book = openpyxl.load_workbook(as_xlsx)
    assert book["Maßnahmen"]["A40"].value == "007" and book["Maßnahmen"]["A40"].number_format == "@"
    widths = book["Maßnahmen"].column_dimensions.values()
    assert any(one.min <= 1 <= one.max and one.number_format == "@" for one in widths)
    assert book["Sitzungen"]["A1"].value == "Kennung"


def test_ods_keeps_lists_names_validations_and_notes(filled: Path, as_ods: Path) -> None:
    before = openpyxl.load_workbook(filled)
    with zipfile.ZipFile(as_ods) as parts:
        content = ElementTree.fromstring(parts.read("content.xml"))
    tables = {one.get(f"{{{NAMES['table']}}}name"): one for one in content.iter(f"{{{NAMES['table']}}}table")}
    assert list(tables) == before.sheetnames
    names = {one.get(f"{{{NAMES['table']}}}name") for kind in ("named-range", "named-expression") for one in content.iter(f"{{{NAMES['table']}}}{kind}")}
    assert set(before.defined_names) <= names
    conditions = {one.get(f"{{{NAMES['table']}}}condition") for one in content.iter(f"{{{NAMES['table']}}}content-validation")}
    lists = {match[1] for one in conditions if (match := re.search(r"cell-content-is-in-list\((\w+)\)", one))}
    assert lists == {rule.formula1 for sheet in before for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    notes = [len(list(tables[sheet.title].iter(f"{{{NAMES['office']}}}annotation"))) for sheet in before]
    assert notes == [sum(cell.comment is not None for cell in sheet[1]) for sheet in before]
    styles = {one.get(f"{{{NAMES['style']}}}name"): ElementTree.tostring(one) for one in content.iter(f"{{{NAMES['style']}}}style")}
    assert b'display="false"' in styles[tables["_Listen"].get(f"{{{NAMES['table']}}}style-name")]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_saved_again_it_is_the_same_submission(form: str, as_xlsx: Path, as_ods: Path, tmp_path: Path) -> None:
    saved = as_xlsx if form == "xlsx" else as_ods
    book = openpyxl.load_workbook(as_xlsx)
    assert book["Maßnahmen"].max_row == 40
    with pytest.raises(Exception, match="missing-value"):  # the lone id of the row that only tests the format
        validate([saved], ROOT / "agreements", ROOT / "rules")
    clean = openpyxl.load_workbook(as_xlsx)
    clean["Maßnahmen"]["A40"].value = None
    clean.save(tmp_path / "meldung.xlsx")
    again = resave(tmp_path / "meldung.xlsx", form, tmp_path / "again")
    assert findings(again) == findings(FOLDER)


def test_without_libreoffice_a_test_is_skipped_but_fails_where_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "PROGRAM", None)
    monkeypatch.delenv("SERVANDA_CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="libreoffice-calc"):
        resave(tmp_path / "m.xlsx", "ods", tmp_path)
    monkeypatch.setenv("SERVANDA_CI", "1")
    with pytest.raises(pytest.fail.Exception, match="missing"):
        resave(tmp_path / "m.xlsx", "ods", tmp_path)
