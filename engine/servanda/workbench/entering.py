"""The forms of what people decide: for each kind of entry its fields, how they become a body, and what a link to its form carries."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from servanda.facts.values import Invalid, to_date, to_decimal
from servanda.ledger.entries import Entry

DAYS_TO_ANSWER = 14


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `sort`: text, day, amount, choice (yes or no), parties. `given` fields come from the link and are not typed."""

    name: str
    sort: str = "text"


# What is typed, by kind; `GIVEN` is what the link says it is about.
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "assessment": (Field("material", "choice"), Field("reasons")),
    "request": (Field("due_on", "day"), Field("text")),
    "hearing": (Field("due_on", "day"), Field("text")),
    "answer": (Field("received_on", "day"), Field("text")),
    "remedy": (Field("on", "day"), Field("text")),
    "waiver": (Field("agreed_on", "day"), Field("agreed_by", "parties"), Field("text")),
    "proposal": (Field("amount", "amount"), Field("purpose"), Field("reasons")),
    "confirmation": (Field("confirmed", "choice"), Field("reasons")),
    "attestation": (Field("note"),),
    "correction": (Field("text"),),
}
ABOUT = {
    "assessment": ("run", "finding"), "request": ("run", "finding"), "hearing": ("run", "subject"), "answer": ("to",), "remedy": ("run", "finding"),
    "waiver": ("run", "finding"), "proposal": ("run", "consequence"), "confirmation": ("proposal",), "attestation": ("run", "finding"), "correction": ("of",),
}
_NUMBERS = ("run", "to", "proposal", "of")
_UNNAMED = ("remedy", "waiver")  # whose bodies name no run


def about(kind: str, asked: Mapping[str, str]) -> dict[str, object] | None:
    """What a form is about, from the address or the form; None where that is missing or no number."""
    found: dict[str, object] = {}
    for name in ABOUT[kind]:
        text = asked.get(name, "")
        if name in _NUMBERS:
            if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
                return None
            found[name] = int(text)
        elif not text:
            return None
        else:
            found[name] = text[:500]
    return found


def body_of(kind: str, subject: Mapping[str, object], typed: Mapping[str, object], lang_texts: Mapping[str, str]) -> tuple[dict, dict[str, str]]:
    """The body of an entry from what was typed, and the mistakes by field; days and amounts may be written the German way."""
    body: dict[str, object] = {name: value for name, value in subject.items() if not (name == "run" and kind in _UNNAMED)}
    mistakes: dict[str, str] = {}
    for field in FIELDS[kind]:
        value = typed.get(field.name, "")
        try:
            body[field.name] = _read(field, value)
        except (Invalid, KeyError):
            mistakes[field.name] = lang_texts[field.sort]
    return body, mistakes


def _read(field: Field, value: object) -> object:
    if field.sort == "day":
        return to_date(str(value)).isoformat()
    if field.sort == "amount":
        return f"{Decimal(to_decimal(str(value))):.2f}"
    if field.sort == "choice":
        return {"yes": True, "no": False}[str(value)]
    if field.sort == "parties":
        if not value:
            raise KeyError(field.name)
        return list(value)
    if not str(value).strip():
        raise KeyError(field.name)
    return str(value)


def first_values(kind: str, today: datetime.date) -> dict[str, str]:
    """What a form holds before anybody typed: days that suggest themselves."""
    if kind in ("request", "hearing"):
        return {"due_on": (today + datetime.timedelta(days=DAYS_TO_ANSWER)).isoformat()}
    return {name: today.isoformat() for name in ("received_on", "on", "agreed_on") if any(field.name == name for field in FIELDS[kind])}


def referred(kind: str, subject: Mapping[str, object]) -> int | None:
    """The number of the entry that a form refers to, where it refers to one that is no run."""
    number = subject.get({"answer": "to", "confirmation": "proposal", "correction": "of"}.get(kind, ""))
    return number if isinstance(number, int) else None


def back_to(kind: str, subject: Mapping[str, object], entry: Entry | None) -> str:
    """The page to which one returns: the finding or consequence, else the case of the entry that is referred to."""
    from urllib.parse import quote

    if entry is not None:
        return f"/cases/{quote(entry.subjects[0], safe='/')}" if entry.subjects else f"/ledger/{entry.number}"
    finding = subject.get("finding") or (subject.get("subject") if subject.get("subject") and not _is_consequence(str(subject["subject"])) else None)
    if finding:
        return f"/runs/{subject['run']}/findings/{quote(str(finding), safe='/')}"
    return f"/runs/{subject['run']}/consequences/{quote(str(subject.get('consequence') or subject.get('subject')), safe='/')}"


def _is_consequence(subject: str) -> bool:
    """Ids of consequences have six parts, those of findings five."""
    return subject.count("/") == 5
