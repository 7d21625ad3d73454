"""Records of large tables into the tables that are measured: `f_<type>` and `origin`, as `store.load_records` makes them, inside DuckDB."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from servanda.facts.assemble import OWNER_BITS, TYPE_BITS, references_of
from servanda.facts.large_assemble import Held, free_rows
from servanda.facts.large_table import LargeTable
from servanda.facts.store import TYPES, Column, create
from servanda.facts.validate import TypedTable
from servanda.pack_shapes import FactType, Pack

_HEAD = "owner, number, id, file, row"


def load_large(held: Held, pack: Pack, as_of: datetime.date, ranks: Mapping[str, int] | None = None) -> set[str]:
    """Create the fact tables and `origin`; the fact types that have records. `ranks` of the owners number records as in `assemble`.

    The large tables are gone afterwards.
    """
    con, first = held.con, 0
    count: dict[str, int] = {}
    for position, (type_name, fact_type) in enumerate(pack.vocabulary.items()):
        start = f"{first} + row_number() OVER (ORDER BY owner, id) - 1"
        if ranks is not None:
            ranked = " ".join(f"WHEN '{owner}' THEN {rank}" for owner, rank in ranks.items())
            base = f"{position << TYPE_BITS} + ((CASE owner {ranked} END)::BIGINT << {OWNER_BITS})"
            start = f"{base} + row_number() OVER (PARTITION BY owner ORDER BY id) - 1"
        con.execute(f"CREATE TABLE large.held_{type_name} AS SELECT ({start})::BIGINT AS rid, * FROM ({_held(held, type_name, fact_type)})")  # noqa: S608
        count[type_name] = con.execute(f"SELECT count(*) FROM large.held_{type_name}").fetchone()[0]  # noqa: S608
        first += count[type_name]
    con.execute("CREATE TABLE origin (rid BIGINT, type VARCHAR, id VARCHAR, submission INTEGER, file VARCHAR, row BIGINT)")
    for type_name, fact_type in pack.vocabulary.items():
        con.execute(f"INSERT INTO origin SELECT rid, '{type_name}', id, number, file, row FROM large.held_{type_name}")  # noqa: S608
        con.execute(f"CREATE TABLE f_{type_name} AS {_facts(pack, type_name, fact_type, as_of)}")
    con.execute("DROP SCHEMA large CASCADE")
    return {type_name for type_name, records in count.items() if records}


def _held(held: Held, type_name: str, fact_type: FactType) -> str:
    """A query of all records of a type that hold: those that were looked at one by one, and the others of large tables."""
    fields = ", ".join(f"v_{name}" for name in fact_type.fields)
    parts = {id(table): part for table, part in held.reduced}
    entries = [(owner, identity, entry) for (name, owner), some in held.current.items() if name == type_name for identity, entry in some.items()]
    small = [(owner, identity, entry) for owner, identity, entry in entries if id(entry[1]) not in parts]
    create(held.con, f"small_{type_name}", _small(small, fact_type))
    held.con.execute(f"CREATE TABLE large.small_{type_name} AS FROM small_{type_name}; DROP TABLE small_{type_name}")
    queries = [f"SELECT {_HEAD}, {fields} FROM large.small_{type_name}"]  # noqa: S608
    for table, part in held.reduced:
        rows = [entry[1].rows[entry[2]] for _, _, entry in entries if entry[1] is table] if part.table.type == type_name else []
        if rows:
            chosen = f"{part.table.name}_kept"
            held.con.execute(f"CREATE TABLE {chosen} AS SELECT unnest($1::BIGINT[]) AS row", [rows])
            queries.append(f"SELECT {_head(part.owner, part.number, part.table)}, {fields} FROM {part.table.name} SEMI JOIN {chosen} USING (row)")  # noqa: S608
    for owned in dict.fromkeys(part.owned for part in held.parts if part.table.type == type_name):
        file = _name(next(part.table.file for part in held.parts if part.owned == owned))
        queries.append(f"SELECT '{owned[1]}', number, id, '{file}', row, {fields} FROM ({free_rows(held.parts, owned, f'row, {fields}')})")  # noqa: S608
    return " UNION ALL ".join(queries)


def _head(owner: str, number: int, table: LargeTable) -> str:
    return f"'{owner}', {number}, id, '{_name(table.file)}', row"


def _name(file: str) -> str:
    return file.rsplit("/", 1)[-1].replace("'", "''")


def _small(entries: Sequence[tuple[str, str, tuple[int, TypedTable, int]]], fact_type: FactType) -> Iterable[Column]:
    kinds = {name: "VARCHAR" if declared.type == "reference" else TYPES[declared.type] for name, declared in fact_type.fields.items()}
    return [
        ("owner", "VARCHAR", [owner for owner, _, _ in entries]),
        ("number", "INTEGER", [number for _, _, (number, _, _) in entries]),
        ("id", "VARCHAR", [identity for _, identity, _ in entries]),
        ("file", "VARCHAR", [table.file.rsplit("/", 1)[-1] for _, _, (_, table, _) in entries]),
        ("row", "BIGINT", [table.rows[record] for _, _, (_, table, record) in entries]),
        *((f"v_{name}", kind, [table.columns[name][record] for _, _, (_, table, record) in entries]) for name, kind in kinds.items()),
    ]


def _facts(pack: Pack, type_name: str, fact_type: FactType, as_of: datetime.date) -> str:
    """The query of a fact table: references become numbers, of the record's own agreement first, then of the programme's."""
    joins, columns = [], {name: f"h.v_{name}" for name in fact_type.fields}
    own_day = "NULL::DATE" if fact_type.date is None else f"h.v_{fact_type.date}"
    for position, (name, to) in enumerate(references_of(fact_type)):
        own, common = f"a{position}", f"b{position}"
        joins.append(f"LEFT JOIN large.held_{to} {own} ON {own}.owner = h.owner AND {own}.id = h.v_{name}")
        joins.append(f"LEFT JOIN (FROM large.held_{to} WHERE owner = '') {common} ON {common}.id = h.v_{name} AND h.owner <> ''")
        columns[name] = f"coalesce({own}.rid, {common}.rid)"
        if name == fact_type.date:
            dated = f"v_{pack.vocabulary[to].date}"
            own_day = f"CASE WHEN {own}.rid IS NOT NULL THEN {own}.{dated} ELSE {common}.{dated} END"
    for name, declared in fact_type.fields.items():
        if declared.completes:
            columns[name] = f"CASE WHEN {columns[name]} <= DATE '{as_of}' THEN {columns[name]} END"
    day = f"make_date(h.v_{fact_type.year}, 1, 1)" if fact_type.year else own_day
    fields = ", ".join(f"{column} AS v_{name}" for name, column in columns.items())
    known = f"coalesce(({own_day}) <= DATE '{as_of}', TRUE)"
    return (
        f"SELECT h.rid, h.owner AS agreement, {own_day} AS own_day, {known} AS known, {day} AS day, {fields}"  # noqa: S608
        f" FROM large.held_{type_name} h {' '.join(joins)}"
    )
