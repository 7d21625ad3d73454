"""What that process says: JSON lines, bounded, the last one a problem where a file cannot be read."""

from __future__ import annotations

import datetime
import decimal
import json
import sys

SAID = 512 * 1024**2  # bytes handed to the parent, so that its memory is bounded, too
ROWS_A_LINE = 5_000  # of each column


class Refused(Exception):
    """A file that is not read: the code of the problem, and what fills its words."""

    def __init__(self, problem: str, **facts: object) -> None:
        self.facts = {"problem": problem, **facts}
        super().__init__(problem)


def say(message: object) -> None:
    """Write a message; days become `["2019-03-31"]`, so that no text can pass for one."""
    global _said
    line = json.dumps(message, ensure_ascii=True, separators=(",", ":"), default=_day) + "\n"
    _said += len(line)
    if _said > SAID:
        raise Refused("file-too-costly")
    sys.stdout.write(line)


_said = 0


def _day(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return [value.date().isoformat()] if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, datetime.date):
        return [value.isoformat()]
    return f"{value:f}" if isinstance(value, decimal.Decimal) else str(value)


def end(problem: dict[str, object]) -> None:
    """Write the problem that ends the reading."""
    sys.stdout.write("\n" + json.dumps(problem) + "\n")  # a message before it may have been cut off
