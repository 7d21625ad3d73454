"""Reading a ledger: entries by subject or kind, in their order, and its head."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from servanda.ledger.entries import FIRST_PREVIOUS, Checkpoint, Entry, entry_of
from servanda.ledger.store import Ledger, reading


def entries(ledger: Ledger, *, subject: str | None = None, kind: str | None = None, after: int = 0, limit: int | None = None) -> tuple[Entry, ...]:
    """The entries with a subject, of a kind, after a number; the first `limit` of them."""
    with reading(ledger) as connection:
        return tuple(_entries(connection, subject, kind, after, limit))


def entry(ledger: Ledger, number: int) -> Entry | None:
    """One entry; None where there is none of that number."""
    found = entries(ledger, after=number - 1, limit=1)
    return found[0] if found and found[0].number == number else None


def head(ledger: Ledger) -> Checkpoint:
    """How long the ledger is, and the hash of its last entry."""
    with reading(ledger) as connection:
        return head_in(connection)


def head_in(connection) -> Checkpoint:
    """The head inside a transaction."""
    row = connection.exec_driver_sql("SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1").first()
    return Checkpoint(*row) if row else Checkpoint(0, FIRST_PREVIOUS)


def entries_in(connection, *, subject: str | None = None, kind: str | None = None) -> list[Entry]:
    """The entries inside a transaction."""
    return list(_entries(connection, subject, kind, 0, None))


def entry_in(connection, number: int) -> Entry | None:
    """One entry inside a transaction."""
    found = list(_entries(connection, None, None, number - 1, 1))
    return found[0] if found and found[0].number == number else None


def report_of(run: Entry) -> dict:
    """The JSON report of an entry of kind `run`; shares are Decimals."""
    return json.loads(run.body["report"], parse_float=Decimal)


def _entries(connection, subject: str | None, kind: str | None, after: int, limit: int | None) -> Iterator[Entry]:
    from sqlalchemy import text

    wanted = ["e.number > :after"]
    wanted += ["e.kind = :kind"] if kind else []
    wanted += ["EXISTS (SELECT 1 FROM entry_subject s WHERE s.number = e.number AND s.subject = :subject)"] if subject else []
    query = f"SELECT e.content FROM entry e WHERE {' AND '.join(wanted)} ORDER BY e.number"  # noqa: S608 - fixed texts
    values = {"after": after, "kind": kind, "subject": subject, "limit": limit}
    if limit is not None:
        query += " LIMIT :limit"
    named = {name: value for name, value in values.items() if f":{name}" in query}
    for content, in connection.execute(text(query), named):
        yield entry_of(content)
