"""From the sheets of a workbook to text tables: one sheet a fact type, the header in row 1, every value at its cell.

What a person does not see or cannot rely on is named, never guessed: hidden sheets, merged cells, errors and formulas without a
value, values outside the header's columns, a header that does not stand in row 1. Numbers are read with the 15 digits that
spreadsheets keep.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal

from servanda.facts.tables import TextTable, match_header
from servanda.facts.workbook_layout import HIDDEN_PREFIX, is_instructions, is_manifest, types_by_sheet
from servanda.facts.workbook_reader import Sheet, Workbook, letters
from servanda.pack_shapes import FactType, Pack, fold
from servanda.problems import Problems

_SEARCHED_FOR_HEADER = 50
MOST_FAULTS = 10_000  # as many are named in a sheet, as `binary/` has it
_RANGE = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")


def fact_sheets(workbook: Workbook, file: str, pack: Pack, problems: Problems) -> Iterable[tuple[str | None, Sheet, bool]]:
    """(fact type or None, sheet, whether it is to be read) of each sheet that may hold facts, found by name or label; a problem where it is not."""
    names = types_by_sheet(pack.vocabulary)
    for sheet in workbook.sheets:
        type_name = names.get(fold(sheet.name))
        empty = not any(value != "" for column in sheet.columns for value in column) and not sheet.faults
        for_people = is_instructions(sheet.name) or is_manifest(sheet.name) or sheet.hidden and sheet.name.startswith(HIDDEN_PREFIX)
        if for_people or type_name is None and empty:
            continue
        if sheet.hidden:
            problems.add("hidden-sheet", file, found=sheet.name, sheet=sheet.name)
            yield type_name, sheet, False
        elif type_name is None:
            problems.add("unknown-sheet", file, found=sheet.name, sheet=sheet.name, known=", ".join(pack.vocabulary), near=sheet.name)
            yield None, sheet, False
        else:
            yield type_name, sheet, True


def table_of_sheet(sheet: Sheet, file: str, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The text table of a sheet; None where it has no header in row 1."""
    header = [cell_text(column[0]).strip() for column in sheet.columns]
    names = fact_type.header_names
    if not any(fold(text) in names for text in header):
        first_rows = zip(*(column[1:_SEARCHED_FOR_HEADER] for column in sheet.columns), strict=True)
        later = next((n for n, row in enumerate(first_rows, 2) if sum(fold(cell_text(value)) in names for value in row) > 1), None)
        if later or not any(header):
            code = "header-not-first" if later else "missing-header"
            problems.add(code, file, later or 1, found="" if later is None else f"{later}", sheet=sheet.name)
            return None
    positions = [position for position, text in enumerate(header) if text]
    written = [header[position] for position in positions]

    def header_place(number: int | None) -> dict[str, object]:
        return {"row": 1, "sheet": sheet.name, "cell": None if number is None else f"{letters(positions[number])}1"}

    fields = match_header(written, fact_type, type_name, file, problems, header_place)
    held = {name: position for name, position in zip(fields, positions, strict=True) if name is not None}
    faulty = {cell for cell, _, _ in sheet.faults}
    faulty_rows = {int(match[2]) for match in map(_RANGE.fullmatch, faulty) if match}
    kept = _rows_with_content(sheet, faulty_rows)
    columns: dict[str, list[str | None]] = {name: [None] * len(kept) for name in fact_type.fields}
    for name, position in held.items():
        column = sheet.columns[position]
        column = column[1:] if isinstance(kept, range) else [column[row - 1] for row in kept]
        columns[name] = column if set(map(type, column)) <= {str} else [cell_text(value) for value in column]

    def place(record: int, column: str | None) -> dict[str, object]:
        row = kept[record]
        return {"row": row, "sheet": sheet.name, "cell": f"{letters(held[column])}{row}" if column in held else None}

    missing = frozenset(name for name in fact_type.fields if name not in held)
    required = {name for name, declared in fact_type.fields.items() if declared.required}
    bad = set(range(len(kept))) if missing & required else set()
    cut = max(len(sheet.faults), len(sheet.merged)) >= MOST_FAULTS  # there may be more of them
    table = TextTable(type_name, file, columns, kept, place, bad | set(range(len(kept)) if cut else ()), missing=missing, cut=cut)
    _note_faults(sheet, table, held, problems)
    _note_values_outside(sheet, table, set(positions), problems)
    return table


def _rows_with_content(sheet: Sheet, faulty: set[int]) -> Sequence[int]:
    """The rows below the header that hold anything, or a fault; a range where that is all of them."""
    last = len(sheet.columns[0])
    for column in sheet.columns:
        if not any(value.__class__ is str and not value.strip() for value in set(column[1:])):
            return range(2, last + 1)
    rows = enumerate(zip(*sheet.columns, strict=True), 1)
    return [number for number, row in rows if number > 1 and (number in faulty or any(cell_text(value).strip() for value in row))]


def cell_text(value: object) -> str:
    """A cell's value as text: days as ISO, whole numbers without a fraction, booleans as true and false."""
    if value.__class__ is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}'):f}" if value == value and abs(value) < 1e300 else str(value)
    return str(value)


def _span(reference: str) -> tuple[int, int, int, int] | None:
    """(first column, first row, last column, last row) of `B2:C4`; columns from 0, rows from 1."""
    match = _RANGE.fullmatch(reference)
    if not match:
        return None
    left, top, right, bottom = match.groups()
    return _position(left), int(top), _position(right or left), int(bottom or top)


def _position(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1


_Area = tuple[str | None, int, int]  # a field (None: the record), and the first and after the last of the records


def _note(table: TextTable, sheet: Sheet, held: dict[str, int], reference: str, code: str, found: str, problems: Problems) -> list[_Area]:
    """A problem at the first cell of a reference; the areas that it covers."""
    span = _span(reference)
    if span is None:
        problems.add(code, table.file, found=found, sheet=sheet.name)
        return []
    left, top, right, bottom = span
    covered = [name for name, position in held.items() if left <= position <= right]
    column = covered[0] if len(covered) == 1 else None
    problems.add(code, table.file, top, column, found=found, sheet=sheet.name, cell=f"{letters(left)}{top}")
    first, end = bisect_left(table.rows, top), bisect_right(table.rows, bottom)
    return [(name, first, end) for name in (None, *covered)]


def _note_faults(sheet: Sheet, table: TextTable, held: dict[str, int], problems: Problems) -> None:
    """Name faulty and merged cells among the records (or in the header), and refuse what they cover.

    Of merged cells only the first has the value, so nobody knows whether the others mean it.
    """
    known = set(held.values())
    last_row, last_column = max(table.rows, default=1), max(held.values(), default=0)
    areas: list[_Area] = []
    for cell, code, found in sheet.faults:
        span = _span(cell)
        if span is None or span[0] in known:
            areas += _note(table, sheet, held, cell, code, found, problems)
    for reference in sheet.merged:
        span = _span(reference)
        if span is None or span[0] <= last_column and span[1] <= last_row:
            areas += _note(table, sheet, held, reference, "merged-cells", reference, problems)
    done: dict[str | None, int] = {}
    for name, first, end in sorted(areas, key=lambda area: area[1:]):  # each record once, however many areas cover it
        fresh = range(max(first, done.get(name, 0)), end)
        done[name] = max(done.get(name, 0), end)
        if name is None:
            table.bad.update(fresh)
        else:
            table.refused.update((record, name) for record in fresh)


def _note_values_outside(sheet: Sheet, table: TextTable, known: set[int], problems: Problems) -> None:
    for position, column in enumerate(sheet.columns):
        if position in known or column.count("") == len(column):
            continue
        for record, row in enumerate(table.rows):
            text = cell_text(column[row - 1]).strip()
            if text:
                problems.add("value-without-column", table.file, row, found=text, sheet=sheet.name, cell=f"{letters(position)}{row}")
                table.bad.add(record)
