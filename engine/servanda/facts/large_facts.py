"""Records of large tables into the tables that are measured: `f_<type>` and `origin`, as `store.load_records` makes them, inside DuckDB.

What is sorted is narrow, since sorting whole records takes most of the time and the memory: `large.held_<type>` (rid, owner, number, id, file, row, key, dated)
numbers the records, and their values are joined to it by `key`: the row of a large table's record, a number below 0 of any other.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from servanda.facts.assemble import OWNER_BITS, TYPE_BITS, references_of
from servanda.facts.large_assemble import Held, free_rows
from servanda.facts.store import TYPES, Column, create
from servanda.facts.validate import TypedTable
from servanda.pack_shapes import FactType, Pack

_Entries = Sequence[tuple[str, str, tuple[int, TypedTable, int]]]  # owner, identity, and where the record stands


def load_large(held: Held, pack: Pack, as_of: datetime.date, ranks: Mapping[str, int] | None = None) -> set[str]:
    """Create the fact tables and `origin`; the fact types that have records. `ranks` of the owners number records as in `assemble`.

    The large tables are gone afterwards.
    """
    con, first = held.con, 0
    count: dict[str, int] = {}
    for position, (type_name, fact_type) in enumerate(pack.vocabulary.items()):
        number = _number(held, type_name, first, position, ranks)
        con.execute(f"CREATE TABLE large.held_{type_name} AS SELECT ({number})::BIGINT AS rid, * FROM ({_held(held, type_name, fact_type)})")  # noqa: S608
        count[type_name] = con.execute(f"SELECT count(*) FROM large.held_{type_name}").fetchone()[0]  # noqa: S608
        first += count[type_name]
    for type_name, fact_type in pack.vocabulary.items():
        sources = [(f"large.small_{type_name}", "key", "h.key < 0")]
        sources += [(part.table.name, "row", f"h.key >= 0 AND h.number = {part.number}") for part in held.parts if part.table.type == type_name]
        for verb, source in zip((f"CREATE TABLE f_{type_name} AS", *(f"INSERT INTO f_{type_name}" for _ in sources[1:])), sources, strict=True):
            con.execute(f"{verb} {_facts(pack, type_name, fact_type, as_of, source)}")
            if source[1] == "row":  # make room at once
                con.execute(f"DROP VIEW {source[0]}; DROP TABLE {source[0].removesuffix('_v')}")
    con.execute("CREATE TABLE origin (rid BIGINT, type VARCHAR, id VARCHAR, submission INTEGER, file VARCHAR, row BIGINT)")
    for type_name in pack.vocabulary:
        con.execute(f"INSERT INTO origin SELECT rid, '{type_name}', id, number, file, row FROM large.held_{type_name}")  # noqa: S608
        con.execute(f"DROP TABLE large.held_{type_name}")
    con.execute("DROP SCHEMA large CASCADE")
    return {type_name for type_name, records in count.items() if records}


def _number(held: Held, type_name: str, first: int, position: int, ranks: Mapping[str, int] | None) -> str:
    """SQL for the number of a record, in the order of owner and id; of a single owner's records, the order of ids is the same, and quicker."""
    if ranks is not None:
        ranked = " ".join(f"WHEN '{owner}' THEN {rank}" for owner, rank in ranks.items())
        start = f"{position << TYPE_BITS} + ((CASE owner {ranked} END)::BIGINT << {OWNER_BITS})"
        return f"{start} + row_number() OVER (PARTITION BY owner ORDER BY id) - 1"
    owners = {owner for name, owner in held.current if name == type_name} | {part.owner for part in held.parts if part.table.type == type_name}
    return f"{first} + row_number() OVER (ORDER BY {'owner, ' if len(owners) > 1 else ''}id) - 1"


def _held(held: Held, type_name: str, fact_type: FactType) -> str:
    """A query of all records of a type that hold: those that were looked at one by one, and the others of large tables."""
    con = held.con
    dated = f"v_{fact_type.date}" if fact_type.date and fact_type.fields[fact_type.date].type == "date" else "NULL::DATE"
    reduced = {id(table) for table, _ in held.reduced}
    entries = [(owner, identity, entry) for (name, owner), some in held.current.items() if name == type_name for identity, entry in some.items()]
    create(con, f"small_{type_name}", _small([entry for entry in entries if id(entry[2][1]) not in reduced], fact_type))
    con.execute(f"CREATE TABLE large.small_{type_name} AS FROM small_{type_name}; DROP TABLE small_{type_name}")
    queries = [f"SELECT owner, number, id, file, row, key, {dated} AS dated FROM large.small_{type_name}"]  # noqa: S608
    for table, part in held.reduced:
        rows = [entry[1].rows[entry[2]] for _, _, entry in entries if entry[1] is table] if part.table.type == type_name else []
        if rows:
            con.execute(f"CREATE TABLE {part.table.name}_kept AS SELECT unnest($1::BIGINT[]) AS row", [rows])
            chosen = f"{part.table.name} SEMI JOIN {part.table.name}_kept USING (row)"
            queries.append(f"SELECT '{part.owner}', {part.number}, id, '{_name(table.file)}', row, row, {dated} FROM {chosen}")  # noqa: S608
    for owned in dict.fromkeys(part.owned for part in held.parts if part.table.type == type_name):
        file = _name(next(part.table.file for part in held.parts if part.owned == owned))
        free = free_rows(held.parts, owned, f"row, {dated} AS dated")
        queries.append(f"SELECT '{owned[1]}', number, id, '{file}', row, row, dated FROM ({free})")  # noqa: S608
    return " UNION ALL ".join(queries)


def _name(file: str) -> str:
    return file.rsplit("/", 1)[-1].replace("'", "''")


def _small(entries: _Entries, fact_type: FactType) -> Iterable[Column]:
    kinds = {name: "VARCHAR" if declared.type == "reference" else TYPES[declared.type] for name, declared in fact_type.fields.items()}
    return [
        ("owner", "VARCHAR", [owner for owner, _, _ in entries]),
        ("number", "INTEGER", [number for _, _, (number, _, _) in entries]),
        ("id", "VARCHAR", [identity for _, identity, _ in entries]),
        ("file", "VARCHAR", [table.file.rsplit("/", 1)[-1] for _, _, (_, table, _) in entries]),
        ("row", "BIGINT", [table.rows[record] for _, _, (_, table, record) in entries]),
        ("key", "BIGINT", range(-len(entries), 0)),
        *((f"v_{name}", kind, [table.columns[name][record] for _, _, (_, table, record) in entries]) for name, kind in kinds.items()),
    ]


def _facts(pack: Pack, type_name: str, fact_type: FactType, as_of: datetime.date, source: tuple[str, str, str]) -> str:
    """The query of the facts from one source (relation, its key, and which records are there).

    References become numbers, of the record's own agreement first, then of the programme's.
    """
    relation, key, chosen = source
    joins, columns = [f"JOIN {relation} s ON s.{key} = h.key"], {name: f"s.v_{name}" for name in fact_type.fields}
    own_day = "NULL::DATE" if fact_type.date is None else f"s.v_{fact_type.date}"
    for position, (name, to) in enumerate(references_of(fact_type)):
        own, common = f"a{position}", f"b{position}"
        joins.append(f"LEFT JOIN large.held_{to} {own} ON {own}.owner = h.owner AND {own}.id = s.v_{name}")
        joins.append(f"LEFT JOIN (FROM large.held_{to} WHERE owner = '') {common} ON {common}.id = s.v_{name} AND h.owner <> ''")
        columns[name] = f"coalesce({own}.rid, {common}.rid)"
        if name == fact_type.date:
            own_day = f"CASE WHEN {own}.rid IS NOT NULL THEN {own}.dated ELSE {common}.dated END"
    for name, declared in fact_type.fields.items():
        if declared.completes:
            columns[name] = f"CASE WHEN {columns[name]} <= DATE '{as_of}' THEN {columns[name]} END"
    day = f"make_date(s.v_{fact_type.year}, 1, 1)" if fact_type.year else own_day
    fields = ", ".join(f"{column} AS v_{name}" for name, column in columns.items())
    known = f"coalesce(({own_day}) <= DATE '{as_of}', TRUE)"
    return (
        f"SELECT h.rid, h.owner AS agreement, {own_day} AS own_day, {known} AS known, {day} AS day, {fields}"  # noqa: S608
        f" FROM large.held_{type_name} h {' '.join(joins)} WHERE {chosen}"
    )
