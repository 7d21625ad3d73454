"""From the text of a cell to a value, or to the code of what is wrong with it.

One function a type: it takes the trimmed, non-empty text and returns the value, or raises `Invalid`. The forms are
those of the contract, section 2, and nothing else: no guessing, no floats, no local dates.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection
from decimal import Decimal

from servanda.model import FIRST_DAY, LAST_DAY
from servanda.pack_shapes import FieldType
from servanda.shapes import CONTROL

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_GERMAN = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_AMOUNT = re.compile(r"(-?)(\d{1,12}|\d{1,3}(?:\.\d{3}){1,3}(?=,))(?:,(\d{1,2}))?", re.ASCII)
_AMOUNT_DOT = re.compile(r"-?\d{1,12}\.\d{1,2}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9._-]{1,200}", re.ASCII)
_IDS = re.compile(r"(?:[A-Za-z0-9._-]{1,200}\n)*[A-Za-z0-9._-]{1,200}", re.ASCII)
_BOOLS = {"true": True, "ja": True, "1": True, "false": False, "nein": False, "0": False}
_TEXT_LIMIT = 20_000
CENT = Decimal("0.01")


class Invalid(Exception):
    """A text that is no value of its type: `code` of the problem and what fills its words."""

    def __init__(self, code: str, **args: object) -> None:
        self.code, self.args_ = code, args
        super().__init__(code)


def to_date(text: str) -> datetime.date:
    """`2019-03-31` or `31.03.2019`, from 2000 to 2100."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _GERMAN.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise Invalid("invalid-date")
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise Invalid("invalid-date") from None
    if not FIRST_DAY <= date <= LAST_DAY:
        raise Invalid("date-out-of-range")
    return date


def to_decimal(text: str) -> Decimal:
    """`1234.56`, `1.234,56` or `1234,56`; at most two decimals, under 10**12."""
    if _AMOUNT_DOT.fullmatch(text):
        return Decimal(text).quantize(CENT) + 0
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise Invalid("invalid-amount")
    sign, whole, cents = match.groups()
    return Decimal(f"{sign}{whole.replace('.', '')}.{cents or '0'}").quantize(CENT) + 0


def to_year(text: str) -> int:
    """A whole year from 2000 to 2100."""
    if not _YEAR.fullmatch(text) or not FIRST_DAY.year <= int(text) <= LAST_DAY.year:
        raise Invalid("invalid-year")
    return int(text)


def to_bool(text: str) -> bool:
    """true/false, ja/nein, 1/0."""
    if text not in _BOOLS:
        raise Invalid("invalid-boolean")
    return _BOOLS[text]


def to_id(text: str) -> str:
    """Letters, digits, `-`, `_`, `.`"""
    if not _ID.fullmatch(text):
        raise Invalid("invalid-id")
    return text


def are_ids(texts: Collection[str | None]) -> bool:
    """Whether all these texts are ids as they stand, empty ones aside: one look at all of them, however many there are."""
    given = [text for text in texts if text]
    joined = "\n".join(given)
    return joined.count("\n") == len(given) - 1 and _IDS.fullmatch(joined) is not None


def to_text(text: str) -> str:
    """Any text without control characters, up to 20 000 characters."""
    if CONTROL.search(text):
        raise Invalid("control-character")
    if len(text) > _TEXT_LIMIT:
        raise Invalid("text-too-long", limit=_TEXT_LIMIT)
    return text


def parser(field: FieldType) -> Callable[[str], object]:
    """The function that types a field's text (sites, references and obligations are checked against what exists later)."""
    if field.type in ("choice", "choices"):
        return _choices(field)
    plain = {
        "id": to_id, "text": to_text, "date": to_date, "year": to_year, "amount": to_decimal, "number": to_decimal,
        "bool": to_bool, "site": to_id, "reference": to_id, "obligation": to_id,
    }[field.type]
    if field.min is None and field.above is None:
        return plain
    return _bounded(plain, field)


def _choices(field: FieldType) -> Callable[[str], object]:
    known = frozenset(field.of)

    def one(text: str) -> str:
        if text not in known:
            raise Invalid("unknown-value", known=", ".join(field.of), near=text)
        return text

    if field.type == "choice":
        return one
    return lambda text: tuple(dict.fromkeys(one(part.strip()) for part in text.split("|")))


def _bounded(plain: Callable[[str], object], field: FieldType) -> Callable[[str], object]:
    def check(text: str) -> object:
        value = plain(text)
        if field.min is not None and value < field.min:
            raise Invalid("out-of-range", bound=f"≥ {field.min}")
        if field.above is not None and value <= field.above:
            raise Invalid("out-of-range", bound=f"> {field.above}")
        return value

    return check
