"""Strict JSON (RFC 8259): every value keeps its text and its line, as in `yaml_source`.

Numbers stay the text that is written (no floats), names may stand only once (RFC 8259 leaves that open), and depth is
bounded. `NaN`, `Infinity`, comments and trailing commas are no JSON. Built with a stack of our own from the tokens
of one regular expression, so that depth costs no recursion.
"""

from __future__ import annotations

import re
import unicodedata
from json.decoder import scanstring

from servanda.problems import Problems
from servanda.yaml_source import MAX_DEPTH, List, Map, Scalar

_TOKEN = re.compile(
    r'[ \t\n\r]*(?:([{}\[\],:])|("(?:[^"\\\x00-\x1f]++|\\.)*+")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.+-])|(\Z))', re.ASCII
)
_SURROGATE = re.compile("[\ud800-\udfff]")

MAX_VALUES = 4_000_000


class _Refused(Exception):
    pass


def parse_json(text: str, file: str, problems: Problems, first_line: int = 1) -> object:
    """The value of a JSON text (Map, List, Scalar or None); None with a problem where it is no JSON. Its first line has the number `first_line`."""
    try:
        return _build(text, file, problems, first_line)
    except _Refused:
        return None


def _build(text: str, file: str, problems: Problems, line: int) -> object:
    root: list = []
    stack: list[list] = [[root, None, "value"]]  # container, waiting name, what may come next
    position = values = 0
    while True:
        match = _TOKEN.match(text, position)
        skipped = match.group().lstrip(" \t\r\n") if match else ""
        start = (match.end() - len(skipped)) if match else position
        line += text.count("\n", position, start)
        if match is None:
            _refuse_token(text, position, line, file, problems)
        position = match.end()
        sign, quoted, word, end = match.groups()
        container, _, wanted = stack[-1]
        if end is not None:
            if len(stack) > 1 or wanted != "end":
                _refuse("cut-off", None, line, file, problems)
            return root[0]
        if sign in ("}", "]"):
            if wanted not in ("name or end", "value or end", "comma or end") or sign != ("}" if isinstance(container, Map) else "]"):
                _refuse("misplaced", sign, line, file, problems)
            stack.pop()
        elif sign == ",":
            if wanted != "comma or end":
                _refuse("misplaced", sign, line, file, problems)
            stack[-1][2] = "name" if isinstance(container, Map) else "value"
        elif sign == ":":
            if wanted != "colon":
                _refuse("misplaced", sign, line, file, problems)
            stack[-1][2] = "value"
        elif wanted in ("name", "name or end"):
            _name(stack[-1], quoted, line, file, problems)
        elif wanted in ("value", "value or end"):
            _value(stack, sign, quoted, word, line, file, problems)
            values += 1
            if values > MAX_VALUES:
                problems.add("table-too-large", file, line, found=f"> {MAX_VALUES}", limit=MAX_VALUES)
                raise _Refused
        else:
            _refuse("misplaced", sign or quoted or word, line, file, problems)


def _name(top: list, quoted: str | None, line: int, file: str, problems: Problems) -> None:
    if quoted is None:
        _refuse("no-name", None, line, file, problems)
    name = unicodedata.normalize("NFC", _string(quoted, line, file, problems))
    container = top[0]
    if len(name) > 200:
        problems.add("invalid-key", file, line, found=name)
        raise _Refused
    if name in container:
        problems.add("duplicate-key", file, line, name, found=name, first=container.lines[name])
    top[1], top[2] = name, "colon"


def _value(stack: list, sign: str | None, quoted: str | None, word: str | None, line: int, file: str, problems: Problems) -> None:
    value: Map | List | Scalar | None = None
    if sign is not None:
        value = Map() if sign == "{" else List()
        value.line, value.lines = line, {}
    elif quoted is not None or word != "null":
        value = Scalar(_string(quoted, line, file, problems) if quoted is not None else word)
        value.line, value.plain = line, quoted is None
    top = stack[-1]
    container = top[0]
    if isinstance(container, Map):
        container[top[1]] = value
        container.lines[top[1]] = line
    else:
        if isinstance(container, List):
            container.lines[len(container)] = line
        container.append(value)
    top[2] = "comma or end" if isinstance(container, (Map, List)) else "end"
    if sign is not None:
        stack.append([value, None, "name or end" if sign == "{" else "value or end"])
        if len(stack) > MAX_DEPTH:
            problems.add("nested-too-deep", file, line, limit=MAX_DEPTH)
            raise _Refused


def _string(quoted: str, line: int, file: str, problems: Problems) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        text, _ = scanstring(quoted, 1)
    except ValueError:
        _refuse("unknown-escape", quoted, line, file, problems)
    if _SURROGATE.search(text):
        problems.add("control-character", file, line, found="lone surrogate")
        raise _Refused
    return text


def _refuse_token(text: str, position: int, line: int, file: str, problems: Problems) -> None:
    rest = text[position:].lstrip(" \t\r\n")
    line += text.count("\n", position, len(text) - len(rest))
    _refuse("open-text" if rest.startswith('"') else "no-value", rest[:40], line, file, problems)


def _refuse(reason: str, found: str | None, line: int, file: str, problems: Problems) -> None:
    problems.add("invalid-json", file, line, found=found, reason=reason)
    raise _Refused
