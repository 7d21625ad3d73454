"""Generated worlds as runs, and packs changed in their files, for the tests of what-if and of readings."""

from __future__ import annotations

import re
import shutil
from functools import lru_cache
from pathlib import Path

import worlds
from conftest import RULES
from servanda.evaluate import evaluate
from servanda.problems import InvalidInput
from servanda.run import Run


def run_of(seed: int, folder: Path, rules: Path = RULES, **more: object) -> Run | None:
    """The run over a generated world; None where there is nothing to evaluate."""
    world = world_of(seed)
    if not (folder / "facts").exists():
        worlds.write_world(world, folder)
    try:
        return evaluate([folder / "facts"], folder / "agreements", rules, world["as_of"], known_on=world["known_on"], **more)
    except InvalidInput as invalid:
        assert [problem.code for problem in invalid.problems] == ["nothing-to-evaluate"], invalid.problems
        return None


@lru_cache(maxsize=4)
def world_of(seed: int) -> dict:
    """A generated world without agreements' own parameters (a file of the pack could not change those)."""
    world = worlds.make_world(seed)
    for agreement in world["agreements"]:
        agreement["parameters"].clear()
    return world


def edited(folder: Path, changes: dict[str, str]) -> Path:
    """A copy of the rules with other values written into its files: by parameter, or by `obligation.key`."""
    target = folder / "rules"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(RULES / "benn", target / "benn")
    files = {path: path.read_text(encoding="utf-8") for path in target.rglob("*.yaml")}
    for place, value in changes.items():
        owner, _, key = place.partition(".")
        start = rf"(^- id: {re.escape(owner)}\n(?:(?!^- id:)[\s\S])*?\b{key}: )" if key else rf"(^  {owner}:\n    value: )"
        found = 0
        for path, text in files.items():
            files[path], count = re.subn(start + r"[^,}\n]+", rf"\g<1>{value}", text, count=1, flags=re.M)
            found += count
        assert found == 1, place
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return target
