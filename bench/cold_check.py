"""Times whole checks against their import floor, in the same run: ratios, not seconds.

    python bench/cold_check.py [RUNS]

The floor is a bare interpreter that imports the third-party modules which a check imports. Measured: one submission of about
1 000 facts (a generated one) and the whole sample; wall time (median) and peak memory of the whole process.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOOR = "import importlib, sys\nfor name in sys.argv[1].split(','): importlib.import_module(name)"
LOADED = (
    "import sys; from servanda.cli import _run; _run(sys.argv[1:]);"
    "own = set(sys.stdlib_module_names) | {'servanda', '__main__'};"
    "sys.stderr.write(','.join(n for n, m in sys.modules.items() if n.split('.')[0] not in own and getattr(m, '__file__', None)"
    " and not n.startswith(('_sysconfig', '__mp', '_distutils', '__editable'))))"
)


def timed(command: list[str], runs: int) -> tuple[float, float]:
    """(median seconds, peak MB) of a command, after one run that is not counted."""
    seconds = []
    for number in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        if number:
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def one_submission(folder: Path) -> list[str]:
    """A check of one submission with about 1 000 facts: the largest agreement's years in the sample, put together."""
    source = ROOT / "facts" / "benn" / "benn-marzahn-hellersdorf"
    target = folder / "facts" / "benn" / "benn-marzahn-hellersdorf" / "all"
    target.mkdir(parents=True)
    tables: dict[str, dict[str, str]] = {}
    for year in ("2017", "2018", "2019", "2020"):
        for path in sorted((source / year).glob("*.csv")):
            for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines()):
                key = "" if number == 0 else line if path.stem == "attendance" else line.split(";")[0]
                tables.setdefault(path.name, {})[key] = line
    for name, lines in tables.items():
        (target / name).write_text("\n".join(lines.values()) + "\n", encoding="utf-8")
    manifest = "agreement: benn-marzahn-hellersdorf\nsubmitted_on: 2021-01-20\nsubmitted_by: district\ncomplete: 2020-12-31\n"
    (target / "submission.yaml").write_text(manifest, encoding="utf-8")
    print(f"one submission: {sum(len(lines) - 1 for lines in tables.values())} facts")
    return ["check", str(folder / "facts"), "--agreements", str(ROOT / "agreements"), "--rules", str(ROOT / "rules"), "--as-of", "2021-01-31"]


def main(runs: int) -> None:
    """Print the table of ratios."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        small = one_submission(Path(folder))
        sample = ["check", str(ROOT / "facts"), "--agreements", str(ROOT / "agreements"), "--rules", str(ROOT / "rules"), "--as-of", "2021-09-30"]
        last = ["--format", "json"]
        modules = subprocess.run([sys.executable, "-c", LOADED, *small, *last], capture_output=True, text=True, check=False).stderr
        floor, floor_memory = timed([sys.executable, "-c", FLOOR, modules], runs)
        print(f"import floor: {len(modules.split(','))} modules, {floor:.3f} s, {floor_memory:.0f} MB")
        for name, arguments in (("one submission", small), ("whole sample", sample)):
            seconds, memory = timed([sys.executable, "-m", "servanda", *arguments, *last], runs)
            print(f"{name}: {seconds:.3f} s = {seconds / floor:.2f} × floor, peak {memory:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
