"""What the body of each kind of entry holds: strict shapes, and the problems of a body that does not fit, all at once.

A day is a text such as 2021-09-30, an amount one such as 1234.56 (no floats anywhere). The report of a run is kept as the text of its JSON,
byte by byte, so that its hash is the one that the receipt names, and shares in it stay as they were written.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from servanda.ledger.entries import NotCanonical, canonical
from servanda.model import FIRST_DAY, LAST_DAY
from servanda.problems import Problem, Problems

TEXT_LIMIT, NAME_LIMIT, LIST_LIMIT, REPORT_LIMIT = 20_000, 500, 10_000, 500_000_000
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
LINE_ENDS = re.compile("[\t\n\r\u2028\u2029]")
_NOT_UTF8 = re.compile("[\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?", re.ASCII)
_DIGEST = re.compile("[0-9a-f]{64}", re.ASCII)


def _refused(code: str, **args: object) -> PydanticCustomError:
    return PydanticCustomError(code, "{problem}", {"problem": code, **args})


def _text(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise _refused("text-too-long", limit=TEXT_LIMIT)
    if found := CONTROL.search(text):
        raise _refused("control-character", sign=f"U+{ord(found[0]):04X}")
    if not text.strip():
        raise _refused("missing-value")
    return text


def _name(text: str) -> str:
    if len(_text(text)) > NAME_LIMIT:
        raise _refused("text-too-long", limit=NAME_LIMIT)
    if found := LINE_ENDS.search(text):
        raise _refused("control-character", sign=f"U+{ord(found[0]):04X}")
    return text


def _day(text: str) -> str:
    try:
        day = datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise _refused("invalid-date")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _refused("date-out-of-range")
    return text


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise _refused("invalid-amount")
    if not Decimal(text):
        raise _refused("out-of-range", bound="> 0")
    return text


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise _refused("entry-field-type", type="digest")
    return text


def _plain(value: dict) -> dict:
    try:
        canonical(value)
    except NotCanonical:
        raise _refused("entry-not-plain") from None
    return value


def _report(text: str) -> str:
    if len(text) > REPORT_LIMIT:
        raise _refused("text-too-long", limit=REPORT_LIMIT)
    if found := _NOT_UTF8.search(text):
        raise _refused("control-character", sign=f"U+{ord(found[0]):04X}")
    return text


def _distinct(names: list[str]) -> list[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise _refused("entry-repeated", name=name)
        seen.add(name)
    return names


Long = Annotated[str, AfterValidator(_text)]
Name = Annotated[str, AfterValidator(_name)]
Day = Annotated[str, AfterValidator(_day)]
Amount = Annotated[str, AfterValidator(_amount)]
Digest = Annotated[str, AfterValidator(_digest)]
Number = Annotated[int, Field(ge=1, le=2**53)]
Plain = Annotated[dict, AfterValidator(_plain)]


class Body(BaseModel):
    """The one base of all bodies: no unknown field, no silent conversion, no change afterwards."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class RunBody(Body):
    """A check that was made: its receipt, the digest of that, its summary, and the text of its JSON report."""

    receipt: Plain
    receipt_sha256: Digest
    summary: Plain
    report: Annotated[str, AfterValidator(_report)]


class AssessmentBody(Body):
    """Whether a person finds a possibly material deviation material, with the reasons."""

    finding: Name
    run: Number
    material: bool
    reasons: Long


class Wanted(Body):
    """One thing that is missing: a fact type or a field of a record, up to which day, who holds it, and the clause that obliges them."""

    type: Name
    role: Name | None = None
    field: Name | None = None
    record: Name | None = None
    until: Day | None = None
    holder: Annotated[list[Name], Field(max_length=100)]
    clause: Name | None = None


class RequestBody(Body):
    """A request for what is missing: the findings that wait for it, the letter's text, and the day by which an answer is due."""

    findings: Annotated[list[Name], Field(min_length=1, max_length=LIST_LIMIT), AfterValidator(_distinct)]
    run: Number
    missing: Annotated[list[Wanted], Field(max_length=LIST_LIMIT)]
    text: Long
    due_on: Day


class HearingBody(Body):
    """The opportunity to respond, on a finding or a consequence."""

    subject: Name
    run: Number
    text: Long
    due_on: Day


class AnswerBody(Body):
    """What came in answer to a request or a hearing (`to` is its number)."""

    to: Number
    received_on: Day
    text: Long


class RemedyBody(Body):
    """That and when a deviation was cured."""

    finding: Name
    on: Day
    text: Long


class WaiverBody(Body):
    """That the parties agreed to let a duty go; at least two of them."""

    finding: Name
    agreed_on: Day
    agreed_by: Annotated[list[Name], Field(min_length=2, max_length=100), AfterValidator(_distinct)]
    text: Long


class ProposalBody(Body):
    """A proposal to use funds elsewhere, under a consequence of a run."""

    consequence: Name
    run: Number
    amount: Amount
    purpose: Long
    reasons: Long


class ConfirmationBody(Body):
    """What a second person decides on a proposal."""

    proposal: Number
    confirmed: bool
    reasons: Long


class AttestationBody(Body):
    """What data cannot show and a person attests."""

    finding: Name
    run: Number
    note: Long


class CorrectionBody(Body):
    """What is to be said about an earlier entry; nothing is ever edited."""

    of: Number
    text: Long


BODIES: Mapping[str, type[Body]] = {
    "run": RunBody, "assessment": AssessmentBody, "request": RequestBody, "hearing": HearingBody, "answer": AnswerBody, "remedy": RemedyBody,
    "waiver": WaiverBody, "proposal": ProposalBody, "confirmation": ConfirmationBody, "attestation": AttestationBody, "correction": CorrectionBody,
}
KINDS = tuple(BODIES)
# What pydantic calls a value of another type, by the name that `ledger_texts.FIELD_TYPES` words.
_TYPES = {
    "string_type": "text", "int_type": "number", "greater_than_equal": "number", "less_than_equal": "number", "bool_type": "yes-no", "list_type": "list",
    "dict_type": "map", "model_type": "map", "model_attributes_type": "map",
}
_OWN_TYPE = "entry-field-type"


def body_of(kind: str, body: object) -> tuple[dict | None, list[Problem]]:
    """The body in full (fields that were left out are null), or None and every problem with its field."""
    if kind not in BODIES:
        return None, [Problem("unknown-value", column="kind", found=str(kind)[:200], args={"known": KINDS, "near": str(kind)[:200]})]
    try:
        return BODIES[kind].model_validate(body).model_dump(), []
    except ValidationError as invalid:
        return None, _problems(kind, invalid)


def heading_problems(author: object, subjects: object) -> list[Problem]:
    """What is wrong with an author or with subjects."""
    found: list[Problem] = []
    for name, value, shape in (("author", author, Name), ("subjects", subjects, tuple[Name, ...])):
        try:
            _adapter(shape).validate_python(value, strict=True)
        except ValidationError as invalid:
            found += _problems(name, invalid, name)
    return found


@cache
def _adapter(shape: object) -> TypeAdapter:
    return TypeAdapter(shape)


def _problems(kind: str, invalid: ValidationError, inside: str = "") -> list[Problem]:
    """Pydantic's errors as problems; the place is the path of the field, such as `missing.2.until`."""
    problems = Problems()
    for error in invalid.errors(include_url=False):
        column = ".".join(filter(None, (inside, *map(str, error["loc"])))) or "body"
        args = dict(error.get("ctx", {}))
        code = str(args.pop("problem", error["type"]))
        found = error["input"] if isinstance(error["input"], (str, int, float)) else type(error["input"]).__name__
        if code in ("control-character", "entry-repeated"):
            found = args.pop("sign", None) or args.pop("name", None)
        if code == "missing":
            code, found, args = "missing-value", None, {}
        elif code == "extra_forbidden":
            code, found, args = "entry-unknown-field", column, {"known": tuple(_fields(kind)), "near": column}
        elif code in ("too_short", "too_long"):
            code, args = "entry-list-length", {"least": args.get("min_length", 0), "most": args.get("max_length", LIST_LIMIT)}
            found = len(error["input"])
        elif code in _TYPES:
            code, args = _OWN_TYPE, {"type": _TYPES[code]}
        if code == "missing-value":
            args = {"label": column}
        problems.add(code, column=column, found=found, **args)
    return problems.sorted()


def _fields(kind: str) -> tuple[str, ...]:
    return tuple(BODIES[kind].model_fields) if kind in BODIES else ()
