"""Large tables, read and assembled inside DuckDB, against the careful way: the same problems, fact tables and origins."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import servanda.facts.large_assemble as large_assemble
import servanda.facts.load as load
import test_bad_inputs
from conftest import RULES
from large_worlds import ODD, TYPES, write_world
from servanda.agreements import read_agreements
from servanda.cli import servanda as command_line
from servanda.evaluate import load_facts
from servanda.facts.large_columns import column_of
from servanda.facts.large_facts import load_large
from servanda.facts.manifest import Known
from servanda.facts.store import connect
from servanda.facts.validate import typed_text
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


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**48))
def test_both_ways_find_the_same(known_packs: dict, seed: int) -> None:
    compare(seed, known_packs)


def test_what_is_plain_is_what_the_careful_parser_takes(known_packs: dict) -> None:
    """Every sign alone and inside an id, and the odd texts of the worlds: what SQL calls plain has the very value that the parser gives."""
    signs = [chr(code) for code in (*range(1, 0x3100), 0xFEFF, 0xFF10, 0x1F600)]
    texts = [*signs, *(f"a{sign}b" for sign in signs), *(text for text in ODD if text), "a" * 200, "a" * 201, "-999999999999.99", "9999999999999.99"]
    con = connect(len(texts) * 1000)
    con.execute("CREATE TABLE texts AS SELECT unnest($1::VARCHAR[]) AS text", [texts])
    for fact_type in known_packs["benn"].vocabulary.values():
        for name, declared in fact_type.fields.items():
            for known in (None, frozenset({"a-1", "a-2"}), frozenset()) if declared.type == "site" else (frozenset({"a-1"}),):
                column = column_of(name, declared, known)
                query = f"SELECT text, ({column.of('text')})::{column.kind} FROM texts WHERE {column.plain('text')}"  # noqa: S608
                for text, value in con.execute(query).fetchall():
                    expected = typed_text(text, declared, known if declared.type in ("site", "obligation") else None)
                    assert value == ("|".join(expected) if isinstance(expected, tuple) else expected), (name, text)


def test_numbers_by_rank_do_not_depend_on_what_else_is_loaded(known_packs: dict, tmp_path: Path) -> None:
    write_world(Random(0), tmp_path)
    place = tmp_path / "facts" / "9"
    place.mkdir()
    (place / "submission.yaml").write_text("agreement: b\nsubmitted_on: 2020-02-01\nsubmitted_by: team\n", encoding="utf-8")
    (place / "measures.csv").write_text("id,site,title,date\nz,b-1,Z,2019-01-01\ny,b-1,Y,2019-01-01\n", encoding="utf-8")
    known = Known(known_packs, *read_agreements(tmp_path / "agreements", known_packs, Problems()))
    with columnar(0):
        loaded = load.load_submissions([place], None, known, None, None, Problems())
        held = large_assemble.hold(known_packs["benn"], loaded.submissions, loaded.tables, False, frozenset(), Problems())
    load_large(held, known_packs["benn"], AS_OF, {"": 0, "a": 1, "b": 2})
    first = (TYPES.index("measures") << 55) | (2 << 35)
    assert held.con.execute("SELECT rid, id FROM origin ORDER BY rid").fetchall() == [(first, "y"), (first + 1, "z")]


@pytest.mark.parametrize("faulty", [False, True])
def test_commands_say_the_same_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faulty: bool) -> None:
    """The commands over a file that is large by its size, against the same file read as small ones are."""
    write_world(Random(0), tmp_path)
    shutil.rmtree(tmp_path / "facts")
    place = tmp_path / "facts" / "9"
    place.mkdir(parents=True)
    (place / "submission.yaml").write_text("agreement: a\nsubmitted_on: 2020-02-01\nsubmitted_by: team\ncomplete: 2020-01-31\n", encoding="utf-8")
    rows = [f"e-{n},,a-{n % 2 + 1},2019-0{n % 9 + 1}-11,{n}.50" for n in range(12_000)]
    rows[7_000:7_000] = ["e-x,nobody,a-1,2019-02-30,1", "e-5,,a-1,2019-02-03,x"] if faulty else []
    (place / "expenditures.csv").write_text("\n".join(["id,measure,site,date,amount", *rows]) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    said = {}
    for threshold in (1000, 10**9):
        with columnar(threshold):
            for command in (["validate", "facts"], ["check", "facts", "--as-of", "2020-06-30", "--format", "json"]):
                result = CliRunner().invoke(command_line, [*command, "--rules", str(RULES), "--agreements", "agreements"])
                said.setdefault(command[0], []).append(result.output)
    for one, other in said.values():
        assert one == other and ("duplicate-id" in one) == faulty


TABLES = [case for case in test_bad_inputs.CASES if any(".csv" in path for part in ("files", "bytes", "repeat", "edit") for path in case.get(part, {}))]


@pytest.mark.parametrize("case", TABLES, ids=[case["case"] for case in TABLES])
def test_bad_tables_are_refused_as_ever(case: dict, here: Path) -> None:  # noqa: F811
    with columnar(0):
        test_bad_inputs.test_case(case, here)
