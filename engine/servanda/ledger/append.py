"""Entering something in a ledger: the only way in, one writer at a time, and on the disk when it returns."""

from __future__ import annotations

import datetime

from sqlalchemy import insert

from servanda.ledger.bodies import body_of, heading_problems
from servanda.ledger.entries import Entry, NewEntry, NotCanonical, at_of, at_text, hashed_form, sha256
from servanda.ledger.read import head_of
from servanda.ledger.rules import Past, broken_rules, completed
from servanda.ledger.store import Ledger, writing
from servanda.ledger.tables import ENTRY, ENTRY_SUBJECT
from servanda.problems import InvalidInput, Problem


def append(ledger: Ledger, new: NewEntry) -> Entry:
    """Enter it after the last entry, and give it back as it was entered; InvalidInput (and nothing entered) where it does not fit or may not be.

    Subjects that the body names are added, and so is the digest of the receipt that the entry rests on. The moment is the caller's.
    """
    body, problems = body_of(new.kind, new.body)
    problems = [*heading_problems(new.author, new.subjects), *_moment(new.at), *problems]
    if body is None or problems:
        raise InvalidInput(problems)
    with writing(ledger) as connection:
        past = Past(connection, on=at_text(new.at)[:10])
        problems = broken_rules(new.kind, new.author, body, past)
        if problems:
            raise InvalidInput(problems)
        last = head_of(connection)
        number = last.length + 1
        subjects, full = completed(new, body, number, past)
        entered = NewEntry(new.kind, new.author, new.at, subjects, full)
        try:
            text = hashed_form(entered, number, last.hash)
        except NotCanonical as error:
            raise InvalidInput([Problem("entry-not-plain", column="body", found=str(error))]) from error
        entry = Entry(new.kind, new.author, at_of(at_text(new.at)), subjects, full, number, last.hash, sha256(text))
        row = {"number": number, "at": at_text(new.at), "author": new.author, "kind": new.kind, "previous": last.hash, "hash": entry.hash}
        connection.execute(insert(ENTRY), row | {"canonical": text})
        if subjects:
            rows = [{"number": number, "position": position, "subject": subject} for position, subject in enumerate(subjects)]
            connection.execute(insert(ENTRY_SUBJECT), rows)
    return entry


def _moment(at: object) -> list[Problem]:
    if isinstance(at, datetime.datetime) and at.tzinfo is not None and at.utcoffset() is not None and 2000 <= at.year <= 2100:
        return []
    return [Problem("entry-field-type", column="at", found=str(at)[:200], args={"type": "moment"})]
