"""The cells around a problem, as texts, so that a page can show what is wrong where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from servanda.facts.submissions import WORKBOOKS
from servanda.problems import Problem, Problems

AROUND, MOST, WIDEST, LONGEST = 2, 20, 24, 120
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Grid:
    """Some rows of a table: (line, cells) each; `marked` are the wrong places as (line, column from 0). `columns` are a workbook's letters."""

    file: str
    sheet: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    marked: frozenset[tuple[int, int]]


def grids(problems: Sequence[Problem]) -> Iterable[Grid]:
    """The surroundings of the first problems in tables: a grid a sheet or CSV file, with two rows before and after each."""
    by_table: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        if one.file and (one.cell or one.file.endswith(".csv") and one.row):
            by_table.setdefault((one.file, one.sheet or ""), []).append(one)
    for (file, sheet), mine in list(by_table.items())[:MOST]:
        rows = _sheet_rows(Path(file), sheet) if file.endswith(WORKBOOKS) else _csv_rows(Path(file))
        if rows:
            yield _grid(Path(file).name, sheet, rows, mine[:MOST])


def _grid(file: str, sheet: str, rows: Sequence[Sequence[str]], problems: Sequence[Problem]) -> Grid:
    places = [_place(one, rows) for one in problems]
    lines = sorted({1, *(line for wanted, _ in places for line in range(wanted - AROUND, wanted + AROUND + 1))} & set(range(1, len(rows) + 1)))
    width = min(WIDEST, max(len(rows[line - 1]) for line in lines)) if lines else 0
    shown = tuple((line, tuple(_short(cell) for cell in [*rows[line - 1], *[""] * width][:width])) for line in lines)
    marked = frozenset((line, column) for line, column in places if column is not None and column < width)
    return Grid(file, sheet, tuple(_letters(number) for number in range(width)), shown, marked)


def _place(problem: Problem, rows: Sequence[Sequence[str]]) -> tuple[int, int | None]:
    found = _CELL.fullmatch(problem.cell or "")
    if found:
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        return int(found[2]), column - 1
    header = [cell.strip().lower() for cell in rows[0]]
    line = problem.row or 1
    values = rows[line - 1] if line <= len(rows) else ()
    column = header.index(problem.column.lower()) if problem.column and problem.column.lower() in header else None
    if column is None and problem.found and problem.found in values:
        column = list(values).index(problem.found)
    return line, column


def _sheet_rows(path: Path, name: str) -> list[list[str]]:
    from servanda.facts.workbook_reader import read_workbook

    book = read_workbook(path, path.as_posix(), Problems())
    sheet = next((one for one in book.sheets if one.name == name), None) if book else None
    if sheet is None:
        return []
    return [[_text(cell) for cell in row] for row in zip(*sheet.columns, strict=True)]


def _csv_rows(path: Path) -> list[list[str]]:
    """The lines of a CSV file; lines inside quotes are lines of their own here, so that numbers are those of an editor."""
    import csv

    try:
        lines = path.read_bytes()[: 4 * 1024**2].decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return []
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    rows = []
    for line in lines:
        try:
            rows.append(next(csv.reader([line], delimiter=delimiter), []))
        except csv.Error:
            rows.append([line])
    return rows


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _letters(number: int) -> str:
    return chr(65 + number) if number < 26 else chr(64 + number // 26) + chr(65 + number % 26)
