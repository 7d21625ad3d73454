"""A workbook to fill in: instructions, manifest, a sheet a fact type, and hidden lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_cell_to_rowcol, xl_range
from xlsxwriter.worksheet import Worksheet

from servanda.facts.workbook_layout import INSTRUCTIONS, sheet_titles
from servanda.model import Agreement
from servanda.pack_shapes import FactType, Pack
from servanda.report.book import MAX_ROWS, Book, book_bytes, write_note, write_text
from servanda.template.columns import Column, columns_of, header_note, header_style, header_text, number_format, validation, width
from servanda.template.instructions import write_instructions
from servanda.template.known import KnownRecords, referred
from servanda.template.lists import OWN_ROWS, DropList, Key, OwnColumn, drop_lists, write_lists
from servanda.template.manifest import entries, write_manifest

# Rows that are checked while they are filled in.
CHECKED_ROWS = 10_000


def template_workbook(
    pack: Pack, agreement: Agreement | None, year: int, lang: str = "de", by: str | None = None, known: KnownRecords | None = None
) -> bytes:
    """The .xlsx to submit facts of `year` with, for an agreement or (None) for the programme.

    `by` is the party that submits: its own fact types come first. `known` are records to choose from where others refer to them.
    """
    order = sheets_of(pack, agreement, by)
    every = sheet_titles(pack.vocabulary, lang)
    titles = {name: every[name] for name in order}
    fields = {name: _fields(pack.vocabulary[name], agreement) for name in order}
    lists = drop_lists(pack, agreement, known or {}, own_columns(pack, titles, fields), lang)

    def fill(book: Book) -> None:
        write_instructions(book, book.writer.add_worksheet(INSTRUCTIONS[lang]), pack, agreement, year, titles, known or {})
        write_manifest(book, entries(pack, agreement, by, year, titles, lang), pack, lists)
        for type_name, title in titles.items():
            sheet = book.writer.add_worksheet(title)
            own = by is not None and by in pack.vocabulary[type_name].holder
            sheet.set_tab_color("#1F3864" if own else "#BDD0EA")
            lay_out(book, sheet, pack, type_name, fields[type_name], titles, lists, CHECKED_ROWS)
            for position, name in fields[type_name].items():
                declared = pack.vocabulary[type_name].fields[name]
                write_text(sheet, 0, position, header_text(pack.vocabulary[type_name], name, lang), header_style(book, declared))
        write_lists(book, lists)

    subject = agreement.title if agreement else pack.head.title.of(lang)
    return book_bytes(lang, f"{subject} {year}", fill)


def sheets_of(pack: Pack, agreement: Agreement | None, by: str | None) -> list[str]:
    """The fact types that may be submitted: those of the party first. Without an agreement there are no sites, so none that needs one."""
    usable = [
        name for name, fact_type in pack.vocabulary.items()
        if agreement or not any(declared.type == "site" and declared.required for declared in fact_type.fields.values())
    ]
    return sorted(usable, key=lambda name: by is not None and by not in pack.vocabulary[name].holder)


def _fields(fact_type: FactType, agreement: Agreement | None) -> dict[int, str]:
    """Field by position."""
    names = [name for name, declared in fact_type.fields.items() if agreement or declared.type != "site"]
    return dict(enumerate(names))


def own_columns(pack: Pack, titles: Mapping[str, str], fields: Mapping[str, Mapping[int, str]], rows: int = OWN_ROWS) -> dict[str, OwnColumn]:
    """Where this workbook's own records of the types that are referred to have their ids."""
    found = {}
    for name in referred(pack):
        key = pack.vocabulary[name].key
        position = next((position for position, field in fields.get(name, {}).items() if field == key[0]), None)
        if name in titles and len(key) == 1 and position is not None:
            found[name] = OwnColumn(titles[name], position, rows)
    return found


def lay_out(
    book: Book, sheet: Worksheet, pack: Pack, type_name: str, fields: Mapping[int, str], titles: Mapping[str, str], lists: Mapping[Key, DropList],
    rows: int, marked: Sequence[str] = (),
) -> list[Column]:
    """Widths, formats, notes and validations of a sheet of facts with `fields` by position; cells in `marked` get their note elsewhere."""
    fact_type = pack.vocabulary[type_name]
    columns = columns_of(fact_type, fields)
    noted = {xl_cell_to_rowcol(cell) for cell in marked}
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 30)
    for column in columns:
        label = column.declared.label.of(book.lang)
        form = number_format(column.declared, book.lang)
        wrapped = {"text_wrap": True} if column.declared.type == "text" else {}
        sheet.set_column(column.position, column.position, width(column.declared, label), book.style(num_format=form, **wrapped))
        if (0, column.position) not in noted:
            write_note(sheet, 0, column.position, header_note(pack, type_name, column, titles, book.lang))
        rule = validation(type_name, fact_type, column, lists, book)
        if rule:
            sheet.data_validation(1, column.position, rows, column.position, rule)
    if columns:
        # ids such as 007 are text on purpose
        sheet.ignore_errors({"number_stored_as_text": xl_range(0, 0, MAX_ROWS - 1, max(fields))})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return columns
