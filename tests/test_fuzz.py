"""What fuzzing starts with, and what it once broke: every such input gives problems or results, and every report of it stays what it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from fuzz.targets import TARGETS, seeds

KEPT = sorted((Path(__file__).parent / "fuzz" / "kept").rglob("*"))
SLOW = {"html", "table", "sarif", "sarif-github"}  # tried with every hostile text in their own tests


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_starts_with(name: str) -> None:
    inputs = list(seeds(name))
    assert inputs, "nothing to start with"
    for data in inputs[:2] if name in SLOW else inputs:
        TARGETS[name](data)


@pytest.mark.parametrize("path", [path for path in KEPT if path.is_file()], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_once_broken(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


def test_a_target_notices_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks could not fail if they looked at nothing: an unescaped text, a formula, a command are found."""
    from fuzz.harmless import FORMATS

    for name, text, plain in (
        ("html", "<p><b>x</b></p>", "<p>x</p>"), ("html", '<a href="//e">x</a>', '<a href="#e">x</a>'), ("csv", "a;b\n=1;2\n", "a;b\nx;2\n"),
        ("csv", "a;b\n1;2;3\n", "a;b\n1;2\n"), ("github", "::error::a\n::error::b\n", "::error::a\n"), ("table", "\x1b[2J", "x"), ("table", "::error::x", "x"),
        ("markdown", "[a](http://b)", "a"), ("junit", "<a><b/></a>", "<a/>"), ("json", '{"a": {}}', '{"a": ""}'), ("gitlab", '[{"fingerprint": "x"}]', "[{}]"),
        ("ics", "BEGIN:VCALENDAR\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ):
        with pytest.raises(AssertionError):
            FORMATS[name](text, plain)


@pytest.mark.parametrize("name", ["csv-table", "manifest"])
def test_fuzzing_runs(name: str, tmp_path: Path) -> None:
    """A second each, as anyone starts it."""
    pytest.importorskip("atheris")
    command = [sys.executable, "-m", "fuzz", "--seconds", "1", name]
    found = subprocess.run(command, cwd=ROOT / "tests", env={"PYTHONPATH": str(ROOT / "engine")}, capture_output=True, text=True, check=False)
    assert (found.returncode, "inputs, coverage" in found.stdout) == (0, True), found.stdout + found.stderr
