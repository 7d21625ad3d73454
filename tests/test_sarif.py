"""SARIF: valid against the OASIS schema, read by Microsoft's multitool, nothing lost, recognised again by duty and record."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci_tools import multitool, oasis_schema
from conftest import ROOT, RULES
from report_worlds import HOSTILE, changed, hostile_problems, hostile_run, sample
from servanda import check
from servanda.report import sarif, sarif_github
from servanda.report.fingerprints import records_print
from servanda.report.severity import OPEN
from servanda.report.style import Style
from servanda.report.whereabouts import spots, uri
from servanda.run import Run
from small_world import mitte, rounds

WRITERS = {"sarif": (sarif.sarif_report, sarif.sarif_problems), "sarif-github": (sarif_github.sarif_github_report, sarif_github.sarif_github_problems)}
# Advice that does not fit: message templates, the repository's address and revision, an address of the tool and of each rule, ids such as CA1000,
# source snippets; SARIF2006 tries to load the schema from the network.
ADVICE = {("note", f"SARIF{number}") for number in (2002, 2003, 2006, 2009, 2010, 2011, 2012)} | {("warning", "SARIF2005")}


@functools.cache
def validator() -> jsonschema.protocols.Validator:
    schema = oasis_schema()
    return jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())


def log(text: str) -> dict:
    """The log, once the schema holds."""
    data = json.loads(text)
    errors = [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(data)]
    assert not errors, errors[:5]
    return data


def results(data: dict) -> list[dict]:
    return [result for run in data["runs"] for result in run["results"]]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_finding_is_one_result_of_its_kind(lang: str) -> None:
    run, report = sample(lang)
    data = json.loads(sarif.sarif_report(run, Style(lang)))
    found = {result["properties"]["id"]: result for result in results(data)}
    assert len(found) == len(results(data)) == report["summary"]["duties"]
    kinds = {"deviation": "fail", "unmet": "fail", "waived": "fail", "undetermined": "review", "pending": "open", "not_applicable": "notApplicable"}
    for finding in report["findings"]:
        result = found[finding["id"]]
        assert result["kind"] == kinds.get(finding["status"], "pass")
        assert (result["level"] == "none") == (result["kind"] != "fail")
        assert (result["level"] == "error") == finding["material"]
        assert len(result["suppressions"]) == (finding["status"] == "waived")
        assert result["properties"]["status"] == finding["status"] and result["ruleId"] == finding["obligation"]
        assert finding["message"].split(":")[0] in result["message"]["text"]
        lines = [place["physicalLocation"]["region"]["startLine"] for place in (*result["locations"], *result.get("relatedLocations", ()))]
        assert lines == ([one["row"] for one in finding["evidence"]] or lines[:1])


def test_a_rule_is_an_obligation_with_its_clause() -> None:
    run, _ = sample()
    data = json.loads(sarif.sarif_report(run, Style("de")))
    pack = run.packs[0].pack
    rules = {rule["id"]: rule for one in data["runs"] for rule in one["tool"]["driver"]["rules"]}
    assert set(rules) == {finding.obligation for finding in run.findings}
    for obligation in pack.obligations:
        rule = rules[obligation.id]
        places = [clause.place.de for clause in pack.clauses if clause.anchor in obligation.clauses]
        assert all(place in rule["help"]["text"] for place in places) and places
        assert obligation.rule.de.rstrip(".") in rule["fullDescription"]["text"]
        assert not obligation.assumption or obligation.assumption.de in rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 20
    for one in data["runs"]:
        for result in one["results"]:
            assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_runs_are_districts_with_ids_of_their_own() -> None:
    run, _ = sample()
    for text in (sarif.sarif_report(run, Style()), sarif_github.sarif_github_report(run, Style())):
        data = log(text)
        names = [one["automationDetails"]["id"] for one in data["runs"]]
        assert names == ["servanda/benn/programme/", *(f"servanda/benn/{one.id}/" for one in run.packs[0].agreements), "servanda/input/"]
        assert all(one["invocations"] == [{"executionSuccessful": True}] and one["columnKind"] == "unicodeCodePoints" for one in data["runs"])


@pytest.mark.parametrize("name", WRITERS)
def test_the_multitool_reads_the_sample(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    path = tmp_path / "sample.sarif"
    run = check([f"facts/benn/{name}" for name in ("benn-steglitz-zehlendorf", "benn-reinickendorf", "programme")], as_of="2021-09-30")
    assert {finding.status for finding in run.findings} >= {"fulfilled", "deviation", "pending", "undetermined", "not_applicable", "waived"}
    path.write_text(WRITERS[name][0](run, Style()), encoding="utf-8")
    assert set(multitool(path)) <= ADVICE


def test_the_multitool_reads_hostile_texts_and_problems(tmp_path: Path) -> None:
    run = changed(Turn())
    problems = [one for hostile in HOSTILE for one in hostile_problems(hostile)]
    texts = [report(run, Style()) for report, _ in WRITERS.values()]
    texts += [sarif_github.sarif_github_problems(problems, Style("en")), sarif.sarif_problems((), Style())]
    for number, text in enumerate(texts):
        log(text)
        path = tmp_path / f"{number}.sarif"
        path.write_text(text, encoding="utf-8")
        assert set(multitool(path)) <= ADVICE | {("note", "SARIF2016")}  # some of the paths are absolute


class Turn:
    """Each text in its turn."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, _: str) -> str:
        self.number += 1
        return HOSTILE[self.number % len(HOSTILE)]


def test_the_multitool_finds_what_is_wrong(tmp_path: Path) -> None:
    data = json.loads(sarif_github.sarif_github_report(sample()[0], Style()))
    first, second = results(data)[:2]
    first["locations"] = []
    second["ruleIndex"] = 99
    path = tmp_path / "broken.sarif"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert {("error", "GH1015"), ("error", "SARIF1009")} <= set(multitool(path))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_leave_the_log_valid_and_without_links(text: str) -> None:
    run = hostile_run(text)
    small = dataclasses.replace(run, packs=tuple(dataclasses.replace(part, findings=part.findings[:40]) for part in run.packs))
    for written in (sarif.sarif_report(small, Style()), sarif_github.sarif_github_report(run, Style()), sarif.sarif_problems(hostile_problems(text), Style())):
        data = log(written)
        for result in results(data):
            words = [result["message"]["text"], *(place["message"]["text"] for place in result.get("relatedLocations", ()) if "message" in place)]
            for word in words:
                assert not re.search(r"(?<!\\)[\[\]]", word.replace("\\\\", "")), word
                assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", word)
            for place in result["locations"]:
                artifact = place["physicalLocation"]["artifactLocation"]
                assert (urlsplit(artifact["uri"]).scheme, "uriBaseId" in artifact) in (("", True), ("file", False))


@given(st.text(min_size=1).filter(lambda text: not text.startswith("/")))
def test_a_path_is_one_relative_uri_and_comes_back(path: str) -> None:
    address = uri(path)
    if re.match("[A-Za-z]:/", path):
        assert address.startswith("file:///")
    else:
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert unquote(address) == path.encode("utf-8", "replace").decode()
    assert re.fullmatch(r"[A-Za-z0-9_.~/%:-]*", address)


def test_an_absolute_path_is_a_file_uri() -> None:
    assert uri("/srv/a b/x.csv") == "file:///srv/a%20b/x.csv"
    assert uri("C:/a b/x.csv") == "file:///C:/a%20b/x.csv"


def test_no_place_lies_in_packaged_rules(tmp_path: Path) -> None:
    world = mitte(tmp_path / "a")
    world.submit(meetings=rounds(5))
    run = check([world.facts], world.agreements, RULES, "2020-01-31")
    part = run.packs[0]
    duties = [finding for finding in part.findings if finding.agreement is None and not finding.evidence]
    assert duties and {spot.path for finding in duties for spot in spots(part, finding)} == {part.agreements[0].file}


@pytest.mark.parametrize("name", WRITERS)
def test_fingerprints_are_unique(name: str) -> None:
    data = json.loads(WRITERS[name][0](sample()[0], Style()))
    for fingerprint in ("primaryLocationLineHash", "servandaDuty/v1", "servandaRecords/v1"):
        prints = [result["partialFingerprints"][fingerprint] for result in results(data)]
        assert len(set(prints)) == len(prints)


def test_fingerprints_survive_inserted_rows_and_the_other_language(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    folder = world.submit(meetings=rounds(5))
    command = ("check", str(world.facts), *world.base(), "--format", "sarif")
    before = {r["properties"]["id"]: r for r in results(log(world.run(*command).out))}
    rows = list(csv.reader(io.StringIO((folder / "meetings.csv").read_text(encoding="utf-8"))))
    extra = dict(zip(rows[0], rows[1], strict=True)) | {"id": "another", "body": "other"}
    target = io.StringIO()
    csv.writer(target).writerows([rows[0], [extra[name] for name in rows[0]], *rows[1:]])
    (folder / "meetings.csv").write_text(target.getvalue(), encoding="utf-8")
    after = {r["properties"]["id"]: r for r in results(log(world.run(*command, "--lang", "en").out))}
    assert set(before) == set(after)
    name = next(name for name in before if name.endswith("steering-rounds-held/2019"))

    def row(result: dict) -> int:
        return result["locations"][0]["physicalLocation"]["region"]["startLine"]

    assert row(after[name]) == row(before[name]) + 1 and after[name]["message"] != before[name]["message"]
    for one in before:
        assert before[one]["partialFingerprints"] == after[one]["partialFingerprints"]


def test_a_fingerprint_does_not_depend_on_which_records_are_shown() -> None:
    finding = next(one for one in sample()[0].findings if len(one.evidence) > 3)
    shown = [dataclasses.replace(finding, evidence=finding.evidence[part], evidence_total=200) for part in (slice(0, 2), slice(1, 3))]
    assert records_print(shown[0]) == records_print(shown[1]) != records_print(finding)
    assert records_print(finding) == records_print(dataclasses.replace(finding, evidence=finding.evidence[::-1]))
    assert records_print(finding) != records_print(dataclasses.replace(finding, evidence=finding.evidence[1:], evidence_total=len(finding.evidence) - 1))


def test_github_gets_what_is_open_worst_first() -> None:
    run, report = sample()
    data = log(sarif_github.sarif_github_report(run, Style()))
    wanted = Counter(finding["status"] for finding in report["findings"] if finding["status"] in OPEN)
    assert Counter(result["properties"]["status"] for result in results(data)) == wanted and len(wanted) == 3
    assert max(len(result.get("relatedLocations", ())) for result in results(data)) in range(1, 10)
    for one in data["runs"]:
        order = [(not result["properties"]["material"], OPEN.index(result["properties"]["status"])) for result in one["results"]]
        assert order == sorted(order)
        for result in one["results"]:
            if result["properties"]["status"] == "undetermined":  # GitHub shows the rule's level
                assert result["kind"] == "review" and "level" not in result
                assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["defaultConfiguration"]["level"] == "note"
            else:
                assert result["kind"] == "fail" and result["level"] in ("error", "warning", "note")


def test_a_district_without_open_findings_closes_its_alerts() -> None:
    run, _ = sample()
    part = run.packs[0]
    kept = tuple(finding for finding in part.findings if finding.agreement != "benn-mitte" or finding.status == "fulfilled")
    data = log(sarif_github.sarif_github_report(dataclasses.replace(run, packs=(dataclasses.replace(part, findings=kept),)), Style()))
    assert [one["results"] for one in data["runs"] if one["automationDetails"]["id"] == "servanda/benn/benn-mitte/"] == [[]]


def test_github_s_limits_hold_and_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = sample()
    monkeypatch.setattr(sarif_github, "RESULTS", 3)
    monkeypatch.setattr(sarif_github, "ALL_RESULTS", 20)
    data = log(sarif_github.sarif_github_report(run, Style("en")))
    kept = results(data)
    assert len(kept) <= 20 and max(len(one["results"]) for one in data["runs"]) == 3
    assert sum(result["properties"]["material"] for result in kept) == sum(finding.material for finding in run.findings)
    left = [one["message"]["text"] for item in data["runs"] for one in item["invocations"][0].get("toolExecutionNotifications", ())]
    assert sum(int(text.split()[0]) for text in left) + len(kept) == sum(finding.status in OPEN for finding in run.findings)
    problems = [problem for number in range(3) for problem in hostile_problems(f"x{number}")]
    one = log(sarif_github.sarif_github_problems(problems, Style("en")))["runs"][0]
    assert len(one["results"]) == 3 and one["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("9 results")


def test_more_districts_than_runs_are_one_run() -> None:
    data = log(sarif_github.sarif_github_report(many_districts(25), Style()))
    assert [one["automationDetails"]["id"] for one in data["runs"]] == ["servanda/benn/", "servanda/input/"]
    assert len(results(data)) == sum(finding.status in OPEN for finding in many_districts(25).findings)


@functools.cache
def many_districts(count: int) -> Run:
    run, _ = sample()
    part = run.packs[0]
    agreements = tuple(dataclasses.replace(part.agreements[0], id=f"a-{number}", title=f"A {number}") for number in range(count))
    chosen = [finding for finding in part.findings if finding.status in OPEN]
    findings = tuple(
        dataclasses.replace(finding, agreement=one.id, id=f"benn/{one.id}/{index}") for one in agreements for index, finding in enumerate(chosen[:5])
    )
    return dataclasses.replace(run, packs=(dataclasses.replace(part, agreements=agreements, findings=findings),))


@pytest.mark.parametrize("name", WRITERS)
def test_problems_are_errors_at_their_place_of_a_run_without_success(name: str) -> None:
    data = log(WRITERS[name][1](hostile_problems("x.xlsx"), Style("en")))
    (one,) = data["runs"]
    assert one["invocations"] == [{"executionSuccessful": False, "exitCode": 2}] and one["automationDetails"]["id"] == "servanda/input/"
    assert [result["ruleId"] for result in one["results"]] == ["problem/invalid-date", "problem/invalid-date", "problem/unknown-column", "problem/no-such-path"]
    assert {result["level"] for result in one["results"]} == {"error"} and {result["kind"] for result in one["results"]} == {"fail"}
    assert one["results"][0]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "x.xlsx", "uriBaseId": "SRCROOT"}, "region": {"startLine": 7}}
    cell = one["results"][2]
    assert cell["locations"][0]["logicalLocations"][0] == {"name": "B7", "fullyQualifiedName": "x.xlsx!B7", "kind": "cell"}
    assert cell["message"]["text"].startswith("x.xlsx!B7 · x.xlsx: ")
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in one["results"]}) == 4


def test_without_a_problem_the_input_s_run_is_empty_and_succeeded() -> None:
    (one,) = log(sarif.sarif_problems((), Style()))["runs"]
    assert one["results"] == [] and one["invocations"] == [{"executionSuccessful": True, "exitCode": 0}]


def test_records_left_out_are_results_beside_the_findings() -> None:
    run, report = sample()
    problems = hostile_problems("x")
    for write, _ in WRITERS.values():
        data = log(write(dataclasses.replace(run, problems=problems), Style()))
        assert [len(one["results"]) for one in data["runs"] if one["automationDetails"]["id"] == "servanda/input/"] == [len(problems)]
        assert len(results(data)) > len(problems)


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_any_text_keeps_the_log_valid(text: str) -> None:
    run, _ = sample()
    part = run.packs[0]
    one = next(finding for finding in part.findings if finding.evidence)
    evidence = tuple(dataclasses.replace(e, id=text, file=text, submission=text) for e in one.evidence)
    part = dataclasses.replace(part, findings=(dataclasses.replace(one, evidence=evidence),))
    small = dataclasses.replace(run, packs=(part,), problems=hostile_problems(text))
    assert len(results(log(sarif.sarif_report(small, Style())))) == 1 + len(small.problems)
