"""Templates, filled in as people do it: by another program (openpyxl), cell by cell."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import yaml

from conftest import ROOT, RULES
from servanda.agreements import read_agreements
from servanda.facts.workbook_layout import MANIFEST, MANIFEST_LABELS
from servanda.kinds import BY_NAME
from servanda.model import Agreement
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import Problems

MINI = ROOT / "tests" / "bad" / "worlds" / "mini"
Records = Mapping[str, Sequence[Mapping[str, str]]]
_TYPED: dict[str, Callable[[str], object]] = {"date": datetime.date.fromisoformat, "amount": float, "number": float, "year": int}


def world(name: str) -> tuple[Pack, Agreement]:
    """A pack and one of its agreements: the project's own, or the smallest that uses everything."""
    problems = Problems()
    rules, agreements, one = (RULES, ROOT / "agreements", "benn-mitte") if name == "benn" else (MINI / "rules", MINI / "agreements", "a")
    packs = read_packs(rules, BY_NAME, problems)
    known, _ = read_agreements(agreements, packs, problems)
    assert not problems
    return packs[name], known[one]


def opened(data: bytes) -> openpyxl.Workbook:
    """A workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def put(sheet: object, row: int, column: int, value: object) -> None:
    """A value in a cell; text as text, also where it begins with an equals sign."""
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def fill_in(book: openpyxl.Workbook, pack: Pack, manifest: Mapping[str, object], records: Records, lang: str = "de") -> None:
    """Enter a submission: `manifest` by key (a type's name means complete until), `records` by fact type with texts as in CSV."""
    rows = {row[0].value: row for row in book[MANIFEST[lang]].iter_rows()}
    for key, value in manifest.items():
        label = MANIFEST_LABELS[key][lang] if key in MANIFEST_LABELS else f"{MANIFEST_LABELS['complete'][lang]}: {pack.vocabulary[key].label.of(lang)}"
        rows[label][1].value = value
    for name, lines in records.items():
        fact_type = pack.vocabulary[name]
        sheet = book[fact_type.label.of(lang)]
        columns = {cell.value: cell.column for cell in sheet[1]}
        for number, line in enumerate(lines, 2):
            for field, text in line.items():
                if text != "":
                    declared = fact_type.fields[field]
                    put(sheet, number, columns[declared.label.of(lang)], _TYPED.get(declared.type, str)(text))


def sample(folder: Path) -> tuple[dict[str, object], dict[str, list[dict[str, str]]]]:
    """Manifest and records of a submission's folder, as `fill_in` takes them."""
    head = yaml.safe_load((folder / "submission.yaml").read_text(encoding="utf-8"))
    complete = head.pop("complete", {})
    manifest = {**head, **(complete if isinstance(complete, dict) else {"complete": complete})}
    records = {}
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            records[path.stem] = list(csv.DictReader(io.StringIO(text)))
        elif path.name != "submission.yaml":
            records[path.stem] = yaml.load(text, Loader=yaml.BaseLoader)
    return manifest, records
