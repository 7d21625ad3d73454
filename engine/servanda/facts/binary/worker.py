"""The process that opens workbooks and Parquet files: one of its own, so that a hostile file can harm nothing else.

    python -m servanda.facts.binary.worker xlsx|ods < FILE          … parquet PATH

Before any parser sees the file, this process limits its own memory and processor time, and a workbook's archive is looked
through. It writes JSON lines: for a workbook `{"sheet": …, "hidden": …, "merged": […], "faults": […]}` and lines of columns; for Parquet
`{"columns": [[name, type], …]}` and lines of columns. What cannot be read ends with `{"problem": code, …}`. Days are written as
`["2019-03-31"]`, so that no text can pass for one.
"""

from __future__ import annotations

import io
import sys

from servanda.facts.binary.archive import CELLS, open_archive
from servanda.facts.binary.messages import ROWS_A_LINE, Refused, end, say
from servanda.facts.binary.ods_scan import scan_ods
from servanda.facts.binary.parquet_rows import read_parquet
from servanda.facts.binary.xlsx_scan import scan_xlsx

MEMORY = 2 * 1024**3
SECONDS = 60


def main() -> None:
    """Read what the arguments name and write it as JSON lines."""
    _limit()
    try:
        if sys.argv[1] == "parquet":
            read_parquet(sys.argv[2])
        else:
            read_workbook(sys.stdin.buffer.read(), sys.argv[1])
    except Refused as refused:
        end(refused.facts)
    except MemoryError:
        end({"problem": "file-too-costly"})
    except BaseException as error:  # noqa: BLE001 - parsers raise what they like, panics included; all of it means: not readable
        end({"problem": "unreadable-file", "found": f"{type(error).__name__}: {error}"[:200].strip()})


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on this system: then only the sizes below protect
        return
    for kind, bound in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))


def read_workbook(data: bytes, form: str) -> None:
    """Say the sheets of a workbook: what was found in each, then its columns."""
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
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False) if str(sheet.typ).endswith(".WorkSheet") else []
        filled = sum(len(row) - row.count("") for row in rows)
        if filled < facts["filled"] and form == "xlsx":  # empty texts, or cells that stand twice
            facts = scan_xlsx(archive, thorough=True)[sheet.name]
        if filled < facts["filled"] and rows:  # the parser knows no other prefixes than the usual ones
            raise Refused("not-a-workbook")
        say({"sheet": sheet.name, "hidden": not str(sheet.visible).endswith(".Visible"), "merged": facts["merged"], "faults": facts["faults"]})
        for first in range(0, len(rows), ROWS_A_LINE):
            say(list(zip(*rows[first : first + ROWS_A_LINE], strict=True)))


if __name__ == "__main__":
    main()
