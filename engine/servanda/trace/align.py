"""The register's clauses laid along the items of a text, in the order of both, as well as they fit.

An alignment of two sequences by dynamic programming (Needleman and Wunsch 1970, with several clauses allowed in one item): an item scores for the hash that
the pack knows, for each phrase of the clause that stands in it, and, less, for a phrase that stands in it with other figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servanda.pack_shapes import Clause
from servanda.trace.fingerprints import Fingerprint, Fingerprints, digest
from servanda.trace.signed_text import FIGURE, Item, plain

_KNOWN, _PHRASE, _MASKED = 4.0, 1.0, 0.8


@dataclass(frozen=True, slots=True)
class PhraseFound:
    """A phrase of a clause: `found` (in its item), `elsewhere` (on `line`), `changed` (the same words with other figures: `figures`), or `missing`."""

    phrase: str
    state: str
    line: int | None = None
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a clause stands, None where it was not found; its phrases; whether its text is the one that the pack was written for (None: unknown)."""

    clause: Clause
    item: Item | None
    phrases: tuple[PhraseFound, ...]
    same: bool | None
    figures_before: tuple[str, ...] = ()
    figures_now: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether everything that a rule relies on stands where it should."""
        return self.item is not None and all(one.state == "found" for one in self.phrases)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Each clause with its place, and the items that are new: of no clause, and unknown to the pack (empty where it knows no text)."""

    placed: tuple[Placed, ...]
    new: tuple[Item, ...]


def align(clauses: Sequence[Clause], items: Sequence[Item], known: Fingerprints | None) -> Alignment:
    """Lay the clauses along the items; `known` is what the pack knows of the text that it was written for."""
    hashes = [digest(item.text) for item in items]
    masked = [_masked(item.text) for item in items]
    prints = known.clauses if known else {}
    scores = [[_score(clause, prints.get(clause.anchor), item, hashes[at], masked[at]) for at, item in enumerate(items)] for clause in clauses]
    places = _best(scores, len(items))
    placed = tuple(_placed(clause, place, items, hashes, masked, prints.get(clause.anchor)) for clause, place in zip(clauses, places, strict=True))
    taken = {place for place in places if place is not None}
    familiar = (known.others | {one for found in prints.values() for one in found.items}) if known else frozenset(hashes)
    return Alignment(placed, tuple(item for at, item in enumerate(items) if at not in taken and hashes[at] not in familiar))


def _masked(text: str) -> str:
    return FIGURE.sub("#", text)


def _score(clause: Clause, known: Fingerprint | None, item: Item, hashed: str, masked: str) -> float:
    score = _KNOWN if known and known.items and hashed == known.items[0] else 0.0
    for written in clause.phrases:
        phrase = plain(written)
        score += _PHRASE if phrase in item.text else _MASKED if FIGURE.search(phrase) and _masked(phrase) in masked else 0.0
    return score


def _best(scores: Sequence[Sequence[float]], width: int) -> list[int | None]:
    """For each clause the item that makes the whole fit best, in order; None where none fits."""
    best = [[0.0] * (width + 1) for _ in range(len(scores) + 1)]
    for row in range(1, len(scores) + 1):
        for at in range(1, width + 1):
            own = scores[row - 1][at - 1]
            best[row][at] = max(best[row - 1][at], best[row][at - 1], best[row - 1][at] + own if own else 0.0)
    places: list[int | None] = [None] * len(scores)
    row, at = len(scores), width
    while row and at:
        own = scores[row - 1][at - 1]
        if own and best[row][at] == best[row - 1][at] + own and best[row][at] > best[row][at - 1]:
            places[row - 1] = at - 1
            row -= 1
        elif best[row][at] == best[row][at - 1]:
            at -= 1
        else:
            row -= 1
    return places


def _placed(
    clause: Clause, place: int | None, items: Sequence[Item], hashes: Sequence[str], masked: Sequence[str], known: Fingerprint | None,
) -> Placed:
    phrases = tuple(_phrase(plain(written), place, items, hashes, masked, known) for written in clause.phrases)
    if place is None:
        return Placed(clause, None, phrases, None if known is None else False, known.figures if known else ())
    same = None if known is None else hashes[place] in known.items
    now = items[place].figures
    return Placed(clause, items[place], phrases, same, known.figures if known else now, now)


def _phrase(
    phrase: str, place: int | None, items: Sequence[Item], hashes: Sequence[str], masked: Sequence[str], known: Fingerprint | None,
) -> PhraseFound:
    own = [place] if place is not None else []
    own += [at for at, hashed in enumerate(hashes) if known and hashed in known.items and at != place]
    for at in own:
        if phrase in items[at].text:
            return PhraseFound(phrase, "found", items[at].line)
    for at in own:
        start = masked[at].find(_masked(phrase)) if FIGURE.search(phrase) else -1
        if start >= 0:
            before = len(FIGURE.findall(masked[at][:start])) + masked[at][:start].count("#")
            figures = items[at].figures[before: before + _masked(phrase).count("#")]
            return PhraseFound(phrase, "changed", items[at].line, figures)
    for at, item in enumerate(items):
        if phrase in item.text:
            return PhraseFound(phrase, "found" if known is None and place is not None else "elsewhere", items[at].line)
    return PhraseFound(phrase, "missing")


def clause_items(placed: Placed, items: Sequence[Item]) -> list[Item]:
    """The items in which a clause stands: its place, and where its other phrases are, nearest after it first."""
    if placed.item is None:
        return []
    found = [placed.item]
    for one in placed.phrases:
        if one.line is not None and not any(one.phrase in item.text for item in found):
            found += [item for item in items if item.line == one.line]
    return found


def texts_of(alignment: Alignment, items: Sequence[Item]) -> Mapping[str, list[Item]]:
    """By anchor, the items in which each clause stands."""
    return {placed.clause.anchor: clause_items(placed, items) for placed in alignment.placed}
