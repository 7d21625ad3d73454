"""An earlier audit, from which the results of unchanged agreements are taken over as they stand."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from servanda.audit.bucket import parquet
from servanda.audit.tables import AGREEMENTS, CONSEQUENCES, RECEIPT, SCHEMA
from servanda.audit.workplace import sha256_of
from servanda.facts.store import connect, file_list
from servanda.model import Consequence
from servanda.problems import InvalidInput, Problem

_ORDER = {
    "findings": "agreement NULLS FIRST, site NULLS FIRST, obligation, window_from, label",
    "programme": "selection, rid",
}
_OWNER = {"findings": "agreement", "programme": "owner"}


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier audit: its folder, the key of each agreement that it measured, the last days of ended terms, and its consequences by agreement."""

    folder: Path
    keys: Mapping[str, str]
    ended: Mapping[str, datetime.date]
    consequences: Mapping[str, Sequence[Consequence]]


def read_earlier(folder: Path) -> Earlier:
    """An audit that is whole: every file is as its receipt says. `InvalidInput` otherwise."""
    try:
        receipt = json.loads((folder / RECEIPT).read_bytes())
        results: Mapping[str, str] = receipt["results"]
        schema = receipt["schema"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput([Problem("no-audit", folder.as_posix())]) from error
    if schema != SCHEMA:
        raise InvalidInput([Problem("no-audit", folder.as_posix(), found=str(schema))])
    changed = [name for name, digest in results.items() if not (folder / name).is_file() or sha256_of(folder / name) != digest]
    if changed:
        raise InvalidInput([Problem("audit-changed", (folder / name).as_posix()) for name in changed])
    con = connect(0, [str(folder)])
    rows = con.execute("SELECT agreement, key, ended_on FROM read_parquet($1) WHERE state = 'measured'", [str(folder / AGREEMENTS)]).fetchall()
    columns = "consequence, clause, attribution, agreement, site, year, findings, amount_at_stake"
    consequences: dict[str, list[Consequence]] = {}
    for *values, findings, amount in con.execute(
        f"SELECT {columns} FROM read_parquet($1) WHERE agreement IS NOT NULL", [str(folder / CONSEQUENCES)]  # noqa: S608
    ).fetchall():
        one = Consequence(*values, tuple(findings), Decimal(amount))
        consequences.setdefault(one.agreement, []).append(one)
    con.close()
    return Earlier(folder, {name: key for name, key, _ in rows}, {name: day for name, _, day in rows if day}, consequences)


def joined(earlier: Earlier, pack: str, agreements: Collection[str], measured: Mapping[str, bytes]) -> dict[str, bytes]:
    """The tables of a bucket, of which some agreements were measured and the others are taken over: as if all had been measured."""
    tables: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="servanda-") as folder:
        con = connect(0, [folder, str(earlier.folder)])
        con.execute("CREATE TABLE kept AS SELECT unnest($names::VARCHAR[]) AS name", {"names": sorted(agreements)})
        for name, order in _ORDER.items():
            files = sorted((earlier.folder / name / pack).glob("*.parquet"))
            query = f"SELECT * FROM read_parquet({file_list(files)}) WHERE {_OWNER[name]} IN (SELECT name FROM kept)"  # noqa: S608
            if name in measured:
                fresh = Path(folder, f"{name}-measured.parquet")
                fresh.write_bytes(measured[name])
                query += f" UNION ALL SELECT * FROM read_parquet({file_list([fresh])})"  # noqa: S608
            tables[name] = parquet(con, f"SELECT * FROM ({query}) ORDER BY {order}", Path(folder, name))  # noqa: S608
        con.close()
    return tables
