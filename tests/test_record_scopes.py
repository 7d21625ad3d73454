"""Duties of single records, amounts that settle cases, and chains: what the generated worlds of three packs reach (see test_oracle.py)."""

from __future__ import annotations

from pathlib import Path

import oracle
import record_worlds
from conftest import RULES

PACKS = {"workshop": Path(__file__).parent / "packs" / "workshop", "sale": RULES / "sale", "zuwendung": RULES / "zuwendung"}


def test_the_worlds_reach_every_status_and_every_link_of_a_chain() -> None:
    """The comparison above would say little if its worlds never broke anything."""
    read = oracle.read_pack(str(PACKS["workshop"]))
    seen = set()
    for seed in range(200):
        world = record_worlds.make_world(read, seed)
        found = oracle.evaluate(PACKS["workshop"], world["agreements"], world["submissions"], world["as_of"])
        seen |= {(one["obligation"], one["status"]) for one in found}
    for name in ("paid-for-each", "fee-paid", "dunned"):
        assert {(name, status) for status in ("fulfilled", "deviation", "undetermined")} <= seen
    assert ("dunned-again", "deviation") in seen and ("paid-in-groups", "deviation") in seen and ("paid-at-all", "fulfilled") in seen
