"""Disks that are full or read-only: one message that names the place and the remedy, exit status 2, and nothing half."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from desks import workspace
from faults import SERVANDA, WHERE, content, may_mount, on_read_only_disk, on_small_disk, run, with_limit, without_any_temporary_folder
from servanda.desk.workspace import open_workspace
from servanda.ledger.read import entries
from servanda.ledger.store import open_ledger
from servanda.ledger.verify import verify
from servanda.whole_files import UNFINISHED

FACTS = (ROOT / "facts/sale", *WHERE, "--agreements", ROOT / "agreements/sale", "--as-of", "2026-09-30")
CHECK, AUDIT = (*SERVANDA, "check", *FACTS), (*SERVANDA, "audit", *FACTS, "--report", "html")
WAY = "full" if may_mount() else "limit"


def told(done, code: str, place: str) -> None:
    """One problem, with its place and what to do, and no traceback."""
    assert done.returncode == 2, done.stdout + done.stderr
    said = " ".join(done.stderr.split())
    assert said.startswith("1 problem") and f"[{code}]" in said and place in said.replace(" ", ""), done.stderr
    assert any(remedy in said for remedy in ("Make room", "name another place", "Check its address")), done.stderr


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder that is to be a disk."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


@pytest.mark.parametrize("way", ["full", "limit"])
def test_a_report_that_finds_no_room_leaves_the_one_before(disk: Path, way: str) -> None:
    report = disk / "r.html"
    report.write_text("as it was")
    command, left = (*CHECK, "--format", "json", "--format", "html", "--output", report), disk
    if way == "full":
        left = disk.parent / "left"
        done = on_small_disk(disk, 32, command, left)
    else:
        done = with_limit(32, command)
    told(done, "no-room", str(report))
    assert content(left) == {"r.html": b"as it was"} and not done.stdout


@pytest.mark.parametrize("way", [WAY])
def test_an_audit_that_finds_no_room_is_not_there_and_goes_on_with_room(disk: Path, way: str) -> None:
    command, left = (*AUDIT, "--out", disk / "audit"), disk
    if way == "full":
        done, left = on_small_disk(disk, 64, command, disk.parent / "left"), disk.parent / "left"
    else:
        done = with_limit(32, command)
    told(done, "no-room", str(disk / "audit") + UNFINISHED)
    assert set(os.listdir(left)) <= {"audit" + UNFINISHED}
    assert run(*AUDIT, "--out", disk.parent / "undisturbed").returncode == 0
    if way == "full":
        assert on_small_disk(disk, 64, command, disk.parent / "again", again=True).returncode == 0
        assert content(disk.parent / "again" / "audit") == content(disk.parent / "undisturbed")
    else:
        assert run(*command).returncode == 0 and content(disk / "audit") == content(disk.parent / "undisturbed")


@pytest.mark.parametrize("way", [WAY])
def test_a_ledger_that_finds_no_room_stays_as_it_was(disk: Path, way: str) -> None:
    command, left = (*CHECK, "--ledger", disk / "l.sqlite", "--author", "anna"), disk
    assert run(*command).returncode == 0
    kib = (disk / "l.sqlite").stat().st_size // 1024 + 8
    if way == "full":
        done, left = on_small_disk(disk, kib, command, disk.parent / "left"), disk.parent / "left"
    else:
        done = with_limit(kib, command)
    told(done, "no-room" if way == "full" else "ledger-unreadable", str(disk / "l.sqlite"))
    ledger = open_ledger(left / "l.sqlite", create=False)
    assert len(entries(ledger)) == 1 and verify(ledger) == ()
    ledger.close()


@pytest.mark.parametrize("way", [WAY])
def test_an_upload_that_finds_no_room_is_not_there(tmp_path: Path, way: str) -> None:
    bench = workspace(tmp_path)
    kib = (bench.folder / "ledger.sqlite").stat().st_size // 1024 + (8 if way == "full" else 0)
    (bench.folder / "fill").write_bytes(b"x" * 4096 if way == "full" else b"")
    command, left = (sys.executable, ROOT / "tests" / "upload_writer.py", bench.folder, bench.agreements, 1, 200_000), bench.folder
    if way == "full":
        done, left = on_small_disk(bench.folder, kib + 40, command, tmp_path / "left"), tmp_path / "left"
    else:
        done = with_limit(kib, command)
    assert (done.returncode, done.stdout) == (2, "open\nno-room desk\n"), done.stderr
    assert os.listdir(left / "incoming") == os.listdir(left / "submissions") == []


def test_intermediate_results_that_find_no_room_say_so(disk: Path) -> None:
    """The database spills into TMPDIR; its memory is cut here, so that it must."""
    script = (  # the facts are few: a table beside them fills the memory
        "import sys; from servanda.cli import main; from servanda.facts import store; real = store.connect\n"
        "def small(*given):\n    con = real(*given)\n    con.execute(\"SET memory_limit = '120MB'\")\n"
        "    con.execute('CREATE TABLE filling AS SELECT range, hash(range) AS h, hash(range + 1) AS i FROM range(7000000)'); return con\n"
        "import servanda.evaluate; servanda.evaluate.connect = small; main(sys.argv[1:])"
    )
    command = (sys.executable, "-c", script, *CHECK[3:], "--format", "json")
    more = {"TMPDIR": str(disk)}
    done = on_small_disk(disk, 4096, command, disk.parent / "left", more=more)
    told(done, "no-temporary-room", str(disk))
    assert not done.stdout and os.listdir(disk.parent / "left") == [], "nothing of the facts stays behind"
    done = on_small_disk(disk, 400_000, command, disk.parent / "roomy", more=more)
    assert done.returncode == 0 and json.loads(done.stdout)["findings"] and os.listdir(disk.parent / "roomy") == []


def test_an_audit_without_room_for_intermediate_results_says_so(disk: Path) -> None:
    done = on_small_disk(disk, 8, (*AUDIT, "--out", disk.parent / "audit"), disk.parent / "left", more={"TMPDIR": str(disk)})
    told(done, "no-temporary-room", str(disk))
    assert os.listdir(disk.parent / "left") == [] and not (disk.parent / "audit").exists()


def test_where_nothing_can_be_written_a_report_still_comes_out(disk: Path) -> None:
    command = (*CHECK, "--format", "json")
    done = without_any_temporary_folder(command, disk)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout == run(*command).stdout


def test_read_only_folders(disk: Path) -> None:
    ledger = (*CHECK, "--ledger", disk / "l.sqlite", "--author", "anna")
    assert run(*ledger).returncode == 0
    (disk / "r.json").write_text("as it was")
    open_workspace(disk / "desk", ROOT / "agreements", ROOT / "rules").ledger.close()
    before = content(disk)
    for command, place in (
        ((*CHECK, "--format", "json", "--output", disk / "r.json"), "r.json"), ((*AUDIT, "--out", disk / "audit"), "audit" + UNFINISHED), (ledger, "l.sqlite"),
        ((*SERVANDA, "review", "--workspace", disk / "desk", "--rules", ROOT / "rules", "--agreements", ROOT / "agreements", "--lang", "en"), "users.sqlite"),
    ):
        told(on_read_only_disk(disk, command), "unwritable-output", place)
    assert content(disk) == before
    done = on_read_only_disk(disk, (*SERVANDA, "ledger", "verify", "--ledger", disk / "l.sqlite", "--lang", "en"))
    assert done.returncode == 0 and "1 entries" in done.stdout, "what can be read is read"
