"""Judge: the pack's judgements as forward chaining over the deviations. The only importer of durable_rules.

The C module is driven directly, in the subset in which it was measured to be exact: facts are flat, of a closed vocabulary, with
integers and typed strings and an id whose 32-bit hash is unique; patterns are conjunctions of comparisons with constants and of
equality joins to an earlier pattern, ended by a join that is always true; facts are asserted one by one; nothing is retracted,
counted, negated or computed inside. Counting and "not yet material" happen between strata, outside. One agreement is one session.
The plain evaluator judges the same deviations; where the two differ, nothing is reported.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from servanda.judge_facts import Deviation, Verdict, enough_together, threshold
from servanda.judge_plain import Overrides, group_day, judge_plainly
from servanda.pack_shapes import Judgement, Pack, Pattern
from servanda.problems import InvalidInput, Problem

SCALE = 1_000_000
LARGEST = 2**53 - 1
SESSIONS = 500
MAX_RULES = 50
MAX_FIRINGS = 1_000_000
_ALWAYS = {"$lte": {"one": {"first": "one"}}}
_COMPARISON = {"above": ("$gt", "ceil"), "at_least": ("$gte", "floor"), "below": ("$lt", "floor"), "at_most": ("$lte", "ceil")}


class EnginesDisagree(Exception):
    """The forward-chaining and the plain evaluator came to different judgements: an error of the program (exit status 101)."""


class MissingEngine(Exception):
    """durable_rules cannot be imported."""


def judge(pack: Pack, deviations: Sequence[Deviation], overrides: Overrides) -> Verdict:
    """Judge by both evaluators; EnginesDisagree where they differ."""
    plain = judge_plainly(pack, deviations, overrides)
    chained = judge_by_chaining(pack, deviations, overrides) if deviations else plain
    if plain != chained:
        odd = sorted(map(str, plain.material ^ chained.material)) + sorted(map(str, plain.consequences ^ chained.consequences))
        raise EnginesDisagree(f"judgements differ: {', '.join(odd[:5])}")
    return chained


def judge_by_chaining(pack: Pack, deviations: Sequence[Deviation], overrides: Overrides) -> Verdict:
    """Deviations → material → consequences, stratum by stratum, by durable_rules."""
    by_duty = {deviation.duty: deviation for deviation in deviations}
    patterns = [_Tagged(judgement.id, pattern, judgement.year_before) for judgement in pack.judgements for pattern in judgement.when]
    matching = _matched(pack, patterns, deviations, overrides)
    material: set[tuple[int, str]] = set()
    for judgement in pack.judgements:
        duties = matching[judgement.id]
        if judgement.accumulates:
            already = {duty for duty, _ in material} if judgement.accumulates.not_yet_material else set()
            duties = _accumulated(pack, judgement, [by_duty[duty] for duty in sorted(duties - already)], overrides)
        material |= {(duty, judgement.id) for duty in duties}
    found = [by_duty[duty] for duty in sorted({duty for duty, _ in material})]
    tags = {f"{rule.id}/{name}": (rule.id, name) for rule in pack.consequences for name in rule.attributions}
    patterns = [_Tagged(f"{rule.id}/{name}", pattern, False) for rule in pack.consequences for name, pattern in rule.attributions.items()]
    attributed = _matched(pack, patterns, found, overrides)
    return Verdict(frozenset(material), frozenset((duty, *tags[tag]) for tag, duties in attributed.items() for duty in duties))


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A pattern and what its firing stands for."""

    tag: str
    pattern: Pattern
    year_before: bool


def _accumulated(pack: Pack, judgement: Judgement, candidates: Sequence[Deviation], overrides: Overrides) -> set[int]:
    """The candidates' groups are counted outside and posted as facts that the candidates join."""
    rule = judgement.accumulates
    groups: dict[tuple[str, int | None], list[Deviation]] = defaultdict(list)
    for deviation in candidates:
        groups[(deviation.agreement, deviation.year)].append(deviation)
    facts: dict[str, list[dict]] = defaultdict(list)
    for (agreement, year), members in groups.items():
        bound = threshold(rule.at_least, pack, overrides, agreement, group_day(members, year))
        enough = enough_together(members, rule.different, bound)
        facts[agreement].append({"f_sort": "s:group", "f_year": year or 0, "f_enough": int(enough)})
        facts[agreement].extend({"f_sort": "s:candidate", "f_year": member.year or 0, "f_duty": member.duty} for member in members)
    first = {"$and": [{"f_sort": "s:group"}, {"f_enough": 1}]}
    last = {"$and": [{"f_sort": "s:candidate"}, {"f_year": {"first": "f_year"}}, _ALWAYS]}
    return {fired["last"]["f_duty"] for _, fired in run_rules({"r0": {"all": [{"first": first}, {"last": last}]}}, facts)}


def _matched(pack: Pack, patterns: Sequence[_Tagged], deviations: Sequence[Deviation], overrides: Overrides) -> dict[str, set[int]]:
    """The duties of the deviations that match each tag's patterns (where asked, only if the duty deviated in the year before)."""
    vectors: dict[tuple[int, tuple], int] = {}
    codes: dict[tuple, int] = {}  # of what a vector depends on: the pattern, an agreement's own parameters, and the day
    facts: dict[str, list[dict]] = defaultdict(list)
    for deviation in deviations:
        fact = _fact(deviation)
        for number, tagged in enumerate(patterns):
            if tagged.pattern.numbers:
                key = (number, deviation.agreement if overrides.get(deviation.agreement) else "", deviation.start)
                if key not in codes:
                    codes[key] = vectors.setdefault((number, _vector(tagged.pattern, pack, overrides, deviation)), len(vectors))
                fact[f"f_vector_{number}"] = codes[key]
        facts[deviation.agreement].append(fact)
    rules: list[tuple[str, list[dict]]] = []
    for number, tagged in enumerate(patterns):
        variants = [(vector, [{f"f_vector_{number}": code}]) for (n, vector), code in vectors.items() if n == number]
        for vector, chosen in variants if tagged.pattern.numbers else [((), [])]:
            for conditions in _conditions(tagged.pattern, vector):
                rules.append((tagged.tag, _all([{"f_sort": "s:deviation"}, *chosen, *conditions], tagged.year_before)))
    found: dict[str, set[int]] = {tagged.tag: set() for tagged in patterns}
    for start in range(0, len(rules), MAX_RULES):
        chunk = {f"r{start + number}": {"all": rule} for number, (_, rule) in enumerate(rules[start : start + MAX_RULES])}
        for name, fired in run_rules(chunk, facts):
            found[rules[int(name[1:])][0]].add(fired["last"]["f_duty"])
    return found


def _vector(pattern: Pattern, pack: Pack, overrides: Overrides, deviation: Deviation) -> tuple[Fraction, ...]:
    """The thresholds of a pattern as they hold for a deviation."""
    return tuple(
        threshold(figure, pack, overrides, deviation.agreement, deviation.start) for bounds in pattern.numbers.values() for figure in bounds.values()
    )


def _all(conditions: list, year_before: bool) -> list[dict]:
    if not year_before:
        return [{"last": {"$and": conditions}}]
    joins = [{"f_norm": {"first": "f_norm"}}, {"f_site": {"first": "f_site"}}, {"f_year_before": {"first": "f_year"}}, _ALWAYS]
    return [{"first": {"$and": [{"f_sort": "s:deviation"}, {"f_calendar": 1}]}}, {"last": {"$and": [*conditions, {"f_calendar": 1}, *joins]}}]


def _conditions(pattern: Pattern, vector: tuple[Fraction, ...]) -> Iterable[list[dict]]:
    """Conjunctions that together say a pattern: one for each combination of wanted words (there is no "or")."""
    fixed: list[dict] = []
    choices: list[list[dict]] = []
    for name, (wanted, excluded) in sorted(pattern.words.items()):
        fixed.extend({"$neq": {f"f_{name}": f"s:{value}"}} for value in sorted(excluded))
        if wanted:
            choices.append([{f"f_{name}": f"s:{value}"} for value in sorted(wanted)])
    bounds = iter(vector)
    for name, comparisons in pattern.numbers.items():
        fixed.append({"$ex": {f"f_{name}_floor": 1}})
        for comparison in comparisons:
            operator, rounding = _COMPARISON[comparison]
            fixed.append({operator: {f"f_{name}_{rounding}": _integer(next(bounds))}})
    for combination in product(*choices):
        yield [*combination, *fixed]


def _integer(bound: Fraction) -> int:
    scaled = bound * SCALE
    if scaled.denominator != 1 or abs(scaled) > LARGEST:
        raise InvalidInput([Problem("judgement-unsayable", found=str(bound))])
    return int(scaled)


def _fact(deviation: Deviation) -> dict[str, object]:
    fact: dict[str, object] = {
        "f_sort": "s:deviation", "f_duty": deviation.duty, "f_norm": f"s:{deviation.words['obligation']}", "f_site": f"s:{deviation.site}",
        "f_year": deviation.year or 0, "f_year_before": (deviation.year or 0) - 1, "f_calendar": int(deviation.calendar),
    }
    fact.update({f"f_{name}": f"s:{value}" for name, value in deviation.words.items()})
    for name, number in deviation.numbers.items():
        scaled, denominator = number.numerator * SCALE, number.denominator
        fact[f"f_{name}_floor"] = max(-LARGEST, min(LARGEST, scaled // denominator))
        fact[f"f_{name}_ceil"] = max(-LARGEST, min(LARGEST, -(-scaled // denominator)))
    return fact


def run_rules(rules: Mapping[str, dict], facts: Mapping[str, Sequence[dict]]) -> list[tuple[str, dict]]:
    """All firings of a ruleset, each session's facts asserted one by one: (rule, its facts by alias)."""
    sessions = sorted(facts)
    fired: list[tuple[str, dict]] = []
    for start in range(0, len(sessions), SESSIONS):
        fired.extend(_run_sessions(rules, {name: facts[name] for name in sessions[start : start + SESSIONS]}))
    return fired


def _run_sessions(rules: Mapping[str, dict], facts: Mapping[str, Sequence[dict]]) -> list[tuple[str, dict]]:
    engine = _engine()
    ruleset = {"init": {"all": [{"last": {"$and": [{"f_sort": "s:init"}]}}]}, **rules}
    _check_hashes(ruleset, facts)
    handle = engine.create_ruleset("servanda", json.dumps(ruleset))
    fired: list[tuple[str, dict]] = []
    try:
        for number, name in enumerate(facts):
            taken: set[int] = set()
            # The first fact always fires a rule: a session in which nothing ever fired must not be deleted.
            for fact in ({"f_sort": "s:init"}, *facts[name]):
                message = {**fact, "one": 1, "sid": str(number), "id": _unique_id(taken)}
                code, state = engine.assert_fact(handle, json.dumps(message))
                if code == 2:
                    raise EnginesDisagree("a fact was taken for one already observed")
                fired.extend(_drain(engine, handle, state))
                if len(fired) > MAX_FIRINGS:
                    raise EnginesDisagree("more firings than facts can explain")
            engine.delete_state(handle, str(number))
    finally:
        engine.delete_ruleset(handle)
    return [one for one in fired if one[0] != "init"]


def _engine():
    """The C module; where it is missing, say why: it is built from source and needs a compiler."""
    try:
        import durable_rules_engine
    except ImportError as error:
        raise MissingEngine(
            "durable-rules is not installed. It is built from source and needs a C compiler and Python's headers"
            " (Debian: apt-get install gcc python3-dev); then: pip install --force-reinstall durable-rules"
        ) from error
    return durable_rules_engine


def _drain(engine, handle: int, state: int) -> Iterable[tuple[str, dict]]:
    started = engine.start_action_for_state(handle, state)
    action = json.loads(started[1]) if started else None
    while action is not None:
        yield from action.items()
        following = engine.complete_and_start_action(handle, state)
        action = json.loads(following) if following else None


def _unique_id(taken: set[int]) -> str:
    number = len(taken)
    while (code := fnv1a(f"{number:08x}")) in taken:
        number += 1
    taken.add(code)
    return f"{number:08x}"


def fnv1a(text: str) -> int:
    """The 32-bit hash by which the engine tells facts and property names apart."""
    code = 2166136261
    for byte in text.encode():
        code = ((code ^ byte) * 16777619) & 0xFFFFFFFF
    return code


def _check_hashes(rules: Mapping[str, dict], facts: Mapping[str, Sequence[dict]]) -> None:
    names = {name for session in facts.values() for fact in session for name in fact} | {"one", "sid", "id", "f_sort"}
    if len({fnv1a(name) for name in names}) != len(names):
        raise EnginesDisagree("two property names have the same hash")
