"""The glossary in code: what the words of this project mean, as frozen data.

Agreement: who agreed what with whom, for which sites, for how long. Duty: an obligation for one scope and one period.
Finding: what was measured for a duty, with its status and evidence. Deviation: a finding with status `deviation`.
Judgement: an indication that deviations may be material. Consequence: what the agreement reserves for that case.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

STATUSES = ("fulfilled", "tolerated", "deviation", "unmet", "pending", "undetermined", "not_applicable", "waived")
MODALITIES = ("obligation", "task", "intention", "procedure")
SCOPES = ("programme", "agreement", "site", "record")
PERIODS = ("calendar_year", "agreement_year", "term")
REPAIRED = ("yes", "no", "open", "nothing")
LANGUAGES = ("de", "en")
FIRST_DAY = datetime.date(2000, 1, 1)
LAST_DAY = datetime.date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the agreement is carried out, active from `start` to `end` (both included)."""

    id: str
    name: str
    kind: str
    start: datetime.date
    end: datetime.date
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement under a pack. `title` is the field that names it in reports; `parameters` override the pack's; `sha256` is its file's."""

    id: str
    pack: str
    title: str
    start: datetime.date
    end: datetime.date
    sites: tuple[Site, ...]
    fields: Mapping[str, str | None] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A folder of facts (or a workbook that is one): whose, made when, by whom, what it declares complete: {(type, role or None): day}.

    `manifest` is the file that says so, `manifest_sheet` its sheet where that is a workbook.
    """

    path: str
    folder: str
    pack: str
    agreement: str | None
    submitted_on: datetime.date
    submitted_by: str
    complete: Mapping[tuple[str, str | None], datetime.date]
    withdraws: tuple[tuple[str, int], ...]
    sha256: str = ""
    manifest: str = ""
    manifest_sheet: str | None = None

    @property
    def tables_in(self) -> str:
        """The folder in which its tables lie: its path, or the folder of the workbook that it is."""
        return self.path.rpartition("/")[0] or "." if self.path == self.manifest else self.path


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that a finding rests on, where it stands."""

    type: str
    id: str
    submission: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class RunningCase:
    """A case that is not answered and whose day has not come: its record and the last day for the answer.

    `known`: that it is a case and unanswered is declared; `waived`: it is dated on a day that a waiver frees.
    """

    record: Evidence
    due_on: datetime.date
    known: bool
    waived: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """What an undetermined finding lacks: facts of a type (of a role) up to a day, or a field of a record, and who holds it."""

    type: str
    role: str | None
    field: str | None
    record: str | None
    until: datetime.date | None
    holder: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured for one duty. Amounts are Decimals with two places, shares Decimals with four, counts ints."""

    id: str
    obligation: str
    kind: str
    clauses: tuple[str, ...]
    bearer: tuple[str, ...]
    modality: str
    agreement: str | None
    site: str | None
    label: str
    start: datetime.date
    end: datetime.date
    status: str
    open: bool
    at_risk: bool
    value: int | Decimal | None
    lower: int | Decimal | None
    upper: int | Decimal | None
    unit: str
    material: bool
    judgements: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    evidence_total: int
    missing: tuple[Missing, ...]
    deadline: datetime.date | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the agreement reserves where deviations are material: proposed here, decided by a person."""

    consequence: str
    clause: str
    attribution: str
    agreement: str | None
    site: str | None
    year: int | None
    findings: tuple[str, ...]
    amount_at_stake: Decimal

    def order(self) -> tuple:
        """The order of a list of consequences: by agreement, site and year."""
        return (self.agreement or "", self.site or "", self.year or 0, self.consequence, self.attribution)


@dataclass(frozen=True, slots=True)
class UnilateralWaiver:
    """A waiver that is not agreed as the pack demands: it has no effect and is named in the report."""

    agreement: str | None
    obligation: str
    site: str | None
    evidence: Evidence
