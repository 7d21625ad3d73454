"""What in a pack may be read otherwise: its assumed parameters, and how much "ca." allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from servanda.figure_maps import in_obligation
from servanda.pack_shapes import Obligation, Pack, Parameter
from servanda.shapes import FIRST_DAY, Figure, Shape

WHOLE, FINE, CENT = Decimal(1), Decimal("0.0001"), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Lever:
    """A figure that can be moved: who uses it, in steps of what size, and between which values.

    `users` are the obligations that rest on it; `judged` the (judgement id, number of the deviation) whose thresholds it is. `least` is the
    smallest value that still says something (a minimum of 0 asks for nothing). `parameter` is None for "ca.".
    """

    kind: str
    name: str
    parameter: Parameter | None
    users: tuple[Obligation, ...]
    judged: tuple[tuple[str, str], ...]
    step: Decimal
    least: Decimal

    def moved(self, obligation: Obligation, value: Decimal) -> Obligation:
        """An obligation under the value."""
        literal = Figure(((FIRST_DAY, value),))
        if self.parameter is None:
            return replace(obligation, params=obligation.params.model_copy(update={"approximate": True, "tolerance": literal}))
        return in_obligation(obligation, lambda figure: literal if figure.parameter == self.name else figure)

    def limits(self, value: Decimal) -> tuple[Decimal, Decimal]:
        """The first and the last value that are tried around a value."""
        if self.step == FINE:
            return Decimal(0), max(Decimal(1), value)
        if self.parameter is None:
            return Decimal(0), max(Decimal(4), 2 * value)
        return self.least, max(4 * value, value + 12 * self.step)


def levers(pack: Pack) -> Iterator[Lever]:
    """Everything that may be read otherwise, in the pack's order; "ca." first."""
    counts = [one for one in pack.obligations if one.kind == "count"]
    about = tuple(one for one in counts if one.params.approximate)
    strict = tuple(one for one in counts if not one.params.approximate and not any(figure.parameter for _, figure in _figures(one.params)))
    for kind, users in (("about", about), ("if_about", strict)):
        if users:
            yield Lever(kind, "tolerance", None, users, (), WHOLE, Decimal(0))
    for name, parameter in pack.head.parameters.items():
        uses = {one.id: keys for one in pack.obligations if (keys := [key for key, figure in _figures(one.params) if figure.parameter == name])}
        judged = tuple(_judged(pack, name))
        if parameter.assumption and (uses or judged):
            users = tuple(one for one in pack.obligations if one.id in uses)
            keys = {key for found in uses.values() for key in found} | {number for _, number in judged}
            yield Lever("assumption" if users else "threshold", name, parameter, users, judged, _step(users, keys), _least(keys))


def now_in(lever: Lever, pack: Pack, obligation: Obligation | None) -> Callable[[object], Figure]:
    """A function from an agreement (None: the programme) to the figure that holds for it."""
    if lever.parameter is not None:
        return lambda agreement: (agreement.parameters.get(lever.name) if agreement else None) or lever.parameter.value
    own = obligation.params.tolerance if obligation and obligation.params.approximate else None
    figure = (own or pack.head.tolerance) if lever.kind == "about" else Figure(((FIRST_DAY, Decimal(0)),))
    if figure.parameter is None:
        return lambda _: figure
    return lambda agreement: (agreement.parameters.get(figure.parameter) if agreement else None) or pack.head.parameters[figure.parameter].value


def _figures(shape: Shape) -> Iterator[tuple[str, Figure]]:
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        if isinstance(value, Figure):
            yield name, value
        elif isinstance(value, Shape):
            yield from _figures(value)


def _judged(pack: Pack, name: str) -> Iterator[tuple[str, str]]:
    for judgement in pack.judgements:
        for pattern in judgement.when:
            for number, bounds in pattern.numbers.items():
                if any(figure.parameter == name for figure in bounds.values()):
                    yield judgement.id, number
        if judgement.accumulates and judgement.accumulates.at_least.parameter == name:
            yield judgement.id, ""


def _step(users: tuple[Obligation, ...], keys: set[str]) -> Decimal:
    """The smallest step that can matter: shares have four decimals, amounts and full-time equivalents two, everything else is whole."""
    kinds = {one.kind for one in users}
    if "at_least" in keys and "attended" in kinds or {"share_of_lower", "share_of_funds"} & keys:
        return FINE
    return CENT if "at_least" in keys or {"uncovered", "value"} & keys else WHOLE


def _least(keys: set[str]) -> Decimal:
    return Decimal(1) if keys & {"lower", "headcount", ""} else Decimal(0)
