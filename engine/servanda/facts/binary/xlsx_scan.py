"""What the parser passes over in silence in an .xlsx: merged cells, errors, formulas without a value, odd XML."""

from __future__ import annotations

import re
import zipfile
from operator import lt
from xml.parsers import expat

from servanda.facts.binary.archive import FAULTS, letters_of, number_of, parse, part, tree
from servanda.facts.binary.messages import Refused

LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
_COLUMN = re.compile("[A-Za-z]{1,3}")
_NUMBER = re.compile("[0-9]{1,7}")
_INLINE = "inline text"
LARGE = 4 * 1024**2
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})')
_TWO_LETTERS = re.compile(rb'<c r="[A-Z]{2}')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]{1,40})"')
_REFERENCES = re.compile(rb"<(?:\w+:)?v[^<>]*>[^<&]*&")


def scan_xlsx(archive: zipfile.ZipFile, thorough: bool = False) -> dict[str, dict]:
    """By sheet: how many cells its range has, its merged cells, its cells with errors or without a value, and how many are surely `filled`.

    A large sheet without anything odd in its text is not looked at cell by cell, unless that is to be `thorough`.
    """
    targets = {relation.get("Id"): relation.get("Target", "") for relation in tree(part(archive, "xl/_rels/workbook.xml.rels"))}
    for name in ("xl/sharedStrings.xml", "xl/styles.xml"):
        parse(part(archive, name, False) or b"<none/>", name)
    found = {}
    for sheet in tree(part(archive, "xl/workbook.xml")).iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        target = next((targets.get(value, "") for key, value in sheet.items() if key.endswith("}id")), "")
        path = target[1:] if target.startswith("/") else target if target.startswith("xl/") else "xl/" + target
        data = part(archive, path)
        plain = None if thorough or len(data) < LARGE else _plain(data)
        found[sheet.get("name")] = plain or _SheetScan().of(data, path)
    return found


def _plain(data: bytes) -> dict | None:
    """The findings of a sheet that holds nothing but cells with values, as its text alone can tell; None where it is not surely so."""
    start, end = data.find(b"<sheetData>"), data.rfind(b"</sheetData>")
    region = data[start:end]
    cells, values = region.count(b"<c"), region.count(b"<v")
    rows = [int(number) for number in _ROW.findall(region)]
    odd = start < 0 or end < 0 or not rows or data.count(b"<sheetData") > 1 or not data.rstrip().endswith(b"</worksheet>")
    odd = odd or any(sign in region for sign in (b"<f", b"<!", b"<?", b"&#", b't="e"', b"='")) or not all(map(lt, rows, rows[1:]))
    if odd or cells != region.count(b'<c r="') or values != region.count(b"<v>") or len(rows) != region.count(b"<row"):
        return None
    wide = _TWO_LETTERS.search(region) is not None
    width = max(map(number_of, {letters.decode() for letters in _LETTERS.findall(region)})) if wide else 26
    if width > LAST_COLUMN or rows[-1] > LAST_ROW:
        return None
    merged = [text.decode() for text in _MERGED.findall(data, end)]
    filled = values + region.count(b"<is>")
    # up to Z, memory is bounded anyway, and the true width is not worth another look
    return {"cells": width * rows[-1] if wide else filled, "last": f"{letters_of(width)}{rows[-1]}", "merged": merged[:FAULTS], "faults": [], "filled": filled}


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
        parse(data, name, self.parser)
        self._end_cell()
        last = f"{letters_of(self.width or 1)}{self.height or 1}"
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
        elif self.formula or self.kind in ("e", "s"):  # what stands behind the last cell, such as the lists of drop-downs, is no text of it
            self._end_cell()
        if name == "mergeCell" and len(self.merged) < FAULTS:
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
            self.columns[name] = number_of(name.upper()) if _COLUMN.fullmatch(name) else 0
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
            self.faults.append([f"{letters_of(self.column)}{self.row}", code, found[:40]])
