"""The JSON Schemas: what the loader takes they take, what it refuses they refuse as far as a schema can say it; kept, complete, offline."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jsonschema
import pytest

import schemas
from conftest import ROOT, RULES
from servanda.cli import _run
from servanda.intake import read_definitions
from servanda.pack_shapes import PackShape
from servanda.problems import InvalidInput, Problems
from servanda.schema import KINDS, OF_A_PACK
from servanda.schema.build import schema_of
from servanda.schema.field_words import FIELD_WORDS
from servanda.yaml_source import Scalar, read_yaml

INT, FLOAT = re.compile(r"[-+]?[0-9]+"), re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def core(tree: object) -> object:
    """A tree as read, with YAML 1.2 core's types: what an editor's checker sees."""
    if isinstance(tree, dict):
        return {str(key): core(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [core(one) for one in tree]
    if not isinstance(tree, Scalar) or not tree.plain:
        return str(tree) if isinstance(tree, Scalar) else tree
    if tree in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return tree.lower() == "true"
    return int(tree) if INT.fullmatch(tree) else float(tree) if FLOAT.fullmatch(tree) else str(tree)


def read(path: Path) -> object:
    """A file of the repository as an editor's checker sees it."""
    problems = Problems()
    tree = core(read_yaml(path, path.name, problems))
    assert not problems, path
    return tree


@cache
def checker(schema: Path) -> jsonschema.Draft7Validator:
    """A validator of a schema that is kept."""
    return jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))


def test_schemas_are_kept_as_they_are_made() -> None:
    """Mend with `python tests/schemas.py`."""
    for path, text in schemas.wanted().items():
        assert path.read_text(encoding="utf-8") == text, path
        jsonschema.Draft7Validator.check_schema(json.loads(text))
    assert {path.stem for path in schemas.GENERAL.glob("*")} == set(KINDS)


def test_every_yaml_file_names_its_schema_and_meets_it() -> None:
    """Mend the first line with `python tests/schemas.py`."""
    seen = set()
    for path in schemas.marked():
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first == schemas.line_for(path), path
        schema = Path(os.path.normpath(path.parent / first.removeprefix(schemas.MARK)))
        seen.add(schema)
        faults = [f"{error.json_path}: {error.message[:200]}" for error in checker(schema).iter_errors(read(path))]
        assert not faults, (path, faults[:5])
    assert {path.stem for path in seen} | {"case-agreement"} == set(KINDS)  # tests/test_new_pack.py meets that one


@pytest.mark.parametrize("kind", OF_A_PACK)
def test_the_general_schemas_take_every_pack(kind: str) -> None:
    general = checker(schemas.GENERAL / f"{kind}.json")
    for path in schemas.marked():
        if schemas.kind_of(path) == kind:
            assert general.is_valid(read(path)), path


def loaded(folder: Path) -> bool:
    """Whether the loader takes the definitions of a folder."""
    problems = Problems()
    try:
        read_definitions(folder / "rules", folder / "agreements", problems)
    except InvalidInput:
        return False
    return not problems


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of one pack and one of its agreements."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(RULES / "benn", folder / "rules" / "benn")
    (folder / "agreements" / "benn").mkdir(parents=True)
    shutil.copy(ROOT / "agreements" / "benn" / "benn-mitte.yaml", folder / "agreements" / "benn")
    return folder


# (file, path to the value, what stands there instead; None: the key is taken away). The loader refuses each, and so does the schema.
GONE = "(left out)"
B, S = "rules/benn/", "agreements/benn/benn-mitte.yaml"
FAULTS = [
    (S, ("pack",), GONE), (S, ("term", "to"), GONE), (S, ("term", "to"), "31.12.2021"), (S, ("term", "from"), "2017-9-1"), (S, ("term",), "2017"),
    (S, ("sites",), "none"), (S, ("sites", 0, "kind"), "benn_teem"), (S, ("sites", 0, "frm"), "2017-09-01"), (S, ("sites", 0, "name"), GONE),
    (S, ("sites", 0, "id"), "a b"), (S, ("district",), GONE), (S, ("distrikt",), "Mitte"), (S, ("district",), ["Mitte"]),
    (S, ("parameters",), {"max_vacancy_days": "many"}), (S, ("parameters",), {"max_vacancy_day": 3}), (S, ("parameters",), {"max_vacancy_days": "$other"}),
    (S, ("parameters",), {"max_vacancy_days": {"1999-01-01": 3}}), (S, ("parameters",), {"max_vacancy_days": {}}),
    (B + "pack.yaml", ("id",), GONE), (B + "pack.yaml", ("titel",), {"de": "a", "en": "b"}), (B + "pack.yaml", ("title",), "a"),
    (B + "pack.yaml", ("title", "en"), GONE), (B + "pack.yaml", ("title", "de"), " "), (B + "pack.yaml", ("parties",), ["a"]),
    (B + "pack.yaml", ("parties", "The Senate"), {"de": "a", "en": "b"}), (B + "pack.yaml", ("tolerance",), "one"),
    (B + "pack.yaml", ("tolerance",), True), (B + "pack.yaml", ("parameters", "ca_tolerance", "value"), GONE),
    (B + "pack.yaml", ("attendance", "present"), {}), (B + "pack.yaml", ("attendance", "present"), {"state": {"givn": True}}),
    (B + "pack.yaml", ("attendance", "present"), {"state": []}), (B + "pack.yaml", ("attendance", "present"), {"any": []}),
    (B + "pack.yaml", ("attendance", "present"), {"state": {"given": "perhaps"}}), (B + "pack.yaml", ("attendance", "present"), {"a": {"same_as": ["b", "c"]}}),
    (B + "pack.yaml", ("calendar", "country"), ["DE"]), (B + "pack.yaml", ("agreement", "fields", "district", "required"), "yes"),
    (B + "vocabulary.yaml", ("meetings", "label"), GONE), (B + "vocabulary.yaml", ("meetings", "holder"), "team"),
    (B + "vocabulary.yaml", ("meetings", "fields", "date", "type"), "day"), (B + "vocabulary.yaml", ("meetings", "fields", "body", "of"), GONE),
    (B + "vocabulary.yaml", ("attendance", "fields", "meeting", "to"), GONE), (B + "vocabulary.yaml", ("meetings", "fields", "date", "completes"), 1),
    (B + "vocabulary.yaml", ("meetings", "fields", "date", "min"), "three"), (B + "vocabulary.yaml", ("meetings", "key"), []),
    (B + "clauses.yaml", (0, "anchor"), GONE), (B + "clauses.yaml", (0, "phrase"), "x"), (B + "clauses.yaml", (0, "words"), "x"),
    (B + "clauses.yaml", (0, "obligations"), "one"), (B + "clauses.yaml", (0,), "one"),
    (B + "obligations/section-2.yaml", (0, "modality"), "duty"), (B + "obligations/section-2.yaml", (0, "scope"), "sites"),
    (B + "obligations/section-2.yaml", (0, "period"), "year"), (B + "obligations/section-2.yaml", (0, "bearer"), []),
    (B + "obligations/section-2.yaml", (0, "clauses"), GONE), (B + "obligations/section-2.yaml", (0, "count"), {"facts": "measures", "lower": 1}),
    (B + "obligations/section-2.yaml", (0, "cuont"), {"facts": "measures"}), (B + "obligations/section-2.yaml", (0, "while_sites"), "2 sites"),
    (B + "judgements.yaml", ("judgements", 0, "when"), []), (B + "judgements.yaml", ("judgements", 0, "when"), [{"knid": "count"}]),
    (B + "judgements.yaml", ("judgements", 0, "when"), [{"kind": "cuont"}]), (B + "judgements.yaml", ("judgements", 0, "when"), [{"lower": {"atleast": 3}}]),
    (B + "judgements.yaml", ("judgements", 0, "when"), [{"kind": {"no": ["count"]}}]), (B + "judgements.yaml", ("judgements", 0, "when"), [{}]),
    (B + "judgements.yaml", ("judgement",), []),
    (B + "judgements.yaml", ("judgements", 0, "accumulates"), {"different": "site", "at_least": 2}),
]
KIND_FAULTS = [
    {"count": {"facts": "measures", "lower": "six"}}, {"count": {"lower": 1}}, {"count": {"facts": "measures", "lowest": 1}}, {"count": 6},
    {"count": {"facts": "measures", "approximate": "yes"}}, {"count": {"facts": "measures", "where": "all"}}, {"each": {"facts": "measures"}},
    {"delivered": {"facts": "documents", "within": 90}}, {"delivered": {"facts": "documents", "within": {"day": "31-12"}}},
    {"delivered": {"facts": "documents", "within": {"weeks": 2}}}, {"answered": {"facts": "requests", "by": ["a"], "within": {"days": 3}}},
    {"answered": {"facts": "requests", "by": {"facts": "documents", "same": "site"}, "within": {"days": 3}}}, {"attested": {"by": "team"}},
    {"attended": {"facts": "meetings", "roles": ["a"], "at_least": 1, "meetings_of": "site"}}, {"attended": {"facts": "meetings", "roles": "a", "at_least": 1}},
    {"staffed": {"facts": "staffing", "roles": "team", "until": "to", "max_vacancy_days": 3}}, {"within_budget": {"spending": {"facts": "funds"}}},
    {"sites": {"lower": "$Big"}}, {"preceded": {"facts": "measures", "by": "opinions"}}, {"consented": {"spending": {"facts": "expenditures"}}},
]
FAULTS += [(B + "obligations/section-2.yaml", (0, "*"), fault) for fault in KIND_FAULTS]


def changed(tree: object, path: tuple, value: object) -> object:
    """A tree with another value at a path; `*` stands for the key of an obligation's kind."""
    found = inside = copy.deepcopy(tree)
    for part in path[:-1]:
        inside = inside[part]
    if path[-1] == "*":
        inside.popitem()
        inside.update(value)
    elif value is GONE:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return found


@pytest.mark.parametrize(("file", "path", "value"), FAULTS, ids=lambda part: str(part)[:60])
def test_what_the_loader_refuses_the_schema_refuses(repository: Path, file: str, path: tuple, value: object) -> None:
    original = (repository / file).read_bytes()
    broken = changed(read(ROOT / file), path, value)
    assert not checker(schemas.schema_for(ROOT / file)).is_valid(broken)
    try:
        (repository / file).write_text(json.dumps(broken, ensure_ascii=False), encoding="utf-8")
        assert not loaded(repository)
    finally:
        (repository / file).write_bytes(original)


def test_the_copy_is_taken_as_it_stands_also_as_json(repository: Path) -> None:
    """Otherwise the test above would show nothing."""
    assert loaded(repository)
    for file in {file for file, _, _ in FAULTS}:
        original = (repository / file).read_bytes()
        (repository / file).write_text(json.dumps(read(ROOT / file), ensure_ascii=False), encoding="utf-8")
        assert loaded(repository), file
        (repository / file).write_bytes(original)


MANIFEST = {"agreement": "benn-mitte", "submitted_on": "2020-01-20", "submitted_by": "district", "complete": "2019-12-31", "withdraws": ["meetings:m-7"]}


@pytest.mark.parametrize(("path", "value", "taken"), [
    (("submitted_on",), GONE, False), (("submitted_on",), "20.1.2020", False), (("submitted_on",), "20.01.2020", True), (("submitted_by",), "distrikt", False),
    (("agreement",), GONE, False), (("aggreement",), "x", False), (("complete",), GONE, True), (("complete",), {"meetings": "2019-12-31"}, True),
    (("complete",), {"meeting": "2019-12-31"}, False), (("complete",), {"meetings": {"until": "2019-12-31"}}, True), (("complete",), ["2019-12-31"], False),
    (("complete",), {"attendance": {"until": "2019-12-31", "roles": ["benn_team"]}}, True), (("complete",), {"attendance": {"roles": ["benn_team"]}}, False),
    (("complete",), {"attendance": {"until": "2019-12-31", "roles": ["nobody"]}}, False), (("withdraws",), "meetings:m-7", False),
    (("withdraws",), ["m-7"], False), (("withdraws",), ["meeting:m-7"], False), (("pack",), "other", False), (("pack",), "benn", True),
], ids=str)
def test_manifests(path: tuple, value: object, taken: bool) -> None:
    from servanda.facts.manifest import Known, submission_of
    from servanda.yaml_source import parse_yaml

    tree = changed(MANIFEST, path, value)
    assert checker(RULES / "benn" / "schemas" / "manifest.json").is_valid(tree) == taken
    problems = Problems()
    known = read_definitions(RULES, ROOT / "agreements", problems)
    submission_of(parse_yaml(json.dumps(tree), "submission.yaml", problems), "submission.yaml", ("a", "a", ""), Known(known.packs, known.agreements), problems)
    assert bool(problems) != taken, problems.sorted()


@pytest.mark.parametrize(("path", "value"), [
    ((0, "case"), GONE), ((0, "as_of"), "soon"), ((0, "expcet"), []), ((0, "expect"), []), ((0, "expect", 0, "status"), "broken"),
    ((0, "expect", 0, "obligation"), GONE), ((0, "expect", 0, "low"), 3), ((0, "facts"), []), ((0, "complete"), 2019), ((0, "programme"), {"fact": {}}),
])
def test_cases(path: tuple, value: object) -> None:
    file = RULES / "benn" / "tests" / "section-3-steering-rounds.yaml"
    assert not checker(schemas.GENERAL / "cases.json").is_valid(changed(read(file), path, value))


def test_every_key_is_explained() -> None:
    """Every property of every schema has a description."""
    for kind in KINDS:
        schema = schema_of(kind)
        for name, part in schema["definitions"].items():
            for key, value in part.get("properties", {}).items():
                assert name in ("pattern", "condition") or value.get("description"), (kind, name, key)
    assert set(FIELD_WORDS["Pack"]) == set(PackShape.model_fields)


def test_schemas_ask_for_nothing_elsewhere() -> None:
    for kind in KINDS:
        refs = {str(value) for value in _values(schema_of(kind), "$ref")}
        assert all(ref.startswith("#/definitions/") for ref in refs)
        assert {ref.removeprefix("#/definitions/") for ref in refs} == set(schema_of(kind)["definitions"]), kind


def _values(tree: object, key: str) -> Iterator[object]:
    for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        if name == key and isinstance(value, str):
            yield value
        yield from _values(value, key)


# The command


def said(capsys: pytest.CaptureFixture, *arguments: str) -> tuple[int, str, str]:
    status = _run(["schema", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_command_lists_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    for lang, word in (("de", "eine Vereinbarung"), ("en", "an agreement")):
        status, out, err = said(capsys, "--lang", lang)
        assert (status, err) == (0, "") and [line.split()[0] for line in out.splitlines()] == list(KINDS) and word in out
    status, out, _ = said(capsys, "pack")
    assert status == 0 and out == (schemas.GENERAL / "pack.json").read_text(encoding="utf-8")
    assert said(capsys, "--out", str(tmp_path / "new" / "folder")) == (0, "", "")
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == {f"{kind}.json" for kind in KINDS}
    assert said(capsys, "--pack", "benn", "--rules", str(RULES), "--out", str(tmp_path / "benn")) == (0, "", "")
    assert (tmp_path / "benn" / "manifest.json").read_bytes() == (RULES / "benn" / "schemas" / "manifest.json").read_bytes()


@pytest.mark.parametrize(("arguments", "meant"), [
    (["agreemnt"], "agreement"), (["pack", "--pack", "benn"], "agreement, manifest"), (["agreement", "--pack", "ben"], "benn"),
])
def test_wrong_usage(arguments: list[str], meant: str, capsys: pytest.CaptureFixture) -> None:
    status, out, err = said(capsys, *arguments, "--rules", str(RULES))
    assert status == 2 and not out and meant in err and "Traceback" not in err


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    status, _, err = said(capsys, "--out", str(tmp_path / "file" / "below"))
    assert status == 2 and "below" in err


def test_a_broken_pack_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "pack.yaml").write_text("id: 3 4\n")
    status, out, err = said(capsys, "agreement", "--pack", "x", "--rules", str(tmp_path))
    assert status == 2 and not out and "pack.yaml" in err


# An editor's own server


def test_check_jsonschema_agrees() -> None:
    """A second reader, with a YAML parser of its own."""
    program = shutil.which("check-jsonschema") or str(Path(sys.executable).parent / "check-jsonschema")
    for kind, pattern in (("obligations", "benn/obligations/*.yaml"), ("vocabulary", "benn/vocabulary.yaml")):
        files = [str(path) for path in sorted(RULES.glob(pattern))]
        done = subprocess.run([program, "--schemafile", str(schemas.GENERAL / f"{kind}.json"), *files], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_wheel_carries_schemas_templates_and_pages(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    assert {f"servanda/schema/files/{kind}.json" for kind in KINDS} <= names
    assert {f"servanda/packaged/rules/benn/schemas/{kind}.json" for kind in OF_A_PACK} <= names
    own = ROOT / "engine" / "servanda"
    files = [path for part in ("new_pack/files", "handbook/templates") for path in (own / part).rglob("*.*")]
    assert len(files) > 10 and {f"servanda/{path.relative_to(own).as_posix()}" for path in files} <= names
