"""`servanda lint`: every code has a case that provokes it at its exact place, and a near miss; what is set aside; every output read back."""

from __future__ import annotations

import datetime
import functools
import itertools
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import hypothesis
import jsonschema
import pytest
import yaml
from hypothesis import strategies as st

import servanda.evaluate
from ci_tools import oasis_schema
from conftest import ROOT, RULES
from servanda.cli import _run
from servanda.conditions import Condition, parse_condition
from servanda.lint import logic, reachable
from servanda.lint import run as lint_run
from servanda.lint.codes import LEVEL_OF, LEVELS
from servanda.lint.run import CHECKS, LintedPack, lint_pack
from servanda.lint.source import PackSource
from servanda.lint_texts import LINT_TEXTS
from servanda.pack_shapes import FieldType, Pattern
from servanda.problem_texts import expected, message
from servanda.problems import Problems
from servanda.shapes import shaped
from servanda.yaml_source import parse_yaml
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
    assert said(capsys, "club")[0] == said(capsys, "rules/club")[0] == said(capsys, "rules")[0] == 0


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


# What the linter says of conditions, against every record that there can be


FIELDS = {
    "a": {"type": "choice", "required": "true", "of": ["p", "q", "r"]}, "b": {"type": "choice", "of": ["p", "q"]}, "c": {"type": "bool"},
    "d": {"type": "choice", "empty": "p", "of": ["p", "r"]}, "y": {"type": "year", "min": "2010"},
}
VALUES = {"a": ["p", "q", "r"], "b": [None, "p", "q"], "c": [None, "true", "false"], "d": ["p", "r"], "y": [None, "2010", "2011"]}
RECORDS = [dict(zip(VALUES, one, strict=True)) for one in itertools.product(*VALUES.values())]
_WORD = {"a": "pqr", "b": "pq", "c": ("true", "false"), "d": "pr", "y": ("2005", "2010", "2011")}


def _line(name: str) -> st.SearchStrategy:
    some = st.lists(st.sampled_from(_WORD[name]), min_size=1, max_size=3, unique=True)
    other = st.sampled_from([field for field in ("a", "b", "d") if field != name])
    return st.tuples(st.just(name), st.one_of(
        some, st.fixed_dictionaries({"given": st.sampled_from(["true", "false"])}), st.fixed_dictionaries({"not": some}),
        st.fixed_dictionaries({"given": st.just("true"), "not": some}), *([st.fixed_dictionaries({"same_as": other})] if name in "abd" else []),
    ))


LINES = st.lists(st.one_of(*map(_line, FIELDS)), min_size=1, max_size=3).map(dict)
CONDITIONS = st.tuples(LINES, st.lists(LINES, max_size=2)).map(lambda one: {**one[0], **({"any": one[1]} if one[1] else {})})


def holds(record: dict, condition: dict) -> bool | None:
    """A condition over a record, as the contract has it: unknown over an empty field, except `given`."""
    truths = []
    for name, wanted in condition.items():
        if name == "any":
            found = [holds(record, one) for one in wanted]
            truths.append(True if True in found else None if None in found else False)
            continue
        value = record[name]
        for op, operand in wanted.items() if isinstance(wanted, dict) else [("in", wanted)]:
            if op == "given":
                truths.append((value is not None) == (operand == "true"))
            elif value is None or op == "same_as" and record[operand] is None:
                truths.append(None)
            else:
                truths.append({"in": value in operand, "not": value not in operand, "same_as": op == "same_as" and value == record[operand]}[op])
    return False if False in truths else None if None in truths else True


def parsed(condition: dict) -> Condition:
    return parse_condition(parse_yaml(json.dumps(condition).replace('"', ""), "c", Problems()))


@functools.cache
def fields_of_the_pack() -> dict[str, FieldType]:
    words = {"de": "x", "en": "x"}
    tree = {name: {**one, "label": words, **({"of": dict.fromkeys(one["of"], words)} if "of" in one else {})} for name, one in FIELDS.items()}
    return {name: shaped(FieldType, one, "f", Problems()) for name, one in parse_yaml(json.dumps(tree).replace('"', ""), "f", Problems()).items()}


@hypothesis.settings(max_examples=600, deadline=None, derandomize=True)
@hypothesis.given(CONDITIONS, CONDITIONS)
def test_what_is_said_of_conditions_is_so_for_every_record(one: dict, other: dict) -> None:
    fields, a, b = fields_of_the_pack(), parsed(one), parsed(other)
    pack = None  # none of these fields points to another type
    if logic.contradiction(pack, fields, a):
        assert not any(holds(record, one) is True for record in RECORDS)
    if logic.implies(a, b):
        assert all(holds(record, other) is True for record in RECORDS if holds(record, one) is True)
    for test in a.tests:
        if logic.always(pack, fields, test):
            line = {test.path: list(test.values) if test.op == "in" else {test.op: test.values[0] if test.op == "given" else list(test.values)}}
            assert all(holds(record, line) is True for record in RECORDS)


def test_numbers_of_real_deviations_lie_in_the_ranges_that_judgements_are_checked_against(monkeypatch: pytest.MonkeyPatch) -> None:
    """No judgement is called unreachable that the sample's deviations reach: their words and numbers are such as the linter expects."""
    seen: list = []
    judge = servanda.evaluate.judge

    def watched(pack, deviations, overrides):
        seen.append((pack, deviations))
        return judge(pack, deviations, overrides)

    monkeypatch.setattr(servanda.evaluate, "judge", watched)
    servanda.evaluate.evaluate([ROOT / "facts"], ROOT / "agreements", RULES, datetime.date(2021, 9, 30))
    checked: set[tuple[str, str]] = set()
    for pack, deviations in seen:
        source = PackSource(pack, {})
        for deviation in deviations:
            one = pack.obligation(deviation.words["obligation"])
            words = {name: (frozenset({word}), frozenset()) for name, word in deviation.words.items()}
            assert reachable.meets(source, one, Pattern(words, {}))
            for name, number in deviation.numbers.items():
                exactly = reachable.Range(Decimal(number.numerator) / number.denominator, Decimal(number.numerator) / number.denominator)
                own = reachable.number(source, one, name)
                assert own is not None and own.meets(exactly), (one.id, name, number, own)
                checked.add((one.kind, name))
    assert len(checked) > 25, checked
