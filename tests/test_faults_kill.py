"""Whatever kills a process (kill -9), and whenever: what it wrote is there whole, not at all, or in something named `.unfinished`.

`--kills 200` tries it so many times. Kills of writers of the ledger stand in test_ledger_writers and test_ledger_postgresql.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from desks import TABLES, workspace
from faults import AUDIT, CHECK, ENVIRONMENT, KILLS, SERVANDA, content, kill, run, timed
from servanda.desk.submissions import keep, receive, received, stored
from servanda.report.formats import NAMES
from servanda.whole_files import UNFINISHED


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    """How often each is killed: once by default, since a whole command has to begin each time."""
    wanted = pytestconfig.getoption("kills")
    return wanted if wanted > KILLS else 1


def test_a_killed_audit_is_absent_or_marked_and_goes_on(tmp_path: Path, kills: int, undisturbed: tuple) -> None:
    whole, seconds = undisturbed
    chance = random.Random(1)
    while kills:
        place = tmp_path / "place"
        place.mkdir()
        for _ in range(min(kills, 3)):  # the same audit may be killed again and again
            kills -= 1
            kill((*AUDIT, "--out", place / "audit"), place, chance, seconds)
            assert set(os.listdir(place)) <= {"audit", "audit" + UNFINISHED}
            assert not (place / "audit").exists() or content(place / "audit") == whole
        again = run(*AUDIT, "--out", place / "audit")
        assert again.returncode == 0 or "audit-exists" in again.stderr, again.stderr
        assert os.listdir(place) == ["audit"] and content(place / "audit") == whole
        shutil.rmtree(place)


def test_a_killed_check_leaves_reports_whole_as_they_were_or_not_there(tmp_path: Path, kills: int) -> None:
    names = list(NAMES) if kills > 1 else ["json", "html", "xlsx"]
    reports = tmp_path / "reports"
    reports.mkdir()

    def command(some: list[str]) -> tuple:
        return (*CHECK, *(part for name in some for part in ("--format", name, "--output", reports / f"r.{name}")))

    done, seconds = timed(*command(names))
    assert done.returncode == 0, done.stderr
    whole, chance = {name: (reports / f"r.{name}").read_bytes() for name in names}, random.Random(2)
    for turn in range(kills):
        some = [names[(3 * turn + one) % len(names)] for one in range(3)]
        shutil.rmtree(reports)
        reports.mkdir()
        if turn % 2:
            for name in some:
                (reports / f"r.{name}").write_bytes(b"as it was")
        before = content(reports)
        kill(command(some), reports, chance, seconds)
        for name, found in content(reports).items():
            assert name.endswith(UNFINISHED) or found in (before.get(name), whole[name.removeprefix("r.")]), name
        assert run(*command(some)).returncode == 0
        left = {name: found for name, found in content(reports).items() if not name.endswith(UNFINISHED)}
        assert left == {f"r.{name}": whole[name] for name in some}


@pytest.mark.usefixtures("thorough")
def test_a_killed_run_with_a_ledger_is_entered_or_not(tmp_path: Path, kills: int) -> None:
    ledger, chance = tmp_path / "l.sqlite", random.Random(3)
    command = (*CHECK, "--format", "json", "--ledger", ledger, "--author", "anna")
    done, seconds = timed(*command)
    assert done.returncode == 0, done.stderr
    for entered in range(2, kills + 2):
        kill(command, tmp_path, chance, seconds)
        verified = run(*SERVANDA, "ledger", "verify", "--ledger", ledger, "--lang", "en")
        assert verified.returncode == 0 and 1 <= int(verified.stdout.split()[1]) <= entered, verified.stderr


def test_a_killed_upload_is_there_whole_or_gone(tmp_path: Path, kills: int) -> None:
    bench, chance = workspace(tmp_path), random.Random(4)
    command = [sys.executable, str(ROOT / "tests" / "upload_writer.py"), str(bench.folder), str(bench.agreements), "1000"]
    said: set[str] = set()
    for _ in range(kills):
        one = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert one.stdout and one.stdout.readline() == "open\n", one.stderr and one.stderr.read()
        lines = [one.stdout.readline() for _ in range(chance.randint(0, 4))]
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(chance.random() * 0.05)
        one.kill()
        lines += one.stdout.read().splitlines(keepends=True)
        one.wait(60)
        said |= {line for line in lines if line.endswith("\n")}
        kept = {one.name: {path.name for path in (bench.folder / one.path).iterdir()} for one in stored(bench)}
        assert all(names == {"submission.yaml", *TABLES} for names in kept.values())
        assert {line.split()[1] for line in said if line.startswith("kept")} <= set(kept)
        for upload in os.listdir(bench.incoming):
            found = received(bench, upload)
            assert found is None or set(found.files) == {"submission.yaml", *TABLES} and upload not in {line.split()[-1] for line in said}
    for kept in stored(bench):  # each takes part in the check of the next
        shutil.rmtree(bench.folder / kept.path)
    found = receive(bench, {"submission.yaml": b""}, "next")
    assert not [name for name in os.listdir(bench.incoming) if name.startswith(".")] and received(bench, found.upload) is not None
    whole = [name for name in os.listdir(bench.incoming) if name != found.upload]
    assert all(keep(bench, name) for name in whole)
