"""Conditions of rules: maps over a record's fields that are true, false or unknown.

`{body: steering_round}` equals · `{body: [a, b]}` one of · `{agreed_on: {given: true, not_after: date}}` ·
`{goals: {contains: empowerment}}` · `{site: {same_as: measure.site}}` · `{any: [{…}, {…}]}` at least one of.
`{amount: {above: 1000}}` and `at_least`, `below`, `at_most`: an amount or number against a number or another field.
Over an empty field a test is unknown, except `given` (contract section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servanda.problems import Unfit
from servanda.yaml_source import Scalar

NUMERIC = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
TESTS = ("given", "not_after", "contains", "same_as", "not", *NUMERIC)
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
COMPARING = ("not_after", "same_as", *NUMERIC)  # their value may be another field
_OF_ONE = ("given", "not_after", "same_as", *NUMERIC)


@dataclass(frozen=True, slots=True)
class Test:
    """One test of one field (a path such as `measure.site`). `op` is `in`, or one of TESTS; `values` what it takes."""

    __test__ = False

    path: str
    op: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """All of `tests` and, for each group of `any_of`, at least one of its conditions."""

    tests: tuple[Test, ...] = ()
    any_of: tuple[tuple[Condition, ...], ...] = ()

    def every_test(self) -> Iterator[Test]:
        """The tests of this condition and of those inside it."""
        yield from self.tests
        for group in self.any_of:
            for condition in group:
                yield from condition.every_test()


ALWAYS = Condition()


def parse_condition(tree: object) -> Condition:
    """A condition from a YAML map; Unfit with what was expected where it is none."""
    if isinstance(tree, Condition):
        return tree
    if not isinstance(tree, dict) or not tree:
        raise Unfit("a condition such as {{field: value}}")
    tests: list[Test] = []
    groups: list[tuple[Condition, ...]] = []
    for path, wanted in tree.items():
        if path == "any":
            if not isinstance(wanted, list) or not wanted:
                raise Unfit("any: a list of conditions")
            groups.append(tuple(parse_condition(item) for item in wanted))
        else:
            tests.extend(_tests(str(path), wanted))
    return Condition(tuple(tests), tuple(groups))


def _tests(path: str, wanted: object) -> Iterator[Test]:
    if isinstance(wanted, Scalar):
        yield Test(path, "in", (str(wanted),))
    elif isinstance(wanted, list) and wanted and all(isinstance(item, Scalar) for item in wanted):
        yield Test(path, "in", tuple(str(item) for item in wanted))
    elif isinstance(wanted, dict) and wanted:
        for op, value in wanted.items():
            if op not in TESTS or value is None:
                raise Unfit("{path}: one of the tests {known}", path=path, known=", ".join(TESTS), near=str(op))
            values = value if isinstance(value, list) else [value]
            if not all(isinstance(item, Scalar) for item in values) or not values or len(values) > 1 and op in _OF_ONE:
                phrase = "{path}: {op} with one value" if op in _OF_ONE else "{path}: {op} with a value or a list of values"
                raise Unfit(phrase, path=path, op=op)
            if op == "given" and str(value) not in ("true", "false"):
                raise Unfit("{path}: given with true or false", path=path)
            yield Test(path, str(op), tuple(str(item) for item in values))
    else:
        raise Unfit("{path}: a value, a list of values, or a test such as {{given: true}}", path=path)
