"""Where a case stands: read from its entries alone, for a page that says what is to be done next."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servanda.ledger.entries import Entry

STEPS = ("found", "waiting", "heard", "assessed", "proposed", "confirmed", "rejected")
_KINDS = ("assessment", "request", "hearing", "answer", "remedy", "waiver", "proposal", "confirmation", "attestation", "correction")


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands on a day: its entries by what they mean for it.

    `assessment` is the last one, `assessed` the last verdict by finding. `waiting` are requests and hearings without an answer whose day is
    not over, `overdue` those whose day is (the earliest day first). `heard`: a hearing was answered, or its day is over. `undecided` are
    proposals that nobody decided, `confirmed` and `rejected` those that somebody did. `corrected` are the numbers of entries with a
    correction. `step` is one of `STEPS`.
    """

    step: str
    assessment: Entry | None
    assessed: Mapping[str, bool]
    waiting: tuple[Entry, ...]
    overdue: tuple[Entry, ...]
    answers: tuple[Entry, ...]
    heard: bool
    undecided: tuple[Entry, ...]
    confirmed: tuple[Entry, ...]
    rejected: tuple[Entry, ...]
    remedies: tuple[Entry, ...]
    waivers: tuple[Entry, ...]
    attestations: tuple[Entry, ...]
    corrected: frozenset[int]


def case_state(entries: Iterable[Entry], on: datetime.date) -> CaseState:
    """The state of a case from its entries (in any order, each counts once) as of a day; a request's last day is not over on that day."""
    found = sorted({one.number: one for one in entries}.values(), key=lambda one: one.number)
    of: dict[str, tuple[Entry, ...]] = {kind: tuple(one for one in found if one.kind == kind) for kind in _KINDS}
    answered = {one.body["to"] for one in of["answer"]}
    asked = sorted((*of["request"], *of["hearing"]), key=lambda one: (one.body["due_on"], one.number))
    day = on.isoformat()
    waiting = tuple(one for one in asked if one.number not in answered and one.body["due_on"] >= day)
    overdue = tuple(one for one in asked if one.number not in answered and one.body["due_on"] < day)
    decided = {one.body["proposal"]: one.body["confirmed"] for one in of["confirmation"]}
    heard = any(one.number in answered or one in overdue for one in of["hearing"])
    return CaseState(
        _step(of["proposal"], decided, waiting, of["assessment"], heard), of["assessment"][-1] if of["assessment"] else None,
        {one.body["finding"]: one.body["material"] for one in of["assessment"]}, waiting, overdue, of["answer"], heard,
        *(tuple(one for one in of["proposal"] if decided.get(one.number) is verdict) for verdict in (None, True, False)),
        of["remedy"], of["waiver"], of["attestation"], frozenset(one.body["of"] for one in of["correction"]),
    )


def _step(proposals: Sequence[Entry], decided: Mapping[int, bool], waiting: Sequence[Entry], assessments: Sequence[Entry], heard: bool) -> str:
    """The furthest that the case has come; an open proposal before one that is decided, and what is asked and not over before the rest."""
    if any(one.number not in decided for one in proposals):
        return "proposed"
    if proposals:
        return "confirmed" if decided[proposals[-1].number] else "rejected"
    if waiting:
        return "waiting"
    return "assessed" if assessments else "heard" if heard else "found"
