"""Intake as others do it, and that all find the same: python bench/row_by_row.py pydantic|pandera|servanda CSV

The table is `expenditures` (see bench/intake.py): ids of letters, digits, `-`, `_`, `.`; a site of the agreement; a date from 2000 to 2100; an amount
with at most two decimals; a category; no id twice. Prints the rows (the header is row 1) that are refused, and the seconds from the file to that answer.
"""

from __future__ import annotations

import csv
import datetime
import json
import random
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

ROOT = Path(__file__).resolve().parent.parent
SITES = ("a-1", "a-2")
FAULTS = ("date", "amount", "site", "category", "id", "twice", "measure", "date", "amount", "twice")


def plant(source: Path, target: Path, seed: int = 1) -> list[int]:
    """Copy a table with ten faults in it; gives their rows."""
    lines = source.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    wrong = {"date": "31.02.2019", "amount": "12.345", "site": "b-9", "category": "gifts", "id": "e 1", "measure": "m/1"}
    rows = sorted(random.Random(seed).sample(range(2, len(lines)), len(FAULTS)))
    for row, fault in zip(rows, FAULTS, strict=True):
        cells = lines[row].split(",")
        cells[header.index("id" if fault == "twice" else fault)] = lines[1].split(",")[header.index("id")] if fault == "twice" else wrong[fault]
        lines[row] = ",".join(cells)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [row + 1 for row in rows]


def with_pydantic(file: Path) -> list[int]:
    """A model a row."""
    from pydantic import BaseModel, ConfigDict, Field, ValidationError

    Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")]

    class Expenditure(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)
        id: Id
        measure: Id | Literal[""]
        site: Literal[SITES]
        date: Annotated[datetime.date, Field(ge=datetime.date(2000, 1, 1), le=datetime.date(2100, 12, 31))]
        amount: Annotated[Decimal, Field(decimal_places=2, max_digits=14)]
        category: Literal["materials", "fees", ""]

    refused, seen = [], set()
    with file.open(encoding="utf-8", newline="") as stream:
        for row, record in enumerate(csv.DictReader(stream), 2):
            try:
                one = Expenditure.model_validate(record)
            except ValidationError:
                refused.append(row)
                continue
            if one.id in seen:
                refused.append(row)
            seen.add(one.id)
    return refused


def with_pandera(file: Path) -> list[int]:
    """A schema over a frame."""
    import pandas
    from pandera.errors import SchemaErrors
    from pandera.pandas import Check, Column, DataFrameSchema

    frame = pandas.read_csv(file, dtype=str, keep_default_na=False)
    plain = r"^[A-Za-z0-9._-]{1,200}$"
    days = pandas.to_datetime(frame["date"], format="%Y-%m-%d", errors="coerce")
    schema = DataFrameSchema({
        "id": Column(str, Check.str_matches(plain), unique=True, report_duplicates="exclude_first"), "measure": Column(str, Check.str_matches(plain)),
        "site": Column(str, Check.isin(SITES)), "date": Column(str, Check(lambda column: days.between("2000-01-01", "2100-12-31"))),
        "amount": Column(str, Check.str_matches(r"^-?\d{1,12}(\.\d{1,2})?$")), "category": Column(str, Check.isin(("materials", "fees", ""))),
    }, strict=True)
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return sorted({int(index) + 2 for index in errors.failure_cases["index"]})
    return []


def with_servanda(file: Path) -> list[int]:
    """The reader and the validator of the engine, as a submission's table goes through them."""
    from servanda.facts.load import load_found
    from servanda.facts.manifest import Known
    from servanda.facts.submissions import Place
    from servanda.kinds import BY_NAME
    from servanda.model import Agreement, Site, Submission
    from servanda.pack import read_packs
    from servanda.problems import Problems

    day = datetime.date(2021, 9, 1)
    pack = read_packs(ROOT / "rules" / "benn", BY_NAME, Problems())["benn"]
    sites = tuple(Site(name, name, "benn_team", datetime.date(2017, 9, 1), datetime.date(2021, 12, 31)) for name in SITES)
    known = Known({"benn": pack}, {"a": Agreement("a", "benn", "a", datetime.date(2017, 9, 1), datetime.date(2021, 12, 31), sites)})
    problems = Problems()
    submission = Submission(file.parent.as_posix(), "1", "benn", "a", day, "team", {}, ())
    load_found([(submission, Place(file.parent))], known, None, problems)
    return sorted({problem.row for problem in problems.since(0) if problem.file.endswith("expenditures.csv")})


def main(way: str, file: str) -> None:
    """Print what is refused, and how long that took."""
    work = {"pydantic": with_pydantic, "pandera": with_pandera, "servanda": with_servanda}[way]
    start = time.perf_counter()
    refused = work(Path(file))
    print(json.dumps({"seconds": time.perf_counter() - start, "refused": refused}))


if __name__ == "__main__":
    main(*sys.argv[1:])
