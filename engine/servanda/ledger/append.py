"""Writing into a ledger: what does not fit is refused, what is written is chained to the entry before it."""

from __future__ import annotations

import re
from dataclasses import replace

from servanda.ledger.bodies import body_problems
from servanda.ledger.decisions import refusals, rests_on
from servanda.ledger.entries import Entry, NewEntry, content_of, entry_of
from servanda.ledger.read import head_in
from servanda.ledger.store import Ledger, writing
from servanda.problems import InvalidInput, Problem

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_SUBJECT = re.compile(r"[^\s\x00-\x1f\x7f]{1,400}")
MOST_SUBJECTS = 1000


def append(ledger: Ledger, new: NewEntry) -> Entry:
    """The entry as it was written; `InvalidInput` where its body does not fit its kind, or what was done before does not allow it.

    Two writers at once are put in order, and each sees what the other wrote; nothing is lost. A run's own subject `run:<number>` is added.
    """
    problems = [*_problems(new), *body_problems(new.kind, new.body)]
    if problems:
        raise InvalidInput(problems)
    with writing(ledger) as connection:
        refused = refusals(connection, new)
        if refused:
            raise InvalidInput(refused)
        last = head_in(connection)
        own = (f"run:{last.length + 1}",) if new.kind == "run" else ()  # nobody else knows its number before
        new = replace(new, subjects=tuple(dict.fromkeys((*own, *new.subjects))))
        try:
            content = content_of(last.length + 1, new, rests_on(connection, new), last.hash)
        except TypeError:
            raise InvalidInput([Problem("invalid-entry-field", column="body", args={"expected": "texts, whole numbers, true or false"})]) from None
        entry = entry_of(content)
        _write(connection, entry, content)
    return entry


def _problems(new: NewEntry) -> list[Problem]:
    found = []
    if not _NAME.fullmatch(new.author) or not new.author.strip():
        found.append(Problem("invalid-entry-field", column="author", found=new.author[:80], args={"expected": "a text without control characters"}))
    if new.at.tzinfo is None:
        raise ValueError("a moment without its time zone")
    own = new.kind == "run"  # it is its own first subject
    expected = "ids of findings, consequences or runs"
    wrong = [subject for subject in new.subjects if not _SUBJECT.fullmatch(subject)]
    if wrong or not new.subjects and not own or len(new.subjects) + own > MOST_SUBJECTS:
        found.append(Problem("invalid-entry-field", column="subjects", found=(wrong or [""])[0][:80], args={"expected": expected}))
    return found


def _write(connection, entry: Entry, content: str) -> None:
    from sqlalchemy import text

    columns = {"number": entry.number, "at": entry.at, "author": entry.author, "kind": entry.kind, "previous": entry.previous, "hash": entry.hash}
    connection.execute(
        text("INSERT INTO entry (number, at, author, kind, previous, hash, content) VALUES (:number, :at, :author, :kind, :previous, :hash, :content)"),
        {**columns, "content": content},
    )
    subjects = [{"number": entry.number, "position": position, "subject": subject} for position, subject in enumerate(entry.subjects)]
    connection.execute(text("INSERT INTO entry_subject (number, position, subject) VALUES (:number, :position, :subject)"), subjects)
