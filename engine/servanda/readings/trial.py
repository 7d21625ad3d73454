"""A trial: room beside what a run has measured, in which the same facts can be measured again."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Collection, Iterator

import duckdb

from servanda.run import PackRun

_NUMBERS = itertools.count(1)


@contextlib.contextmanager
def trial(part: PackRun) -> Iterator[tuple[duckdb.DuckDBPyConnection, Collection[str]]]:
    """(a connection, the fact types that have records) of a pack's part of a run; tables made on it are gone afterwards.

    Names are looked up among the trial's own tables first, then among those of the run, so that the loaded facts are there and nothing of
    the run is touched. Threads may hold trials of their own beside each other.
    """
    con = part.database.cursor()
    name = f"trial_{next(_NUMBERS)}"
    con.execute(f"CREATE SCHEMA {name}")
    try:
        con.execute(f"SET search_path = '{name},main'")
        yield con, {name for name, in con.execute("SELECT DISTINCT type FROM main.origin").fetchall()}
    finally:
        con.execute("SET search_path = 'main'")
        con.execute(f"DROP SCHEMA {name} CASCADE")
        con.close()
