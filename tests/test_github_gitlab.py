"""GitHub's workflow commands as its runner reads them and its toolkit writes them; GitLab's Code Quality, and fingerprints that hold."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci_tools import toolkit_commands
from report_worlds import HOSTILE, changed, hostile_problems, hostile_run, sample
from servanda.problems import Problem
from servanda.report.fingerprints import problem_prints
from servanda.report.github import escape_data, escape_property, github_problems, github_report
from servanda.report.gitlab import gitlab_problems, gitlab_report
from servanda.report.severity import OPEN
from servanda.report.style import Style
from servanda.report.table import table_problems
from small_world import mitte, rounds

# docs.gitlab.com, "Code Quality report format"
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object", "additionalProperties": False, "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object", "additionalProperties": False, "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^\\./"}},
                    "lines": {"type": "object", "additionalProperties": False, "required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A line as the runner reads it (actions/runner, ActionCommand.cs, TryParseV2): kind, properties, data."""
    line = line.strip()
    assert line.startswith("::")
    head, data = line[2:].split("::", 1)
    kind, _, listed = head.partition(" ")
    properties = {}
    for one in listed.split(","):
        name, value = one.split("=", 1)
        for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(code, sign)
        properties[name] = value
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        data = data.replace(code, sign)
    return kind, properties, data


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Every line of a log is a command of ours, however a reader breaks lines."""
    assert text.endswith("\n") and text.splitlines() == text[:-1].split("\n")
    found = [command(line) for line in text[:-1].split("\n")]
    for kind, properties, _ in found:
        assert kind in ("error", "warning", "notice") and set(properties) <= {"file", "line", "title"} and properties["title"]
        assert properties.get("line", "1").isdecimal()
    assert [kind for kind, _, _ in found].count("notice") == 1 and found[-1][0] == "notice"
    return found


@pytest.mark.parametrize("lang", ["de", "en"])
def test_annotations_are_the_worst_and_the_rest_is_counted(lang: str) -> None:
    run, report = sample(lang)
    found = commands(github_report(run, Style(lang)))
    counts = report["summary"]
    errors = [one for one in found if one[0] == "error"]
    warnings = [one for one in found if one[0] == "warning"]
    assert len(errors) == min(10, counts["material"]) > 0 and len(warnings) == 10
    by_id = {finding["id"]: finding for finding in report["findings"]}
    for kind, properties, text in found[:-1]:
        finding = by_id[text.rpartition(" · ")[2]]
        assert finding["material"] == (kind == "error") and finding["message"] in text and finding["status"] == "deviation"
        if finding["evidence"]:
            first = finding["evidence"][0]
            assert (properties["file"], properties["line"]) == (f"{first['submission']}/{first['file']}", str(first["row"]))
    summary = found[-1][2]
    assert all(re.search(rf"\b{counts[status]} ", summary) for status in ("deviation", "undetermined", "unmet", "waived", "tolerated", "duties"))
    left = sum(counts[status] for status in OPEN) - len(errors) - len(warnings)
    assert re.search(rf"; {left} [a-z ]+$", summary)


def test_what_is_undetermined_or_unmet_is_a_warning() -> None:
    run, _ = sample()
    part = run.packs[0]
    for status in ("undetermined", "unmet"):
        kept = tuple(finding for finding in part.findings if finding.status in (status, "fulfilled"))
        found = commands(github_report(dataclasses.replace(run, packs=(dataclasses.replace(part, findings=kept),)), Style("en")))
        assert Counter(kind for kind, _, _ in found) == {"warning": min(10, sum(one.status == status for one in kept)), "notice": 1}


def test_problems_come_before_findings_and_are_capped() -> None:
    run, _ = sample()
    problems = tuple(Problem("no-such-path", f"f{number}") for number in range(25))
    found = commands(github_report(dataclasses.replace(run, problems=problems), Style("en")))
    assert [properties["file"] for kind, properties, _ in found if kind == "error"] == [f"f{number}" for number in range(10)]
    assert "25 problems" in found[-1][2]
    alone = commands(github_problems(problems, Style("en")))
    assert [kind for kind, _, _ in alone] == ["error"] * 10 + ["notice"] and alone[-1][2] == "25 problems: not evaluated; 15 of them not shown here"


def test_without_a_problem_nothing_is_called_kept() -> None:
    assert [(kind, text) for kind, _, text in commands(github_problems((), Style("en")))] == [("notice", "no problem; nothing was evaluated")]


COMMANDS = ("::error::x", "\n::error::x", "a\r\n::set-output name=a::b", "::stop-commands::x", "%0A::error::x", "a,title=b::c", "##[error]x")


@pytest.mark.parametrize("text", [*HOSTILE, *COMMANDS])
def test_no_text_from_facts_becomes_a_command(text: str) -> None:
    for written in (github_report(hostile_run(text), Style()), github_problems(hostile_problems(text), Style("en"))):
        found = commands(written)
        assert len(found) == written.count("\n")
        titles = [properties["title"] for _, properties, _ in found]
        assert all(not re.search(r"[\r\n]", title) for title in titles)
        for kind, properties, _ in found:
            assert ("file" in properties) == ("line" in properties)
            assert kind in ("error", "warning") or "file" not in properties
    one = commands(github_problems([Problem("invalid-date", text, 7, "date", text)], Style("en")))[0]
    assert (one[0], one[1]["line"], one[1]["title"]) == ("error", "7", "Input: invalid-date")


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text())
def test_any_text_stays_inside_its_command(first: str, second: str) -> None:
    problems = [Problem("invalid-date", first, 7, second, first), Problem("unknown-column", second, 1, first, second, sheet=first, cell="B7")]
    commands(github_problems(problems, Style()))


def test_github_s_toolkit_writes_the_same_commands() -> None:
    texts = [*HOSTILE, "::error::x", "%0A::error::x", "a,title=b::c", "100 %\r\n::x"]
    issued = [{"kind": "error", "message": text, "properties": {"title": text, "file": text, "startLine": 3}} for text in texts]
    ours = [
        f"::error title={escape_property(text)},file={escape_property(text)},line=3::{escape_data(text)}"
        for text in (text.encode("utf-16", "surrogatepass").decode("utf-16") for text in texts)
    ]
    assert toolkit_commands(issued) == "\n".join(ours).splitlines()


def test_a_command_names_the_row_of_a_submission(tmp_path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[{**rounds(1)[0], "date": "::error::x"}])
    outcome = world.run("check", str(world.facts), *world.base(), "--format", "github")
    (kind, properties, text), notice = commands(outcome.out)
    assert outcome.status == 2 and kind == "error" and properties["file"].endswith("benn-mitte/2019/meetings.csv") and properties["line"] == "2"
    assert "::error::x" in text and notice[0] == "notice"


@pytest.mark.parametrize("hidden", ["::error::x", "::stop-commands::x", "##[error]x"])
def test_no_wrapped_line_of_the_table_is_a_command(hidden: str) -> None:
    for before in range(100):
        text = table_problems([Problem("invalid-date", "f.csv", 7, "date", f"{'x' * before} {hidden}")], Style("en"))
        assert not any(line.lstrip().startswith("::") or "##[" in line for line in text.splitlines())
    assert "x" * 20 + hidden.replace("##[", "# #[") in table_problems([Problem("invalid-date", "f", 7, "date", "x" * 20 + hidden)], Style("en"))


# GitLab


@pytest.mark.parametrize("lang", ["de", "en"])
def test_code_quality_holds_what_is_open(lang: str) -> None:
    run, report = sample(lang)
    issues = json.loads(gitlab_report(run, Style(lang)))
    jsonschema.validate(issues, CODE_QUALITY)
    counts = report["summary"]
    wanted = {
        "critical": counts["material"], "major": counts["deviation"] - counts["material"], "minor": counts["undetermined"], "info": counts["unmet"],
    }
    assert Counter(issue["severity"] for issue in issues) == wanted
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    order = ["critical", "major", "minor", "info"]
    assert [order.index(issue["severity"]) for issue in issues] == sorted(order.index(issue["severity"]) for issue in issues)
    messages = {finding["message"]: finding for finding in report["findings"]}
    assert all(any(message in issue["description"] for message in messages) for issue in issues)


@pytest.mark.parametrize("text", HOSTILE)
def test_code_quality_of_hostile_texts_is_valid(text: str) -> None:
    for written in (gitlab_report(hostile_run(text), Style()), gitlab_problems(hostile_problems(text), Style("en"))):
        issues = json.loads(written)
        jsonschema.validate(issues, CODE_QUALITY)
        assert not any(re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", issue["description"]) for issue in issues)
        assert len({issue["fingerprint"] for issue in issues}) == len(issues)
        assert sum(issue["severity"] == "blocker" for issue in issues) == len(hostile_problems(text))


def test_code_quality_of_nothing_wrong_is_an_empty_list() -> None:
    assert json.loads(gitlab_problems((), Style())) == []


def test_fingerprints_of_findings_rest_on_the_duty_alone() -> None:
    run, _ = sample()
    part = run.packs[0]
    moved = tuple(
        dataclasses.replace(one, value=0, evidence=tuple(dataclasses.replace(e, row=e.row + 5) for e in one.evidence)) for one in part.findings
    )
    first, second = (json.loads(gitlab_report(one, Style(lang))) for one, lang in (
        (run, "de"), (dataclasses.replace(run, packs=(dataclasses.replace(part, findings=moved),)), "en"),
    ))
    assert [issue["fingerprint"] for issue in first] == [issue["fingerprint"] for issue in second] and first != second


SHORT = st.text(st.sampled_from('a":,[]|\\'), max_size=3)
PROBLEM = st.builds(
    Problem, st.sampled_from(["invalid-date", "unknown-column"]), st.none() | SHORT, st.integers(1, 9), st.none() | SHORT, st.none() | SHORT,
    st.none() | SHORT,
)


@given(st.lists(PROBLEM, max_size=12))
def test_fingerprints_of_problems_never_collide(problems: list[Problem]) -> None:
    assert len(set(problem_prints(problems))) == len(problems)


@given(st.lists(PROBLEM, max_size=8), st.integers(1, 50), st.data())
def test_fingerprints_of_problems_survive_inserted_rows(problems: list[Problem], rows: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(problems)))
    moved = [dataclasses.replace(one, row=one.row + rows, cell=f"B{one.row + rows}" if one.sheet else None) for one in problems]
    other = Problem("not-utf8", "another.csv", 1, None, "x")
    prints = problem_prints([*moved[:place], other, *moved[place:]])
    del prints[place]
    assert prints == problem_prints(problems)


def test_every_text_in_its_turn() -> None:
    """Titles, ids and paths of different texts at once, so that no two borrow each other's place."""
    turn = iter(HOSTILE * 2000)
    run = changed(lambda _: next(turn))
    issues = json.loads(gitlab_report(run, Style()))
    jsonschema.validate(issues, CODE_QUALITY)
    commands(github_report(run, Style()))
