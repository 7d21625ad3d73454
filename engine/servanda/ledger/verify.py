"""Verifying a ledger: whatever was changed, taken out, put in or cut off is found, without trusting the database that holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from servanda.ledger.bodies import body_problems
from servanda.ledger.entries import FIRST_PREVIOUS, Checkpoint, canonical, entry_of, hash_of
from servanda.ledger.store import Ledger, reading
from servanda.problems import Problem

LISTED = 1000
_COLUMNS = "number, at, author, kind, previous, hash, content"


def verify(ledger: Ledger, checkpoint: Checkpoint | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the entries (the first 1 000); () where the ledger is sound.

    With a checkpoint that was kept elsewhere (a report prints one), an end that was cut off or exchanged is found as well.
    """
    found: list[Problem] = []
    with reading(ledger) as connection:
        for problem in _all(connection, ledger, checkpoint):
            found.append(problem)
            if len(found) == LISTED:
                break
    return tuple(found)


def _all(connection, ledger: Ledger, checkpoint: Checkpoint | None) -> Iterator[Problem]:
    length, previous, kept = 0, FIRST_PREVIOUS, None
    subjects = _Subjects(connection)
    rows = connection.execution_options(stream_results=True, max_row_buffer=100).exec_driver_sql(f"SELECT {_COLUMNS} FROM entry ORDER BY number")  # noqa: S608
    for row in rows:
        length += 1
        yield from _wrong(row, length, previous, subjects, ledger.name)
        length, previous = row.number if isinstance(row.number, int) else length, row.hash
        if checkpoint and length == checkpoint.length:
            kept = row.hash
    yield from subjects.left(ledger.name)
    if checkpoint and checkpoint.length and kept != checkpoint.hash:
        yield Problem("checkpoint-not-kept", ledger.name, row=checkpoint.length, found=str(kept or length))
    yield from _guards(connection, ledger)


def _wrong(row, length: int, previous: str, subjects: _Subjects, name: str) -> Iterator[Problem]:
    if row.number != length:
        yield Problem("entry-out-of-order", name, row=length, found=str(row.number))
    if row.previous != previous:
        yield Problem("entry-chain-broken", name, row=row.number, column="previous")
    told = _told(row.content)
    if told is None or hash_of(row.content) != row.hash:
        yield Problem("entry-changed", name, row=row.number, column="content")
        subjects.of(row.number)
        return
    for column in ("number", "at", "author", "kind", "previous"):
        if told[column] != getattr(row, column):
            yield Problem("entry-changed", name, row=row.number, column=column)
    if tuple(subjects.of(row.number)) != tuple(told["subjects"]):
        yield Problem("entry-changed", name, row=row.number, column="subjects")
    if body_problems(told["kind"], told["body"]) or canonical(told) != row.content:
        yield Problem("entry-changed", name, row=row.number, column="body")


def _told(content: object) -> dict | None:
    """What a content says, if it can be that of an entry."""
    try:
        told = json.loads(content)
        entry_of(content)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return told


class _Subjects:
    """The rows of subjects, read alongside the entries."""

    def __init__(self, connection) -> None:
        rows = connection.exec_driver_sql("SELECT number, position, subject FROM entry_subject ORDER BY number, position")
        self._by_number: dict[object, list] = {}
        for number, position, subject in rows:
            self._by_number.setdefault(number, []).append((position, subject))

    def of(self, number: object) -> Sequence[str]:
        """The subjects of an entry in their order; something else where a position is missing."""
        found = self._by_number.pop(number, [])
        return [subject for _, subject in found] if [position for position, _ in found] == list(range(len(found))) else [""]

    def left(self, name: str) -> Iterator[Problem]:
        """Subjects of entries that are not there."""
        for number in self._by_number:
            yield Problem("entry-changed", name, row=number if isinstance(number, int) else None, column="subjects")


def _guards(connection, ledger: Ledger) -> Iterator[Problem]:
    """The guards that the database should have."""
    if ledger.sqlite:
        query, wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger'", 6
    else:
        query, wanted = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgrelid IN ('entry'::regclass, 'entry_subject'::regclass)", 8
    there = {name for name, in connection.exec_driver_sql(query)}
    needed = {"entry_only_at_the_end", "subject_as_the_entry_says", *(f"{table}_no_{verb}" for table in ("entry", "entry_subject") for verb in ("update", "delete"))}
    needed |= set() if ledger.sqlite else {"entry_no_truncate", "entry_subject_no_truncate"}
    assert len(needed) == wanted
    for name in sorted(needed - there):
        yield Problem("ledger-unguarded", ledger.name, found=name)
