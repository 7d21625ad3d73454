"""Options and folders that the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from browsers import chrome  # noqa: F401 (a fixture)
from faults import KILLS, thorough, undisturbed  # noqa: F401 (fixtures)

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--worlds", type=int, default=100, help="how many generated worlds the engine and the oracle are compared on")
    parser.addoption("--worlds-from", type=int, default=0, help="which of the generated worlds is the first")
    parser.addoption("--kills", type=int, default=KILLS, help="how often a process is killed at some moment of its writing")
    parser.addoption("--planted", type=int, default=3, help="how many submissions with planted faults are tried in every format")


@pytest.fixture(scope="session")
def rules() -> Path:
    return RULES
