"""Files that change or vanish while they are read, and pipes: the receipt's hashes are of the bytes that were judged, or nothing is judged."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, RULES
from servanda.audit.run import audit
from servanda.evaluate import evaluate
from servanda.facts import load, submissions
from servanda.facts.submissions import find_submissions
from servanda.problems import InvalidInput
from servanda.run import Run
from servanda.whole_files import UNFINISHED
from small_books import xlsx

AS_OF = datetime.date(2026, 9, 30)
SALE = "sale-pumpen"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The sample of the sales, to be changed."""
    for name in ("facts", "agreements", "rules"):
        shutil.copytree(ROOT / name / "sale", tmp_path / name / "sale")
    return tmp_path


def judged(here: Path, **more: object) -> Run:
    return evaluate([here / "facts"], here / "agreements", here / "rules", AS_OF, **more)


def refused(action: Callable[[], object]) -> set[str]:
    with pytest.raises(InvalidInput) as raised:
        action()
    return {problem.code for problem in raised.value.problems}


def tables(here: Path) -> list[Path]:
    return sorted(path for path in (here / "facts").rglob("*.csv") if len(path.read_text().splitlines()) > 2)


def at_reading(monkeypatch: pytest.MonkeyPatch, wanted: Path, before: Callable[[], object], after: Callable[[], object] = lambda: None) -> None:
    """Let something happen just before and just after a table is read."""
    real = submissions._read_file

    def read(entry: Path, *given: object) -> None:
        if entry == wanted:
            before()
        real(entry, *given)
        if entry == wanted:
            after()

    monkeypatch.setattr(submissions, "_read_file", read)


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize("moment", ["before", "after", "for a while"])
def test_a_table_that_changes_while_it_is_read(here: Path, moment: str, keep_going: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tables(here)[0]
    text = table.read_text()

    def shorten() -> None:
        table.write_text("\n".join(text.splitlines()[:-1]) + "\n")

    happens = {"before": (shorten,), "after": (lambda: None, shorten), "for a while": (shorten, lambda: table.write_text(text))}
    at_reading(monkeypatch, table, *happens[moment])
    assert "changed-meanwhile" in refused(lambda: judged(here, keep_going=keep_going))


def test_files_that_vanish_or_appear_while_they_are_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tables(here)[0]
    with monkeypatch.context() as patched:
        at_reading(patched, table, lambda: None, lambda: (table.parent / "more.csv").write_text("id\n"))
        assert refused(lambda: judged(here)) == {"changed-meanwhile"}
    (table.parent / "more.csv").unlink()
    with monkeypatch.context() as patched:
        at_reading(patched, table, table.unlink)
        assert "changed-meanwhile" in refused(lambda: judged(here))
    with monkeypatch.context() as patched:
        at_reading(patched, tables(here)[0], lambda: shutil.rmtree(tables(here)[0].parent))
        assert "changed-meanwhile" in refused(lambda: judged(here))


def test_a_workbook_that_changes_after_its_manifest_was_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sheets are read while submissions are looked for, its hash is taken later."""
    book = here / "book.xlsx"
    manifest = [["agreement", SALE], ["submitted_on", "2026-01-20"], ["submitted_by", "seller"], ["complete", "2025-12-31"]]
    xlsx(book, {"submission": manifest})
    real = find_submissions

    def found(*given: object) -> list:
        places = real(*given)
        xlsx(book, {"submission": [*manifest[:3], ["complete", "2024-12-31"]]})
        return places

    monkeypatch.setattr(load, "find_submissions", found)
    assert "changed-meanwhile" in refused(lambda: evaluate([book], here / "agreements", here / "rules", AS_OF))


def test_the_receipt_names_the_bytes_that_were_judged(here: Path) -> None:
    """A thread rewrites a table all the time: whenever a run comes out, its hash and its findings are of the same version."""
    table = tables(here)[0]
    versions = [table.read_bytes(), b"".join(table.read_bytes().splitlines(keepends=True)[:-2])]
    wanted = {}
    for one in versions:
        table.write_bytes(one)
        run = judged(here)
        wanted[tuple(s.sha256 for s in run.submissions)] = run.findings
    assert len(wanted) == 2
    over = threading.Event()

    def rewrite() -> None:
        while not over.is_set():
            for one in versions:
                table.with_suffix(".new").write_bytes(one)
                os.replace(table.with_suffix(".new"), here / "moved")  # a file of no table is a problem, too
                os.replace(here / "moved", table)
                over.wait(0.04)

    thread = threading.Thread(target=rewrite)
    thread.start()
    outcomes = []
    try:
        for _ in range(4):
            try:
                run = judged(here)
            except InvalidInput as invalid:
                outcomes.append("refused")
                assert {problem.code for problem in invalid.problems} <= {"changed-meanwhile", "unreadable-file", "unknown-file"}
                continue
            outcomes.append("judged")
            assert wanted[tuple(one.sha256 for one in run.submissions)] == run.findings
    finally:
        over.set()
        thread.join()
    assert outcomes


def test_definitions_that_change_while_they_are_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda import agreements, pack

    file = here / "agreements" / "sale" / f"{SALE}.yaml"
    before = file.read_bytes()
    real = agreements.parse_yaml

    def parsed(text: str, name: str, problems: object) -> object:
        if name == file.as_posix():
            file.write_bytes(before + b"# changed\n")
        return real(text, name, problems)

    with monkeypatch.context() as patched:
        patched.setattr(agreements, "parse_yaml", parsed)
        run = judged(here)
    (agreement,) = [one for part in run.packs for one in part.agreements if one.id == SALE]
    assert agreement.sha256 == hashlib.sha256(before).hexdigest()
    judgements = pack.read_judgements

    def changing(*given: object) -> object:
        with (here / "rules" / "sale" / "clauses.yaml").open("a") as stream:
            stream.write("# changed\n")
        return judgements(*given)

    monkeypatch.setattr(pack, "read_judgements", changing)
    assert refused(lambda: judged(here)) == {"changed-meanwhile"}


def test_an_audit_whose_programme_changes_is_refused(tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    for name in ("programme", "benn-mitte"):
        shutil.copytree(ROOT / "facts" / "benn" / name, facts / name)
    (tmp_path / "agreements").mkdir()
    shutil.copy(ROOT / "agreements" / "benn" / "benn-mitte.yaml", tmp_path / "agreements")

    def changing(work, items):
        yield from ((number, work(item)) for number, item in enumerate(items))
        table = sorted((facts / "programme").glob("*/meetings.csv"))[0]
        table.write_text(table.read_text() + "\n")

    out = tmp_path / "audit"
    assert refused(lambda: audit([facts], tmp_path / "agreements", RULES, datetime.date(2021, 9, 30), out, spread=changing)) == {"changed-meanwhile"}
    assert not out.exists() and out.with_name(out.name + UNFINISHED).exists()


@pytest.mark.parametrize("name", ["facts/sale/sale-pumpen/x/submission.yaml", "facts/sale/sale-pumpen/x/orders.csv", "agreements/sale/pipe.yaml",
                                  "rules/sale/obligations/pipe.yaml", "rules/sale/pipe.yaml", "facts/book.xlsx"])
def test_a_pipe_is_never_waited_for(here: Path, name: str) -> None:
    (here / name).parent.mkdir(exist_ok=True)
    os.mkfifo(here / name)
    judging = threading.Thread(target=lambda: found.append(outcome(here)), daemon=True)
    found: list[object] = []
    judging.start()
    judging.join(30)
    assert found, "it waits for somebody to write into the pipe"


def outcome(here: Path) -> object:
    try:
        return judged(here)
    except InvalidInput as invalid:
        return invalid
