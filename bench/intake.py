"""Times the intake of large CSV tables against DuckDB's own typed reader: `python bench/intake.py [ROWS] [TIMES]`.

Each way runs TIMES times (3) in a process of its own, in turns: the typed reader into a table, and `servanda validate` of a submission (manifest, checksum,
every check of every record, and across tables). Prints medians of time and of the processor's time, the peak of memory, and the ratios. Synthetic data.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "engine"))
AGREEMENT = """id: a
pack: benn
district: A
term: {from: 2017-09-01, to: 2021-12-31}
sites:
  - {id: a-1, name: X, kind: benn_team, from: 2017-09-01}
  - {id: a-2, name: Y, kind: benn_team, from: 2017-09-01}
"""
ROLES = "['district_coordinator', 'district_office', 'benn_team', 'qm_benn', 'senate_office', 'senate_coordinator', 'specialist_authority', 'other']"
# By table: the query of its rows and the types that the reader is told; and the same of the table that it refers to, with its name.
TABLES = {
    "expenditures": (
        "SELECT 'e-' || {order} AS id, 'm-' || (hash(i) % 1000) AS measure, 'a-' || (hash(i) % 2 + 1) AS site,"
        " DATE '2018-01-01' + (hash(i + 1) % 1000)::INT AS date,"
        " ((hash(i + 2) % 100000) / 100)::DECIMAL(18,2) AS amount, ['materials', 'fees', NULL][(hash(i) % 3)::INT + 1] AS category",
        {"id": "VARCHAR", "measure": "VARCHAR", "site": "VARCHAR", "date": "DATE", "amount": "DECIMAL(18,2)", "category": "VARCHAR"},
        "SELECT 'm-' || i AS id, 'a-1' AS site, 'T' AS title, DATE '2018-01-01' AS date FROM range(1000) t(i)", "measures",
        {"id": "VARCHAR", "site": "VARCHAR", "title": "VARCHAR", "date": "DATE"},
    ),
    "attendance": (
        f"SELECT 'm-' || ({{order}} // 8) AS meeting, {ROLES}[({{order}} % 8)::INT + 1] AS role, 'a-' || (hash(i) % 2 + 1) AS site,"
        " ['present', 'absent', NULL][(hash(i) % 3)::INT + 1] AS state",
        {"meeting": "VARCHAR", "role": "VARCHAR", "site": "VARCHAR", "state": "VARCHAR"},
        "SELECT 'm-' || i AS id, DATE '2018-01-01' + (i % 1000)::INT AS date, 'jour_fixe' AS body FROM range({rows} // 8 + 1) t(i)", "meetings",
        {"id": "VARCHAR", "date": "DATE", "body": "VARCHAR"},
    ),
}


def write(folder: Path, name: str, rows: int, shuffled: bool) -> None:
    """A submission with a table of so many rows, in the order of its ids or not."""
    import duckdb

    query, _, other, type_name, _ = TABLES[name]
    place = folder / "facts" / "1"
    place.mkdir(parents=True)
    (folder / "agreements").mkdir()
    (folder / "agreements" / "a.yaml").write_text(AGREEMENT, encoding="utf-8")
    (place / "submission.yaml").write_text("agreement: a\nsubmitted_on: 2021-09-01\nsubmitted_by: team\ncomplete: 2021-08-31\n", encoding="utf-8")
    order = f"((i * 7368787 + 1) % {rows})" if shuffled else "i"
    with duckdb.connect(config={"threads": 2}) as con:
        for stem, rows_of in ((name, f"{query.format(order=order)} FROM range({rows}) t(i)"), (type_name, other.format(rows=rows))):
            con.execute(f"COPY ({rows_of}) TO '{place / f'{stem}.csv'}' (HEADER, NULLSTR '', QUOTE '')")


def typed(folder: Path, name: str) -> None:
    """DuckDB's own reader with given types, into tables."""
    import duckdb

    con = duckdb.connect(config={"threads": 2})
    _, types, _, other, other_types = TABLES[name]
    for stem, kinds in ((name, types), (other, other_types)):
        columns = ", ".join(f"'{column}': '{kind}'" for column, kind in kinds.items())
        con.execute(f"CREATE TABLE {stem} AS FROM read_csv('{folder}/facts/1/{stem}.csv', header=true, auto_detect=false, columns={{{columns}}})")


def validated(folder: Path) -> None:
    """What `servanda validate` does before it prints."""
    from servanda.intake import validate

    validate([folder / "facts"], folder / "agreements", ROOT / "rules")


def one(way: str, folder: Path, name: str) -> None:
    """Run one way, and print its seconds, its processor's seconds and its peak of memory in MB; what is imported and read of the rules counts."""
    start, used = time.perf_counter(), time.process_time()
    typed(folder, name) if way == "typed" else validated(folder)
    print(time.perf_counter() - start, time.process_time() - used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure(name: str, rows: int, times: int, shuffled: bool) -> None:
    """Both ways in turns, and a line with medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), name, rows, shuffled)
        found: dict[str, list[tuple[float, ...]]] = {"typed": [], "validated": []}
        for _ in range(times):
            for way, results in found.items():
                command = [sys.executable, __file__, "--one", way, folder, name]
                answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                results.append(tuple(float(number) for number in answer.split()))
        medians = {way: [statistics.median(column) for column in zip(*results, strict=True)] for way, results in found.items()}
    told = "; ".join(f"{way} {seconds:.2f} s, processor {used:.2f} s, {peak:.0f} MB" for way, (seconds, used, peak) in medians.items())
    ratios = [mine / floor for mine, floor in zip(medians["validated"], medians["typed"], strict=True)]
    compared = f"ratios {ratios[0]:.2f}, processor {ratios[1]:.2f}, memory {ratios[2]:.2f}"
    print(f"{name}{' (shuffled)' if shuffled else ''}, {rows} rows: {told}; {compared}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    else:
        asked = [int(argument) for argument in sys.argv[1:]]
        for table, mixed in (("expenditures", False), ("expenditures", True), ("attendance", False), ("attendance", True)):
            measure(table, asked[0] if asked else 10_000_000, asked[1] if asked[1:] else 3, mixed)
