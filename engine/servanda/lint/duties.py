"""Duties that say the same as another one, or something else about the same thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import combinations

from servanda.kinds.params import Within
from servanda.lint.logic import implies
from servanda.lint.source import Noted, PackSource, noted, written
from servanda.pack_shapes import Obligation
from servanda.shapes import Figure, Shape


def twice(source: PackSource) -> Iterator[Noted]:
    """duty-twice: two obligations of the same parties measure the same over the same scope and period: a breach of one is a breach of both. Keep one, with
    the clauses of both. duty-implied: whoever keeps the one surely keeps the other, which then says nothing of its own. Leave it out, or say what it adds.
    Attestations are told apart by their obligation, so that two of them are never the same. Each duty is named once."""
    told: set[str] = set()
    measured = [one for one in source.pack.obligations if one.kind != "attested"]
    for one, other in _pairs(measured, lambda duty: (duty.kind, frozenset(duty.bearer), *_scope(duty))):
        found = _said_again(source, one, other)
        if found and found[1].id not in told:
            code, weak, strong = found
            told.add(weak.id)
            yield noted(code, source.of(weak, "id"), weak.id, weak.id, other=strong.id)


def _said_again(source: PackSource, one: Obligation, other: Obligation) -> tuple[str, Obligation, Obligation] | None:
    """(code, the duty that says nothing of its own, the one that says it already), if either does."""
    if one.params == other.params and one.site_kind == other.site_kind:
        return "duty-twice", other, one
    for weak, strong in ((other, one), (one, other)):
        if _covers(strong, weak) and _follows(source, weak, strong):
            return "duty-implied", weak, strong
    return None


def _scope(duty: Obligation) -> tuple[Hashable, ...]:
    """For what, and when, a duty is owed."""
    each = (duty.for_each.facts, duty.for_each.where) if duty.for_each else None
    return duty.scope, duty.period, duty.while_sites, each, duty.after_breach_of, duty.unfinished


def _pairs(duties: Iterable[Obligation], frame: Callable[[Obligation], Hashable]) -> Iterator[tuple[Obligation, Obligation]]:
    """Any two obligations with the same frame."""
    groups: dict[Hashable, list[Obligation]] = defaultdict(list)
    for duty in duties:
        groups[frame(duty)].append(duty)
    for group in groups.values():
        yield from combinations(group, 2)


def _covers(one: Obligation, other: Obligation) -> bool:
    """Whether `one` is owed wherever `other` is."""
    return one.site_kind in (None, other.site_kind)


def _follows(source: PackSource, weak: Obligation, strong: Obligation) -> bool:
    """Whether keeping `strong` surely means keeping `weak`, by what is written alone."""
    a, b = weak.params, strong.params
    if weak.kind == "count":
        if a.facts != b.facts or a.approximate != b.approximate or not (a.lower or a.upper):
            return False
        lower = a.lower is None or b.lower is not None and implies(b.where, a.where) and _at_most(source, a.lower, b.lower)
        upper = a.upper is None or b.upper is not None and implies(a.where, b.where) and _at_most(source, b.upper, a.upper)
        return lower and upper
    if weak.kind == "each":
        return a.facts == b.facts and implies(a.where, b.where) and implies(b.must, a.must)
    if weak.kind == "preceded":
        return a.facts == b.facts and implies(a.where, b.where) and a.by == b.by
    if weak.kind == "attended":
        return _same_but(a, b, "at_least") and _at_most(source, a.at_least, b.at_least)
    if weak.kind == "delivered":
        return a.facts == b.facts and implies(b.where, a.where) and _later(source, a.within, b.within)
    if weak.kind == "answered":
        return _same_but(a, b, "where", "within") and implies(a.where, b.where) and _later(source, a.within, b.within)
    if weak.kind == "staffed":
        return _same_but(a, b, "max_vacancy_days") and _at_most(source, b.max_vacancy_days, a.max_vacancy_days)
    return False


def _same_but(one: Shape, other: Shape, *names: str) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in type(one).model_fields if name not in names)


def _at_most(source: PackSource, low: Figure, high: Figure) -> bool:
    """Whether one figure is never above another: only told of figures that do not change with the days."""
    one, other = source.value(low), source.value(high)
    if one is None or other is None or len(one.values) > 1 or len(other.values) > 1:
        return low == high
    return one.values[0][1] <= other.values[0][1]


def _later(source: PackSource, late: Within, early: Within) -> bool:
    if late == early:
        return True
    if late.fixed and early.fixed:
        return late.fixed >= early.fixed
    same = [name for name in ("days", "working_days") if getattr(late, name) and getattr(early, name)]
    return len(same) == 1 and not late.fixed and not early.fixed and _at_most(source, getattr(early, same[0]), getattr(late, same[0]))


def differing(source: PackSource) -> Iterator[Noted]:
    """bounds-contradict: two obligations count the same records, over the same scope and period, but with other bounds, or one of them with "ca.". Where the
    text itself says both, set it aside with that reason; else mend one. Each duty is named once."""
    told: set[str] = set()
    counting = [one for one in source.pack.obligations if one.kind == "count"]
    for one, other in _pairs(counting, lambda duty: (duty.params.facts, duty.params.where, duty.scope, duty.period)):
        a, b = one.params, other.params
        overlap = one.site_kind is None or other.site_kind is None or one.site_kind == other.site_kind
        if overlap and other.id not in told and (a.lower, a.upper, a.approximate) != (b.lower, b.upper, b.approximate):
            told.add(other.id)
            where = f"{other.id}.count"
            args = {"other": one.id, "theirs": _bounds(a), "clauses": ", ".join(dict.fromkeys((*one.clauses, *other.clauses)))}
            yield noted("bounds-contradict", source.of(other, "count"), where, _bounds(b), duty=other.id, **args)


def _bounds(params: Shape) -> str:
    known = [f"{name} {written(figure)}" for name in ("lower", "upper") if (figure := getattr(params, name))]
    return ", ".join([*known, *(["ca."] if params.approximate else [])])


def kinds_of_sites(source: PackSource) -> Iterator[Noted]:
    """site-kind-uncovered: roles are given for each kind of site, but one is missing: there the duty does not exist. Name its roles, or the kind in
    `site_kind`."""
    for one in source.pack.obligations:
        roles = getattr(one.params, "roles", None)
        if isinstance(roles, dict) and one.site_kind is None:
            for kind in source.pack.head.sites.kinds:
                if kind not in roles:
                    yield noted("site-kind-uncovered", source.of(one, one.kind, "roles"), f"{one.id}.{one.kind}.roles", kind)


CHECKS = (twice, differing, kinds_of_sites)
