"""Large tables, read and assembled inside DuckDB, against the careful way: the same problems, fact tables and origins."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import servanda.facts.large_assemble as large_assemble
import servanda.facts.load as load
import test_bad_inputs
from conftest import RULES
from large_worlds import TYPES, write_world
from servanda.agreements import read_agreements
from servanda.evaluate import load_facts
from servanda.facts.manifest import Known
from servanda.intake import Intake, assemble_all
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problem, Problems
from test_bad_inputs import here  # noqa: F401 (a fixture)

AS_OF = datetime.date(2020, 6, 30)


@contextmanager
def columnar(threshold: int, whole: int = 10_000) -> Iterator[None]:
    """Tables of at least `threshold` bytes are read column by column, and assembled so where there are over `whole` records."""
    before = load.LARGE, large_assemble.WHOLE
    load.LARGE, large_assemble.WHOLE = threshold, whole
    try:
        yield
    finally:
        load.LARGE, large_assemble.WHOLE = before


@pytest.fixture(scope="module")
def known_packs() -> dict:
    pack = read_packs(RULES, BY_NAME, Problems())["benn"]
    return {"benn": dataclasses.replace(pack, vocabulary={name: pack.vocabulary[name] for name in TYPES})}


def _told(problems: Problems, suggested: bool) -> tuple[int, list[Problem]]:
    """How many problems, and which; without what is suggested in place of unknown ids, where that differs."""
    found = problems.sorted()
    if not suggested:
        found = sorted((dataclasses.replace(one, args={}) if one.code.startswith("unknown-") else one for one in found), key=Problem.order)
    return len(problems), found


def _outcome(folder: Path, packs: dict, keep_going: bool, suggested: bool) -> dict:
    """All that comes out of reading and assembling the submissions of a world."""
    problems = Problems()
    known = Known(packs, *read_agreements(folder / "agreements", packs, problems))
    loaded = load.load_submissions([folder / "facts"], None, known, None, None, problems)
    told = {"read": _told(problems, True), "lost": loaded.lost, "unread": loaded.unread, "sizes": [[len(t.rows) for t in some] for some in loaded.tables]}
    across = Problems()
    assemble_all(Intake(packs, known.agreements, loaded, False), across)
    told["across"] = _told(across, suggested)
    if (problems or across) and not keep_going:
        return told
    left = Problems()
    con, present, left_out = load_facts(packs["benn"], loaded.submissions, loaded.tables, keep_going, AS_OF, left)
    told |= {"left": _told(left, suggested), "present": present, "left_out": left_out}
    for name in ("origin", *(f"f_{one}" for one in TYPES)):
        told[name] = con.execute(f"FROM {name} ORDER BY rid").fetchall()
        told[f"{name} types"] = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE {name})").fetchall()
    return told


def compare(seed: int, packs: dict) -> None:
    """Both ways over one world."""
    random = Random(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_world(random, folder)
        keep_going, whole = random.random() < 0.5, random.choice((0, 2, 10_000))
        with columnar(10**9):
            careful = _outcome(folder, packs, keep_going, whole == 10_000)
        with columnar(random.choice((0, 0, 300)), whole):
            found = _outcome(folder, packs, keep_going, whole == 10_000)
    for key in careful | found:
        assert found.get(key) == careful.get(key), key


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**48))
def test_both_ways_find_the_same(known_packs: dict, seed: int) -> None:
    compare(seed, known_packs)


TABLES = [case for case in test_bad_inputs.CASES if any(".csv" in path for part in ("files", "bytes", "repeat", "edit") for path in case.get(part, {}))]


@pytest.mark.parametrize("case", TABLES, ids=[case["case"] for case in TABLES])
def test_bad_tables_are_refused_as_ever(case: dict, here: Path) -> None:  # noqa: F811
    with columnar(0):
        test_bad_inputs.test_case(case, here)
