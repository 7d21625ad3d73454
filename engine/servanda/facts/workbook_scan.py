"""What a workbook's archive and its XML say, looked through before the parser reads them.

The archive must unpack to a bounded size, its parts must be UTF-8 without definitions of their own, and cells must stand in their order.
Found are what python-calamine passes over in silence: merged cells, errors, formulas without a value, values that it would cut or
take for empty. Used by the process that `binary_worker` is; nothing else of servanda is needed. Sources: ECMA-376 part 1, OpenDocument 1.2.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree
from xml.parsers import expat

ENTRIES = 2_000
UNPACKED = 400 * 1024**2
RATIO, RATIO_FROM = 200, 10 * 1024**2
CELLS = 5_000_000
# As many faults of a sheet are named; one with as many counts as not read to its end.
FAULTS = 10_000
FILLED_AGAIN = 10_000  # how often a filled row of an .ods may be repeated
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
_COLUMN = re.compile("[A-Za-z]{1,3}")
_NUMBER = re.compile("[0-9]{1,7}")
_INLINE = "inline text"
_REFERENCES = re.compile(rb"<(?:\w+:)?v[^<>]*>[^<&]*&")


class Refused(Exception):
    """What cannot be read: the code of the problem and what fills its words."""

    def __init__(self, problem: str, **facts: object) -> None:
        self.facts = {"problem": problem, **facts}
        super().__init__(problem)


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


def _part(archive: zipfile.ZipFile, name: str, needed: bool = True) -> bytes:
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


def scan_xlsx(archive: zipfile.ZipFile) -> dict[str, dict]:
    """By sheet: how many cells its range has, its merged cells, its cells with errors or without a value."""
    targets = {relation.get("Id"): relation.get("Target", "") for relation in _tree(_part(archive, "xl/_rels/workbook.xml.rels"))}
    for name in ("xl/sharedStrings.xml", "xl/styles.xml"):
        _parse(_part(archive, name, False) or b"<none/>", name)
    found = {}
    for sheet in _tree(_part(archive, "xl/workbook.xml")).iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        target = next((targets.get(value, "") for key, value in sheet.items() if key.endswith("}id")), "")
        path = target[1:] if target.startswith("/") else target if target.startswith("xl/") else "xl/" + target
        found[sheet.get("name")] = _SheetScan().of(_part(archive, path), path)
    return found


def _tree(data: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError:
        raise Refused("not-a-workbook") from None


def _parse(data: bytes, name: str, parser: expat.XMLParserType | None = None) -> None:
    """Read a part of XML to its end: it must be well-formed UTF-8 without definitions of its own."""

    def refuse(*_: object) -> None:
        raise Refused("unsafe-book", found=name)

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            refuse()

    parser = parser or expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = refuse, declared
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Refused("not-a-workbook") from None


class _SheetScan:
    """What the parser passes over in a sheet of an .xlsx, cell by cell; cells must stand in their order, as spreadsheets write them."""

    def __init__(self) -> None:
        self.row = self.column = self.width = self.height = 0
        self.row_text, self.columns = "", {}
        self.kind, self.formula = "", False
        self.text: list[str] | None = None  # the value's text (None: there is no value)
        self.merged: list[str] = []
        self.faults: list[list[str]] = []

    def of(self, data: bytes, name: str) -> dict:
        """The findings of a sheet's part."""
        self.data, self.references = data, _REFERENCES.search(data) is not None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.StartCdataSectionHandler = self.parser.CommentHandler = self.parser.ProcessingInstructionHandler = self._interrupt
        _parse(data, name, self.parser)
        self._end_cell()
        last = f"{_letters(self.width or 1)}{self.height or 1}"
        return {"cells": self.width * self.height, "last": last, "merged": self.merged, "faults": self.faults, "filled": 0}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            if self.formula or self.kind in ("e", "s"):
                self._end_cell()
            place = attributes.get("r")
            column = self.column + 1 if place is None else self._column_of(place)
            if not self.column < column <= LAST_COLUMN:
                raise Refused("not-a-workbook")
            self.column, self.height = column, self.row
            if column > self.width:
                self.width = column
            self.kind, self.text = attributes.get("t", "n"), None
        elif name == "v":
            if self.text is not None or self.kind == "inlineStr" or self.references and self.kind != "str" and self._has_reference():
                raise Refused("not-a-workbook")
            self.text = []
            if self.formula or self.kind in ("e", "s"):
                self.parser.CharacterDataHandler = self.text.append
        elif name == "f":
            if self.text is not None:
                raise Refused("not-a-workbook")
            self.formula, self.parser.CharacterDataHandler = True, None
        elif name == "is":
            self.text = [_INLINE]
        elif name == "row":
            self._start_row(attributes)
        elif name == "mergeCell" and len(self.merged) < FAULTS:
            self.merged.append(attributes.get("ref", "")[:40])

    def _has_reference(self) -> bool:
        """Whether a value's text has references such as `&#53;`, which the parser reads in texts only."""
        start = self.parser.CurrentByteIndex
        return b"&" in self.data[start : self.data.find(b"<", start + 1)]

    def _interrupt(self, *_: object) -> None:
        if self.text is not None and self.text[:1] != [_INLINE]:  # the parser would take it for the value's end
            raise Refused("not-a-workbook")

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._end_cell()
        written = attributes.get("r")
        row = self.row + 1 if written is None else int(written) if _NUMBER.fullmatch(written) else 0
        if not self.row < row <= LAST_ROW:
            raise Refused("not-a-workbook")
        self.row, self.row_text, self.column = row, str(row), 0

    def _column_of(self, place: str) -> int:
        """The number of a cell's column (0: its place is not one of this row)."""
        name = place[: -len(self.row_text)]
        if not self.row_text or not place.endswith(self.row_text):
            return 0
        if name not in self.columns:
            self.columns[name] = _number(name.upper()) if _COLUMN.fullmatch(name) else 0
        return self.columns[name]

    def _end_cell(self) -> None:
        if not self.kind:
            return
        text = None if self.text is None else "".join(self.text).strip()
        if self.kind == "e":
            self._fault("error-cell", text or "")
        elif self.kind == "s" and text is not None and not _NUMBER.fullmatch(text):
            raise Refused("not-a-workbook")
        elif self.formula and not text and (self.kind != "str" or text is None):
            self._fault("formula-without-value", "")  # but a formula may give an empty text
        self.kind, self.formula, self.text, self.parser.CharacterDataHandler = "", False, None, None

    def _fault(self, code: str, found: str) -> None:
        if len(self.faults) < FAULTS:
            self.faults.append([f"{_letters(self.column)}{self.row}", code, found[:40]])


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


_ODS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}%s"
_TABLE, _ROW, _NAME = (_ODS % ("table", name) for name in ("table", "table-row", "name"))
_CELLS = {_ODS % ("table", "table-cell"), _ODS % ("table", "covered-table-cell")}
_ROWS_AGAIN, _CELLS_AGAIN = (_ODS % ("table", f"number-{name}-repeated") for name in ("rows", "columns"))
_ROWS_OVER, _CELLS_OVER = (_ODS % ("table", f"number-{name}-spanned") for name in ("rows", "columns"))
_VALUE_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_OFFICE_TYPE = _ODS % ("office", "value-type")
_FORMULA = _ODS % ("table", "formula")
_PARAGRAPH = _ODS % ("text", "p")
_VALUES = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}


def scan_ods(archive: zipfile.ZipFile) -> dict[str, dict]:
    """As `scan_xlsx`; a range ends with the last cell that holds something."""
    if b"encryption-data" in _part(archive, "META-INF/manifest.xml", False):
        raise Refused("encrypted-book")
    data = _part(archive, "content.xml")
    _parse(data, "content.xml")
    found: dict[str, dict] = {}
    table: dict | None = None
    row = column = again = 0
    for event, element in ElementTree.iterparse(io.BytesIO(data), ("start", "end")):
        if event == "start" and element.tag == _TABLE:
            table = {"name": element.get(_NAME, ""), "cells": 0, "last": "A1", "merged": [], "faults": [], "filled": 0, "width": 0, "height": 0}
            found[table["name"]] = table
            row = 0
        elif event == "start" and element.tag == _ROW:
            again, column = _times(element, _ROWS_AGAIN), 0
        elif event == "end" and element.tag in _CELLS and table is not None:
            column = _scan_ods_cell(element, table, row, column, again)
        elif event == "end" and element.tag in (_ROW, _TABLE):
            row += again if element.tag == _ROW else 0
            element.clear()
    for table in found.values():
        table.update(cells=table["width"] * table["height"], last=f"{_letters(table['width'] or 1)}{table['height'] or 1}")
    return found


def _scan_ods_cell(element: ElementTree.Element, table: dict, row: int, column: int, again: int) -> int:
    """Note a cell; the column after it."""
    times = _times(element, _CELLS_AGAIN)
    place = f"{_letters(column + 1)}{row + 1}"
    down, right = _times(element, _ROWS_OVER), _times(element, _CELLS_OVER)
    if (down > 1 or right > 1) and len(table["merged"]) < FAULTS:
        table["merged"].append(f"{place}:{_letters(column + right)}{row + down}")
    if len(element) or element.get(_OFFICE_TYPE):
        table["width"], table["height"] = max(table["width"], column + times), max(table["height"], row + again)
        if element.get(_VALUE_TYPE) == "error":
            table["faults"] += [[place, "error-cell", "".join(element.itertext())[:40]]] if len(table["faults"]) < FAULTS else []
        elif _is_filled(element):
            table["filled"] += times * again
            if again > FILLED_AGAIN:  # no records are all the same
                raise Refused("sheet-too-large", sheet=table["name"], cell=f"{_letters(column + times)}{row + again}", limit=CELLS)
    elif element.get(_FORMULA) and len(table["faults"]) < FAULTS:
        table["faults"].append([place, "formula-without-value", ""])
    return column + times


def _is_filled(element: ElementTree.Element) -> bool:
    """Whether a cell has a value; one that shows a text but no value of its type is refused, since the parser would take it for empty."""
    kind = element.get(_OFFICE_TYPE, "")
    text = any("".join(paragraph.itertext()).strip() for paragraph in element.iterfind(_PARAGRAPH))
    if kind == "string":
        return text or bool(element.get(_ODS % ("office", "string-value"), "").strip())
    if text and not element.get(_ODS % ("office", _VALUES.get(kind, "value"))):
        raise Refused("not-a-workbook")
    return bool(kind)


def _times(element: ElementTree.Element, name: str) -> int:
    written = element.get(name, "1")
    if not _NUMBER.fullmatch(written):
        raise Refused("not-a-workbook")
    return int(written)
