"""Reading a ledger: entries in their order, one entry, and how long it is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Select, func, select

from servanda.ledger.entries import FIRST, Checkpoint, Entry, entry_of
from servanda.ledger.store import Ledger, reading
from servanda.ledger.tables import ENTRY, ENTRY_SUBJECT
from servanda.problems import InvalidInput, Problem

BATCH = 20


def entries(ledger: Ledger, *, subject: str | None = None, kind: str | None = None, after: int = 0, limit: int | None = None) -> tuple[Entry, ...]:
    """The entries of a subject and of a kind (all where they are None), in order, beginning after a number, at most `limit`."""
    with reading(ledger) as connection:
        return tuple(_each(connection, _chosen(subject, kind, after, limit), ledger.name))


def each_entry(ledger: Ledger, *, subject: str | None = None, kind: str | None = None) -> Iterator[Entry]:
    """The same, one by one: of a long ledger only a few are in memory, and nobody who writes waits."""
    after = 0
    while batch := entries(ledger, subject=subject, kind=kind, after=after, limit=BATCH):
        yield from batch
        after = batch[-1].number


def entry(ledger: Ledger, number: int) -> Entry | None:
    """The entry of a number, None where there is none."""
    with reading(ledger) as connection:
        return next(_each(connection, select(ENTRY.c.number, ENTRY.c.hash, ENTRY.c.canonical).where(ENTRY.c.number == number), ledger.name), None)


def head(ledger: Ledger) -> Checkpoint:
    """How long the ledger is, and the hash of its last entry."""
    with reading(ledger) as connection:
        return head_of(connection)


def head_of(connection: Connection) -> Checkpoint:
    """The same, inside a transaction."""
    last = connection.execute(select(ENTRY.c.number, ENTRY.c.hash).order_by(ENTRY.c.number.desc()).limit(1)).first()
    return Checkpoint(0, FIRST) if last is None else Checkpoint(last.number, last.hash)


def length(ledger: Ledger, *, subject: str | None = None, kind: str | None = None) -> int:
    """How many entries there are of a subject and of a kind."""
    with reading(ledger) as connection:
        return connection.execute(select(func.count()).select_from(_chosen(subject, kind, 0, None).subquery())).scalar_one()


def _chosen(subject: str | None, kind: str | None, after: int, limit: int | None) -> Select:
    query = select(ENTRY.c.number, ENTRY.c.hash, ENTRY.c.canonical).where(ENTRY.c.number > after).order_by(ENTRY.c.number)
    if subject is not None:
        query = query.where(ENTRY.c.number.in_(select(ENTRY_SUBJECT.c.number).where(ENTRY_SUBJECT.c.subject == subject)))
    if kind is not None:
        query = query.where(ENTRY.c.kind == kind)
    return query if limit is None else query.limit(limit)


def _each(connection: Connection, query: Select, name: str) -> Iterator[Entry]:
    """The entries of a query; InvalidInput where one is not what was hashed."""
    for number, hashed, text in connection.execute(query):
        try:
            found = entry_of(text)
        except ValueError:
            found = None
        if found is None or found.number != number or found.hash != hashed:
            raise InvalidInput([Problem("entry-changed", name, row=number, column="canonical")])
        yield found
