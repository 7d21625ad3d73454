"""The desk: who may do what, the whole case from a faulty upload to a confirmation by another person, and every refusal with its code."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest

from desks import ANNA, AT, BERT, CORA, DAY, DUE, LENA, TABLES, checked, codes, files, kept, workspace
from servanda.desk import actions
from servanda.desk.actions import Person, act, case_state
from servanda.desk.roles import MAY, ROLES, may
from servanda.desk.runs import Runs, run_again, run_check, run_of
from servanda.desk.submissions import feedback_copy, keep, receive, received, stored, withdraw_upload
from servanda.desk.workspace import Workspace, open_workspace
from servanda.desk_texts import DESK_TEXTS
from servanda.ledger.entries import Entry
from servanda.ledger.read import entries, head
from servanda.ledger.verify import verify
from servanda.receipt import digest
from servanda.report.json_report import json_report
from servanda.report.style import Style
from small_books import xlsx

FINDING = "benn/benn-mitte/-/district-rounds-held/2019"
CONSEQUENCE = "benn/benn-mitte/-/reallocation/2019/district"
LATER = AT + datetime.timedelta(days=60)


@pytest.fixture
def bench(tmp_path: Path) -> Workspace:
    made = workspace(tmp_path)
    kept(made)
    return made


def undetermined(run: Entry) -> str:
    return next(one["id"] for one in run_of(run)["findings"] if one["missing"] and one["agreement"])


def bodies(run: Entry) -> dict[str, dict]:
    """A fitting body for each kind, after the entries that `prepared` made (2 a hearing, 3 an assessment, 4 a proposal)."""
    attested = next(one["id"] for one in run_of(run)["findings"] if one["kind"] == "attested")
    return {
        "assessment": {"finding": FINDING, "run": 1, "material": True, "reasons": "Zwei von sechs."},
        "request": {"findings": [undetermined(run)], "run": 1, "missing": [], "text": "Bitte.", "due_on": "2020-05-02"},
        "hearing": {"subject": CONSEQUENCE, "run": 1, "text": "Bitte.", "due_on": "2020-05-02"},
        "answer": {"to": 2, "received_on": "2020-02-10", "text": "Es war krank."},
        "remedy": {"finding": FINDING, "on": "2020-02-10", "text": "Nachgeholt."},
        "waiver": {"finding": FINDING, "agreed_on": "2020-02-10", "agreed_by": ["senate", "district"], "text": "Verzicht."},
        "proposal": {"consequence": CONSEQUENCE, "run": 1, "amount": "100.00", "purpose": "Ein anderer Bezirk.", "reasons": "Darum."},
        "confirmation": {"proposal": 4, "confirmed": True, "reasons": "Ja."},
        "attestation": {"finding": attested, "run": 1, "note": "Gesehen."},
        "correction": {"of": 3, "text": "Es waren drei."},
    }


def prepared(bench: Workspace) -> Entry:
    """A run, a hearing whose day is over at LATER, a material assessment and a proposal by anna."""
    run = checked(bench)
    actions.hear(bench, ANNA, AT, run=1, subject=CONSEQUENCE, due_on=DUE)
    actions.assess(bench, ANNA, AT, run=1, finding=FINDING, material=True, reasons="Zwei von sechs.")
    actions.propose(bench, ANNA, LATER, run=1, consequence=CONSEQUENCE, amount="5000.00", purpose="Ein anderer Bezirk.", reasons="Darum.")
    return run


def test_every_action_with_every_role(bench: Workspace) -> None:
    made = bodies(prepared(bench))
    for role, kind in itertools.product((*ROLES, "", "admin", "Reviewer"), made):
        before = head(bench.ledger)
        if may(role, kind):
            entry = act(bench, Person("bert", role), kind, (), made[kind], LATER)
            assert (entry.kind, entry.author, entry.subjects) == (kind, "bert", entry.subjects) and entry.subjects and head(bench.ledger).hash == entry.hash
        else:
            assert codes(lambda role=role, kind=kind: act(bench, Person("bert", role), kind, (), made[kind], LATER)) == ["not-allowed"]
            assert head(bench.ledger) == before
    for person in (LENA, CORA):
        assert codes(lambda person=person: run_check(bench, person, AT, as_of=DAY)) == ["not-allowed"]
    assert verify(bench.ledger) == ()


def test_the_table_of_roles() -> None:
    assert all("read" in MAY[role] for role in ROLES)
    assert MAY["reader"] == {"read"} and MAY["confirmer"] == {"read", "confirmation"} and not may("reviewer", "confirmation")
    assert not may("nobody", "read") and not may("reviewer", "anything")


def test_a_run_is_entered_by_a_check_only(bench: Workspace) -> None:
    body = dict(checked(bench).body)
    assert codes(lambda: act(bench, ANNA, "run", (), body, AT)) == ["unknown-value"]
    assert codes(lambda: act(bench, ANNA, "nonsense", (), {}, AT)) == ["unknown-value"]


def test_subjects_follow_from_the_body(bench: Workspace) -> None:
    run = prepared(bench)
    found = entries(bench.ledger)
    assert set(next(one for one in run_of(run)["consequences"] if one["year"] == 2019)["findings"]) < set(found[3].subjects)
    assert CONSEQUENCE in found[3].subjects and FINDING in found[3].subjects and found[1].subjects[0] == CONSEQUENCE
    answer = act(bench, ANNA, "answer", (CONSEQUENCE,), bodies(run)["answer"], LATER)
    assert answer.subjects == found[1].subjects
    decided = actions.confirm(bench, CORA, LATER, proposal=4, confirmed=False, reasons="Nein.")
    assert decided.subjects == found[3].subjects
    assert actions.correct(bench, BERT, LATER, of=3, text="Anders.").subjects == (FINDING,)
    assert codes(lambda: act(bench, ANNA, "remedy", ("benn/other",), bodies(run)["remedy"], LATER)) == ["other-subject"]


def test_what_nobody_can_mean_is_refused(bench: Workspace) -> None:
    run = prepared(bench)
    nowhere = "benn/benn-mitte/-/district-rounds-held/1999"
    day = datetime.date.fromisoformat
    refused = {
        "deadline-past": lambda: actions.hear(bench, ANNA, AT, run=1, subject=FINDING, due_on=AT.date()),
        "day-ahead": lambda: actions.note_answer(bench, ANNA, AT, to=2, received_on=day("2020-02-05"), text="Ja."),
        "nothing-missing": lambda: actions.ask(bench, ANNA, AT, run=1, findings=[FINDING], due_on=DUE),
        "finding-not-in-run": lambda: actions.ask(bench, ANNA, AT, run=1, findings=[nowhere], due_on=DUE),
        "several-agreements": lambda: actions.ask(
            bench, ANNA, AT, run=1, findings=[undetermined(run), next(one["id"] for one in run_of(run)["findings"] if one["missing"] and not one["agreement"])],
            due_on=DUE,
        ),
        "entry-refers-elsewhere": lambda: actions.hear(bench, ANNA, AT, run=2, subject=FINDING, due_on=DUE),
        "missing-value": lambda: actions.correct(bench, ANNA, AT, of=1, text=" "),
        "invalid-amount": lambda: actions.propose(bench, ANNA, AT, run=1, consequence=CONSEQUENCE, amount="5.000", purpose="x", reasons="y"),
        "own-proposal": lambda: actions.confirm(bench, Person("Anna ", "confirmer"), LATER, proposal=4, confirmed=True, reasons="Ja."),
    }
    for code, action in refused.items():
        assert codes(action) == [code]
    for action in (
        lambda: actions.note_remedy(bench, ANNA, AT, finding=nowhere, on=DAY, text="x"),
        lambda: act(bench, ANNA, "hearing", (), {"subject": nowhere, "run": 1, "text": "x", "due_on": "2020-05-02"}, AT),
        lambda: actions.assess(bench, ANNA, AT, run=1, finding=nowhere, material=True, reasons="x"),
    ):
        assert codes(action) == ["finding-not-in-run"]
    assert codes(lambda: actions.note_answer(bench, ANNA, AT, to=99, received_on=DAY, text="x")) == ["entry-refers-elsewhere"]
    assert len(entries(bench.ledger)) == 4 and verify(bench.ledger) == ()


def test_the_whole_case(tmp_path: Path) -> None:
    """From an upload with a fault over its correction to the confirmation by another person, and what the state says on the way."""
    bench = workspace(tmp_path)
    faulty = receive(bench, files(meetings=TABLES["meetings.csv"].replace("2019-01-10", "31.02.2019")), "2019")
    (problem,) = faulty.problems
    assert (problem.code, problem.file, problem.row, problem.column, problem.found) == ("invalid-date", "meetings.csv", 2, "date", "31.02.2019")
    (grid,) = faulty.grids
    assert grid.marked == {(2, 1)} and dict(grid.rows)[2][1] == "31.02.2019" and grid.rows[0][0] == 1 and faulty.summary is None
    assert codes(lambda: keep(bench, faulty.upload)) == ["invalid-date"] and stored(bench) == []
    withdraw_upload(bench, faulty.upload)
    kept(bench)

    run = checked(bench)
    assert {f"run:{run.number}", FINDING, CONSEQUENCE} <= set(run.subjects)

    def state(on: str = "2020-02-03"):
        found = {one.number: one for name in (FINDING, CONSEQUENCE) for one in entries(bench.ledger, subject=name)}
        return case_state(found.values(), datetime.date.fromisoformat(on))

    assert state().step == "found" and not state().assessed
    asked = actions.ask(bench, ANNA, AT, run=run.number, findings=[undetermined(run)], due_on=DUE)
    assert asked.body["missing"][0]["clause"] and asked.body["text"].count("§ 7, 3. Absatz") == 2
    assert codes(lambda: actions.propose(bench, ANNA, AT, run=1, consequence=CONSEQUENCE, amount="1.00", purpose="x", reasons="y")) == [
        "not-assessed-material", "not-heard",
    ]
    hearing = actions.hear(bench, ANNA, AT, run=run.number, subject=CONSEQUENCE, due_on=DUE)
    assert [one.number for one in state().waiting] == [hearing.number] and not state().overdue and state().step == "waiting"
    assert [one.number for one in state("2020-03-02").waiting] == [hearing.number]
    assert [one.number for one in state("2020-03-03").overdue] == [hearing.number] and state("2020-03-03").heard
    actions.note_answer(bench, ANNA, LATER, to=hearing.number, received_on=DUE, text="Die Stelle war unbesetzt.")
    assert state().heard and state().step == "heard"
    actions.assess(bench, ANNA, LATER, run=run.number, finding=FINDING, material=True, reasons="Zwei von sechs.")
    assert state().assessed == {FINDING: True} and state().step == "assessed"
    assert codes(lambda: actions.propose(bench, ANNA, LATER, run=1, consequence=CONSEQUENCE, amount="50000.01", purpose="x", reasons="y")) == ["amount-over-stake"]
    proposal = actions.propose(bench, ANNA, LATER, run=run.number, consequence=CONSEQUENCE, amount="5000.00", purpose="Ein anderer Bezirk.", reasons="Darum.")
    assert [one.number for one in state().undecided] == [proposal.number] and state().step == "proposed"
    assert codes(lambda: actions.confirm(bench, ANNA, LATER, proposal=proposal.number, confirmed=True, reasons="Ja.")) == ["not-allowed"]
    actions.confirm(bench, CORA, LATER, proposal=proposal.number, confirmed=True, reasons="Geprüft.")
    done = state()
    assert [one.number for one in done.confirmed] == [proposal.number] and not done.undecided and not done.rejected and done.step == "confirmed"
    assert codes(lambda: actions.confirm(bench, CORA, LATER, proposal=proposal.number, confirmed=False, reasons="Doch nicht.")) == ["proposal-decided"]
    actions.correct(bench, ANNA, LATER, of=proposal.number, text="Ein Tippfehler.")
    assert state().corrected == {proposal.number} and state().step == "confirmed" and verify(bench.ledger) == ()


def test_the_state_does_not_depend_on_the_order_of_entries(bench: Workspace) -> None:
    prepared(bench)
    found = entries(bench.ledger)[1:]
    states = {repr(case_state((*order, *order), DUE)) for order in itertools.permutations(found)}
    assert len(states) == 1


def test_a_run_is_repeated_from_its_own_submissions(bench: Workspace) -> None:
    run = checked(bench)
    kept(bench, "later", staffing="id,role,site,from,to\nc-1,district_coordinator,,2017-09-01,\n")
    again = run_again(bench, run)
    assert json_report(again, Style("de")) == run.body["report"] and digest(run.body["receipt"]) == run.body["receipt_sha256"]
    newer = checked(bench)
    assert len(newer.body["receipt"]["submissions"]) == 2 and newer.body["receipt"]["result"] != run.body["receipt"]["result"]
    assert bench.folder.as_posix() not in run.body["report"] and run_of(run)["submissions"][0]["path"].startswith("submissions/benn-mitte/u000001-")
    runs = Runs(size=1)
    first = runs.again(bench, run)
    assert runs.again(bench, run) is first and runs.again(bench, newer) is not first and runs.again(bench, run) is not first


def test_a_workspace_may_move(bench: Workspace, tmp_path: Path) -> None:
    run = checked(bench)
    bench.folder.rename(tmp_path / "moved")
    moved = open_workspace(tmp_path / "moved", bench.agreements, bench.rules)
    assert json_report(run_again(moved, entries(moved.ledger)[0]), Style("de")) == run.body["report"]


def test_a_run_that_comes_out_different_is_not_shown(bench: Workspace) -> None:
    run = checked(bench)
    agreement = next(bench.agreements.glob("*.yaml"))
    text = agreement.read_text()
    agreement.write_text(text.replace("2021-12-31", "2020-12-31"))
    assert codes(lambda: run_again(bench, run)) == ["run-not-repeated"]
    agreement.write_text(text)
    table = next(bench.submissions.rglob("meetings.csv"))
    table.write_text(table.read_text().replace("2019-01-10", "2019-01-11"))
    assert codes(lambda: run_again(bench, run)) == ["submission-gone"]


def test_runs_over_chosen_agreements(bench: Workspace) -> None:
    assert checked(bench, submissions=("benn-mitte",)).body["receipt"]["agreements"].keys() == {"benn-mitte"}
    assert codes(lambda: checked(bench, submissions=("benn-mitte", "benn-nowhere"))) == ["nothing-kept"]
    assert run_of(checked(bench, year=2019))["summary"]["duties"] < run_of(checked(bench))["summary"]["duties"]


def test_nothing_kept_is_nothing_to_check(tmp_path: Path) -> None:
    assert codes(lambda: checked(workspace(tmp_path))) == ["nothing-kept"]


def test_a_workbook_with_problems_comes_back_marked(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    sheets = {
        "Lieferung": [["agreement", "benn-mitte"], ["submitted_on", "2020-01-20"], ["submitted_by", "district"]],
        "meetings": [["id", "date", "body", "site"], ["m-1", "31.02.2019", "district_round", ""]],
    }
    xlsx(tmp_path / "book.xlsx", sheets)
    found = receive(bench, {"Meldung für Mitte (neu).xlsx": (tmp_path / "book.xlsx").read_bytes()}, "buch")
    assert found.workbooks == ("Meldung-fuer-Mitte-neu.xlsx",)
    assert [(one.code, one.file, one.sheet, one.cell, one.row, one.column) for one in found.problems] == [
        ("invalid-date", "Meldung-fuer-Mitte-neu.xlsx", "meetings", "B2", 2, "date"),
    ]
    assert [(grid.sheet, grid.marked, grid.columns) for grid in found.grids] == [("meetings", frozenset({(2, 1)}), ("A", "B", "C", "D"))]
    copy = feedback_copy(bench, found.upload, found.workbooks[0], "de")
    assert copy and copy.startswith(b"PK") and feedback_copy(bench, found.upload, "other.xlsx", "de") is None
    assert feedback_copy(bench, "../" + found.upload, found.workbooks[0], "de") is None and received(bench, found.upload) == found


def test_every_problem_of_the_desk_is_provoked() -> None:
    """Each code stands in a test beside this one that provokes it."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_desk*.py"))
    assert [code for code in DESK_TEXTS if f'"{code}"' not in text] == []
