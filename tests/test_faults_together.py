"""Several at one place: two checks of one file, audits of one folder, uploads to one workspace."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT
from desks import codes, files, workspace
from faults import AUDIT, CHECK, ENVIRONMENT, SERVANDA, content
from servanda.audit.workplace import workplace
from servanda.cli import _run
from servanda.desk.submissions import keep, receive, stored
from servanda.desk.workspace import definitions, definitions_found
from servanda.dossier.case import dossier_of
from servanda.evaluate import evaluate
from servanda.problems import InvalidInput
from servanda.whole_files import UNFINISHED
from servanda.workbench import identity
from workbench_world import sign_in, world


@pytest.mark.usefixtures("thorough")
def test_two_checks_to_one_file_leave_one_of_both(tmp_path: Path) -> None:
    def given(output: Path, lang: str) -> list[str]:
        return [*map(str, (*CHECK[3:], "--lang", lang, "--format", "json", "--output", output))]

    both = [subprocess.Popen([*SERVANDA, *given(tmp_path / "report.json", lang)], env=ENVIRONMENT, stderr=subprocess.PIPE) for lang in ("de", "en")]
    for one in both:
        assert one.communicate(timeout=120)[1] == b"" and one.returncode == 0
    assert [_run(given(tmp_path / f"{lang}.json", lang)) for lang in ("de", "en")] == [0, 0]
    assert sorted(os.listdir(tmp_path)) == ["de.json", "en.json", "report.json"]
    assert (tmp_path / "report.json").read_bytes() in {(tmp_path / f"{lang}.json").read_bytes() for lang in ("de", "en")}


@pytest.mark.usefixtures("thorough")
def test_of_two_audits_in_one_folder_one_is_made(tmp_path: Path) -> None:
    out = tmp_path / "audit"
    command = [*map(str, (*AUDIT, "--out", out))]
    both = [subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    ends = sorted((one.communicate(timeout=120)[1], one.returncode) for one in both)
    assert [code for _, code in ends] == [0, 2], ends
    assert all("[audit-running]" in said or "[audit-exists]" in said for said, code in ends if code)
    assert os.listdir(tmp_path) == ["audit"] and "receipt.json" in content(out)


def test_a_workplace_that_was_finished_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking whether the audit is there and taking the lock, another process may have finished it."""
    import fcntl

    out, real = tmp_path / "audit", fcntl.flock

    def finished(handle: int, how: int) -> None:
        os.rename(out.with_name(out.name + UNFINISHED), out)
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", finished)
    with pytest.raises(InvalidInput) as raised, workplace(out):
        pass
    assert [problem.code for problem in raised.value.problems] == ["audit-exists"] and os.listdir(tmp_path) == ["audit"]
    monkeypatch.setattr(fcntl, "flock", lambda handle, how: (shutil.rmtree(tmp_path / ("other" + UNFINISHED)), real(handle, how)))
    with pytest.raises(InvalidInput) as raised, workplace(tmp_path / "other"):
        pass
    assert [problem.code for problem in raised.value.problems] == ["audit-running"]


def test_uploads_at_once_have_turns_of_their_own(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    made: list[str] = []
    threads = [threading.Thread(target=lambda n=n: made.append(receive(bench, files(), f"n{n}").upload)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(name[:7] for name in made) == [f"u{turn:06d}" for turn in range(1, 5)]
    kept: list[object] = []
    threads = [threading.Thread(target=lambda: kept.append(outcome_of(lambda: keep(bench, made[0])))) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(map(str, kept)) == ["kept", *["unknown-upload"] * 3] and len(stored(bench)) == 1


def outcome_of(action: Callable[[], object]) -> str:
    try:
        action()
    except InvalidInput as invalid:
        return invalid.problems[0].code
    return "kept"


def test_leftovers_of_killed_uploads_go_with_the_next(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    for name in (f".u000001-00000000{UNFINISHED}", "u000002-00000000", ".u000003-00000000.gone"):
        (bench.incoming / name).mkdir()
    found = receive(bench, files(), "2019")
    assert os.listdir(bench.incoming) == [found.upload]


def test_dossiers_at_once_are_those_of_one_after_another() -> None:
    """The workbench shows findings of one run, and so of one database, to several people at once."""
    run = evaluate([ROOT / "facts/benn/benn-lichtenberg"], ROOT / "agreements", ROOT / "rules", datetime.date(2021, 9, 30))
    wanted = [one.id for one in run.findings if one.status in ("deviation", "undetermined")][:4]
    alone = {name: dossier_of(run, name) for name in wanted}
    different: list[str] = []
    threads = [threading.Thread(target=lambda: different.extend(name for name in wanted if dossier_of(run, name) != alone[name])) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not different and len(alone) == 4


def test_definitions_are_read_again_when_they_change(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    file = next(bench.agreements.rglob("*.yaml"))
    before = definitions(bench)
    assert definitions(bench) is before
    file.write_text(file.read_text() + "# changed\n")
    changed = definitions(bench)
    assert changed is not before and changed.agreements.keys() == before.agreements.keys()
    file.write_text("id: [")
    assert codes(lambda: definitions(bench)) == ["invalid-yaml"] and definitions_found(bench)[0].packs.keys() == before.packs.keys()


def test_many_who_sign_in_at_once_from_one_address_are_not_taken_for_guessing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office at nine o'clock: an attempt that is being tried counts, but only two are tried at a time."""
    bench, real, answers = world(tmp_path, address_attempts=4, user_attempts=4), identity.verified, []

    def slow(*given: object) -> object:
        threading.Event().wait(0.05)  # as long as a real hash takes
        return real(*given)

    monkeypatch.setattr(identity, "verified", slow)
    browsers = [bench.browser() for _ in range(8)]
    threads = [threading.Thread(target=lambda one=one: answers.append(sign_in(one, "anna").status_code)) for one in browsers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == [303] * 8
