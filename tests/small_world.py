"""Small worlds for the contract's checks: an agreement, submissions and tables in a folder, and one run of the command line over them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from servanda.cli import _run

RULES = Path(__file__).resolve().parent.parent / "rules"
NORTH = {"id": "s-1", "name": "North", "kind": "benn_team", "from": "2017-09-01"}
SOUTH = {"id": "s-2", "name": "South", "kind": "quartiersmanagement", "from": "2017-09-01"}

Row = dict[str, Any]


def texts(value: Any) -> str:
    """One cell of a CSV table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "|".join(str(part) for part in value)
    return str(value)


def csv_text(rows: Sequence[Row], delimiter: str = ",") -> str:
    """Rows as CSV text, with the union of their columns as header."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([texts(row.get(column)) for column in columns] for row in rows)
    return target.getvalue()


def dump(path: Path, data: Any) -> None:
    """Write YAML. Dates are kept as plain scalars."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    path.write_text(plain_dates(text), encoding="utf-8")


def plain_dates(text: str) -> str:
    """Take the quotes from ISO dates, so that they read as a person would write them."""
    return re.sub(r"'(\d{4}-\d{2}-\d{2})'", r"\1", text)


@dataclass
class Outcome:
    """What one run left behind."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def findings(self) -> list[dict[str, Any]]:
        return self.data["findings"]

    @property
    def problems(self) -> list[dict[str, Any]]:
        assert self.status == 2, (self.status, self.out[:500], self.err[:500])
        assert self.data["schema"] == "servanda.problems/1"
        return self.data["problems"]

    def problem(self, file: str) -> dict[str, Any]:
        """The one problem of that file."""
        found = [problem for problem in self.problems if (problem["file"] or "").endswith(file)]
        assert len(found) == 1, self.out
        return found[0]

    def all_of(self, obligation: str) -> list[dict[str, Any]]:
        return [finding for finding in self.findings if finding["obligation"] == obligation]

    def maybe(self, obligation: str, site: str | None = None, label: str | None = None) -> dict[str, Any] | None:
        """The only finding of that obligation, at that site and of that period where they are named, or None."""
        found = [
            finding
            for finding in self.all_of(obligation)
            if (site is None or finding["site"] == site) and (label is None or finding["period"]["label"] == label)
        ]
        assert len(found) <= 1, found
        return found[0] if found else None

    def one(self, obligation: str, site: str | None = None, label: str | None = None) -> dict[str, Any]:
        found = self.maybe(obligation, site, label)
        assert found is not None, (self.status, obligation, site, label, self.out[:800], self.err[:800])
        return found


class World:
    """A folder with agreements and facts, written piece by piece."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.agreements = folder / "agreements"
        self.facts = folder / "facts"
        self.rules = RULES
        self.agreements.mkdir(parents=True, exist_ok=True)
        self.facts.mkdir(parents=True, exist_ok=True)

    def agreement(self, name: str = "benn-mitte", sites: Sequence[Row] = (NORTH,), **more: Any) -> Path:
        term = {"from": "2017-09-01", "to": "2021-12-31"}
        data = {"id": name, "pack": "benn", "district": "Mitte", "term": term, "sites": [dict(site) for site in sites], **more}
        path = self.agreements / f"{name}.yaml"
        dump(path, {key: value for key, value in data.items() if value is not None})
        return path

    def submit(
        self,
        *,
        folder: str = "2019",
        agreement: str | None = "benn-mitte",
        on: str = "2020-01-20",
        by: str = "district",
        complete: Any = "2019-12-31",
        withdraws: Any = None,
        **tables: Any,
    ) -> Path:
        """Write one submission. Tables are lists of rows (written as CSV, none for no rows) or text (written as it is)."""
        target = self.facts / (agreement or "programme") / folder
        target.mkdir(parents=True, exist_ok=True)
        manifest: Row = {"agreement": agreement} if agreement else {"pack": "benn"}
        manifest |= {"submitted_on": on, "submitted_by": by}
        if complete is not None:
            manifest["complete"] = complete
        if withdraws is not None:
            manifest["withdraws"] = withdraws
        dump(target / "submission.yaml", manifest)
        for name, rows in tables.items():
            if not rows:
                (target / f"{name}.csv").unlink(missing_ok=True)
                continue
            text = rows if isinstance(rows, str) else csv_text(rows)
            (target / f"{name}.csv").write_text(text, encoding="utf-8")
        return target

    def own_rules(self) -> Path:
        """A copy of the packs that a test may change."""
        self.rules = self.folder / "rules"
        shutil.copytree(RULES, self.rules)
        return self.rules / "benn"

    def run(self, *arguments: str) -> Outcome:
        """Run the command line as it stands."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = _run(list(arguments))
        return Outcome(status, out.buffer.getvalue().decode("utf-8"), err.buffer.getvalue().decode("utf-8"))

    def base(self, as_of: str | None = "2020-01-31") -> list[str]:
        dated = ["--as-of", as_of] if as_of else []
        return ["--agreements", str(self.agreements), "--rules", str(self.rules), *dated]

    def check(self, *more: str, as_of: str | None = "2020-01-31", paths: Sequence[Path | str] | None = None) -> Outcome:
        """Check the facts and ask for JSON."""
        chosen = [str(path) for path in (paths if paths is not None else [self.facts])]
        return self.run("check", *chosen, *self.base(as_of), "--format", "json", *more)

    def table(self, *more: str, as_of: str | None = "2020-01-31") -> Outcome:
        """Check the facts and ask for the table that people read."""
        return self.run("check", str(self.facts), *self.base(as_of), *more)


def rounds(count: int, year: int = 2019, site: str | None = "s-1", body: str = "steering_round", **more: Any) -> list[Row]:
    """So many meetings, one a month from January on."""
    assert count <= 24
    days = [f"{year}-{month:02d}-{day}" for day in (14, 25) for month in range(1, 13)]
    return [{"id": f"{body}-{site or 'all'}-{year}-{n}", "date": days[n], "body": body, "site": site, **more} for n in range(count)]


def present(meetings: Sequence[Row], role: str = "district_coordinator", state: str = "present") -> list[Row]:
    """Attendance of one role at each meeting."""
    return [{"meeting": meeting["id"], "role": role, "state": state} for meeting in meetings]


def mitte(folder: Path, *sites: Row, **more: Any) -> World:
    """A world with the agreement benn-mitte: one site with a BENN team unless others are named."""
    world = World(folder)
    world.agreement(sites=sites or (NORTH,), **more)
    return world


def add_obligation(world: World, name: str, **more: Any) -> None:
    """Add one obligation to the world's own copy of the pack (bearer, scope and period have defaults)."""
    pack = world.folder / "rules" / "benn"
    if world.rules == RULES:
        pack = world.own_rules()
    base = {
        "id": name,
        "title": {"de": name, "en": name},
        "rule": {"de": name, "en": name},
        "clauses": ["3.team.8"],
        "bearer": ["team"],
        "modality": "task",
        "scope": "site",
        "period": "calendar_year",
        "assumption": {"de": "Angenommen.", "en": "Assumed."},
    }
    dump(pack / "obligations" / f"{name}.yaml", [{**base, **more}])
    register = pack / "clauses.yaml"
    entries = yaml.safe_load(register.read_text(encoding="utf-8"))
    for entry in entries:
        if entry["anchor"] == "3.team.8":
            entry["obligations"].append(name)
    register.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")


def found(world: World, obligation: str, site: str | None = "s-1", label: str = "2019", as_of: str = "2020-01-31") -> tuple[str, Any]:
    """Status and value of one finding."""
    finding = world.check(as_of=as_of).one(obligation, site, label)
    return finding["status"], finding["value"]


def two_agreements(folder: Path) -> World:
    """Two agreements with three submissions."""
    world = mitte(folder)
    world.agreement("benn-pankow", sites=[{**NORTH, "id": "p-1"}])
    world.submit(meetings=rounds(6))
    world.submit(folder="2018", on="2019-01-20", complete="2018-12-31", meetings=rounds(5, 2018))
    world.submit(agreement="benn-pankow", meetings=rounds(7, site="p-1"))
    return world


def process(world: World, *arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """The same check in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(RULES.parent / "engine"), **more.pop("env", {})}
    command = [sys.executable, "-m", "servanda", "check", str(world.facts), *world.base(), *arguments]
    return subprocess.run(command, capture_output=True, env=environment, check=False, timeout=120, **more)
