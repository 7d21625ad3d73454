"""Which lines of the rules' conditions are true of some record of the cases, and which are false: a line that is never false selects nothing out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import duckdb

from servanda.cases.mutants import test_text
from servanda.conditions import Condition, Test
from servanda.facts.select import condition_column
from servanda.kinds import BY_NAME
from servanda.pack_shapes import Obligation, Pack
from servanda.selection import SITES

Line = tuple[str, str]  # (obligation, line)


def lines_of(pack: Pack, obligation: Obligation) -> Iterator[tuple[str, str, Test]]:
    """(line, fact type, test) of every condition by which an obligation selects or judges records."""
    told = set()
    for selection in BY_NAME[obligation.kind].parts(obligation, pack.head).values():
        for condition in (selection.where, selection.keeps, selection.excused):
            for test in condition.every_test() if condition is not None and selection.facts != SITES else ():
                line = f"{selection.facts}.{test_text(test)}"
                if line not in told:
                    told.add(line)
                    yield line, selection.facts, test


def seen(pack: Pack, con: duckdb.DuckDBPyConnection, as_of: object, about: Mapping[str, Collection[str]]) -> dict[Line, set[bool]]:
    """For each obligation the values that its lines take over the records of the agreements (by obligation) that look at it."""
    found: dict[Line, set[bool]] = defaultdict(set)
    for obligation in pack.obligations:
        mine = sorted(about.get(obligation.id, ()))
        for line, facts, test in lines_of(pack, obligation) if mine else ():
            sql, values, joins = condition_column(con, pack, facts, Condition((test,)), as_of)
            rows = con.execute(
                f'SELECT DISTINCT {sql} FROM "f_{facts}" f {joins} WHERE f.agreement = \'\' OR list_contains(${len(values) + 1}, f.agreement)',  # noqa: S608
                [*values, mine],
            ).fetchall()
            found[obligation.id, line] |= {value for (value,) in rows if value is not None}
    return found


def never(pack: Pack, found: Mapping[Line, set[bool]]) -> dict[str, tuple[str, ...]]:
    """By obligation: its lines that are never true, or never false."""
    missing: dict[str, tuple[str, ...]] = {}
    for obligation in pack.obligations:
        said = []
        for line, _, _ in lines_of(pack, obligation):
            values = found.get((obligation.id, line), set())
            said += [f"{line} ({word})" for value, word in ((True, "never true"), (False, "never false")) if value not in values]
        if said:
            missing[obligation.id] = tuple(said)
    return missing
