"""docs/formats.md: its examples are one and the same valid record, and its bounds are the program's."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import bad_books
from conftest import ROOT
from servanda import json_source, problems, yaml_source
from servanda.facts import csv_reader, json_reader, large_assemble, large_table, load, parquet_reader, workbook_reader
from servanda.facts.binary import archive, messages, parquet_rows, worker
from servanda.intake import validate

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
WORLD = Path(__file__).resolve().parent / "bad" / "worlds" / "mini"
BLOCKS = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE, re.S))
SUBMISSION = "facts/mini/a/2019"


def _records(folder: Path) -> list[tuple]:
    intake = validate([folder / "facts"], folder / "agreements", folder / "rules")
    (tables,) = intake.loaded.tables
    return [tuple(table.columns[name] for name in ("id", "date", "site")) for table in tables if table.type == "visits"]


@pytest.mark.parametrize("ending", ["csv", "yaml", "json", "jsonl", "sql", "xlsx", "ods"])
def test_examples_are_the_same_record(ending: str, tmp_path: Path) -> None:
    shutil.copytree(WORLD, tmp_path, dirs_exist_ok=True)
    folder = tmp_path / SUBMISSION
    (folder / "visits.csv").unlink()
    if ending == "sql":
        bad_books.parquet(folder / "visits.parquet", BLOCKS["sql"])
    elif ending in ("xlsx", "ods"):
        (folder / "submission.yaml").unlink()
        sheets: dict[str, list[list[str]]] = {}
        for line in re.findall(r"^\| (.*) \|$", PAGE.partition("| sheet |")[2].partition("## Bounds")[0], re.M):
            name, *cells = (cell.strip() for cell in line.split("|"))
            if not name.startswith("---"):
                sheets.setdefault(name or list(sheets)[-1], []).append(cells)
        (folder / f"anything.{ending}").write_bytes(bad_books.book(f"x.{ending}", sheets))
    else:
        (folder / f"visits.{ending}").write_text(BLOCKS[ending], encoding="utf-8")
    ((ids, days, sites),) = _records(tmp_path)
    assert (ids, [day.isoformat() for day in days], sites) == (["v-1"], ["2019-04-02"], ["s-1"])


def test_bounds_are_the_programs() -> None:
    said = PAGE.partition("## Bounds")[2]
    mib = 1024**2
    for number, words in (
        (csv_reader.MAX_BYTES // 1024**3, "| `.csv` | {} GiB"), (csv_reader.MAX_CELLS, "| {} cells, 1"),
        (yaml_source.MAX_BYTES // mib, "| `.yaml` | {} MiB"),
        (json_reader.MAX_BYTES // mib, "| `.json`, `.jsonl` | {} MiB"), (json_source.MAX_VALUES, "{} values | in place"),
        (yaml_source.MAX_DEPTH, "{} levels, 4"), (workbook_reader.MAX_BYTES // mib, "| `.xlsx`, `.ods` | {} MiB"),
        (archive.UNPACKED // mib, "{} MiB unpacked"), (archive.ENTRIES, "{} parts"), (archive.CELLS, "{} cells"),
        (worker.MEMORY // 1024**3, "own process | {} GiB"), (messages.SAID // mib, "of which {} MiB"), (worker.SECONDS, "{} s of processor"),
        (parquet_reader.MAX_BYTES // 1024**3, "| `.parquet` | {} GiB"), (parquet_rows.CELLS, "{} values | own"),
        (load.LARGE // mib, "file of {} MiB and more"), (large_table.MAX_BYTES // 1024**3, "up to {} GiB"), (large_table.MAX_LINE, "no line over {} bytes"),
        (large_assemble.WHOLE, "more than {} records"), (problems.LISTED, "first {} are listed"),
    ):
        assert words.format(f"{number:,}".replace(",", " ")) in said, words
