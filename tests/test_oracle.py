"""The engine's SQL and the plain-Python oracle must agree on generated worlds, finding by finding.

`pytest tests/test_oracle.py --worlds 5000` compares thousands; the default is 240.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import oracle
import worlds
from conftest import RULES
from servanda.evaluate import evaluate
from servanda.facts import store
from servanda.problems import InvalidInput

_NUMBERS = ("status", "at_risk", "value", "lower", "upper", "open")
BLOCKS = 8


def run_engine(world: dict):
    """The run over the world's files, or None where there is nothing to evaluate."""
    folder = Path(tempfile.mkdtemp())
    try:
        worlds.write_world(world, folder)
        return evaluate([folder / "facts"], folder / "agreements", RULES, world["as_of"], known_on=world["known_on"])
    except InvalidInput as invalid:
        assert [problem.code for problem in invalid.problems] == ["nothing-to-evaluate"], invalid.problems
        return None
    finally:
        shutil.rmtree(folder)


def differences(world: dict) -> list[tuple]:
    """Everything in which the engine and the oracle differ."""
    expected, consequences = oracle.run(RULES / "benn", world["agreements"], world["submissions"], world["as_of"], world["known_on"])
    run = run_engine(world)
    if run is None:
        return [("engine evaluated nothing", len(expected))] if expected else []
    got = {(f.obligation, f.agreement, f.site, f.label): f for f in run.findings}
    wanted = {(f["obligation"], f["agreement"], f["site"], f["label"]): f for f in expected}
    found = [("only in one", key) for key in sorted(set(got) ^ set(wanted), key=str)]
    for key in sorted(set(got) & set(wanted), key=str):
        mine, theirs = got[key], wanted[key]
        for name in _NUMBERS:
            if getattr(mine, name) != theirs[name]:
                found.append((key, name, getattr(mine, name), theirs[name]))
        if (mine.start, mine.end, sorted(mine.judgements)) != (theirs["from"], theirs["to"], sorted(theirs["judgements"])):
            found.append((key, mine.start, mine.end, mine.judgements, theirs["from"], theirs["to"], theirs["judgements"]))
    mine = {(c.attribution, c.agreement, c.site, c.year, c.amount_at_stake, len(c.findings)) for c in run.consequences}
    theirs = {(c["attribution"], c["agreement"], c["site"], c["year"], c["amount_at_stake"], len(c["findings"])) for c in consequences}
    return found + [("consequence", one) for one in sorted(mine ^ theirs, key=str)]


@pytest.mark.parametrize("block", range(BLOCKS))
def test_engine_agrees_with_oracle_on_fixed_worlds(block: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    count = request.config.getoption("--worlds")
    for seed in range(block, count, BLOCKS):
        world = worlds.make_world(seed)
        # every other world with DuckDB's optimiser, as large inputs have it
        monkeypatch.setattr(store, "PLAN_AS_WRITTEN", 0 if seed // BLOCKS % 2 else 5_000)
        found = differences(world)
        assert not found, (f"world {seed}", found[:5])


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds.worlds())
def test_engine_agrees_with_oracle_on_drawn_worlds(world: dict) -> None:
    found = differences(world)
    assert not found, (f"world {world['seed']}", found[:5])
