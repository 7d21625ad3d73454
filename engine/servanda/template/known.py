"""What a template offers to choose from: the agreement's sites, and the records that are known already."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from servanda.facts.assemble import Records
from servanda.pack_shapes import FactType, Pack

_DESCRIBING = ("date", "choice", "site", "text")


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record that a reference may name: its id, its own day, and what tells it from others."""

    id: str
    day: datetime.date | None
    about: str


KnownRecords = Mapping[str, tuple[KnownRecord, ...]]


def known_records(pack: Pack, agreement: str | None, records: Mapping[str, Records]) -> KnownRecords:
    """The records of the fact types that are referred to, newest first: those of the agreement (None: of the programme) and of the programme."""
    owners = {agreement or "", ""}
    return {name: _of(pack.vocabulary[name], records[name], owners) for name in referred(pack) if name in records}


def referred(pack: Pack) -> tuple[str, ...]:
    """The fact types that references point to, in the order of the vocabulary."""
    named = {declared.to for fact_type in pack.vocabulary.values() for declared in fact_type.fields.values() if declared.type == "reference"}
    return tuple(name for name in pack.vocabulary if name in named)


def _of(fact_type: FactType, records: Records, owners: set[str]) -> tuple[KnownRecord, ...]:
    found = {}
    for number, identity in enumerate(records.ids):
        if records.agreement[number] in owners:
            found[identity] = KnownRecord(identity, records.own_day[number], _about(fact_type, records, number))
    return tuple(sorted(sorted(found.values(), key=lambda one: one.id), key=lambda one: one.day or datetime.date.min, reverse=True))


def _about(fact_type: FactType, records: Records, number: int) -> str:
    """The values that describe a record: its day, choices, site and texts, as they are written."""
    parts = []
    for name, declared in fact_type.fields.items():
        value = records.columns[name][number]
        if declared.type in _DESCRIBING and value is not None and value != declared.empty and (declared.type != "date" or name == fact_type.date):
            parts.append(value.isoformat() if isinstance(value, datetime.date) else str(value))
    return ", ".join(parts)
