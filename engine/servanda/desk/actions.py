"""What people decide, entered into the ledger under their name and role; and where a case stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from servanda.desk.roles import may
from servanda.desk.workspace import Workspace
from servanda.ledger.append import append
from servanda.ledger.entries import Entry, NewEntry
from servanda.ledger.read import entry as entry_in
from servanda.ledger.reports import consequence_id, report_of
from servanda.problems import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, in which role."""

    name: str
    role: str


def allow(who: Person, action: str) -> None:
    """Nothing, or `InvalidInput` where the role may not do that."""
    if not may(who.role, action):
        raise InvalidInput([Problem("not-allowed", found=who.role, args={"action": action})])


def act(workspace: Workspace, who: Person, kind: str, subjects: Iterable[str], body: dict, at: datetime.datetime) -> Entry:
    """Enter what a person decided. Subjects that the body names come along; `InvalidInput` where role, body or what was done before refuses it."""
    allow(who, kind)
    concerned = [*subjects, *_concerned(workspace, kind, body)]
    return append(workspace.ledger, NewEntry(kind, who.name, at, tuple(dict.fromkeys(concerned)), body))


def _concerned(workspace: Workspace, kind: str, body: dict) -> list[str]:
    """The findings of a consequence that is proposed, or on which somebody is heard."""
    name = body.get("consequence") if kind == "proposal" else body.get("subject") if kind == "hearing" else None
    run = entry_in(workspace.ledger, body["run"]) if name and isinstance(body.get("run"), int) else None
    if run is None or run.kind != "run":
        return []
    return [finding for one in report_of(run.body)["consequences"] if consequence_id(one) == name for finding in one["findings"]]


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands: the last assessment, what waits for an answer (overdue or not), proposals that wait, and what was decided."""

    assessment: Entry | None
    waiting: tuple[Entry, ...]
    overdue: tuple[Entry, ...]
    answers: tuple[Entry, ...]
    undecided: tuple[Entry, ...]
    confirmed: tuple[Entry, ...]
    rejected: tuple[Entry, ...]


def case_state(entries: Iterable[Entry], on: datetime.date) -> CaseState:
    """The state of a case, given its entries in their order, on a day."""
    found = list(entries)
    of = {kind: [one for one in found if one.kind == kind] for kind in ("assessment", "request", "hearing", "answer", "proposal", "confirmation")}
    answered = {one.body["to"] for one in of["answer"]}
    waiting = [one for one in (*of["request"], *of["hearing"]) if one.number not in answered]
    decided = {one.body["proposal"]: one.body["confirmed"] for one in of["confirmation"]}
    return CaseState(
        of["assessment"][-1] if of["assessment"] else None, tuple(one for one in waiting if one.body["due_on"] >= on.isoformat()),
        tuple(one for one in waiting if one.body["due_on"] < on.isoformat()), tuple(of["answer"]),
        tuple(one for one in of["proposal"] if one.number not in decided), tuple(one for one in of["proposal"] if decided.get(one.number) is True),
        tuple(one for one in of["proposal"] if decided.get(one.number) is False),
    )
