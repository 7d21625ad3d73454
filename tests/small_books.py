"""Workbooks and other table files, written by hand for the contract's checks."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb

Rows = Sequence[Sequence[str]]

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
%s</Types>"""
_SHEET_TYPE = '<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
_RELS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>"""
_REL = '<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BOOK = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook %s '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>%s</sheets></workbook>'
)


def _xlsx_sheet(rows: Rows) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' for place, text in enumerate(row) if text != "")
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet {_MAIN}><sheetData>{"".join(lines)}</sheetData></worksheet>'


def xlsx(path: Path, sheets: dict[str, Rows]) -> None:
    """A workbook of text cells."""
    numbered = list(enumerate(sheets.items(), 1))
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", _TYPES % "".join(_SHEET_TYPE % number for number, _ in numbered))
        book.writestr("_rels/.rels", _RELS % (_REL % (1, "officeDocument", "xl/workbook.xml")))
        names = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, (name, _) in numbered)
        book.writestr("xl/workbook.xml", _BOOK % (_MAIN, names))
        links = "".join(_REL % (number, "worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered)
        book.writestr("xl/_rels/workbook.xml.rels", _RELS % links)
        for number, (_, rows) in numbered:
            book.writestr(f"xl/worksheets/sheet{number}.xml", _xlsx_sheet(rows))


def ods(path: Path, sheets: dict[str, Rows]) -> None:
    """An OpenDocument spreadsheet of text cells."""
    names = {part: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in ("office", "table", "text", "manifest")}
    tables = []
    for name, rows in sheets.items():
        lines = "".join(
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>' if text != "" else "<table:table-cell/>"
                for text in row
            )
            + "</table:table-row>"
            for row in rows
        )
        tables.append(f'<table:table table:name="{name}">{lines}</table:table>')
    spaces = " ".join(f'xmlns:{part}="{names[part]}"' for part in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr(
            "content.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">{body}</office:document-content>'
        )
        entries = f'<m:file-entry m:full-path="/" m:media-type="{kind}"/><m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>'
        book.writestr("META-INF/manifest.xml", f'<?xml version="1.0" encoding="UTF-8"?><m:manifest xmlns:m="{names["manifest"]}">{entries}</m:manifest>')


def parquet(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """A Parquet file with the types that the JSON of the rows suggests, dates as text."""
    source = path.with_suffix(".source.json")
    source.write_text(json.dumps(list(rows)), encoding="utf-8")
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in dict.fromkeys(name for row in rows for name in row))
    duckdb.connect().sql(f"SELECT * FROM read_json('{source}', columns = {{{columns}}})").write_parquet(str(path))  # noqa: S608
    source.unlink()


def grid(rows: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Rows as a header and lines of text."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [columns, *[["" if row.get(name) is None else str(row[name]) for name in columns] for row in rows]]
