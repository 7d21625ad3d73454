"""The house rules: floors, sizes, complete tables, and that the engine knows no word of any pack."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import ROOT, RULES

ENGINE = ROOT / "engine" / "servanda"
SOURCES = sorted(ENGINE.rglob("*.py"))
FLOORS = """
[importlinter]
root_package = servanda

[importlinter:contract:floors]
name = Imports go downward only
type = layers
layers =
    servanda.cli
    servanda.workbench
    servanda.desk
    servanda.seal
    servanda.trace | servanda.new_pack | servanda.audit
    servanda.explain | servanda.template | servanda.ledger | servanda.cases | servanda.whatif | servanda.lint | servanda.schema | servanda.handbook
    servanda.evaluate | servanda.report
    servanda.dossier
    servanda.readings
    servanda.due_dates | servanda.receipt
    servanda.finding_columns
    servanda.findings | servanda.run
    servanda.frames
    servanda.measure | servanda.judge | servanda.intake
    servanda.judge_plain | servanda.working_days | servanda.record_scopes | servanda.streams
    servanda.judge_facts
    servanda.facts
    servanda.kinds
    servanda.duties
    servanda.agreements | servanda.pack | servanda.rules_history
    servanda.agreement_tables
    servanda.pack_checks | servanda.record_checks | servanda.judgement_patterns | servanda.figure_maps
    servanda.pack_shapes
    servanda.selection | servanda.shapes
    servanda.conditions | servanda.model | servanda.problem_texts
    servanda.json_source
    servanda.yaml_source | servanda.whole_files
    servanda.problems | servanda.packaged_data | servanda.nearest | servanda.phrases | servanda.differences
    servanda.ledger_texts | servanda.desk_texts | servanda.whatif_texts
    servanda.case_texts | servanda.trace_texts | servanda.lint_texts | servanda.audit_texts | servanda.seal_texts
containers =
exhaustive = false
"""


def test_imports_go_downward_only(tmp_path: Path) -> None:
    config = tmp_path / "floors.ini"
    config.write_text(FLOORS)
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    result = subprocess.run(
        [*command, "--config", str(config), "--no-cache"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_module_stands_on_a_floor() -> None:
    named = set(re.findall(r"servanda\.(\w+)", FLOORS))
    modules = {path.stem if path.parent == ENGINE else path.relative_to(ENGINE).parts[0] for path in SOURCES} - {"__init__", "__main__"}
    assert modules == named


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno + 1 <= 60, f"{node.name} is too long"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_public_things_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "module"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def pack_words() -> set[str]:
    """The words by which packs name things: fact types, choices, parties, site kinds, parameters, obligations and judgements."""
    words: set[str] = set()
    for folder in (path.parent for path in RULES.rglob("pack.yaml")):
        head = yaml.load((folder / "pack.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        vocabulary = yaml.load((folder / "vocabulary.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        words |= {*head["parties"], *head.get("sites", {}).get("kinds", {}), *head["parameters"], *head["agreement"]["fields"]}
        for name, fact_type in vocabulary.items():
            words.add(name)
            for field in fact_type["fields"].values():
                words |= set(field.get("of", {}))
        for path in (folder / "obligations").glob("*.yaml"):
            words |= {one["id"] for one in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)}
        judgements = yaml.load((folder / "judgements.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        words |= {one["id"] for one in judgements["judgements"]} | {one["id"] for one in judgements["consequences"]}
    return words


# Words of the contract (or plain English) that a pack also uses for its own things: the engine means the contract's.
SHARED = {
    "absent", "attendance", "attestations", "both", "consents", "documents", "entry", "event", "exit", "funds", "granted", "held", "max_vacancy_days",
    "measures", "meetings", "not_invited", "other", "present", "refused", "repeated", "site", "termination", "waivers", "withdrawn",
}


def test_engine_knows_no_word_of_a_pack() -> None:
    """Identifiers and texts of the engine name nothing of a pack; docstrings may show examples."""
    words = pack_words()
    assert words >= SHARED, "an exception that no pack needs"
    words -= SHARED
    pattern = re.compile(r"(?<![\w-])(" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")(?![\w-])")
    found = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
        for node in ast.walk(tree):
            texts = [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation else []
            texts += [node.id] if isinstance(node, ast.Name) else [node.attr] if isinstance(node, ast.Attribute) else []
            found += [(path.name, node.lineno, match[0]) for text in texts for match in pattern.finditer(text)]
    assert not found


def _has_docstring(node: ast.AST) -> bool:
    return isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None


def test_shared_words_are_few_and_used_by_quotation_only() -> None:
    """The exception above must not hide a pack's word in SQL: no fact type or choice stands quoted in a kind's query."""
    from servanda.kinds import KINDS

    own = {"present", "measures"}  # a state of a meeting within `attended`; a word of the kinds' own comments
    for kind in KINDS:
        quoted = set(re.findall(r"'([a-z_]+)'", kind.CASES + kind.MEASURE + kind.EVIDENCE))
        assert not quoted & (pack_words() - own - {"spending", "granted", "withdrawn", "funds", "open", "absent"}), kind.NAME


def test_tables_of_kinds_and_formats_are_complete() -> None:
    from servanda.kinds import KINDS
    from servanda.report.formats import FORMATS

    files = {path.stem for path in (ENGINE / "kinds").glob("*.py")} - {"__init__", "params"}
    assert files == {kind.NAME for kind in KINDS}
    reports = {path.stem for path in (ENGINE / "report").glob("*.py")}
    shared = {"__init__", "style", "safe_text", "markdown_text", "words", "definitions", "formats", "intake_report", "due_report", "due_words"}
    shared |= {"severity", "whereabouts", "fingerprints", "sarif_rules", "book", "xlsx_words", "cure_words", "reading_words"}
    packages = {path.parent.name for path in (ENGINE / "report").glob("*/__init__.py")} - {"charts"}
    assert {entry[1].split(".")[2] for entry in FORMATS} == (reports - shared) | packages
    for kind in KINDS:
        for name in ("UNIT", "HAS_CASES", "Params", "parts", "rests", "figures", "CASES", "MEASURE", "EVIDENCE"):
            assert hasattr(kind, name), (kind.NAME, name)


def test_durable_rules_is_imported_by_judge_only() -> None:
    importers = [path.name for path in SOURCES if "import durable" in path.read_text(encoding="utf-8")]
    assert importers == ["judge.py"]


def test_only_the_command_line_prints_exits_or_reads_the_clock() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if path.parent.name != "cli" and path.name != "__init__.py":
            assert not re.search(r"(?<![.\w])print\(|sys\.exit|\.now\(|\.today\(", text), path.name
