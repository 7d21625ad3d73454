"""Strict YAML: every scalar keeps its text and its place; nothing is guessed.

YAML 1.2 core is followed only as far as `null`; numbers, booleans and dates are typed by the schema that
expects them, from the text as written (so `6:12`, `no` and `012` stay what they are). Duplicate keys, anchors,
aliases, merge keys and tags are refused. Built from the parser's events with a stack of our own, so that
depth and size are bounded and no alias is ever expanded.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import yaml

from servanda.problems import Problems

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 40
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# YAML 1.2, section 5.1 (printable characters), without the line breaks of Unicode and the byte order mark inside a text.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_Loader = getattr(yaml, "CLoader", yaml.Loader)


class Scalar(str):
    """A scalar as it is written, with its line (1-based) and whether it stands without quotes."""

    __slots__ = ("line", "plain")


class Map(dict):
    """A mapping with its line and the line of each key's value."""

    __slots__ = ("line", "lines")


class List(list):
    """A sequence with its line and the line of each item."""

    __slots__ = ("line", "lines")


def scalar(text: str, line: int) -> Scalar:
    """A scalar of text that stands on a line of something that is no YAML."""
    found = Scalar(text)
    found.line, found.plain = line, True
    return found


def map_on(line: int, values: Mapping[str, object]) -> Map:
    """A mapping whose values all stand on one line."""
    found = Map(values)
    found.line, found.lines = line, dict.fromkeys(found, line)
    return found


def decode(data: bytes, file: str, problems: Problems, encoding: str | None = None) -> tuple[str, str | None] | None:
    """(text, None) of UTF-8 (a byte order mark is dropped); where it is not UTF-8, (text, `encoding`) if that is given and fits.

    None with a problem that names the byte (1-based) otherwise.
    """
    used = None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + len(data) - len(error.object)
        if encoding is None:
            line = line_at(data[:start].decode("utf-8", "replace"))
            problems.add("not-utf8", file, line, found=f"0x{data[start]:02x}", byte=start + 1)
            return None
        try:
            text, used = data.decode(encoding), encoding
        except UnicodeDecodeError as other:
            line = line_at(data[: other.start].decode(encoding, "replace"))
            problems.add("not-encoded-so", file, line, found=f"0x{data[other.start]:02x}", byte=other.start + 1, encoding=encoding)
            return None
    if "\x00" in text:
        problems.add("control-character", file, line_at(text[: text.index("\x00")]), found="U+0000")
        return None
    return text, used


def line_at(before: str) -> int:
    """The line (1-based) on which the text after `before` begins."""
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1


def read_bytes(path: Path, file: str, limit: int, problems: Problems) -> bytes | None:
    """The content of an ordinary file of at most `limit` bytes; None with a problem otherwise (a pipe would never end)."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            problems.add("unreadable-file", file, found="not an ordinary file")
        elif found.st_size > limit:
            problems.add("file-too-large", file, found=found.st_size, limit=limit)
        else:
            return path.read_bytes()
    except OSError as error:
        problems.add("unreadable-file", file, found=error.strerror or type(error).__name__)
    return None


def read_yaml(path: Path, file: str, problems: Problems) -> object:
    """The value of a YAML file (Map, List, Scalar or None); None with problems where it cannot be read."""
    data = read_bytes(path, file, MAX_BYTES, problems)
    decoded = None if data is None else decode(data, file, problems)
    return None if decoded is None else parse_yaml(decoded[0], file, problems)


def parse_yaml(text: str, file: str, problems: Problems) -> object:
    """As `read_yaml`, of text at hand."""
    if unprintable := _UNPRINTABLE.search(text):
        problems.add("control-character", file, line_at(text[: unprintable.start()]), found=f"U+{ord(unprintable[0]):04X}")
        return None
    try:
        return _build(text, file, problems)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.add("invalid-yaml", file, mark.line + 1 if mark else None, found=error.problem or error.context)
    except yaml.YAMLError as error:
        position = getattr(error, "position", None)
        problems.add("invalid-yaml", file, text[:position].count("\n") + 1 if position is not None else None, found=getattr(error, "reason", str(error)))
    except _Refused:
        pass
    return None


class _Refused(Exception):
    pass


def _build(text: str, file: str, problems: Problems) -> object:
    root: list = []
    stack: list[tuple[object, list]] = [(root, [])]
    documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            line = event.start_mark.line + 1
            _refuse_marks(event, line, file, problems)
            _add(stack, _scalar(event, line, file, problems), line, file, problems)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            line = event.start_mark.line + 1
            _refuse_marks(event, line, file, problems)
            value = Map() if kind is yaml.MappingStartEvent else List()
            value.line, value.lines = line, {}
            _add(stack, value, line, file, problems)
            stack.append((value, []))
            if len(stack) > MAX_DEPTH:
                problems.add("nested-too-deep", file, line, limit=MAX_DEPTH)
                raise _Refused
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            stack.pop()
        elif kind is yaml.AliasEvent:
            problems.add("yaml-anchor", file, event.start_mark.line + 1, found="*" + event.anchor)
            raise _Refused
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                problems.add("several-documents", file, event.start_mark.line + 1)
                raise _Refused
    return root[0] if root else None


def _refuse_marks(event: object, line: int, file: str, problems: Problems) -> None:
    if event.anchor is not None:
        problems.add("yaml-anchor", file, line, found="&" + event.anchor)
        raise _Refused
    if event.tag is not None and event.tag != "!":
        problems.add("yaml-tag", file, line, found=event.tag)
        raise _Refused


def _scalar(event: yaml.ScalarEvent, line: int, file: str, problems: Problems) -> Scalar | None:
    plain = event.style is None or event.style == ""
    if plain and event.tag is None and event.value in _NULLS:
        return None
    if not event.value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in event.value):
        problems.add("control-character", file, line, found="lone surrogate")
        raise _Refused
    scalar = Scalar(event.value)
    scalar.line, scalar.plain = line, plain
    return scalar


def _add(stack: list, value: object, line: int, file: str, problems: Problems) -> None:
    """Put a finished value (or an opened container) where the innermost container waits for it."""
    parent, pending = stack[-1]
    if isinstance(parent, Map):
        if pending:
            key = pending.pop()
            parent[key] = value
            parent.lines[key] = line
            return
        _key(parent, pending, value, line, file, problems)
        return
    if isinstance(parent, List):
        parent.lines[len(parent)] = line
    parent.append(value)


def _key(parent: Map, pending: list, value: object, line: int, file: str, problems: Problems) -> None:
    if not isinstance(value, Scalar) or len(value) > 200:
        problems.add("invalid-key", file, line, found="null" if value is None else type(value).__name__.lower() if not isinstance(value, Scalar) else value)
        raise _Refused
    if value.plain and value == "<<":
        problems.add("yaml-anchor", file, line, found="<<")
        raise _Refused
    key = unicodedata.normalize("NFC", value)
    if key in parent:
        problems.add("duplicate-key", file, line, key, found=key, first=parent.lines[key])
    pending.append(key)


def line_of(tree: object, path: tuple) -> int | None:
    """The line of the value at `path`, or of the nearest container that is there."""
    line = getattr(tree, "line", 1)
    for part in path:
        if isinstance(tree, (Map, List)) and part in tree.lines:
            line = tree.lines[part]
            tree = tree[part]
        else:
            break
    return line
