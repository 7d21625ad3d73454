"""Mutants of SQL: every text of a module that is SQL, with one operator, bound, join or truth changed.

A mutant is (line, what was changed into what, the module's whole source with the change). Comments, docstrings and what an f-string
fills in are left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_IS_SQL = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|CASE)\b")
_WORDS = {
    "min(": "max(", "max(": "min(", "least(": "greatest(", "greatest(": "least(", "bool_or(": "bool_and(", "bool_and(": "bool_or(",
    "TRUE": "FALSE", "FALSE": "TRUE", "AND": "OR", "OR": "AND", "LEFT JOIN": "JOIN", "JOIN": "LEFT JOIN", "CROSS JOIN": "JOIN",
    "IS NULL": "IS NOT NULL", "IS NOT NULL": "IS NULL", "IS NOT TRUE": "IS TRUE", "IS NOT FALSE": "IS FALSE", "NOT": "", "BETWEEN": "NOT BETWEEN",
    "IN": "NOT IN", "UNION": "UNION ALL", "DISTINCT": "",
}
_SIGNS = {
    "<=": "<", "<": "<=", ">=": ">", ">": ">=", "=": "<>", "<>": "=", "+ 1": "- 1", "- 1": "+ 1", "+": "-", "-": "+", "*": "+",
}
_TOKEN = re.compile(
    r"--[^\n]*|DECIMAL\([^)]*\)|'[^'\n]*'|\{[^{}\n]*\}"  # comments, texts and what is filled in are passed over
    r"|\b(?:ASOF LEFT JOIN|LEFT JOIN|CROSS JOIN|JOIN|IS NOT NULL|IS NULL|IS NOT TRUE|IS NOT FALSE|UNION ALL|UNION|TRUE|FALSE|ORDER BY"
    r"|NOT BETWEEN|BETWEEN|NOT IN|IN|NOT|AND|DISTINCT|OR REPLACE|OR)\b"
    r"|\b(?:min|max|least|greatest|bool_or|bool_and)\("
    r"|\bFILTER \(|(?<=[\w)] )(?:<=|>=|<>|[<>=])(?= )|(?<=[\w)] )[+-] 1\b|(?<=[\w)] )[-+*](?= [\w(])"
    r"|(?<![\w.$'-])\d+(?![\w.'-])"
)


def _texts(source: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every literal that is SQL."""
    tree = ast.parse(source)
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    raw = source.encode()
    docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        literal = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        if literal and id(node) not in docs | inner:
            start, end = (starts[line - 1] + column for line, column in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)))
            start, end = len(raw[:start].decode()), len(raw[:end].decode())
            if _IS_SQL.search(source[start:end]):
                yield start, end


def _closing(text: str, opened: int) -> int:
    depth = 0
    for position in range(opened, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return -1


def _changes(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, replacement) within a text of SQL."""
    between = False
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word == "BETWEEN":
            between = True
        if word == "AND" and between:  # belongs to BETWEEN
            between = False
            continue
        if word == "FILTER (":
            closed = _closing(text, token.end() - 1)
            if closed > 0:
                yield token.start(), closed + 1, ""
        elif word.isdigit():
            yield token.start(), token.end(), str(int(word) + 1)
            if word == "1":
                yield token.start(), token.end(), "0"
        elif word == "ASOF LEFT JOIN":
            yield token.start(), token.end(), "ASOF JOIN"
        elif word in _WORDS or word in _SIGNS:
            yield token.start(), token.end(), _WORDS.get(word, _SIGNS.get(word))


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Every mutant of a module's SQL."""
    for start, end in _texts(source):
        for first, last, instead in _changes(source[start:end]):
            first, last = start + first, start + last
            line = source.count("\n", 0, first) + 1
            before = " ".join(source[max(start, first - 25) : last + 25].split())
            yield line, f"{source[first:last]!r} → {instead!r} in: {before}", source[:first] + instead + source[last:]
