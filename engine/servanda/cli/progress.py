"""Progress on standard error: only where a person watches, only when the work is long, and gone when it is done.

The work tells (phase, done, total) as it goes, which costs nothing; a thread beside it shows the last of them once a second has passed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
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


def show(stream: TextIO, told: list[tuple[str, int, int]], wait: Callable[[float], bool], clock: Callable[[], float] = time.monotonic) -> None:
    """Show the last of `told` until `wait` (for seconds; whether the work is done) says so; then leave no trace."""
    shown = ""
    delay = AFTER
    pace = _Pace()
    with contextlib.suppress(OSError, ValueError):  # a terminal that went away stops no work
        while not wait(delay):
            delay = EVERY
            text = words(*told[0], pace.left(*told[0], clock()))[: _width(stream) - 1] if told else ""
            if text != shown:
                stream.write(_ERASED + text)
                stream.flush()
                shown = text
        if shown:
            stream.write(_ERASED)
            stream.flush()


class _Pace:
    """How fast a phase goes on: measured from the first of it that was seen."""

    def __init__(self) -> None:
        self._phase, self._first, self._since = "", 0, 0.0

    def left(self, phase: str, done: int, total: int, now: float) -> float | None:
        """The seconds that are left at this pace; None while there is none."""
        if phase != self._phase:
            self._phase, self._first, self._since = phase, done, now
        return (total - done) * (now - self._since) / (done - self._first) if done > self._first else None


def words(phase: str, done: int, total: int, left: float | None = None) -> str:
    """A line for people."""
    said = {
        "read": _("Reading submissions: {done} of {total} …"), "measure": _("Measuring: pack {done} of {total} …"),
        "plan": _("Looking through submissions: {done} of {total} …"), "audit": _("Auditing: {done} of {total} agreements …"),
    }
    text = said.get(phase, "{done}/{total} …").format(done=done, total=total)
    return text if left is None or phase not in ("plan", "audit") else _("{text} about {left} left").format(text=text, left=_duration(left))


def _duration(seconds: float) -> str:
    """Minutes and seconds; whole minutes from ten on."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 90 else f"{whole // 60} min" if whole >= 600 else f"{whole // 60} min {whole % 60} s"


def _width(stream: TextIO) -> int:
    try:
        return max(2, os.get_terminal_size(stream.fileno()).columns or 80)
    except (OSError, ValueError):
        return 80
