"""Everything side by side in one go, with the same answers, as ratios: python bench/run.py [--sizes 1e4,1e5,1e6,1e7] [--only measuring,…]

Makes its data (seeded) below --data, runs each measurement in a process of its own (medians, peak memory), prints tables, and writes them with the
machine's description to bench/RESULTS.md. The peers' packages: pip install -r bench/requirements.txt.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "engine"))

import measuring
from auditing import audit_part
from children import HERE, ROOT, Measured, once, several

PARTS = ("measuring", "intake", "growth", "judging", "cold", "audit")
PACKAGES = ("servanda", "duckdb", "pandas", "polars", "durable-rules", "clingo", "regopy", "declare4py", "pm4py", "pydantic", "pandera")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)]) + "\n"


def ratio(one: float, other: float) -> str:
    """One as a multiple of the other."""
    return f"{one / other:.2f}" if other else "–"


def measuring_part(sizes: list[int], folder: Path, times: int) -> str:
    """Tables of seconds and memory by peer and size, with ratios."""
    found = measuring.measured(sizes, folder, times)
    text = "## Measuring\n\nThree obligations over generated facts, from Parquet files to a row a duty; all peers that finish give the same rows.\n"
    for size, peers in found.items():
        floor, own = peers["DuckDB, SQL by hand"], peers["servanda"]
        text += f"\n**{size:,} facts**\n\n"
        text += table(
            ("", "seconds", "of these measuring", "of the SQL by hand", "servanda is so many times faster", "MB", "of the SQL by hand"),
            [(name, one.failed, "", "", "", "", "") if one.failed else _row(name, one, floor, own) for name, one in peers.items()],
        )
    text += _a_fact(found)
    points = [(size, peers["servanda"].told["measure"]) for size, peers in found.items() if size >= 10**5 and not peers["servanda"].failed]
    if len(points) > 1:
        text += f"\nGrowth of measuring in facts from 10⁵ on: exponent {measuring.exponent(points):.2f}.\n"
    return text


def _row(name: str, one: Measured, floor: Measured, own: Measured) -> tuple:
    seconds, mine = one.told["load"] + one.told["measure"], own.told["load"] + own.told["measure"]
    return (
        name, f"{seconds:.2f}", f"{one.told['measure']:.2f}", ratio(seconds, floor.told["load"] + floor.told["measure"]), ratio(seconds, mine),
        f"{one.megabytes:.0f}", ratio(one.megabytes, floor.megabytes),
    )


def _a_fact(found: dict[int, dict[str, Measured]]) -> str:
    """Microseconds a fact, each at the largest size that it took: how engines that take facts one by one compare with one that takes columns."""
    best: dict[str, tuple[int, float]] = {}
    for size, peers in found.items():
        for name, one in peers.items():
            if not one.failed:
                best[name] = (size, (one.told["load"] + one.told["measure"]) / size * 1e6)
    own = best["servanda"][1]
    rows = [(name, f"{size:,}", f"{micro:.2f}", ratio(micro, own)) for name, (size, micro) in best.items()]
    return "\nMicroseconds a fact, at the largest size that each took:\n\n" + table(("", "facts", "µs a fact", "of servanda's"), rows)


def growth_part(folder: Path, times: int) -> str:
    """Obligations from 10 to 10 000 over the facts of one agreement, and of fifteen."""
    from peers.data import PER_AGREEMENT, make

    text = "## Growth in obligations\n\nThe same obligation with other bounds, so many times, over the same facts.\n\n"
    rows = []
    for agreements in (1, 15):
        data = folder / f"obligations-{agreements}"
        make(data, agreements * PER_AGREEMENT)
        command = [str(HERE / "peak.py"), str(HERE / "growth.py"), "obligations"]
        found = {count: several([*command, str(count), str(data)], 300, times) for count in (10, 100, 1000, 10_000)}
        first = found[10].told["measure"]
        rows += [
            (agreements, f"{count:,}", one.failed or f"{one.told['duties']:,.0f}", "" if one.failed else f"{one.told['measure']:.2f}",
             "" if one.failed else ratio(one.told["measure"], first))
            for count, one in found.items()
        ]
    return text + table(("agreements", "obligations", "duties", "seconds", "of 10 obligations"), rows)


def judging_part(times: int) -> str:
    """Deviations from 1 000 to 100 000, judged by both evaluators, a thousand a bucket."""
    rows, points = [], []
    for count in (1000, 10_000, 100_000):
        one = several([str(HERE / "peak.py"), str(HERE / "growth.py"), "deviations", str(count)], 300, times)
        points.append((count, one.told["judge"]))
        rows.append((f"{count:,}", f"{one.told['judge']:.2f}", f"{count / one.told['judge']:,.0f}", f"{one.megabytes:.0f}"))
    text = "## Judging\n\nDeviations judged by both evaluators, a thousand a bucket.\n\n" + table(("deviations", "seconds", "a second", "MB"), rows)
    return text + f"\nExponent {measuring.exponent(points):.2f}.\n"


def cold_part() -> str:
    """One cold check against its import floor, as bench/cold_check.py prints it."""
    result = subprocess.run([sys.executable, str(HERE / "cold_check.py")], capture_output=True, text=True, check=True, cwd=ROOT)
    return "## A cold check\n\n```\n" + result.stdout + "```\n"


def intake_part(folder: Path, rows: int, times: int) -> str:
    """Large tables against DuckDB's typed reader; and a tenth of the rows against validators that look at them row by row, with the same faults found."""
    import intake
    import row_by_row

    text = "## Intake\n\nA submission read with every check (`servanda validate`) against DuckDB's own typed reader, which checks types alone.\n\n```\n"
    command = [sys.executable, str(HERE / "intake.py"), str(rows), str(times)]
    text += subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout + "```\n"
    place = folder / f"rows-{rows // 10}"
    if not place.exists():
        intake.write(place, "expenditures", rows // 10, False)
        (place / "faulty").mkdir()
        planted = row_by_row.plant(place / "facts" / "1" / "expenditures.csv", place / "faulty" / "expenditures.csv")
        (place / "planted").write_text(",".join(map(str, planted)), encoding="utf-8")
    planted = [int(row) for row in (place / "planted").read_text(encoding="utf-8").split(",")]
    lines = []
    for way in ("servanda", "pydantic", "pandera"):
        found = [once([str(HERE / "peak.py"), str(HERE / "row_by_row.py"), way, str(file)], 600)
                 for file in (place / "facts" / "1" / "expenditures.csv", place / "faulty" / "expenditures.csv")]
        if not any(one.failed for one in found):
            assert [one.told["refused"] for one in found] == [[], planted], (way, "finds other faults")
        lines.append((way, *(one.failed or f"{one.told['seconds']:.2f}" for one in found), *(f"{one.megabytes:.0f}" for one in found[:1])))
    text += f"\n{rows // 10:,} expenditures, sound and with ten faults; all find the same rows. Rules are read and modules imported in that time.\n\n"
    return text + table(("", "seconds, sound", "seconds, ten faults", "MB"), lines)


def machine() -> str:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} –")
    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}; {', '.join(versions)}."


def main() -> None:
    """Run the parts and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1e4,1e5,1e6,1e7")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the intake")
    parser.add_argument("--agreements", type=int, default=10_000, help="of the audit")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md")
    wanted = parser.parse_args()
    only = wanted.only.split(",")
    sizes = [int(float(size)) for size in wanted.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="servanda-bench-") as temporary:
        folder = wanted.data or Path(temporary)
        parts = {
            "measuring": lambda: measuring_part(sizes, folder, wanted.times),
            "intake": lambda: intake_part(folder, wanted.rows, wanted.times), "growth": lambda: growth_part(folder, wanted.times),
            "judging": lambda: judging_part(wanted.times), "cold": cold_part, "audit": lambda: audit_part(folder, wanted.agreements),
        }
        texts = [parts[name]() for name in PARTS if name in only]
    text = f"# Results\n\n{machine()}\nRatios hold within one run; seconds are this machine's.\n\n" + "\n".join(texts)
    wanted.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
