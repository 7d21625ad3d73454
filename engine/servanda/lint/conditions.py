"""Conditions: those that no record can meet, those that every record meets, and duties that cannot be kept or broken because of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from servanda.conditions import Condition
from servanda.lint.logic import Fields, always, contradiction, implies
from servanda.lint.source import At, Noted, PackSource, noted
from servanda.pack_shapes import Obligation
from servanda.shapes import Shape


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition of the pack, the fields that it is about, where it stands, and the condition that narrows its records beforehand."""

    condition: Condition
    fields: Fields
    at: At
    where: str
    narrowed: Condition = Condition()


def placed_conditions(source: PackSource) -> Iterator[Placed]:
    """Every condition of a pack."""
    for one in source.pack.obligations:
        yield from _in_params(source, one, one.params, None, (one.kind,))
    head, file = source.pack.head, source.file("pack.yaml")
    for part, names in (("attendance", ("present", "not_invited")), ("waivers", ("effective",)), ("termination", ("where",))):
        shape = getattr(head, part)
        fact_type = source.pack.vocabulary.get(shape.facts) if shape else None
        for name in names if fact_type else ():
            yield Placed(getattr(shape, name), fact_type.fields, (file, (part, name)), f"{part}.{name}")
    for name, fact_type in source.pack.vocabulary.items():
        for field, declared in fact_type.fields.items():
            if declared.required_where:
                at = (source.file("vocabulary.yaml"), (name, "fields", field, "required_where"))
                yield Placed(declared.required_where, fact_type.fields, at, f"{name}.{field}.required_where")


def _in_params(source: PackSource, one: Obligation, shape: Shape, facts: str | None, path: tuple[str, ...]) -> Iterator[Placed]:
    facts = getattr(shape, "facts", facts)
    fact_type = source.pack.vocabulary.get(facts or "")
    fields = source.pack.head.sites.fields if one.kind == "sites" else fact_type.fields if fact_type else None
    narrowed = getattr(shape, "counts", Condition())
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        if isinstance(value, Shape):
            yield from _in_params(source, one, value, facts, (*path, name))
        elif isinstance(value, Condition) and name in shape.model_fields_set and fields is not None and name != "must":
            before = narrowed if name in ("granted", "withdrawn") else Condition()
            yield Placed(value, fields, source.of(one, *path, name), ".".join((one.id, *path, name)), before)


def contradictions(source: PackSource) -> Iterator[Noted]:
    """condition-contradicts: no record that may be submitted meets the condition: two tests exclude each other, or the field's declaration excludes
    the test. What rests on it never counts anything. Mend the test, or the declaration of the field."""
    for one in placed_conditions(source):
        whole = Condition((*one.narrowed.tests, *one.condition.tests), (*one.narrowed.any_of, *one.condition.any_of))
        if path := contradiction(source.pack, one.fields, whole):
            yield noted("condition-contradicts", (one.at[0], (*one.at[1], path)), one.where, path)


def idle(source: PackSource) -> Iterator[Noted]:
    """condition-idle: a test that every record meets, since its field is never empty or all its values are named. Leave it out."""
    for one in placed_conditions(source):
        for test in one.condition.tests:
            if always(source.pack, one.fields, test):
                yield noted("condition-idle", (one.at[0], (*one.at[1], test.path)), one.where, test.path)


def musts(source: PackSource) -> Iterator[Noted]:
    """must-unmeetable: no selected record can be as it must be, so that every one is a breach. never-breached: every selected record is as it must be,
    so that none ever is. Mend `where` or `must`."""
    for one in source.pack.obligations:
        fact_type = source.pack.vocabulary.get(getattr(one.params, "facts", ""))
        if one.kind != "each" or fact_type is None:
            continue
        where, must = one.params.where, one.params.must
        at, name = source.of(one, one.kind, "must"), f"{one.id}.{one.kind}.must"
        both = Condition((*where.tests, *must.tests), (*where.any_of, *must.any_of))
        if not contradiction(source.pack, fact_type.fields, where) and (path := contradiction(source.pack, fact_type.fields, both)):
            yield noted("must-unmeetable", (at[0], (*at[1], path)), name, path)
        elif implies(where, must) or not must.any_of and all(always(source.pack, fact_type.fields, test) for test in must.tests):
            yield noted("never-breached", at, name, one.id)


CHECKS = (contradictions, idle, musts)
