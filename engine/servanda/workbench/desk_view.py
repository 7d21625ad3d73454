"""What the pages read of the desk and the ledger: runs, and what is still waiting for somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from servanda.desk.runs import run_of
from servanda.desk.workspace import Workspace
from servanda.ledger.entries import Entry
from servanda.ledger.read import entries


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: requests and hearings without an answer, proposals without a decision, material findings of the latest run not assessed."""

    asked: Sequence[Entry]
    proposals: Sequence[Entry]
    findings: Sequence[Mapping]


def runs(workspace: Workspace) -> list[Entry]:
    """All runs, the latest first."""
    return list(reversed(entries(workspace.ledger, kind="run")))


def run_entry(workspace: Workspace, number: int) -> Entry:
    """The run with that number; there is no page for any other entry."""
    found = entries(workspace.ledger, kind="run", after=number - 1, limit=1)
    if not found or found[0].number != number:
        raise HTTPException(404)
    return found[0]


def waiting(workspace: Workspace, latest: Entry | None) -> Waiting:
    """What is waiting for somebody, the oldest first."""
    ledger = workspace.ledger
    answered = {one.body["to"] for one in entries(ledger, kind="answer")}
    decided = {one.body["proposal"] for one in entries(ledger, kind="confirmation")}
    asked = [one for kind in ("request", "hearing") for one in entries(ledger, kind=kind) if one.number not in answered]
    proposals = [one for one in entries(ledger, kind="proposal") if one.number not in decided]
    assessed = {one.body["finding"] for one in entries(ledger, kind="assessment")}
    material = [] if latest is None else [one for one in run_of(latest)["findings"] if one["material"] and one["id"] not in assessed]
    return Waiting(sorted(asked, key=lambda one: (str(one.body["due_on"]), one.number)), proposals, material)
