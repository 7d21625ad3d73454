"""Templates: every field, list, note and limit read back by openpyxl, filled in and submitted, hostile names, the command."""

from __future__ import annotations

import datetime
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

import servanda
from conftest import ROOT
from filled import MINI, fill_in, opened, sample, world
from servanda.cli import servanda as command_line
from servanda.facts.workbook_layout import MANIFEST_HEADER, complete_key, fits, sheet_titles, types_by_sheet
from servanda.model import Agreement
from servanda.pack_shapes import FieldType, Pack, fold
from servanda.report.formats import report_in
from servanda.report.style import Style
from servanda.template.columns import header_text
from servanda.template.known import KnownRecord
from servanda.template.workbook import template_workbook

WORLDS = [(name, lang) for name in ("benn", "mini") for lang in ("de", "en")]
FIELDS = [
    (name, type_name, field) for name in ("benn", "mini") for type_name, fact_type in world(name)[0].vocabulary.items() for field in fact_type.fields
]
HOSTILE = [
    '=HYPERLINK("http://example.org","x")', "+1+1", "@SUM(A1)", "\x1b[31mred\x1b[0m", "a" * 40_000,
    "\"'`<b>&amp;</b>", "'", "\u202egnp.exe", "_x001B_", "\ufffe",
]
KNOWN = {"meetings": (KnownRecord("sr-9", datetime.date(2019, 5, 1), "2019-05-01, steering_round"),)}


def template(name: str, lang: str = "de", **more: object) -> openpyxl.Workbook:
    pack, agreement = world(name)
    return opened(template_workbook(pack, agreement, 2019, lang, **more))


def validation_of(sheet: Worksheet, column: int, row: int = 2) -> DataValidation | None:
    """The one validation of a cell."""
    found = [one for one in sheet.data_validations.dataValidation if sheet.cell(row, column).coordinate in one.sqref]
    assert len(found) <= 1
    return found[0] if found else None


def listed(book: openpyxl.Workbook, rule: DataValidation) -> tuple[list[str], int]:
    """The texts that a drop-down's defined name covers, and how many formulas follow them."""
    assert rule.type == "list"
    target = book.defined_names[rule.formula1].attr_text
    match = re.match(r"'_Listen'!\$([A-Z]+)\$2(?:(?::\$\1\$(\d+))|:INDEX\('_Listen'!\$\1\$2:\$\1\$(\d+),(\d+)\+)?", target)
    assert match, target
    last = int(match[2] or match[3] or 2)
    cells = [book["_Listen"][f"{match[1]}{row}"] for row in range(2, last + 1)]
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert match[4] is None or int(match[4]) == len(texts)
    return texts, sum(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize(("name", "lang"), WORLDS)
def test_every_fact_type_has_a_sheet_with_its_labels(name: str, lang: str) -> None:
    pack, _ = world(name)
    book = template(name, lang)
    facts = book.sheetnames[2:-1]
    assert book.sheetnames[:2] == (["Hinweise", "Lieferung"] if lang == "de" else ["Instructions", "Submission"]) and book.sheetnames[-1] == "_Listen"
    assert facts == [fact_type.label.of(lang) for fact_type in pack.vocabulary.values()]
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["_Listen"]
    for title, fact_type in zip(facts, pack.vocabulary.values(), strict=True):
        sheet = book[title]
        assert [cell.value for cell in sheet[1]] == [declared.label.of(lang) for declared in fact_type.fields.values()]
        assert sheet.freeze_panes == "A2" and sheet.max_row == 1 and not sheet.merged_cells.ranges


@pytest.mark.parametrize(("name", "type_name", "field"), FIELDS, ids=lambda part: part)
def test_every_field_is_noted_formatted_and_validated(name: str, type_name: str, field: str) -> None:
    pack, agreement = world(name)
    book, declared = BOOKS[name], pack.vocabulary[type_name].fields[field]
    sheet = book[pack.vocabulary[type_name].label.de]
    column = list(pack.vocabulary[type_name].fields).index(field) + 1
    header, rule = sheet.cell(1, column), validation_of(sheet, column)
    note = header.comment.text
    assert f"({field})" in note and len(note) < 32_768 and header.comment.author == "servanda"
    assert ("\nPflichtfeld.\n" in note) == declared.required
    assert ("Pflichtfeld, wenn " in note) == (declared.required_where is not None)
    assert (header.font.b or False) == (declared.required or declared.required_where is not None)
    assert all(f"{value} = {words.de}" in note for value, words in declared.of.items())
    if declared.empty is not None:
        assert f"Leer bedeutet: {declared.empty}" in note
    shown = {"date": "dd.mm.yyyy", "amount": "#,##0.00", "number": "#,##0.00", "year": "0"}.get(declared.type, "@")
    kept = next(one for one in sheet.column_dimensions.values() if one.min <= column <= one.max)
    assert kept.number_format == shown and kept.width >= len(declared.label.de)
    if declared.type in ("id", "text"):
        assert rule is None
        return
    assert next(iter(rule.sqref.ranges)).max_row >= 1_001 and rule.allow_blank
    assert len(rule.promptTitle) <= 32 and len(rule.prompt) <= 255 and len(rule.errorTitle) <= 32 and len(rule.error) <= 255
    check_rule(book, rule, declared, pack, agreement, sheet)


BOOKS = {name: template(name, known=KNOWN if name == "benn" else None) for name in ("benn", "mini")}


def check_rule(book: openpyxl.Workbook, rule: DataValidation, declared: FieldType, pack: Pack, agreement: Agreement, sheet: Worksheet) -> None:
    """What the contract allows in a field, and no more."""
    if declared.type == "date":
        assert (rule.type, rule.operator, rule.formula2) == ("date", None, "73415")  # between 1 January 2000 and 31 December 2100
        earlier = [cell.column_letter for cell in sheet[1] if declared.not_before and cell.comment.text.split("\n")[0].endswith(f"({declared.not_before})")]
        assert rule.formula1 == (f"MAX(36526,${earlier[0]}2)" if earlier else "36526")
    elif declared.type == "year":
        assert (rule.type, rule.operator, rule.formula1, rule.formula2) == ("whole", None, "2000", "2100")
    elif declared.type in ("amount", "number"):
        least = Decimal(declared.above) + Decimal("0.01") if declared.above is not None else Decimal(declared.min) if declared.min is not None else None
        assert (rule.type, Decimal(rule.formula1), rule.formula2) == ("decimal", least if least is not None else -Decimal(rule.formula2), "999999999999.99")
    else:
        known = ["sr-9"] if declared.to == "meetings" else []
        items = {
            "choice": list(declared.of), "choices": list(declared.of), "bool": ["ja", "nein"], "site": [site.id for site in agreement.sites],
            "obligation": [one.id for one in pack.obligations], "reference": known,
        }[declared.type]
        assert listed(book, rule) == (items, 1_000 if declared.type == "reference" else 0)
        # several values, and records entered later, must not be barred
        stops = rule.showErrorMessage and rule.errorStyle in (None, "stop")
        assert bool(stops) == (declared.type not in ("choices", "reference"))


@pytest.mark.parametrize(("name", "lang"), WORLDS)
def test_manifest_sheet(name: str, lang: str) -> None:
    pack, agreement = world(name)
    party = next(iter(pack.head.parties))
    book = template(name, lang, by=party)
    sheet = book.worksheets[1]
    assert tuple(cell.value for cell in sheet[1])[:3] == MANIFEST_HEADER[lang] and not sheet.merged_cells.ranges
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    german = lang == "de"
    assert rows["Vereinbarung" if german else "Agreement"][1].value == agreement.id
    assert rows["Eingereicht von" if german else "Submitted by"][1].value == party
    on = rows["Eingereicht am" if german else "Submitted on"]
    assert on[1].value is None and validation_of(sheet, 2, on[0].row).type == "date" and on[1].number_format == ("dd.mm.yyyy" if german else "yyyy-mm-dd")
    declared = {types_by_sheet(pack.vocabulary)[fold(named)]: row for label, row in rows.items() if (named := complete_key(label))}
    assert sorted(declared) == sorted(pack.vocabulary)
    for type_name, row in declared.items():
        assert row[1].value is None and validation_of(sheet, 2, row[0].row).type == "date"
        roles = validation_of(sheet, 3, row[0].row)
        assert (listed(book, roles)[0] if roles else []) == list(pack.vocabulary[type_name].roles)
    assert [row[0].value for row in sheet.iter_rows()][-10:] == ["Zurückgezogen" if german else "Withdrawn"] * 10
    assert listed(book, validation_of(sheet, 2, rows["Eingereicht von" if german else "Submitted by"][0].row))[0] == list(pack.head.parties)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_instructions_explain_sheets_values_sites_obligations_and_known_records(lang: str) -> None:
    pack, agreement = world("benn")
    sheet = template("benn", lang, known=KNOWN).worksheets[0]
    rows = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert any("servanda validate" in str(value) for row in rows.values() for value in row)
    for fact_type in pack.vocabulary.values():
        assert all(pack.head.parties[party].of(lang) in rows[fact_type.label.of(lang)][0] for party in fact_type.holder)
        for declared in fact_type.fields.values():
            assert set(declared.of) <= set(rows)
    assert all(site.name in rows[site.id][0] for site in agreement.sites)
    assert all(one.title.of(lang) in rows[one.id][0] for one in pack.obligations)
    assert rows["sr-9"][0] == "2019-05-01, steering_round"
    links = {link.location for cells in sheet.iter_rows() for cell in cells if (link := cell.hyperlink)}
    assert len(links) == len(pack.vocabulary)


def test_own_fact_types_come_first_and_the_programme_has_no_sites() -> None:
    pack, _ = world("benn")
    order = template("benn", by="team").sheetnames[2:-1]
    own = [fact_type.label.de for fact_type in pack.vocabulary.values() if "team" in fact_type.holder]
    assert order[: len(own)] == own and len(order) == len(pack.vocabulary)
    programme = opened(template_workbook(pack, None, 2019))
    expected = [f.label.de for f in pack.vocabulary.values() if not any(d.type == "site" and d.required for d in f.fields.values())]
    assert programme.sheetnames[2:-1] == expected and "Maßnahmen" not in expected
    assert "Standort" not in [cell.value for sheet in programme.worksheets[2:-1] for cell in sheet[1]]
    assert [programme["Lieferung"]["A2"].value, programme["Lieferung"]["B2"].value] == ["Regelwerk", "benn"]


def test_long_lists_are_named_and_none_is_written_into_a_validation() -> None:
    pack, agreement = world("benn")
    known = {"meetings": tuple(KnownRecord(f"m-{number}", datetime.date(2019, 1, 1), "x" * 50) for number in range(3_000))}
    sites = tuple(replace(agreement.sites[0], id=f"s-{number}", name=f"Ort {number}") for number in range(40))
    book = opened(template_workbook(pack, replace(agreement, sites=sites), 2019, known=known))
    sheet = book["Teilnahme"]
    assert listed(book, validation_of(sheet, 1)) == ([f"m-{number}" for number in range(3_000)], 1_000)
    assert listed(book, validation_of(sheet, 3))[0] == [site.id for site in sites]
    instructions = [row[0] for row in book["Hinweise"].iter_rows(values_only=True)]
    assert instructions.count("m-299") == 1 and instructions.count("m-300") == 0
    rules = [rule for one in book for rule in one.data_validations.dataValidation if rule.type == "list"]
    assert rules and all(re.fullmatch(r"list_\d+_[a-z_]+", rule.formula1) and rule.formula1 in book.defined_names for rule in rules)


def test_same_input_same_bytes() -> None:
    pack, agreement = world("benn")
    assert template_workbook(pack, agreement, 2019, known=KNOWN) == template_workbook(pack, agreement, 2019, known=KNOWN)


def test_same_bytes_in_another_process(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        arguments = ["template", "--agreement", "benn-mitte", "--year", "2021", "-o", str(tmp_path / f"{seed}.xlsx")]
        done = subprocess.run([sys.executable, "-m", "servanda", *arguments], cwd=ROOT, env={"PYTHONPATH": "engine", "PYTHONHASHSEED": seed}, check=False)
        assert done.returncode == 0
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def check_harmless(data: bytes) -> None:
    """The workbook opens in two readers; there are no formulas outside the hidden lists, and no links out of the file."""
    book = opened(data)
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names == book.sheetnames
    for sheet in book:
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type != "f" or sheet.title == "_Listen" and cell.value.startswith("=INDEX(")
                assert cell.hyperlink is None or cell.hyperlink.target is None
                assert cell.comment is None or len(cell.comment.text) < 32_768
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert all(b"TargetMode" not in parts.read(part) for part in parts.namelist() if part.endswith(".rels"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_text(text: str) -> None:
    pack, agreement = world("mini")
    site = replace(agreement.sites[0], name=text)
    known = {"visits": (KnownRecord("v-1", None, text), KnownRecord(text, None, text))}
    data = template_workbook(pack, replace(agreement, title=text, sites=(site,)), 2019, known=known)
    check_harmless(data)
    rows = {row[0]: row[1] for row in opened(data)["Hinweise"].iter_rows(values_only=True) if row[0]}
    assert rows["s-1"].endswith("(Garten)") and len(rows["s-1"]) < 400


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["de", "en"]))
@settings(max_examples=25, deadline=None)
def test_any_name_is_text_and_the_workbook_opens(title: str, name: str, lang: str) -> None:
    pack, agreement = world("mini")
    changed = replace(agreement, title=title, sites=(replace(agreement.sites[0], name=name),))
    check_harmless(template_workbook(pack, changed, 2019, lang, known={"visits": (KnownRecord(name, None, title),)}))


LABEL = st.one_of(st.sampled_from(["Bericht", "bericht", "Lieferung", "History", "_x", "a:b"]), st.text(min_size=1, max_size=45).filter(str.strip))
NAME = st.one_of(st.sampled_from(["bericht", "submission", "history"]), st.from_regex(r"[a-z][a-z0-9_]{0,40}", fullmatch=True))


def labelled(shape: object, de: str, en: str) -> object:
    """A fact type or field with other words."""
    return shape.model_copy(update={"label": shape.label.model_copy(update={"de": de, "en": en})})


@given(st.dictionaries(NAME, st.tuples(LABEL, LABEL), min_size=1, max_size=6), st.sampled_from(["de", "en"]))
@example({"submission": ("Hinweise", "Notes"), "visits": ("Lieferung", "x"), "history": ("History", "y"), "notes": ("visits", "x:y")}, "de")
@example({"a": ("Bericht", "Report"), "b": ("Report", "Other")}, "en")
@settings(max_examples=120, deadline=None)
def test_sheet_names_fit_are_unique_and_lead_back(labels: dict[str, tuple[str, str]], lang: str) -> None:
    pattern = world("mini")[0].vocabulary["letters"]
    vocabulary = {name: labelled(pattern, *words) for name, words in labels.items()}
    titles = sheet_titles(vocabulary, lang)
    assert all(fits(title) for title in titles.values())
    assert len({fold(title) for title in titles.values()}) == len(titles)
    assert {name: types_by_sheet(vocabulary)[fold(title)] for name, title in titles.items()} == {name: name for name in titles}


@given(st.dictionaries(NAME, st.tuples(LABEL, LABEL), min_size=1, max_size=6), st.sampled_from(["de", "en"]))
@settings(max_examples=80, deadline=None)
def test_headers_lead_back_to_their_fields(labels: dict[str, tuple[str, str]], lang: str) -> None:
    pattern = world("mini")[0].vocabulary["letters"]
    fact_type = pattern.model_copy(update={"fields": {name: labelled(pattern.fields["date"], *words) for name, words in labels.items()}})
    fact_type.__dict__.pop("header_names", None)
    assert [fact_type.header_names.get(fold(header_text(fact_type, name, lang))) for name in labels] == list(labels)


def findings(path: Path) -> list[dict]:
    """The findings of a run, without the places of their evidence."""
    run = servanda.check(path, agreements=ROOT / "agreements", rules=ROOT / "rules", as_of="2020-01-31")
    found = json.loads(report_in("json", run, Style("de")))["findings"]
    for finding in found:
        finding["evidence"] = [{"type": one["type"], "id": one["id"]} for one in finding["evidence"]]
    return found


@pytest.mark.parametrize("lang", ["de", "en"])
def test_filled_in_it_says_what_the_tables_say(lang: str, tmp_path: Path) -> None:
    pack, agreement = world("benn")
    folder = ROOT / "facts" / "benn" / "benn-mitte" / "2019"
    manifest, records = sample(folder)
    book = opened(template_workbook(pack, agreement, 2019, lang, "district"))
    if lang == "en":  # booleans are written as the English list offers them
        records = {name: [{k: {"ja": "true", "nein": "false"}.get(v, v) for k, v in line.items()} for line in lines] for name, lines in records.items()}
    fill_in(book, pack, manifest, records, lang)
    book.save(tmp_path / "meldung.xlsx")
    assert sum(map(len, records.values())) > 200
    assert findings(tmp_path / "meldung.xlsx") == findings(folder)


def run(*arguments: object) -> tuple[int, str]:
    """Exit status and standard error of `servanda template`."""
    result = CliRunner().invoke(command_line, ["template", *map(str, arguments)], standalone_mode=False)
    status = result.return_value if result.exception is None else 2
    return status, result.stderr + (getattr(result.exception, "message", "") if result.exception else "")


MINI_FOLDERS = ("--rules", MINI / "rules", "--agreements", MINI / "agreements")


def test_command_offers_known_records_and_leaves_bad_ones_out(tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    (facts / "a").mkdir(parents=True)
    (facts / "a" / "submission.yaml").write_text("agreement: a\nsubmitted_on: 2020-01-20\nsubmitted_by: tenant\n")
    (facts / "a" / "visits.csv").write_text("id,date,site\nv-1,2019-04-02,s-1\nv-2,2019-13-02,s-1\nv-3,2019-06-02,s-1\n")
    (facts / "b").mkdir()
    (facts / "b" / "submission.yaml").write_text("agreement: a\nsubmitted_on: 2020-03-20\nsubmitted_by: tenant\n")
    (facts / "b" / "visits.csv").write_text("id,date,site\nv-4,2019-05-02,s-1\n")
    output = tmp_path / "m.xlsx"
    status, said = run("--agreement", "a", "--year", 2019, "--facts", facts, *MINI_FOLDERS, "-o", output)
    assert status == 0 and "visits.csv" in said and "2019-13-02" in said
    book = openpyxl.load_workbook(output)
    assert listed(book, validation_of(book["Anwesenheit"], 1))[0] == ["v-3", "v-4", "v-1"]
    status, _ = run("--agreement", "a", "--year", 2019, "--facts", facts, *MINI_FOLDERS, "-o", output, "--force", "--known-on", "2020-02-01")
    book = openpyxl.load_workbook(output)
    assert status == 0 and listed(book, validation_of(book["Anwesenheit"], 1))[0] == ["v-3", "v-1"]


def test_command_never_replaces_silently_and_writes_whole_or_not_at_all(tmp_path: Path) -> None:
    output = tmp_path / "m.xlsx"
    output.write_text("mine")
    arguments = ("--agreement", "a", "--year", 2019, *MINI_FOLDERS, "-o")
    status, said = run(*arguments, output)
    assert (status, output.read_text()) == (2, "mine") and "--force" in said
    assert run(*arguments, output, "--force")[0] == 0 and output.read_bytes()[:2] == b"PK"
    status, said = run(*arguments, tmp_path / "nowhere" / "m.xlsx")
    assert status == 2 and "unwritable-output" in said
    assert [path.name for path in tmp_path.iterdir()] == ["m.xlsx"]


@pytest.mark.parametrize(("arguments", "hint"), [
    (("--agreement", "benn-mite"), r"benn-mite.*(Did you mean|Meinten Sie).*benn-mitte"),
    (("--agreement", "benn-mitte", "--by", "distrikt"), r"distrikt.*(Did you mean|Meinten Sie) district\?"),
    (("--agreement", "benn-mitte", "--programme"), "--programme"),
    ((), "--programme"),
    (("--programme", "--pack", "bern"), r"bern.*(Did you mean|Meinten Sie) benn\?"),
])
def test_wrong_usage_says_what_was_meant(arguments: tuple, hint: str, tmp_path: Path) -> None:
    folders = ("--rules", ROOT / "rules", "--agreements", ROOT / "agreements")
    status, said = run(*arguments, "--year", 2019, *folders, "-o", tmp_path / "m.xlsx")
    assert status == 2 and re.search(hint, said) and not any(tmp_path.iterdir())


def test_command_for_the_programme_in_english(tmp_path: Path) -> None:
    output = tmp_path / "p.xlsx"
    folders = ("--rules", ROOT / "rules", "--agreements", ROOT / "agreements", "--facts", ROOT / "facts" / "benn" / "programme")
    status, said = run("--programme", "--year", 2019, "--lang", "en", "--by", "senate", *folders, "-o", output)
    book = openpyxl.load_workbook(output)
    assert status == 0 and "p.xlsx" in said and book.sheetnames[:3] == ["Instructions", "Submission", "Meetings"]
    meetings = listed(book, validation_of(book["Attendance"], 1))[0]
    assert len(meetings) > 10 and book["Submission"]["B4"].value == "senate"


def test_broken_definitions_and_a_year_outside_the_term(tmp_path: Path) -> None:
    (tmp_path / "agreements").mkdir()
    (tmp_path / "agreements" / "a.yaml").write_text("id: a\n")
    status, said = run("--agreement", "a", "--year", 2019, "--rules", MINI / "rules", "--agreements", tmp_path / "agreements", "-o", tmp_path / "m.xlsx")
    assert status == 2 and "missing-key" in said and not (tmp_path / "m.xlsx").exists()
    status, said = run("--agreement", "a", "--year", 2030, *MINI_FOLDERS, "-o", tmp_path / "m.xlsx")
    assert status == 0 and "2030" in said and "31.12.2020" in said
