"""A pack as the linter sees it: its shapes, its files as they are written, and the terms of the agreements that rest on it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from servanda.duties import resolve
from servanda.kinds import BY_NAME
from servanda.pack_checks import split_roles_parts
from servanda.pack_shapes import FieldType, Obligation, Pack
from servanda.selection import SITES, Selection
from servanda.shapes import Figure, Shape
from servanda.yaml_source import List, Map

At = tuple[str, tuple[object, ...]]


@dataclass(frozen=True)
class PackSource:
    """`trees` are the files as read, by their paths; `first_start` is the earliest day on which a known agreement's term begins."""

    pack: Pack
    trees: Mapping[str, object]
    first_start: datetime.date | None = None

    def file(self, name: str) -> str:
        """The path of a file of the pack."""
        return f"{self.pack.folder}/{name}"

    def of(self, obligation: Obligation, *path: object) -> At:
        """The place of an obligation, or of a part of it."""
        return obligation.file, (self._numbers[id(obligation)], *path)

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """The position of each obligation in its file."""
        seen: Counter[str] = Counter()
        numbers = {}
        for one in self.pack.obligations:
            numbers[id(one)] = seen[one.file]
            seen[one.file] += 1
        return numbers

    def clause(self, number: int, *path: object) -> At:
        """The place of a clause of the register, or of a part of it."""
        return self.file("clauses.yaml"), (number, *path)

    def fields(self, type_name: str) -> Mapping[str, FieldType]:
        """The fields of a fact type (or of the sites); none where it does not exist."""
        if type_name == SITES:
            return self.pack.head.sites.fields
        return self.pack.vocabulary[type_name].fields if type_name in self.pack.vocabulary else {}

    def keys(self, at: At) -> list[str]:
        """The keys of the map at a place, in the order of the file; none where no map is there."""
        file, path = at
        tree = self.trees.get(file)
        for part in path:
            inside = isinstance(tree, Map) and part in tree or isinstance(tree, List) and isinstance(part, int) and part < len(tree)
            tree = tree[part] if inside else None
        return [str(key) for key in tree] if isinstance(tree, Map) else []

    def value(self, figure: Figure | None) -> Figure | None:
        """A figure with its parameter looked up; None where there is none, or no such parameter."""
        if figure is None or figure.parameter and figure.parameter not in self.pack.head.parameters:
            return None
        return resolve(figure, self.pack, {})

    def selections(self, obligation: Obligation) -> list[Selection]:
        """What an obligation looks at; nothing where the pack does not say where its kind's facts are."""
        head = self.pack.head
        if obligation.kind == "attested" and head.attestations is None or obligation.kind == "attended" and head.attendance is None:
            return []
        return list(split_roles_parts(obligation, BY_NAME, self.pack))


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that a check found: its code, where it stands in a file, the name of that place for people, and what fills the words."""

    code: str
    at: At
    where: str
    found: object = None
    args: Mapping[str, object] = field(default_factory=dict)


def noted(code: str, at: At, where: str, found: object = None, **args: object) -> Noted:
    """A `Noted` with the words' values as they come."""
    return Noted(code, at, where, found, args)


def figures_in(shape: Shape, *path: str) -> Iterator[tuple[tuple[str, ...], Figure]]:
    """(path, figure) of every figure that is written in a shape and the shapes inside it."""
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        if isinstance(value, Figure) and name in shape.model_fields_set:
            yield (*path, name), value
        elif isinstance(value, Shape):
            yield from figures_in(value, *path, name)


def written(figure: Figure) -> str:
    """A figure as it stands in YAML, or nearly so."""
    if figure.parameter:
        return f"${figure.parameter}"
    return str(figure.values[0][1]) if len(figure.values) == 1 else ", ".join(f"{day}: {number}" for day, number in figure.values)
