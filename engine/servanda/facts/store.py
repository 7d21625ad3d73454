"""Records into an embedded DuckDB: one typed table a fact type, and one with the origin of every record.

A fact table `f_<type>` has, besides the declared fields (references as rids): `rid`, `agreement` ("" is the
programme), `own_day`, `day` (the day by which it belongs to a window; for yearly types the first of January),
and `known` (its own day is not after `as_of`). Completing dates after `as_of` are empty (contract section 3).
"""

from __future__ import annotations

import atexit
import datetime
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import duckdb

from servanda.facts.assemble import Records
from servanda.model import Agreement
from servanda.pack_shapes import FactType, Pack
from servanda.selection import SITES

Column = tuple[str, str, Sequence]
PLAN_AS_WRITTEN = 5_000
MEMORY = "3GB"  # of a database that reads large files
TYPES = {
    "id": "VARCHAR", "text": "VARCHAR", "choice": "VARCHAR", "site": "VARCHAR", "obligation": "VARCHAR", "date": "DATE", "year": "INTEGER",
    "amount": "DECIMAL(18,2)", "number": "DECIMAL(18,2)", "bool": "BOOLEAN", "choices": "VARCHAR[]", "reference": "BIGINT",
}


def _config() -> dict[str, object]:
    return {
        "threads": 2, "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
        "temp_directory": _temporary(),
    }


@cache
def _temporary() -> str:
    """This process's own folder for what does not fit into memory, closed to other users; "" (nothing goes to the disk) where there can be none."""
    try:
        folder = tempfile.mkdtemp(prefix="servanda-")
    except OSError:
        return ""
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def drop_temporary() -> None:
    """Remove that folder with all that databases left open have put there, where the process ends without its exit handlers."""
    if _temporary.cache_info().currsize and _temporary():
        shutil.rmtree(_temporary(), ignore_errors=True)


def connect(records: int, reachable: Sequence[str] = ()) -> duckdb.DuckDBPyConnection:
    """A database in memory that reaches nothing outside itself: no files (but those below `reachable` folders), no extensions, no network.

    For few `records`, plans are taken as written: choosing better ones would take longer than running these. What does not fit into memory goes
    into the system's folder for temporary files, never into the current one.
    """
    con = duckdb.connect(":memory:", config=_config())
    if reachable:
        con.execute("SET allowed_directories = $folders", {"folders": list(reachable)})
    con.execute("SET enable_external_access = false; SET TimeZone = 'UTC'")
    if records < PLAN_AS_WRITTEN:
        con.execute("PRAGMA disable_optimizer")
    return con


def connect_to_read() -> duckdb.DuckDBPyConnection:
    """As `connect`, for reading large files that were named to the program; `close_access` ends that. It takes at most 3 GB of memory."""
    con = duckdb.connect(":memory:", config=_config() | {"memory_limit": MEMORY})
    con.execute("SET TimeZone = 'UTC'")
    return con


def close_access(con: duckdb.DuckDBPyConnection, reachable: Sequence[str] = ()) -> None:
    """From here on the database reaches nothing outside itself, but what lies below `reachable` folders."""
    if reachable:
        con.execute("SET allowed_directories = $folders", {"folders": list(reachable)})
    con.execute("SET enable_external_access = false")


def file_list(files: Iterable[Path]) -> str:
    """Files as a list in SQL, for `read_parquet`."""
    return "[" + ", ".join(map(file_text, files)) + "]"


def file_text(file: Path) -> str:
    """A file as a text in SQL, where DuckDB takes no parameter."""
    return "'" + str(file).replace("'", "''") + "'"


def create(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column]) -> None:
    """A table from columns (name, SQL type, values); names come from checked vocabularies, values are bound."""
    if not any(len(values) for _, _, values in columns):
        con.execute(f'CREATE TABLE "{table}" (' + ", ".join(f'"{name}" {kind}' for name, kind, _ in columns) + ")")
        return
    selected = ", ".join(f'unnest(${number}::{kind}[]) AS "{name}"' for number, (name, kind, _) in enumerate(columns, 1))
    con.execute(f'CREATE TABLE "{table}" AS SELECT {selected}', [list(values) for _, _, values in columns])  # noqa: S608


def load_records(con: duckdb.DuckDBPyConnection, pack: Pack, records: Mapping[str, Records], as_of: datetime.date) -> None:
    """Create the fact tables and `origin` (rid, type, id, submission, file, row)."""
    for type_name, fact_type in pack.vocabulary.items():
        create(con, f"f_{type_name}", _fact_columns(fact_type, records[type_name], as_of))
    tables = list(records.values())
    create(con, "origin", [
        ("rid", "BIGINT", [rid for table in tables for rid in table.rid]),
        ("type", "VARCHAR", [table.type for table in tables for _ in table.rid]),
        ("id", "VARCHAR", [identity for table in tables for identity in table.ids]),
        ("submission", "INTEGER", [number for table in tables for number in table.submission]),
        ("file", "VARCHAR", [file for table in tables for file in table.file]),
        ("row", "BIGINT", [row for table in tables for row in table.row]),
    ])


def _fact_columns(fact_type: FactType, records: Records, as_of: datetime.date) -> list[Column]:
    columns: list[Column] = [
        ("rid", "BIGINT", records.rid),
        ("agreement", "VARCHAR", records.agreement),
        ("own_day", "DATE", records.own_day),
        ("known", "BOOLEAN", [day is None or day <= as_of for day in records.own_day]),
    ]
    if fact_type.year:
        years = records.columns[fact_type.year]
        columns.append(("day", "DATE", [None if year is None else datetime.date(year, 1, 1) for year in years]))
    else:
        columns.append(("day", "DATE", records.own_day))
    for name, declared in fact_type.fields.items():
        values: Iterable = records.columns[name]
        if declared.completes:
            values = [None if day is None or day > as_of else day for day in values]
        columns.append((f"v_{name}", TYPES[declared.type], values))
    return columns


def load_sites(con: duckdb.DuckDBPyConnection, pack: Pack, agreements: Sequence[Agreement], ended: Mapping[str, datetime.date]) -> None:
    """Sites as records of their own, for obligations about sites: `day` and `v_until` are their first and last day."""
    sites = [(agreement, site) for agreement in agreements for site in agreement.sites]
    last = [min(site.end, ended.get(agreement.id, site.end)) for agreement, site in sites]
    columns: list[Column] = [
        ("rid", "BIGINT", [-1 - number for number in range(len(sites))]),
        ("agreement", "VARCHAR", [agreement.id for agreement, _ in sites]),
        ("own_day", "DATE", [site.start for _, site in sites]),
        ("known", "BOOLEAN", [site.start <= end for (_, site), end in zip(sites, last, strict=True)]),
        ("day", "DATE", [site.start for _, site in sites]),
        ("v_site", "VARCHAR", [site.id for _, site in sites]),
        ("v_kind", "VARCHAR", [site.kind for _, site in sites]),
        ("v_until", "DATE", last),
    ]
    firsts = {agreement.id: agreement.sites[0].id for agreement in agreements if agreement.sites}
    columns.append(("is_first", "BOOLEAN", [site.id == firsts[agreement.id] for agreement, site in sites]))
    columns += [(f"v_{name}", "VARCHAR", [site.fields.get(name) for _, site in sites]) for name in pack.head.sites.fields]
    create(con, f"f_{SITES}", columns)


def load_declarations(con: duckdb.DuckDBPyConnection, complete: Mapping[tuple[str, str, str], datetime.date]) -> None:
    """`declared` (agreement, type, role, until)."""
    keys = sorted(complete)
    create(con, "declared", [
        ("agreement", "VARCHAR", [key[0] for key in keys]),
        ("type", "VARCHAR", [key[1] for key in keys]),
        ("role", "VARCHAR", [key[2] for key in keys]),
        ("until", "DATE", [complete[key] for key in keys]),
    ])
