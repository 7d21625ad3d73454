"""What people decide, entered in the ledger: each action looks at the role, says which cases it is about, and appends.

    act(workspace, Person("anna", "reviewer"), "assessment", (), {"finding": …, "run": 1, "material": True, "reasons": "…"}, at)

The ledger's own rules (what may follow on what) are checked by `append`, inside its transaction.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from servanda.desk.roles import ENTERED, may
from servanda.desk.state import CaseState, case_state
from servanda.desk.workspace import Workspace
from servanda.ledger.append import append
from servanda.ledger.bodies import body_of
from servanda.ledger.entries import Entry, NewEntry
from servanda.ledger.read import entries, entry
from servanda.ledger.reports import consequence_id, report_of
from servanda.problems import InvalidInput, Problem

__all__ = [
    "KINDS", "CaseState", "Person", "act", "allow", "ask", "assess", "attest", "case_state", "confirm", "correct", "hear", "note_answer", "note_remedy",
    "note_waiver", "propose",
]
KINDS = (*ENTERED, "confirmation")  # a run is entered by `run_check` only, which has made it
_REFERS = {"answer": "to", "confirmation": "proposal", "correction": "of"}
_HAPPENED = {"answer": "received_on", "remedy": "on", "waiver": "agreed_on"}
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, in which role; the caller has made sure of both."""

    name: str
    role: str


def allow(who: Person, action: str) -> None:
    """Nothing, or `InvalidInput` where the role may not do that."""
    if not may(who.role, action):
        raise InvalidInput([Problem("not-allowed", found=who.role[:80], args={"action": action})])


def act(workspace: Workspace, person: Person, kind: str, subjects: Collection[str], body: Mapping[str, object], at: datetime.datetime) -> Entry:
    """The entry that was written. `subjects` may be empty: what an entry is about follows from its body, and nothing else is taken.

    `InvalidInput` where the role does not allow it, the body does not fit, or the ledger's rules forbid it.
    """
    if kind not in KINDS:
        raise InvalidInput([Problem("unknown-value", column="kind", found=kind[:200], args={"known": KINDS, "near": kind[:80]})])
    allow(person, kind)
    body = dict(body)
    fitting, problems = body_of(kind, body)
    problems = problems if fitting is None else _days(kind, body, at)
    if problems:
        raise InvalidInput(problems)
    derived = _subjects(workspace, kind, body)
    others = [one for one in subjects if one not in derived]
    if others:
        raise InvalidInput([Problem("other-subject", column="subjects", found=str(others[0])[:200])])
    return append(workspace.ledger, NewEntry(kind, person.name, at, derived, body))


def _days(kind: str, body: Mapping, at: datetime.datetime) -> list[Problem]:
    """Days that cannot be meant: a deadline that is over already, or something received tomorrow (a day of grace, as days begin earlier in the east)."""
    today = at.astimezone(datetime.UTC).date()
    if "due_on" in body and body["due_on"] <= today.isoformat():
        return [Problem("deadline-past", column="due_on", found=body["due_on"], args={"first": (today + _DAY).isoformat()})]
    column = _HAPPENED.get(kind)
    if column and body[column] > (today + _DAY).isoformat():
        return [Problem("day-ahead", column=column, found=body[column], args={"first": today.isoformat()})]
    return []


def _subjects(workspace: Workspace, kind: str, body: Mapping) -> tuple[str, ...]:
    """The cases that an entry belongs to. What is proposed, or heard, on a consequence concerns its findings as well."""
    ledger = workspace.ledger
    if kind in _REFERS:
        found = entry(ledger, body[_REFERS[kind]])
        return found.subjects if found else ()  # `append` says that there is none
    if kind in ("remedy", "waiver"):
        _known_finding(workspace, body["finding"])
    name = body.get("consequence") or body.get("subject")
    if name is None:
        return tuple(dict.fromkeys(body.get("findings") or (body["finding"],)))
    run = entry(ledger, body["run"])
    report = report_of(run.body) if run and run.kind == "run" else {"findings": (), "consequences": ()}
    findings = next((one["findings"] for one in report["consequences"] if consequence_id(one) == name), None)
    if run and findings is None and kind == "hearing" and not any(one["id"] == name for one in report["findings"]):
        raise InvalidInput([Problem("finding-not-in-run", column="subject", found=name, args={"run": body["run"]})])
    return tuple(dict.fromkeys((name, *(findings or ()))))


def _known_finding(workspace: Workspace, finding: str) -> None:
    """A remedy and a waiver name no run: some run must know their finding, since an entry can never be taken back."""
    runs = entries(workspace.ledger, kind="run")
    if not any(f'"{finding}"' in run.body["report"] and any(one["id"] == finding for one in report_of(run.body)["findings"]) for run in reversed(runs)):
        raise InvalidInput([Problem("finding-not-in-run", column="finding", found=finding, args={"run": runs[-1].number if runs else "–"})])


def assess(workspace: Workspace, person: Person, at: datetime.datetime, *, run: int, finding: str, material: bool, reasons: str) -> Entry:
    """Say whether a possibly material deviation is material, with reasons."""
    return act(workspace, person, "assessment", (), {"finding": finding, "run": run, "material": material, "reasons": reasons}, at)


def ask(
    workspace: Workspace, person: Person, at: datetime.datetime, *, run: int, findings: Sequence[str], due_on: datetime.date, text: str | None = None,
    lang: str = "de",
) -> Entry:
    """Ask for everything that findings of a run lack, until a day; the letter's text is written unless one is given."""
    from servanda.desk.letters import asked_for, request_letter

    allow(person, "request")
    found = _run(workspace, run)
    letter = text if text is not None else request_letter(workspace, found, findings, due_on, lang)
    body = {"findings": list(findings), "run": run, "missing": asked_for(found, findings), "text": letter, "due_on": due_on.isoformat()}
    return act(workspace, person, "request", (), body, at)


def hear(
    workspace: Workspace, person: Person, at: datetime.datetime, *, run: int, subject: str, due_on: datetime.date, text: str | None = None, lang: str = "de",
) -> Entry:
    """Give an opportunity to respond on a finding or a consequence, until a day; the letter's text is written unless one is given."""
    from servanda.desk.letters import hearing_letter

    allow(person, "hearing")
    letter = text if text is not None else hearing_letter(workspace, _run(workspace, run), subject, due_on, lang)
    return act(workspace, person, "hearing", (), {"subject": subject, "run": run, "text": letter, "due_on": due_on.isoformat()}, at)


def note_answer(workspace: Workspace, person: Person, at: datetime.datetime, *, to: int, received_on: datetime.date, text: str) -> Entry:
    """Take note of an answer to a request or a hearing."""
    return act(workspace, person, "answer", (), {"to": to, "received_on": received_on.isoformat(), "text": text}, at)


def note_remedy(workspace: Workspace, person: Person, at: datetime.datetime, *, finding: str, on: datetime.date, text: str) -> Entry:
    """Take note that a breach was mended."""
    return act(workspace, person, "remedy", (), {"finding": finding, "on": on.isoformat(), "text": text}, at)


def note_waiver(
    workspace: Workspace, person: Person, at: datetime.datetime, *, finding: str, agreed_on: datetime.date, agreed_by: Sequence[str], text: str
) -> Entry:
    """Take note that all parties waived a duty; it counts in a run once it is submitted as a fact."""
    return act(workspace, person, "waiver", (), {"finding": finding, "agreed_on": agreed_on.isoformat(), "agreed_by": list(agreed_by), "text": text}, at)


def propose(workspace: Workspace, person: Person, at: datetime.datetime, *, run: int, consequence: str, amount: str, purpose: str, reasons: str) -> Entry:
    """Propose to use an amount (such as `1234.50`) elsewhere."""
    return act(workspace, person, "proposal", (), {"consequence": consequence, "run": run, "amount": amount, "purpose": purpose, "reasons": reasons}, at)


def confirm(workspace: Workspace, person: Person, at: datetime.datetime, *, proposal: int, confirmed: bool, reasons: str) -> Entry:
    """Decide on another person's proposal."""
    return act(workspace, person, "confirmation", (), {"proposal": proposal, "confirmed": confirmed, "reasons": reasons}, at)


def attest(workspace: Workspace, person: Person, at: datetime.datetime, *, run: int, finding: str, note: str) -> Entry:
    """Attest what data cannot show."""
    return act(workspace, person, "attestation", (), {"finding": finding, "run": run, "note": note}, at)


def correct(workspace: Workspace, person: Person, at: datetime.datetime, *, of: int, text: str) -> Entry:
    """Say what was wrong in an earlier entry, which stays as it is."""
    return act(workspace, person, "correction", (), {"of": of, "text": text}, at)


def _run(workspace: Workspace, number: int) -> Entry:
    run = entry(workspace.ledger, number)
    if run is None or run.kind != "run":
        raise InvalidInput([Problem("entry-refers-elsewhere", column="run", found=str(number), args={"kinds": "run"})])
    return run
