"""Engine and oracle over the same world, and everything in which they differ."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

import oracle
import world_files
from servanda.evaluate import evaluate
from servanda.facts import store
from servanda.findings import Finding
from servanda.problems import InvalidInput
from servanda.run import Run

NUMBERS = ("status", "at_risk", "value", "lower", "upper", "open", "repaired")


def optimise(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Every other world with DuckDB's optimiser, as large inputs have it."""
    monkeypatch.setattr(store, "PLAN_AS_WRITTEN", 0 if seed % 2 else 5_000)


def run_engine(pack: Path, world: dict, seed: int = 0, often: float = 0.0) -> Run | None:
    """The run over the world's files, or None where there is nothing to evaluate."""
    folder = Path(tempfile.mkdtemp())
    try:
        world_files.write_world(world, folder, seed, often)
        return evaluate([folder / "facts"], folder / "agreements", pack, world["as_of"], known_on=world.get("known_on"))
    except InvalidInput as invalid:
        assert [problem.code for problem in invalid.problems] == ["nothing-to-evaluate"], invalid.problems[:3]
        return None
    finally:
        shutil.rmtree(folder)


def misnamed(finding: Finding, unknown: list[set]) -> list[tuple]:
    """What an undetermined finding says is missing, though no record is unknown for it; and unknown records of which it says nothing."""
    if finding.status != "undetermined":
        return []
    named = {(one.type, one.record) for one in finding.missing if one.record}
    found = [("named for nothing", one) for one in sorted(named - set().union(*unknown))]
    found += [("not named", sorted(one)) for one in unknown if not one & named]
    return found + [("undetermined without a word of what is missing",)] * (not finding.missing)


def differences(pack: Path, world: dict, seed: int = 0, often: float = 0.0) -> list[tuple]:
    """Everything in which the engine and the oracle differ."""
    expected, consequences = oracle.run(pack, world["agreements"], world["submissions"], world["as_of"], world.get("known_on"))
    run = run_engine(pack, world, seed, often)
    if run is None:
        return [("engine evaluated nothing", len(expected))] if expected else []
    got = {(f.obligation, f.agreement, f.site, f.label): f for f in run.findings}
    wanted = {(f["obligation"], f["agreement"], f["site"], f["label"]): f for f in expected}
    found: list[tuple] = [("only in one", key, key in got) for key in sorted(set(got) ^ set(wanted), key=str)]
    for key in sorted(set(got) & set(wanted), key=str):
        mine, theirs = got[key], wanted[key]
        pairs = {name: (getattr(mine, name), theirs[name]) for name in NUMBERS if name in theirs}
        pairs |= {"window": ((mine.start, mine.end), (theirs["from"], theirs["to"])), "judged": (sorted(mine.judgements), theirs["judgements"])}
        assert mine.evidence_total == len(mine.evidence), "worlds are small: evidence is shown whole"
        pairs |= {"evidence": (sorted((e.type, e.id) for e in mine.evidence), theirs["evidence"])}
        found += [(key, name, one, other) for name, (one, other) in pairs.items() if one != other]
        found += [(key, "missing", *one) for one in misnamed(mine, theirs["unknown"])]
    mine = {(c.consequence, c.attribution, c.agreement, c.site, c.year, c.amount_at_stake, len(c.findings)) for c in run.consequences}
    theirs = {(*(c[name] for name in ("consequence", "attribution", "agreement", "site", "year", "amount_at_stake")), len(c["findings"])) for c in consequences}
    return found + [("consequence", one) for one in sorted(mine ^ theirs, key=str)]
