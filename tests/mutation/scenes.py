"""The worlds on which mutants are tried: those of the oracle, laid out once."""

from __future__ import annotations

from pathlib import Path

import oracle
import record_worlds
import worlds
from conftest import RULES
from mutation.trial import Scene
from test_oracle import PACKS


def make_scenes(folder: Path, count: int) -> list[Scene]:
    """`count` worlds: two thirds of the pack with sites, the others of records."""
    scenes = []
    for seed in range(count * 2 // 3):
        world = worlds.make_world(seed)
        place = folder / f"site-{seed}"
        worlds.write_world(world, place)
        scenes.append(Scene(place.name, place / "facts", place / "agreements", RULES / "benn", world["as_of"], world["known_on"]))
    for name, pack in PACKS.items():
        for seed in range(count // 9):
            world = record_worlds.make_world(oracle.read_pack(str(pack)), seed)
            place = folder / f"{name}-{seed}"
            place.mkdir()
            record_worlds.write_world(world, place)
            scenes.append(Scene(place.name, place / "facts", place / "agreements", pack, world["as_of"]))
    return scenes
