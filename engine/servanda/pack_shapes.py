"""What a pack consists of: the shapes of its YAML files (see docs/pack-format.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from servanda.conditions import ALWAYS
from servanda.problems import Unfit
from servanda.shapes import FIGURE_ZERO, Bool, ConditionField, Day, Figure, FigureField, Id, Ids, Int, Name, Names, Shape, Text, Texts, Words, said

FieldKind = Literal[
    "id", "text", "date", "year", "amount", "number", "bool", "choice", "choices", "site", "reference", "obligation"
]


def fold(text: str) -> str:
    """A header as it is compared."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def _str(value: object) -> object:
    return str(value) if isinstance(value, str) else value


def _patterns(value: object) -> object:
    if isinstance(value, list) and not value:
        raise Unfit("at least one pattern")
    return tuple(value) if isinstance(value, list) else value


def plain_choice(choices: object) -> object:
    """A Literal over plain strings, fed from YAML scalars."""
    return Annotated[choices, BeforeValidator(_str)]


class FieldType(Shape):
    """A field of a fact type, a site or an agreement."""

    type: plain_choice(FieldKind)
    label: Words
    required: Bool = False
    required_where: ConditionField | None = None
    of: dict[Name, Words] = Field(default_factory=dict)
    to: Name | None = None
    empty: Text | None = None
    min: Int | None = None
    above: Int | None = None
    not_before: Name | None = None
    completes: Bool = False


class FactType(Shape):
    """A table that may be submitted. `date` is the record's own day, `year` the calendar year that it belongs to, `one` a single record's name."""

    label: Words
    holder: Names
    fields: dict[Name, FieldType]
    date: Name | None = None
    year: Name | None = None
    key: Names = ("id",)
    one: Words | None = None

    @cached_property
    def header_names(self) -> Mapping[str, str]:
        """Field by what may stand in a header: its own name or its label, without regard to case or Unicode form."""
        names: dict[str, str] = {}
        for name, declared in self.fields.items():
            for written in (declared.label.de, declared.label.en):
                names.setdefault(fold(written), name)
        names.update((fold(name), name) for name in self.fields)
        return names

    @property
    def columns(self) -> Mapping[str, object]:
        """What a problem with a column names: the fields, and how else their headers may be written."""
        labels = [written for declared in self.fields.values() for written in (declared.label.de, declared.label.en)]
        return {"known": ", ".join(self.fields), "also": tuple(labels)}

    @property
    def roles(self) -> tuple[str, ...]:
        """The values of the field `role`, for declarations of completeness; empty where there is none."""
        return tuple(self.fields["role"].of) if "role" in self.fields else ()


class Parameter(Shape):
    """A figure with a name. `assumption` says why, where the agreement's text gives none."""

    value: FigureField
    unit: Words
    assumption: Words | None = None


class AgreementShape(Shape):
    """Which field names an agreement, and its own fields."""

    name: Name
    fields: dict[Name, FieldType]


class SiteShape(Shape):
    """The kinds of sites, and their own fields."""

    kinds: dict[Name, Words] = Field(default_factory=dict)
    fields: dict[Name, FieldType] = Field(default_factory=dict)


class CalendarShape(Shape):
    """Whose public holidays are no working days (ISO 3166 country and subdivision)."""

    country: Text
    subdivision: Text | None = None


class AttendanceShape(Shape):
    """Where attendance is recorded, and which state says what."""

    facts: Name
    meeting: Name
    present: ConditionField
    not_invited: ConditionField


class AttestationShape(Shape):
    """Where attestations are recorded."""

    facts: Name
    obligation: Name
    party: Name


class WaiverShape(Shape):
    """Where waivers are recorded; `effective` is what makes one count."""

    facts: Name
    obligation: Name
    until: Name
    agreed_on: Name
    effective: ConditionField


class TerminationShape(Shape):
    """Which record ends an agreement's term, and the field with its last day."""

    facts: Name
    where: ConditionField
    ends: Name


class LettersShape(Shape):
    """The clauses that letters to a party rest on: a right to information, and what may follow after the party was heard."""

    information_right: Text | None = None
    hearing: Text | None = None


class PackShape(Shape):
    """pack.yaml"""

    id: Id
    title: Words
    parties: dict[Name, Words]
    agreement: AgreementShape
    sites: SiteShape = Field(default_factory=SiteShape)
    calendar: CalendarShape
    tolerance: FigureField = FIGURE_ZERO
    parameters: dict[Name, Parameter]
    attendance: AttendanceShape | None = None
    attestations: AttestationShape | None = None
    waivers: WaiverShape | None = None
    termination: TerminationShape | None = None
    letters: LettersShape | None = None


class InForce(Shape):
    """The first and the last day on which a rule is in force; either may be open."""

    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")


class ForEach(Shape):
    """The records of which each is a scope of its own."""

    facts: Name
    where: ConditionField = Field(default=ALWAYS)


class ObligationShape(Shape):
    """An obligation without its kind's part."""

    id: Id
    title: Words
    rule: Words
    clauses: Texts
    bearer: Names
    modality: plain_choice(Literal["obligation", "task", "intention", "procedure"])
    scope: plain_choice(Literal["programme", "agreement", "site", "record"])
    period: plain_choice(Literal["calendar_year", "agreement_year", "term"])
    site_kind: Name | None = None
    while_sites: Int | None = None
    in_force: InForce | None = None
    for_each: ForEach | None = None
    after_breach_of: Id | None = None
    unfinished: Bool = False
    assumption: Words | None = None


class Clause(Shape):
    """One clause of the text in the register."""

    anchor: Text
    place: Words
    words: Words
    phrases: Texts = ()
    obligations: Ids = ()
    nothing_checked: Words | None = None
    unmeasured: Words | None = None


class Bound(Shape):
    """A comparison of a number in a judgement's pattern."""

    above: FigureField | None = None
    at_least: FigureField | None = None
    below: FigureField | None = None
    at_most: FigureField | None = None


class Excluded(Shape):
    """Values that a property must not have."""

    no: Texts = Field(alias="not")


class Accumulates(Shape):
    """At least so many different values of a property among the deviations of one agreement and year."""

    different: plain_choice(Literal["obligation", "record"])
    at_least: FigureField
    not_yet_material: Bool = True


class JudgementShape(Shape):
    """One judgement; `when` holds alternative patterns over the properties of a deviation."""

    id: Id
    clause: Text
    title: Words
    reason: Words
    assumption: Words | None = None
    when: Annotated[tuple[dict, ...], BeforeValidator(_patterns), said("patterns")]
    year_before: Bool = False
    accumulates: Accumulates | None = None


class AmountOf(Shape):
    """An amount of a fact type."""

    facts: Name
    amount: Name


class AtStake(Shape):
    """What could still be used elsewhere: funds less spending."""

    funds: AmountOf
    spending: AmountOf


class ConsequenceShape(Shape):
    """What follows from material findings, attributed by patterns."""

    id: Id
    clause: Text
    title: Words
    reason: Words
    attributions: dict[Name, Annotated[dict, said("pattern")]]
    notes: dict[Name, Words] = Field(default_factory=dict)
    amount_at_stake: AtStake | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """One norm of the pack, with its kind's parameters and the place where it is written."""

    id: str
    title: Words
    rule: Words
    clauses: tuple[str, ...]
    bearer: tuple[str, ...]
    modality: str
    scope: str
    period: str
    site_kind: str | None
    while_sites: int | None
    assumption: Words | None
    kind: str
    params: Shape
    file: str
    row: int
    in_force: InForce | None = None
    for_each: ForEach | None = None
    after_breach_of: str | None = None
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """One alternative of a judgement: words by property ({property: (wanted, excluded)}) and numbers by property."""

    words: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    numbers: Mapping[str, Mapping[str, Figure | object]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement, its patterns checked against what a deviation can be asked."""

    id: str
    clause: str
    title: Words
    reason: Words
    assumption: Words | None
    when: tuple[Pattern, ...]
    year_before: bool
    accumulates: Accumulates | None


@dataclass(frozen=True, slots=True)
class ConsequenceRule:
    """A consequence and the patterns that attribute it."""

    id: str
    clause: str
    title: Words
    reason: Words
    attributions: Mapping[str, Pattern]
    notes: Mapping[str, Words]
    amount_at_stake: AtStake | None


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that is known of one kind of agreement."""

    head: PackShape
    vocabulary: Mapping[str, FactType]
    obligations: tuple[Obligation, ...]
    judgements: tuple[Judgement, ...]
    consequences: tuple[ConsequenceRule, ...]
    clauses: tuple[Clause, ...]
    folder: str
    sha256: str = ""

    @property
    def id(self) -> str:
        """The pack's id."""
        return self.head.id

    def obligation(self, id: str) -> Obligation:
        """The obligation with this id; KeyError where there is none."""
        for obligation in self.obligations:
            if obligation.id == id:
                return obligation
        raise KeyError(id)


