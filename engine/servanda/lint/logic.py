"""What conditions can mean, from their fields' declarations alone: whether one can hold, always holds, or follows from another.

Careful in one direction: where it is not certain, a condition can hold, does not always hold, and follows from nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from servanda.conditions import Condition, Test
from servanda.pack_shapes import FieldType, Pack

_YEAR = re.compile("[0-9]{4}", re.ASCII)
_FAMILY = {"date": "date", "year": "year", "amount": "number", "number": "number", "bool": "bool"}
Fields = Mapping[str, FieldType]


def declared(pack: Pack, fields: Fields, path: str) -> FieldType | None:
    """The field that a path names, through a reference if need be."""
    reference, _, name = path.partition(".")
    field = fields.get(reference)
    if not name or field is None:
        return field
    return pack.vocabulary[field.to].fields.get(name) if field.to in pack.vocabulary else None


def never_empty(pack: Pack, fields: Fields, path: str) -> bool:
    """Whether a field always has a value: it is required, or means something where it is empty. (A day that completes a record is empty until it has come.)"""
    field = fields.get(path.partition(".")[0])
    steps = [field, declared(pack, fields, path)] if "." in path else [field]
    return all(step is not None and not step.completes and (step.required or step.empty is not None) for step in steps)


def domain(field: FieldType | None) -> frozenset[str] | None:
    """Every value that a field may have; None where they are not listed."""
    if field is None or field.type not in ("choice", "bool"):
        return None
    return frozenset(field.of) if field.type == "choice" else frozenset({"true", "false"})


def contradiction(pack: Pack, fields: Fields, condition: Condition, inherited: tuple[Test, ...] = ()) -> str | None:
    """The path on which a condition contradicts itself or its fields, `any` where none of its alternatives can hold; else None."""
    tests = (*inherited, *condition.tests)
    by_path: dict[str, list[Test]] = defaultdict(list)
    for test in tests:
        by_path[test.path].append(test)
    for path, own in by_path.items():
        if _clash(pack, fields, path, own):
            return path
    for group in condition.any_of:
        if all(contradiction(pack, fields, one, tests) for one in group):
            return "any"
    return None


def _clash(pack: Pack, fields: Fields, path: str, tests: list[Test]) -> bool:
    field = declared(pack, fields, path)
    if field is None:
        return False  # named when the pack is read
    empty = any(test.op == "given" and test.values == ("false",) for test in tests)
    if empty:
        return never_empty(pack, fields, path) or any(test.op != "given" or test.values != ("false",) for test in tests)
    allowed = _allowed(field, tests)
    if allowed is not None and not allowed:
        return True
    others = [test.values[0] for test in tests if test.op == "same_as"]
    return any(_apart(field, allowed, declared(pack, fields, other)) for other in others)


def _allowed(field: FieldType, tests: list[Test]) -> frozenset[str] | None:
    """The values of a field that all tests allow; None where that is no list."""
    allowed = domain(field)
    for test in tests:
        if test.op == "in":
            values = frozenset(value for value in test.values if _in_range(field, value))
            allowed = values if allowed is None else allowed & values
    excluded = {value for test in tests if test.op == "not" for value in test.values}
    return None if allowed is None else allowed - excluded


def _in_range(field: FieldType, value: str) -> bool:
    if field.type != "year" or not _YEAR.fullmatch(value):
        return True
    return (field.min is None or int(value) >= field.min) and (field.above is None or int(value) > field.above)


def _apart(field: FieldType, allowed: frozenset[str] | None, other: FieldType | None) -> bool:
    """Whether two fields can never be the same: other families of types, or choices without a common value."""
    if other is None:
        return False
    if _FAMILY.get(field.type, "text") != _FAMILY.get(other.type, "text"):
        return True
    theirs = domain(other)
    return allowed is not None and theirs is not None and not allowed & theirs


def always(pack: Pack, fields: Fields, test: Test) -> bool:
    """Whether a test holds for every record that may be submitted."""
    if not never_empty(pack, fields, test.path):
        return False
    values = domain(declared(pack, fields, test.path))
    return test.op == "given" and test.values == ("true",) or test.op == "in" and values is not None and values <= set(test.values)


def implies(one: Condition, other: Condition) -> bool:
    """Whether `other` surely holds wherever `one` does, by their tests alone."""
    return all(any(_entails(mine, test) for mine in one.tests) for test in other.tests) and all(
        group in one.any_of or any(implies(one, alternative) for alternative in group) for group in other.any_of
    )


def _entails(mine: Test, test: Test) -> bool:
    if mine == test:
        return True
    if mine.path != test.path:
        return False
    if test.op == "given":
        return test.values == ("true",) and mine.op != "given"
    if test.op == "in":
        return mine.op == "in" and set(mine.values) <= set(test.values)
    if test.op == "not":
        return mine.op == "in" and not set(mine.values) & set(test.values) or mine.op == "not" and set(test.values) <= set(mine.values)
    return False
