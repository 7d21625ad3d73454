"""The places of a pack at which something can be set: parameters, figures of obligations, thresholds of judgements, days.

A place is named as people would: `name` of a parameter, `tolerance`, `<obligation>.<key>`, `judgement.<id>.<number>.<comparison>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from servanda.pack_shapes import Judgement, Obligation, Pack, Pattern
from servanda.shapes import Figure, Shape

WHOLE, SHARE, NUMBER, BOOL, DAY, YEARDAY = "whole", "share", "number", "bool", "day", "yearday"
ALL = "*"
_NARROWEST = (WHOLE, SHARE, NUMBER)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a pack: `owner` (parameter, tolerance, obligation, judgement, consequence), its id and the keys below.

    `sort` says what may stand there: a `whole` number, a `share` up to 1, a `number` (not negative), `bool`, a `day`, a `yearday` (06-30).
    `now` is what stands there, `row` the line of an obligation.
    """

    owner: str
    id: str
    keys: tuple[str, ...]
    sort: str
    now: object
    file: str | None = None
    row: int | None = None


def places(pack: Pack) -> dict[str, Place]:
    """Every place of a pack by its name, in the order of its files."""
    sorts = _parameter_sorts(pack)
    head = f"{pack.folder}/pack.yaml"
    found = {name: Place("parameter", name, (), sorts.get(name, NUMBER), one.value, head) for name, one in pack.head.parameters.items()}
    found["tolerance"] = Place("tolerance", "", (), WHOLE, pack.head.tolerance, head)
    for obligation in pack.obligations:
        for keys, sort, now in _of_obligation(obligation):
            found[".".join((obligation.id, *keys))] = Place("obligation", obligation.id, keys, sort, now, obligation.file, obligation.row)
    for judgement in pack.judgements:
        found |= _of_judgement(judgement, f"{pack.folder}/judgements.yaml")
        if judgement.accumulates:
            name = f"judgement.{judgement.id}.accumulates.at_least"
            now = judgement.accumulates.at_least
            found[name] = Place("judgement", judgement.id, ("accumulates", "at_least"), WHOLE, now, f"{pack.folder}/judgements.yaml")
    for rule in pack.consequences:
        for attribution, pattern in rule.attributions.items():
            for keys, sort, now in _of_pattern(pattern):
                name = ".".join(("consequence", rule.id, attribution, *keys))
                found[name] = Place("consequence", rule.id, (attribution, *keys), sort, now, f"{pack.folder}/judgements.yaml")
    return found


def _of_judgement(judgement: Judgement, file: str) -> dict[str, Place]:
    """The thresholds; where several alternatives compare the same number, all of them together and, with a number before it, each."""
    asked: dict[tuple[str, ...], dict[str, tuple[str, Figure]]] = {}
    for number, pattern in enumerate(judgement.when, 1):
        for keys, sort, now in _of_pattern(pattern):
            asked.setdefault(keys, {})[str(number)] = (sort, now)
    found: dict[str, Place] = {}
    for keys, each in asked.items():
        sort, first = next(iter(each.values()))
        now = first if all(figure == first for _, figure in each.values()) else None
        found[".".join(("judgement", judgement.id, *keys))] = Place("judgement", judgement.id, (ALL, *keys), sort, now, file)
        for number, (_, own) in each.items() if len(each) > 1 else ():
            found[".".join(("judgement", judgement.id, number, *keys))] = Place("judgement", judgement.id, (number, *keys), sort, own, file)
    return found


def figure_sort(kind: str, keys: tuple[str, ...]) -> str:
    """What a figure of an obligation may be."""
    if keys == ("at_least",) and kind == "attended":
        return SHARE
    return NUMBER if keys == ("fte", "at_least") else WHOLE


def number_sort(name: str) -> str:
    """What a threshold for a number of a deviation may be."""
    return NUMBER if name.startswith("share_of") or name in ("uncovered", "value", "lower", "upper") else WHOLE


def figures_in(shape: Shape, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Figure]]:
    """The figures of a shape by their keys."""
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        if isinstance(value, Figure):
            yield (*keys, name), value
        elif isinstance(value, Shape):
            yield from figures_in(value, (*keys, name))


def _of_obligation(obligation: Obligation) -> Iterator[tuple[tuple[str, ...], str, object]]:
    yield from _of_shape(obligation.kind, obligation.params, ())
    if obligation.scope == "agreement":
        yield ("while_sites",), WHOLE, obligation.while_sites
    days = obligation.in_force
    yield ("in_force", "from"), DAY, days and days.start
    yield ("in_force", "to"), DAY, days and days.end


def _of_shape(kind: str, shape: Shape, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, object]]:
    for name, field in type(shape).model_fields.items():
        value, here = getattr(shape, name), (*keys, name)
        if isinstance(value, Shape):
            yield from _of_shape(kind, value, here)
        elif _may_be(field.annotation, Figure):
            yield here, figure_sort(kind, here), value
        elif _may_be(field.annotation, bool):
            yield here, BOOL, value
        elif here == ("within", "day"):
            yield here, YEARDAY, value
        elif here == ("within", "years_later"):
            yield here, WHOLE, value


def _may_be(annotation: object, wanted: type) -> bool:
    return annotation is wanted or any(_may_be(one, wanted) for one in get_args(annotation))


def _of_pattern(pattern: Pattern) -> Iterator[tuple[tuple[str, ...], str, Figure]]:
    for name, bounds in pattern.numbers.items():
        for comparison, figure in bounds.items():
            yield (name, comparison), number_sort(name), figure


def _parameter_sorts(pack: Pack) -> Mapping[str, str]:
    """What each parameter may be: what the strictest of its uses allows."""
    uses = [(figure.parameter, figure_sort(o.kind, keys)) for o in pack.obligations for keys, figure in figures_in(o.params)]
    uses.append((pack.head.tolerance.parameter, WHOLE))
    patterns = [one for judgement in pack.judgements for one in judgement.when]
    patterns += [one for rule in pack.consequences for one in rule.attributions.values()]
    uses += [(figure.parameter, sort) for pattern in patterns for _, sort, figure in _of_pattern(pattern)]
    uses += [(one.accumulates.at_least.parameter, WHOLE) for one in pack.judgements if one.accumulates]
    found: dict[str, str] = {}
    for name, sort in uses:
        if name and _NARROWEST.index(sort) < _NARROWEST.index(found.get(name, NUMBER)) + 1:
            found[name] = sort
    return found
