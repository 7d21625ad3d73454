"""Judgements and consequences: those that can never come about, and those whose outcome depends on where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from servanda.lint.reachable import meets
from servanda.lint.source import Noted, PackSource, noted
from servanda.pack_shapes import Judgement, Obligation, Pattern


def _found_by(source: PackSource, judgement: Judgement) -> list[Obligation]:
    """The obligations whose deviations may have one of the judgement's patterns."""
    return [one for one in source.pack.obligations if any(meets(source, one, pattern, judgement.year_before) for pattern in judgement.when)]


def never(source: PackSource) -> Iterator[Noted]:
    """judgement-never: no obligation of the pack can deviate in the way that the pattern describes: no such kind, period or bearer together, a number that
    the kind does not have, or a threshold that cannot be reached. Mend the pattern, or leave it out."""
    for number, judgement in enumerate(source.pack.judgements):
        for position, pattern in enumerate(judgement.when):
            if not any(meets(source, one, pattern, judgement.year_before) for one in source.pack.obligations):
                at = (source.file("judgements.yaml"), ("judgements", number, "when", position))
                yield noted("judgement-never", at, f"{judgement.id}.when.{position}", judgement.id)


def attributions(source: PackSource) -> Iterator[Noted]:
    """attribution-never: nothing that a judgement can find is attributed by this pattern, so that the consequence never names it. Mend the pattern, or
    the judgements."""
    judged = {one.id for judgement in source.pack.judgements for one in _found_by(source, judgement)}
    for number, rule in enumerate(source.pack.consequences):
        for name, pattern in rule.attributions.items():
            if not any(one.id in judged and meets(source, one, pattern) for one in source.pack.obligations):
                at = (source.file("judgements.yaml"), ("consequences", number, "attributions", name))
                yield noted("attribution-never", at, f"{rule.id}.attributions.{name}", name)


def notes(source: PackSource) -> Iterator[Noted]:
    """note-unmatched: a note is pinned to an attribution that the consequence does not have, so that nobody reads it. Name the attribution, or leave it out."""
    for number, rule in enumerate(source.pack.consequences):
        for name in rule.notes:
            if name not in rule.attributions:
                at = (source.file("judgements.yaml"), ("consequences", number, "notes", name))
                yield noted("note-unmatched", at, f"{rule.id}.notes.{name}", name, known=", ".join(rule.attributions), near=name)


def accumulations(source: PackSource) -> Iterator[Noted]:
    """accumulation-unreachable: more different obligations are asked for than the patterns match. Lower `at_least`, or widen the patterns.
    accumulation-idle: a single deviation is enough, so that nothing accumulates. Raise `at_least`, or leave `accumulates` out."""
    for number, judgement in enumerate(source.pack.judgements):
        figure = source.value(judgement.accumulates.at_least) if judgement.accumulates else None
        if figure is None:
            continue
        values = [value for _, value in figure.values]
        at = (source.file("judgements.yaml"), ("judgements", number, "accumulates", "at_least"))
        where, there_are = f"{judgement.id}.accumulates.at_least", len(_found_by(source, judgement))
        if judgement.accumulates.different == "obligation" and min(values) > there_are:
            yield noted("accumulation-unreachable", at, where, min(values), there_are=there_are)
        elif max(values) <= 1:
            yield noted("accumulation-idle", at, where, max(values))


def _counts_rest(judgement: Judgement) -> bool:
    """Whether it counts only what no earlier judgement has found."""
    return judgement.accumulates is not None and judgement.accumulates.not_yet_material


def order(source: PackSource) -> Iterator[Noted]:
    """judgement-order: it counts only what is not yet material, but judgements after it find the same deviations: what it counts depends on where it stands.
    Put it last. judgement-circle: two judgements each count only what the other has not found: whichever stands first takes from the other. Let one of
    them count everything (`not_yet_material: false`), or part their patterns."""
    listed = list(enumerate(source.pack.judgements))
    found = [{one.id for one in _found_by(source, judgement)} for judgement in source.pack.judgements]
    for (number, first), (later, second) in combinations(listed, 2):
        if not _counts_rest(first) or not found[number] & found[later]:
            continue
        file = source.file("judgements.yaml")
        if _counts_rest(second):
            yield noted("judgement-circle", (file, ("judgements", later, "accumulates")), f"{second.id}.accumulates", second.id, other=first.id)
        else:
            yield noted("judgement-order", (file, ("judgements", number, "accumulates")), f"{first.id}.accumulates", first.id, other=second.id)


def covered(source: PackSource) -> Iterator[Noted]:
    """pattern-covered: whatever has this pattern has another one of the same judgement, too. Leave it out."""
    for number, judgement in enumerate(source.pack.judgements):
        for position, pattern in enumerate(judgement.when):
            others = [(at, other) for at, other in enumerate(judgement.when) if at != position and (other != pattern or at < position)]
            if any(_within(pattern, other) for _, other in others):
                at = (source.file("judgements.yaml"), ("judgements", number, "when", position))
                yield noted("pattern-covered", at, f"{judgement.id}.when.{position}", judgement.id)


def _within(narrow: Pattern, wide: Pattern) -> bool:
    """Whether all that has the narrow pattern surely has the wide one."""
    for name, (wanted, excluded) in wide.words.items():
        own_wanted, own_excluded = narrow.words.get(name, (frozenset(), frozenset()))
        if wanted and not (own_wanted and own_wanted <= wanted) or excluded and not (excluded <= own_excluded or own_wanted and not own_wanted & excluded):
            return False
    return all(narrow.numbers.get(name) == bounds for name, bounds in wide.numbers.items())


CHECKS = (never, attributions, notes, accumulations, order, covered)
