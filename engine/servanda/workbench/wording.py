"""Plain values of a report as people read them: days, moments, amounts. Filters of the templates; what is no such value is shown as it stands."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from servanda.report import words


def day(text: object, lang: str) -> str:
    """A day, given as a date or as ISO text."""
    if isinstance(text, datetime.date):
        return words.day(text, lang)
    try:
        return words.day(datetime.date.fromisoformat(str(text)), lang)
    except ValueError:
        return str(text)


def moment(at: datetime.datetime, lang: str) -> str:
    """A moment to the minute, in UTC, and saying so."""
    utc = at.astimezone(datetime.UTC)
    return f"{utc:%Y-%m-%d, %H:%M} UTC" if lang == "en" else f"{utc:%d.%m.%Y, %H:%M} Uhr (UTC)"


def amount(text: object, lang: str) -> str:
    """An amount in euros, given as decimal text."""
    try:
        return words.amount(Decimal(str(text)), lang)
    except InvalidOperation:
        return str(text)


def said(finding: Mapping, lang: str) -> str:
    """What a finding's message says beside its status."""
    status = words.status_word(finding["status"], lang)
    return finding["message"].removeprefix(f"{status}: ")


def consequence_id(consequence: Mapping, pack: str) -> str:
    """The id of a consequence: pack/agreement/site or -/consequence/year or term/attribution."""
    parts = (consequence["agreement"] or "-", consequence["site"] or "-", consequence["consequence"], consequence["year"] or "term")
    return "/".join(str(part) for part in (pack, *parts, consequence["attribution"]))


FILTERS = {"day": day, "moment": moment, "amount": amount, "said": said}
GLOBALS = {"status_word": words.status_word, "status_signs": words.STATUS_SIGNS}
