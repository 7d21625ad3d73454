"""Workspaces for the desk's tests: a small world whose district held too few meetings, kept submissions, and people in their roles."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from conftest import RULES
from servanda.desk.actions import Person
from servanda.desk.runs import run_check
from servanda.desk.submissions import keep, receive
from servanda.desk.workspace import Workspace, open_workspace
from servanda.ledger.entries import Entry
from servanda.problems import InvalidInput
from small_world import NORTH, SOUTH, mitte

AT = datetime.datetime(2020, 2, 3, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.date(2020, 1, 31)
DUE = datetime.date(2020, 3, 2)
ANNA, BERT, CORA, LENA = Person("anna", "reviewer"), Person("bert", "reviewer"), Person("cora", "confirmer"), Person("lena", "reader")

TABLES = {
    "meetings.csv": "id,date,body,site,organiser\n" + "".join(f"br-{n},2019-0{n}-10,district_round,,district\n" for n in (1, 2)),
    "staffing.csv": "id,role,site,from,to\nc-1,district_coordinator,,2017-09-01,2019-03-31\n",
    "funds.csv": "id,site,year,amount,provided_on\nf-1,s-1,2020,50000.00,2020-01-02\n",
}
MANIFEST = "agreement: benn-mitte\nsubmitted_on: 2020-01-20\nsubmitted_by: district\ncomplete: 2019-12-31\n"


def files(manifest: str = MANIFEST, **tables: str) -> dict[str, bytes]:
    """An upload: the tables above with some of them exchanged (None: without it), and a manifest."""
    named = {**TABLES, **{f"{name}.csv": text for name, text in tables.items()}}
    return {"submission.yaml": manifest.encode(), **{name: text.encode() for name, text in named.items() if text is not None}}


def workspace(folder: Path, **limits: int) -> Workspace:
    """A workspace with one agreement of two sites, and nothing kept."""
    world = mitte(folder / "world", NORTH, SOUTH)
    return open_workspace(folder / "desk", world.agreements, RULES, **limits)


def kept(bench: Workspace, name: str = "2019", **tables: str):
    """A sound upload, kept."""
    found = receive(bench, files(**tables), name)
    assert not found.problems, found.problems
    return keep(bench, found.upload)


def checked(bench: Workspace, **more: object) -> Entry:
    """A run over everything that is kept."""
    return run_check(bench, ANNA, AT, **{"as_of": DAY, **more})


def codes(action) -> list[str]:
    """The codes of the problems with which something is refused."""
    with pytest.raises(InvalidInput) as raised:
        action()
    return [problem.code for problem in raised.value.problems]
