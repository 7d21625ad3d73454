"""iCalendar (RFC 5545): one all-day event a due date, written by hand so that the same run gives the same bytes.

Events lie on the working day; the alarms count from the day as agreed, since `check` counts up to that day. UIDs depend on the
finding and its record alone, DTSTAMP and SEQUENCE on `as_of`, so that a later calendar replaces an earlier one. Problems become an event on
every day, since a calendar without events would look as if nothing were due. Nothing due becomes a journal entry: a calendar
must have a component (RFC 5545, 3.6).
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Sequence

from servanda import problem_texts
from servanda.due_dates import DueDate, due_dates
from servanda.model import FIRST_DAY
from servanda.problems import Problem
from servanda.report.due_words import UNCERTAIN, agreement_name, left, left_out, place, record_name, weekday, what, whose
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import MODALITY_WORDS, assumptions, day, places
from servanda.run import Run

ALARM_DAYS = (14, 3)
FOLD_OCTETS = 75
SHOWN_PROBLEMS = 50
TEXT_LIMIT = 2000
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def ics_report(run: Run, style: Style) -> str:
    """The calendar of everything that is still to be done."""
    return ics_calendar(due_dates(run), run, style)


def ics_calendar(due: Sequence[DueDate], run: Run, style: Style) -> str:
    """The calendar of the given due dates of a run."""
    english = style.lang == "en"
    name = f"servanda: {'due dates, as of' if english else 'Fristen, Stand'} {day(run.as_of, style.lang)}"
    parts = [line for one in due for line in _event(one, run, style)]
    return _calendar(name, parts or _nothing_due(run, style), style)


def ics_problems(problems: Sequence[Problem], style: Style) -> str:
    """A calendar that says on every day that nothing was evaluated; there is no other day that would be right."""
    english = style.lang == "en"
    noun = {"de": ("Problem", "Probleme"), "en": ("problem", "problems")}[style.lang][len(problems) != 1]
    title = f"servanda: {'NOT EVALUATED' if english else 'NICHT GEPRÜFT'} – {len(problems)} {noun}"
    lines = [
        "This calendar holds no due dates: the input could not be evaluated. It repeats daily so that nobody takes it for an empty calendar; "
        "delete the series once the input is mended." if english else
        "Dieser Kalender enthält keine Fristen: Die Eingabe konnte nicht geprüft werden. Der Eintrag steht an jedem Tag, damit niemand den Kalender "
        "für leer hält; löschen Sie die Serie, sobald die Eingabe behoben ist.", "",
    ]
    for problem in problems[:SHOWN_PROBLEMS]:
        at = ":".join(safe_text(part) for part in (problem.file, problem.sheet, problem.cell or problem.row, problem.column) if part)
        lines.append(f"{at or '–'}: {safe_text(problem_texts.message(problem, style.lang), TEXT_LIMIT)}")
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"… +{len(problems) - SHOWN_PROBLEMS}")
    event = [
        "BEGIN:VEVENT", "UID:not-evaluated@servanda.invalid", f"DTSTAMP:{_stamp(FIRST_DAY)}", *_all_day(FIRST_DAY), "RRULE:FREQ=DAILY", "TRANSP:TRANSPARENT",
        "PRIORITY:1", f"SUMMARY:{_text(title)}", f"DESCRIPTION:{_lines(lines)}", "END:VEVENT",
    ]
    return _calendar(title, event, style)


def _calendar(name: str, parts: Iterable[str], style: Style) -> str:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//servanda//servanda calendar//{style.lang.upper()}", "CALSCALE:GREGORIAN", f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}", *parts, "END:VCALENDAR",
    ]
    return "".join(folded(line) for line in lines)


def _event(due: DueDate, run: Run, style: Style) -> list[str]:
    lang = style.lang
    where = " · ".join(part for part in (agreement_name(due, lang), place(due, lang)) if part)
    title = f"{'? ' if due.uncertain else ''}{what(due, lang)} · {where} · {left(due, lang)}"
    labels = ",".join(_text(safe_text(due.pack.head.parties[name].of(lang))) for name in due.bearer)
    return [
        "BEGIN:VEVENT", f"UID:{uid(due.key)}", f"DTSTAMP:{_stamp(run.as_of)}", f"SEQUENCE:{max(0, (run.as_of - FIRST_DAY).days)}", *_all_day(due.working_day),
        "TRANSP:TRANSPARENT", f"STATUS:{'TENTATIVE' if due.uncertain else 'CONFIRMED'}", *(["PRIORITY:1"] if due.at_risk and not due.waived else []),
        f"CATEGORIES:{labels}", f"SUMMARY:{_text(title)}", f"DESCRIPTION:{_lines(_description(due, run, lang))}",
        *(line for days in ALARM_DAYS if not due.waived for line in _alarm(days + (due.working_day - due.day).days, title)), "END:VEVENT",
    ]


def _description(due: DueDate, run: Run, lang: str) -> list[str]:
    """The clause and the rule's words, who owes what, and how the day came about."""
    english = lang == "en"
    lines = [f"{safe_text(places(due.obligation, lang, due.pack), TEXT_LIMIT)}: {safe_text(due.obligation.rule.of(lang), TEXT_LIMIT)}", ""]
    lines.append(f"{'To do' if english else 'Zu tun'}: {left(due, lang)}")
    if due.record:
        written = f"{safe_text(due.record.submission)}/{safe_text(due.record.file)}:{due.record.row}"
        lines.append(f"{'Case' if english else 'Fall'}: {record_name(due, lang)} ({written})")
    lines.append(f"{'Who' if english else 'Wer'}: {whose(due, lang)} ({MODALITY_WORDS[due.obligation.modality][english]})")
    if due.site:
        lines.append(f"{'Site' if english else 'Standort'}: {safe_text(due.site.name)} ({safe_text(due.site.id)})")
    if due.at_risk and not due.waived:
        lines.append("Behind schedule" if english else "Im Rückstand")
    if due.moved:
        agreed, later = weekday(due.day, lang), weekday(due.working_day, lang)
        lines.append(
            f"The agreed day is {agreed}, no working day; the next one is {later}. The check counts what is there by the agreed day." if english else
            f"Vereinbart ist {agreed}, kein Arbeitstag; der nächste ist {later}. Die Prüfung zählt, was am vereinbarten Tag vorliegt."
        )
    if due.uncertain:
        lines.append(f"? {UNCERTAIN[lang]}")
    assumed = assumptions(due.obligation, lang)
    if assumed:
        lines.append(f"{'Assumption' if english else 'Annahme'}: {safe_text(assumed, TEXT_LIMIT)}")
    if run.problems:
        lines.append(left_out(run, lang))
    lines += ["", f"servanda, {'as of' if english else 'Stand'} {day(run.as_of, lang)}: {due.finding.id}"]
    return lines


def _nothing_due(run: Run, style: Style) -> list[str]:
    title = "nothing is due" if style.lang == "en" else "nichts ist fällig"
    left_out = f" ({len(run.problems)} {'problems' if style.lang == 'en' else 'Probleme'}!)" if run.problems else ""
    return [
        "BEGIN:VJOURNAL", f"UID:{uid('nothing-due')}", f"DTSTAMP:{_stamp(run.as_of)}", f"DTSTART;VALUE=DATE:{run.as_of:%Y%m%d}",
        f"SUMMARY:{_text(f'servanda: {title}{left_out}')}", "END:VJOURNAL",
    ]


def _alarm(days: int, title: str) -> list[str]:
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-P{days}D", f"DESCRIPTION:{_text(title)}", "END:VALARM"]


def uid(key: str) -> str:
    """A name that the same thing has in every calendar, whatever signs its ids hold."""
    return hashlib.sha256(key.encode()).hexdigest()[:32] + "@servanda.invalid"


def _all_day(date: datetime.date) -> list[str]:
    """The whole day; the end is exclusive (RFC 5545, 3.6.1)."""
    return [f"DTSTART;VALUE=DATE:{date:%Y%m%d}", f"DTEND;VALUE=DATE:{date + datetime.timedelta(days=1):%Y%m%d}"]


def _stamp(date: datetime.date) -> str:
    return f"{date:%Y%m%d}T000000Z"


def _lines(lines: Iterable[str]) -> str:
    return _text("\n".join(lines))


def _text(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11), without control characters and what UTF-8 cannot hold."""
    clean = _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """A content line of at most 75 octets a row, never split inside a character (RFC 5545, 3.1)."""
    rows, row, size = [], [], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > FOLD_OCTETS:
            rows.append("".join(row))
            row, size = [" "], 1
        row.append(sign)
        size += octets
    return "\r\n".join([*rows, "".join(row)]) + "\r\n"
