"""The rules as they stood on a day: what was amended with effect from a later day is not known yet.

An amendment is a new date in the rules, never an edit (contract section 3); so the rules of an earlier day are the same files without the
values that begin later. The first value of a figure also holds before its own day, and stays.
"""

from __future__ import annotations

import datetime
from dataclasses import replace

from servanda.figure_maps import in_pack
from servanda.model import Agreement
from servanda.pack_shapes import Obligation, Pack
from servanda.shapes import Figure


def pack_on(pack: Pack, day: datetime.date) -> Pack:
    """A pack as it stood on a day: without values, and without obligations, that come into force later; an end that lies ahead is not known."""
    dated = in_pack(pack, lambda figure: _on(figure, day))
    return replace(dated, obligations=tuple(_open_end(one, day) for one in dated.obligations if _begun(one, day)))


def agreement_on(agreement: Agreement, day: datetime.date) -> Agreement:
    """An agreement with its own parameters as they stood on a day."""
    return replace(agreement, parameters={name: _on(figure, day) for name, figure in agreement.parameters.items()})


def _on(figure: Figure, day: datetime.date) -> Figure:
    kept = tuple(one for one in figure.values if one[0] <= day) or figure.values[:1]
    return figure if len(kept) == len(figure.values) else replace(figure, values=kept)


def _begun(obligation: Obligation, day: datetime.date) -> bool:
    days = obligation.in_force
    return days is None or days.start is None or days.start <= day


def _open_end(obligation: Obligation, day: datetime.date) -> Obligation:
    days = obligation.in_force
    if days is None or days.end is None or days.end <= day:
        return obligation
    return replace(obligation, in_force=days.model_copy(update={"end": None}))
