"""The sheet that replaces submission.yaml: whose submission it is, when and by whom, what is complete, what is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from servanda.facts.workbook_layout import MANIFEST, MANIFEST_HEADER, MANIFEST_KEYS, MANIFEST_LABELS, complete_key, types_by_sheet
from servanda.model import FIRST_DAY, LAST_DAY, Agreement
from servanda.pack_shapes import Pack, fold
from servanda.report.book import DATE_FORMATS, LINE_HEIGHT, MAX_MESSAGE, MAX_TITLE, Book, cut, lines_of, serial, shown, write_text
from servanda.template.lists import DropList, Key
from servanda.template.manifest_words import MANIFEST_WORDS
from servanda.template.words import fill

WITHDRAWALS = 10
_NOTE_COLUMN = 3
_WIDTHS = (46, 24, 34, 84)
_REQUIRED = ("agreement", "pack", "submitted_on", "submitted_by")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the manifest: what stands in column A, what is known already, and its explanation."""

    label: str
    value: str = ""
    note: str = ""


def entries(pack: Pack, agreement: Agreement | None, by: str | None, year: int, titles: Mapping[str, str], lang: str) -> list[Entry]:
    """The rows for a submission of the fact types in `titles`."""
    def words(key: str, **values: object) -> str:
        return fill(MANIFEST_WORDS[key], lang, **values)

    labels = {key: names[lang] for key, names in MANIFEST_LABELS.items()}
    parties = ", ".join(f"{name} = {shown(party.of(lang))}" for name, party in pack.head.parties.items())
    if agreement:
        rows = [Entry(labels["agreement"], agreement.id, words("agreement", title=shown(agreement.title)))]
    else:
        rows = [Entry(labels["pack"], pack.id, words("pack"))]
    rows.append(Entry(labels["submitted_on"], "", words("submitted_on")))
    rows.append(Entry(labels["submitted_by"], by or "", words("submitted_by", parties=parties)))
    rows.append(Entry(labels["complete"], "", words("complete", day="31.12." + str(year) if lang == "de" else f"{year}-12-31")))
    for type_name, title in titles.items():
        fact_type = pack.vocabulary[type_name]
        label = fact_type.label.of(lang)
        roles = "; ".join(f"{role} = {shown(fact_type.fields['role'].of[role].of(lang))}" for role in fact_type.roles)
        note = words("complete_roles", roles=roles) if roles else ""
        rows.append(Entry(f"{labels['complete']}: {label if title == label else type_name}", "", note))
    notes = [words("withdraws", type=next(iter(titles), "")), *[""] * (WITHDRAWALS - 1)]
    return rows + [Entry(labels["withdraws"], "", note) for note in notes]


def write_manifest(book: Book, rows: Sequence[Entry], pack: Pack, lists: Mapping[Key, DropList]) -> None:
    """The sheet, with its drop-downs."""
    lang = book.lang
    types = types_by_sheet(pack.vocabulary)
    sheet = book.writer.add_worksheet(MANIFEST[lang])
    for position, text in enumerate((*MANIFEST_HEADER[lang], fill(MANIFEST_WORDS["note"], lang))):
        write_text(sheet, 0, position, text, book.style(bold=True, font_color="#FFFFFF", bg_color="#1F3864", bottom=5))
    for number, row in enumerate(rows, 1):
        required = _key_of(row.label) in _REQUIRED
        write_text(sheet, number, 0, row.label, book.style(num_format="@", bold=required, text_wrap=True))
        form = value_format(row.label, lang)
        write_text(sheet, number, 1, row.value, book.style(num_format=form, border=1, bg_color="#FFFBE6", bold=required))
        if _roles_of(row.label, types) in lists:
            write_text(sheet, number, 2, "", book.style(num_format="@", border=1, bg_color="#FFFBE6"))
        write_text(sheet, number, _NOTE_COLUMN, row.note, book.style(text_wrap=True, font_color="#404040"))
        sheet.set_row(number, max(16, LINE_HEIGHT * lines_of(row.note, _WIDTHS[_NOTE_COLUMN])))
    lay_out_manifest(book, sheet)
    validate_manifest(book, sheet, ["", *(row.label for row in rows)], pack, lists)


def lay_out_manifest(book: Book, sheet: Worksheet) -> None:
    """Widths, and a header that stays in sight."""
    sheet.freeze_panes(1, 0)
    for position, width in enumerate(_WIDTHS):
        sheet.set_column(position, position, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def value_format(label: str, lang: str) -> str:
    """How the value beside a label is shown."""
    return DATE_FORMATS[lang] if _key_of(label) in ("submitted_on", "complete") else "@"


def validate_manifest(book: Book, sheet: Worksheet, labels: Sequence[str], pack: Pack, lists: Mapping[Key, DropList]) -> None:
    """Dates and drop-downs beside the labels; `labels` are column A from its first row."""
    types = types_by_sheet(pack.vocabulary)
    for row, label in enumerate(labels):
        key = _key_of(label)
        if key is None:
            continue
        text = MANIFEST_WORDS.get(f"{key}_short")
        prompt = {"input_title": cut(shown(label), MAX_TITLE), "input_message": cut(fill(text, book.lang), MAX_MESSAGE)} if text else {}
        if key in ("submitted_on", "complete"):
            rule = {"validate": "date", "criteria": "between", "minimum": serial(FIRST_DAY), "maximum": serial(LAST_DAY)}
            sheet.data_validation(row, 1, row, 1, {**rule, "error_message": fill(MANIFEST_WORDS["a_date"], book.lang), **prompt})
        elif key == "submitted_by" and ("parties",) in lists:
            message = fill(MANIFEST_WORDS["of_list"], book.lang)
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": f"={lists[('parties',)].name}", "error_message": message, **prompt})
        roles = _roles_of(label, types)
        if roles in lists:
            # several roles are written with | between them, so that the list is only an aid
            source = f"={lists[roles].name}"
            message = {"input_title": cut(shown(label), MAX_TITLE), "input_message": cut(fill(MANIFEST_WORDS["roles_short"], book.lang), MAX_MESSAGE)}
            sheet.data_validation(row, 2, row, 2, {"validate": "list", "source": source, "show_error": False, **message})


def _key_of(label: str) -> str | None:
    return "complete" if complete_key(label) else MANIFEST_KEYS.get(fold(label))


def _roles_of(label: str, types: Mapping[str, str]) -> Key:
    """The list of the roles that the row may name, if there is one."""
    return "roles", types.get(fold(complete_key(label) or ""), "")
