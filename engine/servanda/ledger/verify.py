"""Whether a ledger is as it was written: every column of every entry, the chain, the rules, the guards, and the end against a checkpoint.

The ledger is read in batches, so that nobody who writes waits long; what is entered meanwhile is checked as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, LargeBinary, Row, cast, select, text

from servanda.ledger.bodies import body_of, heading_problems
from servanda.ledger.entries import FIRST, Checkpoint, Entry, NewEntry, at_text, entry_of, sha256
from servanda.ledger.guards import changed_guards
from servanda.ledger.rules import RECEIPT, Past, broken_rules, completed, given
from servanda.ledger.store import Ledger, reading
from servanda.ledger.tables import ENTRY, ENTRY_SUBJECT
from servanda.problems import InvalidInput, Problem, Problems

BATCH = 50
_TEXTS = ("at", "author", "kind", "previous", "hash", "canonical")


@dataclass(slots=True)
class _Walk:
    """How far the walk has come: the number and the hash of the entry before, and what was found."""

    name: str
    checkpoint: Checkpoint | None
    number: int = 0
    hash: str = FIRST
    problems: Problems = field(default_factory=Problems)
    reports: dict = field(default_factory=dict)

    def add(self, code: str, number: int | None = None, column: str | None = None, found: object = None, **args: object) -> None:
        """Note a problem at an entry; in a damaged table a number need not be one."""
        self.problems.add(code, self.name, number if isinstance(number, int) else None, column, found, **args)


def verify(ledger: Ledger, checkpoint: Checkpoint | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong with a ledger, with the number of the entry as the row; () where it is sound.

    With a checkpoint that was kept elsewhere, a cut-off or exchanged end is found as well.
    """
    walk = _Walk(ledger.name, checkpoint)
    try:
        with reading(ledger) as connection:
            _check_database(connection, walk)
        while _batch(ledger, walk):
            pass
        with reading(ledger) as connection:
            _check_lost_subjects(connection, walk)
    except InvalidInput as unusable:
        if any(problem.code != "ledger-unreadable" for problem in unusable.problems):
            raise
        for problem in unusable.problems:
            walk.add("ledger-damaged", found=problem.found)
        return tuple(walk.problems.sorted())
    if checkpoint is not None and walk.number < checkpoint.length:
        walk.add("checkpoint-short", found=walk.number, length=checkpoint.length)
    if checkpoint is not None and checkpoint.length == 0 and checkpoint.hash != FIRST:
        walk.add("checkpoint-differs", 0, "hash", FIRST, hash=checkpoint.hash)
    return tuple(walk.problems.sorted())


def _check_database(connection: Connection, walk: _Walk) -> None:
    """The guards, and in SQLite the pages and indexes as well."""
    for name in changed_guards(connection):
        walk.add("guard-changed", found=name)
    if connection.dialect.name == "sqlite":
        for (said,) in connection.execute(text("PRAGMA integrity_check(20)")).all():
            if said != "ok":
                walk.add("ledger-damaged", found=said)


def _check_lost_subjects(connection: Connection, walk: _Walk) -> None:
    """Subjects whose entry is gone."""
    columns = (ENTRY_SUBJECT.c.number, _exact(connection, ENTRY_SUBJECT.c.subject))
    for number, subject in connection.execute(select(*columns).where(ENTRY_SUBJECT.c.number.not_in(select(ENTRY.c.number)))):
        walk.add("subject-without-entry", number, "subjects", _text(subject) or "?")


def _exact(connection: Connection, column):
    """A text column as its bytes, which SQLite does not promise to be UTF-8."""
    return cast(column, LargeBinary).label(column.name) if connection.dialect.name == "sqlite" else column


def _text(value: object) -> str | None:
    """The text of a stored value, None where it is none."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return None
    return value if isinstance(value, str) else None


def _batch(ledger: Ledger, walk: _Walk) -> bool:
    """Check the next entries; False where there are none any more."""
    with reading(ledger) as connection:
        query = select(ENTRY.c.number).order_by(ENTRY.c.number).limit(BATCH)
        if walk.number:
            query = query.where(ENTRY.c.number > walk.number)
        numbers = connection.execute(query).scalars().all()
        if not numbers:
            return False
        rows = select(ENTRY.c.number, *(_exact(connection, ENTRY.c[name]) for name in _TEXTS)).order_by(ENTRY.c.number)
        rows = rows.where(ENTRY.c.number.between(numbers[0], numbers[-1])).execution_options(yield_per=5)
        subjects = _subjects(connection, numbers[0], numbers[-1])
        for row in connection.execute(rows):
            _check_row(row, subjects.get(row.number, []), connection, walk)
    return True


def _subjects(connection: Connection, first: int, last: int) -> dict[int, list[tuple[int, str | None]]]:
    """The subjects of entries, each with its position, by number."""
    table = ENTRY_SUBJECT.c
    query = select(table.number, table.position, _exact(connection, table.subject)).where(table.number.between(first, last))
    found: dict[int, list] = defaultdict(list)
    for number, position, subject in connection.execute(query.order_by(table.number, table.position)):
        found[number].append((position, _text(subject)))
    return found


def _check_row(row: Row, subjects: list[tuple[int, str | None]], connection: Connection, walk: _Walk) -> None:
    """One entry: its columns, its place in the chain, and whether it may be there."""
    said = {name: _text(getattr(row, name)) for name in _TEXTS}
    if row.number != walk.number + 1:
        walk.add("entry-missing", row.number, "number", row.number, last=walk.number)
    if said["previous"] != walk.hash:
        walk.add("chain-broken", row.number, "previous", said["previous"])
    if walk.checkpoint is not None and walk.checkpoint.length == row.number and said["hash"] != walk.checkpoint.hash:
        walk.add("checkpoint-differs", row.number, "hash", said["hash"] or "?", hash=walk.checkpoint.hash)
    walk.number, walk.hash = row.number, said["hash"] or ""
    for column in _changed(row.number, said, subjects):
        walk.add("entry-changed", row.number, column)
    try:
        entry = entry_of(said["canonical"] or "")
    except ValueError:
        return
    for problem in _unfit(entry, Past(connection, row.number, walk.reports, at_text(entry.at)[:10])):
        walk.problems.extend([replace(problem, file=walk.name, row=row.number)])


def _changed(number: int, said: dict[str, str | None], subjects: list[tuple[int, str | None]]) -> Iterator[str]:
    """The columns that do not fit the text that was hashed."""
    if said["canonical"] is None or sha256(said["canonical"]) != said["hash"]:
        yield "canonical" if said["hash"] and len(said["hash"]) == 64 else "hash"
    try:
        entry = entry_of(said["canonical"] or "")
    except ValueError:
        yield "canonical"
        return
    wanted = {"at": at_text(entry.at), "author": entry.author, "kind": entry.kind, "previous": entry.previous}
    yield from (name for name, value in wanted.items() if said[name] != value)
    if entry.number != number:
        yield "number"
    if subjects != list(enumerate(entry.subjects)):
        yield "subjects"


def _unfit(entry: Entry, past: Past) -> list[Problem]:
    """What keeps an entry from being one that `append` would have entered at its place."""
    body, problems = body_of(entry.kind, given(entry))
    problems = [*heading_problems(entry.author, entry.subjects), *problems]
    if body is None or problems:
        return problems
    problems = broken_rules(entry.kind, entry.author, body, past)
    subjects, full = completed(NewEntry(entry.kind, entry.author, entry.at, entry.subjects, body), body, entry.number, past)
    if full.get(RECEIPT) != entry.body.get(RECEIPT):
        problems.append(Problem("receipt-differs", column=RECEIPT, found=str(entry.body.get(RECEIPT))))
    if subjects != entry.subjects:
        problems.append(Problem("entry-changed", column="subjects"))
    return problems
