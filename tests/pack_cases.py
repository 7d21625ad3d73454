"""Runs the cases of a pack in a folder."""

from __future__ import annotations

from pathlib import Path

from servanda.cases.outcome import run_tests
from servanda.cases.report import failure_text
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problems


def broken_cases(pack: Path) -> tuple[list[str], set[tuple[str, str]]]:
    """What does not hold or is not covered, as text, and the (obligation, status) pairs that are expected somewhere."""
    problems = Problems()
    found = read_packs(pack.parent, BY_NAME, problems)
    assert not problems.sorted()
    outcome = run_tests(found[pack.name])
    broken = [f"{one.case.name}: {failure_text(one, 'en')}" for one in outcome.failures] + [" ".join(gap) for gap in outcome.coverage.gaps]
    return broken, {(one.obligation, str(one.values["status"])) for case in outcome.cases for one in case.expect}
