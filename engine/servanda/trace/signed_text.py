"""A signed text as items: headings, paragraphs and list points, each with the line (in a DOCX the paragraph) on which it begins.

Texts are compared as they are read: hyphens, quotes and blanks in one form, soft hyphens and emphasis gone, words that a line break cut joined again.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from servanda.problems import Problems
from servanda.yaml_source import decode, read_bytes

LARGEST = 32 * 1024 * 1024
MOST_ITEMS = 20_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_POINT = re.compile(r"\s*(?:[-*•–—]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])\s+")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_BLANKS = re.compile(r"\s+")
_QUOTES = str.maketrans({"„": '"', "“": '"', "”": '"', "»": '"', "«": '"', "‚": "'", "‘": "'", "’": "'"})
FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph or a list point: its text in comparable form and the line on which it begins (1 is the first)."""

    text: str
    line: int

    @property
    def figures(self) -> tuple[str, ...]:
        """The numbers in it, in their order."""
        return tuple(FIGURE.findall(self.text))


def plain(text: str) -> str:
    """A text in comparable form."""
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "").translate(_QUOTES).replace("**", "").replace("__", "")
    text = _BLANKS.sub(" ", _HYPHENS.sub("-", text)).strip()
    return re.sub(r"(?<=[0-9]) ?- ?(?=[0-9])", "-", text)


def read_text(path: Path, problems: Problems) -> tuple[Item, ...]:
    """The items of a Markdown or plain text file (UTF-8) or a DOCX; problems where it cannot be read or holds no text."""
    file = path.as_posix()
    data = read_bytes(path, file, LARGEST, problems)
    if data is None:
        return ()
    if data[:4] == b"PK\x03\x04":
        items = _docx(path, file, problems)
    else:
        decoded = decode(data, file, problems)
        items = () if decoded is None else tuple(_joined(decoded[0]))
    if not items and not problems:
        problems.add("no-text", file)
    if len(items) > MOST_ITEMS:
        problems.add("text-too-long-to-trace", file, found=len(items), limit=MOST_ITEMS)
        return ()
    return items


def _joined(text: str) -> Iterator[Item]:
    """Lines to items: a blank line, a heading or a new list point ends one."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate([*re.split("\r\n|\r|\n", text), ""], 1):
        point = _POINT.match(line)
        if lines and (not line.strip() or point or _heading(line)):
            yield from _item(lines, start)
            lines = []
        if line.strip():
            start = start if lines else number
            lines.append(line[point.end():] if point and not lines else line)
            if _heading(line):
                yield from _item(lines, start)
                lines = []


def _heading(line: str) -> bool:
    return bool(re.match(r"\s*(#{1,6} |§ ?[0-9])", line))


def _item(lines: Iterable[str], start: int) -> Iterator[Item]:
    whole = "\n".join(line.strip() for line in lines)
    whole = re.sub(r"(?<=[a-zäöüß])[-\u00ad\u2010]\n(?=[a-zäöüß])", "", whole)
    text = plain(re.sub(r"^#{1,6} ", "", whole))
    if text:
        yield Item(text, start)


def _docx(path: Path, file: str, problems: Problems) -> tuple[Item, ...]:
    """The paragraphs of a DOCX (ECMA-376, part 1): insertions that are tracked are text, deletions are not."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            problems.add("file-too-large", file, found=len(data), limit=LARGEST)
            return ()
        if b"\0" in data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            problems.add("not-a-docx", file, found="DOCTYPE")
            return ()
        root = ElementTree.fromstring(data)  # nosec B314  # no document type, so no entities
    except (KeyError, OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, ElementTree.ParseError, UnicodeError, EOFError, ValueError) as error:
        problems.add("not-a-docx", file, found=type(error).__name__)
        return ()
    items = []
    for number, paragraph in enumerate(root.iter(f"{_WORD}p"), 1):
        text = plain("".join(_runs(paragraph)))
        if text:
            items.append(Item(_POINT.sub("", text, count=1) if _POINT.match(text) else text, number))
    return tuple(items)


def _runs(element: ElementTree.Element) -> Iterator[str]:
    """The text of a paragraph, without what is deleted and without paragraphs inside it (text boxes are read for themselves)."""
    for child in element:
        if child.tag in (f"{_WORD}del", f"{_WORD}moveFrom", f"{_WORD}p"):
            continue
        if child.tag == f"{_WORD}t":
            yield child.text or ""
        elif child.tag in (f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr"):
            yield " "
        elif child.tag in (f"{_WORD}noBreakHyphen",):
            yield "-"
        else:
            yield from _runs(child)
