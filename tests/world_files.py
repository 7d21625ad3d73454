"""A world as files: agreements, and every submission in a format drawn for it, so that all formats meet the same worlds.

Text formats are drawn table by table; one submission in `often` is Parquet, XLSX or ODS, which the engine opens in a process of its own.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import xlsxwriter
import yaml

from bad_books import archive, ods_parts
from pack_worlds import Plain

TEXTS = ("csv", "csv", "semicolons", "yaml", "json", "jsonl")
BOOKS = ("parquet", "xlsx", "ods")


def as_text(value: object, german: bool = False) -> str:
    """A value as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {True: "ja", False: "nein"}[value] if german else str(value).lower()
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, datetime.date):
        return f"{value:%d.%m.%Y}" if german else value.isoformat()
    if isinstance(value, Decimal) and german:
        return f"{value:,.2f}".translate(str.maketrans(".,", ",."))
    return str(value)


def plain(value: object) -> object:
    """A value for YAML and JSON."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return float(value)
    return value


def columns(rows: list[dict]) -> list[str]:
    """The fields that any row has."""
    return list(dict.fromkeys(name for row in rows for name in row))


def csv_of(rows: list[dict], german: bool) -> str:
    """The rows as CSV, as English or German programs write it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if german else ",", lineterminator="\r\n" if german else "\n")
    writer.writerow(columns(rows))
    writer.writerows([as_text(row.get(name), german) for name in columns(rows)] for row in rows)
    return text.getvalue()


def parquet(rows: list[dict], path: Path) -> None:
    """The rows as typed columns; lists as text."""
    names = columns(rows)
    values = [[as_text(row[name]) if isinstance(row.get(name), list) else row.get(name) for row in rows] for name in names]
    pyarrow.parquet.write_table(pyarrow.table([pyarrow.array(one) for one in values], names=names), path)


def xlsx(facts: dict[str, list[dict]], path: Path) -> None:
    """A sheet a fact type: days as days, amounts as numbers."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in facts.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, columns(rows))
            for number, row in enumerate(rows, 1):
                for column, field in enumerate(columns(rows)):
                    value = row.get(field)
                    if isinstance(value, datetime.date):
                        sheet.write_datetime(number, column, datetime.datetime.combine(value, datetime.time()), day)
                    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
                        sheet.write_number(number, column, float(value))
                    elif value is not None:
                        sheet.write_string(number, column, as_text(value))


def ods(facts: dict[str, list[dict]], path: Path) -> None:
    """The same as an OpenDocument table."""

    def cell(value: object) -> object:
        if isinstance(value, datetime.date):
            return {"date": value.isoformat()}
        return {"number": str(value)} if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else as_text(value)

    sheets = {name: {"rows": [columns(rows), *([cell(row.get(field)) for field in columns(rows)] for row in rows)]} for name, rows in facts.items()}
    path.write_bytes(archive(ods_parts(sheets)))


def write_tables(facts: dict[str, list[dict]], folder: Path, how: str | None, chance: str) -> None:
    """The tables of a submission in one format, or each in a text format of its own, which hangs on nothing but `chance` and its name."""
    facts = {name: rows for name, rows in facts.items() if rows}
    if how in ("xlsx", "ods") and facts:
        {"xlsx": xlsx, "ods": ods}[how](facts, folder / f"meldung.{how}")
        return
    for name, rows in facts.items():
        one = how or random.Random(f"{chance} {name}").choice(TEXTS)
        if one == "parquet":
            parquet(rows, folder / f"{name}.parquet")
        elif one in ("csv", "semicolons"):
            (folder / f"{name}.csv").write_text(csv_of(rows, one == "semicolons"), encoding="utf-8", newline="")
        elif one == "yaml":
            (folder / f"{name}.yaml").write_text(yaml.dump(plain(rows), Dumper=Plain, allow_unicode=True), encoding="utf-8")
        else:
            texts = [json.dumps(plain(row), default=str) for row in rows]
            (folder / f"{name}.{one}").write_text("\n".join(texts) if one == "jsonl" else f"[{', '.join(texts)}]", encoding="utf-8")


def write_world(world: dict, folder: Path, seed: int = 0, often: float = 0.0) -> None:
    """Below `folder`: `agreements/` and `facts/`; a share of `often` of the submissions as Parquet or a workbook."""
    (folder / "agreements").mkdir(parents=True)
    for agreement in world["agreements"]:
        (folder / "agreements" / f"{agreement['id']}.yaml").write_text(json.dumps(plain(agreement), default=str), encoding="utf-8")
    for submission in world["submissions"]:
        place = folder / "facts" / submission["pack"] / (submission["agreement"] or "programme") / submission["folder"]
        place.mkdir(parents=True)
        kept = {name: submission[name] for name in ("submitted_on", "submitted_by", "complete", "withdraws") if submission[name]}
        owner = {"agreement": submission["agreement"]} if submission["agreement"] else {"pack": submission["pack"]}
        (place / "submission.yaml").write_text(json.dumps(plain({**owner, **kept}), default=str), encoding="utf-8")
        chance = f"{seed} {submission['agreement']} {submission['folder']}"
        rng = random.Random(chance)
        write_tables(submission["facts"], place, rng.choice(BOOKS) if rng.random() < often else None, chance)
