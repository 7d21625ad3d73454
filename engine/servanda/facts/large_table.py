"""Large CSV files, read column by column inside DuckDB: never a Python object a row.

Only what is surely read as `csv_reader` reads it is taken here: every record one line, as many cells as the header, quoted as usual, UTF-8.
Of anything else nothing is said here: the careful reader takes over, with its limits, and says what is wrong. Source: RFC 4180, contract section 2.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
import stat
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from servanda.facts.csv_reader import known_delimiter
from servanda.facts.large_columns import Column, column_of
from servanda.facts.store import connect_to_read
from servanda.facts.tables import Place, Source, match_header
from servanda.pack_shapes import FactType
from servanda.problems import Problems
from servanda.yaml_source import decode

MAX_BYTES = 64 * 1024**3
MAX_LINE = 1_000_000  # bytes
_CHUNK = 1024**2
_GLOB = re.compile(r"[*?\[\]{}]")
_LOOSE_QUOTE = re.compile(rb'(?:\A|[,;\n])[ \t]+"|"[ \t]+(?:[,;\r\n]|\Z)')
# What Python takes for blanks: a row of nothing else is passed over.
BLANK_ROW = r"[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*"


@dataclass(slots=True)
class LargeTable:
    """A validated table that lies in a database: its records are numbered by their rows; `bad` are the rows of those with a problem.

    `name` is a relation with `row`, `id` and `v_<field>`; `rows` are as many as there are records; `named` says that a record
    without an identity has a problem.
    """

    type: str
    file: str
    con: duckdb.DuckDBPyConnection
    name: str
    rows: Sequence[int]
    bad: set[int] = field(default_factory=set)
    encoding: str | None = None
    named: bool = True

    def at(self, row: int, column: str | None) -> Place:
        """Where a person finds a record."""
        return {"row": row}


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as read: columns `c_<field>`, and in `odd` the texts of rows that are not plain or lack a value; `given` fields are the file's columns."""

    con: duckdb.DuckDBPyConnection
    name: str
    columns: Sequence[Column]
    given: Sequence[str]


class LargeFiles:
    """The database into which the large tables of one pack are read; it is made when there is one."""

    def __init__(self) -> None:
        self.con: duckdb.DuckDBPyConnection | None = None
        self._count = 0

    def new(self) -> tuple[duckdb.DuckDBPyConnection, str]:
        """The database, and a name for one more table in it."""
        if self.con is None:
            self.con = connect_to_read()
            self.con.execute("CREATE SCHEMA large")
        self._count += 1
        return self.con, f"large.t{self._count}"


def read_large(source: Source, type_name: str, fact_type: FactType, known: Mapping[str, frozenset[str] | None], files: LargeFiles) -> RawTable | None:
    """The table of a CSV file; None where the careful reader is to read it. `known` are the sites or obligations, by the type of a field."""
    path = str(source.path.resolve())
    try:
        found = os.stat(path)
        header = None if _GLOB.search(path) or not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES else _header(source, type_name, fact_type)
    except OSError:
        return None
    if header is None:
        return None
    delimiter, given = header
    con, name = files.new()
    columns = [column_of(field_name, declared, known.get(declared.type)) for field_name, declared in fact_type.fields.items()]
    looked: list[_Look] = []
    look = threading.Thread(target=_look_through, args=(source.path, delimiter, looked))
    look.start()
    try:
        con.execute(f"CREATE TABLE {name} AS {_typed(columns, given, delimiter)}", [path])
    except duckdb.Error:
        return None
    finally:
        look.join()
    rows = con.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
    if not looked or not _one_record_a_line(con, looked[0], rows, len(given), delimiter, path):
        con.execute(f"DROP TABLE {name}")
        return None
    return RawTable(con, name, columns, given)


def _header(source: Source, type_name: str, fact_type: FactType) -> tuple[str, list[str]] | None:
    """The delimiter and the field of each column; None where anything is not as it should be."""
    with source.path.open("rb") as stream:
        line = stream.readline(MAX_LINE)
    problems = Problems()
    decoded = decode(line, source.file, problems)
    if decoded is None or not line.endswith(b"\n"):
        return None
    text = decoded[0].rstrip("\r\n")
    delimiter = known_delimiter(text, fact_type)
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True), []) if delimiter else []
    except csv.Error:
        return None
    fields = match_header(cells, fact_type, type_name, source.file, problems)
    return None if problems or not fields else (delimiter, fields)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the bytes of a file say: its lines, its delimiters, and whether anything is quoted."""

    lines: int
    delimiters: int
    quoted: bool


def _look_through(path: Path, delimiter: str, looked: list[_Look]) -> None:
    """Add the file's lines and delimiters to `looked`; nothing where it holds what the careful reader has to judge."""
    lines = delimiters = 0
    returns = quoted = False
    last = b"\n"
    with contextlib.suppress(OSError), path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            chunk += stream.readline(MAX_LINE)
            ends = chunk.count(b"\n")
            if b"\0" in chunk or not _ends_alike(chunk, ends, returns, lines == 0):
                return
            returns = returns or b"\r" in chunk
            if b'"' in chunk:
                quoted = True
                if any(pair in chunk for pair in (b' "', b'" ', b'\t"', b'"\t')) and _LOOSE_QUOTE.search(chunk):
                    return
            lines += ends
            delimiters += chunk.count(delimiter.encode())
            last = chunk[-1:]
        looked.append(_Look(lines + (last != b"\n"), delimiters, quoted))


def _ends_alike(chunk: bytes, ends: int, returns: bool, first: bool) -> bool:
    """Whether all lines of a piece of a file end as those before it, with or without a carriage return, and none stands elsewhere."""
    if b"\r" not in chunk:
        return not returns or not ends
    pairs = chunk.count(b"\r\n")
    return (returns or first) and pairs == ends and chunk.count(b"\r") == pairs


def _one_record_a_line(con: duckdb.DuckDBPyConnection, look: _Look, rows: int, width: int, delimiter: str, path: str) -> bool:
    """Whether each line but the header became one record, and none had a delimiter too many at its end (which DuckDB lets pass)."""
    more = look.delimiters - (width - 1) * look.lines
    if rows != look.lines - 1 or more < 0 or more and not look.quoted:
        return False
    if not more:
        return True
    inside = " + ".join(f"sum(strlen({text}) - strlen(replace({text}, '{delimiter}', '')))" for text in (f"coalesce(x{n}, '')" for n in range(width)))
    return con.execute(f"SELECT {inside} FROM {_reader(width, delimiter)}", [path]).fetchone()[0] == more  # noqa: S608


def _reader(width: int, delimiter: str) -> str:
    """DuckDB's reader of a CSV file as plain texts `x0`, `x1` …; the file's path is bound."""
    names = ", ".join(f"'x{position}': 'VARCHAR'" for position in range(width))
    return (
        f"read_csv($1, auto_detect=false, header=true, delim='{delimiter}', quote='\"', escape='\"', comment='', nullstr='', allow_quoted_nulls=true,"
        f" strict_mode=true, null_padding=false, ignore_errors=false, compression='none', max_line_size={MAX_LINE}, columns={{{names}}})"
    )


def _typed(columns: Sequence[Column], given: Sequence[str], delimiter: str) -> str:
    """The query that reads a file, each column typed as far as its texts are plain; rows that lack a required value, or any content, count as odd."""
    texts = {name: f"x{position}" for position, name in enumerate(given)}
    read = [f"x{position}" for position in range(len(given))]
    values = [f"{column.of(texts[column.name]) if column.name in texts else 'NULL'} AS c_{column.name}" for column in columns]
    odd = [f"{texts[one.name]} IS NOT NULL AND ({one.plain(texts[one.name], f'c_{one.name}')}) IS NOT TRUE" for one in columns if one.name in texts]
    odd += [f"{texts[one.name]} IS NULL" for one in columns if one.name in texts and one.declared.required]
    odd.append(f"coalesce({', '.join(read)}, NULL) IS NULL")
    kept = ", ".join(f"c_{column.name}::{column.kind} AS c_{column.name}" for column in columns)
    return (
        f"SELECT {kept}, CASE WHEN {' OR '.join(odd)} THEN [{', '.join(read)}] END AS odd\n"  # noqa: S608
        f"FROM (SELECT {', '.join((*read, *values))} FROM {_reader(len(given), delimiter)})"
    )
