"""Times the validation of a large workbook against row-by-row validation with pydantic, in the same run: ratios, not seconds.

    python bench/workbook_validation.py [ROWS] [RUNS]

One sheet of meetings (100 000 rows unless said otherwise) is made once. Measured, each in a process of its own, medians:
`servanda validate` as a whole process; the same rows read by openpyxl (read-only), and by python-calamine, and validated row by row by a strict
pydantic model of the same fields, enumerations, dates, conditional requirement and unique ids, as its users would write it. Then the
validation alone, from the cells at hand. Both sides must find the same planted faults.
"""

from __future__ import annotations

import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = ("id", "date", "body", "site", "organiser", "status", "concerns_senate")
FAULTS = {17: ("date", "31.02.2019"), 4711: ("body", "steering_rund"), 70_001: ("site", "mitte-9")}
BODIES = (
    "steering_round", "district_round", "jour_fixe", "residents_council", "neighbourhood_forum", "alternative_participation", "district_body", "network",
    "professional_exchange", "other",
)


def make(path: Path, rows: int) -> None:
    """The workbook: half of the dates real, half German text, with three planted faults."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet("meetings")
        sheet.write_row(0, 0, HEADER)
        for number in range(1, rows + 1):
            date = datetime.date(2019, 1, 1) + datetime.timedelta(number % 365)
            record = [f"m-{number}", None, BODIES[number % 10], "mitte-1", "district", "held", ("ja", "nein")[number % 2]]
            fault = FAULTS.get(number)
            if fault:
                record[HEADER.index(fault[0])] = fault[1]
            for column, value in enumerate(record):
                if value is not None:
                    sheet.write_string(number, column, value)
            if record[1] is None and number % 2:
                sheet.write_datetime(number, 1, datetime.datetime.combine(date, datetime.time()), day)
            elif record[1] is None:
                sheet.write_string(number, 1, f"{date:%d.%m.%Y}")


def rows_of(path: Path, reader: str) -> list[tuple]:
    """The rows of the sheet, header first."""
    if reader == "openpyxl":
        import openpyxl

        return list(openpyxl.load_workbook(path, read_only=True, data_only=True)["meetings"].iter_rows(values_only=True))
    import python_calamine

    return [tuple(None if value == "" else value for value in row) for row in python_calamine.load_workbook(path).get_sheet_by_name("meetings").iter_rows()]


def by_pydantic(rows: list[tuple]) -> set[tuple[int, str]]:
    """(row, field) of what is wrong, validated row by row."""
    from typing import Annotated, Literal

    from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, model_validator

    def to_day(value: object) -> object:
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, str):
            form = "%d.%m.%Y" if "." in value else "%Y-%m-%d"
            return datetime.datetime.strptime(value, form).date()
        return value

    def to_bool(value: object) -> object:
        return {"ja": True, "nein": False, "true": True, "false": False, "1": True, "0": False}.get(value, value) if isinstance(value, str) else value

    class Meeting(BaseModel):
        model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
        id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
        date: Annotated[datetime.date, BeforeValidator(to_day)]
        body: Literal[BODIES]
        site: Literal["mitte-1", "mitte-2"] | None = None
        organiser: Literal["senate", "district", "team"] | None = None
        status: Literal["held", "cancelled", "planned"] = "held"
        concerns_senate: Annotated[bool | None, BeforeValidator(to_bool)] = None

        @model_validator(mode="after")
        def site_where_needed(self) -> Meeting:
            if self.site is None and self.body in ("steering_round", "residents_council", "neighbourhood_forum", "alternative_participation"):
                raise ValueError("site is required")
            return self

    found: set[tuple[int, str]] = set()
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        try:
            meeting = Meeting.model_validate({name: value for name, value in zip(rows[0], row, strict=True) if value is not None})
        except ValidationError as error:
            found.update((number, str(one["loc"][0])) for one in error.errors())
            continue
        if meeting.id in seen:
            found.add((number, "id"))
        seen.add(meeting.id)
    return found


def part(name: str, path: str) -> None:
    """One side, in this process: prints {"seconds": of the validation alone, "found": […]}."""
    if name == "servanda-cells":
        import gc

        gc.set_threshold(200_000, 50, 50)  # as the command line does
        from servanda.facts.validate import validate
        from servanda.facts.workbook_reader import read_workbook
        from servanda.facts.workbook_tables import table_of_sheet
        from servanda.kinds import BY_NAME
        from servanda.pack import read_packs
        from servanda.problems import Problems

        problems = Problems()
        fact_type = read_packs(ROOT / "rules", BY_NAME, problems)["benn"].vocabulary["meetings"]
        sheet = read_workbook(Path(path), "big.xlsx", problems).sheets[0]
        start = time.perf_counter()
        validate(table_of_sheet(sheet, "big.xlsx", "meetings", fact_type, problems), fact_type, frozenset({"mitte-1", "mitte-2"}), frozenset(), problems)
        seconds = time.perf_counter() - start
        found = {(problem.row, problem.column) for problem in problems.sorted()}
    else:
        rows = rows_of(Path(path), name)
        start = time.perf_counter()
        found = by_pydantic(rows)
        seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "found": sorted(found)}))


def run(arguments: list[str], runs: int) -> tuple[float, list[str]]:
    """(median seconds of the whole process, its outputs), after one run that is not counted."""
    seconds, outputs = [], []
    for number in range(runs + 1):
        start = time.perf_counter()
        outputs.append(subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False).stdout)
        if number:
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), outputs[1:]


def main(rows: int, runs: int) -> None:
    """Print the table of ratios."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPATH"] = str(ROOT / "engine")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "facts" / "2019"
        target.mkdir(parents=True)
        (target / "submission.yaml").write_text("agreement: benn-mitte\nsubmitted_on: 2020-01-20\nsubmitted_by: district\n", encoding="utf-8")
        book = target / "big.xlsx"
        make(book, rows)
        print(f"{rows} rows, {book.stat().st_size / 1e6:.1f} MB")
        definitions = ["--agreements", str(ROOT / "agreements"), "--rules", str(ROOT / "rules")]
        own, outputs = run(["-m", "servanda", "validate", folder, *definitions, "--format", "json"], runs)
        wanted = sorted((number + 1, name) for number, (name, _) in FAULTS.items() if number <= rows)
        assert sorted((one["row"], one["column"]) for one in json.loads(outputs[0])["problems"]) == wanted
        alone, results = run([__file__, "--part", "servanda-cells", str(book)], runs)
        cells = statistics.median(json.loads(text)["seconds"] for text in results)
        print(f"servanda validate: {own:.2f} s as a whole process; validation alone, from the cells: {cells:.3f} s")
        for reader in ("openpyxl", "calamine"):
            whole, results = run([__file__, "--part", reader, str(book)], runs)
            assert all([tuple(one) for one in json.loads(text)["found"]] == wanted for text in results), reader
            peer = statistics.median(json.loads(text)["seconds"] for text in results)
            print(f"{reader} + pydantic row by row: {whole:.2f} s = {whole / own:.1f} × as a whole; validation alone {peer:.2f} s = {peer / cells:.1f} ×")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        part(*sys.argv[2:4])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
