"""The archive that a workbook is: looked through before anything is parsed."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree import ElementTree
from xml.parsers import expat

from servanda.facts.binary.messages import Refused

ENTRIES = 2_000
UNPACKED = 400 * 1024**2
RATIO, RATIO_FROM = 200, 10 * 1024**2
CELLS = 5_000_000
FAULTS = 10_000  # as many faults of a sheet are named; a sheet with as many counts as one that could not be read to its end


def open_archive(data: bytes, form: str) -> zipfile.ZipFile:
    """The archive of a workbook, its sizes and declarations looked at before anything is parsed."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # a compound file: an old .xls, or an encrypted workbook
        raise Refused("encrypted-book" if "EncryptedPackage".encode("utf-16-le") in data else "not-a-workbook")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise Refused("not-a-workbook") from None
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    bombs = [e for e in entries if e.file_size > RATIO_FROM and e.file_size > RATIO * max(e.compress_size, 1)]
    if len(entries) > ENTRIES or unpacked > UNPACKED or bombs or sum(entry.compress_size for entry in entries) > len(data):
        raise Refused("archive-bomb", found=unpacked, limit=UNPACKED)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted-book")
    if len({entry.filename.lower() for entry in entries}) < len(entries):  # which of two parts of one name counts, readers see differently
        raise Refused("not-a-workbook")
    if ("xl/workbook.xml" if form == "xlsx" else "content.xml") not in archive.namelist():
        raise Refused("not-a-workbook")
    return archive


def part(archive: zipfile.ZipFile, name: str, needed: bool = True) -> bytes:
    """A part of the archive; parts that declare entities or are no UTF-8 text are refused."""
    try:
        data = archive.read(name)
    except KeyError:
        if needed:
            raise Refused("not-a-workbook") from None
        return b""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Refused("not-a-workbook") from None
    if b"\0" in data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("unsafe-book", found=name)
    return data


def tree(data: bytes) -> ElementTree.Element:
    """The elements of a small part."""
    try:
        return ElementTree.fromstring(data)  # nosec B314  # no document type, so no entities
    except ElementTree.ParseError:
        raise Refused("not-a-workbook") from None


def parse(data: bytes, name: str, parser: expat.XMLParserType | None = None) -> None:
    """Read a part of XML to its end: it must be well-formed UTF-8 without definitions of its own."""

    def refuse(*_: object) -> None:
        raise Refused("unsafe-book", found=name)

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            refuse()

    parser = parser or expat.ParserCreate(namespace_separator="}")  # as ElementTree's, so that what it refuses in names is refused here already
    parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = refuse, declared
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Refused("not-a-workbook") from None


def number_of(letters: str) -> int:
    """The number of a column: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(number: int) -> str:
    """The letters of a column: 1 is A."""
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
