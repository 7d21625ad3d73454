"""Judging: durable_rules and the plain evaluator agree on random deviations, whatever their order; the trap's limits hold."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import RULES
from servanda import judge as judging
from servanda.judge import EnginesDisagree, fnv1a, judge, judge_by_chaining, run_rules
from servanda.judge_facts import Deviation, Verdict, compares, threshold
from servanda.judge_plain import group_day, judge_plainly
from servanda.kinds import BY_NAME
from servanda.pack import read_pack
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.shapes import Figure, figure_of


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


def test_a_difference_is_told_short_and_of_both_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Deviation(0, {"obligation": "x", "kind": "count"}, {}, "a", "", 2019, True, datetime.date(2019, 1, 1), "2019")
    nothing = Verdict(frozenset(), frozenset())
    several = Verdict(frozenset({(number, "j") for number in range(3)}), frozenset({(number, "c", "x") for number in range(3)}))
    for plain, chained in ((nothing, several), (several, nothing)):
        monkeypatch.setattr(judging, "judge_by_chaining", lambda *_, found=chained: found)
        monkeypatch.setattr(judging, "judge_plainly", lambda *_, found=plain: found)
        with pytest.raises(EnginesDisagree) as differing:
            judge(PACK, [one], {})
        assert str(differing.value) == "judgements differ: (0, 'j'), (1, 'j'), (2, 'j'), (0, 'c', 'x'), (1, 'c', 'x')"


# https://datatracker.ietf.org/doc/html/draft-eastlake-fnv, 32 bits, FNV-1a
@pytest.mark.parametrize(("text", "code"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("b", 0xE70C2DE5), ("foobar", 0xBF9CF968)])
def test_the_hash_is_fnv_1a(text: str, code: int) -> None:
    assert fnv1a(text) == code


def test_facts_have_ids_of_their_own_whatever_they_hash_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "fnv1a", lambda text: int(text, 16) // 2)  # every other one hashes like the one before
    taken: set[int] = set()
    found = [judging._unique_id(taken) for _ in range(20)]
    assert len(taken) == 20 and len(set(found)) == 20


@pytest.mark.parametrize(("comparison", "below", "at", "above"), [
    ("above", False, False, True), ("at_least", False, True, True), ("below", True, False, False), ("at_most", True, True, False),
])
def test_bounds_belong_to_at_least_and_at_most(comparison: str, below: bool, at: bool, above: bool) -> None:
    bound, step = Fraction(1, 3), Fraction(1, 10**9)
    assert [compares(comparison, bound + shift, bound) for shift in (-step, 0, step)] == [below, at, above]
    assert compares(comparison, None, bound) is False


@pytest.mark.parametrize(("day", "value"), [("2018-12-31", 2), ("2019-12-31", 2), ("2020-01-01", 3), ("2020-06-30", 3), ("2020-07-01", 5), ("2030-01-01", 5)])
def test_a_dated_threshold_is_the_one_in_force_on_the_day(day: str, value: int) -> None:
    dates = (datetime.date(2019, 1, 1), datetime.date(2020, 1, 1), datetime.date(2020, 7, 1))
    dated = Figure(tuple(zip(dates, (Decimal(2), Decimal(3), Decimal(5)), strict=True)))
    assert threshold(dated, PACK, {}, "a", datetime.date.fromisoformat(day)) == value


def test_a_group_of_a_year_is_judged_by_its_first_day() -> None:
    members = [Deviation(0, {}, {}, "a", "", None, False, datetime.date(2019, month, 2), "term") for month in (5, 3, 4)]
    assert group_day(members, 2020) == datetime.date(2020, 1, 1)
    assert group_day(members, None) == datetime.date(2019, 3, 2)


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
    # What JSON's readers keep exactly (RFC 8259, section 6), in millionths.
    assert judging._integer(Fraction(9_007_199_254_740_991, 10**6)) == 9_007_199_254_740_991
    assert judging._integer(Fraction(-9_007_199_254_740_991, 10**6)) == -9_007_199_254_740_991
    for large in (9_007_199_254_740_992, -9_007_199_254_740_992):
        with pytest.raises(InvalidInput):
            judging._integer(Fraction(large, 10**6))
