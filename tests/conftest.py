"""Options and folders that the tests share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from browsers import chrome  # noqa: F401 (a fixture)
from faults import KILLS, thorough, undisturbed  # noqa: F401 (fixtures)
from servanda import pack

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--worlds", type=int, default=300, help="how many generated worlds the engine and the oracle are compared on")
    parser.addoption("--worlds-from", type=int, default=0, help="which of the generated worlds is the first")
    parser.addoption("--kills", type=int, default=KILLS, help="how often a process is killed at some moment of its writing")
    parser.addoption("--planted", type=int, default=3, help="how many submissions with planted faults are tried in every format")


@pytest.fixture(scope="session", autouse=True)
def packs_of_the_repository_are_read_once() -> Iterator[None]:
    """Thousands of tests check something under the same rules; a pack of the repository does not change while they run, others are read each time."""
    read, kept = pack.read_pack, {}

    def read_once(folder: Path, kinds: Mapping, problems: object) -> object:
        if not folder.is_relative_to(ROOT):
            return read(folder, kinds, problems)
        if folder not in kept:
            kept[folder] = read(folder, kinds, problems)
        return kept[folder]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pack, "read_pack", read_once)
        yield


@pytest.fixture(scope="session")
def rules() -> Path:
    return RULES
