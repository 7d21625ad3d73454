"""The second step: duties of the programme, measured once all buckets are done, from what the buckets selected for them."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from servanda.audit.bucket import Measured, judged, parquet
from servanda.audit.plan import Found
from servanda.evaluate import load_pack
from servanda.facts.load import load_found
from servanda.facts.manifest import Known
from servanda.facts.store import create, load_sites
from servanda.facts.submissions import check_unchanged
from servanda.measure import measure
from servanda.model import Agreement
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problems

_SELECTED = "selection, rid, agreement, place, day, by_year, own_day, holds, keeps, excused, until, due, amount, person, key, refers, once, id"


def measure_programme(
    pack: Pack, agreements: Sequence[Agreement], found: Sequence[Found], ended: Mapping[str, datetime.date], selected: Sequence[Path], root: str,
    encoding: str | None, as_of: datetime.date,
) -> Measured:
    """The programme's duties over its own facts (`found`) and the records of all agreements that the buckets `selected` for them (Parquet files)."""
    known = Known({pack.id: pack}, {})
    loaded = load_found(found, known, encoding, Problems())
    changed = Problems()
    check_unchanged(found, changed)
    if changed:
        raise InvalidInput(changed.sorted())
    with tempfile.TemporaryDirectory(prefix="servanda-") as folder:
        files = [str(file) for file in selected]
        reachable = [folder, *sorted({str(file.parent) for file in selected})]
        at_hand = load_pack(pack, (), loaded.submissions, loaded.tables, set(), False, as_of, Problems(), reachable=reachable, ranks={"": 0})
        con = at_hand.con
        con.execute('DROP TABLE "f_$sites"')
        load_sites(con, pack, agreements, ended)
        paths = [one.tables_in.removeprefix(root) for one in loaded.submissions]
        rules = measure(
            con, pack, agreements, ended, at_hand.present, as_of, ("programme",), lambda database: paths.extend(_add(database, files, len(paths)))
        )
        consequences = judged(con, pack, (), rules, paths, as_of)
        tables = {"findings": parquet(con, "SELECT * FROM finding", Path(folder, "findings"))}
        con.close()
    return Measured(tables, consequences, {}, {})


def _add(con: duckdb.DuckDBPyConnection, files: Sequence[str], numbered: int) -> list[str]:
    """Add the agreements' records to `selected`, `origin` and `emptiness`; gives the paths of their submissions, numbered from `numbered` on."""
    con.execute("CREATE TABLE emptiness (rid BIGINT, fields VARCHAR[])")
    con.execute("CREATE TABLE beyond (rid BIGINT, path VARCHAR, type VARCHAR, field VARCHAR, id VARCHAR)")
    if not files:
        return []
    con.execute("CREATE TABLE brought AS SELECT * FROM read_parquet($files)", {"files": list(files)})
    paths = [path for path, in con.execute("SELECT DISTINCT path FROM brought ORDER BY path").fetchall()]
    create(con, "brought_path", [("number", "INTEGER", list(range(numbered, numbered + len(paths)))), ("path", "VARCHAR", paths)])
    con.execute(f"INSERT INTO selected ({_SELECTED}) SELECT {_SELECTED} FROM brought")  # noqa: S608
    con.execute(
        "INSERT INTO origin (rid, type, id, submission, file, row) SELECT DISTINCT b.rid, b.type, b.id, p.number, b.file, b.row"
        " FROM brought b JOIN brought_path p USING (path)"
    )
    con.execute("INSERT INTO emptiness SELECT DISTINCT rid, fields FROM brought")
    con.execute("INSERT INTO beyond SELECT rid, b.* FROM (SELECT DISTINCT rid, unnest(beyond) AS b FROM brought)")
    return paths
