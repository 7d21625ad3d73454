"""The audit of thousands of agreements: its time by phase of work, its memory, and that two ways of running it give the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb

from children import HERE, ROOT

AS_OF = "2021-09-30"


def audit_part(folder: Path, agreements: int) -> str:
    """A table of audits: alone, over two workers, and again since the first."""
    data = folder / f"agreements-{agreements}"
    if not data.exists():
        subprocess.run([sys.executable, str(HERE / "many_agreements.py"), str(data), "--agreements", str(agreements)], check=True)
    rows, hashes = [], set()
    for name, more in (("alone", []), ("two workers", ["--workers", "2"]), ("since the first", ["--since", str(data / "audit-alone")])):
        out = data / f"audit-{name.replace(' ', '-')}"
        seconds, megabytes = _run(data, out, more)
        receipt = json.loads((out / "receipt.json").read_bytes())
        hashes.add(hashlib.sha256(json.dumps(receipt["results"]).encode()).hexdigest())
        rows.append(f"| {name} | {seconds:.0f} | {megabytes:.0f} |")
    assert len(hashes) == 1, "the ways of running it give different bytes"
    facts = sum(1 for path in data.glob("facts/*/*/*.csv") for _ in path.open("rb")) - sum(1 for _ in data.glob("facts/*/*/*.csv"))
    findings = duckdb.sql(f"SELECT count(*) FROM read_parquet('{data}/audit-alone/findings/*/*.parquet')").fetchall()[0][0]  # noqa: S608
    text = f"## Audit\n\n{agreements:,} agreements, five years, about {facts:,} facts in CSV (and some in YAML), {findings:,} findings;"
    text += " the same bytes each time.\n\n"
    return text + "| | seconds | MB, all processes together |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _run(data: Path, out: Path, more: list[str]) -> tuple[float, float]:
    command = [
        sys.executable, "-m", "servanda", "audit", str(data / "facts"), "--agreements", str(data / "agreements"), "--rules", str(ROOT / "rules"),
        "--as-of", AS_OF, "--out", str(out), *more,
    ]
    start = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peaks))
    watcher.start()
    assert process.wait() in (0, 1)
    seconds = time.perf_counter() - start
    watcher.join()
    return seconds, peaks[0]


def _watch(process: subprocess.Popen, peaks: list[float]) -> None:
    """Note the most memory of a process and its children, looked at five times a second."""
    while process.poll() is None:
        peaks[0] = max(peaks[0], sum(_resident(pid) for pid in _family(process.pid)))
        time.sleep(0.2)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> float:
    try:
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024
    except (OSError, TypeError):
        return 0.0
