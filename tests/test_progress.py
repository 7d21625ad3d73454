"""Progress: on a terminal only, after a second only, and without a trace when the work is done."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, RULES
from servanda.cli import progress as shown
from servanda.cli.language import use_language
from servanda.evaluate import evaluate
from servanda.facts.values import to_date

FACTS = ROOT / "facts" / "benn" / "benn-pankow"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def clock(told: list, ticks: list) -> tuple[Callable[[float], bool], list[float]]:
    """A wait that does not wait: each tick puts what the work has told by then (None: it is done)."""
    waited: list[float] = []
    coming = iter(ticks)

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        what = next(coming)
        told[:] = [] if what is None else [what]
        return what is None

    return wait, waited


def drawn(*ticks: tuple[str, int, int] | None, lang: str = "en") -> tuple[str, list[float]]:
    """What is written when the work tells this, tick by tick, and for how long was waited."""
    use_language(lang)
    told: list = []
    wait, waited = clock(told, list(ticks))
    stream = Terminal()
    shown.show(stream, told, wait)
    return stream.getvalue(), waited


def test_short_work_shows_nothing() -> None:
    assert drawn(None) == ("", [1.0])


def test_long_work_shows_phases_and_counts_and_leaves_no_trace() -> None:
    text, waited = drawn(("read", 3, 51), ("read", 3, 51), ("read", 40, 51), ("measure", 1, 2), None)
    assert waited == [1.0, 0.2, 0.2, 0.2, 0.2]
    assert text.split("\r\x1b[2K") == ["", "Reading submissions: 3 of 51 …", "Reading submissions: 40 of 51 …", "Measuring: pack 1 of 2 …", ""]
    assert "\n" not in text


def test_progress_speaks_german() -> None:
    assert "Lieferungen lesen: 3 von 51 …" in drawn(("read", 3, 51), None, lang="de")[0]


def test_a_line_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "_width", lambda _: 10)
    assert drawn(("read", 3, 51), None)[0].split("\r\x1b[2K")[1] == "Reading s"


def test_a_terminal_that_went_away_stops_no_work() -> None:
    class Gone(Terminal):
        def write(self, _: str) -> int:
            raise OSError(5, "Input/output error")

    shown.show(Gone(), [("read", 1, 2)], lambda _: False)  # returns, although the work is never done


@pytest.mark.parametrize(("stream", "term"), [(io.StringIO(), "xterm"), (Terminal(), "dumb"), (Terminal(), ""), (Terminal(), None)])
def test_where_nobody_watches_the_work_tells_nobody(stream: io.StringIO, term: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERM", raising=False)
    if term is not None:
        monkeypatch.setenv("TERM", term)
    with shown.progress(stream) as told:
        assert told is None
    assert stream.getvalue() == ""


def test_the_thread_ends_with_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(shown, "AFTER", 3600.0)
    stream = Terminal()
    with pytest.raises(KeyError), shown.progress(stream) as told:
        told("read", 1, 2)
        raise KeyError
    assert stream.getvalue() == ""


def test_what_the_work_tells() -> None:
    told: list[tuple[str, int, int]] = []
    options = {"progress": lambda *what: told.append(what)}
    run = evaluate([FACTS], ROOT / "agreements", RULES, to_date("2020-01-31"), **options)
    count = len(run.submissions)
    assert told == [*(("read", number, count) for number in range(1, count + 1)), ("measure", 1, 1)]


# A check in which measuring waits for a line from outside, so that the test need not wait for a second to pass.
PROGRAM = """
import sys
from servanda.cli import main, progress
from servanda import evaluate
progress.AFTER = 0.0
before = evaluate.run_pack
def slow(*arguments):
    sys.stdin.readline()
    return before(*arguments)
evaluate.run_pack = slow
main(sys.argv[1:])
"""


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_check_in_a_terminal(term: str, tmp_path: Path) -> None:
    """Standard error is a terminal: the line stands there while it measures, and is erased before the end; the report is the same."""
    outer, inner = pty.openpty()
    arguments = ["check", str(FACTS), "--agreements", str(ROOT / "agreements"), "--rules", str(RULES), "--as-of", "2020-01-31", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "TERM": term, "HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=inner, env=environment, cwd=tmp_path
    )
    os.close(inner)
    seen = b""
    while term != "dumb" and "Messen: Regelwerk 1 von 1 …".encode() not in seen:
        seen += os.read(outer, 1024)
    report, _ = process.communicate(b"\n")
    while piece := _read(outer):
        seen += piece
    os.close(outer)
    assert process.returncode == 0 and json.loads(report)["schema"] == "servanda.report/1"
    assert b"\x1b" not in report
    assert seen == b"" if term == "dumb" else seen.endswith("Messen: Regelwerk 1 von 1 …\r\x1b[2K".encode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1024)
    except OSError:  # Linux: the other side is closed
        return b""


def test_a_check_in_a_pipe_shows_nothing(tmp_path: Path) -> None:
    arguments = ["check", str(FACTS), "--agreements", str(ROOT / "agreements"), "--rules", str(RULES), "--as-of", "2020-01-31", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "TERM": "xterm"}
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], input=b"\n", capture_output=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 0 and done.stderr == b""


def test_the_time_left_is_told_from_the_pace_of_a_phase() -> None:
    use_language("en")
    told: list = []
    wait, _ = clock(told, [("audit", 0, 1000), ("audit", 100, 1000), ("audit", 500, 1000), ("read", 1, 2), None])
    seconds = iter([0.0, 10.0, 120.0, 121.0])
    stream = Terminal()
    shown.show(stream, told, wait, lambda: next(seconds))
    lines = stream.getvalue().split("\r\x1b[2K")
    assert lines[1:5] == [
        "Auditing: 0 of 1000 agreements …", "Auditing: 100 of 1000 agreements … about 1 min 30 s left",
        "Auditing: 500 of 1000 agreements … about 2 min 0 s left", "Reading submissions: 1 of 2 …",
    ]


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (90, "1 min 30 s"), (599, "9 min 59 s"), (601, "10 min")])
def test_durations_are_told_as_people_say_them(seconds: float, words: str) -> None:
    use_language("en")
    assert shown.words("audit", 1, 2, seconds).endswith(f"about {words} left")
