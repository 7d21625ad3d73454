"""A process that takes uploads into a workspace: `python upload_writer.py WORKSPACE AGREEMENTS COUNT [SIZE]`.

It says `kept NAME` or `gone NAME` of each once it is; with a size, each holds a file of so many bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from desks import RULES, files
from servanda.desk.submissions import keep, receive, withdraw_upload
from servanda.desk.workspace import open_workspace
from servanda.problems import InvalidInput

if __name__ == "__main__":
    folder, agreements, count, size = (*sys.argv[1:], "0")[:4]
    try:
        bench = open_workspace(Path(folder), Path(agreements), RULES)
        print("open", flush=True)
        for number in range(int(count)):
            found = receive(bench, files() | {"large.csv": b"x" * int(size)} if size != "0" else files(), f"n{number}")
            if number % 3 == 2:
                withdraw_upload(bench, found.upload)
                print("gone", found.upload, flush=True)
            else:
                print("kept", keep(bench, found.upload).name, flush=True)
    except InvalidInput as invalid:
        print(*(f"{problem.code} {problem.file}" for problem in invalid.problems), flush=True)
        sys.exit(2)
