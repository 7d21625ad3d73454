"""Drop-down lists: each a column of a hidden sheet with a defined name, because a list written into a validation may have 255 characters only.

Lists of records end with the ids of this workbook's own sheet, so that what was just entered can be chosen as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from servanda.facts.workbook_layout import LISTS
from servanda.model import Agreement
from servanda.pack_shapes import Pack
from servanda.report.book import Book, write_text
from servanda.template.known import KnownRecords, referred

YES_NO = {"de": ("ja", "nein"), "en": ("true", "false")}
# How many rows of a sheet of this workbook are offered where others refer to its records.
OWN_ROWS = 1_000
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """The column of this workbook that holds the ids of a fact type: sheet, column (A is 0), and rows looked at."""

    sheet: str
    column: int
    rows: int = OWN_ROWS


@dataclass(frozen=True, slots=True)
class DropList:
    """A list to choose from; `name` is defined in the workbook."""

    name: str
    items: tuple[str, ...]
    own: OwnColumn | None = None


def drop_lists(pack: Pack, agreement: Agreement | None, known: KnownRecords, own: Mapping[str, OwnColumn], lang: str) -> dict[Key, DropList]:
    """The lists by what they are for: `(choices, type, field)`, `(records, type)`, `(roles, type)`, `(sites,)`, `(obligations,)`, `(parties,)`, `(yes_no,)`."""
    wanted: dict[Key, tuple[str, ...]] = {
        ("parties",): tuple(pack.head.parties),
        ("yes_no",): YES_NO[lang],
        ("sites",): tuple(site.id for site in agreement.sites) if agreement else (),
        ("obligations",): tuple(obligation.id for obligation in pack.obligations),
    }
    for type_name, fact_type in pack.vocabulary.items():
        for name, declared in fact_type.fields.items():
            if declared.of:
                wanted["choices", type_name, name] = tuple(declared.of)
        if fact_type.roles:
            wanted["roles", type_name] = fact_type.roles
    for type_name in referred(pack):
        wanted["records", type_name] = tuple(record.id for record in known.get(type_name, ()))
    return {
        key: DropList(f"list_{number}_{'_'.join(key)}"[:200], items, own.get(key[1]) if key[0] == "records" else None)
        for number, (key, items) in enumerate(wanted.items(), 1)
        if items or key[0] == "records" and key[1] in own
    }


def write_lists(book: Book, lists: Mapping[Key, DropList]) -> None:
    """The hidden sheet with every list, and their names."""
    sheet = book.writer.add_worksheet(LISTS)
    sheet.hide()
    text = book.style(num_format="@")
    for column, one in enumerate(lists.values()):
        sheet.set_column(column, column, 24, text)
        write_text(sheet, 0, column, one.name, book.style(bold=True))
        for row, item in enumerate(one.items, 1):
            write_text(sheet, row, column, item, text)
        if one.own is None:
            book.writer.define_name(one.name, f"={_cells(column, 1, len(one.items))}")
        else:
            _append_own(book, sheet, column, one)


def _append_own(book: Book, sheet: object, column: int, one: DropList) -> None:
    """Behind the known records those of this workbook, as far as its sheet is filled in."""
    own, known = one.own, len(one.items)
    letter, of = xl_col_to_name(own.column), quote_sheetname(own.sheet)
    for row in range(1, own.rows + 1):
        # INDEX, not a plain reference: it survives deleted rows
        sheet.write_formula(known + row, column, f'=INDEX({of}!${letter}:${letter},{row + 1})&""', book.style(), "")
    written = f"{of}!${letter}$2:${letter}${own.rows + 1}"
    last = f'MIN({own.rows},SUMPRODUCT(MAX(({written}<>"")*ROW({written})))-1)'
    least = 0 if known else 1
    first, every = _cells(column, 1, 1), _cells(column, 1, known + own.rows)
    book.writer.define_name(one.name, f"={first}:INDEX({every},{known}+MAX({least},{last}))")


def _cells(column: int, first: int, last: int) -> str:
    letter = xl_col_to_name(column)
    start = f"'{LISTS}'!${letter}${first + 1}"
    return start if first == last else f"{start}:${letter}${last + 1}"
