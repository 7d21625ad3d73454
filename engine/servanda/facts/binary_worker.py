"""The process that opens workbooks and Parquet files: a script of its own, so that a hostile file can harm nothing else.

    python binary_worker.py xlsx|ods < FILE          python binary_worker.py parquet PATH

Before any parser sees the file, this process limits its own memory and processor time, and a workbook's archive is looked
through. It writes JSON lines: for a workbook `{"sheet": …, "hidden": …, "merged": […], "faults": […]}` and lines of columns (some
thousand rows each); for Parquet `{"columns": [[name, type], …]}` and lines of columns. What cannot be read ends with
`{"problem": code, …}`. Days are written as `\\0d2019-03-31`; a NUL cannot stand in a cell. Nothing of servanda is imported here.
"""

import datetime
import decimal
import io
import json
import os
import re
import sys
import tempfile
import zipfile
from xml.etree import ElementTree

MEMORY = 2 * 1024**3
SECONDS = 60
ENTRIES = 2_000
UNPACKED = 400 * 1024**2
RATIO, RATIO_FROM = 200, 10 * 1024**2
CELLS = 5_000_000
PARQUET_CELLS = 10_000_000
ROWS_A_LINE = 5_000
_SHEET_NAMES = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,7})([0-9]{1,9})["']""")
_TWO_LETTERS = re.compile(rb'"[A-Z]{2,7}[0-9]')
_COLUMN = re.compile(rb"""\br=["']([A-Z]{1,3})[0-9]""")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["']([0-9]{1,9})["']""")
_ERROR = re.compile(rb"""<c\b([^>]*\bt=["']e["'][^>]*)>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?\s*(?:<v>([^<]{0,40}))?""")
_NO_VALUE = re.compile(rb"""<c\b([^>]*)>\s*(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>""")


class _Refused(Exception):
    def __init__(self, problem: str, **facts: object) -> None:
        self.facts = {"problem": problem, **facts}
        super().__init__(problem)


def main() -> None:
    """Read what the arguments name and write it as JSON lines."""
    _limit()
    try:
        if sys.argv[1] == "parquet":
            _parquet(sys.argv[2])
        else:
            _workbook(sys.stdin.buffer.read(), sys.argv[1])
    except _Refused as refused:
        _say(refused.facts)
    except MemoryError:
        _say({"problem": "file-too-costly"})
    except BaseException as error:  # noqa: BLE001 - parsers raise what they like, panics included; all of it means: not readable
        _say({"problem": "unreadable-file", "found": f"{type(error).__name__}: {error}"[:200]})


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on this system: then only the sizes below protect
        return
    for kind, bound in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))


def _say(message: object) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True, separators=(",", ":"), default=_day) + "\n")


def _day(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return "\0d" + (value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" "))
    if isinstance(value, datetime.date):
        return "\0d" + value.isoformat()
    return f"{value:f}" if isinstance(value, decimal.Decimal) else str(value)


def _workbook(data: bytes, form: str) -> None:
    archive = _archive(data, form)
    scan = _scan_xlsx(archive) if form == "xlsx" else _scan_ods(archive)
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise _Refused("encrypted-book") from None
    for sheet in book.sheets_metadata:
        facts = scan.get(sheet.name, {})
        if facts.get("cells", 0) > CELLS:
            raise _Refused("sheet-too-large", sheet=sheet.name, cell=facts["last"], limit=CELLS)
        _say({"sheet": sheet.name, "hidden": not str(sheet.visible).endswith(".Visible"), "merged": facts.get("merged", ()), "faults": facts.get("faults", ())})
        if not str(sheet.typ).endswith(".WorkSheet"):
            continue
        table = book.get_sheet_by_name(sheet.name)
        if table.total_height * table.total_width > CELLS:
            raise _Refused("sheet-too-large", sheet=sheet.name, cell=None, limit=CELLS)
        rows = table.to_python(skip_empty_area=False)
        for first in range(0, len(rows), ROWS_A_LINE):
            _say(list(zip(*rows[first : first + ROWS_A_LINE], strict=True)))


def _archive(data: bytes, form: str) -> zipfile.ZipFile:
    """The archive of a workbook, its sizes and declarations looked at before anything is parsed."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # a compound file: an old .xls, or an encrypted workbook
        raise _Refused("encrypted-book" if "EncryptedPackage".encode("utf-16-le") in data else "not-a-workbook")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise _Refused("not-a-workbook") from None
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    bombs = [e for e in entries if e.file_size > RATIO_FROM and e.file_size > RATIO * max(e.compress_size, 1)]
    if len(entries) > ENTRIES or unpacked > UNPACKED or bombs:
        raise _Refused("archive-bomb", found=unpacked, limit=UNPACKED)
    if ("xl/workbook.xml" if form == "xlsx" else "content.xml") not in archive.namelist():
        raise _Refused("not-a-workbook")
    return archive


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of the archive; parts that declare entities or are no UTF-8 text are refused."""
    try:
        data = archive.read(name)
    except KeyError:
        return b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _Refused("not-a-workbook") from None
    if b"\0" in data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _Refused("unsafe-book", found=name)
    return data


def _scan_xlsx(archive: zipfile.ZipFile) -> dict[str, dict]:
    """By sheet: how many cells its range has, its merged cells, its cells with errors or without a value."""
    targets = {
        relation.get("Id"): relation.get("Target", "") for relation in ElementTree.fromstring(_part(archive, "xl/_rels/workbook.xml.rels") or b"<r/>")
    }
    for name in ("xl/sharedStrings.xml", "xl/styles.xml"):
        _part(archive, name)
    found = {}
    for sheet in ElementTree.fromstring(_part(archive, "xl/workbook.xml")).iter(_SHEET_NAMES):
        target = targets.get(sheet.get(_RELATION), "")
        path = target[1:] if target.startswith("/") else "xl/" + target
        found[sheet.get("name")] = _scan_sheet(_part(archive, path))
    return found


def _scan_sheet(data: bytes) -> dict:
    wide = b"r='" in data or _TWO_LETTERS.search(data)
    width = max(map(_number, set(_COLUMN.findall(data))), default=1) if wide else 26
    height = max((int(match[1]) for match in map(_ROW_NUMBER.search, (data, data[data.rfind(b"<row ") :])) if match), default=1)
    faults = []
    if b't="e"' in data or b"t='e'" in data:
        faults = [[_cell_of(match[1]), "error-cell", (match[2] or b"").decode("utf-8", "replace")] for match in _ERROR.finditer(data)]
    if b"<f" in data:
        faults += [[_cell_of(match[1]), "formula-without-value", ""] for match in _NO_VALUE.finditer(data)]
    merged = [text.decode("ascii", "replace") for text in re.findall(rb"""<mergeCell\b[^>]*\bref=["']([A-Z0-9:]{1,40})["']""", data)]
    return {"cells": width * height, "last": f"{_letters(width)}{height}", "merged": merged, "faults": faults[:10_000]}


def _cell_of(attributes: bytes) -> str:
    match = _REFERENCE.search(attributes)
    return (match[1] + match[2]).decode() if match else ""


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _letters(number: int) -> str:
    text = ""
    while number:
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


def _scan_ods(archive: zipfile.ZipFile) -> dict[str, dict]:
    """As `_scan_xlsx`; a range ends with the last cell that holds something."""
    found: dict[str, dict] = {}
    table: dict | None = None
    row = column = again = 0
    for event, element in ElementTree.iterparse(io.BytesIO(_part(archive, "content.xml")), ("start", "end")):
        if event == "start" and element.tag == _TABLE:
            table = {"cells": 0, "last": "A1", "merged": [], "faults": [], "width": 0, "height": 0}
            found[element.get(_NAME, "")] = table
            row = 0
        elif event == "start" and element.tag == _ROW:
            again, column = int(element.get(_ROWS_AGAIN, "1")), 0
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
    times = int(element.get(_CELLS_AGAIN, "1"))
    place = f"{_letters(column + 1)}{row + 1}"
    down, right = int(element.get(_ROWS_OVER, "1")), int(element.get(_CELLS_OVER, "1"))
    if down > 1 or right > 1:
        table["merged"].append(f"{place}:{_letters(column + right)}{row + down}")
    if len(element) or element.get(_OFFICE_TYPE):
        table["width"], table["height"] = max(table["width"], column + times), max(table["height"], row + again)
        if element.get(_VALUE_TYPE) == "error" and len(table["faults"]) < 10_000:
            table["faults"].append([place, "error-cell", "".join(element.itertext())[:40]])
    elif element.get(_FORMULA) and len(table["faults"]) < 10_000:
        table["faults"].append([place, "formula-without-value", ""])
    return column + times


_PLAIN = re.compile(r'VARCHAR(\[\])?|BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|FLOAT|DOUBLE|DATE|TIMESTAMP(_S|_MS|_NS)?|"NULL"|ENUM\(.*\)')


def _parquet(path: str) -> None:
    import duckdb

    config = {"threads": 1, "memory_limit": "1GB", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    con = duckdb.connect(":memory:", config=config)
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, "table.parquet")  # the database would read signs such as * and [ in a name as a pattern
        os.symlink(os.path.abspath(path), link)
        try:
            rows = con.execute("SELECT sum(num_rows) FROM parquet_file_metadata($1)", [link]).fetchone()[0]
            columns = [(name, str(kind)) for name, kind, *_ in con.execute("DESCRIBE SELECT * FROM read_parquet($1)", [link]).fetchall()]
            if rows * len(columns) > PARQUET_CELLS:
                raise _Refused("table-too-large", found=rows * len(columns), limit=PARQUET_CELLS)
            _say({"columns": columns})
            picked = ", ".join(f"c{n}" if _PLAIN.fullmatch(kind) else "NULL" for n, (_, kind) in enumerate(columns))
            named = ", ".join(f"c{n}" for n in range(len(columns)))
            found = con.execute(f"SELECT {picked} FROM read_parquet($1) AS t({named})", [link])  # noqa: S608 - c0, c1, … and NULL only
            while chunk := found.fetchmany(ROWS_A_LINE):
                _say(list(zip(*chunk, strict=True)))
        except (duckdb.InvalidInputException, duckdb.IOException, duckdb.SerializationException) as error:
            raise _Refused("not-parquet", found=str(error).splitlines()[0].replace(link, "…")[:200]) from None
        except duckdb.OutOfMemoryException:
            raise _Refused("file-too-costly") from None


if __name__ == "__main__":
    main()
