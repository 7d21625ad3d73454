"""What a release rests on: builds that give the same bytes, and a lock file that names everything by its hash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SHIPPED = ("cluster", "pdf", "postgres", "review", "seal")  # the extras of users
SOURCES = ("engine", "rules", "agreements", "facts", "docs", "bench", ".gitlab", ".pre-commit-hooks.yaml", "action.yml", "pyproject.toml", "README.md")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)(?: ; ([^\\]+?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def locked() -> dict[str, set[str]]:
    """The versions of each distribution in the lock file."""
    found: dict[str, set[str]] = {}
    for name, version, *_ in PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def test_the_lock_names_every_dependency_within_its_bounds(locked: dict[str, set[str]]) -> None:
    wanted = [Requirement(text) for text in [*PROJECT["dependencies"], *(one for extra in SHIPPED for one in PROJECT["optional-dependencies"][extra])]]
    assert len(wanted) > 20
    for one in wanted:
        versions = locked[canonicalize_name(one.name)]
        assert all(one.specifier.contains(version) for version in versions), (one, versions)


def test_the_lock_holds_nothing_but_pins_with_hashes() -> None:
    """Each line belongs to a pin or is a comment: no address, no option, no pin without a hash."""
    text = PIN.sub("", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert [line for line in text.splitlines() if line and not line.lstrip().startswith("#")] == []
    assert "://" not in text


def test_dependencies_have_a_lower_and_an_upper_bound() -> None:
    extras = {name: [Requirement(text) for text in texts] for name, texts in PROJECT["optional-dependencies"].items()}
    for one in [*map(Requirement, PROJECT["dependencies"]), *(one for listed in extras.values() for one in listed)]:
        assert {">=", "<"} <= {part.operator for part in one.specifier}, one


def test_builds_give_the_same_bytes(tmp_path: Path) -> None:
    """In another folder, at another time of its files: the same commit, the same sdist and wheel."""
    made = []
    for name in ("one", "other"):
        source = tmp_path / name
        for path in SOURCES:
            here = ROOT / path
            if here.is_dir():
                shutil.copytree(here, source / path, ignore=shutil.ignore_patterns("__pycache__", ".tmp"), copy_function=shutil.copyfile)
            else:
                shutil.copyfile(here, source / path)
        out = tmp_path / f"{name}-dist"
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
        subprocess.run(command, cwd=source, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1600000000"})
        made.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert {name.rpartition(".")[2] for name in made[0]} == {"whl", "gz"}
    assert made[0] == made[1]
