"""From obligation to duty: scopes, periods, windows."""

import dataclasses
import datetime

from . import records
from .pack import kind_of

DAY = datetime.timedelta(days=1)


@dataclasses.dataclass
class Duty:
    obligation: dict
    kind: str
    agreement: dict | None
    site: dict | None
    label: str
    year: int | None  # of a calendar year
    first: datetime.date  # the window
    last: datetime.date
    full_days: int  # of the period
    scope_first: datetime.date  # the scope's first day
    record: object = None  # of a record's duty
    since: datetime.date | None = None  # of a duty that follows from a breach: the day that was missed

    @property
    def rule(self):
        return self.obligation[self.kind]

    @property
    def owner(self):
        return self.agreement["id"] if self.agreement else None

    @property
    def place(self):
        if self.record:
            return f"{self.record.type}:{self.record.values['id']}"
        return self.site["id"] if self.site else None

    @property
    def in_year(self):
        """ "year (null for `term` duties)". reading: a year of the agreement counts as the year in which its window begins"""
        return None if self.label == "term" else self.first.year

    @property
    def days(self):
        return (self.last - self.first).days + 1


def site_days(known, agreement, site):
    last = min(site.get("to") or agreement["term"]["to"], known.ends[agreement["id"]])
    return site["from"], last


def scopes(known, obligation):
    """(agreement, site, active days' first and last) of every scope of that obligation."""
    if obligation["scope"] == "programme":
        if known.agreements:
            # "for the programme from the first evaluated agreement's start to the last one's end"
            first = min(a["term"]["from"] for a in known.agreements)
            yield None, None, first, max(known.ends.values())
        return
    for agreement in known.agreements:
        if obligation["scope"] == "agreement":
            yield agreement, None, agreement["term"]["from"], known.ends[agreement["id"]]
            continue
        for site in agreement["sites"]:
            if obligation.get("site_kind") in (None, site["kind"]):
                yield agreement, site, *site_days(known, agreement, site)


def years_after(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February. reading: the agreement's year then starts on 1 March
        return datetime.date(day.year + years, 3, 1)


def periods(known, obligation, agreement, last):
    """(label, calendar year, first, last) of the full periods up to `last`."""
    if agreement:
        term_first, term_last = agreement["term"]["from"], agreement["term"]["to"]
    else:
        term_first = min(a["term"]["from"] for a in known.agreements)
        term_last = max(a["term"]["to"] for a in known.agreements)
    if obligation["period"] == "term":
        yield "term", None, term_first, term_last  # as written: a termination shortens windows only
    elif obligation["period"] == "calendar_year":
        for year in range(term_first.year, last.year + 1):
            yield str(year), year, datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    else:
        number = 1
        while years_after(term_first, number - 1) <= last:
            yield f"Y{number}", None, years_after(term_first, number - 1), years_after(term_first, number) - DAY
            number += 1


def window(known, obligation, agreement, first, last):
    """ "While at least two sites are active": the window reaches from the first to the last such day in the period."""
    if "while_sites" not in obligation:
        return first, last
    spans = [site_days(known, agreement, site) for site in agreement["sites"]]
    wanted = known.pack.number(obligation["while_sites"], agreement, first)
    active = []
    day = first
    while day <= last:
        if sum(a <= day <= b for a, b in spans) >= wanted:
            active.append(day)
        day += DAY
    return (active[0], active[-1]) if active else (last, first - DAY)


def record_duties(known, obligation, missed):
    """Duties of single records. `missed` holds the missed days by (agreement, place, label) where the duty follows from a breach."""
    for agreement in known.agreements:
        for record, active_first, active_last in records.scope_days(known, obligation, agreement):
            for label, year, period_first, period_last in periods(known, obligation, agreement, active_last):
                first, last = max(active_first, period_first), min(active_last, period_last)
                since = None
                if missed is not None:
                    since = missed.get((agreement["id"], f"{record.type}:{record.values['id']}", label))
                    if since is None:
                        continue
                    first = min(since, last)
                full = (period_last - period_first).days + 1
                if label == "term":
                    full = (last - first).days + 1  # "A record's own days are the whole of its term: nothing is prorated"
                duty = Duty(obligation, kind_of(obligation), agreement, None, label, year, first, last, full, active_first, record, since)
                if first <= last and first <= known.as_of and in_force(obligation, first) and not short(duty) and not finished(obligation, last, active_last):
                    yield duty


def short(duty):
    """ "Yearly `delivered`, `attested` and `sites` duties arise only where the window is at least half of the full period" """
    return duty.label != "term" and duty.kind in ("delivered", "attested", "sites") and 2 * duty.days < duty.full_days


def finished(obligation, last, scope_last):
    """ "unfinished: only periods after which the scope goes on" """
    return obligation.get("unfinished") == "true" and last >= scope_last


def in_force(obligation, first):
    """ "`in_force`: duties only for windows that begin on these days" (docs/pack-format.md)"""
    days = obligation.get("in_force") or {}
    since, until = (datetime.date.fromisoformat(days[end]) if end in days else None for end in ("from", "to"))
    return (since is None or since <= first) and (until is None or first <= until)


def duties(known, obligations):
    for obligation in obligations:
        kind = kind_of(obligation)
        for agreement, site, active_first, active_last in scopes(known, obligation):
            for label, year, period_first, period_last in periods(known, obligation, agreement, active_last):
                first, last = max(active_first, period_first), min(active_last, period_last)
                if first <= last:
                    first, last = window(known, obligation, agreement, first, last)
                # "An empty window makes no duty." "A duty whose window starts after `as_of` is not reported."
                if first > last or first > known.as_of:
                    continue
                full = (period_last - period_first).days + 1
                duty = Duty(obligation, kind, agreement, site, label, year, first, last, full, active_first)
                if in_force(obligation, first) and not short(duty) and not finished(obligation, last, active_last):
                    yield duty
