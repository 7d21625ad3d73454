"""What the parser passes over in silence in an .ods: merged cells, errors, formulas without a value, repeated cells."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

from servanda.facts.binary.archive import CELLS, FAULTS, letters_of, parse, part
from servanda.facts.binary.messages import Refused

FILLED_AGAIN = 10_000  # how often a filled row may be repeated
_NUMBER = re.compile("[0-9]{1,7}")
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
    """As `xlsx_scan`, of an .ods; a range ends with the last cell that holds something."""
    if b"encryption-data" in part(archive, "META-INF/manifest.xml", False):
        raise Refused("encrypted-book")
    data = part(archive, "content.xml")
    parse(data, "content.xml")
    found: dict[str, dict] = {}
    table: dict | None = None
    row = column = again = 0
    for event, element in ElementTree.iterparse(io.BytesIO(data), ("start", "end")):  # nosec B314  # no document type, so no entities
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
        table.update(cells=table["width"] * table["height"], last=f"{letters_of(table['width'] or 1)}{table['height'] or 1}")
    return found


def _scan_ods_cell(element: ElementTree.Element, table: dict, row: int, column: int, again: int) -> int:
    """Note a cell; the column after it."""
    times = _times(element, _CELLS_AGAIN)
    place = f"{letters_of(column + 1)}{row + 1}"
    down, right = _times(element, _ROWS_OVER), _times(element, _CELLS_OVER)
    if (down > 1 or right > 1) and len(table["merged"]) < FAULTS:
        table["merged"].append(f"{place}:{letters_of(column + right)}{row + down}")
    if len(element) or element.get(_OFFICE_TYPE):
        table["width"], table["height"] = max(table["width"], column + times), max(table["height"], row + again)
        if element.get(_VALUE_TYPE) == "error":
            table["faults"] += [[place, "error-cell", "".join(element.itertext())[:40]]] if len(table["faults"]) < FAULTS else []
        elif _is_filled(element):
            table["filled"] += times * again
            if again > FILLED_AGAIN:  # no records are all the same
                raise Refused("sheet-too-large", sheet=table["name"], cell=f"{letters_of(column + times)}{row + again}", limit=CELLS)
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
