"""What a dossier holds, as frozen data: evidence rows, cures, assumptions, circumstances, timelines and curves.

Nothing here is worded: reports turn it into German or English. Amounts are Decimals with two places, days are dates.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from servanda.model import Agreement, Evidence, Finding, Missing, Site
from servanda.pack_shapes import Clause, FactType, Judgement, Obligation, Pack
from servanda.readings.contents import Reading
from servanda.shapes import Words

CURES = ("declare", "complete_field", "more", "present", "deliver", "answer", "attest", "consent_first", "refund", "waive")
CIRCUMSTANCES = ("counterparty_deviates", "one_sided_waiver", "later_consent", "refund", "vacancy")


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A record with what it says: values by declared field (references as the id of their record, empty fields left out).

    `state` is what the kind made of it: `counted`, `breaks` or `unknown`, of a meeting `present` or `absent`, of a post `near`
    (somebody was in it around its vacancies). `amount` is what of it is
    uncovered, `due_on` the last day for its answer and `answered_on` the day of that, where the kind knows such.
    """

    record: Evidence
    fact_type: FactType
    day: datetime.date | None
    values: Mapping[str, object]
    state: str = "counted"
    amount: Decimal | None = None
    due_on: datetime.date | None = None
    answered_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Cure:
    """Something that would still mend a finding (or settle what is unknown), one of `CURES`, and the last day for it.

    `left` is how much is missing: a number of records or attestations, of meetings to attend in a row, or an amount. With `tolerated` records
    (fewer than `left`) a duty of "ca." is within its tolerance. `holder` are the parties who can do it. `missing` is set where a declaration
    or a field is. A `waive` by all parties is always left and comes last; a finding with no other cure has none.
    """

    how: str
    left: int | Decimal | None = None
    day: datetime.date | None = None
    holder: tuple[str, ...] = ()
    missing: Missing | None = None
    tolerated: int | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something a finding rests on that the text does not say: its reason in the pack, and the parameter's name and value where it is one."""

    reason: Words
    parameter: str | None = None
    value: str | None = None
    unit: Words | None = None
    judgement: str | None = None


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Something that speaks for those who owe, one of `CIRCUMSTANCES`.

    `counterparty_deviates`: `finding` is a deviation of others alone in the same place and year. `one_sided_waiver`: `rows` is it.
    `later_consent`, `refund`: `rows`, and their `amount`. `vacancy`: on `days` of the `of` missed meetings the post was vacant.
    """

    kind: str
    finding: Finding | None = None
    rows: tuple[EvidenceRow, ...] = ()
    amount: Decimal | None = None
    days: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one finding. `before` and `after` are the findings of the same duty a year earlier and later, if there are.

    `readings` say for which other readings it stands; only where one finding is asked for, as they are found by measuring again.
    """

    finding: Finding
    pack: Pack
    obligation: Obligation
    clauses: tuple[Clause, ...]
    agreement: Agreement | None
    site: Site | None
    rows: tuple[EvidenceRow, ...]
    judgements: tuple[Judgement, ...]
    assumptions: tuple[Assumption, ...]
    cures: tuple[Cure, ...]
    circumstances: tuple[Circumstance, ...]
    before: Finding | None = None
    after: Finding | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A record on a timeline; `part` is the `state` of its row."""

    day: datetime.date
    part: str
    row: EvidenceRow


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened under one obligation in one scope over all its windows: records as points, vacancies as spans (first and last day)."""

    obligation: Obligation
    site: Site | None
    start: datetime.date
    end: datetime.date
    findings: tuple[Finding, ...]
    points: tuple[Point, ...]
    vacancies: tuple[tuple[datetime.date, datetime.date], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A day on which something was approved or spent, with the sums up to its end. `unlimited`: a consent without an amount is in force."""

    day: datetime.date
    approved: Decimal
    spent: Decimal
    unlimited: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Consents against spending at one site, over the term, as sums; `uncovered` is what its findings say, over all windows."""

    obligation: Obligation
    site: Site | None
    steps: tuple[Step, ...]
    uncovered: Decimal


@dataclass(frozen=True, slots=True)
class YearCounts:
    """The findings of an agreement in a calendar year (None: those of the whole term) by status, and how many of them are material."""

    year: int | None
    statuses: Mapping[str, int]
    material: int


@dataclass(frozen=True, slots=True)
class Overview:
    """An agreement at a glance. `at_stake` is an upper limit over all its consequences.

    `latest` is the last year with a closed yearly finding; `new` and `mended` compare it with the year before: duties that deviate now and
    did not, and the other way round (the finding of the latest year in both).
    """

    pack: Pack
    agreement: Agreement | None
    years: tuple[YearCounts, ...]
    at_stake: Decimal
    consequences: int
    latest: int | None
    new: tuple[Finding, ...]
    mended: tuple[Finding, ...]
