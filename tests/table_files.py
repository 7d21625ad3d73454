"""The same records as files of every format, and where an independent reader finds a value in them.

A submission's facts are records by fact type; a record is a map of fields to values (text, int, `Decimal`, a day; None: empty).
`write` lays them into a folder. `find` reads the file back (openpyxl, pyarrow, a walk over the XML, a search in the text) and
says where a value stands, knowing nothing of the engine.
"""

from __future__ import annotations

import datetime
import json
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pyarrow
import pyarrow.parquet
import xlsxwriter

from bad_books import archive, letters, ods_parts

Value = str | int | Decimal | datetime.date | None
Record = Mapping[str, Value]
Facts = Mapping[str, Sequence[Record]]
Place = tuple[str, int, str | None, str | None]  # file, row, sheet, cell


def iso(value: Value) -> str:
    """A value as text, dates as ISO."""
    return "" if value is None else value.isoformat() if isinstance(value, datetime.date) else str(value)


def german(value: Value) -> str:
    """A value as people write it in Germany."""
    if isinstance(value, datetime.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Decimal):
        digits = max(2, -value.as_tuple().exponent)  # 2.567 alone may be a thousand or a fraction, and is refused
        return f"{value:,.{digits}f}".translate(str.maketrans(".,", ",."))
    return iso(value)


def columns_of(records: Sequence[Record], labels: Mapping[str, str], shuffle: random.Random) -> list[tuple[str, str]]:
    """(field, header) in any order; fields that no record has may be left out."""
    fields = list(labels)
    shuffle.shuffle(fields)
    kept = [name for name in fields if any(record.get(name) is not None for record in records) or name in ("id", "date", "visit") or shuffle.random() < 0.5]
    return [(name, labels[name] if shuffle.random() < 0.5 else name) for name in kept]


def _csv(delimiter: str, mark: bytes, say: Callable[[Value], str]) -> Callable:
    def write(folder: Path, facts: Facts, labels: Mapping[str, Mapping[str, str]], shuffle: random.Random) -> None:
        for name, records in facts.items():
            columns = columns_of(records, labels[name], shuffle)
            lines = [delimiter.join(header for _, header in columns)]
            for record in records:
                lines += [delimiter * (len(columns) - 1)] * shuffle.choice((0, 0, 0, 2))
                lines.append(delimiter.join(_quoted(say(record.get(field)), delimiter) for field, _ in columns))
            (folder / f"{name}.csv").write_bytes(mark + (shuffle.choice(("\n", "\r\n")).join(lines) + "\n").encode())

    return write


def _quoted(text: str, delimiter: str) -> str:
    return f'"{text}"' if delimiter in text else text


def _yaml(folder: Path, facts: Facts, labels: Mapping, shuffle: random.Random) -> None:
    for name, records in facts.items():
        lines = []
        for record in records:
            pairs = [(field, value) for field, value in record.items() if value is not None or shuffle.random() < 0.5]
            lines += [f"{'- ' if not position else '  '}{field}: {iso(value)}" for position, (field, value) in enumerate(pairs)]
        (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _json(indent: int | None, lines: bool) -> Callable:
    def write(folder: Path, facts: Facts, labels: Mapping, shuffle: random.Random) -> None:
        for name, records in facts.items():
            plain = [{field: _number(value) for field, value in record.items() if value is not None or shuffle.random() < 0.5} for record in records]
            if lines:
                text = "\n".join(json.dumps(record, ensure_ascii=False) + "\n" * shuffle.choice((0, 0, 1)) for record in plain)
            else:
                text = json.dumps(plain, ensure_ascii=False, indent=indent)
            (folder / f"{name}.{'jsonl' if lines else 'json'}").write_text(text, encoding="utf-8")

    return write


def _number(value: Value) -> object:
    return float(value) if isinstance(value, Decimal) else value if value is None or isinstance(value, int) else iso(value)


def _parquet(folder: Path, facts: Facts, labels: Mapping, shuffle: random.Random) -> None:
    for name, records in facts.items():
        arrays, headers = [], []
        for field, header in columns_of(records, labels[name], shuffle):
            values = [record.get(field) for record in records]
            kinds = {type(value) for value in values if value is not None}
            headers.append(header)
            arrays.append(pyarrow.array(values if len(kinds) < 2 else [None if value is None else iso(value) for value in values]))
        pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, names=headers), folder / f"{name}.parquet")


def _xlsx(typed: bool) -> Callable:
    def write(folder: Path, facts: Facts, labels: Mapping, shuffle: random.Random) -> None:
        with xlsxwriter.Workbook(folder / "meldung.xlsx", {"strings_to_numbers": False}) as book:
            day = book.add_format({"num_format": "dd.mm.yyyy"})
            for name, records in facts.items():
                sheet, row = book.add_worksheet(name), 0
                columns = columns_of(records, labels[name], shuffle)
                sheet.write_row(0, 0, [header for _, header in columns])
                for record in records:
                    row += 1 + shuffle.choice((0, 0, 2))
                    for position, (field, _) in enumerate(columns):
                        value = record.get(field)
                        if value is None:
                            continue
                        if not typed or isinstance(value, str):
                            sheet.write_string(row, position, shuffle.choice((iso, german))(value))
                        elif isinstance(value, datetime.date):
                            sheet.write_datetime(row, position, value, day)
                        else:
                            sheet.write_number(row, position, float(value))

    return write


def _ods(folder: Path, facts: Facts, labels: Mapping, shuffle: random.Random) -> None:
    sheets = {}
    for name, records in facts.items():
        columns = columns_of(records, labels[name], shuffle)
        rows: list[list] = [[header for _, header in columns]]
        for record in records:
            rows += [[]] * shuffle.choice((0, 0, 2))
            rows.append([_ods_cell(record.get(field)) for field, _ in columns])
        sheets[name] = {"rows": rows}
    (folder / "meldung.ods").write_bytes(archive(ods_parts(sheets)))


def _ods_cell(value: Value) -> str | dict[str, str]:
    return {"date": iso(value)} if isinstance(value, datetime.date) else {"number": str(value)} if isinstance(value, (int, Decimal)) else iso(value)


WRITERS: dict[str, Callable[[Path, Facts, Mapping, random.Random], None]] = {
    "csv with commas": _csv(",", b"", iso), "csv with semicolons and a byte order mark": _csv(";", b"\xef\xbb\xbf", german), "yaml": _yaml,
    "json": _json(None, False), "json on many lines": _json(2, False), "json lines": _json(None, True), "parquet": _parquet,
    "xlsx": _xlsx(True), "xlsx of texts": _xlsx(False), "ods": _ods,
}


def find(folder: Path, name: str, field: str, header: str, value: Value, identity: Value) -> Place:
    """Where the last value that is so stands in a field; where it is empty, the place in the record of that identity (its first field)."""
    path = next(path for path in sorted(folder.iterdir()) if path.stem in (name, "meldung"))
    if path.suffix in (".xlsx", ".ods"):
        return _in_grid(path, _grid(path, name), (name, field, header), value, identity)
    if path.suffix == ".parquet":
        rows = pyarrow.parquet.read_table(path).to_pylist()
        key = next(iter(row for row in rows[0] if row in (field, header)), None)
        wanted = [n for n, row in enumerate(rows) if (iso(row[key]) == iso(value) if value is not None else iso(identity) in map(iso, row.values()))]
        return path.name, wanted[-1] + 2, None, None
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    written = [form(identity if value is None else value) for form in (iso, german)]
    number = [n for n, line in enumerate(lines) if any(text in _words(line) for text in written)][-1]
    if value is None and path.suffix in (".yaml", ".json"):
        number = max(n for n in range(number + 1) if lines[n].startswith(("- ", "  {", "[{")))  # of the record
    return path.name, number + 1, None, None


def _words(line: str) -> list[str]:
    for sign in '",;:[]{}':
        line = line.replace(sign, " " if sign != "," else ", ")
    return [word.rstrip(",") for word in line.split()] + line.replace(",", ".").split() + line.replace(", ", ",").split()


def _grid(path: Path, name: str) -> list[list[Value]]:
    if path.suffix == ".xlsx":
        rows = openpyxl.load_workbook(path)[name].iter_rows(values_only=True)
        return [[value.date() if isinstance(value, datetime.datetime) else value for value in row] for row in rows]
    spaces = {"t": "urn:oasis:names:tc:opendocument:xmlns:table:1.0"}
    content = ElementTree.fromstring(zipfile.ZipFile(path).read("content.xml"))
    table = next(one for one in content.iterfind(".//t:table", spaces) if one.get(f"{{{spaces['t']}}}name") == name)
    return [["".join(cell.itertext()) or None for cell in row] for row in table.iterfind("t:table-row", spaces)]


def _in_grid(path: Path, grid: list[list[Value]], names: tuple[str, str, str], value: Value, identity: Value) -> Place:
    name, field, header = names
    column = next((n for n, text in enumerate(grid[0]) if text in (field, header)), None)
    if value is None:
        row = [n for n, cells in enumerate(grid) if identity in cells][-1]
    else:
        forms = (value, iso(value), german(value), float(value) if isinstance(value, Decimal) else value)
        row = [n for n, cells in enumerate(grid) if n and column < len(cells) and cells[column] in forms][-1]
    return path.name, row + 1, name, None if column is None else f"{letters(column)}{row + 1}"
