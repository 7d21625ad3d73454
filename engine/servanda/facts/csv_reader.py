"""CSV: UTF-8, comma or semicolon, a header row, quoted as usual. Nothing is sniffed but the delimiter.

The delimiter is the one under which the header's names are known. Every row must have as many cells as the header;
rows without any content are passed over. Source: RFC 4180, contract section 2.
"""

from __future__ import annotations

import csv
import io
import re

from servanda.facts.tables import Source, TextTable, match_header, read_text
from servanda.pack_shapes import FactType, fold
from servanda.problems import Problems

MAX_BYTES = 1024**3
MAX_CELLS = 10_000_000
SEARCHED_FOR_HEADER = 5_000  # characters
csv.field_size_limit(1_000_000)
_LINE_END = re.compile("[\r\n]")


def read_csv(source: Source, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The table of a CSV file; None where it cannot be read as one at all."""
    read = read_text(source, MAX_BYTES, problems)
    if read is None:
        return None
    text, encoding = read
    file = source.file
    try:
        delimiter = _delimiter(text, fact_type)
        later = None if delimiter else _header_below(text, fact_type)
    except csv.Error as error:
        problems.add("invalid-csv", file, 1, found=str(error))
        return None
    if later:
        problems.add("header-not-first", file, later, found=later)
        return None
    delimiter = delimiter or _likely_delimiter(text)
    table = _table(text, delimiter, file, type_name, fact_type, problems)
    if table is not None:
        table.encoding = encoding
    return table


def known_delimiter(header: str, fact_type: FactType) -> str | None:
    """The delimiter of a table that begins with this line; None where names of fields stand under none."""
    return _delimiter(header, fact_type)


def _delimiter(text: str, fact_type: FactType) -> str | None:
    """The delimiter under which names of the header are known; None where none is."""
    first = _first_line(text)
    commas, semicolons = (_known(first, delimiter, fact_type) for delimiter in ",;")
    if commas == semicolons:
        return _likely_delimiter(text) if commas else None
    return ";" if semicolons > commas else ","


def _likely_delimiter(text: str) -> str:
    first = _first_line(text)
    return ";" if first.count(";") > first.count(",") else ","


def _first_line(text: str) -> str:
    end = _LINE_END.search(text)
    return text[: end.start()] if end else text


def _known(line: str, delimiter: str, fact_type: FactType) -> int:
    """How many cells of a line are names of fields."""
    row = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    return sum(fold(cell) in fact_type.header_names for cell in row)


def _header_below(text: str, fact_type: FactType) -> int | None:
    """The line of a header that stands below a title (or a line such as `sep=;`), for the problem that says so."""
    start = text[:SEARCHED_FOR_HEADER].splitlines()
    return next((number for number, line in enumerate(start[1:], 2) if max(_known(line, delimiter, fact_type) for delimiter in ",;") > 1), None)


def _table(text: str, delimiter: str, file: str, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        problems.add("invalid-csv", file, 1, found=str(error))
        return None
    if not any(cell.strip() for cell in header):
        problems.add("missing-header", file, 1, found=delimiter.join(header))
        return None
    fields = match_header(header, fact_type, type_name, file, problems)
    records: list[list[str]] = []
    rows: list[int] = []
    shifted: set[int] = set()
    cut, width = False, len(header)
    most = MAX_CELLS // width
    last = reader.line_num
    try:
        for record in reader:
            row, last = last + 1, reader.line_num
            if not "".join(record).strip():
                continue
            if len(record) != width:
                problems.add("wrong-cell-count", file, row, found=len(record), expected=width)
                shifted.add(len(records))
                record = (record + [""] * width)[:width]
            records.append(record)
            rows.append(row)
            if len(records) > most:
                problems.add("table-too-large", file, row, found=f"> {MAX_CELLS}", limit=MAX_CELLS)
                return None
    except csv.Error as error:
        problems.add("invalid-csv", file, last + 1, found=str(error))
        cut = True
    columns = dict.fromkeys(fact_type.fields)
    cells = list(zip(*records, strict=True)) if records else [()] * width
    for name, column in zip(fields, cells, strict=True):
        if name is not None:
            columns[name] = list(column)
    missing = frozenset(name for name, column in columns.items() if column is None)
    filled = {name: [None] * len(rows) if column is None else column for name, column in columns.items()}
    required = {name for name, declared in fact_type.fields.items() if declared.required}
    bad = set(range(len(rows))) if missing & required else set(shifted)
    return TextTable(type_name, file, filled, rows, bad=bad, shifted=shifted, missing=missing, cut=cut)

