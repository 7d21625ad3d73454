"""Dossiers: cures and circumstances case by case, and what holds for all of them."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

import agreeing
import test_amounts
from conftest import ROOT, RULES
from servanda import check
from servanda.dossier.case import dossiers
from servanda.dossier.contents import CIRCUMSTANCES, CURES, Circumstance, Cure, Dossier
from servanda.dossier.curves import curves
from servanda.dossier.overview import overviews
from servanda.dossier.timelines import timelines
from servanda.run import Run
from small_world import World, mitte, present, rounds

CASES = yaml.load((Path(__file__).parent / "dossier_cases.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def filled(folder: Path, case: dict) -> World:
    """The world of a case; `rounds` so many steering rounds, `absent` and `senate` at so many of them the district is absent, the Senate present."""
    world, facts = mitte(folder), dict(case["facts"])
    held = rounds(int(facts.pop("rounds", 0)))
    missed = present(held[: int(facts.pop("absent", 0))], state="absent")
    came = present(held[: int(facts.pop("senate", 0))], role="senate_office")
    if facts.pop("coordinator", None):
        facts["staffing"] = [*facts.get("staffing", ()), {"id": "s-0", "role": "district_coordinator", "from": "2017-09-01"}]
    plain = {name: [{key: None if value == "null" else value for key, value in row.items()} for row in rows] for name, rows in facts.items()}
    world.submit(on=case.get("on", "2020-01-20"), complete=case.get("complete", "2019-12-31"), meetings=held, attendance=[*missed, *came], **plain)
    return world


def run_of(world: World, as_of: str = "2020-01-31") -> Run:
    return check(world.facts, world.agreements, world.rules, as_of)


def cure_words(cure: Cure) -> str:
    return " ".join(str(part) for part in (cure.how, cure.left, cure.day) if part is not None)


def circumstance_words(one: Circumstance) -> str:
    if one.kind == "counterparty_deviates":
        return f"{one.kind} {one.finding.obligation}"
    if one.kind == "vacancy":
        return f"{one.kind} {one.days} of {one.of}"
    return " ".join(str(part) for part in (one.kind, one.amount, *(row.record.id for row in one.rows)) if part is not None)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cures_and_circumstances(case: dict, tmp_path: Path) -> None:
    run = run_of(filled(tmp_path, case), case.get("as_of", "2020-01-31"))
    obligation, site, label = case["finding"]
    site = None if site == "null" else site
    (dossier,) = [d for d in dossiers(run) if (d.finding.obligation, d.finding.site, d.finding.label) == (obligation, site, label)]
    if "cures" in case:
        assert [cure_words(cure) for cure in dossier.cures] == case["cures"]
    if "circumstances" in case:
        assert [circumstance_words(one) for one in dossier.circumstances] == case["circumstances"]


def test_every_cure_and_circumstance_has_a_case() -> None:
    cures = {words.split()[0] for case in CASES for words in case.get("cures", ())}
    assert cures == set(CURES)
    assert {words.split()[0] for case in CASES for words in case.get("circumstances", ())} == set(CIRCUMSTANCES)


@pytest.fixture(scope="module")
def sample() -> Run:
    return check(ROOT / "facts", ROOT / "agreements", RULES, "2021-09-30")


def test_there_is_one_for_each_finding_in_the_runs_order(sample: Run) -> None:
    found = list(dossiers(sample))
    assert [dossier.finding for dossier in found] == list(sample.findings)
    for dossier in found:
        _holds(dossier, sample)


def _holds(dossier: Dossier, run: Run) -> None:
    finding = dossier.finding
    assert dossier.obligation.id == finding.obligation and [clause.anchor for clause in dossier.clauses] == list(finding.clauses)
    records = {(row.record.type, row.record.id) for row in dossier.rows}
    assert records >= {(one.type, one.id) for one in finding.evidence}
    assert all(row.day is None or row.day <= run.as_of for row in dossier.rows)
    assert finding.status not in ("fulfilled", "waived", "not_applicable", "tolerated") or not dossier.cures
    assert all(cure.day is None or cure.day > run.as_of or cure.how == "declare" for cure in dossier.cures)
    if finding.material:
        assert dossier.judgements and any(one.judgement for one in dossier.assumptions)
    if dossier.before:
        assert dossier.before.end + datetime.timedelta(days=1) == finding.start and dossier.before.obligation == finding.obligation


def test_rows_say_what_the_kind_made_of_them(sample: Run) -> None:
    for dossier in dossiers(sample):
        finding = dossier.finding
        if finding.kind == "attended" and finding.value is not None and finding.status != "undetermined" and len(dossier.rows) < 100:
            there = sum(row.state == "present" for row in dossier.rows)
            assert (Decimal(there) / len(dossier.rows)).quantize(Decimal("0.0001"), "ROUND_HALF_UP") == finding.value
        if finding.kind == "consented" and finding.status == "deviation":
            assert sum(row.amount for row in dossier.rows) == finding.value
        if finding.kind == "answered" and finding.status == "deviation":
            assert sum(row.state == "breaks" for row in dossier.rows) == finding.value
        if finding.kind == "count" and finding.status != "undetermined" and len(dossier.rows) < 100:
            assert sum(row.state == "counted" for row in dossier.rows) == finding.value


def test_a_case_stands_beside_what_it_hangs_on(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(complete={"funds": "2019-12-31"}, funds=[{"id": "f", "site": "s-1", "year": 2018, "amount": "9.00", "provided_on": "2018-02-01"}])
    (proof,) = [d for d in dossiers(run_of(world)) if (d.finding.obligation, d.finding.site, d.finding.label) == ("proof-of-use", "s-1", "2018")]
    assert (proof.finding.status, {row.record.id: row.state for row in proof.rows}) == ("undetermined", {"f": "unknown"})
    day = datetime.date(2019, 3, 1)
    order = {"id": "o", "placed_on": day, "group": "red", "size": "large", "price": Decimal("100.00"), "urgent": True}
    letter = {"id": "l", "sent_on": day, "order": "o", "ends": None}
    run = agreeing.run_engine(test_amounts.WORKSHOP, test_amounts.world([{"orders": [order], "letters": [letter]}]))
    (first,) = [d for d in dossiers(run) if d.finding.obligation == "letter-first"]
    assert (first.finding.status, {row.record.id: row.state for row in first.rows}) == ("undetermined", {"o": "unknown", "l": "unknown"})


def test_a_parameter_is_said_with_the_agreements_own_value(tmp_path: Path) -> None:
    world = mitte(tmp_path, parameters={"max_vacancy_days": 45})
    world.submit(meetings=rounds(1))
    (dossier,) = [d for d in dossiers(run_of(world)) if d.finding.obligation == "district-coordinator" and d.finding.label == "2019"]
    assert [one.value for one in dossier.assumptions if one.parameter == "max_vacancy_days"] == ["45"]
    assert all(one.reason.de and one.reason.en for one in dossier.assumptions)


def test_timelines_hold_every_counted_record_once(sample: Run) -> None:
    agreement = sample.packs[0].agreements[0].id
    for line in timelines(sample, agreement):
        counted = [finding for finding in line.findings if finding.kind == "count" and finding.unit != "funds"]
        if counted:
            assert sum(point.part == "counted" for point in line.points if point.row.fact_type.year is None) in (
                sum(finding.value for finding in counted), 0)
        assert all(line.start <= first <= last <= line.end for first, last in line.vacancies)
        assert [point.day for point in line.points] == sorted(point.day for point in line.points)
    assert not timelines(sample, "nobody")


def test_curves_rise_to_the_sums_of_the_facts(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(
        measures=[{"id": "m-1", "site": "s-1", "title": "x", "goals": "networks", "date": "2019-02-01"},
                  {"id": "m-2", "site": "s-1", "title": "y", "goals": "networks", "date": "2019-02-01"}],
        consents=[{"id": "c-1", "measure": "m-1", "date": "2019-02-01", "decision": "granted", "amount": "500.00"},
                  {"id": "c-2", "measure": "m-1", "date": "2019-03-01", "decision": "withdrawn", "amount": "100.00"},
                  {"id": "c-3", "measure": "m-2", "date": "2019-04-01", "decision": "granted"}],
        expenditures=[{"id": "e-1", "site": "s-1", "measure": "m-1", "date": "2019-02-10", "amount": "450.00"},
                      {"id": "e-2", "site": "s-1", "measure": "m-2", "date": "2019-05-01", "amount": "70.00"},
                      {"id": "e-3", "site": "s-1", "measure": "m-1", "date": "2019-06-01", "amount": "-50.00"}],
    )
    (curve,) = curves(run_of(world), "benn-mitte")
    steps = [(str(step.day)[5:], str(step.approved), str(step.spent), step.unlimited) for step in curve.steps]
    assert steps == [
        ("02-01", "500.00", "0.00", False), ("02-10", "500.00", "450.00", False), ("03-01", "400.00", "450.00", False), ("04-01", "400.00", "450.00", True),
        ("05-01", "470.00", "520.00", True), ("06-01", "470.00", "470.00", True),
    ]
    assert curve.site.id == "s-1" and curve.uncovered == 0
    assert not curves(run_of(world), "nobody")


def test_overviews_add_up_to_the_run(sample: Run) -> None:
    found = overviews(sample)
    summary = sample.summary()
    for status in ("deviation", "fulfilled", "undetermined"):
        assert sum(year.statuses.get(status, 0) for one in found for year in one.years) == summary[status]
    assert sum(year.material for one in found for year in one.years) == summary["material"]
    assert sum(one.consequences for one in found) == summary["consequences"]
    assert [one.at_stake for one in found] == sorted((one.at_stake for one in found), reverse=True)
    changed = [one for one in found if one.new or one.mended]
    assert changed and all(f.label == str(one.latest) for one in changed for f in (*one.new, *one.mended))


def test_shuffled_rows_give_the_same_dossiers(tmp_path: Path) -> None:
    held, texts = rounds(9), []
    for seed in range(3):
        world = mitte(tmp_path / str(seed))
        mixed = random.Random(seed).sample(held, len(held))
        world.submit(meetings=mixed, attendance=present(held, state="absent"))
        texts.append([(d.finding.id, [row.record.id for row in d.rows], d.cures, [c.kind for c in d.circumstances]) for d in dossiers(run_of(world))])
    assert texts[0] == texts[1] == texts[2]
