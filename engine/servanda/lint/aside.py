"""What a pack sets aside, with its reason: the list in its `lint.yaml`.

    - code: unused-field
      where: [visits.weather]
      reason: {de: Nur zur Kenntnis., en: For information only.}

An entry covers the findings of its code at the places named, and nothing else; what covers no finding any more is itself a finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from servanda.lint.source import Noted, noted
from servanda.problems import Problems
from servanda.shapes import Shape, Text, Texts, Words, shaped
from servanda.yaml_source import List, Scalar, read_yaml

FILE = "lint.yaml"


class AsideShape(Shape):
    """One entry: a code, the places (as findings name them), and why they are left as they are."""

    code: Text
    where: Annotated[Texts, BeforeValidator(lambda value: [value] if isinstance(value, Scalar) else value)]
    reason: Words


@dataclass(frozen=True, slots=True)
class Aside:
    """An entry at one of its places."""

    code: str
    where: str
    reason: Words
    number: int
    position: int


def read_asides(folder: Path, problems: Problems) -> list[Aside]:
    """What a pack sets aside, in the order of its file; nothing where it has none."""
    path = folder / FILE
    if not path.is_file():
        return []
    tree = read_yaml(path, path.as_posix(), problems)
    if not isinstance(tree, List):
        if tree is not None:
            problems.add("not-a-list", path.as_posix(), 1, found="a map or a text")
        return []
    found: list[Aside] = []
    for number, raw in enumerate(tree):
        shape = shaped(AsideShape, raw, path.as_posix(), problems, at=(number,), root=tree)
        if shape is not None:
            found.extend(Aside(shape.code, where, shape.reason, number, position) for position, where in enumerate(shape.where))
    return found


def unmatched(folder: Path, asides: Sequence[Aside], used: Collection[Aside]) -> Iterator[Noted]:
    """aside-unmatched: nothing is found there any more. Take the entry out, so that a new finding of that place is seen."""
    for one in asides:
        if one not in used:
            at = ((folder / FILE).as_posix(), (one.number, "where", one.position))
            yield noted("aside-unmatched", at, f"{one.code}.{one.where}", one.where, aside=one.code)
