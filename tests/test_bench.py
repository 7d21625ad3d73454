"""The benchmark's peers give the same answers: those that are here without installing anything, on a small world."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

BENCH = ROOT / "bench"
sys.path.insert(0, str(BENCH))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from peers.data import make

    folder = tmp_path_factory.mktemp("facts")
    assert make(folder, 4000) > 3000
    told(folder, "duckdb_sql")
    return folder


def told(folder: Path, peer: str) -> Path:
    out = folder / f"{peer}.out.parquet"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "engine"), str(BENCH)))}
    command = [sys.executable, str(BENCH / "peers" / f"{peer}.py"), str(folder), str(out)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert '"measure"' in result.stdout
    return out


def test_the_world_has_every_answer(world: Path) -> None:
    import duckdb

    rows = duckdb.sql(f"SELECT obligation, status, count(*) FROM read_parquet('{world}/duckdb_sql.out.parquet') GROUP BY ALL").fetchall()
    statuses = {obligation: {status for name, status, _ in rows if name == obligation} for obligation, _, _ in rows}
    assert len(statuses) == 3
    assert all({"fulfilled", "deviation"} <= found for found in statuses.values()), rows


HERE = [peer for peer, needed in (("polars_frames", "polars"), ("clingo_asp", "clingo")) if importlib.util.find_spec(needed)]


@pytest.mark.parametrize("peer", ["servanda_engine", "pandas_frames", "durable_rules_alone", "durable_rules_api", *HERE])
def test_peers_give_the_same_answers(peer: str, world: Path) -> None:
    import measuring

    out = told(world, peer)
    measuring.same(world / "duckdb_sql.out.parquet", out, peer)


def test_a_difference_stops_the_benchmark(world: Path, tmp_path: Path) -> None:
    import duckdb

    import measuring

    out = tmp_path / "other.parquet"
    duckdb.sql(f"COPY (SELECT * REPLACE ('fulfilled' AS status) FROM read_parquet('{world}/duckdb_sql.out.parquet')) TO '{out}'")
    with pytest.raises(AssertionError, match="other"):
        measuring.same(world / "duckdb_sql.out.parquet", out, "other")


def test_thousands_of_agreements_are_made_the_same_way(tmp_path: Path) -> None:
    for name in ("one", "two"):
        subprocess.run([sys.executable, str(BENCH / "many_agreements.py"), str(tmp_path / name), "--agreements", "3"], check=True)
    files = {name: {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()} for name in ("one", "two")}
    assert files["one"] == files["two"] and len(files["one"]) > 100
