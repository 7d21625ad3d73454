"""Where a case stands: read from its entries alone, for a page that says what is to be done next."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from servanda.ledger.entries import Entry

STEPS = ("found", "waiting", "heard", "assessed", "proposed", "confirmed", "declined")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request or hearing without an answer: its entry's number and kind, until when, and whether that day is over."""

    number: int
    kind: str
    due_on: datetime.date
    overdue: bool


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands on a day. Entries are named by their numbers.

    `assessed` is the latest assessment by finding. `heard`: a hearing was answered, or its day is over. `undecided` are proposals that nobody
    decided, `confirmed` and `declined` those that somebody did. `corrected` are entries with a correction. `step` is one of `STEPS`.
    """

    step: str
    waiting: tuple[Waiting, ...]
    assessed: Mapping[str, bool]
    heard: bool
    undecided: tuple[int, ...]
    confirmed: tuple[int, ...]
    declined: tuple[int, ...]
    remedies: tuple[int, ...]
    waivers: tuple[int, ...]
    attestations: tuple[int, ...]
    corrected: frozenset[int]


def case_state(entries: Iterable[Entry], on: datetime.date) -> CaseState:
    """The state of a case from its entries, as of a day; a request's last day is not over on that day."""
    found = sorted({one.number: one for one in entries}.values(), key=lambda one: one.number)
    by_kind: dict[str, list[Entry]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one)
    answered = {one.body["to"] for one in by_kind.get("answer", ())}
    asked = [*by_kind.get("request", ()), *by_kind.get("hearing", ())]
    waiting = [Waiting(one.number, one.kind, _day(one), _day(one) < on) for one in asked if one.number not in answered]
    heard = any(one.number in answered or _day(one) < on for one in by_kind.get("hearing", ()))
    decided = {one.body["proposal"]: one.body["confirmed"] for one in by_kind.get("confirmation", ())}
    assessed = {one.body["finding"]: one.body["material"] for one in by_kind.get("assessment", ())}
    numbers = {kind: tuple(one.number for one in own) for kind, own in by_kind.items()}
    proposals = numbers.get("proposal", ())
    return CaseState(
        _step(proposals, decided, waiting, assessed, heard), tuple(sorted(waiting, key=lambda one: (one.due_on, one.number))), assessed, heard,
        tuple(one for one in proposals if one not in decided), tuple(one for one in proposals if decided.get(one) is True),
        tuple(one for one in proposals if decided.get(one) is False), numbers.get("remedy", ()), numbers.get("waiver", ()),
        numbers.get("attestation", ()), frozenset(one.body["of"] for one in by_kind.get("correction", ())),
    )


def _day(asked: Entry) -> datetime.date:
    return datetime.date.fromisoformat(asked.body["due_on"])


def _step(proposals: tuple[int, ...], decided: Mapping[int, bool], waiting: list[Waiting], assessed: Mapping, heard: bool) -> str:
    """The furthest that the case has come; an open proposal before one that is decided, and what is asked and not over before the rest."""
    if any(one not in decided for one in proposals):
        return "proposed"
    if proposals:
        return "confirmed" if decided[proposals[-1]] else "declined"
    if any(not one.overdue for one in waiting):
        return "waiting"
    return "assessed" if assessed else "heard" if heard else "found"
