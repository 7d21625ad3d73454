"""The validator of large tables: SQL types what is plain and finds the records that may be wrong; those are handed to the one careful validator.

So each problem is found, worded and ordered by `validate`, over few records; what SQL passes is never wrong. Memory follows the distinct texts that
are not plain, and the records that may be wrong.
"""

from __future__ import annotations

import duckdb

from servanda.conditions import Condition
from servanda.facts.large_columns import Column
from servanda.facts.large_table import BLANK_ROW, LargeFiles, LargeTable, RawTable, read_large
from servanda.facts.tables import Source, TextTable
from servanda.facts.validate import meaning_of_empty, typed_text, validate
from servanda.facts.values import Invalid
from servanda.pack_shapes import FactType
from servanda.problems import Problems

EXPLAINED = 500_000  # records that may be wrong and are looked at together
_BATCH = 100_000
_NAMES = ("id", "text", "choice", "site", "obligation", "reference", "date", "year")


def read_validated(
    source: Source, type_name: str, fact_type: FactType, sites: frozenset[str] | None, obligations: frozenset[str], files: LargeFiles, problems: Problems,
) -> LargeTable | None:
    """The validated table of a CSV file, what is wrong with it noted as `validate` does; None where the careful reader is to read it."""
    if any(fact_type.fields[name].type not in _NAMES for name in fact_type.key):  # their identities are put together in Python only
        return None
    raw = read_large(source, type_name, fact_type, {"site": sites, "obligation": obligations}, files)
    if raw is None:
        return None
    raw.con.execute("CREATE OR REPLACE TABLE large.suspect (record BIGINT)")
    blank = _resolve_odd(raw)
    table = _relation(raw, type_name, source.file, fact_type, blank)
    _suspect(raw, fact_type, table)
    _explain(raw, table, fact_type, sites, obligations, problems)
    return table


def _resolve_odd(raw: RawTable) -> bool:
    """Type the texts that are not plain, each once; rows with a text that is no value are suspect. Whether there are rows without any content."""
    con = raw.con
    if not con.execute(f"SELECT count(odd) FROM {raw.name}").fetchone()[0]:  # noqa: S608
        return False
    for column in raw.columns:
        if column.name not in raw.given:
            continue
        text = f"odd[{raw.given.index(column.name) + 1}]"
        chosen = f"FROM {raw.name} WHERE {text} IS NOT NULL AND ({column.plain(text)}) IS NOT TRUE"
        con.execute(f"CREATE OR REPLACE TABLE large.odd_text AS SELECT DISTINCT {text} AS text {chosen}")  # noqa: S608
        con.execute(f"CREATE OR REPLACE TABLE large.typed_text (text VARCHAR, value {column.kind}, wrong BOOLEAN)")
        texts = con.cursor().execute("SELECT text FROM large.odd_text ORDER BY text")
        while batch := texts.fetchmany(_BATCH):
            _type(con, column, [text for text, in batch])
        con.execute(f"UPDATE {raw.name} SET c_{column.name} = m.value FROM large.typed_text m WHERE {text} = m.text")  # noqa: S608
        con.execute(f"INSERT INTO large.suspect SELECT t.rowid FROM {raw.name} t JOIN large.typed_text m ON m.wrong AND t.{text} = m.text")  # noqa: S608
    return con.execute(f"SELECT count(*) > 0 FROM {raw.name} WHERE odd IS NOT NULL AND {_BLANK}").fetchone()[0]  # noqa: S608


_BLANK = f"regexp_full_match(coalesce(array_to_string(odd, ''), ''), '{BLANK_ROW}')"


def _type(con: duckdb.DuckDBPyConnection, column: Column, texts: list[str]) -> None:
    values, wrong = [], []
    for text in texts:
        try:
            values.append(typed_text(text, column.declared, column.known))
            wrong.append(False)
        except Invalid:
            values.append(None)
            wrong.append(True)
    if column.declared.type == "choices":
        values = [None if value is None else "|".join(value) for value in values]
    kind = "VARCHAR" if column.kind.startswith("ENUM") else column.kind
    con.execute(f"INSERT INTO large.typed_text SELECT unnest($1::VARCHAR[]), unnest($2::{kind}[]), unnest($3::BOOLEAN[])", [texts, values, wrong])


def _relation(raw: RawTable, type_name: str, file: str, fact_type: FactType, blank: bool) -> LargeTable:
    """The table as it is looked at by others: `row`, `id`, `v_<field>` with the meaning of empty fields in them, and `record` for looking back."""
    values = {column.name: _value(column) for column in raw.columns}
    parts = [f"{values[name]}::VARCHAR" for name in fact_type.key]
    identity = parts[0] if len(parts) == 1 else f"concat_ws('/', {', '.join(parts)})"
    shown = ", ".join(f"{value} AS v_{name}" for name, value in values.items())
    kept = f" WHERE odd IS NULL OR NOT {_BLANK}" if blank else ""
    raw.con.execute(f"CREATE VIEW {raw.name}_v AS SELECT rowid AS record, rowid + 2 AS row, coalesce({identity}, '') AS id, {shown} FROM {raw.name}{kept}")  # noqa: S608
    count = raw.con.execute(f"SELECT count(*) FROM {raw.name}{kept}").fetchone()[0]  # noqa: S608
    return LargeTable(type_name, file, raw.con, f"{raw.name}_v", range(count), named=any(fact_type.fields[name].required for name in fact_type.key))


def _value(column: Column) -> str:
    """A column with its meaning where it is empty; enumerations as texts."""
    meaning = meaning_of_empty(column.declared)
    if column.declared.type == "choices":
        return f"string_split(coalesce(c_{column.name}, '{'|'.join(meaning)}'), '|')" if meaning else f"string_split(c_{column.name}, '|')"
    kind = "VARCHAR" if column.kind.startswith("ENUM") else column.kind
    value = f"c_{column.name}::{kind}"
    if meaning is None:
        return value
    written = str(meaning).replace("'", "''")
    return f"coalesce({value}, '{written}'::{kind})"


def _suspect(raw: RawTable, fact_type: FactType, table: LargeTable) -> None:
    """Add the records that lack a value, have days out of order, or share their identity."""
    con, wrong = raw.con, []
    fields = fact_type.fields
    required = [f"c_{name} IS NULL" for name, declared in fields.items() if declared.required]
    if required:
        con.execute(f"INSERT INTO large.suspect SELECT rowid FROM {raw.name} WHERE odd IS NOT NULL AND ({' OR '.join(required)})")  # noqa: S608
    for name, declared in fields.items():
        if declared.required_where and not declared.required:
            wrong.append(f"v_{name} IS NULL AND {_holds(declared.required_where, fact_type)}")
        if declared.not_before:
            wrong.append(f"v_{name} < v_{declared.not_before}")
    if wrong:
        con.execute(f"INSERT INTO large.suspect SELECT record FROM {table.name} WHERE {' OR '.join(f'({one})' for one in wrong)}")  # noqa: S608
    con.execute("CREATE OR REPLACE TABLE large.twice (id VARCHAR)")
    if _ascending(con, table.name):
        return
    twice = f"SELECT h FROM (SELECT h, h = lag(h) OVER (ORDER BY h) AS again FROM (SELECT {_hash(raw, fact_type)} AS h FROM {raw.name})) WHERE again"  # noqa: S608
    con.execute(f"CREATE OR REPLACE TABLE large.hashed AS SELECT DISTINCT h FROM ({twice})")  # noqa: S608
    if con.execute("SELECT count(*) FROM large.hashed").fetchone()[0]:
        alike = f"SELECT rowid AS record FROM {raw.name} SEMI JOIN large.hashed ON {_hash(raw, fact_type)} = h"  # noqa: S608
        con.execute(f"CREATE OR REPLACE TABLE large.alike AS SELECT record, id FROM {table.name} SEMI JOIN ({alike}) USING (record)")  # noqa: S608
        con.execute("INSERT INTO large.twice SELECT id FROM large.alike GROUP BY id HAVING count(*) > 1")
        con.execute("INSERT INTO large.suspect SELECT record FROM large.alike SEMI JOIN large.twice USING (id)")


def _hash(raw: RawTable, fact_type: FactType) -> str:
    """SQL for a number that records of the same identity share: over the parts of the key, where different parts never make the same identity."""
    fields = [fact_type.fields[name] for name in fact_type.key]
    apart = sum(not declared.required for declared in fields) <= 1 and all(declared.type != "text" and declared.empty is None for declared in fields)
    parts = [f"c_{name}" if apart else f"{_value(column)}::VARCHAR" for name in fact_type.key for column in raw.columns if column.name == name]
    return f"hash({', '.join(parts)})" if apart else f"hash(concat_ws('/', {', '.join(parts)}))"


def _ascending(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the identities ascend, shorter ones first, as in most exports: then none stands there twice. The first ones are looked at before all."""
    for limit in (f" LIMIT {_BATCH}", ""):
        pairs = f"SELECT id, lag(id) OVER () AS before FROM (SELECT id FROM {name}{limit})"  # noqa: S608
        wrong = "before IS NOT NULL AND NOT (strlen(id) > strlen(before) OR strlen(id) = strlen(before) AND id > before)"
        if con.execute(f"SELECT count(*) FROM ({pairs}) WHERE {wrong}").fetchone()[0]:  # noqa: S608
            return False
    return True


def _holds(condition: Condition, fact_type: FactType) -> str:
    """Plain comparisons as `validate.holds` makes them: surely true, or not."""
    tests = []
    for test in condition.tests:
        kind = fact_type.fields[test.path].type
        if kind in ("date", "amount", "number", "choices"):  # never equal to a word
            return "FALSE"
        words = ", ".join("'" + value.replace("'", "''") + "'" for value in test.values)
        tests.append(f"v_{test.path}::VARCHAR IN ({words})")
    return f"({' AND '.join(tests) or 'TRUE'}) IS TRUE"


def _explain(
    raw: RawTable, table: LargeTable, fact_type: FactType, sites: frozenset[str] | None, obligations: frozenset[str], problems: Problems,
) -> None:
    """Hand the suspect records to the careful validator, at most so many at a time, those that share an identity together and first."""
    con = raw.con
    if not con.execute("SELECT count(*) FROM large.suspect").fetchone()[0]:
        return
    where = {name: f"t.odd[{position}]" for position, name in enumerate(raw.given, 1)}
    cells = [
        f"CASE WHEN t.odd IS NULL THEN t.c_{column.name}::VARCHAR ELSE {where[column.name]} END" if column.name in where else "NULL"
        for column in raw.columns
    ]
    found = con.cursor().execute(
        f"SELECT v.row, {', '.join(cells)} FROM {table.name} v JOIN {raw.name} t ON t.rowid = v.record"  # noqa: S608
        " SEMI JOIN large.suspect s ON s.record = v.record ORDER BY v.id IN (SELECT id FROM large.twice) DESC, v.row"
    )
    doubled = con.execute(f"SELECT count(*) FROM {table.name} SEMI JOIN large.twice USING (id)").fetchone()[0]  # noqa: S608
    missing = frozenset(column.name for column in raw.columns if column.name not in where)
    while batch := found.fetchmany(max(EXPLAINED, doubled)):
        batch.sort(key=lambda record: record[0])
        rows, *columns = (list(column) for column in zip(*batch, strict=True))
        texts = TextTable(table.type, table.file, dict(zip(fact_type.fields, columns, strict=True)), rows, missing=missing)
        typed = validate(texts, fact_type, sites, obligations, problems)
        table.bad |= {rows[record] for record in typed.bad}
        doubled = 0
