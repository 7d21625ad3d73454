"""Judging: durable_rules and the plain evaluator agree on random deviations, whatever their order; the trap's limits hold."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import RULES
from servanda import judge as judging
from servanda.judge import EnginesDisagree, fnv1a, judge, judge_by_chaining, run_rules
from servanda.judge_facts import Deviation, Verdict
from servanda.judge_plain import judge_plainly
from servanda.kinds import BY_NAME
from servanda.pack import read_pack
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.shapes import figure_of


def benn() -> Pack:
    problems = Problems()
    pack = read_pack(RULES / "benn", BY_NAME, problems)
    assert not problems, problems.sorted()
    return pack


PACK = benn()


@st.composite
def deviations(draw: st.DrawFn) -> list[Deviation]:
    """Deviations of a few agreements, near the thresholds."""
    found = []
    for duty in range(draw(st.integers(0, 25))):
        obligation = draw(st.sampled_from(PACK.obligations))
        bearer = obligation.bearer
        words = {
            "obligation": obligation.id, "kind": obligation.kind, "only_bearer": bearer[0] if len(bearer) == 1 else "", "period": obligation.period,
            "modality": obligation.modality, "scope": obligation.scope,
        }
        numbers = {"cases": Fraction(draw(st.integers(0, 6))), "lower": Fraction(draw(st.integers(1, 6))), "value": Fraction(draw(st.integers(0, 1500)))}
        numbers["share_of_lower"] = draw(st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(499999, 1000000), Fraction(2, 3)]))
        for name, near in (("longest_vacancy_days", 60), ("overdue_working_days", 30), ("uncovered", 1000)):
            if draw(st.booleans()):
                numbers[name] = Fraction(near * 100 + draw(st.sampled_from([-100, -1, 0, 1, 100])), 100)
        if draw(st.booleans()):
            numbers["share_of_funds"] = draw(st.sampled_from([Fraction(1, 20), Fraction(1, 19), Fraction(1, 21), Fraction(10**15)]))
        year = draw(st.integers(2018, 2020))
        site = draw(st.sampled_from(["s-1", "s-2"])) if obligation.scope == "site" else ""
        agreement = draw(st.sampled_from(["a", "b"]))
        calendar = obligation.period == "calendar_year"
        found.append(
            Deviation(duty, words, numbers, agreement, site, year if calendar else None, calendar, datetime.date(year, 1, 1), str(year))
        )
    return found


@settings(max_examples=150, deadline=None)
@given(deviations(), st.randoms(use_true_random=False))
def test_both_evaluators_agree_in_any_order(found: list[Deviation], chance: random.Random) -> None:
    plain = judge_plainly(PACK, found, {})
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert judge_by_chaining(PACK, found, {}) == plain
    assert judge_by_chaining(PACK, shuffled, {}) == plain
    assert judge_plainly(PACK, shuffled, {}) == plain


@settings(max_examples=40, deadline=None)
@given(deviations())
def test_thresholds_of_one_agreement_leave_the_other_alone(found: list[Deviation]) -> None:
    overrides = {"a": {"half_missed_bound": figure_of(1), "accumulated_obligations": figure_of(2), "long_vacancy_days": figure_of(59)}}
    changed, usual = judge(PACK, found, overrides), judge(PACK, found, {})
    assert changed == judge_by_chaining(PACK, found, overrides)
    of_b = {deviation.duty for deviation in found if deviation.agreement == "b"}
    assert {pair for pair in changed.material if pair[0] in of_b} == {pair for pair in usual.material if pair[0] in of_b}


def test_a_difference_between_the_evaluators_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Deviation(0, {"obligation": "x", "kind": "count"}, {}, "a", "", 2019, True, datetime.date(2019, 1, 1), "2019")
    monkeypatch.setattr(judging, "judge_by_chaining", lambda *_: Verdict(frozenset({(0, "half-missed")}), frozenset()))
    monkeypatch.setattr(judging, "judge_plainly", lambda *_: Verdict(frozenset(), frozenset()))
    with pytest.raises(EnginesDisagree, match="half-missed"):
        judge(PACK, [one], {})


def test_property_names_are_told_apart() -> None:
    assert fnv1a("costarring") == fnv1a("liquid")
    with pytest.raises(EnginesDisagree, match="same hash"):
        run_rules({"r0": {"all": [{"last": {"costarring": 1}}]}}, {"a": [{"costarring": 1, "liquid": 2}]})


def test_thousands_of_facts_fire_once_each() -> None:
    facts = {f"agreement-{n}": [{"f_sort": "s:deviation", "f_duty": n * 1000 + k} for k in range(60)] for n in range(50)}
    fired = run_rules({"r0": {"all": [{"last": {"$and": [{"f_sort": "s:deviation"}]}}]}}, facts)
    assert sorted(one["last"]["f_duty"] for _, one in fired) == sorted(fact["f_duty"] for session in facts.values() for fact in session)


def test_more_rules_than_a_ruleset_may_hold_are_split(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    original = judging.run_rules
    monkeypatch.setattr(judging, "run_rules", lambda rules, facts: sizes.append(len(rules)) or original(rules, facts))
    overrides = {f"a{n}": {"long_vacancy_days": figure_of(n)} for n in range(70)}
    words = {"obligation": "district-coordinator", "kind": "staffed", "only_bearer": "district"}
    words |= {"period": "calendar_year", "modality": "obligation", "scope": "agreement"}
    found = [
        Deviation(n, words, {"longest_vacancy_days": Fraction(35)}, f"a{n}", "", 2019, True, datetime.date(2019, 1, 1), "2019") for n in range(70)
    ]
    verdict = judge(PACK, found, overrides)
    assert {duty for duty, name in verdict.material if name == "long-vacancy"} == set(range(35))
    assert max(sizes) <= judging.MAX_RULES


def test_a_threshold_that_cannot_be_said_is_refused(tmp_path: Path) -> None:
    from servanda.problems import InvalidInput

    with pytest.raises(InvalidInput) as refused:
        judging._integer(Fraction(1, 3))
    assert refused.value.problems[0].code == "judgement-unsayable"
