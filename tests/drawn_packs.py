"""A drawn pack with a world that fits it, by a number."""

from __future__ import annotations

from pathlib import Path

import oracle
import pack_worlds
import record_worlds
import worlds
from conftest import RULES

WORKSHOP = Path(__file__).parent / "packs" / "workshop"


def make(seed: int, folder: Path) -> tuple[Path, dict]:
    """(folder of the pack, world): every third without sites."""
    if seed % 3 == 0:
        world = record_worlds.make_world(oracle.read_pack(str(WORKSHOP)), seed)
        return pack_worlds.write_pack(WORKSHOP, folder, seed, set()), world
    world = worlds.make_world(seed)
    named = {row["obligation"] for one in world["submissions"] for name in ("waivers", "attestations") for row in one["facts"].get(name, ())}
    return pack_worlds.write_pack(RULES / "benn", folder, seed, named), world
