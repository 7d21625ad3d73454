"""The rows around a problem, as texts: so that a page can show a cell in its surroundings and mark it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from servanda.facts.submissions import WORKBOOKS
from servanda.facts.workbook_reader import letters, read_workbook
from servanda.facts.workbook_tables import cell_text
from servanda.pack_shapes import FactType, Pack, fold
from servanda.problems import Problem, Problems

AROUND = 2
MOST_GRIDS = 50
MOST_COLUMNS = 40
MOST_SIGNS = 120
Row = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Some rows of a file or sheet: `columns` by letters, `rows` with the number that an editor shows, `marked` (row, column from 0)."""

    file: str
    sheet: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    marked: frozenset[tuple[int, int]]


def grids_of(folder: Path, problems: Sequence[Problem], packs: Mapping[str, Pack]) -> tuple[Grid, ...]:
    """The first rows of a table and those around each of its problems, for workbooks and CSV; `problems` name files from `folder` on."""
    by_sheet: dict[tuple[str, str | None], list[Problem]] = {}
    for one in problems:
        if one.file and one.row and one.file.endswith((".csv", *WORKBOOKS)) and not (folder / one.file).is_symlink():
            by_sheet.setdefault((one.file, one.sheet), []).append(one)
    found: list[Grid] = []
    books: dict[str, Mapping[str, Sequence[Row]]] = {}
    for (file, sheet), own in by_sheet.items():
        if len(found) >= MOST_GRIDS:
            break
        if file.endswith(".csv"):
            rows = _csv_rows(folder / file)
        else:
            books[file] = books.get(file) or _book_rows(folder / file, file)
            rows = books[file].get(sheet or "", ())
        if rows:
            found += _grids(file, sheet, rows, own, _types(file, packs))
    return tuple(found[:MOST_GRIDS])


def _grids(file: str, sheet: str | None, rows: Sequence[Row], problems: Sequence[Problem], types: Sequence[FactType]) -> list[Grid]:
    """A grid for each stretch of rows that lie close together; each begins with the header."""
    header = rows[0][1]
    marked = {cell for one in problems for cell in _cells(one, header, types)}
    places = [place for place, (number, _) in enumerate(rows) if any(row == number for row, _ in marked)]
    stretches: list[list[int]] = []
    for place in places:
        near = range(max(0, place - AROUND), min(len(rows), place + AROUND + 1))
        if stretches and near.start <= stretches[-1][-1] + 1:
            stretches[-1] = sorted({*stretches[-1], *near})
        else:
            stretches.append([*near])
    grids = []
    for stretch in stretches[:MOST_GRIDS]:
        shown = [rows[place] for place in sorted({0, *stretch})]
        width = min(MOST_COLUMNS, max(len(cells) for _, cells in shown))
        texts = tuple((number, tuple(cell[:MOST_SIGNS] for cell in [*cells, *[""] * width][:width])) for number, cells in shown)
        numbers = {number for number, _ in shown}
        grids.append(Grid(file, sheet, tuple(map(letters, range(width))), texts, frozenset((r, c) for r, c in marked if r in numbers and c < width)))
    return grids


def _cells(problem: Problem, header: Sequence[str], types: Sequence[FactType]) -> list[tuple[int, int]]:
    """The cells of a problem: the one that it names, or its whole row."""
    if problem.cell:
        column = 0
        for letter in problem.cell.partition(":")[0].rstrip("0123456789"):
            column = column * 26 + ord(letter) - 64
        return [(problem.row, column - 1)]
    names = {fold(problem.column)} if problem.column else set()
    for fact_type in types:
        names |= {written for written, field in fact_type.header_names.items() if field == problem.column}
    found = [number for number, cell in enumerate(header) if fold(cell) in names]
    return [(problem.row, number) for number in found or range(len(header))]


def _types(file: str, packs: Mapping[str, Pack]) -> list[FactType]:
    stem = Path(file).stem
    return [pack.vocabulary[stem] for pack in packs.values() if stem in pack.vocabulary]


def _csv_rows(path: Path) -> list[Row]:
    """The rows of a CSV file with the lines on which they begin, as far as it can be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return []
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        pass
    return rows


def _book_rows(path: Path, file: str) -> dict[str, list[Row]]:
    book = read_workbook(path, file, Problems())
    if book is None:
        return {}
    return {sheet.name: [(number, tuple(map(cell_text, cells))) for number, cells in enumerate(sheet.rows, 1)] for sheet in book.sheets}
