"""Limits on guessing passwords: failures of a name and of an address within a sliding window (ASVS 2.2.1).

An attempt counts before it is tried and is taken back when it was right, so that many at once do not get past the limit.
"""

from __future__ import annotations

import datetime
import math
import threading
from collections import OrderedDict, deque

from servanda.workbench.settings import Settings

_REMEMBERED = 20_000  # names and addresses; the oldest are forgotten, so that memory stays bounded


class LoginLimits:
    """The failures of the last while, of one process."""

    def __init__(self, settings: Settings) -> None:
        self._window = settings.window.total_seconds()
        self._most = {"user": settings.user_attempts, "address": settings.address_attempts}
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, name: str, address: str, at: datetime.datetime) -> int:
        """Note an attempt: 0 where it may be made, else the seconds to wait (nothing is noted then)."""
        moment = at.timestamp()
        keys = self._keys(name, address)
        with self._lock:
            waits = [self._wait(key, moment) for key in keys]
            if any(waits):
                return max(waits)
            for key in keys:
                self._failures.setdefault(key, deque()).append(moment)
                self._failures.move_to_end(key)
            while len(self._failures) > _REMEMBERED:
                self._failures.popitem(last=False)
        return 0

    def succeeded(self, name: str, address: str) -> None:
        """The attempt was right: forget the name's failures, and this one of the address."""
        user, place = self._keys(name, address)
        with self._lock:
            self._failures.pop(user, None)
            tries = self._failures.get(place)
            if tries:
                tries.pop()

    def _keys(self, name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
        return ("user", name.strip().lower()[:100]), ("address", address)

    def _wait(self, key: tuple[str, str], moment: float) -> int:
        tries = self._failures.get(key)
        if not tries:
            return 0
        while tries and abs(moment - tries[0]) >= self._window:  # also those of a clock that was ahead
            tries.popleft()
        if len(tries) < self._most[key[0]]:
            return 0
        return max(1, math.ceil(tries[len(tries) - self._most[key[0]]] + self._window - moment))
