"""What is said of a finding under other readings, as frozen data; nothing here is worded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from servanda.shapes import Words

KINDS = ("assumption", "threshold", "about", "if_about")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finding's status, and whether it is possibly material."""

    status: str
    material: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """The nearest value in a direction at which a finding comes out otherwise, and how."""

    at: Decimal
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a figure may move before a finding comes out otherwise.

    `kind`: an `assumption` of the pack that the rule rests on, a `threshold` of a judgement, `about` (how much "ca." allows; 0 is the strict
    reading) or `if_about` (the rule is strict, and this is what "ca." would make of it). `name` is the parameter's, `tolerance` for "ca.".
    For every value from `low` to `high` the finding stands; `below` and `above` say where it turns (None: nowhere in `tried`, the first and
    the last value that were looked at). `others` are the outcomes of named values. `stands`: under every reading in the margin.
    """

    finding: str
    kind: str
    name: str
    value: Decimal
    outcome: Outcome
    low: Decimal
    high: Decimal
    below: Turn | None
    above: Turn | None
    tried: tuple[Decimal, Decimal]
    stands: bool
    unit: Words | None = None
    reason: Words | None = None
    others: tuple[tuple[Decimal, Outcome], ...] = ()
