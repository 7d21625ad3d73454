"""Parquet tables: read in a process of their own, the type of every column checked against its field's.

The first record is row 2, as in a spreadsheet. Text columns hold the same forms as CSV; fractions must have at most two decimals.
"""

from __future__ import annotations

import os
import stat

from servanda.facts.tables import Source, TextTable, match_header
from servanda.facts.workbook_reader import run_worker
from servanda.facts.workbook_tables import cell_text
from servanda.pack_shapes import FactType
from servanda.problems import Problems

MAX_BYTES = 1024**3
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
_FRACTIONS = ("DECIMAL", "FLOAT", "DOUBLE")
_DAYS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_TEXTS = ("VARCHAR", "ENUM", '"NULL"')
_SINGLE = (*_TEXTS, *_INTEGERS, *_FRACTIONS, *_DAYS, "BOOLEAN")
# The types of columns by the type of the field; text is typed as in CSV, a column of single values that are all empty may have any type.
FITTING = {
    "date": (*_TEXTS, *_DAYS), "year": (*_TEXTS, *_INTEGERS, *_FRACTIONS), "amount": (*_TEXTS, *_INTEGERS, *_FRACTIONS),
    "number": (*_TEXTS, *_INTEGERS, *_FRACTIONS), "bool": (*_TEXTS, "BOOLEAN", *_INTEGERS), "choices": (*_TEXTS, "VARCHAR[]"),
}
_NAMES = (*_TEXTS, *_INTEGERS)


def read_parquet(source: Source, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The table of a Parquet file; None with a problem where it cannot be read as one."""
    if not _is_readable(source, problems):
        return None
    columns: list[tuple[str, str]] = []
    values: list[list[object]] = []
    for message in run_worker(["parquet", str(source.path)], b""):
        if isinstance(message, list):
            for column, more in zip(values, message, strict=True):
                column.extend(more)
        elif "problem" in message:
            problems.add(message.pop("problem"), source.file, found=message.pop("found", None), **message)
            return None
        else:
            columns = [(name, kind) for name, kind in message["columns"]]
            values = [[] for _ in columns]
    return _table(source, columns, values, type_name, fact_type, problems)


def _is_readable(source: Source, problems: Problems) -> bool:
    try:
        found = os.stat(source.path)
    except OSError as error:
        problems.add("unreadable-file", source.file, found=error.strerror or type(error).__name__)
        return False
    if not stat.S_ISREG(found.st_mode):
        problems.add("unreadable-file", source.file, found="not an ordinary file")
    elif found.st_size > MAX_BYTES:
        problems.add("file-too-large", source.file, found=found.st_size, limit=MAX_BYTES)
    else:
        return True
    return False


def _table(source: Source, columns: list, values: list, type_name: str, fact_type: FactType, problems: Problems) -> TextTable:
    count = len(values[0]) if values else 0
    fields = match_header([name for name, _ in columns], fact_type, type_name, source.file, problems)
    texts: dict[str, list[str | None]] = {name: [None] * count for name in fact_type.fields}
    bad: set[int] = set()
    refused: set[tuple[int, str]] = set()
    for name, (_, kind), column in zip(fields, columns, values, strict=True):
        if name is None:
            continue
        fitting = FITTING.get(fact_type.fields[name].type, _NAMES)
        empty = kind.split("(")[0] in _SINGLE and not any(value is not None for value in column)
        if kind.split("(")[0] not in fitting and not empty:
            problems.add("wrong-column-type", source.file, 1, name, found=kind, known=", ".join(kind for kind in fitting if kind != '"NULL"'))
            bad.update(range(count))
            refused.update((record, name) for record in range(count))
        else:
            texts[name] = [_text(value, kind) for value in column]
    missing = frozenset(name for name in fact_type.fields if name not in fields)
    required = {name for name, declared in fact_type.fields.items() if declared.required}
    if missing & required:
        bad = set(range(count))
    return TextTable(type_name, source.file, texts, range(2, count + 2), bad=bad, refused=refused, missing=missing)


def _text(value: object, kind: str) -> str | None:
    """A value as it would stand in a CSV cell; decimals without zeros at their end."""
    if value is None:
        return None
    if isinstance(value, list) and kind not in _DAYS:
        return "|".join(str(item) for item in value)
    if kind in _DAYS:
        return value[0] if isinstance(value, list) else str(value)
    if kind.startswith("DECIMAL") and "." in str(value):
        return str(value).rstrip("0").rstrip(".")
    return cell_text(value)
