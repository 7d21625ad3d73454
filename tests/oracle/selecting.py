"""Which records a duty looks at, and what one measurement says."""

import calendar
import dataclasses
import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from . import records
from .conditions import all_of, holds

DAY = datetime.timedelta(days=1)
KEPT, TOLERATED, OUTSIDE, PENDING = "fulfilled", "tolerated", "outside", "pending"
UNKNOWN, NONE, NO_DUTY = "undetermined", "not_applicable", "no duty"


@dataclasses.dataclass
class Measured:
    outcome: str
    value: object
    lower: object = None
    upper: object = None
    at_risk: bool = False
    numbers: dict = dataclasses.field(default_factory=dict)  # what judgements compare beside these
    evidence: list = dataclasses.field(default_factory=list)  # the records counted, or those that surely break the bound
    unknown: list = dataclasses.field(default_factory=list)  # the records of which a condition or a belonging is unknown


def number(known, duty, written):
    return known.pack.number(written, duty.agreement, duty.first)


def in_scope(known, duty, record):
    """A site's duty looks at records of that site (unknown where the site is empty), others at all of the agreement."""
    if duty.record:
        return records.belongs(known, duty, record)
    field = known.pack.site_field(record.type)
    if duty.site is None or field is None:
        return True
    value = known.value(record, field)
    return None if value is None else value == duty.site["id"]


def in_window(known, duty, record):
    """ "by their own date; documents, funds and attestations to the calendar year in their `year`. A `term` duty takes
    all records of its scope, also earlier ones" """
    if duty.label == "term":
        return True
    year = known.pack.year_field(record.type)
    if year is not None:
        # reading: for an agreement year, the calendar year in which its window begins, so that a record counts once
        return record.values[year] == duty.first.year
    day = known.own_date(record)
    last = duty.last
    if duty.kind == "delivered":  # reading: what names no year may come until the deadline
        from .kinds_of_cases import delivery_day

        last = max(last, delivery_day(known, duty))
    return None if day is None else duty.first <= day <= last


def selected(known, duty, fact_type, where=None, of_site=True):
    """(record, True or None) for the records that are, or may be, selected by the condition in scope and window."""
    found = []
    for record in known.records(duty.owner, fact_type):
        tests = [holds(known, record, where), in_window(known, duty, record)]
        if of_site:
            tests.append(in_scope(known, duty, record))
        truth = all_of(tests)
        if truth is not False:
            found.append((record, truth))
    return found


def not_waived(known, found, waived):
    """ "cases dated on waived days are left out" """
    return [(record, truth) for record, truth in found if known.own_date(record) not in waived]


def up_to(known, duty):
    """ "Complete" means: declared up to the window's last day, or `as_of` if earlier"""
    return min(duty.last, known.as_of)


def complete(known, duty, fact_type, roles=None, day=None):
    return known.is_complete(duty.owner, fact_type, day or up_to(known, duty), roles)


def is_open(known, duty):
    """ "a window or a deadline whose last day is `as_of` is over" """
    return duty.last > known.as_of


def cents(amount):
    """ "Rounded to the cent, half a cent up" """
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def days_of(first, last):
    while first <= last:
        yield first
        first += DAY


def roles_of(duty, roles):
    return roles.get(duty.site["kind"], []) if isinstance(roles, dict) else roles


def share(value, of):
    return None if value is None or of in (None, 0) else Fraction(value) / Fraction(of)


def later_month(day, months, end):
    """The same day so many months later, or the month's last day where it has no such day (or where that is asked for)."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return datetime.date(day.year + year, month + 1, last if end else min(day.day, last))


def deadline(known, duty, within, day, year):
    """`{days}` or `{working_days}` from that day, or a fixed `{day, years_later}` counted from that year."""
    if "months" in within:
        day = later_month(day, int(number(known, duty, within["months"])), within.get("end_of_month") == "true")
        return day + int(number(known, duty, within.get("days", "0"))) * DAY
    if "days" in within:
        return day + int(number(known, duty, within["days"])) * DAY
    if "working_days" in within:
        return known.calendar.plus(day, int(number(known, duty, within["working_days"])))
    month, of_month = within["day"].split("-")
    later = int(number(known, duty, within.get("years_later", "0")))
    return datetime.date(year + later, int(month), int(of_month))
