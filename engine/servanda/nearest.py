"""The known names nearest to a misspelt one, and long lists of known names made short."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import lru_cache

SHOWN = 12
_CUTOFF = 0.6
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "_": "-", " ": "-"})


def _fold(name: str) -> str:
    """A name as people compare it: without case, umlauts written out, and one sign between words."""
    return name.strip().casefold().translate(_FOLDED)


def nearest(found: str, known: Iterable[str], count: int = 1) -> list[str]:
    """At most `count` (up to three) of the known names that `found` may have meant, the nearest first; none where it is itself known.

    One changed, missing, added or swapped letter in a name of five or more is always recognised.
    """
    return list(_nearest(found, known if isinstance(known, tuple) else tuple(known)))[:count]


@lru_cache(maxsize=4096)
def _nearest(found: str, known: tuple[str, ...]) -> tuple[str, ...]:
    if found in known:
        return ()
    folded = _folded(known)
    written = _fold(found)[:200]
    close = difflib.get_close_matches(written, folded, 64, _CUTOFF)  # quick, but its order looks at common pieces only
    if len(close) > 1:
        as_typed = found.strip().casefold()[:200]  # a wrong umlaut is one letter, though it is compared as two
        close.sort(key=lambda name: min(_edits(written, name), _edits(as_typed, folded[name].casefold())))
    return tuple(folded[name] for name in close[:3])


@lru_cache(maxsize=64)
def _folded(known: tuple[str, ...]) -> dict[str, str]:
    """The names by how they are compared; the first of those that are the same."""
    names: dict[str, str] = {}
    for name in known:
        names.setdefault(_fold(name), name)
    return names


def _edits(one: str, other: str) -> int:
    """How many letters must be added, dropped, changed or swapped with their neighbour (optimal string alignment)."""
    before, last = [], list(range(len(other) + 1))
    for i, a in enumerate(one):
        row = [i + 1]
        for j, b in enumerate(other):
            cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a != b))
            if i and j and a == other[j - 1] and one[i - 1] == b:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def shortened(known: Sequence[str], found: str | None, more: str) -> str:
    """The names, joined; of a long list the nearest and the first ones, and `more` (with {count}) for how many there are."""
    if len(known) <= SHOWN:
        return ", ".join(known)
    near = nearest(found, known, 3) if found else []
    first = [name for name in known if name not in near][: SHOWN - 2 - len(near)]
    return ", ".join([*near, *first, "… " + more.format(count=len(known))])
