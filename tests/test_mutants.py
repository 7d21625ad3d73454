"""The mutator of SQL: what it changes, and what it leaves alone."""

from __future__ import annotations

from mutation.sql import mutants

MODULE = '''"""SELECT a FROM docstring WHERE x = 1."""
NAME = "no sql = 1"
QUERY = """
SELECT min(a) FILTER (b) AS least, 'x = y' AS t -- a = b
FROM one LEFT JOIN two ON one.a <= two.a AND one.b BETWEEN 0 AND 1 WHERE c IS NULL AND d = TRUE
"""
'''


def test_each_operator_is_changed_once_and_texts_and_comments_never() -> None:
    found = [change.split(" in: ")[0] for _, change, _ in mutants(MODULE)]
    assert found == [
        "'min(' → 'max('", "'FILTER (b)' → ''", "'LEFT JOIN' → 'JOIN'", "'<=' → '<'", "'AND' → 'OR'", "'BETWEEN' → 'NOT BETWEEN'", "'0' → '1'",
        "'1' → '2'", "'1' → '0'", "'IS NULL' → 'IS NOT NULL'", "'AND' → 'OR'", "'=' → '<>'", "'TRUE' → 'FALSE'",
    ]


def test_a_mutant_differs_in_one_place_and_names_its_line() -> None:
    for line, _, changed in mutants(MODULE):
        different = [number for number, (old, new) in enumerate(zip(MODULE.splitlines(), changed.splitlines(), strict=True), 1) if old != new]
        assert different == [line]
