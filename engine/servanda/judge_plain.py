"""The plain evaluator of judgements: short and obvious, and run beside the forward-chaining one on every run."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence

from servanda.judge_facts import Deviation, Verdict, compares, enough_together, threshold
from servanda.pack_shapes import Pack, Pattern

Overrides = Mapping[str, Mapping[str, object]]


def judge_plainly(pack: Pack, deviations: Sequence[Deviation], overrides: Overrides) -> Verdict:
    """Judge all deviations in the order of the pack's judgements."""
    material: set[tuple[int, str]] = set()
    for judgement in pack.judgements:
        matching = [d for d in deviations if any(matches(p, d, pack, overrides) for p in judgement.when)]
        if judgement.year_before:
            seen = {(d.words["obligation"], d.agreement, d.site, d.year) for d in deviations if d.calendar}
            matching = [d for d in matching if d.calendar and (d.words["obligation"], d.agreement, d.site, d.year - 1) in seen]
        if judgement.accumulates:
            matching = _accumulated(judgement.accumulates, matching, {duty for duty, _ in material}, pack, overrides)
        material |= {(d.duty, judgement.id) for d in matching}
    found = {duty for duty, _ in material}
    consequences = {
        (d.duty, rule.id, attribution)
        for rule in pack.consequences for attribution, pattern in rule.attributions.items()
        for d in deviations if d.duty in found and matches(pattern, d, pack, overrides)
    }
    return Verdict(frozenset(material), frozenset(consequences))


def matches(pattern: Pattern, deviation: Deviation, pack: Pack, overrides: Overrides) -> bool:
    """Whether a deviation has all the words and numbers of a pattern."""
    for name, (wanted, excluded) in pattern.words.items():
        if wanted and deviation.words[name] not in wanted or deviation.words[name] in excluded:
            return False
    return all(
        compares(comparison, deviation.numbers.get(name), threshold(figure, pack, overrides, deviation.agreement, deviation.start))
        for name, bounds in pattern.numbers.items() for comparison, figure in bounds.items()
    )


def _accumulated(rule, matching: Sequence[Deviation], already: set[int], pack: Pack, overrides: Overrides) -> list[Deviation]:
    groups: dict[tuple[str, int | None], list[Deviation]] = defaultdict(list)
    for deviation in matching:
        if not (rule.not_yet_material and deviation.duty in already):
            groups[(deviation.agreement, deviation.year)].append(deviation)
    return [
        deviation
        for (agreement, year), members in groups.items()
        if enough_together(members, rule.different, threshold(rule.at_least, pack, overrides, agreement, group_day(members, year)))
        for deviation in members
    ]


def group_day(members: Sequence[Deviation], year: int | None) -> datetime.date:
    """The day on which a group's threshold is read: the first day of its year, or of its members' windows."""
    return datetime.date(year, 1, 1) if year else min(member.start for member in members)
