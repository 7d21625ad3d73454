"""Files that mean harm, by name: archives that unpack to too much, that lie about their sizes, that reach too far."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

from bad_books import archive, book, ods_parts, xlsx_parts

_HEADER = ["id", "date", "body", "site"]
_ROW = ["m-1", "2019-03-12", "steering_round", "s-1"]
_SHEET = "xl/worksheets/sheet1.xml"


def valid() -> bytes:
    """A workbook with one meeting."""
    return book("meldung.xlsx", {"meetings": [_HEADER, _ROW]})


def valid_ods() -> bytes:
    """The same as OpenDocument."""
    return book("meldung.ods", {"meetings": [_HEADER, _ROW]})


def _parts(rows: str, name: str = "meetings") -> dict[str, str]:
    return xlsx_parts({name: {"rows": [_HEADER, _ROW], "after": rows}})


def bomb() -> bytes:
    """A sheet that is mostly blanks: little when packed, too much when not."""
    return archive({**_parts(""), _SHEET: b" " * (450 * 1024**2)})


def many_entries() -> bytes:
    """More parts than any workbook has."""
    return archive({**_parts(""), **{f"xl/media/{n}": "" for n in range(3_000)}})


def _directory_says(data: bytes, name: str, size: int) -> bytes:
    """The archive with another unpacked size of an entry in its directory and local header."""
    changed = bytearray(data)
    for signature, sizes, names in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        start = 0
        while (start := changed.find(signature, start)) >= 0:
            if changed[start + names : start + names + len(name)] == name.encode():
                struct.pack_into("<I", changed, start + sizes, size)
            start += 4
    return bytes(changed)


def lying_sizes() -> bytes:
    """A bomb whose directory claims a small sheet."""
    return _directory_says(bomb(), _SHEET, 1_000)


def lying_strings() -> bytes:
    """A bomb of shared strings whose directory claims a small part."""
    strings = xlsx_parts({"meetings": {"rows": []}})["xl/sharedStrings.xml"].replace("<si>", "<si>" + " " * (300 * 1024**2))
    return _directory_says(archive({**_parts(""), "xl/sharedStrings.xml": strings}), "xl/sharedStrings.xml", 500)


def overlapping() -> bytes:
    """A hundred sheets, all of them one and the same packed part."""
    parts = _parts("")
    stream = io.BytesIO(archive({**parts, **{f"xl/more/sheet{n:03}.xml": parts[_SHEET] * 1_000 for n in range(100)}}))
    with zipfile.ZipFile(stream) as packed:
        entries = [entry for entry in packed.infolist() if entry.filename.startswith("xl/more/")]
    data = bytearray(stream.getvalue())
    for entry in entries:
        start = data.rfind(b"PK\x01\x02", 0, data.rfind(entry.filename.encode()))
        struct.pack_into("<I", data, start + 42, entries[0].header_offset)
    return bytes(data)


def quoted() -> bytes:
    """An entry whose directory claims more packed bytes than the archive has."""
    data = bytearray(valid())
    start = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, start + 20, 2**31)
    return bytes(data)


def twice() -> bytes:
    """Two parts of one name: some readers take the first, others the last."""
    first = _parts("")
    other = _parts('<row r="3"><c r="A3" t="inlineStr"><is><t>m-2</t></is></c></row>')
    stream = io.BytesIO(archive(first))
    with zipfile.ZipFile(stream, "a") as packed:
        packed.writestr(_SHEET.replace("xl/", "XL/"), other[_SHEET])
    return stream.getvalue()


def far_cell() -> bytes:
    """A cell in the last row and column that Excel has."""
    return archive(_parts('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


def far_cells_in_many_sheets() -> bytes:
    """Sheets that each stay under the bound, but not together."""
    sheet = {"rows": [_HEADER], "after": '<row r="1000000"><c r="A1000000"><v>1</v></c></row>'}
    return archive(xlsx_parts({f"meetings {n}" if n else "meetings": sheet for n in range(60)}))


def wide() -> bytes:
    """More columns than Excel has."""
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(200_000))
    return archive(_parts(f'<row r="3">{cells}</row>'))


def widest() -> bytes:
    """As many columns as Excel has, none of them known."""
    return archive(xlsx_parts({"meetings": {"rows": [_HEADER + [f"spalte{n}" for n in range(16_380)]]}}))


def huge_texts() -> bytes:
    """One long text in very many cells."""
    strings = xlsx_parts({"x": {"rows": []}})["xl/sharedStrings.xml"].replace("steering_round", "x" * 100_000)
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(3, 50_000))
    return archive({**_parts(rows), "xl/sharedStrings.xml": strings})


def error_cells() -> bytes:
    """More faults than are told apart."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#N/A</v></c></row>' for n in range(3, 12_003))
    return archive(_parts(rows))


def merged_everywhere() -> bytes:
    """More merged ranges than are told apart, each over many rows."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(3, 20_003))
    parts = _parts(rows)
    areas = "".join('<mergeCell ref="A1:D20000"/>' for _ in range(200_000))
    parts[_SHEET] = parts[_SHEET].replace("</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>")
    return archive(parts)


def deep() -> bytes:
    """XML nested a million times."""
    parts = _parts("")
    parts[_SHEET] = "<worksheet><sheetData>" + "<a>" * 1_000_000 + "</a>" * 1_000_000 + "</sheetData></worksheet>"
    return archive(parts)


def deep_ods() -> bytes:
    """OpenDocument nested three hundred thousand times."""
    parts = ods_parts({"meetings": {"rows": [_HEADER, _ROW], "after": "<text:p>" * 300_000 + "</text:p>" * 300_000}})
    return archive(parts)


def open_tags() -> bytes:
    """Beginnings of cells without an end, which a careless search would read again and again."""
    parts = _parts("")
    parts[_SHEET] = "<worksheet><sheetData>" + '<c t="e" ' * 1_000_000
    return archive(parts)


def _repeated(row: str) -> bytes:
    return archive(ods_parts({"meetings": {"rows": [_HEADER, _ROW], "after": row}}))


def repeated_rows() -> bytes:
    """A filled row a million times over."""
    cells = "".join(f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in _ROW)
    return _repeated(f'<table:table-row table:number-rows-repeated="1048574">{cells}</table:table-row>')


def repeated_columns() -> bytes:
    """A filled cell a million times over, in a few rows."""
    cell = '<table:table-cell table:number-columns-repeated="1000000" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>'
    return _repeated(f'<table:table-row table:number-rows-repeated="20">{cell}</table:table-row>')


def repeated_backwards() -> bytes:
    """A cell that is repeated minus five times."""
    return _repeated('<table:table-row><table:table-cell table:number-columns-repeated="-5"/><table:table-cell table:formula="of:=A1"/></table:table-row>')


def old_excel() -> bytes:
    """The beginning of a compound file, as .xls has it."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_000 + "Workbook".encode("utf-16-le")


def encrypted() -> bytes:
    """The beginning of an encrypted .xlsx, which is a compound file."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_000 + "EncryptedPackage".encode("utf-16-le")


def zip_encrypted() -> bytes:
    """An archive whose entries claim to be encrypted."""
    data = bytearray(valid())
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            data[start + flags] |= 1
            start += 4
    return bytes(data)


def encrypted_ods() -> bytes:
    """An .ods with a password: its manifest says how, its content is noise."""
    parts = ods_parts({"meetings": {"rows": [_HEADER]}})
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(
        'm:full-path="content.xml" m:media-type="text/xml"/>', 'm:full-path="content.xml" m:media-type="text/xml"><m:encryption-data/></m:file-entry>'
    )
    return archive({**parts, "content.xml": bytes(range(256)) * 10})


def cut() -> bytes:
    """A workbook that was not copied to its end."""
    return valid()[:-30]


def utf16_part() -> bytes:
    """A sheet in UTF-16, in which entities could hide."""
    parts = _parts("")
    return archive({**parts, _SHEET: parts[_SHEET].replace("UTF-8", "UTF-16").encode("utf-16")})


def ebcdic_part() -> bytes:
    """A sheet that declares an encoding in which its entities do not look like entities."""
    body = '<!DOCTYPE x [<!ENTITY a "steering_round">]><worksheet/>'
    return archive({**_parts(""), _SHEET: b'<?xml version="1.0" encoding="cp037"?>' + body.encode("cp037")})


def climbing() -> bytes:
    """An archive with entries that would climb out of the folder, were it unpacked."""
    return archive({**_parts(""), "../../outside.txt": "x", "/etc/outside": "x"})


FILES: dict[str, Callable[[], bytes]] = {
    one.__name__.replace("_", " "): one
    for one in (
        valid, valid_ods, bomb, many_entries, lying_sizes, lying_strings, overlapping, quoted, twice, far_cell, far_cells_in_many_sheets, wide,
        widest, huge_texts, error_cells, merged_everywhere, deep, deep_ods, open_tags, repeated_rows, repeated_columns, repeated_backwards, old_excel,
        encrypted, zip_encrypted, encrypted_ods, cut, utf16_part, ebcdic_part, climbing,
    )
}
