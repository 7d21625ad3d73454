"""Selections: which records a part of an obligation looks at, and which of their fields it needs.

Kinds ask for selections; `facts.select` turns all of them into rows of one table, so that a kind's query never
names a fact type. Two obligations with the same selection share its rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from servanda.conditions import ALWAYS, Condition

SITES = "$sites"
SELF = "$self"
ALL = "$all"
_RECORD = "record:"


@dataclass(frozen=True, slots=True)
class Selection:
    """Records of `facts` for which `where` is true or unknown.

    `place` says how a record belongs to a scope: `site` by its field `site`, `agreement` by its submission only,
    `record:<type>` by being a record of that type or by the one field that refers to one.
    `keeps` and `excused` are further conditions, kept apart from the selection. `until`, `due`, `amount`, `person` name
    fields; `key` names the fields by which records are matched (`$self` is the record itself, `$all` the same for all). `by_id`: their order
    by id matters.
    """

    facts: str
    where: Condition = ALWAYS
    place: str = "site"
    keeps: Condition | None = None
    excused: Condition | None = None
    until: str | None = None
    due: str | None = None
    amount: str | None = None
    person: str | None = None
    key: tuple[str, ...] = ()
    by_id: bool = False

    @property
    def record(self) -> str | None:
        """The type whose records are the scopes, or None."""
        return self.place.removeprefix(_RECORD) if self.place.startswith(_RECORD) else None


def place_of_record(type_name: str) -> str:
    """The place of selections whose scopes are the records of a type."""
    return _RECORD + type_name


@dataclass(frozen=True, slots=True)
class Rest:
    """What a status rests on: `side` is `below`, `above`, `kept` or `answer`; complete must be `facts`, of the roles where named."""

    side: str
    facts: str
    roles: tuple[str, ...] = ()
