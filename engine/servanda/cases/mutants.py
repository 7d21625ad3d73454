"""Mutants: a pack with one change each, such as a bound moved by one or a selector dropped (mutation analysis, DeMillo, Lipton and Sayward 1978).

The changes are made on the typed shapes, so that a new kind's parameters are changed without a word here: figures move by a step, switches flip,
conditions lose a line, take another choice, or turn from "and" into "any", lists of roles lose or exchange one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from servanda.conditions import Condition, Test
from servanda.kinds.params import Within
from servanda.pack_shapes import Accumulates, FactType, Judgement, Obligation, Pack, Pattern
from servanda.shapes import Figure, Shape

# Bounds are whole numbers but for shares: a share is moved by a twentieth, as smaller steps need more meetings than a case has.
STEP, SHARE_STEP = Decimal(1), Decimal("0.05")
_OTHER_BOUND = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A pack with one change. `id` says what was changed where; `obligation` is the one whose cases look at it (None: those of all)."""

    id: str
    pack: Pack
    obligation: str | None
    judgement: str | None = None


def mutants(pack: Pack) -> Iterator[Mutant]:
    """All mutants of a pack, in the order of its files."""
    for place, obligation in enumerate(pack.obligations):
        for change, changed in _obligation(pack, obligation):
            others = (*pack.obligations[:place], changed, *pack.obligations[place + 1:])
            yield Mutant(f"{obligation.id}: {change}", replace(pack, obligations=others), obligation.id)
    for place, judgement in enumerate(pack.judgements):
        for change, changed in _judgement(pack, judgement):
            others = (*pack.judgements[:place], *([changed] if changed else []), *pack.judgements[place + 1:])
            yield Mutant(f"{judgement.id}: {change}", replace(pack, judgements=others), None, judgement.id)
    yield from _consequences(pack)
    for name in ("attendance", "waivers", "termination"):
        shape = getattr(pack.head, name)
        for change, changed in _shape(pack, shape, None, name) if shape else ():
            yield Mutant(change, replace(pack, head=pack.head.model_copy(update={name: changed})), None)


def _obligation(pack: Pack, obligation: Obligation) -> Iterator[tuple[str, Obligation]]:
    for change, params in _shape(pack, obligation.params, None, ""):
        yield f"{obligation.kind}.{change}", replace(obligation, params=params)
    if obligation.while_sites is not None:
        for step in (-1, 1):
            yield f"while_sites {obligation.while_sites} → {obligation.while_sites + step}", replace(obligation, while_sites=obligation.while_sites + step)
    if obligation.site_kind is not None:
        yield f"site_kind {obligation.site_kind} → any", replace(obligation, site_kind=None)
    other = next((party for party in pack.head.parties if party not in obligation.bearer), None)
    if other:
        yield f"bearer {', '.join(obligation.bearer)} → {other}", replace(obligation, bearer=(other,))
    modality = "obligation" if obligation.modality == "intention" else "intention"
    yield f"modality {obligation.modality} → {modality}", replace(obligation, modality=modality)


def _shape(pack: Pack, shape: Shape, facts: str | None, at: str) -> Iterator[tuple[str, Shape]]:
    """Each change of one field of a shape, or of a shape inside it."""
    facts = getattr(shape, "facts", None) or facts
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        if isinstance(shape, Within) and name == "end_of_month" and shape.months is None:
            continue  # no pack could say so
        for change, changed in _value(pack, value, facts, f"{at}.{name}".lstrip("."), shape):
            yield change, shape.model_copy(update={name: changed})


def _value(pack: Pack, value: object, facts: str | None, at: str, owner: Shape) -> Iterator[tuple[str, object]]:
    if isinstance(value, Figure):
        yield from _figure(pack, value, at)
    elif isinstance(value, bool):
        yield f"{at} {str(value).lower()} → {str(not value).lower()}", not value
    elif isinstance(value, Condition):
        yield from ((f"{at}: {change}", changed) for change, changed in _condition(pack, value, facts))
    elif isinstance(value, (Within, Shape)):
        yield from _shape(pack, value, facts, at)
    elif isinstance(owner, Within) and at.endswith(".day") and value:
        yield from _fixed_day(value, at)
    elif isinstance(owner, Within) and at.endswith(".years_later") and owner.day:
        yield f"{at} {value} → {value + 1}", value + 1
    elif at.endswith("roles"):
        yield from _roles(pack, value, facts, at)


def _figure(pack: Pack, figure: Figure, at: str) -> Iterator[tuple[str, Figure]]:
    values = pack.head.parameters[figure.parameter].value.values if figure.parameter else figure.values
    for place, (day, number) in enumerate(values):
        step = STEP if number == number.to_integral_value() and not (figure.parameter and _is_share(values)) else SHARE_STEP
        for moved in (number - step, number + step):
            if moved >= 0:
                yield f"{at} {number} → {moved}", Figure((*values[:place], (day, moved), *values[place + 1:]))


def _is_share(values: tuple) -> bool:
    return any(number != number.to_integral_value() for _, number in values)


def _fixed_day(value: tuple[int, int], at: str) -> Iterator[tuple[str, tuple[int, int]]]:
    day = datetime.date(2001, *value) if value != (2, 29) else datetime.date(2001, 2, 28)
    for step in (-1, 1):
        moved = day + datetime.timedelta(days=step)
        yield f"{at} {value[0]:02d}-{value[1]:02d} → {moved.month:02d}-{moved.day:02d}", (moved.month, moved.day)


def _condition(pack: Pack, condition: Condition, facts: str | None) -> Iterator[tuple[str, Condition]]:
    for place, test in enumerate(condition.tests):
        rest = (*condition.tests[:place], *condition.tests[place + 1:])
        yield f"without {test_text(test)}", Condition(rest, condition.any_of)
        for other in _other_tests(pack, test, facts):
            yield f"{test_text(test)} → {test_text(other)}", Condition((*condition.tests[:place], other, *condition.tests[place + 1:]), condition.any_of)
    if len(condition.tests) > 1:
        yield "and → any", Condition((), (*condition.any_of, tuple(Condition((test,)) for test in condition.tests)))
    for place, group in enumerate(condition.any_of):
        others = (*condition.any_of[:place], *condition.any_of[place + 1:])
        every = tuple(test for one in group for test in one.tests)
        yield "any → and", Condition((*condition.tests, *every), others)
        for number in range(len(group)):
            if len(group) > 1:
                yield f"any without its {number + 1}.", Condition(condition.tests, (*others, (*group[:number], *group[number + 1:])))


def _other_tests(pack: Pack, test: Test, facts: str | None) -> Iterator[Test]:
    declared = pack.vocabulary[facts].fields.get(test.path) if facts in pack.vocabulary else None
    choices = tuple(declared.of) if declared else ()
    if test.op in ("in", "contains", "not") and choices:
        for value in test.values:
            if len(test.values) > 1:
                yield replace(test, values=tuple(one for one in test.values if one != value))
        other = next((one for one in choices if one not in test.values), None)
        if other:
            yield replace(test, values=(other, *test.values[1:]))
    elif test.op == "in" and test.values in (("true",), ("false",)) or test.op == "given":
        yield replace(test, values=("false",) if test.values == ("true",) else ("true",))


def test_text(test: Test) -> str:
    """A test of a condition as its YAML says it, in a line."""
    values = ", ".join(test.values)
    return f"{test.path}: {values}" if test.op == "in" else f"{test.path}: {test.op} {values}"


def _roles(pack: Pack, value: object, facts: str | None, at: str) -> Iterator[tuple[str, object]]:
    """Roles as a list, or a list for each kind of site."""
    if isinstance(value, Mapping):
        for name, roles in value.items():
            for change, changed in _roles(pack, roles, facts, f"{at}.{name}"):
                yield change, {**value, name: changed}
        return
    holding: FactType | None = pack.vocabulary.get(pack.head.attendance.facts if pack.head.attendance and "where" in at else facts or "")
    known = holding.roles if holding else ()
    for place, role in enumerate(value):
        if len(value) > 1:
            yield f"{at} without {role}", (*value[:place], *value[place + 1:])
        other = next((one for one in known if one not in value), None)
        if other:
            yield f"{at} {role} → {other}", (*value[:place], other, *value[place + 1:])


def _judgement(pack: Pack, judgement: Judgement) -> Iterator[tuple[str, Judgement | None]]:
    yield "dropped", None
    for place, pattern in enumerate(judgement.when):
        others = (*judgement.when[:place], *judgement.when[place + 1:])
        at = f"when {place + 1}"
        if others:
            yield f"without {at}", replace(judgement, when=others)
        for change, changed in _pattern(pack, pattern):
            yield f"{at}: {change}", replace(judgement, when=(*judgement.when[:place], changed, *judgement.when[place + 1:]))
    yield f"year_before {str(judgement.year_before).lower()} flipped", replace(judgement, year_before=not judgement.year_before)
    if judgement.accumulates:
        for change, changed in _accumulates(pack, judgement.accumulates):
            yield change, replace(judgement, accumulates=changed)


def _accumulates(pack: Pack, accumulates: Accumulates) -> Iterator[tuple[str, Accumulates]]:
    for change, figure in _figure(pack, accumulates.at_least, "accumulates.at_least"):
        yield change, accumulates.model_copy(update={"at_least": figure})
    yield "accumulates.not_yet_material flipped", accumulates.model_copy(update={"not_yet_material": not accumulates.not_yet_material})


def _pattern(pack: Pack, pattern: Pattern) -> Iterator[tuple[str, Pattern]]:
    if len(pattern.words) + len(pattern.numbers) > 1:
        for name in pattern.words:
            yield f"without {name}", Pattern({key: one for key, one in pattern.words.items() if key != name}, pattern.numbers)
        for name in pattern.numbers:
            yield f"without {name}", Pattern(pattern.words, {key: one for key, one in pattern.numbers.items() if key != name})
    for name, bounds in pattern.numbers.items():
        for comparison, figure in bounds.items():
            rest = {key: one for key, one in bounds.items() if key != comparison}
            numbers = {**pattern.numbers, name: {**rest, _OTHER_BOUND[comparison]: figure}}
            yield f"{name} {comparison} → {_OTHER_BOUND[comparison]}", Pattern(pattern.words, numbers)
            for change, moved in _figure(pack, figure, f"{name}.{comparison}") if isinstance(figure, Figure) else ():
                yield change, Pattern(pattern.words, {**pattern.numbers, name: {**bounds, comparison: moved}})


def _consequences(pack: Pack) -> Iterator[Mutant]:
    for place, rule in enumerate(pack.consequences):
        for name in rule.attributions:
            left = {key: one for key, one in rule.attributions.items() if key != name}
            changed = replace(rule, attributions=left)
            others = (*pack.consequences[:place], changed, *pack.consequences[place + 1:])
            yield Mutant(f"{rule.id}: without the attribution {name}", replace(pack, consequences=others), None, rule.id)


