"""An extract of a ledger: the entries on some agreements and the runs that they rest on stand whole, of the others only their hashes.

A line an entry (JSON), in order: `number`, `hash`, and `entry`, the text that was hashed, or null. So the chain of the whole entries can be checked
without the ledger, and the extract as a whole against a checkpoint (length and last hash) that was kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from servanda.ledger.entries import Checkpoint, Entry, canonical, entry_of, hashed_form, sha256
from servanda.ledger.read import each_entry, head
from servanda.ledger.store import Ledger

MOST_BYTES = 512 * 1024**2  # of an entry
_KEYS = {"number", "hash", "entry"}


@dataclass(frozen=True, slots=True)
class Extract:
    """What an extract was found to hold: how many entries stand whole, and the checkpoint that it reaches."""

    whole: int
    checkpoint: Checkpoint


def extract(ledger: Ledger, agreements: Collection[tuple[str, str]]) -> Iterator[bytes]:
    """The lines of an extract on these agreements, each a (pack, id). A ledger that grows meanwhile is taken as it was at the beginning."""
    end = head(ledger).length
    about = {one.number for one in _until(each_entry(ledger), end) if one.kind != "run" and _concerns(one, agreements)}
    about |= {one.body.get("run") for one in _until(each_entry(ledger), end) if one.number in about}
    for one in _until(each_entry(ledger), end):
        text = hashed_form(one, one.number, one.previous) if one.number in about else None
        yield canonical({"number": one.number, "hash": one.hash, "entry": text}).encode() + b"\n"


def _until(entries: Iterable[Entry], end: int) -> Iterator[Entry]:
    for one in entries:
        if one.number > end:
            return
        yield one


def _concerns(one: Entry, agreements: Collection[tuple[str, str]]) -> bool:
    """Whether a subject of an entry (pack/agreement/…) belongs to one of these agreements."""
    return any(tuple(subject.split("/", 2)[:2]) in agreements for subject in one.subjects)


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of an extract; one that is longer than any entry is cut up, so that memory stays bounded."""
    return iter(lambda: stream.readline(MOST_BYTES), b"")


def check_extract(lines: Iterable[bytes]) -> tuple[Extract, list[int]]:
    """What an extract holds, and the numbers of its lines that do not hold: no gaps, no changed text, each entry chained to the one before."""
    whole, before, wrong, count = 0, "0" * 64, [], 0
    for count, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
            sound = found.keys() == _KEYS and found["number"] == count and canonical(found).encode() + b"\n" == line
            if sound and found["entry"] is not None:
                whole += 1
                one = entry_of(found["entry"])
                sound = (one.number, one.previous, sha256(found["entry"])) == (count, before, found["hash"])
            before = str(found["hash"])
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            sound = False
        if not sound:
            wrong.append(count)
    return Extract(whole, Checkpoint(count, before)), wrong
