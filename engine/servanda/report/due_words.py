"""Due dates in words, German and English: what, where, who, and what is left to do."""

from __future__ import annotations

import datetime

from servanda.due_dates import DueDate
from servanda.report.safe_text import safe_text
from servanda.report.words import day, figure, parties, place_name
from servanda.run import Run

_WEEKDAYS = {"de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}
UNCERTAIN = {"de": "nicht feststellbar, ob schon erledigt", "en": "cannot be determined whether done already"}
WAIVED = {"de": "einvernehmlich ausgenommen", "en": "waived by both parties"}


def weekday(date: datetime.date, lang: str) -> str:
    """The day with its weekday."""
    return f"{_WEEKDAYS[lang][date.weekday()]} {day(date, lang)}"


def month(date: datetime.date, lang: str) -> str:
    """The month in words, with its year."""
    return f"{_MONTHS[lang][date.month - 1]} {date.year}"


def days_ahead(date: datetime.date, as_of: datetime.date, lang: str) -> str:
    """How many days lie between."""
    days = (date - as_of).days
    if days == 1:
        return "tomorrow" if lang == "en" else "morgen"
    return f"in {days} days" if lang == "en" else f"in {days} Tagen"


def what(due: DueDate, lang: str) -> str:
    """The obligation's title."""
    return safe_text(due.obligation.title.of(lang))


def whose(due: DueDate, lang: str) -> str:
    """Who is to do it."""
    return safe_text(parties(due.pack, due.bearer, lang))


def agreement_name(due: DueDate, lang: str) -> str:
    """The agreement's name, or the programme."""
    if due.agreement is None:
        return "programme" if lang == "en" else "Programm"
    return safe_text(due.agreement.title)


def place(due: DueDate, lang: str) -> str:
    """The site and the record of a case, as far as there are any."""
    if due.record is None and ":" in (due.finding.site or ""):
        return safe_text(place_name(due.finding.site, due.pack, lang))
    return ": ".join(safe_text(part.id) for part in (due.site, due.record) if part)


def record_name(due: DueDate, lang: str) -> str:
    """The case that waits for its answer: its fact type and id."""
    return safe_text(f"{due.pack.vocabulary[due.record.type].label.of(lang)} {due.record.id}")


def left(due: DueDate, lang: str) -> str:
    """What is left to do, in a few words."""
    english = lang == "en"
    finding = due.finding
    if due.waived:
        return WAIVED[lang]
    if finding.kind == "answered":
        return "still open" if english else "noch nicht erledigt"
    if finding.kind == "delivered":
        return "to be delivered" if english else "noch vorzulegen"
    if finding.kind == "attended":
        least = figure(finding, finding.lower, lang)
        if finding.value is None:
            return f"no meeting known, needed {least}" if english else f"keine Sitzung bekannt, nötig {least}"
        now = figure(finding, finding.value, lang)
        return f"attendance {now}, needed {least}" if english else f"Teilnahme {now}, nötig {least}"
    number = f"{due.left:f}".replace(".", "." if english else ",") if not isinstance(due.left, int) else str(due.left)
    if finding.kind == "attested":
        several = len(due.bearer) > 1
        return f"attestation{'s' if several else ''} missing" if english else "Bestätigungen fehlen" if several else "Bestätigung fehlt"
    if finding.kind == "sites" and due.site:
        return "not met yet" if english else "noch nicht erfüllt"
    if finding.kind == "sites":
        return f"sites missing: {number}" if english else f"Standorte fehlen noch: {number}"
    unit = due.pack.vocabulary[finding.unit].label.of(lang) if finding.unit in due.pack.vocabulary else finding.unit
    have, least = figure(finding, finding.value, lang), figure(finding, finding.details["owed"], lang)
    return safe_text(f"{number} more ({unit}: {have} of {least})" if english else f"noch {number} ({unit}: {have} von {least})")


def left_out(run: Run, lang: str) -> str:
    """That bad records were left out, so that something may be missing here."""
    count = len(run.problems)
    if lang == "en":
        return f"{count} {'problem' if count == 1 else 'problems'}: bad records were left out"
    return f"{count} {'Problem' if count == 1 else 'Probleme'}: fehlerhafte Sätze wurden ausgelassen"


def notes(due: DueDate, lang: str) -> list[str]:
    """What a person should know beside it: moved, behind schedule, uncertain."""
    english = lang == "en"
    found = []
    if due.at_risk and not due.waived:
        found.append("behind schedule" if english else "im Rückstand")
    if due.moved:
        found.append(f"agreed: {weekday(due.day, lang)}" if english else f"vereinbart: {weekday(due.day, lang)}")
    if due.uncertain:
        found.append(UNCERTAIN[lang])
    return found
