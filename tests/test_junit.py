"""JUnit: read back by junitparser and by a plain XML parser; every finding once, and nothing unknown that looks green."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from xml.etree import ElementTree

import junitparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from conftest import RULES
from report_worlds import HOSTILE, changed, hostile_problems, hostile_run, sample
from servanda import check
from servanda.report.csv_report import csv_report
from servanda.report.junit import junit_problems, junit_report
from servanda.report.style import Style
from small_world import mitte, rounds

RESULTS = {
    "deviation": junitparser.Failure, "undetermined": junitparser.Error, "not_applicable": junitparser.Skipped, "waived": junitparser.Skipped,
    "fulfilled": None, "tolerated": None, "pending": None, "unmet": None,
}


def cases(text: str) -> list[tuple[junitparser.TestSuite, junitparser.TestCase]]:
    report = junitparser.JUnitXml.fromstring(text.encode("utf-8"))
    return [(suite, case) for suite in report for case in suite]


def said(case: junitparser.TestCase) -> str:
    return case.result[0].text if case.result else case.system_out


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_finding_is_one_case_with_its_result(lang: str) -> None:
    run, data = sample(lang)
    found = {}
    for _, case in cases(junit_report(run, Style(lang))):
        identity = said(case).splitlines()[1]
        assert identity not in found
        found[identity] = case
    assert list(found) and set(found) == {finding["id"] for finding in data["findings"]} and len(found) == data["summary"]["duties"]
    assert {"deviation", "undetermined", "not_applicable", "waived", "fulfilled", "tolerated", "pending", "unmet"} == {f["status"] for f in data["findings"]}
    for finding in data["findings"]:
        case = found[finding["id"]]
        wanted = RESULTS[finding["status"]]
        assert [type(one) for one in case.result] == ([wanted] if wanted else [])
        if finding["status"] == "deviation":
            assert case.result[0].type == ("material" if finding["material"] else "deviation")
        if wanted:
            assert case.result[0].message == finding["message"]
        if finding["status"] in ("tolerated", "unmet", "pending"):
            assert case.name.endswith(f" – {finding['message'].split(':')[0]}")
        if finding["status"] in ("deviation", "undetermined"):
            assert all(f"{one['type']}:{one['id']} (" in said(case) for one in finding["evidence"])


def test_a_suite_is_a_district_and_a_year_and_names_are_unique() -> None:
    run, data = sample()
    report = junitparser.JUnitXml.fromstring(junit_report(run, Style()).encode())
    names = [suite.name for suite in report]
    assert len(names) == len(set(names)) == len({(f["agreement"], f["period"]["label"]) for f in data["findings"]})
    assert "benn · Mitte (benn-mitte) · 2019" in names and "benn · Programm · 2019" in names
    # Some readers show a case's name alone, others tell cases apart by class and name: both are unique.
    keys = [case.name for suite in report for case in suite]
    assert len(keys) == len(set(keys))
    for suite in report:
        assert len({case.classname for case in suite}) == 1


def test_counts_are_right_on_suites_and_root() -> None:
    run, data = sample()
    text = junit_report(run, Style())
    root = ElementTree.fromstring(text.encode())
    counts = data["summary"]
    wanted = {
        "tests": counts["duties"], "failures": counts["deviation"], "errors": counts["undetermined"], "skipped": counts["not_applicable"] + counts["waived"],
    }
    assert {name: int(root.get(name)) for name in wanted} == wanted
    totals: Counter[str] = Counter()
    for suite in root:
        for name, tag in (("tests", ""), ("failures", "/failure"), ("errors", "/error"), ("skipped", "/skipped")):
            assert int(suite.get(name)) == len(suite.findall(f"testcase{tag}"))
            totals[name] += int(suite.get(name))
        statuses = {p.get("name"): int(p.get("value")) for p in suite.iter("property") if p.get("name") != "as_of"}
        assert sum(statuses.values()) == int(suite.get("tests"))
    assert totals == wanted
    report = junitparser.JUnitXml.fromstring(text.encode())
    before = (report.tests, report.failures, report.errors, report.skipped)
    report.update_statistics()
    assert (report.tests, report.failures, report.errors, report.skipped) == before


def test_same_bytes_and_no_clock() -> None:
    run, _ = sample()
    text = junit_report(run, Style())
    assert text == junit_report(run, Style()) and "timestamp" not in text and "hostname" not in text
    assert set(re.findall(r' time="([^"]*)"', text)) == {"0"}


def test_classnames_do_not_depend_on_the_language() -> None:
    run, _ = sample()
    assert [case.classname for _, case in cases(junit_report(run, Style("de")))] == [case.classname for _, case in cases(junit_report(run, Style("en")))]


@pytest.mark.parametrize("seed", range(8))
def test_generated_worlds_lose_and_double_nothing(seed: int, tmp_path) -> None:
    """Every finding once, here and in the CSV report, whatever the world."""
    world = worlds.make_world(seed)
    worlds.write_world(world, tmp_path)
    run = check(tmp_path / "facts", tmp_path / "agreements", RULES, world["as_of"], known_on=world["known_on"])
    ids = [finding.id for finding in run.findings]
    found = cases(junit_report(run, Style("en")))
    assert sorted(said(case).splitlines()[1] for _, case in found) == sorted(ids)
    assert len({(case.classname, case.name) for _, case in found}) == len(ids)
    table = csv.DictReader(io.StringIO(csv_report(run, Style("en")).removeprefix("\ufeff"), newline=""))
    assert [row["id"] for row in table] == ids
    unknown = sum(finding.status == "undetermined" for finding in run.findings)
    assert sum(isinstance(one, junitparser.Error) for _, case in found for one in case.result) == unknown


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_text(text: str) -> None:
    honest = ElementTree.fromstring(junit_report(changed(lambda word: word), Style()).encode())
    run = hostile_run(text)
    root = ElementTree.fromstring(junit_report(run, Style()).encode())
    assert [one.tag for one in root.iter()] == [one.tag for one in honest.iter()]
    for suite in root:
        assert len({case.get("name") for case in suite.findall("testcase")}) == len(suite.findall("testcase"))
    assert "\x1b" not in "".join(root.itertext())


@given(st.text(st.characters(), max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_makes_legal_xml(text: str) -> None:
    root = ElementTree.fromstring(junit_problems(hostile_problems(text), Style()).encode("utf-8"))
    assert (root.get("tests"), root.get("errors")) == ("4", "4")


def test_problems_are_errors(tmp_path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[{**rounds(1)[0], "date": "31.02.2019"}, {**rounds(2)[1], "date": "x"}])
    outcome = world.run("check", str(world.facts), *world.base(), "--format", "junit")
    assert outcome.status == 2
    found = cases(outcome.out)
    assert len(found) == len(world.check().problems) == 2
    for _, case in found:
        assert [type(one) for one in case.result] == [junitparser.Error] and case.result[0].type == "invalid-date"
    assert "31.02.2019" in outcome.out and "erwartet" in outcome.out and "meetings.csv" in found[0][1].name


def test_left_out_records_are_errors_beside_the_duties(tmp_path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[*rounds(6), {**rounds(8)[7], "date": "x"}])
    outcome = world.run("check", str(world.facts), *world.base(), "--format", "junit", "--keep-going")
    kinds = [case.result[0].type for suite, case in cases(outcome.out) if suite.name.startswith("Eingabe")]
    assert kinds == ["invalid-date"]


def test_sound_submissions_are_not_an_empty_report(tmp_path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=rounds(6))
    outcome = world.run("validate", str(world.facts), "--agreements", str(world.agreements), "--rules", str(world.rules), "--format", "junit")
    assert outcome.status == 0 and len(cases(outcome.out)) == 1
