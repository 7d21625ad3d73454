"""`servanda lint`: every code has a case that provokes it at its exact place, and a near miss; what is set aside; every output read back."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
import yaml

from ci_tools import oasis_schema
from conftest import ROOT, RULES
from servanda.cli import _run
from servanda.lint import run as lint_run
from servanda.lint.codes import LEVEL_OF, LEVELS
from servanda.lint.run import CHECKS, LintedPack, lint_pack
from servanda.lint_texts import LINT_TEXTS
from servanda.problem_texts import expected, message
from servanda.problems import Problems
from test_bad_inputs import CASES as BAD_CASES
from test_bad_inputs import write as write_bad

HERE = Path(__file__).resolve().parent / "lint"
CASES = yaml.load((HERE / "cases.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
OBLIGATIONS = "obligations/club.yaml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The club's pack and agreement, in the current folder."""
    shutil.copytree(HERE / "rules", tmp_path / "rules")
    shutil.copytree(HERE / "agreements", tmp_path / "agreements")
    monkeypatch.chdir(tmp_path)
    return Path("rules/club")


def edit(folder: Path, file: str, changes: dict[str, str]) -> None:
    """Lay a case's changes over a file of the pack; each old text stands there, all of its places are changed."""
    path = folder / file
    text = changes["text"] if "text" in changes else path.read_text(encoding="utf-8")
    for old, new in changes.items():
        if old != "text":
            assert old in text, f"{old!r} does not stand in {file}"
            text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def place(folder: Path, file: str, at: str) -> tuple[str, int, int]:
    """File, line and column (both from 1) where a text begins, as a person would count them in an editor."""
    name, _, wanted = at.rpartition(" | ")
    path = folder / (name or file)
    text = path.read_text(encoding="utf-8")
    start = text.index(wanted)
    return path.as_posix(), text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def codes(linted: LintedPack) -> list[str]:
    return [one.problem.code for one in linted.open]


def test_the_pack_of_the_cases_is_clean(here: Path) -> None:
    assert lint_pack(here, Path("agreements")).findings == ()


@pytest.mark.parametrize("case", CASES, ids=[f"{case['code']}-{number}" for number, case in enumerate(CASES)])
def test_case(case: dict, here: Path) -> None:
    file = case.get("file", OBLIGATIONS)
    edit(here, file, {"text": case["text"]} if "text" in case else case["change"])
    linted = lint_pack(here, Path("agreements"))
    found = [one for one in linted.open if one.problem.code == case["code"]]
    assert len(found) == int(case.get("times", 1)), codes(linted)
    for one in found:
        assert (one.problem.file, one.problem.row, one.character) == place(here, file, case["at"])
        assert one.level == LEVEL_OF.get(case["code"], "error") and one.problem.column == case.get("where", one.problem.column)
        for lang in ("de", "en"):
            words = expected(one.problem, lang) + message(one.problem, lang)
            assert not re.search(r"[{}]|“”|„“|: \.|  ", words), words


@pytest.mark.parametrize("case", CASES, ids=[f"{case['code']}-{number}" for number, case in enumerate(CASES)])
def test_near_miss(case: dict, here: Path) -> None:
    edit(here, case.get("file", OBLIGATIONS), case["near"])
    assert case["code"] not in codes(lint_pack(here, Path("agreements")))


def test_every_code_has_a_case_words_and_a_check_that_says_it() -> None:
    assert set(LEVEL_OF) <= {case["code"] for case in CASES}
    assert set(LEVEL_OF) == set(LINT_TEXTS) - {"unknown-pack"}
    said = " ".join((check.__doc__ or "") for check in (*CHECKS, lint_run.unmatched))
    assert {code for code in LEVEL_OF if f"{code}:" not in said} == set()
    assert set(LEVEL_OF.values()) == set(LEVELS)


def test_the_page_lists_every_code_with_its_level() -> None:
    page = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\w+) \|", page, re.M))
    assert rows == LEVEL_OF


def test_our_own_packs_are_clean_with_reasons_and_quick() -> None:
    folders = [head.parent for head in sorted(RULES.rglob("pack.yaml"))]
    for folder in folders:
        linted = lint_pack(folder, ROOT / "agreements")
        assert linted.open == (), [(one.problem.code, one.problem.column) for one in linted.open]
        for one in linted.set_aside:
            assert len(one.aside.de.split()) > 5 and len(one.aside.en.split()) > 5
    benn = lint_pack(RULES / "benn", ROOT / "agreements")
    named = {(one.problem.column, one.problem.args["others"]) for one in benn.set_aside if one.problem.code == "clause-contradiction"}
    assert named == {("3.team.8", "4.senate.7, 4.district.3"), ("3.qm.8", "4.senate.7, 4.district.3")}


def test_what_is_set_aside_is_told_with_its_reason_and_nothing_else_is(here: Path) -> None:
    more = "".join(f"    {name}: {{type: bool, label: {{de: X, en: X}}}}\n" for name in ("rain", "wind"))
    edit(here, "vocabulary.yaml", {"    open: {type: bool": f"{more}    open: {{type: bool"})
    assert codes(lint_pack(here)) == ["unused-field"] * 2
    (here / "lint.yaml").write_text("- {code: unused-field, where: trainings.rain, reason: {de: Zur Kenntnis., en: For information.}}\n")
    linted = lint_pack(here)
    assert [one.problem.column for one in linted.open] == ["trainings.wind"]
    assert [(one.problem.column, one.aside.en) for one in linted.set_aside] == [("trainings.rain", "For information.")]


@pytest.mark.parametrize(("text", "code"), [
    ("a: b\n", "not-a-list"), ("- {code: x, where: y}\n", "missing-key"), ("- {code: x, where: y, reason: {de: a, en: b}, wo: z}\n", "unknown-key"),
    ("- [\n", "invalid-yaml"), ("- {code: x, where: {}, reason: {de: a, en: b}}\n", "invalid-definition"),
])
def test_a_broken_list_of_exceptions_is_named(text: str, code: str, here: Path) -> None:
    (here / "lint.yaml").write_text(text)
    linted = lint_pack(here)
    assert codes(linted) == [code] and linted.open[0].problem.file == "rules/club/lint.yaml" and linted.open[0].problem.row


def test_exceptions_do_not_change_the_pack(here: Path) -> None:
    from servanda.kinds import BY_NAME
    from servanda.pack import read_pack

    before = read_pack(here, BY_NAME, Problems()).sha256
    (here / "lint.yaml").write_text("[]\n")
    assert read_pack(here, BY_NAME, Problems()).sha256 == before


@pytest.mark.parametrize("case", [case for case in BAD_CASES if case["world"] == "mini"], ids=lambda case: case["case"])
def test_what_reading_a_pack_refuses_lint_says_with_the_same_codes(case: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every broken pack of tests/bad ends in findings, never in an error of the program."""
    monkeypatch.chdir(tmp_path)
    write_bad(case, tmp_path)
    found = lint_pack(Path("rules/mini"))
    for want in case["expect"]:
        if want.get("file", "").startswith("rules/mini/"):
            assert want["code"] in codes(found), case["case"]


def said(capsys: pytest.CaptureFixture, *arguments: str) -> tuple[int, str, str]:
    status = _run(["lint", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def spoil(here: Path) -> None:
    """An error, two warnings (the share is unused then) and a notice."""
    edit(here, OBLIGATIONS, {"at_least: $share": "at_least: 80"})
    edit(here, "pack.yaml", {"town: {de: Gemeinde, en: Town}": "town: {de: Gemeinde, en: Town}\n  state: {de: Land, en: State}"})
    edit(here, "clauses.yaml", {'["alle"]': '["alle", "ca. 20-40 mal im Jahr", "20-40 mal im Jahr"]', '"20-40 mal im Jahr", "ab': '"20-40 MAL im Jahr", "ab'})


def test_exit_status_follows_the_level(here: Path, capsys: pytest.CaptureFixture) -> None:
    assert said(capsys)[0] == 0
    edit(here, "clauses.yaml", {'["alle"]': '["alle", "ca. 20-40 mal im Jahr"]'})
    assert [said(capsys, "--fail-on", level)[0] for level in ("error", "warning", "notice", "never")] == [0, 0, 1, 0]
    edit(here, "pack.yaml", {"town: {de: Gemeinde, en: Town}": "town: {de: Gemeinde, en: Town}\n  state: {de: Land, en: State}"})
    assert [said(capsys, "--fail-on", level)[0] for level in ("error", "warning", "notice", "never")] == [0, 1, 1, 0]
    edit(here, OBLIGATIONS, {"at_least: $share": "at_least: 80"})
    assert [said(capsys, "--fail-on", level)[0] for level in ("error", "warning", "notice", "never")] == [1, 1, 1, 0]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_pack_that_is_not_there(lang: str, here: Path, capsys: pytest.CaptureFixture) -> None:
    status, out, err = said(capsys, "clubb", "--lang", lang)
    assert status == 2 and out == "" and "club?" in err
    assert said(capsys, "--rules", "agreements", "--lang", lang)[0] == 2
    assert said(capsys, "club")[0] == said(capsys, "rules/club")[0] == 0


def test_two_packs_of_one_id(here: Path, capsys: pytest.CaptureFixture) -> None:
    shutil.copytree(here, "rules/other")
    status, out, _ = said(capsys, "--format", "json")
    assert status == 1 and [one["code"] for one in json.loads(out)["problems"]] == ["duplicate-id"]


def test_table(here: Path, capsys: pytest.CaptureFixture) -> None:
    spoil(here)
    status, out, _ = said(capsys, "--lang", "en")
    assert status == 1 and re.search(r"^rules/club/obligations/club\.yaml:38:86: error · coach-there\.attended\.at_least \[share-above-one\]$", out, re.M)
    assert out.splitlines()[-1] == "club (rules/club): 1 error, 2 warnings, 1 notice"
    assert said(capsys)[1].splitlines()[-1] == "club (rules/club): 1 Fehler, 2 Warnungen, 1 Hinweis"


def test_json(here: Path, capsys: pytest.CaptureFixture) -> None:
    spoil(here)
    (here / "lint.yaml").write_text("- {code: unused-party, where: parties.state, reason: {de: Später., en: Later.}}\n")
    report = json.loads(said(capsys, "--format", "json", "--lang", "en")[1])
    assert report["schema"] == "servanda.lint/1" and report["counts"] == {"error": 1, "warning": 1, "notice": 1, "set_aside": 1}
    keys = ["level", "pack", "code", "file", "sheet", "cell", "row", "column", "found", "expected", "message", "line", "character"]
    assert all(list(one) == keys for one in report["problems"])
    assert [(one["code"], one["reason"]) for one in report["set_aside"]] == [("unused-party", "Later.")]


def test_sarif(here: Path, capsys: pytest.CaptureFixture) -> None:
    spoil(here)
    (here / "lint.yaml").write_text("- {code: unused-party, where: parties.state, reason: {de: Später., en: Later.}}\n")
    first = said(capsys, "--format", "sarif", "--lang", "en")[1]
    log, schema = json.loads(first), oasis_schema()
    jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    assert sorted((one["ruleId"], one["level"], bool(one["suppressions"])) for one in run["results"]) == [
        ("lint/clause-contradiction", "note", False), ("lint/share-above-one", "error", False), ("lint/unused-parameter", "warning", False),
        ("lint/unused-party", "warning", True),
    ]
    region = next(one for one in run["results"] if one["ruleId"] == "lint/share-above-one")["locations"][0]["physicalLocation"]
    assert region == {
        "artifactLocation": {"uri": "rules/club/obligations/club.yaml", "uriBaseId": "SRCROOT"},
        "region": dict(zip(("startLine", "startColumn"), place(here, OBLIGATIONS, "at_least: 80")[1:], strict=True)),
    }
    prints = {one["ruleId"]: one["partialFingerprints"] for one in run["results"]}
    edit(here, OBLIGATIONS, {"- id: trainings-held": "# A line more.\n- id: trainings-held"})
    again = json.loads(said(capsys, "--format", "sarif", "--lang", "en")[1])["runs"][0]["results"]
    assert {one["ruleId"]: one["partialFingerprints"] for one in again} == prints


def test_github(here: Path, capsys: pytest.CaptureFixture) -> None:
    spoil(here)
    lines = said(capsys, "--format", "github", "--lang", "en")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["::error", "::warning", "::warning", "::notice", "::notice"]
    assert all(re.fullmatch(r"::(error|warning|notice) (\w+=[^,:]*,?)+::[^\n]+", line) for line in lines)


def test_several_formats_at_once_and_the_same_bytes(here: Path, capsys: pytest.CaptureFixture) -> None:
    spoil(here)
    arguments = ["--format", "json", "--output", "a.json", "--format", "sarif", "--output", "a.sarif", "--format", "table"]
    first = said(capsys, *arguments), Path("a.json").read_bytes(), Path("a.sarif").read_bytes()
    assert first == (said(capsys, *arguments), Path("a.json").read_bytes(), Path("a.sarif").read_bytes())
    assert said(capsys, "--format", "json", "--output", "missing/a.json")[0] == 2
