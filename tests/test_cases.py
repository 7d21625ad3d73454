"""The packs' own cases (rules/*/tests/*.yaml): all hold, cover every obligation and judgement, and notice changes of the rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import RULES
from servanda.cases.compare import failures
from servanda.cases.contents import Found
from servanda.cases.cover import coverage
from servanda.cases.mutate import chosen, mutate, read_survivors
from servanda.cases.read import read_cases
from servanda.cases.report import failure_text
from servanda.cases.run import Prepared, batches, prepare, run_cases
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import Problems

PACKS = sorted(path.parent.name for path in RULES.glob("*/pack.yaml"))
SAMPLE = 8  # mutants that a default run tries of each pack; `servanda test --mutate` tries all


@pytest.fixture(scope="module", params=PACKS)
def pack(request: pytest.FixtureRequest) -> Pack:
    problems = Problems()
    packs = read_packs(RULES, BY_NAME, problems)
    assert not problems.sorted()
    return packs[request.param]


@pytest.fixture(scope="module")
def prepared(pack: Pack) -> tuple[Prepared, ...]:
    problems = Problems()
    found = prepare(pack, read_cases(pack, problems), problems)
    assert not problems.sorted()
    return found


def test_every_case_holds_and_everything_is_kept_and_broken(pack: Pack, prepared: tuple[Prepared, ...]) -> None:
    found = run_cases(pack, prepared)
    cases = [one.case for one in prepared]
    assert not [f"{one.case.file}:{one.row}: {failure_text(one, 'en')}" for case in cases for one in failures(case, found[case.name])]
    assert coverage(pack, cases, found).gaps == ()


def test_cases_measured_together_come_out_as_alone(pack: Pack, prepared: tuple[Prepared, ...]) -> None:
    """Agreements do not touch each other in a run: the largest batch, and each of some of its cases on its own."""
    batch = max(batches(prepared), key=len)
    together = run_cases(pack, batch)
    for one in batch[:: max(1, len(batch) // 12)]:
        assert plain(run_cases(pack, [one])[one.case.name]) == plain(together[one.case.name])


def plain(found: Found) -> Found:
    """Without the numbers of rows by which a run finds its own tables."""
    return replace(found, findings=tuple(replace(one, details={**one.details, "run": 0, "rule": 0}) for one in found.findings))


def test_a_sample_of_mutants_is_noticed(pack: Pack, prepared: tuple[Prepared, ...]) -> None:
    problems = Problems()
    mutation = mutate(chosen(pack, SAMPLE, seed=7), prepared, read_survivors(pack, problems), whole=False)
    assert mutation.survivors == () and mutation.total == min(SAMPLE, len(chosen(pack, None, 0))) and not problems


def test_the_folder_of_a_pack_holds_nothing_else(pack: Pack) -> None:
    assert {path.suffix for path in (Path(pack.folder) / "tests").iterdir()} == {".yaml"}
