"""The figures of a pack, each replaced by what a function makes of it; everything else stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from servanda.pack_shapes import Judgement, Obligation, Pack, Pattern
from servanda.shapes import Figure, Shape

Turned = Callable[[Figure], Figure]


def in_shape(shape: Shape, turned: Turned) -> Shape:
    """A shape with its figures turned, also those of shapes within."""
    changed = {}
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        new = turned(value) if isinstance(value, Figure) else in_shape(value, turned) if isinstance(value, Shape) else value
        if new is not value:
            changed[name] = new
    return shape.model_copy(update=changed) if changed else shape


def in_obligation(obligation: Obligation, turned: Turned) -> Obligation:
    """An obligation with the figures of its kind's part turned; itself where nothing changes."""
    params = in_shape(obligation.params, turned)
    return obligation if params is obligation.params else replace(obligation, params=params)


def in_pattern(pattern: Pattern, turned: Turned) -> Pattern:
    """A pattern with its thresholds turned."""
    return replace(pattern, numbers={name: {sign: turned(one) for sign, one in bounds.items()} for name, bounds in pattern.numbers.items()})


def in_judgement(judgement: Judgement, turned: Turned) -> Judgement:
    """A judgement with its thresholds turned."""
    counted = judgement.accumulates and in_shape(judgement.accumulates, turned)
    return replace(judgement, when=tuple(in_pattern(one, turned) for one in judgement.when), accumulates=counted)


def in_pack(pack: Pack, turned: Turned) -> Pack:
    """A pack with all figures of obligations, judgements, consequences, parameters and its tolerance turned."""
    consequences = tuple(
        replace(rule, attributions={name: in_pattern(one, turned) for name, one in rule.attributions.items()}) for rule in pack.consequences
    )
    parameters: Mapping[str, Shape] = {name: in_shape(one, turned) for name, one in pack.head.parameters.items()}
    head = pack.head.model_copy(update={"tolerance": turned(pack.head.tolerance), "parameters": parameters})
    return replace(
        pack, head=head, obligations=tuple(in_obligation(one, turned) for one in pack.obligations),
        judgements=tuple(in_judgement(one, turned) for one in pack.judgements), consequences=consequences,
    )
