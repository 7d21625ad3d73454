"""What a ledger holds: entries in one chain, each hashed over its own content and the hash before it.

An entry's content is one JSON text in canonical form (RFC 8259; keys in order, no blanks, UTF-8, whole numbers only): number, at, author, kind,
subjects, receipt, body and previous. Its SHA-256 is the entry's hash. What was hashed is what is stored, so nothing is written anew to verify it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

FIRST_PREVIOUS = "0" * 64


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written. `at` is aware (any zone); `subjects` are ids of findings, consequences and `run:<number>`."""

    kind: str
    author: str
    at: datetime.datetime
    subjects: tuple[str, ...]
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the ledger. `receipt` is the digest of the receipt of the run that it rests on."""

    number: int
    at: str
    author: str
    kind: str
    subjects: tuple[str, ...]
    receipt: str | None
    body: Mapping[str, object]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long the ledger was and the hash of its last entry: against a kept one, a cut-off or exchanged end is found."""

    length: int
    hash: str

    def __str__(self) -> str:
        return f"{self.length}:{self.hash}"


def content_of(number: int, new: NewEntry, receipt: str | None, previous: str) -> str:
    """The canonical text of an entry."""
    return canonical({
        "number": number, "at": moment(new.at), "author": new.author, "kind": new.kind, "subjects": list(new.subjects), "receipt": receipt,
        "body": new.body, "previous": previous,
    })


def moment(at: datetime.datetime) -> str:
    """A moment in UTC with microseconds: `2026-11-23T09:30:00.000000Z`."""
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: object) -> str:
    """A value as canonical JSON; TypeError where it holds a float."""
    _without_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _without_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a ledger holds no floats")
    for inside in value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ():
        _without_floats(inside)


def hash_of(content: str) -> str:
    """The hash of an entry with that content, in hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()


def entry_of(content: str) -> Entry:
    """The entry that a content tells."""
    told = json.loads(content)
    return Entry(
        told["number"], told["at"], told["author"], told["kind"], tuple(told["subjects"]), told["receipt"], told["body"], told["previous"], hash_of(content)
    )
