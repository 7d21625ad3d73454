"""Progress on standard error: only where a person watches, only when the work is long, and gone when it is done.

The work tells (phase, done, total) as it goes, which costs nothing; a thread beside it shows the last of them once a second has passed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from gettext import gettext as _
from typing import TextIO

Progress = Callable[[str, int, int], None]
AFTER, EVERY = 1.0, 0.2  # seconds
_ERASED = "\r\x1b[2K"


@contextlib.contextmanager
def progress(stream: TextIO | None = None) -> Iterator[Progress | None]:
    """What the work is to call, or None where nobody watches `stream` (default: standard error)."""
    stream = sys.stderr if stream is None else stream
    if not watched(stream):
        yield None
        return
    told: list[tuple[str, int, int]] = []
    done = threading.Event()
    thread = threading.Thread(target=show, args=(stream, told, done.wait), daemon=True)
    thread.start()
    try:
        yield lambda *what: told.__setitem__(slice(None), [what])
    finally:
        done.set()
        thread.join()


def watched(stream: TextIO) -> bool:
    """Whether a person watches: a terminal, and one that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb")


def show(stream: TextIO, told: list[tuple[str, int, int]], wait: Callable[[float], bool]) -> None:
    """Show the last of `told` until `wait` (for seconds; whether the work is done) says so; then leave no trace."""
    shown = ""
    delay = AFTER
    with contextlib.suppress(OSError, ValueError):  # a terminal that went away stops no work
        while not wait(delay):
            delay = EVERY
            text = words(*told[0])[: _width(stream) - 1] if told else ""
            if text != shown:
                stream.write(_ERASED + text)
                stream.flush()
                shown = text
        if shown:
            stream.write(_ERASED)
            stream.flush()


def words(phase: str, done: int, total: int) -> str:
    """A line for people."""
    said = {"read": _("Reading submissions: {done} of {total} …"), "measure": _("Measuring: pack {done} of {total} …")}
    return said.get(phase, "{done}/{total} …").format(done=done, total=total)


def _width(stream: TextIO) -> int:
    try:
        return max(2, os.get_terminal_size(stream.fileno()).columns or 80)
    except (OSError, ValueError):
        return 80
