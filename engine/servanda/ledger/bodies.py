"""What each kind of entry says. Nothing is ever edited: who erred adds a `correction`.

Texts come from people: at most 20 000 characters, without control characters other than line breaks and tabs.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from servanda.nearest import nearest
from servanda.problems import Problem, Unfit

LONGEST = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise Unfit("a text without control characters")
    if not text.strip():
        raise Unfit("a text that is not empty")
    return text


def _day(text: str) -> str:
    try:
        day = datetime.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        raise Unfit("a date such as 2019-03-31")
    return text


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text) or Decimal(text) <= 0:
        raise Unfit("an amount over zero with two decimals, such as 1234.56")
    return text


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_plain)]
Words = Annotated[str, Field(max_length=400), AfterValidator(_plain)]
Day = Annotated[str, AfterValidator(_day)]
Amount = Annotated[str, AfterValidator(_amount)]
Number = Annotated[int, Field(ge=1)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Body(BaseModel):
    """The base of all: nothing is converted, nothing unknown is taken."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Run(Body):
    """A check that was run: its receipt, the receipt's digest, and the JSON report as text, whose hash the receipt names."""

    receipt: dict
    receipt_sha256: Hash
    report: str


class Assessment(Body):
    """Whether a possibly material deviation is material ("wesentlich"), with reasons: a person's decision."""

    finding: Words
    run: Number
    material: bool
    reasons: Text


class Asked(Body):
    """One thing that is missing: facts of a type (of a role) up to a day, or a field of a record, who holds it, and the clause."""

    type: Words
    role: Words | None = None
    field: Words | None = None
    record: Words | None = None
    until: Day | None = None
    holder: list[Words]
    clause: Words


class Request(Body):
    """A request for what is missing, with the letter's text and the day until which an answer is asked for."""

    findings: Annotated[list[Words], Field(min_length=1)]
    run: Number
    missing: Annotated[list[Asked], Field(min_length=1)]
    text: Text
    due_on: Day


class Hearing(Body):
    """An opportunity to respond before anything is decided on a finding or a consequence."""

    subject: Words
    run: Number
    text: Text
    due_on: Day


class Answer(Body):
    """An answer to a request or a hearing (`to` is its number)."""

    to: Number
    received_on: Day
    text: Text


class Remedy(Body):
    """A breach was mended, or a loss made good."""

    finding: Words
    on: Day
    text: Text


class Waiver(Body):
    """All parties agreed not to hold to a duty; it counts in a later run once it is submitted as a fact."""

    finding: Words
    agreed_on: Day
    agreed_by: Annotated[list[Words], Field(min_length=2)]
    text: Text


class Proposal(Body):
    """The proposal to use funds elsewhere, as the agreement reserves it."""

    consequence: Words
    run: Number
    amount: Amount
    purpose: Text
    reasons: Text


class Confirmation(Body):
    """Another person's decision on a proposal."""

    proposal: Number
    confirmed: bool
    reasons: Text


class Attestation(Body):
    """What data cannot show, attested by a person for a finding of kind `attested`."""

    finding: Words
    run: Number
    note: Text


class Correction(Body):
    """What was wrong in an earlier entry (`of` is its number)."""

    of: Number
    text: Text


BODIES: dict[str, type[Body]] = {
    "run": Run, "assessment": Assessment, "request": Request, "hearing": Hearing, "answer": Answer, "remedy": Remedy, "waiver": Waiver,
    "proposal": Proposal, "confirmation": Confirmation, "attestation": Attestation, "correction": Correction,
}
_EXPECTED = {
    "string_type": "a text", "bool_type": "true or false", "int_type": "a whole number", "list_type": "a list", "dict_type": "a map of keys and values",
    "model_type": "a map of keys and values", "too_short": "a longer list", "greater_than_equal": "a whole number from 1 on",
    "string_too_long": "a shorter text", "string_pattern_mismatch": "64 hexadecimal digits",
}


def body_problems(kind: str, body: object) -> list[Problem]:
    """What does not fit in a body of that kind, each with its field."""
    if kind not in BODIES:
        return [Problem("unknown-entry-kind", found=str(kind)[:200], args={"known": ", ".join(BODIES), "near": str(kind)[:80]})]
    try:
        BODIES[kind].model_validate(body)
    except ValidationError as error:
        return [_problem(detail, BODIES[kind]) for detail in error.errors(include_url=False)]
    return []


def _problem(detail: dict, shape: type[Body]) -> Problem:
    column = ".".join(str(part) for part in detail["loc"]) or None
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return Problem("missing-entry-field", column=column)
    if kind == "extra_forbidden":
        known = tuple(shape.model_fields)
        close = nearest(str(detail["loc"][-1]), known)
        return Problem("unknown-entry-field", column=column, found=column, args={"known": ", ".join(known), "near": close[0] if close else ""})
    unfit = context.get("error")
    phrase = unfit.phrase if isinstance(unfit, Unfit) else _EXPECTED.get(kind, "a text")
    found = detail["input"]
    return Problem("invalid-entry-field", column=column, found=str(found)[:80] if isinstance(found, (str, int)) else None, args={"expected": phrase})
