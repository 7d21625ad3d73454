"""What is asked of an audit, and how the receipt of an earlier one is read to ask for the same again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from servanda.audit.tables import SCHEMA
from servanda.problems import InvalidInput, Problem
from servanda.report.formats import NAMES

BUCKET = 100  # agreements
MOST_IN_BUCKET = 10_000
MOST_BYTES = 256 * 1024**2  # of a receipt
Text = Annotated[str, Field(max_length=4000)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
# A relative path that stays below the folder of the audit.
ResultPath = Annotated[str, Field(pattern=r"^[^/\x00]+(/[^/\x00]+)*$", max_length=4000)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an audit: `reports` of single agreements in these formats and language, and how many agreements make a bucket."""

    reports: tuple[str, ...] = ()
    lang: str = "de"
    bucket: int = BUCKET


@dataclass(frozen=True, slots=True)
class Asked:
    """All that an audit was asked for, besides its files."""

    as_of: datetime.date
    known_on: datetime.date | None
    encoding: str | None
    wanted: Wanted


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Wanted(_Shape):
    reports: list[Literal[NAMES]]
    lang: Literal["de", "en"]
    bucket: Annotated[int, Field(ge=1, le=MOST_IN_BUCKET)]


class _Submission(_Shape):
    path: Text
    pack: Text | None
    agreement: Text | None
    submitted_on: datetime.date
    submitted_by: Text
    sha256: Sha256


class _Receipt(_Shape):
    schema_: Annotated[Literal[SCHEMA], Field(alias="schema")]
    engine: dict[Text, Text]
    as_of: datetime.date
    known_on: datetime.date | None
    encoding: Text | None
    wanted: _Wanted
    packs: dict[Text, Sha256]
    agreements: dict[Text, Sha256]
    submissions: list[_Submission]
    set_aside: list[Text]
    encodings: list[tuple[Text, Text]]
    results: dict[ResultPath, Sha256]


def read_receipt(file: Path) -> Mapping:
    """The receipt of an audit; `InvalidInput` where it is none."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError("too large for a receipt")
        found = json.loads(file.read_bytes())
        _Receipt.model_validate(found)
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput([Problem("no-receipt", file.as_posix(), found=_first(error))]) from error
    for name in found["results"]:
        if {".", ".."} & set(name.split("/")):
            raise InvalidInput([Problem("no-receipt", file.as_posix(), found=name)])
    return found


def _first(error: Exception) -> str | None:
    """The first place in a receipt that is not as it should be."""
    return ".".join(map(str, error.errors()[0]["loc"])) or None if isinstance(error, ValidationError) else None


def asked_of(receipt: Mapping) -> Asked:
    """What a receipt (as `read_receipt` gives it) says was asked for."""
    wanted = receipt["wanted"]
    known_on = receipt["known_on"] and datetime.date.fromisoformat(receipt["known_on"])
    return Asked(
        datetime.date.fromisoformat(receipt["as_of"]), known_on, receipt["encoding"], Wanted(tuple(wanted["reports"]), wanted["lang"], wanted["bucket"])
    )
