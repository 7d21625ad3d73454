"""Disks that are full or read-only: one message that names the place and the remedy, exit status 2, and nothing half."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from conftest import ROOT
from desks import workspace
from faults import (
    AUDIT,
    CHECK,
    SERVANDA,
    content,
    may_mount,
    on_read_only_disk,
    on_small_disk,
    run,
    with_limit,
    without_any_temporary_folder,
)
from ledgers import BODIES, filled
from servanda.desk.workspace import open_workspace
from servanda.ledger.read import entries
from servanda.ledger.store import open_ledger, problems_of
from servanda.ledger.verify import verify
from servanda.problems import InvalidInput
from servanda.whole_files import UNFINISHED

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


@pytest.mark.parametrize("way", [WAY])
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
def test_an_audit_that_finds_no_room_is_not_there_and_goes_on_with_room(disk: Path, way: str, undisturbed: tuple) -> None:
    command, left, roomy = (*AUDIT, "--out", disk / "audit"), disk.parent / "left", disk.parent / "roomy"
    if way == "full":
        done = on_small_disk(disk, 48, command, left, roomy=roomy)
    else:
        done = with_limit(8, command)
        shutil.copytree(disk, left)
        assert run(*command).returncode == 0
        roomy = disk
    told(done, "no-room", str(disk / "audit") + UNFINISHED)
    assert set(os.listdir(left)) <= {"audit" + UNFINISHED}
    assert content(roomy / "audit") == undisturbed[0] and os.listdir(roomy) == ["audit"]


@pytest.mark.parametrize("way", [WAY])
def test_a_ledger_that_finds_no_room_stays_as_it_was(disk: Path, way: str) -> None:
    command, left = (*CHECK, "--ledger", disk / "l.sqlite", "--author", "anna"), disk
    filled(disk / "l.sqlite")[0].close()
    kib = (disk / "l.sqlite").stat().st_size // 1024 + 8
    if way == "full":
        done, left = on_small_disk(disk, kib, command, disk.parent / "left"), disk.parent / "left"
    else:
        done = with_limit(kib, command)
    told(done, "no-room" if way == "full" else "ledger-unreadable", str(disk / "l.sqlite"))
    ledger = open_ledger(left / "l.sqlite", create=False)
    assert len(entries(ledger)) == len(BODIES) and verify(ledger) == ()
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


def test_an_audit_without_room_for_intermediate_results_says_so(disk: Path) -> None:
    done = on_small_disk(disk, 8, (*AUDIT, "--out", disk.parent / "audit"), disk.parent / "left", more={"TMPDIR": str(disk)})
    told(done, "no-temporary-room", str(disk))
    assert os.listdir(disk.parent / "left") == [] and not (disk.parent / "audit").exists()


def test_where_nothing_can_be_written_a_report_still_comes_out(disk: Path) -> None:
    done = without_any_temporary_folder((*CHECK, "--format", "json"), disk)
    assert (done.returncode, done.stderr) == (0, "") and json.loads(done.stdout)["findings"]


def test_read_only_folders(disk: Path) -> None:
    ledger = (*CHECK, "--ledger", disk / "l.sqlite", "--author", "anna")
    filled(disk / "l.sqlite")[0].close()
    (disk / "r.json").write_text("as it was")
    open_workspace(disk / "desk", ROOT / "agreements", ROOT / "rules").ledger.close()
    before = content(disk)
    for command, place in (
        ((*CHECK, "--format", "json", "--output", disk / "r.json"), "r.json"), (ledger, "l.sqlite"),
        ((*SERVANDA, "review", "--workspace", disk / "desk", "--rules", ROOT / "rules", "--agreements", ROOT / "agreements", "--lang", "en"), "users.sqlite"),
    ):
        told(on_read_only_disk(disk, command), "unwritable-output", place)
    assert content(disk) == before
    done = on_read_only_disk(disk, (*SERVANDA, "ledger", "verify", "--ledger", disk / "l.sqlite", "--lang", "en"))
    assert done.returncode == 0 and "12 entries" in done.stdout, "what can be read is read"


def test_a_new_pack_that_finds_no_room_leaves_nothing_in_the_way(disk: Path) -> None:
    command = (*SERVANDA, "init", disk / "new", "--lang", "en")
    told(with_limit(1, command), "no-room", str(disk / "new"))
    assert not content(disk)


@pytest.mark.parametrize(("said", "code"), [
    ('could not extend file "base/1/2": No space left on device', "no-room"), ("database or disk is full", "no-room"),
    ("attempt to write a readonly database", "unwritable-output"), ("disk I/O error", "ledger-unreadable"), ("database is locked", "ledger-busy"),
])
def test_what_databases_say(said: str, code: str) -> None:
    with pytest.raises(InvalidInput) as raised, problems_of("l"):
        raise OperationalError("INSERT", {}, Exception(said))
    assert [(problem.code, problem.file) for problem in raised.value.problems] == [(code, "l")]
