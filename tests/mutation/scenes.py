"""The worlds on which mutants are tried: those of the oracle, laid out once."""

from __future__ import annotations

from pathlib import Path

import drawn_packs
import oracle
import record_worlds
import test_amounts
import test_attendance
import world_files
import worlds
from conftest import RULES
from gaps import with_gaps
from mutation.trial import Scene
from test_oracle import PACKS


def make_scenes(folder: Path, count: int) -> list[Scene]:
    """About `count` worlds: a quarter of the pack with sites, a third of the packs about records, the rest of drawn packs; every other has gaps.
    Besides them those of tests/test_attendance.py, and the cases of tests/amounts.yaml."""
    scenes = []

    def add(name: str, pack: Path, world: dict) -> None:
        number = int(name.rpartition("-")[2])
        if number % 2 and not name.startswith(("attendance", "amounts")):
            world = with_gaps(oracle.read_pack(str(pack)), world, number)
        world_files.write_world(world, folder / name)
        scenes.append(Scene(name, folder / name / "facts", folder / name / "agreements", pack, world["as_of"], world.get("known_on")))

    for block in range(test_attendance.WORLDS if count else 0):
        add(f"attendance-{block}", RULES / "benn", test_attendance.world(test_attendance.PAIRS[block :: test_attendance.WORLDS]))
    for number, case in enumerate(test_amounts.CASES if count else ()):
        add(f"amounts-{number}", test_amounts.WORKSHOP, test_amounts.world([case]))
    for seed in range(count * 5 // 12):
        add(f"drawn-{seed}", *drawn_packs.make(seed, folder / "packs" / str(seed)))
    for seed in range(count // 4):
        add(f"sites-{seed}", RULES / "benn", worlds.make_world(seed))
    for seed in range(count // 9):
        for name, pack in PACKS.items():
            add(f"{name}-{seed}", pack, record_worlds.make_world(oracle.read_pack(str(pack)), seed))
    return scenes
