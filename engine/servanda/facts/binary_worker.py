"""The process that opens workbooks and Parquet files: a script of its own, so that a hostile file can harm nothing else.

    python binary_worker.py xlsx|ods < FILE          python binary_worker.py parquet PATH

Before any parser sees the file, this process limits its own memory and processor time, and a workbook's archive is looked
through (`workbook_scan`). It writes JSON lines: for a workbook `{"sheet": …, "hidden": …, "merged": […], "faults": […]}` and lines of rows; for Parquet
`{"columns": [[name, type], …]}` and lines of rows. What cannot be read ends with `{"problem": code, …}`. Days are written as
`["2019-03-31"]`, so that no text can pass for one. Nothing else of servanda is imported here.
"""

import datetime
import decimal
import io
import json
import os
import re
import sys
import tempfile

from servanda.facts.workbook_scan import CELLS, Refused, open_archive, scan_ods, scan_xlsx

MEMORY = 2 * 1024**3
SECONDS = 60
PARQUET_CELLS = 20_000_000
SAID = 512 * 1024**2  # bytes handed to the parent, so that its memory is bounded, too
ROWS_A_LINE = 5_000


def main() -> None:
    """Read what the arguments name and write it as JSON lines."""
    _limit()
    try:
        if sys.argv[1] == "parquet":
            _parquet(sys.argv[2])
        else:
            _workbook(sys.stdin.buffer.read(), sys.argv[1])
    except Refused as refused:
        _end(refused.facts)
    except MemoryError:
        _end({"problem": "file-too-costly"})
    except BaseException as error:  # noqa: BLE001 - parsers raise what they like, panics included; all of it means: not readable
        _end({"problem": "unreadable-file", "found": f"{type(error).__name__}: {error}"[:200].strip()})


def _end(problem: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(problem) + "\n")


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on this system: then only the sizes below protect
        return
    for kind, bound in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))


def _say(message: object) -> None:
    global _said
    line = json.dumps(message, ensure_ascii=True, separators=(",", ":"), default=_day) + "\n"
    _said += len(line)
    if _said > SAID:
        raise Refused("file-too-costly")
    sys.stdout.write(line)


_said = 0


def _day(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return [value.date().isoformat()] if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, datetime.date):
        return [value.isoformat()]
    return f"{value:f}" if isinstance(value, decimal.Decimal) else str(value)


def _workbook(data: bytes, form: str) -> None:
    archive = open_archive(data, form)
    scan = scan_xlsx(archive) if form == "xlsx" else scan_ods(archive)
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise Refused("encrypted-book") from None
    if [sheet.name for sheet in book.sheets_metadata] != list(scan):
        raise Refused("not-a-workbook")
    cells = 0
    for sheet in book.sheets_metadata:
        facts = scan[sheet.name]
        cells += facts["cells"]
        if cells > CELLS:
            raise Refused("sheet-too-large", sheet=sheet.name, cell=facts["last"], limit=CELLS)
        _say({"sheet": sheet.name, "hidden": not str(sheet.visible).endswith(".Visible"), "merged": facts["merged"], "faults": facts["faults"]})
        if not str(sheet.typ).endswith(".WorkSheet"):
            continue
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        if sum(value != "" for row in rows for value in row) < facts["filled"]:  # the parser knows no other prefixes than the usual ones
            raise Refused("not-a-workbook")
        for first in range(0, len(rows), ROWS_A_LINE):
            _say(rows[first : first + ROWS_A_LINE])


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
                raise Refused("table-too-large", found=rows * len(columns), limit=PARQUET_CELLS)
            _say({"columns": columns})
            picked = ", ".join(f"c{n}" if _PLAIN.fullmatch(kind) else "NULL" for n, (_, kind) in enumerate(columns))
            named = ", ".join(f"c{n}" for n in range(len(columns)))
            found = con.execute(f"SELECT {picked} FROM read_parquet($1) AS t({named})", [link])  # noqa: S608 - c0, c1, … and NULL only
            while chunk := found.fetchmany(ROWS_A_LINE):
                _say(chunk)
        except duckdb.OutOfMemoryException:
            raise Refused("file-too-costly") from None
        except duckdb.Error as error:
            raise Refused("not-parquet", found=(str(error).splitlines() or [""])[0].replace(link, "…")[:200]) from None


if __name__ == "__main__":
    main()
