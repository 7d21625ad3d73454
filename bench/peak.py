"""Run a script and add the most memory of its process to the JSON that it prints last: python bench/peak.py SCRIPT ARGUMENTS…"""

from __future__ import annotations

import contextlib
import io
import json
import re
import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run the script as the main program."""
    sys.argv = sys.argv[1:]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        runpy.run_path(sys.argv[0], run_name="__main__")
    last = json.loads(told.getvalue().strip().splitlines()[-1])
    # not getrusage: its peak also counts the process that started this one
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))[1]) / 1024
    print(json.dumps({**last, "peak": peak}))


if __name__ == "__main__":
    main()
