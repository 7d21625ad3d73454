"""What SECURITY.md says of the program as a whole: data is never code, the database reaches nothing, and every test it names is there."""

from __future__ import annotations

import ast
import datetime
import re
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest

from conftest import ROOT, RULES
from fuzz.harmless import terminal
from report_worlds import HOSTILE, hostile_problems, hostile_run
from servanda.audit.run import audit
from servanda.evaluate import evaluate
from servanda.facts.store import close_access, connect, connect_to_read, file_text
from servanda.report.formats import problems_in, report_in
from servanda.report.style import Style
from small_world import mitte, rounds

AS_OF = datetime.date(2020, 1, 31)
SOURCES = sorted((ROOT / "engine" / "servanda").rglob("*.py"))
# What would make code of data. `yaml` is read by its events only, templates come from the package only.
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "system", "popen", "load_all", "unsafe_load", "full_load", "from_string", "import_string"}
MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "code", "runpy", "ctypes"}
OF_RE = {("re", "compile")}


def calls(path: Path) -> list[tuple[str, str]]:
    """The calls of a file as (object, function), "" where there is no object."""
    made = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return [
        (ast.unparse(one.value), one.attr) if isinstance(one, ast.Attribute) else ("", one.id) for one in made if isinstance(one, (ast.Attribute, ast.Name))
    ]


def test_nothing_makes_code_of_data() -> None:
    assert [(path.name, *call) for path in SOURCES for call in calls(path) if call[1] in CALLS and call not in OF_RE] == []
    assert [(path.name, call) for path in SOURCES for call in calls(path) if call == ("yaml", "load")] == []
    named = {(path.name, one.split(".")[0]) for path in SOURCES for one in imports(path)}
    assert [(file, module) for file, module in sorted(named) if module in MODULES] == []


def imports(path: Path) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names} | {
        node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)
    }


def test_no_command_goes_through_a_shell() -> None:
    """Where a process is started, its command is a list."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                assert not any(one.arg == "shell" for one in node.keywords), path


OUTSIDE = [
    "SELECT * FROM read_text('{outside}')", "SELECT * FROM read_csv('{outside}')", "SELECT * FROM read_blob('{outside}')", "SELECT * FROM glob('/*')",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')", "COPY (SELECT 1) TO '{outside}.new'", "ATTACH '{outside}.db'",
    "EXPORT DATABASE '{outside}.folder'", "IMPORT DATABASE '{outside}.folder'", "INSTALL httpfs", "LOAD httpfs", "LOAD '{outside}'",
    "SET enable_external_access = true", "SET allowed_directories = ['/']", "SET allowed_paths = ['{outside}']", "SET temp_directory = '/'",
    "CREATE SECRET (TYPE s3)", "SELECT getenv('HOME')",
]


def as_used(where: Path) -> list[tuple[str, duckdb.DuckDBPyConnection]]:
    """The three ways in which the program holds a database."""
    reading = connect_to_read()
    close_access(reading, [str(where)])
    return [("in memory", connect(0)), ("with folders", connect(10**6, [str(where)])), ("after reading", reading)]


@pytest.mark.parametrize("statement", OUTSIDE)
def test_the_database_reaches_nothing_outside(statement: str, tmp_path: Path) -> None:
    """Through the very connections that measure: no file but those of the folders named, no network, no extension, and no way to undo that."""
    (tmp_path / "folder").mkdir()
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    before = set(tmp_path.rglob("*"))
    for name, con in as_used(tmp_path / "folder"):
        with pytest.raises(duckdb.Error):
            con.execute(statement.format(outside=outside)).fetchall()
            pytest.fail(f"{name}: {statement}")
        con.close()
    assert set(tmp_path.rglob("*")) == before


def test_folders_that_are_named_can_be_read(tmp_path: Path) -> None:
    """The refusals above would say little if nothing could be read at all."""
    (tmp_path / "it's.csv").write_text("a\n1\n", encoding="utf-8")
    con = connect(0, [str(tmp_path)])
    assert con.execute(f"SELECT * FROM read_csv({file_text(tmp_path / 'it' ) [:-1]}''s.csv')").fetchall() == [(1,)]
    con.close()


SQL = ["'; DROP TABLE finding; --", '"; DROP TABLE f_meetings; --', "') UNION SELECT 1 --", "\\' OR 1=1 --", "$1", "{0}", "%s"]
NAMES = [*SQL, "[abc]", "[0-9]*", "what?", "**"]


@pytest.mark.parametrize("text", NAMES)
def test_texts_of_facts_and_names_of_folders_are_no_sql(text: str, tmp_path: Path) -> None:
    """The same findings, whatever stands in texts and however folders are called; by a check and by an audit."""
    told = []
    for name in ("plain", text):
        world = mitte(tmp_path / name.replace("/", ""), district=name)
        world.submit(folder=name, meetings=rounds(6), staffing=[{"id": "p", "role": "district_coordinator", "person": name, "from": "2018-01-01"}])
        run = evaluate([world.facts], world.agreements, RULES, AS_OF)
        audit([world.facts], world.agreements, RULES, AS_OF, world.folder / "audit's")
        told.append([(one.id, one.status, one.value, len(one.evidence)) for one in run.findings])
        files = sorted((world.folder / "audit's" / "findings").rglob("*.parquet"))
        told.append([pyarrow.parquet.read_table(file).select(["id", "status", "evidence_total"]).to_pylist() for file in files])
    assert told[0] and told[0] == told[2] and told[1] == told[3]


COMMANDS = ("\x1b]0;title\x07", "\x1b[31mred", "\x9b2J", "\x08" * 9, "::error::x", "##[add-mask]x", "\u2066x\u2069", "\U000e0041")


@pytest.mark.parametrize("text", [*HOSTILE, *COMMANDS], ids=ascii)
def test_texts_of_facts_command_no_terminal(text: str) -> None:
    for colour in (False, True):
        style = Style("de", 80, colour=colour)
        for found in (report_in("table", hostile_run(text, 251), style), problems_in("table", hostile_problems(text), style)):
            terminal(re.sub(r"\x1b\[[0-9;]*m", "", found) if colour else found, "")


@pytest.mark.parametrize("named", re.findall(r"`(tests/[a-z_/]+\.py)(?:::(test_[a-z0-9_]+))?`", (ROOT / "SECURITY.md").read_text(encoding="utf-8")))
def test_the_threat_model_names_tests_that_are_there(named: tuple[str, str]) -> None:
    file, test = named
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8") if test else (ROOT / file).is_file()
