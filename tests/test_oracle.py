"""The engine's SQL and the plain-Python oracle must agree on generated worlds, finding by finding, consequence by consequence.

`pytest tests/test_oracle.py --worlds 10000` compares thousands (`--worlds-from` where to begin); the default is 300: more than half of them of
the pack with sites, a tenth of the three packs with records, a tenth with many gaps, the others of packs drawn at random. Submissions come in every
format.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import agreeing
import drawn_packs
import oracle
import record_worlds
import worlds
from conftest import RULES
from gaps import with_gaps

BLOCKS = 6
PACKS = {"workshop": Path(__file__).parent / "packs" / "workshop", "sale": RULES / "sale", "zuwendung": RULES / "zuwendung"}
OFTEN = 0.02  # the share of submissions that are Parquet or workbooks: each costs a process


def seeds(request: pytest.FixtureRequest, share: float, block: int = 0, blocks: int = 1) -> range:
    """The worlds of a block, by the share of all that this test compares."""
    first, count = (int(request.config.getoption(name) * share) for name in ("--worlds-from", "--worlds"))
    return range(first + block, first + count, blocks)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_agree_on_worlds_with_sites(block: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in seeds(request, 0.55, block, BLOCKS):
        agreeing.optimise(monkeypatch, seed // BLOCKS)
        found = agreeing.differences(RULES / "benn", worlds.make_world(seed), seed, OFTEN)
        assert not found, (f"world {seed}", found[:5])


@pytest.mark.parametrize("block", range(BLOCKS))
def test_agree_on_drawn_packs(block: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for seed in seeds(request, 0.25, block, BLOCKS):
        agreeing.optimise(monkeypatch, seed // BLOCKS)
        pack, world = drawn_packs.make(seed, tmp_path / str(seed))
        found = agreeing.differences(pack, world, seed, OFTEN)
        assert not found, (f"pack and world {seed}", found[:5])


@pytest.mark.parametrize("name", PACKS)
def test_agree_on_worlds_of_records(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    read = oracle.read_pack(str(PACKS[name]))
    for seed in seeds(request, 0.1 / len(PACKS)):
        agreeing.optimise(monkeypatch, seed)
        found = agreeing.differences(PACKS[name], record_worlds.make_world(read, seed), seed, OFTEN)
        assert not found, (f"world {seed}", found[:5])


@pytest.mark.parametrize("name", ["sites", "drawn", "workshop"])
def test_agree_on_worlds_with_gaps(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for seed in seeds(request, 0.1 / 3):
        agreeing.optimise(monkeypatch, seed)
        pack, world = made(name, seed, tmp_path)
        found = agreeing.differences(pack, with_gaps(oracle.read_pack(str(pack)), world, seed), seed)
        assert not found, (f"world {seed}", found[:5])


def made(name: str, seed: int, folder: Path) -> tuple[Path, dict]:
    """The pack and world of a number, of a sort."""
    if name == "drawn":
        return drawn_packs.make(seed, folder / str(seed))
    if name == "sites":
        return RULES / "benn", worlds.make_world(seed)
    return PACKS[name], record_worlds.make_world(oracle.read_pack(str(PACKS[name])), seed)


ONCE_DIFFERENT = [("drawn", 853), ("drawn", 796), ("workshop", 209), ("sites", 132), ("drawn", 34), ("gaps", 84), ("drawn", 1870), ("drawn", 2179)]


@pytest.mark.parametrize(("name", "seed"), ONCE_DIFFERENT)
def test_agree_on_worlds_that_once_differed(name: str, seed: int, tmp_path: Path) -> None:
    pack, world = made("workshop" if name == "gaps" else name, seed, tmp_path)
    assert not agreeing.differences(pack, with_gaps(oracle.read_pack(str(pack)), world, seed) if name == "gaps" else world, seed)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds.worlds())
def test_agree_on_worlds_that_hypothesis_draws(world: dict) -> None:
    found = agreeing.differences(RULES / "benn", world)
    assert not found, (f"world {world['seed']}", found[:5])


@pytest.mark.parametrize("how", ("csv", "semicolons", "yaml", "json", "jsonl", "parquet", "xlsx", "ods"))
def test_every_format_says_the_same(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds whose submissions all come in one format."""
    import world_files

    written = world_files.write_tables
    monkeypatch.setattr(world_files, "write_tables", lambda facts, folder, _, chance: written(facts, folder, how, chance))
    for seed in (5,):
        found = agreeing.differences(RULES / "benn", worlds.make_world(seed))
        assert not found, (how, f"world {seed}", found[:5])


def test_drawn_packs_have_every_kind_scope_and_status(tmp_path: Path) -> None:
    """The comparison above would say little if its packs never asked for anything, or its worlds never broke it."""
    kinds, scopes, statuses, judged = set(), set(), set(), set()
    for seed in range(15):
        pack, world = drawn_packs.make(seed, tmp_path / str(seed))
        found, consequences = oracle.run(pack, world["agreements"], world["submissions"], world["as_of"], world.get("known_on"))
        kinds |= {one["kind"] for one in found}
        statuses |= {one["status"] for one in found}
        judged |= {bool(one["judgements"]) for one in found} | ({"consequence"} if consequences else set())
        scopes |= {
            "record" if ":" in (one["site"] or "") else "site" if one["site"] else "agreement" if one["agreement"] else "programme" for one in found
        }
    assert len(kinds) == 11
    assert scopes == {"record", "site", "agreement", "programme"}
    assert statuses >= {"fulfilled", "tolerated", "deviation", "unmet", "pending", "undetermined", "not_applicable", "waived"}
    assert judged == {True, False, "consequence"}
