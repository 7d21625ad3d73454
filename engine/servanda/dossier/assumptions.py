"""What a finding rests on that the agreement's text does not say: the rule's own reading, parameters, thresholds of judgements."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from servanda.dossier.contents import Assumption
from servanda.model import Agreement, Finding
from servanda.pack_shapes import Judgement, Obligation, Pack
from servanda.shapes import Figure, Shape


def assumptions(
    finding: Finding, pack: Pack, obligation: Obligation, judgements: tuple[Judgement, ...], agreement: Agreement | None
) -> tuple[Assumption, ...]:
    """The assumptions, the rule's own first; parameters with the value that holds on the window's first day in this agreement."""
    found = [Assumption(obligation.assumption)] if obligation.assumption else []
    used = list(_figures(obligation.params))
    if finding.status == "tolerated":
        used.append(pack.head.tolerance)
    found += _parameters(used, pack, agreement, finding.start, None)
    for judgement in judgements:
        if judgement.assumption:
            found.append(Assumption(judgement.assumption, judgement=judgement.id))
        found += _parameters(_thresholds(judgement), pack, agreement, finding.start, judgement.id)
    return tuple(found)


def _figures(params: Shape) -> Iterator[Figure]:
    for name in type(params).model_fields:
        value = getattr(params, name)
        if isinstance(value, Shape):
            yield from _figures(value)
        elif isinstance(value, Figure):
            yield value


def _thresholds(judgement: Judgement) -> list[Figure]:
    found = [figure for pattern in judgement.when for compared in pattern.numbers.values() for figure in compared.values()]
    return [*found, *([judgement.accumulates.at_least] if judgement.accumulates else [])]


def _parameters(
    figures: list[Figure], pack: Pack, agreement: Agreement | None, day: datetime.date, judgement: str | None
) -> list[Assumption]:
    found = []
    for name in dict.fromkeys(figure.parameter for figure in figures if isinstance(figure, Figure) and figure.parameter):
        parameter = pack.head.parameters[name]
        if parameter.assumption:
            own = agreement.parameters.get(name) if agreement else None
            value = _on(own or parameter.value, day)
            found.append(Assumption(parameter.assumption, name, value, parameter.unit, judgement))
    return found


def _on(figure: Figure, day: datetime.date) -> str:
    """The value in force on a day; the first also holds before its own."""
    numbers = [number for valid_from, number in figure.values if valid_from <= day] or [figure.values[0][1]]
    return f"{numbers[-1]:f}"
