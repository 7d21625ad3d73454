"""A marked copy of a submitted workbook: what is wrong is filled, framed and noted at its cell, and listed on a first sheet.

    workbook = read_workbook(path, file, Problems(), typed=True)
    pack, agreement = whose(workbook.sheets, known.packs, known.agreements)
    data = feedback_workbook(workbook.sheets, problems.sorted(), "de", file=file, pack=pack, agreement=agreement)

The copy has every sheet that was submitted, with values of the same type (text stays text, never a formula), and the
template's drop-downs, notes and formats wherever pack and header are known: corrected, it can be submitted again.
The original is not touched; nothing is read or written here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Protocol

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from servanda.facts.workbook_layout import (
    FEEDBACK,
    HIDDEN_PREFIX,
    INSTRUCTIONS,
    LISTS,
    MANIFEST_KEYS,
    MAX_SHEET_NAME,
    fits,
    is_manifest,
    sheet_titles,
    types_by_sheet,
)
from servanda.model import Agreement
from servanda.pack_shapes import FieldType, Pack, fold
from servanda.problem_texts import expected, message
from servanda.problems import Problem
from servanda.report.book import Book, book_bytes, shown, write_note
from servanda.template.columns import columns_of, header_note, header_style, number_format
from servanda.template.feedback_list import write_feedback_list
from servanda.template.feedback_words import FEEDBACK_WORDS
from servanda.template.instructions import write_instructions
from servanda.template.known import KnownRecords
from servanda.template.lists import DropList, Key, drop_lists, write_lists
from servanda.template.manifest import lay_out_manifest, validate_manifest, value_format
from servanda.template.values import write_value
from servanda.template.workbook import CHECKED_ROWS, lay_out, own_columns

# Cells of a sheet that get a note; all wrong cells are marked, and the first sheet lists every problem.
NOTES_A_SHEET = 5_000
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_MARK = {"bg_color": "#FFC7CE", "border": 5, "border_color": "#9C0006"}


class SubmittedSheet(Protocol):
    """A sheet as it was read: rows from A1 on, each cell "" where it is empty, days as dates."""

    @property
    def name(self) -> str: ...

    @property
    def hidden(self) -> bool: ...

    @property
    def rows(self) -> Sequence[Sequence[object]]: ...


@dataclass(frozen=True, slots=True)
class _Copy:
    """A sheet to be copied: its name and its name in the copy, what it is (`type` of facts, the manifest, or neither), fields by position, problems by cell."""

    name: str
    title: str
    rows: Sequence[Sequence[object]]
    type: str | None
    manifest: bool
    fields: Mapping[int, str]
    wrong: Mapping[tuple[int, int], Sequence[Problem]]


def whose(sheets: Sequence[SubmittedSheet], packs: Mapping[str, Pack], agreements: Mapping[str, Agreement]) -> tuple[Pack | None, Agreement | None]:
    """The pack and agreement that a workbook's manifest names, as far as they are known: a copy needs them, also where the manifest does not hold."""
    named: dict[str | None, str] = {}
    for sheet in sheets:
        for row in sheet.rows if is_manifest(sheet.name) else ():
            if len(row) > 1 and row[1] != "":
                named.setdefault(MANIFEST_KEYS.get(fold(str(row[0]))), str(row[1]).strip())
    agreement = agreements.get(named.get("agreement", ""))
    return packs.get(agreement.pack if agreement else named.get("pack", "")), agreement


def feedback_workbook(
    sheets: Sequence[SubmittedSheet], problems: Sequence[Problem], lang: str = "de", *, file: str = "", pack: Pack | None = None,
    agreement: Agreement | None = None, known: KnownRecords | None = None,
) -> bytes:
    """The .xlsx copy of `sheets` with every one of `problems` marked and listed (in their order), in the words of `lang`.

    `problems` are those of this workbook; they say where by `sheet` and `cell`. `file` names the submitted file in the heading. `pack` and
    `agreement` (as far as the manifest could be read) bring back drop-downs, notes and formats; `known` the records to choose from.
    """
    copies = _copies(sheets, problems, lang, pack)
    titles = {copy.type: copy.title for copy in copies if copy.type}
    fields = {copy.type: copy.fields for copy in copies if copy.type}
    rows = max([1_000, *(len(copy.rows) + 100 for copy in copies if copy.type)])
    lists = drop_lists(pack, agreement, known or {}, own_columns(pack, titles, fields, rows), lang) if pack else {}

    def fill(book: Book) -> None:
        write_feedback_list(book, problems, {copy.name: copy.title for copy in copies}, _labels(copies, pack, lang), file)
        for copy in copies:
            sheet = book.writer.add_worksheet(copy.title)
            if pack and _for_people(copy):  # made anew: a copy of its texts would lose its looks
                write_instructions(book, sheet, pack, agreement, None, titles, known or {})
                continue
            if copy.wrong:
                sheet.set_tab_color("#9C0006")
            _lay_out(book, sheet, copy, pack, titles, lists)
            _write_cells(book, sheet, copy, pack)
            _write_notes(book, sheet, copy, pack, titles)
        if lists:
            write_lists(book, lists)

    return book_bytes(lang, FEEDBACK[lang], fill)


def _labels(copies: Sequence[_Copy], pack: Pack | None, lang: str) -> dict[tuple[str, str], str]:
    """The words for a field by (sheet, field)."""
    return {
        (copy.name, name): declared.label.of(lang)
        for copy in copies if copy.type and pack for name, declared in pack.vocabulary[copy.type].fields.items()
    }


def _copies(sheets: Sequence[SubmittedSheet], problems: Sequence[Problem], lang: str, pack: Pack | None) -> list[_Copy]:
    """The sheets to be copied: all but an earlier feedback and the hidden lists, which are made anew."""
    types = types_by_sheet(pack.vocabulary) if pack else {}
    every = sheet_titles(pack.vocabulary, lang) if pack else {}
    earlier = {fold(name) for name in FEEDBACK.values()}
    taken = earlier | {fold(LISTS)}
    copies: list[_Copy] = []
    seen: set[str] = set()
    for source in sheets:
        if fold(source.name) in earlier or source.hidden and source.name.startswith(HIDDEN_PREFIX):
            continue
        type_name = types.get(fold(source.name))
        if type_name in seen:
            type_name = None
        wanted = every[type_name] if type_name and not fits(source.name) else source.name
        title = _free(wanted, taken)
        taken.add(fold(title))
        fields: dict[int, str] = {}
        rows = source.rows
        if type_name and pack:
            seen.add(type_name)
            names = pack.vocabulary[type_name].header_names
            for position, value in enumerate(rows[0] if rows else ()):
                field = names.get(fold(str(value)))
                if field and field not in fields.values():
                    fields[position] = field
        copies.append(_Copy(source.name, title, rows, type_name, is_manifest(source.name), fields, _by_cell(source.name, problems)))
    return copies


def _free(name: str, taken: set[str]) -> str:
    """The name of a sheet as Excel takes it, and only once (an .ods may have longer names with other signs)."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f\x7f]", "_", shown(name)).strip().lstrip("'")
    free, number = _units(plain, MAX_SHEET_NAME), 1
    while fold(free) in taken or fold(free) == "history":
        number += 1
        free = f"{_units(plain, MAX_SHEET_NAME - 6)}~{number}"
    return free


def _units(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of a text, as the end of a sheet's name may be; never nothing."""
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore").rstrip("' ") or "_"


def _by_cell(sheet: str, problems: Sequence[Problem]) -> dict[tuple[int, int], list[Problem]]:
    found: dict[tuple[int, int], list[Problem]] = {}
    for problem in problems:
        if problem.sheet == sheet and problem.cell and _CELL.fullmatch(problem.cell):
            found.setdefault(xl_cell_to_rowcol(problem.cell), []).append(problem)
    return found


def _lay_out(book: Book, sheet: Worksheet, copy: _Copy, pack: Pack | None, titles: Mapping[str, str], lists: Mapping[Key, DropList]) -> None:
    """Widths, formats and drop-downs as in a template, or plain ones where nobody knows what the sheet holds."""
    rows = copy.rows
    if copy.type and pack:
        # notes are written with the problems: a cell has only one
        headers = [f"{xl_col_to_name(position)}1" for position in copy.fields]
        lay_out(book, sheet, pack, copy.type, copy.fields, titles, lists, max(CHECKED_ROWS, len(rows) + 1_000), headers)
    elif copy.manifest and pack:
        lay_out_manifest(book, sheet)
        validate_manifest(book, sheet, [str(row[0]) if row else "" for row in rows], pack, lists)
    elif rows:
        sheet.set_column(0, max(len(row) for row in rows[:1_000]), 24)


def _for_people(copy: _Copy) -> bool:
    """Whether these are the template's instructions (an earlier feedback is not copied)."""
    return fold(copy.name) in {fold(name) for name in INSTRUCTIONS.values()}


def _write_cells(book: Book, sheet: Worksheet, copy: _Copy, pack: Pack | None) -> None:
    """Every value with its format, then the wrong cells that lie outside what was filled in."""
    style = cache(partial(_style, book, copy, _declared(copy, pack)))
    filled = {(row, column) for row, values in enumerate(copy.rows) for column in range(len(values))} if copy.wrong else set()
    for row, values in enumerate(copy.rows):
        label = str(values[0]) if copy.manifest and values else ""
        for column, value in enumerate(values):
            wrong = (row, column) in copy.wrong
            if value != "" or wrong:
                write_value(sheet, row, column, value, style(row == 0, column, label, wrong), book, wrong)
    for row, column in sorted(copy.wrong.keys() - filled):
        sheet.write_blank(row, column, None, style(False, column, "", True))


def _declared(copy: _Copy, pack: Pack | None) -> dict[int, FieldType]:
    """The field of each column, where it is known."""
    return {column.position: column.declared for column in columns_of(pack.vocabulary[copy.type], copy.fields)} if copy.type and pack else {}


def _style(book: Book, copy: _Copy, declared: Mapping[int, FieldType], header: bool, column: int, label: str, wrong: bool) -> Format:
    """How a cell looks: as in a template, with the mark where it is wrong. `label` is column A of the manifest."""
    mark = _MARK if wrong else {}
    if header and column in declared:
        return header_style(book, declared[column], **mark, **({"font_color": "#000000"} if wrong else {}))
    if column in declared:
        return book.style(num_format=number_format(declared[column], book.lang), text_wrap=declared[column].type == "text", **mark)
    if copy.manifest and column == 1 and not header:
        return book.style(num_format=value_format(label, book.lang), **mark)
    return book.style(bold=header and copy.manifest, **mark)


def _write_notes(book: Book, sheet: Worksheet, copy: _Copy, pack: Pack | None, titles: Mapping[str, str]) -> None:
    """The problems of each cell; a header's own note follows them."""
    headers = {column.position: column for column in columns_of(pack.vocabulary[copy.type], copy.fields)} if copy.type and pack else {}
    places = dict.fromkeys([*copy.wrong, *((0, position) for position in headers)])
    for row, column in sorted(places)[:NOTES_A_SHEET]:
        parts = [problem_note(problem, book.lang) for problem in copy.wrong.get((row, column), ())]
        if row == 0 and column in headers:
            parts.append(header_note(pack, copy.type, headers[column], titles, book.lang))
        write_note(sheet, row, column, "\n\n".join(parts))


def problem_note(problem: Problem, lang: str) -> str:
    """A problem in words for a note: what is wrong and what was expected."""
    wanted = FEEDBACK_WORDS["expected"][lang == "en"]
    return f"{shown(message(problem, lang), 1_000)}\n{wanted}: {shown(expected(problem, lang), 600)}"

