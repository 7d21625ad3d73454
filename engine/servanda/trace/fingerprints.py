"""What a pack knows of the text that it was written for: `text.yaml`, hashes and figures by clause. No sentence of the text can be read from it.

    clauses:
      3.team.8: {items: [2f9c…], figures: ["6", "12"]}     # SHA-256 of the items in which it stands (16 digits), figures of the first
    others: [77ab…]                                        # items of no clause, such as headings
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.shapes import Shape, Text, Texts, shaped
from servanda.trace.signed_text import Item
from servanda.yaml_source import read_yaml

FILE = "text.yaml"


class _Clause(Shape):
    items: Texts
    figures: Texts = ()


class _TextShape(Shape):
    """text.yaml"""

    clauses: dict[Text, _Clause] = Field(default_factory=dict)
    others: Texts = ()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The items in which a clause stands, by their hash, and the figures in the first of them."""

    items: tuple[str, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """By anchor, and the hashes of the items that belong to no clause (headings, introductions)."""

    clauses: Mapping[str, Fingerprint]
    others: frozenset[str]


def digest(text: str) -> str:
    """The hash of an item, 64 bits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_fingerprints(pack: Pack, problems: Problems) -> Fingerprints | None:
    """The fingerprints of a pack; None where it has none."""
    path = Path(pack.folder) / FILE
    if not path.is_file():
        return None
    shape = shaped(_TextShape, read_yaml(path, path.as_posix(), problems), path.as_posix(), problems)
    if shape is None:
        return None
    return Fingerprints({name: Fingerprint(one.items, one.figures) for name, one in shape.clauses.items()}, frozenset(shape.others))


def fingerprints_text(placed: Mapping[str, Sequence[Item]], items: Iterable[Item]) -> str:
    """text.yaml for a text whose clauses stand in these items."""
    taken = {digest(item.text) for found in placed.values() for item in found}
    others = [digest(item.text) for item in items if digest(item.text) not in taken]
    lines = [
        "# What the rules know of the text that they were written for: hashes and figures of each clause, no sentence.",
        "# Written by: servanda trace --text FILE --write-fingerprints", "clauses:",
    ]
    for anchor, found in placed.items():
        if found:
            hashes = ", ".join(f'"{digest(item.text)}"' for item in found)
            figures = ", ".join(f'"{figure}"' for figure in found[0].figures)
            lines.append(f'  "{anchor}": {{items: [{hashes}], figures: [{figures}]}}')
    lines += ["others:", *(f'  - "{one}"' for one in dict.fromkeys(others))] if others else []
    return "\n".join(lines) + "\n"
