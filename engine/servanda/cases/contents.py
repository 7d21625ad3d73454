"""What rule tests consist of, as frozen data."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from servanda.model import Consequence, Finding

FIELDS = ("status", "value", "lower", "upper", "open", "at_risk", "material", "bearer", "judgements")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case expects of one finding: the values that it names (a subset of FIELDS), and the line on which it does."""

    obligation: str
    period: str
    site: str | None
    values: Mapping[str, object]
    row: int


@dataclass(frozen=True, slots=True)
class ExpectedConsequence:
    """A consequence that a case expects, with the values that it names."""

    consequence: str
    attribution: str
    values: Mapping[str, object]
    row: int


@dataclass(frozen=True, slots=True)
class Part:
    """One submission of a case. `complete` is a day (for the fact types that the case is about), a map as in a manifest; None: up to `as_of`."""

    facts: Mapping[str, list]
    complete: object = None
    submitted_by: str | None = None
    submitted_on: str | None = None
    withdraws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One case: facts in, expected findings out. `agreement` is laid over the pack's own for cases; `consequences` None: not looked at.

    `beside` names obligations whose deviations the case does not look at.
    """

    name: str
    file: str
    row: int
    as_of: datetime.date
    known_on: datetime.date | None
    agreement: Mapping[str, object]
    parts: tuple[Part, ...]
    programme: Part | None
    expect: tuple[Expected, ...]
    consequences: tuple[ExpectedConsequence, ...] | None
    beside: tuple[str, ...]

    @property
    def about(self) -> frozenset[str]:
        """The obligations that the case names."""
        return frozenset(one.obligation for one in self.expect)


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found for one case: its findings, those of the whole programme where the case looks at them, and its consequences."""

    findings: tuple[Finding, ...]
    consequences: tuple[Consequence, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing in which a case and the run differ.

    `kind`: `no-finding` (nothing is found for an expectation), `differs` (in `field`), `unexpected` (a deviation that is not expected), `needless`
    (an obligation in `beside` does not deviate), `no-consequence`, `unexpected-consequence`.
    """

    case: Case
    kind: str
    row: int
    obligation: str
    period: str | None = None
    site: str | None = None
    field: str | None = None
    expected: str | None = None
    found: str | None = None
