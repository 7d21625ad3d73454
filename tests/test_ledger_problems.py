"""What the ledger refuses: every problem that it knows is provoked, says what was expected in both languages, and leaves the ledger as it was."""

from __future__ import annotations

import datetime
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledgers import AT, BODIES, CONSEQUENCE, GONE, LATE, OPEN, SAID, filled, finding, new, report, run_body
from servanda.ledger import needs, store
from servanda.ledger.append import append
from servanda.ledger.case_file import case_file
from servanda.ledger.entries import Checkpoint
from servanda.ledger.read import head
from servanda.ledger.store import Ledger, open_ledger
from servanda.ledger.verify import verify
from servanda.ledger_texts import LEDGER_TEXTS
from servanda.problem_texts import expected, message
from servanda.problems import InvalidInput, Problem

ASSESSED = {"finding": LATE, "run": 1, "material": True, "reasons": "x"}
PROPOSED = {"consequence": CONSEQUENCE, "run": 1, "amount": "1000.00", "purpose": "x", "reasons": "x"}
CONFIRMED = {"proposal": 10, "confirmed": True, "reasons": "x"}
BLANK = "0" * 64

# (code, column, kind, body, author): what append refuses, where the ledger holds an entry of every kind.
REFUSED = [
    ("unknown-value", "kind", "asessment", ASSESSED, "anna"),
    ("missing-value", "reasons", "assessment", {"finding": LATE, "run": 1, "material": True}, "anna"),
    ("missing-value", "reasons", "assessment", ASSESSED | {"reasons": " \n"}, "anna"),
    ("missing-value", "author", "assessment", ASSESSED, ""),
    ("entry-unknown-field", "resons", "assessment", ASSESSED | {"resons": "x"}, "anna"),
    ("entry-unknown-field", "receipt_sha256", "assessment", ASSESSED | {"receipt_sha256": BLANK}, "anna"),
    ("text-too-long", "reasons", "assessment", ASSESSED | {"reasons": "x" * 20_001}, "anna"),
    ("control-character", "reasons", "assessment", ASSESSED | {"reasons": "a\x00b"}, "anna"),
    ("control-character", "reasons", "assessment", ASSESSED | {"reasons": "\ud800"}, "anna"),
    ("control-character", "author", "assessment", ASSESSED, "a\nb"),
    ("entry-field-type", "material", "assessment", ASSESSED | {"material": "yes"}, "anna"),
    ("entry-field-type", "material", "assessment", ASSESSED | {"material": 1}, "anna"),
    ("entry-field-type", "run", "assessment", ASSESSED | {"run": 1.0}, "anna"),
    ("entry-field-type", "run", "assessment", ASSESSED | {"run": 0}, "anna"),
    ("entry-field-type", "run", "assessment", ASSESSED | {"run": True}, "anna"),
    ("entry-field-type", "body", "assessment", [], "anna"),
    ("entry-field-type", "receipt_sha256", "run", run_body() | {"receipt_sha256": "AB" * 32}, "anna"),
    ("invalid-date", "due_on", "hearing", {"subject": LATE, "run": 1, "text": "x", "due_on": "2021-02-29"}, "anna"),
    ("invalid-date", "due_on", "hearing", {"subject": LATE, "run": 1, "text": "x", "due_on": "20210228"}, "anna"),
    ("date-out-of-range", "on", "remedy", {"finding": GONE, "on": "1999-12-31", "text": "x"}, "anna"),
    ("invalid-amount", "amount", "proposal", PROPOSED | {"amount": "1.000,00"}, "berta"),
    ("invalid-amount", "amount", "proposal", PROPOSED | {"amount": "-1"}, "berta"),
    ("invalid-amount", "amount", "proposal", PROPOSED | {"amount": "1e2"}, "berta"),
    ("out-of-range", "amount", "proposal", PROPOSED | {"amount": "0.00"}, "berta"),
    ("entry-list-length", "agreed_by", "waiver", {"finding": GONE, "agreed_on": "2021-01-01", "agreed_by": ["senate"], "text": "x"}, "anna"),
    ("entry-list-length", "findings", "request", BODIES[2][2] | {"findings": []}, "anna"),
    ("entry-repeated", "agreed_by", "waiver", {"finding": GONE, "agreed_on": "2021-01-01", "agreed_by": ["a", "a"], "text": "x"}, "anna"),
    ("invalid-date", "missing.0.until", "request", BODIES[2][2] | {"missing": [{"type": "m", "until": "soon", "holder": []}]}, "anna"),
    ("entry-not-plain", "receipt", "run", run_body() | {"receipt": {"share": 0.5}}, "anna"),
    ("entry-unknown", "of", "correction", {"of": 99, "text": "x"}, "anna"),
    ("entry-refers-elsewhere", "run", "assessment", ASSESSED | {"run": 2}, "anna"),
    ("entry-refers-elsewhere", "to", "answer", {"to": 1, "received_on": "2021-01-01", "text": "x"}, "anna"),
    ("entry-refers-elsewhere", "proposal", "confirmation", CONFIRMED | {"proposal": 2}, "berta"),
    ("report-unreadable", "report", "run", run_body("{"), "anna"),
    ("report-unreadable", "report", "run", run_body('{"schema": "servanda.report/2"}'), "anna"),
    ("report-unreadable", "report", "run", run_body('{"schema": "servanda.report/1", "findings": 3, "consequences": []}'), "anna"),
    ("receipt-differs", "receipt_sha256", "run", run_body() | {"receipt_sha256": BLANK}, "anna"),
    ("receipt-differs", "receipt.result", "run", run_body() | {"report": report() + " "}, "anna"),
    ("finding-not-in-run", "finding", "assessment", ASSESSED | {"finding": LATE + "0"}, "anna"),
    ("finding-not-in-run", "findings", "request", BODIES[2][2] | {"findings": [OPEN, "p/a/-/x/2019"]}, "anna"),
    ("finding-not-material", "finding", "assessment", ASSESSED | {"finding": OPEN}, "anna"),
    ("finding-not-attested", "finding", "attestation", {"finding": LATE, "run": 1, "note": "x"}, "anna"),
    ("consequence-not-in-run", "consequence", "proposal", PROPOSED | {"consequence": CONSEQUENCE + "s"}, "anna"),
    ("amount-over-stake", "amount", "proposal", PROPOSED | {"amount": "1000.01"}, "anna"),
    ("own-proposal", "author", "confirmation", CONFIRMED, "anna"),
    ("proposal-decided", "proposal", "confirmation", CONFIRMED, "carla"),
]


def says(problem: Problem) -> None:
    """A problem has words in both languages, without a name that nothing filled."""
    for lang in ("de", "en"):
        for text in (expected(problem, lang), message(problem, lang)):
            assert text and "{" not in text and "  " not in text and "„“" not in text, text


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return filled(tmp_path_factory.mktemp("ledger") / "l.sqlite")[0]


@pytest.mark.parametrize(("code", "column", "kind", "body", "author"), REFUSED, ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "")
def test_what_may_not_be_entered(full: Ledger, code: str, column: str, kind: str, body: dict, author: str) -> None:
    before = head(full)
    with pytest.raises(InvalidInput) as refused:
        append(full, new(kind, body, author))
    found = {(problem.code, problem.column) for problem in refused.value.problems}
    assert (code, column) in found and found <= {(code, column), ("own-proposal", "author"), ("proposal-decided", "proposal")}, found
    for problem in refused.value.problems:
        says(problem)
    assert head(full) == before


def test_everything_wrong_is_said_at_once(full: Ledger) -> None:
    wrong = replace(new("proposal", {"consequence": "", "run": "1", "amount": 5, "x": 1}, "\x1b"), at=AT.replace(tzinfo=None), subjects=("a", 3))
    with pytest.raises(InvalidInput) as refused:
        append(full, wrong)
    columns = [problem.column for problem in refused.value.problems]
    assert sorted(columns) == ["amount", "at", "author", "consequence", "purpose", "reasons", "run", "subjects.1", "x"]


@pytest.mark.parametrize("author", ["anna", "Anna", " ANNA ", "\uff41nna"])
def test_four_eyes_are_of_two_people(tmp_path: Path, author: str) -> None:
    ledger, _ = filled(tmp_path / "l.sqlite", 10)
    with pytest.raises(InvalidInput) as refused:
        append(ledger, new("confirmation", CONFIRMED, author))
    assert [problem.code for problem in refused.value.problems] == ["own-proposal"]
    assert append(ledger, new("confirmation", CONFIRMED | {"confirmed": False}, "berta")).number == 11
    with pytest.raises(InvalidInput):  # a refusal is a decision, too
        append(ledger, new("confirmation", CONFIRMED, "carla"))


def test_a_proposal_needs_an_assessment_that_still_holds(tmp_path: Path) -> None:
    ledger, _ = filled(tmp_path / "l.sqlite", 1)

    def proposed() -> list[tuple[str, str | None]]:
        try:
            append(ledger, new("proposal", PROPOSED))
        except InvalidInput as refused:
            for problem in refused.problems:
                says(problem)
            return [(problem.code, problem.found) for problem in refused.problems]
        return []

    assert proposed() == [("not-assessed-material", CONSEQUENCE), ("not-heard", CONSEQUENCE)]
    hearing = append(ledger, new("hearing", {"subject": CONSEQUENCE, "run": 1, "text": "x", "due_on": "2021-09-30"}))
    assert proposed() == [("not-assessed-material", CONSEQUENCE), ("not-heard", CONSEQUENCE)]
    append(ledger, new("answer", {"to": hearing.number, "received_on": "2021-09-30", "text": "x"}))
    append(ledger, new("assessment", ASSESSED | {"material": False, "finding": GONE}))
    assert proposed() == [("not-assessed-material", CONSEQUENCE)]
    append(ledger, new("assessment", ASSESSED))
    assert proposed() == []
    append(ledger, new("assessment", ASSESSED | {"material": False}))
    assert proposed() == [("assessed-immaterial", LATE)]
    append(ledger, new("assessment", ASSESSED | {"finding": GONE}))
    assert proposed() == [("assessed-immaterial", LATE)]
    append(ledger, new("assessment", ASSESSED))
    assert proposed() == [] and verify(ledger) == ()


def test_the_run_named_is_the_one_that_counts(tmp_path: Path) -> None:
    """A finding of a later run is none of the earlier one."""
    ledger, _ = filled(tmp_path / "l.sqlite", 2)
    append(ledger, new("run", run_body(report(finding(SAID), stake="5.00"))))
    with pytest.raises(InvalidInput):
        append(ledger, new("assessment", ASSESSED | {"run": 3}))
    append(ledger, new("hearing", {"subject": CONSEQUENCE, "run": 3, "text": "x", "due_on": "2000-01-01"}))
    with pytest.raises(InvalidInput) as refused:
        append(ledger, new("proposal", PROPOSED | {"run": 3, "amount": "5.01"}))
    assert [problem.code for problem in refused.value.problems] == ["amount-over-stake"]
    assert append(ledger, new("proposal", PROPOSED | {"run": 3, "amount": "5"})).number == 5


def _raised(work: Callable[[], object]) -> list[Problem]:
    with pytest.raises(InvalidInput) as refused:
        work()
    return list(refused.value.problems)


def _missing(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    return _raised(lambda: open_ledger(folder / "none.sqlite", create=False))


def _no_extra(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    return _raised(lambda: needs.need("review", "sqlalchemy", "no_such_module"))


def _strange_url(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    return [*_raised(lambda: open_ledger("mysql://me:secret@host/x")), *_raised(lambda: open_ledger("sqlite://"))]


def _foreign(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    with sqlite3.connect(folder / "other.sqlite") as other:
        other.execute("CREATE TABLE places (id)")
    before = (folder / "other.sqlite").read_bytes()
    found = [*_raised(lambda: open_ledger(folder / "other.sqlite")), *_raised(lambda: open_ledger(folder / "other.sqlite", create=False))]
    assert (folder / "other.sqlite").read_bytes() == before
    return found


def _newer(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    filled(folder / "new.sqlite", 1)
    with sqlite3.connect(folder / "new.sqlite") as raw:
        raw.execute("UPDATE servanda_ledger_version SET version_num = '9999'")
    before = (folder / "new.sqlite").read_bytes()
    found = _raised(lambda: open_ledger(folder / "new.sqlite"))
    assert (folder / "new.sqlite").read_bytes() == before
    return found


def _busy(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    patch.setattr(store, "BUSY_SECONDS", 0.05)
    ledger, _ = filled(folder / "busy.sqlite", 1)
    raw = sqlite3.connect(folder / "busy.sqlite", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    found = _raised(lambda: append(ledger, new("correction", {"of": 1, "text": "x"})))
    raw.close()
    return found


def _unreadable(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    (folder / "text.sqlite").write_text("no database, although its name says so; " * 50)
    return [*_raised(lambda: open_ledger(folder / "text.sqlite")), *_raised(lambda: open_ledger(folder / "no" / "folder.sqlite"))]


def _no_case(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    ledger, _ = filled(folder / "l.sqlite")
    return _raised(lambda: case_file(ledger, LATE + "0"))


def _tampered(*statements: str, checkpoint: Checkpoint | None = None) -> Callable[[Path, pytest.MonkeyPatch], list[Problem]]:
    """The problems of a ledger whose guards were put away for some statements."""

    def found(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
        ledger, _ = filled(folder / "bad.sqlite")
        with sqlite3.connect(folder / "bad.sqlite") as raw:
            guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                raw.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                raw.execute(statement)
            for _, sql in guards:
                raw.execute(sql)
        return list(verify(ledger, checkpoint))

    return found


def _unguarded(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    ledger, _ = filled(folder / "open.sqlite")
    with sqlite3.connect(folder / "open.sqlite") as raw:
        raw.execute("DROP TRIGGER entry_no_update")
        raw.execute("CREATE TRIGGER more AFTER INSERT ON entry BEGIN DELETE FROM entry_subject; END")
    found = list(verify(ledger))
    assert [problem.found for problem in found] == ["entry_no_update", "more"]
    return found


def _damaged(folder: Path, patch: pytest.MonkeyPatch) -> list[Problem]:
    ledger, _ = filled(folder / "bad.sqlite")
    shutil.copy(folder / "bad.sqlite", folder / "copy.sqlite")
    text = bytearray((folder / "bad.sqlite").read_bytes())
    text[4096 * 2 : 4096 * 2 + 100] = b"\xff" * 100
    (folder / "bad.sqlite").write_bytes(text)
    return list(verify(ledger))


BY_STORE = {
    "missing-extra": _no_extra, "ledger-missing": _missing, "ledger-url": _strange_url, "ledger-foreign": _foreign, "ledger-newer": _newer,
    "ledger-busy": _busy, "ledger-unreadable": _unreadable, "no-such-case": _no_case, "guard-changed": _unguarded, "ledger-damaged": _damaged,
    "entry-changed": _tampered("UPDATE entry SET author = 'x' WHERE number = 2"),
    "entry-missing": _tampered("DELETE FROM entry_subject WHERE number = 6", "DELETE FROM entry WHERE number = 6"),
    "chain-broken": _tampered("UPDATE entry SET hash = '" + BLANK + "' WHERE number = 6"),
    "subject-without-entry": _tampered("DELETE FROM entry WHERE number = 12"),
    "checkpoint-short": _tampered(checkpoint=Checkpoint(99, BLANK)),
    "checkpoint-differs": _tampered(checkpoint=Checkpoint(5, BLANK)),
}


@pytest.mark.parametrize("code", BY_STORE)
def test_what_keeps_a_ledger_from_being_used_or_sound(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = BY_STORE[code](tmp_path, monkeypatch)
    assert code in {problem.code for problem in found}, found
    for problem in found:
        says(problem)
        assert "secret" not in str(problem)


def test_every_problem_of_the_ledger_is_provoked() -> None:
    apart = {"not-assessed-material", "assessed-immaterial", "not-heard"}  # test_a_proposal_needs_an_assessment_that_still_holds
    assert {code for code, *_ in REFUSED} | set(BY_STORE) | apart >= set(LEDGER_TEXTS)


def test_an_odd_moment_is_refused(full: Ledger) -> None:
    for at in (AT.replace(tzinfo=None), "2021-09-30", None, datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC)):
        with pytest.raises(InvalidInput) as refused:
            append(full, replace(new("correction", {"of": 1, "text": "x"}), at=at))
        assert [problem.column for problem in refused.value.problems] == ["at"]
