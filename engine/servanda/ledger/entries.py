"""What an entry of the ledger is, its one canonical form, and the hash that chains it to the entry before.

The canonical form is JSON with keys in order (by code point), no blanks, UTF-8, no floats, texts as they were given (never normalised).
The hash is the SHA-256 of the canonical form of number, at, author, kind, subjects, body and previous; before the first entry stand 64 zeros.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from dataclasses import dataclass

FIRST = "0" * 64
_CHECKPOINT = re.compile(r"([0-9]{1,15}):([0-9a-fA-F]{64})", re.ASCII)
PARTS = ("at", "author", "body", "kind", "number", "previous", "subjects")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What somebody wants to enter: `at` is aware, `subjects` are ids of findings, consequences or `run:<number>`, `body` is plain JSON."""

    kind: str
    author: str
    at: datetime.datetime
    subjects: tuple[str, ...]
    body: dict


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the ledger: numbers run from 1 without gaps, `previous` and `hash` are SHA-256 in hex."""

    kind: str
    author: str
    at: datetime.datetime
    subjects: tuple[str, ...]
    body: dict
    number: int
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long a ledger is and the hash of its last entry (64 zeros where it is empty); kept elsewhere, it betrays a cut-off end."""

    length: int
    hash: str

    def __str__(self) -> str:
        return f"{self.length}:{self.hash}"


def checkpoint_of(text: str) -> Checkpoint:
    """The checkpoint of a text such as 17:9f86d0…, as reports print it; ValueError for any other text."""
    found = _CHECKPOINT.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return Checkpoint(int(found[1]), found[2].lower())


class NotCanonical(ValueError):
    """A value has no canonical form: a float, a key that is no text, a lone surrogate, or something that JSON does not know."""


def canonical(value: object) -> str:
    """The canonical form of a plain value, else NotCanonical."""
    _refuse_inexact(value)
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise NotCanonical(type(error).__name__) from error
    return text


def _refuse_inexact(value: object) -> None:
    """NotCanonical for a float or a key that is no text, at any depth."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, float):
            raise NotCanonical("a float")
        if isinstance(one, dict):
            if not all(isinstance(key, str) for key in one):
                raise NotCanonical("a key that is no text")
            waiting.extend(one.values())
        elif isinstance(one, (list, tuple)):
            waiting.extend(one)


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def at_text(at: datetime.datetime) -> str:
    """A moment as it is hashed: ISO 8601 in UTC with microseconds, such as 2021-09-30T10:00:00.000000Z; `at` must be aware."""
    return at.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def at_of(text: str) -> datetime.datetime:
    """The moment of a text that `at_text` made; ValueError for any other text."""
    at = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.UTC)
    if at_text(at) != text:
        raise ValueError(text)
    return at


def hashed_form(new: NewEntry, number: int, previous: str) -> str:
    """The canonical text of an entry: what is hashed and what the ledger keeps."""
    return canonical({
        "number": number, "at": at_text(new.at), "author": new.author, "kind": new.kind, "subjects": list(new.subjects), "body": new.body,
        "previous": previous,
    })


def entry_of(text: str) -> Entry:
    """The entry that a canonical text holds; ValueError where it is none."""
    try:
        parts = json.loads(text)
        if not isinstance(parts, dict) or tuple(sorted(parts)) != PARTS or canonical(parts) != text:
            raise ValueError("not the canonical form of an entry")
        texts = [parts[name] for name in ("at", "author", "kind", "previous")]
        if not all(isinstance(one, str) for one in (*texts, *parts["subjects"])) or not isinstance(parts["body"], dict) or type(parts["number"]) is not int:
            raise ValueError("a part of another type")
        return Entry(
            parts["kind"], parts["author"], at_of(parts["at"]), tuple(parts["subjects"]), parts["body"], parts["number"], parts["previous"], sha256(text)
        )
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
