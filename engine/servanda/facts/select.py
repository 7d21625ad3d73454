"""Selections as SQL: every selection of a pack becomes rows of one table, `selected`.

`selected`: selection, rid, agreement, place (site or ""), day, by_year, own_day (the record's own day), holds, keeps,
excused, until, due, amount, person, key, refers (the record that the key is, where it is a single reference), once,
id (only where a selection is `by_id`). `holds` is true or unknown (null); records for which
it is false are left out. A record without a site belongs to every site of its agreement, but only perhaps; one of its rows is `once`.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

import duckdb

from servanda.conditions import NUMBER, NUMERIC, Condition, Test
from servanda.pack_shapes import FieldType, Pack
from servanda.selection import ALL, SELF, SITES, Selection

_SEPARATOR = "chr(31)"


class _Statement:
    """The text of a query and the values bound in it, gathered in the order of writing; they are numbered, with a `prefix` also named."""

    def __init__(self, pack: Pack, as_of: datetime.date, prefix: str = "$") -> None:
        self.pack, self.as_of = pack, as_of
        self.values: list[object] = []
        self._prefix = prefix

    def bind(self, value: object, kind: str) -> str:
        self.values.append(value)
        return f"{self._prefix}{len(self.values)}::{kind}"

    def by_name(self) -> dict[str, object]:
        """The values of a query that names them."""
        return {f"{self._prefix[1:]}{number}": value for number, value in enumerate(self.values, 1)}


def create_selected(
    con: duckdb.DuckDBPyConnection, pack: Pack, selections: Sequence[Selection], present: Collection[str], as_of: datetime.date
) -> None:
    """Create `selected`, numbered by place in `selections`; one branch for all of a fact type and place.

    Fact types that are not `present` have no records and need no branch.
    """
    query, values = selected_query(pack, dict(enumerate(selections)), present, as_of)
    con.execute(f"CREATE TABLE selected AS\n{query}", values)


def selected_query(
    pack: Pack, selections: Mapping[int, Selection], present: Collection[str], as_of: datetime.date, apart: str = ""
) -> tuple[str, dict[str, object]]:
    """What gives the rows of these selections by number, and the values that it names.

    Selections of a fact type and place share a branch, so that its records are gone through once; `apart` each has its own, so that few
    of very many records go any further, and names its values so.
    """
    statement = _Statement(pack, as_of, apart or "$b")
    groups: dict[tuple, list[int]] = {}
    for number, selection in selections.items():
        if selection.facts == SITES or selection.facts in present:
            groups.setdefault((selection.facts, selection.place, number if apart and not _refers_on(selection) else None), []).append(number)
    branches = [_EMPTY, *(_branch(statement, numbers, [selections[number] for number in numbers]) for numbers in groups.values())]
    return "\nUNION ALL\n".join(branches), statement.by_name()


def selection_sql(pack: Pack, selection: Selection, as_of: datetime.date) -> tuple[str, list]:
    """What selects a part's records, as SQL with its bound values, to be shown."""
    statement = _Statement(pack, as_of)
    return _branch(statement, [0], [selection]), statement.values


def condition_column(con: duckdb.DuckDBPyConnection, pack: Pack, type_name: str, where: Condition, as_of: datetime.date) -> tuple[str, list, str]:
    """A condition as (SQL, bound values, joins) over `f_<type> f`, for the few queries outside the kinds."""
    statement = _Statement(pack, as_of)
    joins: dict[str, str] = {}
    return _condition(statement, type_name, where, joins), statement.values, " ".join(joins.values())


_EMPTY = """SELECT NULL::INTEGER AS selection, NULL::BIGINT AS rid, NULL::VARCHAR AS agreement, NULL::VARCHAR AS place, NULL::DATE AS day,
  NULL::BOOLEAN AS by_year, NULL::DATE AS own_day, NULL::BOOLEAN AS holds, NULL::BOOLEAN AS keeps, NULL::BOOLEAN AS excused, NULL::DATE AS until,
  NULL::DATE AS due, NULL::DECIMAL(18,2) AS amount, NULL::VARCHAR AS person, NULL::VARCHAR AS key, NULL::BIGINT AS refers, NULL::BOOLEAN AS once,
  NULL::VARCHAR AS id WHERE FALSE"""


def _branch(statement: _Statement, numbers: Sequence[int], selections: Sequence[Selection]) -> str:
    """The rows of selections of one fact type and place."""
    first = selections[0]
    joins: dict[str, str] = {}

    def condition(wanted: Sequence[Condition | None]) -> str:
        return _choice(numbers, ["NULL" if one is None else _condition(statement, first.facts, one, joins) for one in wanted])

    def column(names: Sequence[str | None]) -> str:
        return _choice(numbers, ["NULL" if name is None else f"f.v_{name}" for name in names])

    holds = condition([s.where for s in selections])
    keeps = condition([s.keeps for s in selections])
    excused = condition([s.excused for s in selections])
    agreement, place, once = "f.agreement", "''", "TRUE"
    if first.place == "site":
        place = "f.v_site"
        if first.facts != SITES and not _fields(statement.pack, first.facts)["site"].required:
            joins["$place"] = f'LEFT JOIN "f_{SITES}" p ON f.v_site IS NULL AND p.agreement = f.agreement'
            place = "coalesce(f.v_site, p.v_site, '')"
            holds = f"CASE WHEN f.v_site IS NULL AND {holds} THEN NULL ELSE {holds} END"
            once = "coalesce(p.is_first, TRUE)"
    elif first.record:
        joins["$place"] = f'JOIN origin p ON p.rid = f.{_record_column(statement.pack, first.facts, first.record)}'
        place = f"'{first.record}:' || p.id"
    elif first.place == "programme":
        agreement = "''"
    by_year = first.facts != SITES and statement.pack.vocabulary[first.facts].year is not None
    until = "f.v_until" if first.facts == SITES else column([s.until for s in selections])
    key = _choice(numbers, [_key(s.key) for s in selections])
    refers = _choice(numbers, [_refers(statement.pack, s) for s in selections])
    identity = _identity(statement.pack, first.facts, joins) if any(s.by_id for s in selections) else "NULL"
    chosen = f"CROSS JOIN (VALUES {', '.join(f'({number})' for number in numbers)}) AS s(selection)" if len(numbers) > 1 else ""
    number = "s.selection" if chosen else str(numbers[0])
    return (
        f"SELECT * FROM (SELECT {number} AS selection, f.rid, {agreement} AS agreement, {place} AS place, f.day, {by_year} AS by_year, f.own_day,\n"  # noqa: S608
        f"  {holds} AS holds, {keeps}::BOOLEAN AS keeps, {excused}::BOOLEAN AS excused, {until}::DATE AS until,\n"
        f"  {column([s.due for s in selections])}::DATE AS due, {column([s.amount for s in selections])}::DECIMAL(18,2) AS amount,\n"
        f"  {column([s.person for s in selections])}::VARCHAR AS person, {key}::VARCHAR AS key,\n"
        f"  {refers}::BIGINT AS refers, {once} AS once, {identity}::VARCHAR AS id\n"
        f'  FROM "f_{first.facts}" f {" ".join(joins.values())} {chosen}\n  WHERE f.known) WHERE holds IS NOT FALSE'
    )


def _refers_on(selection: Selection) -> bool:
    """Whether a selection looks at records that its own refer to: what is joined for that is better joined once."""
    conditions = [condition for condition in (selection.where, selection.keeps, selection.excused) if condition is not None]
    return any("." in path for condition in conditions for test in condition.every_test() for path in (test.path, *test.values))


def _choice(numbers: Sequence[int], texts: Sequence[str]) -> str:
    """An expression for each selection: the one that is alike for all, or a choice by `s.selection`."""
    if len(set(texts)) == 1:
        return texts[0]
    wanted = " ".join(f"WHEN {number} THEN {text}" for number, text in zip(numbers, texts, strict=True) if text != "NULL")
    return f"(CASE s.selection {wanted} END)"


def _key(names: Sequence[str]) -> str:
    parts = ["f.rid::VARCHAR" if name == SELF else "''" if name == ALL else f"f.v_{name}::VARCHAR" for name in names]
    return "(" + f" || {_SEPARATOR} || ".join(parts) + ")" if parts else "NULL"


def _refers(pack: Pack, selection: Selection) -> str:
    if len(selection.key) != 1 or selection.key[0] in (SELF, ALL):
        return "NULL"
    declared = _fields(pack, selection.facts).get(selection.key[0])
    return f"f.v_{selection.key[0]}" if declared and declared.type == "reference" else "NULL"


def _identity(pack: Pack, type_name: str, joins: dict[str, str]) -> str:
    """The identity of a record: out of its key, where that refers to no other record; else as it was noted."""
    fields = pack.vocabulary[type_name]
    if all(fields.fields[name].type in ("id", "text", "choice", "site", "obligation") for name in fields.key):
        return f"concat_ws('/', {', '.join(f'f.v_{name}' for name in fields.key)})"
    joins["$id"] = "JOIN origin i ON i.rid = f.rid"
    return "i.id"


def _record_column(pack: Pack, type_name: str, scope_type: str) -> str:
    """The column that says to which record of `scope_type` a record belongs: its own number, or its one reference."""
    if type_name == scope_type:
        return "rid"
    return next(f"v_{name}" for name, field in pack.vocabulary[type_name].fields.items() if field.to == scope_type)


def _fields(pack: Pack, type_name: str) -> Mapping[str, FieldType]:
    return pack.head.sites.fields if type_name == SITES else pack.vocabulary[type_name].fields


def _condition(statement: _Statement, type_name: str, condition: Condition, joins: dict[str, str]) -> str:
    parts = [_test(statement, type_name, test, joins) for test in condition.tests]
    for group in condition.any_of:
        parts.append("(" + " OR ".join(_condition(statement, type_name, inner, joins) for inner in group) + ")")
    return "(" + " AND ".join(parts) + ")" if parts else "TRUE"


def _reach(statement: _Statement, type_name: str, path: str, joins: dict[str, str]) -> tuple[str, str]:
    """The SQL of a field path and the type of the field; a reference on the way becomes a join."""
    if "." not in path:
        declared = _fields(statement.pack, type_name).get(path)
        return f"f.v_{path}", declared.type if declared else "text"
    reference, name = path.split(".")
    target = statement.pack.vocabulary[type_name].fields[reference].to
    joins[reference] = f'LEFT JOIN "f_{target}" r_{reference} ON r_{reference}.rid = f.v_{reference}'
    return f"r_{reference}.v_{name}", statement.pack.vocabulary[target].fields[name].type


def _test(statement: _Statement, type_name: str, test: Test, joins: dict[str, str]) -> str:
    column, kind = _reach(statement, type_name, test.path, joins)
    if test.op == "given":
        return f"({column} IS NOT NULL)" if test.values == ("true",) else f"({column} IS NULL)"
    if test.op == "not_after":
        other = test.values[0]
        against = statement.bind(statement.as_of, "DATE") if other == "as_of" else _reach(statement, type_name, other, joins)[0]
        return f"({column} <= {against})"
    if test.op == "same_as":
        return f"({column} = {_reach(statement, type_name, test.values[0], joins)[0]})"
    if test.op in NUMERIC:
        number = test.values[0]
        against = statement.bind(Decimal(number), "DECIMAL(18,2)") if NUMBER.fullmatch(number) else _reach(statement, type_name, number, joins)[0]
        return f"({column} {NUMERIC[test.op]} {against})"
    if test.op == "contains":
        return "(" + " OR ".join(f"list_contains({column}, {statement.bind(value, 'VARCHAR')})" for value in test.values) + ")"
    bound = ", ".join(_bound(statement, value, kind) for value in test.values)
    return f"({column} NOT IN ({bound}))" if test.op == "not" else f"({column} IN ({bound}))"


def _bound(statement: _Statement, value: str, kind: str) -> str:
    if kind == "bool":
        return statement.bind(value == "true", "BOOLEAN")
    if kind == "year":
        return statement.bind(int(value), "INTEGER")
    return statement.bind(value, "VARCHAR")
