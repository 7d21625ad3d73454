"""Bad and tricky inputs (tests/bad/*.yaml): for each, every problem with its place, or none; nothing else may happen.

A case is laid over a small valid world (tests/bad/worlds): `files`, `bytes` (hex), `repeat` (a text, many times), `edit` (old and
new text in a file), `copies` (of folders), `links`, `folders`, `fifos`, `sparse` (a size in bytes), `remove`; `books` and `parquet`
(tests/bad_books.py), `hostile` (a function of tests/hostile_files.py). A path without a slash lies in the world's
submission; so it does in `expect`, the complete list of problems in their order, each with the keys that matter (`none`: null).
`values` are findings of the run, where the input is valid. The rules of the world `benn` are the project's own.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import string
from collections import Counter
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import bad_books
import hostile_files
import servanda.evaluate
import servanda.intake
from conftest import RULES
from servanda.audit_texts import AUDIT_TEXTS
from servanda.case_texts import CASE_TEXTS
from servanda.cli import servanda as command_line
from servanda.desk_texts import DESK_TEXTS
from servanda.ledger_texts import LEDGER_TEXTS
from servanda.lint_texts import LINT_TEXTS
from servanda.problem_texts import REASONS, TEXTS, expected, message
from servanda.problems import InvalidInput, Problem
from servanda.seal_texts import SEAL_TEXTS
from servanda.trace_texts import TRACE_TEXTS
from servanda.whatif_texts import WHATIF_TEXTS

BAD = Path(__file__).resolve().parent / "bad"
SUBMISSION = {"benn": "facts/benn/a/2019/", "mini": "facts/mini/a/2019/"}


def _load() -> list[dict]:
    cases = []
    for path in sorted(BAD.glob("*.yaml")):
        group = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        cases += [{"world": group["world"], **case} for case in group["cases"]]
    return cases


CASES = _load()


def place(case: dict, path: str, folder: Path) -> Path:
    """Where a file of a case lies."""
    found = folder / (path if "/" in path else SUBMISSION[case["world"]] + path)
    found.parent.mkdir(parents=True, exist_ok=True)
    return found


def write(case: dict, folder: Path) -> None:
    """The world of a case, with the case laid over it."""
    shutil.copytree(BAD / "worlds" / case["world"], folder, dirs_exist_ok=True)
    for path, source in case.get("copies", {}).items():
        shutil.copytree(folder / source, folder / path)
    for path in case.get("remove", []):
        found = place(case, path, folder)
        shutil.rmtree(found) if found.is_dir() else found.unlink()
    for path, text in case.get("files", {}).items():
        place(case, path, folder).write_bytes(text.encode())
    for path, text in case.get("bytes", {}).items():
        place(case, path, folder).write_bytes(bytes.fromhex(text))
    for path, one in case.get("repeat", {}).items():
        text = one.get("before", "") + one["text"] * int(one["times"]) + one.get("after", "")
        place(case, path, folder).write_bytes(text.encode())
    for path, changes in case.get("edit", {}).items():
        found = place(case, path, folder)
        text = found.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
            text = text.replace(old, new)
        found.write_text(text, encoding="utf-8")
    for path, says in case.get("books", {}).items():
        place(case, path, folder).write_bytes(bad_books.book(path, says))
    for path, query in case.get("parquet", {}).items():
        bad_books.parquet(place(case, path, folder), query)
    for path, name in case.get("hostile", {}).items():
        place(case, path, folder).write_bytes(hostile_files.FILES[name]())
    for path, target in case.get("links", {}).items():
        place(case, path, folder).symlink_to(target)
    for path in case.get("folders", []):
        place(case, path, folder).mkdir()
    for path in case.get("fifos", []):
        os.mkfifo(place(case, path, folder))
    for path, size in case.get("sparse", {}).items():
        with place(case, path, folder).open("wb") as stream:
            stream.truncate(int(size))


def run(case: dict):
    """Evaluate a case in the current folder: the run, or the problems."""
    given = dict(case.get("args", {}))
    rules = Path(given.get("rules", RULES if case["world"] == "benn" else "rules"))
    agreements = Path(given.get("agreements", "agreements"))
    day = datetime.date.fromisoformat
    known_on = day(given["known_on"]) if "known_on" in given else None
    flags = {name: given.get(name) == "true" for name in ("every", "keep_going")}
    year = int(given["year"]) if "year" in given else None
    paths = [Path(path) for path in given.get("paths", ["facts"])]
    try:
        return servanda.evaluate.evaluate(paths, agreements, rules, day(given.get("as_of", "2020-01-31")), known_on=known_on, year=year, **flags)
    except InvalidInput as invalid:
        return invalid.problems


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one; the project's own rules are read once for all cases."""
    monkeypatch.chdir(tmp_path)
    read = servanda.intake.read_packs

    def read_once(folder: Path, kinds: object, problems: object) -> object:
        if folder != RULES:
            return read(folder, kinds, problems)
        if not _PACKS:
            _PACKS.update(read(folder, kinds, problems))
        return dict(_PACKS)

    monkeypatch.setattr(servanda.intake, "read_packs", read_once)
    return tmp_path


_PACKS: dict = {}


def _seen(problem: Problem, case: dict, wanted: dict) -> dict:
    file = (problem.file or "none").removeprefix(SUBMISSION[case["world"]])
    values = {**problem.args, **{name: getattr(problem, name) for name in ("code", "row", "column", "found", "sheet", "cell")}}
    found = {name: str(values[name]) if values.get(name) is not None else "none" for name in ("code", "row", "column", "found", "sheet", "cell", "reason")}
    return {name: value for name, value in {**found, "file": file}.items() if name in wanted}


def _check_problems(problems: tuple[Problem, ...], case: dict) -> None:
    wanted = case["expect"]
    seen = [_seen(problem, case, want) for problem, want in zip(problems, wanted, strict=False)]
    assert seen == wanted[: len(seen)]
    assert [p.code for p in problems] == [want["code"] for want in wanted], problems
    for problem in problems:
        for lang in ("de", "en"):
            for position, text in enumerate((expected(problem, lang), message(problem, lang))):
                assert text and not _unfilled(problem, lang, position)


def _unfilled(problem: Problem, lang: str, position: int) -> list[str]:
    """The names of a text that the problem does not fill."""
    template = TEXTS[problem.code][lang == "en"][position]
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name and name != "known_list"]
    given = {**problem.args, "found": problem.found, "column": problem.column}
    return [name for name in names if given.get(name) is None]


def _check_values(result, wanted: list[dict]) -> None:
    for want in wanted:
        found = [f for f in result.findings if f.obligation == want["obligation"] and f.label == want["period"] and f.site in (want.get("site"), None)]
        assert len(found) == 1, want
        value = found[0].value
        assert value is None if want["value"] == "none" else float(value) == float(want["value"]), (want, value)
        if "status" in want:
            assert found[0].status == want["status"], want
        if "rows" in want:
            assert [str(one.row) for one in found[0].evidence] == want["rows"], want


def test_names_of_cases_are_told_apart() -> None:
    assert not [name for name, count in Counter(case["case"] for case in CASES).items() if count > 1]


def test_every_problem_has_a_case_that_provokes_it() -> None:
    provoked = {want["code"] for case in CASES for want in case["expect"]}
    elsewhere = {*LEDGER_TEXTS, *DESK_TEXTS, *CASE_TEXTS, *TRACE_TEXTS, *WHATIF_TEXTS, *LINT_TEXTS, *AUDIT_TEXTS, *SEAL_TEXTS}  # in the tests of those parts
    assert set(TEXTS) - provoked - elsewhere == {
        # below, in test_validate and test_config
        "unwritable-output", "nothing-to-validate", "too-many-problems", "not-encoded-so", "invalid-toml",
        "no-room", "no-temporary-room",  # in test_faults_room
    }
    assert {want["reason"] for case in CASES for want in case["expect"] if "reason" in want} == set(REASONS)
    assert not provoked - set(TEXTS)


def test_every_problem_speaks_both_languages() -> None:
    for code, texts in TEXTS.items():
        names = [{name for text in pair for _, name, _, _ in string.Formatter().parse(text) if name} for pair in texts]
        assert all(text.strip() for pair in texts for text in pair), code
        assert names[1] <= names[0] | {"found"}, code
        for lang in ("de", "en"):
            problem = Problem(code, found="f", column="c", args={name: "cut-off" if name == "reason" else "a" for name in names[0] - {"found", "column"}})
            assert not set("{}") & set(expected(problem, lang).replace("{known", "") + message(problem, lang)), code


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict, here: Path) -> None:
    write(case, here)
    result = run(case)
    if case["expect"]:
        assert isinstance(result, tuple), f"{case['case']}: evaluated, although it must not be"
        _check_problems(result, case)
    else:
        assert not isinstance(result, tuple), result
        _check_values(result, case.get("values", []))


BAD_TABLE = "id,date,body,site\nm-1,31.02.2019,steering_round,s-9\n"


def check(*arguments: str):
    """`servanda check` over the facts here, with the project's rules."""
    given = ["check", "facts", "--rules", str(RULES), "--agreements", "agreements", "--as-of", "2020-01-31", *arguments]
    return CliRunner().invoke(command_line, given, standalone_mode=False)


def bad_world(here: Path) -> None:
    write({"world": "benn", "files": {"meetings.csv": BAD_TABLE, "funds.yaml": "- {id: f-1, amount: x}\n"}}, here)


def test_problems_as_json(here: Path) -> None:
    bad_world(here)
    result = check("--format", "json", "--lang", "en")
    assert result.return_value == 2 and result.exception is None
    report = json.loads(result.stdout)
    assert list(report) == ["schema", "problems"] and report["schema"] == "servanda.problems/1"
    assert {tuple(problem) for problem in report["problems"]} == {
        ("code", "file", "sheet", "cell", "row", "column", "found", "expected", "message")
    }
    assert [problem["code"] for problem in report["problems"]] == ["invalid-amount", *["missing-value"] * 3, "invalid-date", "unknown-site"]
    date = {
        "code": "invalid-date", "file": "facts/benn/a/2019/meetings.csv", "sheet": None, "cell": None, "row": 2, "column": "date",
        "found": "31.02.2019", "expected": "a date such as 2019-03-31 or 31.03.2019",
    }
    assert {key: value for key, value in report["problems"][4].items() if key != "message"} == date
    assert check("--format", "json", "--lang", "en").stdout == result.stdout


@pytest.mark.parametrize("lang", ["de", "en"])
def test_problems_for_people_go_to_standard_error(here: Path, lang: str) -> None:
    bad_world(here)
    result = check("--lang", lang)
    assert result.return_value == 2 and result.stdout == ""
    for place in ("funds.yaml:1 · amount", "meetings.csv:2 · date", "meetings.csv:2 · site"):
        assert place in result.stderr


@pytest.mark.parametrize("level", ["never", "material", "undetermined"])
def test_problems_never_obey_fail_on(here: Path, level: str) -> None:
    bad_world(here)
    assert check("--fail-on", level, "--format", "json").return_value == 2


def test_what_was_left_out_is_said(here: Path) -> None:
    bad_world(here)
    result = check("--keep-going", "--format", "json", "--fail-on", "never")
    assert result.return_value == 0
    report = json.loads(result.stdout)
    assert report["schema"] == "servanda.report/1" and len(report["problems"]) == 6


def test_a_report_that_cannot_be_written(here: Path) -> None:
    write({"world": "benn"}, here)
    (here / "file").write_text("as it was")
    for target in ("missing/report.json", "file/report.json"):
        result = check("--format", "json", "--output", target, "--lang", "en")
        assert result.return_value == 2 and target in result.stderr and "unwritable-output" in result.stderr
    assert (here / "file").read_text() == "as it was" and not (here / "missing").exists()


def test_broken_definitions_are_not_passed_over_by_keep_going(here: Path) -> None:
    write({"world": "benn", "edit": {"agreements/a.yaml": {"term: {from: 2017-09-01": "term: {from: 2017-09-31"}}}, here)
    assert check("--keep-going", "--format", "json").return_value == 2


def test_names_that_are_not_utf8(here: Path) -> None:
    write({"world": "benn"}, here)
    folder = os.fsencode(here / "facts" / "benn" / "a")
    Path(os.fsdecode(folder + b"/2019/\xff.csv")).write_text("id\n")
    shutil.copytree(here / "facts/benn/a/2019", os.fsdecode(folder + b"/\xfe"), ignore=lambda *_: [os.fsdecode(b"\xff.csv")])
    problems = json.loads(check("--format", "json").stdout.encode("utf-8"))["problems"]
    assert [(problem["code"], problem["file"]) for problem in problems] == [
        ("unknown-fact-type", "facts/benn/a/2019/?.csv"), ("unreadable-file", "facts/benn/a/?")
    ]


def test_a_folder_that_may_not_be_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"world": "benn", "files": {"facts/benn/locked/x.txt": ""}}, here)
    listing = Path.iterdir

    def locked(folder: Path):
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    monkeypatch.setattr(Path, "iterdir", locked)
    problems = run({"world": "benn"})
    assert [(problem.code, problem.file, problem.found) for problem in problems] == [("unreadable-file", "facts/benn/locked", "Permission denied")]


def _scalars(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        return [node]
    children = node.value if isinstance(node, yaml.SequenceNode) else [child for pair in node.value for child in pair]
    return [node, *(one for child in children for one in _scalars(child))]


@pytest.mark.parametrize("wrong", ["[]", "~", "date", "id", "99999999999"])
def test_a_broken_pack_ends_in_problems_or_a_run(here: Path, wrong: str) -> None:
    """Wherever a wrong word stands in a definition, it is named or does no harm; every tenth place is tried."""
    write({"world": "mini"}, here)
    paths = sorted([*here.glob("rules/**/*.yaml"), *here.glob("agreements/*.yaml"), *here.glob("facts/**/*.yaml")])
    places = [(path, node) for path in paths for node in _scalars(yaml.compose(path.read_text(encoding="utf-8")))]
    for path, node in places[len(wrong) :: 10]:
        text = path.read_text(encoding="utf-8")
        line_end = "\n" if text[: node.end_mark.index].endswith("\n") else ""
        path.write_text(f"{text[: node.start_mark.index]} {wrong}{line_end}{text[node.end_mark.index :]}", encoding="utf-8")
        result = run({"world": "mini"})
        if isinstance(result, tuple):
            assert result and all(problem.row or problem.code == "nothing-to-evaluate" for problem in result), result
        path.write_text(text, encoding="utf-8")
