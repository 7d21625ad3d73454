"""Measurements in processes of their own: seconds by the wall and the most memory that was resident."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


@dataclass(frozen=True)
class Measured:
    """Medians of a command's runs: seconds, MB, and what it printed as its last line of JSON. `failed` says why there is none."""

    seconds: float = 0.0
    megabytes: float = 0.0
    told: dict | None = None
    failed: str = ""


def once(command: Sequence[str], limit: float) -> Measured:
    """Run a command once; the memory is that of its largest process."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "engine"), str(HERE / "peers"), str(HERE))), "PYTHONWARNINGS": "ignore"}
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Measured(failed=f"not within {limit:.0f} s")
    seconds = time.perf_counter() - start
    if process.returncode:
        missing = [line for line in err.splitlines() if line.startswith("ModuleNotFoundError")]
        return Measured(failed="not installed" if missing else (err.strip().splitlines() or ["?"])[-1][:120])
    told = json.loads(out.strip().splitlines()[-1])
    return Measured(seconds, told.pop("peak", 0.0), told)


def several(command: Sequence[str], limit: float, times: int = 3) -> Measured:
    """Medians of so many runs; of one where that takes longer than 20 seconds."""
    runs = [once(command, limit)]
    while not runs[0].failed and len(runs) < times and runs[0].seconds < 20:
        runs.append(once(command, limit))
    if runs[0].failed:
        return runs[0]
    told = {name: median(run.told[name] for run in runs) for name, value in runs[0].told.items() if isinstance(value, (int, float))}
    return Measured(median(run.seconds for run in runs), median(run.megabytes for run in runs), told)
