"""A trial: room beside what a run has measured, in which the same facts can be measured again."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator

import duckdb

from servanda.run import PackRun


@contextlib.contextmanager
def trial(part: PackRun) -> Iterator[tuple[duckdb.DuckDBPyConnection, Collection[str]]]:
    """(a connection, the fact types that have records) of a pack's part of a run; tables made on it are gone afterwards.

    Names are looked up among the trial's own tables first, then among those of the run, so that the loaded facts are there and nothing of
    the run is touched. One trial at a time.
    """
    con = part.database.cursor()
    con.execute("CREATE SCHEMA trial")
    try:
        con.execute("SET search_path = 'trial,main'")
        yield con, {name for name, in con.execute("SELECT DISTINCT type FROM main.origin").fetchall()}
    finally:
        con.execute("SET search_path = 'main'")
        con.execute("DROP SCHEMA trial CASCADE")
        con.close()
