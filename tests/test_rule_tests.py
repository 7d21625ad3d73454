"""servanda test itself: what fails, what is covered, what mutants survive, how cases are rewritten, and what is wrong with a file of cases."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import junitparser
import pytest

from conftest import ROOT
from servanda.case_texts import CASE_TEXTS
from servanda.cases.mutants import mutants
from servanda.cases.outcome import Outcome, run_tests
from servanda.cli import _run
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import InvalidInput, Problem, Problems

AGREEMENT = (
    "submitted_by: tenant\nhouse: Haus am Park\nterm: {from: 2019-01-01, to: 2020-12-31}\n"
    "sites:\n  - {id: s-1, name: Garten, kind: garden, from: 2019-01-01}\n"
)
KEPT = """\
- case: two visits are enough
  as_of: 2020-01-31
  facts:
    visits:
      - {id: v, dates: [2019-03-01, 2019-04-01], site: s-1}
      - {id: t, date: 2019-05-01, sort: talk}
  expect:
    - {obligation: visits-made, site: s-1, period: 2019, status: fulfilled, value: 2, bearer: [tenant]}
"""
BROKEN = """\
- case: no visit is less than half
  as_of: 2020-01-31
  expect:
    - {obligation: visits-made, site: s-1, period: 2019, status: deviation, value: 0, material: true, judgements: [half-missed]}
  consequences:
    - {consequence: stop, attribution: tenant, year: 2019, amount_at_stake: 0.00}

- case: one visit is half
  as_of: 2020-01-31
  facts:
    visits:
      - {id: v, date: 2019-03-01, site: s-1}
  expect:
    - {obligation: visits-made, site: s-1, period: 2019, status: deviation, value: 1, material: false, judgements: []}

- case: nine visits are too many
  as_of: 2020-01-31
  facts:
    visits:
      - {id: v, dates: [2019-03-01, 2019-03-02, 2019-03-03, 2019-03-04, 2019-03-05, 2019-03-06, 2019-03-07, 2019-03-08, 2019-03-09], site: s-1}
  expect:
    - {obligation: visits-made, site: s-1, period: 2019, status: deviation, value: 9}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The smallest pack, with a folder for cases."""
    shutil.copytree(ROOT / "tests" / "bad" / "worlds" / "mini" / "rules", tmp_path / "rules")
    tests = tmp_path / "rules" / "mini" / "tests"
    tests.mkdir()
    (tests / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str, name: str = "garden.yaml") -> Path:
    path = folder / "rules" / "mini" / "tests" / name
    path.write_text(text, encoding="utf-8")
    return path


def outcome(folder: Path, **wanted: object) -> Outcome:
    problems = Problems()
    packs = read_packs(folder / "rules", BY_NAME, problems)
    assert not problems.sorted()
    return run_tests(packs["mini"], **wanted)


def problems_of(folder: Path, **wanted: object) -> list[Problem]:
    with pytest.raises(InvalidInput) as raised:
        outcome(folder, **wanted)
    return list(raised.value.problems)


def test_cases_that_hold_leave_only_what_they_do_not_cover(folder: Path) -> None:
    write(folder, KEPT + BROKEN)
    found = outcome(folder)
    assert found.failures == () and not found.sound
    assert found.coverage.gaps == (("not-kept", "costs-covered"), ("not-broken", "costs-covered"))
    assert found.coverage.without_bound.get("visits-made") == ("upper at",)
    assert "pending" in found.coverage.without_status["visits-made"] and "not_applicable" not in found.coverage.without_status["visits-made"]


@pytest.mark.parametrize(
    ("old", "new", "kind", "row"),
    [("value: 2", "value: 3", "differs", 8), ("status: fulfilled", "status: pending", "differs", 8), ("bearer: [tenant]", "bearer: [owner]", "differs", 8),
     ("period: 2019", "period: 2018", "no-finding", 8), ("2019-03-01, 2019-04-01", "2019-03-01", "differs", 8),
     ("  expect:", "  beside: [visits-made]\n  expect:", "needless", 1)],
)
def test_what_differs_fails_with_its_line(folder: Path, old: str, new: str, kind: str, row: int) -> None:
    write(folder, KEPT.replace(old, new, 1))
    found = outcome(folder)
    assert (kind, row) in {(one.kind, one.row) for one in found.failures} and not found.sound


def test_an_unexpected_deviation_fails_until_it_is_named(folder: Path) -> None:
    case = KEPT.replace("as_of: 2020-01-31", "as_of: 2021-01-31")
    write(folder, case)
    (failure,) = outcome(folder).failures
    assert (failure.kind, failure.obligation, failure.period, failure.site, failure.row) == ("unexpected", "visits-made", "2020", "s-1", 1)
    write(folder, case.replace("  expect:", "  beside: [visits-made]\n  expect:"))
    assert outcome(folder).failures == ()


def test_types_that_a_case_is_not_about_are_not_complete(folder: Path) -> None:
    write(folder, KEPT.replace("    visits:\n", "    costs:\n      - {id: c, site: s-1, date: 2019-03-01, amount: 5.00}\n    visits:\n"))
    assert outcome(folder).failures == ()
    write(folder, KEPT.replace("    visits:\n", "    costs:\n      - {id: c, site: s-1, date: 2019-03-01, amount: 5.00}\n    visits:\n").replace(
        "  facts:", "  complete: {visits: 2020-01-31, costs: 2020-01-31, grants: 2020-01-31}\n  facts:"))
    assert [(one.kind, one.obligation) for one in outcome(folder).failures] == [("unexpected", "costs-covered")]


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [("amount_at_stake: 0.00", "amount_at_stake: 1.00", ["no-consequence", "unexpected-consequence"]),
     ("    - {consequence: stop, attribution: tenant, year: 2019, amount_at_stake: 0.00}\n", "    []\n", ["unexpected-consequence"])],
)
def test_consequences_are_matched_both_ways(folder: Path, old: str, new: str, kinds: list[str]) -> None:
    write(folder, BROKEN.replace(old, new, 1))
    assert [one.kind for one in outcome(folder).failures] == kinds


def test_lines_that_select_nothing_are_told(folder: Path) -> None:
    write(folder, BROKEN)
    assert outcome(folder, details=True).coverage.without_condition == {"visits-made": ("visits.sort: mowing (never false)",)}
    write(folder, KEPT + BROKEN)
    assert outcome(folder, details=True).coverage.without_condition == {} == outcome(folder).coverage.without_condition
    write(folder, KEPT.replace("site: s-1}", "site: s-1, sort: talk}", 1).replace("status: fulfilled, value: 2", "status: deviation, value: 0"))
    assert outcome(folder, details=True).coverage.without_condition == {"visits-made": ("visits.sort: mowing (never true)",)}


def test_accept_rewrites_to_what_is_found(folder: Path, capsys: pytest.CaptureFixture) -> None:
    wrong = KEPT.replace("value: 2", "value: 7").replace("status: fulfilled", "status: pending").replace("as_of: 2020-01-31", "as_of: 2021-01-31")
    path = write(folder, "# Who tends the garden.\n" + wrong + "\n" + BROKEN)
    assert _run(["test", "--rules", str(folder / "rules"), "--accept"]) == 1
    assert path.read_text(encoding="utf-8") == "# Who tends the garden.\n" + KEPT.replace("as_of: 2020-01-31", "as_of: 2021-01-31").replace(
        "  expect:", "  beside: [visits-made]\n  expect:") + "\n" + BROKEN
    assert not outcome(folder).failures
    capsys.readouterr()


def test_mutants_change_one_thing_each_and_are_noticed_or_listed(folder: Path) -> None:
    write(folder, KEPT + BROKEN)
    problems = Problems()
    every = [one.id for one in mutants(read_packs(folder / "rules", BY_NAME, problems)["mini"])]
    assert len(set(every)) == len(every) and "visits-made: count.lower 2 → 3" in every and "visits-made: count.approximate false → true" in every
    found = outcome(folder, mutation=True).mutation
    assert found.total == len(every) and "visits-made: count.upper 8 → 7" in found.survivors and "visits-made: count.upper 8 → 9" not in found.survivors
    assert "visits-made: count.lower 2 → 3" not in found.survivors and "half-missed: dropped" not in found.survivors
    assert {name for name in found.survivors if name.startswith("costs-covered")} == {name for name in every if name.startswith("costs-covered")}
    assert found.killed + len(found.survivors) == found.total and 0 < found.share < 1


def test_survivors_need_a_reason_and_lose_it(folder: Path) -> None:
    write(folder, KEPT + BROKEN)
    reason = "  reason: {de: Niemand zählt so viele., en: Nobody counts that many.}\n"
    write(folder, f'- mutant: "visits-made: count.upper 8 → 7"\n{reason}- mutant: "visits-made: count.lower 2 → 3"\n{reason}', "survivors.yaml")
    found = outcome(folder, mutation=True).mutation
    assert [name for name, _ in found.excused] == ["visits-made: count.upper 8 → 7"] and found.stale == ("visits-made: count.lower 2 → 3",)
    assert outcome(folder, mutation=True, sample=3, seed=1).mutation.stale == ()


def test_a_sample_is_the_same_for_the_same_seed(folder: Path) -> None:
    write(folder, KEPT + BROKEN)
    first, again, other = (outcome(folder, mutation=True, sample=6, seed=seed).mutation for seed in (1, 1, 2))
    assert first == again and first.total == 6 and first != other


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [("a: b\n", "not-a-list", 1), ("- case: x\n", "missing-key", 1), (KEPT.replace("visits-made", "visits-mad"), "unknown-obligation", 8),
     (KEPT.replace("    visits:", "    visit:"), "unknown-fact-type", 5), (KEPT.replace("status: fulfilled", "status: kept"), "invalid-definition", 8),
     (KEPT.replace("2020-01-31", "2020-02-31"), "invalid-definition", 2), (KEPT + KEPT, "duplicate-id", 9),
     (KEPT.replace("value: 2", "wert: 2"), "unknown-key", 8), (KEPT.replace("site: s-1}\n", "site: s-9}\n", 1), "unknown-site", 1),
     (KEPT + "  submissions:\n    - facts: {}\n", "facts-and-submissions", 1),
     (KEPT.replace("  expect:", "  agreement: {term: {from: 2020-01-01, to: 2019-01-01}}\n  expect:"), "dates-out-of-order", 1)],
)
def test_what_is_wrong_with_cases_is_told_with_its_place(folder: Path, text: str, code: str, row: int) -> None:
    path = write(folder, text)
    found = problems_of(folder)
    assert (code, path.as_posix(), row) in {(one.code, one.file, one.row) for one in found}, found


def test_a_pack_without_cases_or_agreement_is_told(folder: Path) -> None:
    assert [one.code for one in problems_of(folder)] == ["no-cases"]
    write(folder, KEPT)
    assert [one.code for one in problems_of(folder, named="no such case")] == ["no-cases"]
    (folder / "rules" / "mini" / "tests" / "agreement.yaml").unlink()
    assert [one.code for one in problems_of(folder)] == ["missing-file"]
    assert set(CASE_TEXTS) == {"no-cases", "facts-and-submissions"}


def test_the_command_says_it_in_three_forms(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    write(folder, KEPT.replace("value: 2", "value: 3") + BROKEN)
    rules = ["--rules", str(folder / "rules")]
    assert _run(["test", "mini", *rules]) == 1
    said = capsys.readouterr().out
    assert "value erwartet 3, gefunden 2" in said and "garden.yaml:1" in said and "costs-covered: kein Fall, der sie einhält" in said and "3 von 4" in said
    assert _run(["test", *rules, "--format", "json", "--lang", "en"]) == 1
    told = json.loads(capsys.readouterr().out)["packs"][0]
    assert told["failed"] == 1 and told["failures"][0]["row"] == 8 and {"kind": "not-kept", "id": "costs-covered"} in told["coverage"]["gaps"]
    assert _run(["test", *rules, "--format", "junit", "--output", str(tmp_path / "junit.xml")]) == 1
    suites = list(junitparser.JUnitXml.fromfile(str(tmp_path / "junit.xml")))
    assert [suite.failures for suite in suites] == [1, 2] and sum(1 for _ in suites[0]) == 4
    assert _run(["test", *rules, "-k", "no visit"]) == 0 and "nicht alle" in capsys.readouterr().out.lower()
    assert _run(["test", *rules, "--obligation", "visits-made", "--sample", "2"]) == 2
    assert _run(["test", "nobody", *rules]) == 2
    assert _run(["test", *rules, "--mutate", "-k", "no visit", "--sample", "3", "--lang", "en"]) in (0, 1) and "Mutants:" in capsys.readouterr().out
