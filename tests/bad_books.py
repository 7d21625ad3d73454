"""Workbooks, archives and Parquet files for the cases of bad inputs, from what a case says of them.

`books` of a case: by file name (`.xlsx` or `.ods`) the sheets by name. A sheet is a list of rows, or a map with `rows` and
`merged` (ranges), `hidden`, `before` and `after` (XML before and after the rows), `xml` (in place of all). A cell is text, or a map:
`number`, `date` (a day, or a serial number), `bool`, `percent`, `error`, `formula` (with or without `value`), `shared` (an index),
`xml` (the cell as it is, `@` for its place). Keys with `/` or ending in `.xml` are parts of the archive: a text replaces the part,
a map replaces old texts in it by new ones, `~` leaves it out. `parquet`: SQL of the rows.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import duckdb

Cell = str | Mapping[str, str]

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Styles of cells by number: general, day, percent, day and time, text, hours.
_STYLES = "".join(f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for number in (0, 14, 10, 22, 49, 46))
_FONTS = '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
_OPEN = {
    part: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in ("office", "table", "text", "style", "number", "manifest")
} | {"calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"}
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def book(name: str, says: Mapping) -> bytes:
    """The bytes of a workbook as a case describes it."""
    sheets = {key: value if isinstance(value, Mapping) else {"rows": value} for key, value in says.items() if not _is_part(key)}
    parts = ods_parts(sheets) if name.endswith(".ods") else xlsx_parts(sheets)
    for key, change in says.items():
        if not _is_part(key):
            continue
        if change == "~":
            del parts[key]
        elif isinstance(change, Mapping):
            for old, new in change.items():
                assert old in parts[key], f"{old!r} does not stand in {key}"
                parts[key] = parts[key].replace(old, new)
        else:
            parts[key] = change
    return archive(parts)


def _is_part(key: str) -> bool:
    return "/" in key or key.endswith(".xml") or key == "mimetype"


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of parts, in their order, the same bytes every time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content.encode() if isinstance(content, str) else content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def xlsx_parts(sheets: Mapping[str, Mapping]) -> dict[str, str]:
    """The parts of an .xlsx (ECMA-376, part 1) with these sheets."""
    types = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in range(1, len(sheets) + 1))
    links = "".join(f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1))
    others = "".join(f'<Relationship Id="{name}" Type="{_RELATIONS}/{name}" Target="{name}.xml"/>' for name in ("sharedStrings", "styles"))
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}"{_hidden(sheet)} r:id="rId{n}"/>' for n, (name, sheet) in enumerate(sheets.items(), 1)
    )
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr/><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}{others}</Relationships>',
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}">{_FONTS}<cellXfs count="6">{_STYLES}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{_MAIN}" count="1" uniqueCount="1"><si><t>steering_round</t></si></sst>',
    }
    for number, sheet in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _xlsx_sheet(sheet)
    return parts


def _hidden(sheet: Mapping) -> str:
    return f' state="{sheet["hidden"]}"' if "hidden" in sheet else ""


def _xlsx_sheet(sheet: Mapping) -> str:
    if "xml" in sheet:
        return sheet["xml"]
    rows = "".join(
        f'<row r="{n}">{"".join(_xlsx_cell(cell, f"{letters(place)}{n}") for place, cell in enumerate(row))}</row>'
        for n, row in enumerate(sheet.get("rows", ()), 1) if row
    )
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in sheet.get("merged", ()))
    tail = f"<mergeCells>{merged}</mergeCells>" if merged else ""
    data = f'<sheetData>{sheet.get("before", "")}{rows}{sheet.get("after", "")}</sheetData>'
    return f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{data}{tail}</worksheet>'


def _xlsx_cell(cell: Cell, place: str) -> str:
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>' if cell else ""
    if "xml" in cell:
        return cell["xml"].replace("@", place)
    if "formula" in cell:
        value = f"<v>{escape(cell['value'])}</v>" if "value" in cell else ""
        return f'<c r="{place}"{_of_kind(cell)}><f>{escape(cell["formula"])}</f>{value}</c>'
    (kind, value), = cell.items()
    if kind == "date" and "-" in value[1:]:
        value = str((datetime.date.fromisoformat(value) - datetime.date(1899, 12, 30)).days)
    kinds = {"number": "", "date": ' s="1"', "percent": ' s="2"', "bool": ' t="b"', "error": ' t="e"', "shared": ' t="s"'}
    return f'<c r="{place}"{kinds[kind]}><v>{escape(value)}</v></c>'


def _of_kind(cell: Mapping) -> str:
    return f' t="{cell["type"]}"' if "type" in cell else ""


def letters(position: int) -> str:
    """The letters of a column (A is 0)."""
    text, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def ods_parts(sheets: Mapping[str, Mapping]) -> dict[str, str]:
    """The parts of an .ods (OpenDocument 1.2, part 1) with these sheets."""
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in _OPEN.items() if name != "manifest")
    gone = '<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>'
    hidden = f"<office:automatic-styles>{gone}</office:automatic-styles>"
    tables = "".join(
        f'<table:table table:name={quoteattr(name)}{" table:style-name=" + quoteattr("gone") if "hidden" in sheet else ""}>{_ods_rows(sheet)}</table:table>'
        for name, sheet in sheets.items()
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    entries = f'<m:file-entry m:full-path="/" m:media-type="{_ODS}"/><m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>'
    return {
        "mimetype": _ODS,
        "content.xml": f'{_HEAD}<office:document-content {spaces} office:version="1.2">{hidden}{body}</office:document-content>',
        "META-INF/manifest.xml": f'{_HEAD}<m:manifest xmlns:m="{_OPEN["manifest"]}">{entries}</m:manifest>',
    }


def _ods_rows(sheet: Mapping) -> str:
    if "xml" in sheet:
        return sheet["xml"]
    rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in sheet.get("rows", ()))
    return f"{sheet.get('before', '')}{rows}{sheet.get('after', '')}"


def _ods_cell(cell: Cell) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
    if "xml" in cell:
        return cell["xml"]
    if "formula" in cell and "value" not in cell:
        return f'<table:table-cell table:formula="of:={escape(cell["formula"])}"/>'
    kinds = {"number": "float", "date": "date", "percent": "percentage", "bool": "boolean", "error": "string", "formula": "float"}
    kind = next(name for name in kinds if name in cell)
    value = cell["value"] if kind == "formula" else cell[kind]
    if kind == "error":
        return (f'<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error">'
                f"<text:p>{value}</text:p></table:table-cell>")
    held = {"date": "date-value", "bool": "boolean-value"}.get(kind, "value")
    formula = f' table:formula="of:={escape(cell["formula"])}"' if kind == "formula" else ""
    return f'<table:table-cell{formula} office:value-type="{kinds[kind]}" office:{held}="{value}"><text:p>{value}</text:p></table:table-cell>'


def parquet(path: Path, query: str) -> None:
    """A Parquet file of the rows of a query."""
    duckdb.connect().sql(query).write_parquet(str(path))
