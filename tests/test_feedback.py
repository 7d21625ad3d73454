"""Marked copies: every problem at its cell and in the list, values as they were, and valid once corrected."""

from __future__ import annotations

import datetime
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from python_calamine import CalamineWorkbook

from filled import MINI, fill_in, opened, put, world
from office import resave
from servanda.cli import servanda as command_line
from servanda.facts.workbook_reader import read_workbook
from servanda.intake import read_definitions, validate
from servanda.problem_texts import TEXTS, expected, message
from servanda.problems import InvalidInput, Problem, Problems
from servanda.template.feedback import feedback_workbook, whose
from servanda.template.known import KnownRecord
from servanda.template.workbook import template_workbook
from test_template import HOSTILE, check_harmless, listed, validation_of


@dataclass
class Sheet:
    """A sheet as the intake hands it over."""

    name: str
    rows: list[list[object]] = field(default_factory=list)
    hidden: bool = False


def problem(code: str, sheet: str | None = None, cell: str | None = None, found: str | None = None, **args: object) -> Problem:
    row = int("".join(sign for sign in cell if sign.isdigit())) if cell else None
    return Problem(code, "meldung.xlsx", row, args.pop("column", None), found, sheet, cell, args)


def marked(cell: Cell) -> bool:
    """Filled and framed, so that the mark does not rest on colour alone."""
    return cell.fill.fgColor.rgb == "FFFFC7CE" and {cell.border.left.style, cell.border.bottom.style} == {"thick"}


VISITS = Sheet("Besuche", [
    ["Kennung", "Datum", "Ort", "Art", "Erledigt am"], ["v-1", datetime.date(2019, 4, 2), "s-1", "mowing", ""],
    ["v-1", "31.02.2019", "s-9", "=1+1"],
])
PROBLEMS = [
    problem("duplicate-id", "Besuche", "A3", "v-1", first="Besuche!A2", column="id"), problem("invalid-date", "Besuche", "B3", "31.02.2019", column="date"),
    problem("unknown-site", "Besuche", "C3", "s-9", known="s-1", near="s-9", column="site"),
    problem("unknown-value", "Besuche", "D3", "=1+1", known="mowing, talk"),
    problem("out-of-range", "Besuche", "D3", "=1+1", bound="≥ 0"), problem("dates-out-of-order", "Besuche", "E3", "", first="2019-01-01"),
    problem("missing-column", "Kosten", None, None, column="amount", label="Betrag"), problem("unknown-pack", None, None, "mini2", known="mini"),
]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_problems_stand_at_their_cells_and_in_the_list(lang: str) -> None:
    pack, agreement = world("mini")
    sheets = [VISITS, Sheet("Kosten", [["Kennung", "Ort", "Datum"]])]
    data = feedback_workbook(sheets, PROBLEMS, lang, file="meldung.xlsx", pack=pack, agreement=agreement)
    check_harmless(data)
    book = opened(data)
    assert book.sheetnames == ["Rückmeldung" if lang == "de" else "Feedback", "Besuche", "Kosten", "_Listen"]
    sheet = book["Besuche"]
    for one in PROBLEMS[:6]:
        note = sheet[one.cell].comment.text
        assert marked(sheet[one.cell]) and message(one, lang) in note and expected(one, lang) in note
    assert sum(marked(cell) for row in sheet.iter_rows() for cell in row) == 5
    assert [cell.coordinate for row in sheet.iter_rows(min_row=2) for cell in row if cell.comment] == ["A3", "B3", "C3", "D3", "E3"]
    first = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in first.iter_rows(min_row=6)]
    assert "meldung.xlsx" in first["A1"].value and "8" in first["A2"].value and len(rows) == len(PROBLEMS)
    for number, (row, one) in enumerate(zip(rows, PROBLEMS, strict=True), 6):
        assert row[3] == ({"id": ("Kennung", "Id"), "date": ("Datum", "Date"), "amount": ("Betrag", "Amount")}.get(one.column, (row[3],) * 2)[lang == "en"])
        assert row[1] == (one.sheet or one.file) and row[4] == (one.found or None) and row[5] == message(one, lang) and row[6] == expected(one, lang)
        link = first.cell(number, 3).hyperlink
        assert (link.location if link else None) == (f"{one.sheet}!{one.cell or 'A1'}" if one.sheet else None)


def test_values_formats_and_lists_are_those_of_a_template() -> None:
    pack, agreement = world("mini")
    book = opened(feedback_workbook([VISITS], PROBLEMS, pack=pack, agreement=agreement, known={"visits": (KnownRecord("v-0", None, ""),)}))
    sheet = book["Besuche"]
    assert [cell.value for cell in sheet[1]] == VISITS.rows[0] and sheet["B2"].value == datetime.datetime(2019, 4, 2) and sheet["B2"].is_date
    assert (sheet["B3"].value, sheet["B3"].data_type, sheet["B3"].number_format) == ("31.02.2019", "s", "dd.mm.yyyy")
    assert (sheet["D3"].value, sheet["D3"].data_type) == ("=1+1", "s")
    assert "Pflichtfeld" in sheet["A1"].comment.text and sheet.freeze_panes == "A2"
    assert listed(book, validation_of(sheet, 3, 3))[0] == ["s-1"] and listed(book, validation_of(sheet, 4, 5_000))[0] == ["mowing", "talk"]
    assert validation_of(sheet, 2).type == "date"


def test_a_wrong_header_keeps_its_own_note_behind_the_problem() -> None:
    pack, agreement = world("mini")
    wrong = [problem("duplicate-column", "Besuche", "B1", "Datum"), problem("unknown-column", "Besuche", "F1", "Foo", type="visits")]
    sheet = opened(feedback_workbook([Sheet("Besuche", [[*VISITS.rows[0], "Foo"]])], wrong, pack=pack, agreement=agreement))["Besuche"]
    note = sheet["B1"].comment.text
    assert note.index("steht doppelt") < note.index("Pflichtfeld") and marked(sheet["B1"]) and sheet["B1"].value == "Datum"
    assert marked(sheet["F1"]) and "Foo" in sheet["F1"].comment.text and "steht doppelt" not in sheet["A1"].comment.text


def test_what_nobody_knows_is_copied_plainly() -> None:
    sheets = [
        Sheet("Tabelle1", [["a", 1, 2.5, True, datetime.date(2019, 1, 2)], [], ["", "", "x"]]), Sheet("Versteckt", [["y"]], hidden=True),
        Sheet("_Listen", [["alt"]], hidden=True), Sheet("Rückmeldung", [["alt"]]), Sheet("Ein Name: mit [Klammern], länger als Excel erlaubt", [["z"]]),
    ]
    wrong = [problem("unknown-sheet", "Tabelle1", None, "Tabelle1"), problem("unknown-value", sheets[4].name, "C7", "q", known="")]
    book = opened(feedback_workbook(sheets, [one for one in wrong if one.code in TEXTS]))
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets[1:3]] == [("Tabelle1", "visible"), ("Versteckt", "visible")]
    assert len(book.sheetnames) == 4 and len(book.sheetnames[3]) <= 31 and book.worksheets[3]["A1"].value == "z" and marked(book.worksheets[3]["C7"])
    assert [cell.value for cell in book["Tabelle1"][1]] == ["a", 1, 2.5, True, datetime.datetime(2019, 1, 2)] and book["Tabelle1"]["C3"].value == "x"
    assert [cell.data_type for cell in book["Tabelle1"][1]] == ["s", "n", "n", "b", "d"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    pack, agreement = world("mini")
    sheet = Sheet("Besuche", [["Kennung", "Datum", text], [text, text, text]])
    wrong = [problem("invalid-id", "Besuche", "A2", text), problem("unknown-column", "Besuche", "C1", text, type=text)]
    wrong += [problem("unknown-file", None, None, text, known=text)]
    data = feedback_workbook([sheet, Sheet(text[:80], [[text]])], wrong, file=text, pack=pack, agreement=agreement)
    check_harmless(data)
    assert len(opened(data).sheetnames) == 4


def test_many_problems_are_all_listed_and_marked_and_notes_are_capped() -> None:
    pack, agreement = world("mini")
    rows = [VISITS.rows[0], *([f"v {number}", "x", "", "", ""] for number in range(3_000))]
    wrong = [problem("invalid-id", "Besuche", f"{letter}{number}", "x") for number in range(2, 3_002) for letter in "AB"]
    book = opened(feedback_workbook([Sheet("Besuche", rows)], wrong, pack=pack, agreement=agreement))
    assert book["Rückmeldung"].max_row == 5 + 6_000 and marked(book["Besuche"]["B3001"])
    assert sum(cell.comment is not None for row in book["Besuche"].iter_rows() for cell in row) == 5_000
    long = [problem("unknown-value", "Besuche", "D2", "x", known="y" * 900, column=str(number)) for number in range(100)]
    book = opened(feedback_workbook([VISITS], long, pack=pack, agreement=agreement))
    assert len(book["Besuche"]["D2"].comment.text) <= 4_000


def test_whose_it_is_stands_in_the_manifest() -> None:
    pack, agreement = world("mini")
    packs, agreements = {"mini": pack}, {"a": agreement}

    def named(*rows: list[object]) -> tuple:
        return whose([Sheet("Besuche", [["Vereinbarung", "b"]]), Sheet("lieferung", [["Angabe", "Wert"], *rows])], packs, agreements)

    assert named(["Vereinbarung", "a"]) == (pack, agreement) and named(["agreement", " a "], ["pack", "other"]) == (pack, agreement)
    assert named(["Regelwerk", "mini"], ["Agreement", ""]) == (pack, None)
    assert named(["Vereinbarung", "b"]) == named() == named(["Vereinbarung"]) == whose([], packs, agreements) == (None, None)


def test_same_input_same_bytes() -> None:
    pack, agreement = world("mini")
    assert feedback_workbook([VISITS], PROBLEMS, pack=pack, agreement=agreement) == feedback_workbook([VISITS], PROBLEMS, pack=pack, agreement=agreement)


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=30)
VALUE = st.one_of(
    st.just(""), TEXT, st.booleans(), st.integers(-10**12, 10**12), st.floats(-1e9, 1e9).map(lambda value: float(f"{value:.15g}")),
    st.dates(datetime.date(1900, 3, 1), datetime.date(9999, 12, 31)),
)


def test_numbers_are_not_turned_into_days_or_rounded_out_of_sight() -> None:
    pack, agreement = world("mini")
    sheets = [Sheet("Besuche", [VISITS.rows[0], ["v-1", 43_000]]), Sheet("Kosten", [["Kennung", "Betrag"], ["c-1", 12.345], ["c-2", 12.34]])]
    wrong = [problem("invalid-date", "Besuche", "B2", "43000"), problem("invalid-amount", "Kosten", "B2", "12.345")]
    book = opened(feedback_workbook(sheets, wrong, pack=pack, agreement=agreement))
    assert (book["Besuche"]["B2"].value, book["Besuche"]["B2"].number_format) == (43_000, "General")
    assert [book["Kosten"][cell].number_format for cell in ("B2", "B3")] == ["General", "#,##0.00"]


@given(st.lists(st.lists(VALUE, min_size=5, max_size=5), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_values_come_back_as_they_were(records: list[list[object]]) -> None:
    """Whatever stands in a sheet of facts: another reader finds the same value of the same type."""
    pack, agreement = world("mini")
    data = feedback_workbook([Sheet("Besuche", [VISITS.rows[0], *records])], [], pack=pack, agreement=agreement)
    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Besuche").to_python(skip_empty_area=False)[1:]
    padded = [[*row, *[""] * 5][:5] for row in [*found, *[[]] * len(records)][: len(records)]]
    assert [[(type(value) is bool, value) for value in row] for row in padded] == [[(type(value) is bool, value) for value in row] for row in records]


@given(st.lists(st.text(max_size=40), max_size=5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_sheets_of_any_name_are_copied(names: list[str], hidden: bool) -> None:
    """Names that Excel would refuse (an .ods may have them) are made to fit, each once."""
    pack, agreement = world("mini")
    names += [name.upper() for name in names] + ["_Listen", "Besuche" * 9, "\U0001f600" * 20]
    wrong = [problem("invalid-id", name, "A1", name) for name in names]
    data = feedback_workbook([Sheet(name, [["x"]], hidden) for name in names], wrong, pack=pack, agreement=agreement)
    book = opened(data)
    copied = [name for name in names if name.casefold() not in ("rückmeldung", "feedback") and not (hidden and name.startswith("_"))]
    assert len(book.sheetnames) == len(copied) + 2
    assert all(marked(sheet["A1"]) for sheet in book.worksheets[1:-1])
    check_harmless(data)


def test_odd_values_become_text_where_a_workbook_cannot_hold_them() -> None:
    values = [float("nan"), float("inf"), 10**20, datetime.date(1899, 1, 1), datetime.time(9, 30), datetime.timedelta(hours=30)]
    values.append(datetime.datetime(2019, 1, 2, 3, 4))
    sheet = opened(feedback_workbook([Sheet("T", [values])], []))["T"]
    assert [cell.value for cell in sheet[1]] == [
        "nan", "inf", str(10**20), "1899-01-01", datetime.time(9, 30), datetime.timedelta(hours=30), datetime.datetime(2019, 1, 2, 3, 4)
    ]


def problems_of(path: Path) -> list[Problem]:
    """What `servanda validate` finds in a workbook of the mini world."""
    try:
        validate([path], MINI / "agreements", MINI / "rules")
    except InvalidInput as invalid:
        return list(invalid.problems)
    return []


def feedback_on(path: Path) -> bytes:
    """The marked copy of a workbook of the mini world."""
    sheets = read_workbook(path, path.name, Problems(), typed=True).sheets
    known = read_definitions(MINI / "rules", MINI / "agreements", Problems())
    pack, agreement = whose(sheets, known.packs, known.agreements)
    assert pack and agreement
    return feedback_workbook(sheets, problems_of(path), file=path.name, pack=pack, agreement=agreement)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A template filled in with a wrong value of every type."""
    pack, agreement = world("mini")
    book = opened(template_workbook(pack, agreement, 2019))
    fill_in(book, pack, {"submitted_on": datetime.date(2020, 1, 20), "submitted_by": "tennant", "visits": datetime.date(2020, 5, 1)}, {
        "visits": [{"id": "v-1", "date": "2019-04-02", "sort": "talk"}, {"id": "v 2", "date": "2019-04-02", "sort": "Mähen", "done_on": "2019-04-01"}],
        "presence": [{"visit": "v-9", "role": "gardener"}],
        "costs": [{"id": "c-1", "site": "s-1", "date": "2019-05-05", "amount": "12.345"}],
        "notes": [{"id": "n-1", "obligation": "nope", "party": "owner", "year": "1999", "date": "2019-05-05"}],
    })
    put(book["Kosten"], 2, 5, "viel")
    path = tmp_path / "meldung.xlsx"
    book.save(path)
    return path


CORRECTIONS = {
    "Lieferung": {"submitted_by": "tenant", "complete": datetime.date(2020, 1, 1)},
    "Besuche": {"A3": "v-2", "D3": "mowing", "C3": "s-1", "E3": datetime.date(2019, 4, 3)}, "Anwesenheit": {"A2": "v-1"}, "Kosten": {"D2": 12.34, "E2": 2},
    "Vermerke": {"B2": "visits-made", "E2": 2019},
}


@pytest.mark.parametrize("form", ["openpyxl", "xlsx", "ods"])
def test_corrected_it_is_valid(form: str, wrong: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(wrong.read_bytes()).digest()
    found = problems_of(wrong)
    assert all(one.sheet and one.cell for one in found) and len({(one.sheet, one.cell) for one in found}) >= 3
    pack, _ = world("mini")
    # problems come in rounds: a manifest that does not hold hides what depends on it
    for round_ in range(4):
        if not (found := problems_of(wrong if round_ == 0 else tmp_path / "kopie.xlsx")):
            break
        book = opened(feedback_on(wrong if round_ == 0 else tmp_path / "kopie.xlsx"))
        for one in found:
            cell = book[one.sheet][one.cell]
            assert marked(cell) and cell.comment
            cell.value = _correction(one, pack)
        book.save(tmp_path / "kopie.xlsx")
    assert book["Besuche"]["B2"].value == datetime.datetime(2019, 4, 2) and book["Besuche"]["B2"].is_date
    assert round_ > 0 and not found and hashlib.sha256(wrong.read_bytes()).digest() == before
    if form != "openpyxl":
        assert problems_of(resave(tmp_path / "kopie.xlsx", form, tmp_path / "again")) == []


def _correction(one: Problem, pack: object) -> object:
    if one.sheet == "Lieferung":
        return CORRECTIONS["Lieferung"][one.column.split(".")[0]]
    value = CORRECTIONS[one.sheet][one.cell]
    return pack.obligations[0].id if value == "visits-made" else value


def test_a_valid_workbook_comes_back_without_marks(tmp_path: Path) -> None:
    pack, agreement = world("mini")
    book = opened(template_workbook(pack, agreement, 2019))
    manifest = {"submitted_on": datetime.date(2020, 1, 20), "submitted_by": "tenant"}
    fill_in(book, pack, manifest, {"visits": [{"id": "v-1", "date": "2019-04-02", "site": "s-1"}]})
    book.save(tmp_path / "m.xlsx")
    assert problems_of(tmp_path / "m.xlsx") == []
    (tmp_path / "r.xlsx").write_bytes(feedback_on(tmp_path / "m.xlsx"))
    copy = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert problems_of(tmp_path / "r.xlsx") == [] and not any(marked(cell) for sheet in copy for row in sheet.iter_rows() for cell in row)
    assert "nichts" in copy["Rückmeldung"]["A2"].value and copy.active.title == "Rückmeldung"
    assert copy.sheetnames == ["Rückmeldung", *openpyxl.load_workbook(tmp_path / "m.xlsx").sheetnames]
    assert copy["Hinweise"]["A1"].value == "Meldung: Haus am Park (a)"


def test_validate_writes_the_copy_and_leaves_the_original(wrong: Path, tmp_path: Path) -> None:
    before, copy = wrong.read_bytes(), tmp_path / "rueckmeldung.xlsx"
    arguments = ["validate", str(wrong), "--rules", str(MINI / "rules"), "--agreements", str(MINI / "agreements"), "--feedback"]
    done = CliRunner().invoke(command_line, [*arguments, str(copy)], standalone_mode=False)
    assert done.return_value == 2 and wrong.read_bytes() == before and "rueckmeldung.xlsx" in done.stderr
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames[0] == "Rückmeldung" and marked(book["Lieferung"]["B4"]) and listed(book, validation_of(book["Besuche"], 3))[0] == ["s-1"]
    assert CliRunner().invoke(command_line, [*arguments, str(wrong)], standalone_mode=False).exception is not None and wrong.read_bytes() == before
    corrected = copy.read_bytes()
    again = CliRunner().invoke(command_line, [*arguments, str(copy), "--lang", "en"], standalone_mode=False)
    assert "exists already" in str(again.exception.format_message()) and copy.read_bytes() == corrected
