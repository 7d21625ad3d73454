"""Run a script and add the most memory of its process to the JSON that it prints last: python bench/peak.py SCRIPT ARGUMENTS…"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import runpy
import sys


def main() -> None:
    """Run the script as the main program."""
    sys.argv = sys.argv[1:]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        runpy.run_path(sys.argv[0], run_name="__main__")
    last = json.loads(told.getvalue().strip().splitlines()[-1])
    print(json.dumps({**last, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
