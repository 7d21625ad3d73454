"""Several writers at once lose nothing, and whatever kills a writer leaves a ledger that verifies, with every entry that was reported."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from servanda.ledger.read import entries, head
from servanda.ledger.store import open_ledger
from servanda.ledger.verify import verify

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "engine")}
WRITER = str(ROOT / "tests" / "ledger_writer.py")


def writer(url: str, name: str, count: int) -> subprocess.Popen[str]:
    """A writer that runs beside this process."""
    return subprocess.Popen([sys.executable, WRITER, url, name, str(count)], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check_writers(url: str, count: int) -> None:
    """Three processes create the ledger together and write to it; every entry that they reported is there, once."""
    writers = [writer(url, name, count) for name in ("anna", "berta", "carla")]
    reported: dict[int, str] = {}
    for one in writers:
        out, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
        lines = [line.split() for line in out.splitlines()[1:]]
        assert len(lines) == count
        assert not reported.keys() & {int(number) for number, _ in lines}
        reported |= {int(number): hashed for number, hashed in lines}
    ledger = open_ledger(url)
    assert {one.number: one.hash for one in entries(ledger)} == reported and set(reported) == set(range(1, 3 * count + 1))
    assert verify(ledger, head(ledger)) == ()
    ledger.close()


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    check_writers(str(tmp_path / "l.sqlite"), 25)


def check_kills(url: str, kills: int, seed: int) -> None:
    """Kill a writer at some moment of its writing, again and again, in the same ledger."""
    chance = random.Random(seed)
    reported: dict[int, str] = {}
    for turn in range(kills):
        one = writer(url, f"w-{turn}", 100_000)
        assert one.stdout and one.stdout.readline() == "open\n", one.stderr and one.stderr.read()
        wanted, delay = chance.randint(0, 12), chance.random() * 0.01
        lines = [one.stdout.readline() for _ in range(wanted)]
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(delay)
        one.kill()
        lines += one.stdout.read().splitlines(keepends=True)  # not communicate(), which passes over what readline() has buffered
        one.wait(60)
        reported |= {int(line.split()[0]): line.split()[1] for line in lines if line.endswith("\n")}
        ledger = open_ledger(url)
        found = {entry.number: entry.hash for entry in entries(ledger)}
        assert reported.items() <= found.items() and len(found) - len(reported) <= turn + 1  # one a kill may be in without having been reported
        assert verify(ledger) == ()
        ledger.close()


def test_kill_at_any_moment_leaves_a_ledger_that_verifies(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    check_kills(str(tmp_path / "l.sqlite"), pytestconfig.getoption("kills"), 1)
