"""Duties of single records, amounts that settle cases, and chains: SQL and oracle agree on generated worlds of three packs."""

from __future__ import annotations

from pathlib import Path

import pytest

import oracle
import record_worlds
from conftest import RULES
from servanda.evaluate import evaluate
from servanda.facts import store
from servanda.problems import InvalidInput

PACKS = {"workshop": Path(__file__).parent / "packs" / "workshop", "sale": RULES / "sale", "zuwendung": RULES / "zuwendung"}


def differences(pack: Path, world: dict, folder: Path) -> list:
    """Everything in which the engine and the oracle differ."""
    folder.mkdir()
    record_worlds.write_world(world, folder)
    expected, consequences = oracle.run(pack, world["agreements"], world["submissions"], world["as_of"])
    try:
        run = evaluate([folder / "facts"], folder / "agreements", pack.parent if pack.parent == RULES else pack, world["as_of"])
    except InvalidInput as invalid:
        assert [problem.code for problem in invalid.problems] == ["nothing-to-evaluate"], invalid.problems
        return [("engine evaluated nothing", len(expected))] if expected else []
    got = {(f.obligation, f.agreement, f.site, f.label): f for f in run.findings}
    wanted = {(f["obligation"], f["agreement"], f["site"], f["label"]): f for f in expected}
    found = [("only in one", key, key in got) for key in sorted(set(got) ^ set(wanted), key=str)]
    for key in sorted(set(got) & set(wanted), key=str):
        mine, theirs = got[key], wanted[key]
        pairs = {name: (getattr(mine, name), theirs[name]) for name in ("status", "at_risk", "value", "lower", "upper", "open")}
        pairs |= {"window": ((mine.start, mine.end), (theirs["from"], theirs["to"])), "judged": (sorted(mine.judgements), theirs["judgements"])}
        found += [(key, name, one, other) for name, (one, other) in pairs.items() if one != other]
    found += [("undetermined without a word of what is missing", f.id) for f in run.findings if f.status == "undetermined" and not f.missing]
    mine = {(c.consequence, c.attribution, c.agreement, c.site, c.year, len(c.findings)) for c in run.consequences}
    theirs = {(c["consequence"], c["attribution"], c["agreement"], c["site"], c["year"], len(c["findings"])) for c in consequences}
    return found + [("consequence", one) for one in sorted(mine ^ theirs, key=str)]


@pytest.mark.parametrize("name", PACKS)
def test_engine_agrees_with_oracle(name: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    read = oracle.read_pack(str(PACKS[name]))
    for seed in range(request.config.getoption("--worlds") // 16):
        monkeypatch.setattr(store, "PLAN_AS_WRITTEN", 0 if seed % 2 else 5_000)
        found = differences(PACKS[name], record_worlds.make_world(read, seed), tmp_path / str(seed))
        assert not found, (f"world {seed}", found[:5])


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
