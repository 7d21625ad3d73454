"""Workbooks (.xlsx, .ods): sheets of cells, read in a process of their own under limits.

python-calamine parses; `binary/` bounds it (2 GiB of memory, 60 s of processor time, 400 MB unpacked, 5 million cells a sheet)
and finds what the parser passes over in silence: merged cells, errors, formulas without a value.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from servanda.problems import Problems
from servanda.yaml_source import read_bytes

MAX_BYTES = 64 * 1024 * 1024
# The child needs the modules that this interpreter finds.
_START = "import runpy, sys, json; sys.path[:] = json.loads(sys.argv[1]); sys.argv = sys.argv[2:]; runpy.run_module(sys.argv[0], run_name='__main__')"
_FAILED = "file-too-costly"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was found, by columns from A1; a cell is "" (empty), text, a bool, or a number; days are ISO text.

    Where the sheet was read `typed`, days are dates.

    `merged` are ranges such as `A2:A5`, `faults` (cell, code, found) of cells whose value cannot be read.
    """

    name: str
    hidden: bool
    columns: list[list[object]]
    merged: tuple[str, ...] = ()
    faults: tuple[tuple[str, str, str], ...] = ()

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """The same by rows from row 1."""
        return list(zip(*self.columns, strict=True))


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a workbook, in their order."""

    sheets: tuple[Sheet, ...]


def read_workbook(path: Path, file: str, problems: Problems, typed: bool = False) -> Workbook | None:
    """The sheets of a workbook; None with a problem where it cannot be read as one. Days are ISO text, or dates where they are to be `typed`."""
    data = read_bytes(path, file, MAX_BYTES, problems)
    if data is None:
        return None
    sheets: list[Sheet] = []
    for message in run_worker([path.suffix[1:]], data):
        if isinstance(message, list):
            columns = sheets[-1].columns
            columns.extend([] for _ in range(len(message) - len(columns)))
            for column, more in zip(columns, message, strict=True):
                column.extend(_cells(more, typed))
        elif "problem" in message:
            code, args = message.pop("problem"), message
            problems.add(code, file, found=args.pop("found", None), sheet=args.pop("sheet", None), cell=args.pop("cell", None), **args)
            return None
        else:
            faults = tuple(tuple(fault) for fault in message["faults"])
            sheets.append(Sheet(message["sheet"], message["hidden"], [], tuple(message["merged"]), faults))
    return Workbook(tuple(sheets))


def _cells(column: list[object], typed: bool) -> list[object]:
    """A column's cells; days come as a list of one text."""
    if list not in set(map(type, column)):
        return column
    day = datetime.date.fromisoformat if typed else str
    return [day(value[0]) if value.__class__ is list else value for value in column]


def _message(line: bytes) -> object:
    """A message; one that was cut off means that memory or time ran out."""
    try:
        return json.loads(line)
    except ValueError:
        return {"problem": _FAILED}


def run_worker(arguments: list[str], data: bytes) -> Iterator[object]:
    """The messages of the process that opens a file; the last one names the problem where it failed."""
    paths = [path for path in sys.path if path]  # not the current folder: what lies there is input
    command = [sys.executable, "-P", "-c", _START, json.dumps(paths), "servanda.facts.binary.worker", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # nosec B603  # our own worker
        try:
            process.stdin.write(data)
            process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            for line in process.stdout:
                if line.strip():
                    yield _message(line)
        finally:
            process.stdout.close()
            process.kill() if process.poll() is None and sys.exc_info()[0] else process.wait()
    if process.returncode:
        yield {"problem": _FAILED}


def letters(column: int) -> str:
    """The letters of a column: A is 0."""
    text, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
