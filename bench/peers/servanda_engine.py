"""The engine: the same three obligations out of `rules/benn`, as YAML says them, over the same files."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb

from peers.data import AS_OF, TYPES
from servanda.facts.store import TYPES as SQL_TYPES
from servanda.facts.store import connect, load_sites
from servanda.kinds import BY_NAME
from servanda.measure import measure, rules_of
from servanda.model import Agreement, Site
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.streams import Streams, numbered

RULES = Path(__file__).resolve().parent.parent.parent / "rules"
WANTED = ("steering-rounds-held", "district-coordinator", "consent-before-spend")
RENAMED = {"staffing": {"from": "since", "to": "until"}}


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    problems = Problems()
    pack = read_packs(RULES / "benn", BY_NAME, problems)["benn"]
    pack = replace(pack, obligations=tuple(one for one in pack.obligations if one.id in WANTED))
    con = connect(10**6, [data, str(Path(out).parent)])
    agreements = load(con, pack, data)
    loaded = time.perf_counter()
    measure_streamed(con, pack, agreements)
    measured = time.perf_counter()
    con.execute(
        "COPY (SELECT obligation, agreement, nullif(place, '') AS site, label, value::DECIMAL(18, 2) AS value, status FROM result"  # noqa: S608
        f" ORDER BY obligation, agreement, site, label) TO '{out}'"
    )
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


def load(con: duckdb.DuckDBPyConnection, pack: Pack, data: str) -> list[Agreement]:
    """Make the data known to the database; gives its agreements."""
    views(con, pack, data)
    agreements = agreements_of(con, data)
    load_sites(con, pack, agreements, {})
    return agreements


def measure_streamed(con: duckdb.DuckDBPyConnection, pack: Pack, agreements: list[Agreement]) -> None:
    """Measure all of a pack's obligations, the records passing through the queries."""
    rules = rules_of(pack)
    measure(con, pack, agreements, {}, set(TYPES), AS_OF, streams=Streams(pack, rules, numbered(rules), set(TYPES), AS_OF, shared=False))


def views(con: duckdb.DuckDBPyConnection, pack: Pack, data: str) -> None:
    """The tables that the engine reads, as views of the files: what it does not ask for is not read."""
    first, offsets = 0, {}
    for name in TYPES:
        offsets[name] = first
        first += con.execute(f"SELECT count(*) FROM read_parquet('{data}/{name}.parquet')").fetchall()[0][0]  # noqa: S608
    for name, fact_type in pack.vocabulary.items():
        file = f"read_parquet('{data}/{name}.parquet')"
        there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()} if name in offsets else set()  # noqa: S608
        columns = []
        for field, declared in fact_type.fields.items():
            source = RENAMED.get(name, {}).get(field, field)
            value = "NULL" if source not in there else f'"{source}" + {offsets[declared.to]}' if declared.type == "reference" else f'"{source}"'
            columns.append(f"({value})::{SQL_TYPES[declared.type]} AS v_{field}")
        if name in offsets:
            day = RENAMED.get(name, {}).get("from", "date")
            head = f"rid + {offsets[name]} AS rid, agreement, {day} AS own_day, {day} <= DATE '{AS_OF}' AS known, {day} AS day"
            con.execute(f'CREATE VIEW "f_{name}" AS SELECT {head}, {", ".join(columns)} FROM {file}')  # noqa: S608
        else:
            head = "0::BIGINT AS rid, '' AS agreement, NULL::DATE AS own_day, FALSE AS known, NULL::DATE AS day"
            con.execute(f'CREATE VIEW "f_{name}" AS SELECT {head}, {", ".join(columns)} WHERE FALSE')
    origins = (
        f"SELECT rid + {offsets[name]} AS rid, '{name}' AS type, id, 0 AS submission, '{name}' AS file, rid + 2 AS row FROM read_parquet('{data}/{name}.parquet')"  # noqa: S608
        for name in TYPES
    )
    con.execute("CREATE VIEW origin AS " + " UNION ALL ".join(origins))
    con.execute(f"CREATE VIEW declared AS SELECT * FROM read_parquet('{data}/declared.parquet')")  # noqa: S608


def agreements_of(con: duckdb.DuckDBPyConnection, data: str) -> list[Agreement]:
    """The agreements with their sites."""
    sites: dict[str, list[Site]] = {}
    for agreement, site, first, last in con.execute(f"SELECT * FROM read_parquet('{data}/sites.parquet') ORDER BY ALL").fetchall():  # noqa: S608
        sites.setdefault(agreement, []).append(Site(site, site, "benn_team", first, last))
    rows = con.execute(f"SELECT * FROM read_parquet('{data}/agreements.parquet') ORDER BY ALL").fetchall()  # noqa: S608
    return [Agreement(name, "benn", name, first, last, tuple(sites[name])) for name, first, last in rows]


if __name__ == "__main__":
    main(*sys.argv[1:])
