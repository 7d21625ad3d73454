"""A workbench to try: a workspace of its own, a clock that only moves when told, and a browser for each user."""

from __future__ import annotations

import datetime
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher, Type
from fastapi import FastAPI
from fastapi.testclient import TestClient

from conftest import ROOT
from servanda.desk.workspace import open_workspace
from servanda.workbench import users
from servanda.workbench.app import create_app
from servanda.workbench.settings import Settings
from servanda.workbench.users import add_user

# The strength of hashes is tested once (tests/test_workbench_access.py); here they would take half of the time.
STRONG = users._HASHER
users._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
PASSWORD = "ein langes Passwort"
PEOPLE = {"lena": "reader", "anna": "reviewer", "bert": "reviewer", "cora": "confirmer"}
BASE = "http://127.0.0.1"


@dataclass
class Clock:
    """A clock that stands still."""

    moment: datetime.datetime = datetime.datetime(2021, 10, 1, 9, 0, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.moment

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.moment += datetime.timedelta(**span)


@dataclass
class World:
    """An application with its clock."""

    app: FastAPI
    clock: Clock
    clients: list = field(default_factory=list)

    def browser(self, name: str | None = None, *, base: str = BASE, address: str = "127.0.0.1") -> TestClient:
        """A browser without anything kept; signed in where a name is given."""
        client = TestClient(self.app, base_url=base, client=(address, 50000), follow_redirects=False, raise_server_exceptions=False)
        if name:
            answer = sign_in(client, name)
            assert answer.status_code == 303, answer.text
        return client


def world(folder: Path, *, facts: str | None = None, **settings: object) -> World:
    """A workbench in a folder; with `facts`, a sample agreement's submissions lie in its workspace."""
    clock = Clock()
    workspace = open_workspace(folder, agreements=ROOT / "agreements", rules=ROOT / "rules")
    if facts:
        shutil.copytree(ROOT / "facts" / "benn" / facts, folder / "submissions" / facts)
    app = create_app(workspace, Settings(clock=clock, **settings))
    for name, role in PEOPLE.items():
        add_user(app.state.bench.users, name, role, PASSWORD)
    return World(app, clock)


def token(client: TestClient, path: str = "/login") -> str:
    """The form token of a page, as a browser would send it."""
    return re.search(r'name="csrf_token" value="([0-9a-f]{64})"', client.get(path, follow_redirects=True).text)[1]


def sign_in(client: TestClient, name: str, password: str = PASSWORD):
    """Send the form to sign in."""
    return client.post("/login", data={"csrf_token": token(client), "name": name, "password": password})


def post(client: TestClient, path: str, page: str = "/", **fields: object):
    """Send a form with the token of a page."""
    return client.post(path, data={"csrf_token": token(client, page), **fields})
