"""From submissions with large tables to the records that hold, inside DuckDB: the same records, numbers and problems as `assemble` gives.

Small tables, and the records of large ones that meet anything (a withdrawal, another table's record of the same id, a reference from a small table, a
reference to nothing, a problem of their own where bad records are left out), go through the careful code of `assemble`. All other records of large
tables can only hold, and never leave the database. Differs in one thing: where a type has over 10 000 records in large tables of an agreement, nothing
is suggested in place of an unknown id.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import duckdb

from servanda.facts.assemble import Current, holding, references_of
from servanda.facts.large_table import LargeTable
from servanda.facts.store import create
from servanda.facts.validate import TypedTable
from servanda.model import Submission
from servanda.pack_shapes import Pack
from servanda.problems import Problems

WHOLE = 10_000
_BATCH = 100_000
Owned = tuple[str, str]  # (fact type, agreement or "")


@dataclass(frozen=True, slots=True)
class Part:
    """A large table among the submissions: the number of its submission, the agreement that it is of, and its place among the tables."""

    number: int
    owner: str
    place: int
    table: LargeTable

    @property
    def owned(self) -> Owned:
        """Its fact type and agreement."""
        return self.table.type, self.owner


@dataclass(frozen=True, slots=True)
class Held:
    """What holds: `current` of small tables and of the records that meet anything, and all other records of large tables.

    `reduced` are what stood for large tables among those. `large.meets` (type, owner, id) names the records
    of large tables that are in `current`, if they hold at all.
    """

    con: duckdb.DuckDBPyConnection
    parts: Sequence[Part]
    reduced: Sequence[tuple[TypedTable, Part]]
    current: Current
    lost: set[tuple[str, str]]


def hold(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable | LargeTable]], leave_out: bool, unread: Set[tuple[str, str]],
    problems: Problems,
) -> Held:
    """Which records hold, and what is wrong between submissions, as `assemble.holding` finds it; at least one of the tables is large."""
    parts = [
        Part(number, submissions[number].agreement or "", place, table)
        for number in range(len(submissions)) for place, table in enumerate(tables[number]) if isinstance(table, LargeTable)
    ]
    con = parts[0].table.con
    con.execute("CREATE OR REPLACE TABLE large.meets (type VARCHAR, owner VARCHAR, id VARCHAR)")
    crowded = _crowded(parts)
    _meet_whole(con, [part for part in parts if part.owned not in crowded])
    _meet_withdrawals(con, submissions)
    _meet_each_other(con, parts, submissions, tables, leave_out)
    while True:
        _meet_targets(con, pack, parts, submissions, tables)
        found = Problems()
        reduced = _reduced(con, pack, parts, tables)
        current, lost = holding(pack, submissions, reduced, leave_out, unread, found, crowded)
        held = Held(con, parts, [(reduced[part.number][part.place], part) for part in parts], current, lost)
        if not _meet_nothing(held, pack, set() if leave_out else unread):
            problems.extend(found.since(0))
            problems.pass_over(len(found) - len(found.since(0)))
            return held


def _crowded(parts: Sequence[Part]) -> set[Owned]:
    """The types of an agreement that have too many records in large tables for all of them to be looked at one by one."""
    count: dict[Owned, int] = {}
    for part in parts:
        count[part.owned] = count.get(part.owned, 0) + len(part.table.rows)
    return {owned for owned, records in count.items() if records > WHOLE}


def _meet(con: duckdb.DuckDBPyConnection, owned: Owned, ids: str, values: Sequence[object] = ()) -> None:
    """Add ids to those that meet anything, each once; `ids` is a query of ids."""
    con.execute(
        f"INSERT INTO large.meets SELECT DISTINCT $t, $o, id FROM ({ids}) ANTI JOIN"  # noqa: S608
        " (SELECT id FROM large.meets WHERE type = $t AND owner = $o) USING (id)", {"t": owned[0], "o": owned[1], **dict(values)},
    )


def _meet_whole(con: duckdb.DuckDBPyConnection, parts: Sequence[Part]) -> None:
    for part in parts:
        _meet(con, part.owned, f"SELECT id FROM {part.table.name}")  # noqa: S608


def _meet_withdrawals(con: duckdb.DuckDBPyConnection, submissions: Sequence[Submission]) -> None:
    for submission in submissions:
        for item, _ in submission.withdraws:
            type_name, identity = item.split(":", 1)
            _meet(con, (type_name, submission.agreement or ""), "SELECT $id AS id", [("id", identity.strip())])


def _meet_each_other(
    con: duckdb.DuckDBPyConnection, parts: Sequence[Part], submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable | LargeTable]],
    leave_out: bool,
) -> None:
    """Ids that stand in tables of several submitters, in a small table as well, or (to be left out) with a problem."""
    for owned in dict.fromkeys(part.owned for part in parts):
        mine = [part for part in parts if part.owned == owned]
        if len({submissions[part.number].submitted_by for part in mine}) > 1:
            rows = " UNION ALL ".join(
                f"SELECT id, '{submissions[part.number].submitted_by}' AS who FROM {part.table.name}" for part in mine  # noqa: S608
            )
            _meet(con, owned, f"SELECT id FROM ({rows}) GROUP BY id HAVING count(DISTINCT who) > 1")  # noqa: S608
        small = [
            identity for number, submission in enumerate(submissions) if (submission.agreement or "") == owned[1]
            for table in tables[number] if isinstance(table, TypedTable) and table.type == owned[0] for identity in table.ids
        ]
        for part in mine:
            _meet(con, owned, f"SELECT id FROM {part.table.name} SEMI JOIN (SELECT unnest($ids::VARCHAR[]) AS id) USING (id)", [("ids", small)])  # noqa: S608
            if leave_out and part.table.bad:
                chosen = f"SELECT id FROM {part.table.name} SEMI JOIN (SELECT unnest($rows::BIGINT[]) AS row) USING (row)"  # noqa: S608
                _meet(con, owned, chosen, [("rows", sorted(part.table.bad))])


def _meet_targets(
    con: duckdb.DuckDBPyConnection, pack: Pack, parts: Sequence[Part], submissions: Sequence[Submission],
    tables: Sequence[Sequence[TypedTable | LargeTable]],
) -> None:
    """The records to which small tables, and records that meet anything, refer: until no more are found."""
    con.execute("CREATE OR REPLACE TABLE large.wanted (type VARCHAR, owner VARCHAR, id VARCHAR)")
    into = {type_name for type_name, _ in (part.owned for part in parts)}
    for number, submission in enumerate(submissions):
        for table in tables[number]:
            for name, to in references_of(pack.vocabulary[table.type]) if isinstance(table, TypedTable) else ():
                values = [value for value in set(table.columns[name]) if value is not None] if to in into else []
                _want(con, to, submission.agreement or "", "SELECT unnest($ids::VARCHAR[]) AS id", [("ids", values)])
    before = -1
    while (count := con.execute("SELECT count(*) FROM large.meets").fetchone()[0]) != before:
        before = count
        for part in parts:
            for name, to in references_of(pack.vocabulary[part.table.type]):
                if to in into:
                    chosen = f"SELECT v_{name} AS id FROM {part.table.name} SEMI JOIN ({_met(part.owned)}) USING (id) WHERE v_{name} IS NOT NULL"  # noqa: S608
                    _want(con, to, part.owner, chosen)
        for part in parts:
            wanted = f"SELECT id FROM large.wanted WHERE type = '{part.table.type}' AND owner = '{part.owner}'"  # noqa: S608
            if part.owner == "":
                wanted = f"SELECT id FROM large.wanted WHERE type = '{part.table.type}'"  # noqa: S608
            _meet(con, part.owned, f"SELECT id FROM {part.table.name} SEMI JOIN ({wanted}) USING (id)")  # noqa: S608


def _want(con: duckdb.DuckDBPyConnection, to: str, owner: str, ids: str, values: Sequence[object] = ()) -> None:
    con.execute(f"INSERT INTO large.wanted SELECT DISTINCT $t, $o, id FROM ({ids})", {"t": to, "o": owner, **dict(values)})  # noqa: S608


def _met(owned: Owned) -> str:
    """The ids of a type and agreement that meet anything; names come from checked definitions."""
    return f"SELECT id FROM large.meets WHERE type = '{owned[0]}' AND owner = '{owned[1]}'"  # noqa: S608


def _reduced(
    con: duckdb.DuckDBPyConnection, pack: Pack, parts: Sequence[Part], tables: Sequence[Sequence[TypedTable | LargeTable]]
) -> list[list[TypedTable]]:
    """The tables with, in place of a large one, its records that meet anything (their ids and references alone)."""
    reduced = [list(some) for some in tables]
    for part in parts:
        table = part.table
        names = [name for name, _ in references_of(pack.vocabulary[table.type])]
        found = con.execute(
            f"SELECT row, id, {', '.join(f'v_{name}' for name in names) or '0'} FROM {table.name} SEMI JOIN ({_met(part.owned)}) USING (id) ORDER BY row"  # noqa: S608
        ).fetchall()
        columns = {name: [record[position] for record in found] for position, name in enumerate(names, 2)}
        rows = [record[0] for record in found]
        bad = {position for position, row in enumerate(rows) if row in table.bad}
        reduced[part.number][part.place] = TypedTable(table.type, table.file, columns, [record[1] for record in found], rows, _places(rows), bad)
    return reduced


def _places(rows: Sequence[int]):
    return lambda record, _: {"row": rows[record]}


def free_rows(parts: Sequence[Part], owned: Owned, columns: str) -> str:
    """A query of the records of a type and agreement that meet nothing: of several submissions the last one's; `id`, `columns` and `number` of each."""
    mine = [part for part in parts if part.owned == owned]
    con = mine[0].table.con
    some = con.execute(f"SELECT count(*) FROM ({_met(owned)})").fetchone()[0]  # noqa: S608
    free = f" ANTI JOIN ({_met(owned)}) USING (id)" if some else ""
    rows = " UNION ALL ".join(f"SELECT id, {columns}, {part.number} AS number FROM {part.table.name}{free}" for part in mine)  # noqa: S608
    last = " QUALIFY row_number() OVER (PARTITION BY id ORDER BY number DESC, row DESC) = 1" if len(mine) > 1 else ""
    named = "" if all(part.table.named for part in mine) else " WHERE id <> ''"
    return f"SELECT * FROM ({rows}){named}{last}"  # noqa: S608


def _meet_nothing(held: Held, pack: Pack, unread: Set[tuple[str, str]]) -> bool:
    """Add the records that refer to nothing that holds to those that meet anything; whether there are any."""
    con, parts, found = held.con, held.parts, False
    for owned in dict.fromkeys(part.owned for part in parts):
        type_name, owner = owned
        for name, to in references_of(pack.vocabulary[type_name]):
            if {(owner, to), ("", to)} & unread:
                continue
            known = [identity for one in dict.fromkeys((owner, "")) for identity in held.current.get((to, one), {})]
            con.execute("CREATE OR REPLACE TABLE large.target (id VARCHAR)")
            create(con, "target_now", [("id", "VARCHAR", known)])
            con.execute("INSERT INTO large.target SELECT id FROM target_now")
            con.execute("DROP TABLE target_now")
            for one in {(to, owner), (to, "")} & {part.owned for part in parts}:
                con.execute(f"INSERT INTO large.target SELECT id FROM ({free_rows(parts, one, 'row')})")  # noqa: S608
            rows = free_rows(parts, owned, f"row, v_{name}")
            before = con.execute("SELECT count(*) FROM large.meets").fetchone()[0]
            _meet(con, owned, f"SELECT r.id FROM ({rows}) r ANTI JOIN large.target t ON t.id = r.v_{name} WHERE r.v_{name} IS NOT NULL")  # noqa: S608
            found |= con.execute("SELECT count(*) FROM large.meets").fetchone()[0] > before
    return found
