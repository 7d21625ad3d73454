"""Measuring: the same three obligations by the engine and by its peers, over the same files, with the same answers."""

from __future__ import annotations

from pathlib import Path

import duckdb

from children import HERE, Measured, once, several

# (script, name, what it is, the most facts that it is tried on)
PEERS = (
    ("duckdb_sql", "DuckDB, SQL by hand", 10**9),
    ("servanda_engine", "servanda", 10**9),
    ("polars_frames", "Polars", 10**9),
    ("pandas_frames", "pandas", 10**9),
    ("durable_rules_api", "durable_rules alone (its Python API)", 10**5),
    ("durable_rules_alone", "durable_rules alone (its C module)", 10**5),
    ("clingo_asp", "clingo (ASP)", 10**5),
    ("rego_policy", "OPA's Rego (regopy)", 10**4),
    ("declare_log", "Declare4Py (counts only)", 10**5),
)
LIMIT = 240.0
_ROWS = "SELECT obligation, agreement, site, label, round(value, 2)::DECIMAL(18, 2) AS value, status FROM read_parquet('{file}')"
_STATUS = "SELECT obligation, agreement, site, label, status FROM read_parquet('{file}')"


def measured(sizes: list[int], folder: Path, times: int) -> dict[int, dict[str, Measured]]:
    """What each peer needed, by size; AssertionError where two of them differ."""
    found: dict[int, dict[str, Measured]] = {}
    for size in sizes:
        data = folder / f"facts-{size}"
        if not (data / "staffing.parquet").exists():
            assert not once([str(HERE / "making.py"), str(data), str(size)], 600).failed
        print(f"measuring, {size} facts", flush=True)
        found[size] = {}
        for script, name, most in PEERS:
            if size > most:
                found[size][name] = Measured(failed="not tried")
                continue
            out = data / f"{script}.out.parquet"
            found[size][name] = several([str(HERE / "peak.py"), str(HERE / "peers" / f"{script}.py"), str(data), str(out)], LIMIT, times)
            one = found[size][name]
            print(f"  {name}: {one.failed or f'{one.seconds:.2f} s, {one.megabytes:.0f} MB'}", flush=True)
            if not one.failed and script != "duckdb_sql":
                same(data / "duckdb_sql.out.parquet", out, script)
    return found


def same(floor: Path, out: Path, script: str) -> None:
    """Hold a peer's rows against the floor's; of one that says only statuses of some duties, those."""
    text = _STATUS if script == "declare_log" else _ROWS
    mine, theirs = text.format(file=floor), text.format(file=out)
    extra = duckdb.sql(f"{theirs} EXCEPT {mine}").fetchall()
    missing = [] if script == "declare_log" else duckdb.sql(f"{mine} EXCEPT {theirs}").fetchall()
    assert not extra and not missing, (script, extra[:3], missing[:3])


def exponent(points: list[tuple[float, float]]) -> float:
    """The slope of a line through points on double logarithmic paper, by least squares."""
    from math import log

    xs, ys = [log(x) for x, _ in points], [log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)
