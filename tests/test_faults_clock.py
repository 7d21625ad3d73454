"""A clock that jumps, there and back: the order of the ledger stays, and nobody is let in or locked out."""

from __future__ import annotations

import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

import servanda.cli.recording as recording
from conftest import ROOT
from desks import AT, codes
from faults import WHERE
from ledgers import BODIES, new
from servanda.cli import _run
from servanda.ledger.append import append
from servanda.ledger.entries import NewEntry
from servanda.ledger.read import entries
from servanda.ledger.store import open_ledger
from servanda.ledger.verify import verify
from workbench_world import Clock, post, sign_in, world

JUMPS = (0, 86_400, -3 * 86_400, 40 * 365 * 86_400, -20 * 365 * 86_400, 7_200, 0)  # seconds ahead of the day on which it was right


def test_a_clock_that_jumps_does_not_disturb_the_ledger(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "l.sqlite")
    for number, (jump, (kind, author, body)) in enumerate(zip(JUMPS, BODIES, strict=False), 1):
        made = append(ledger, NewEntry(kind, author, AT + datetime.timedelta(seconds=jump), (), body))
        assert made.number == number
    assert [one.number for one in entries(ledger)] == list(range(1, len(JUMPS) + 1)) and verify(ledger) == ()
    for moment in (datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2106, 2, 7, tzinfo=datetime.UTC)):
        assert codes(lambda at=moment: append(ledger, NewEntry("correction", "anna", at, (), new(*BODIES[11][::2]).body))) == ["entry-field-type"]
    assert verify(ledger) == () and len(entries(ledger)) == len(JUMPS)
    ledger.close()


def test_a_clock_that_jumps_does_not_disturb_recorded_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    place, shown = tmp_path / "l.sqlite", []
    for number, jump in enumerate(JUMPS[1:5:3], 1):
        moment = AT + datetime.timedelta(seconds=jump)
        clock = SimpleNamespace(UTC=datetime.UTC, datetime=SimpleNamespace(now=lambda _, moment=moment: moment))
        monkeypatch.setattr(recording, "datetime", clock)
        given = (ROOT / "facts/sale", *WHERE, "--as-of", "2026-09-30", "--format", "csv", "--ledger", place, "--author", "anna")
        assert _run(["check", *map(str, given)]) == 0
        shown.append(capsys.readouterr().out)
        monkeypatch.undo()
        ledger = open_ledger(place)
        assert len(entries(ledger)) == number and verify(ledger) == ()
        receipts = {entry.body["receipt_sha256"] for entry in entries(ledger)}
        ledger.close()
    assert len(set(shown)) == 1 and len(receipts) == 1, "neither report nor receipt know what time it is"


def test_a_clock_that_jumps_neither_lets_in_nor_locks_out(tmp_path: Path) -> None:
    bench = world(tmp_path)
    clock: Clock = bench.clock
    anna = bench.browser("anna")
    assert anna.get("/").status_code == 200
    clock.pass_by(days=400)
    ahead = bench.browser("bert")
    assert ahead.get("/").status_code == 200 and anna.get("/").status_code == 303
    for _ in range(6):
        locked = sign_in(bench.browser(), "lena", "falsches Passwort").status_code
    assert locked == 429
    clock.pass_by(days=-400)
    assert ahead.get("/").status_code == 303, "a session of the future does not last until then"
    assert sign_in(bench.browser(), "lena").status_code == 303, "nobody is locked out until the future"
    again = bench.browser("anna")
    clock.pass_by(minutes=-20)
    assert again.get("/").status_code == 200, "a clock that is set right signs nobody out"
    assert not post(again, "/ledger/verify").headers["location"].startswith("/login")
