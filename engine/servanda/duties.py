"""Duties: obligations × scopes × periods, as the table `duty` (contract section 3).

One row a duty and variant: variant 0 is the duty as written; variant 1, only where a waiver fits, is the duty without
its waived days. Bounds are prorated here: the lower one to the days left; the upper one to the window, as facts on waived
days still count and a waiver must not harm whom it frees. A window is the period cut to the scope's active days; a rule that
is in force on certain days only makes duties for the windows that begin on them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from servanda.agreements import scope_days
from servanda.model import Agreement
from servanda.pack_shapes import Obligation, Pack
from servanda.selection import Rest, Selection
from servanda.shapes import Figure

FOREVER = datetime.date(2200, 12, 31)
FIGURES = ("lower", "upper", "tolerance", "required", "days", "working_days", "grace", "months", "times")


@dataclass(frozen=True, slots=True)
class Rule:
    """An obligation as its kind reads it: what it selects, what its statuses rest on, its numbers. One row of `rule`.

    `after` is the number of the rule whose breach makes its duties.
    """

    number: int
    obligation: Obligation
    site_kind: str
    parts: Mapping[str, Selection]
    rests: tuple[Rest, ...]
    figures: Mapping[str, Figure]
    fixed: tuple[int, int, int] | None = None
    prorated: bool = False
    half: bool = False
    month_end: bool = False
    from_end: bool = False
    after: int | None = None
    options: Mapping[str, bool] = field(default_factory=dict)


def anniversary(start: datetime.date, years: int) -> datetime.date:
    """The same day `years` later; of 29 February in a common year, 1 March."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return datetime.date(start.year + years, 3, 1)


def periods(start: datetime.date, end: datetime.date) -> list[tuple[str, str, datetime.date, datetime.date]]:
    """(period, label, first day, last day) of everything that touches a term: calendar years, agreement years, the term."""
    one = datetime.timedelta(days=1)
    found = [("term", "term", start, end)]
    for year in range(start.year, end.year + 1):
        found.append(("calendar_year", str(year), datetime.date(year, 1, 1), datetime.date(year, 12, 31)))
    number = 0
    while anniversary(start, number) <= end:
        found.append(("agreement_year", f"Y{number + 1}", anniversary(start, number), anniversary(start, number + 1) - one))
        number += 1
    return found


def spans_with_sites(days: Sequence[tuple[datetime.date, datetime.date]], at_least: int) -> list[tuple[datetime.date, datetime.date]]:
    """The stretches of days on which at least so many of the given stretches overlap."""
    one = datetime.timedelta(days=1)
    changes: dict[datetime.date, int] = {}
    for start, end in days:
        changes[start] = changes.get(start, 0) + 1
        changes[end + one] = changes.get(end + one, 0) - 1
    spans: list[tuple[datetime.date, datetime.date]] = []
    active, since = 0, None
    for day in sorted(changes):
        active += changes[day]
        if active >= at_least and since is None:
            since = day
        elif active < at_least and since is not None:
            spans.append((since, day - one))
            since = None
    return spans


@dataclass(frozen=True, slots=True)
class Scopes:
    """Rows of the tables `scope` (number, scope, agreement, place, site_kind, first, last, years) and `period` (number, years, period, while_sites,
    label, first, last, cut_first, cut_last): agreements of the same term, and the same days with sites, share their `years`."""

    scopes: list[tuple]
    periods: list[tuple]


def scopes_of(agreements: Iterable[Agreement], ended: Mapping[str, datetime.date], while_sites: Sequence[int]) -> Scopes:
    """The scopes of the evaluated agreements and of their programme. `ended` holds the last day of ended terms."""
    scopes: list[tuple] = []
    shared: dict[tuple, int] = {}
    terms = []
    for agreement in agreements:
        last = ended.get(agreement.id)
        terms.append((agreement, scope_days(agreement.start, agreement.end, last)))
        if terms[-1][1] is None:
            continue
        sites = [(site, scope_days(site.start, site.end, last)) for site in agreement.sites]
        active = tuple(days for _, days in sites if days) if while_sites else ()
        years = shared.setdefault((agreement.start, agreement.end, active), len(shared))
        scopes.append(("agreement", agreement.id, "", "", *terms[-1][1], years))
        scopes.extend(("site", agreement.id, site.id, site.kind, *days, years) for site, days in sites if days)
    living = [days for _, days in terms if days]
    if living:
        years = shared.setdefault((min(a.start for a, _ in terms), max(a.end for a, _ in terms), ()), len(shared))
        scopes.append(("programme", "", "", "", min(days[0] for days in living), max(days[1] for days in living), years))
    numbered = [(number, *row) for number, row in enumerate(scopes)]
    return Scopes(numbered, [row for key, years in shared.items() for row in _period_rows(years, *key, while_sites)])


def _period_rows(years: int, start: datetime.date, end: datetime.date, active: Sequence, while_sites: Sequence[int]) -> Iterator[tuple]:
    """The rows of `period` for a term."""
    for number, (period, label, first, last) in enumerate(periods(start, end)):
        yield (number, years, period, 0, label, first, last, first, last)
        for count in while_sites if active else ():
            row = _while(period, label, first, last, active, count)
            if row[-2] is not None:
                yield (number, years, *row)


def _while(period: str, label: str, start, end, active: Sequence, count: int) -> tuple:
    touching = [(max(first, start), min(last, end)) for first, last in spans_with_sites(active, count) if first <= end and last >= start]
    first = min((span[0] for span in touching), default=None)
    last = max((span[1] for span in touching), default=None)
    return (period, count, label, start, end, first, last)


def figure_rows(rules: Iterable[Rule], agreements: Iterable[Agreement], pack: Pack) -> list[tuple]:
    """Rows of `figure` (rule, agreement or "", valid_from, valid_to, then FIGURES): every rule's numbers in force.

    An agreement's own row exists only where its parameters change one of the rule's numbers.
    """
    rows: list[tuple] = []
    agreements = list(agreements)
    for rule in rules:
        rows.extend((rule.number, "", *row) for row in _dated(rule.figures, pack, {}))
        used = {figure.parameter for figure in rule.figures.values() if figure.parameter}
        for agreement in agreements:
            if used & set(agreement.parameters):
                rows.extend((rule.number, agreement.id, *row) for row in _dated(rule.figures, pack, agreement.parameters))
    return rows


def resolve(figure: Figure, pack: Pack, overrides: Mapping[str, object]) -> Figure:
    """The dated values of a figure, its parameter looked up."""
    if figure.parameter is None:
        return figure
    return overrides.get(figure.parameter) or pack.head.parameters[figure.parameter].value


def _dated(figures: Mapping[str, Figure], pack: Pack, overrides: Mapping[str, object]) -> list[tuple]:
    resolved = {name: resolve(figure, pack, overrides).values for name, figure in figures.items()}
    starts = sorted({day for values in resolved.values() for day, _ in values[1:]})
    edges = [datetime.date(1900, 1, 1), *starts, FOREVER]
    rows = []
    for start, end in zip(edges, edges[1:], strict=False):
        numbers = []
        for name in FIGURES:
            values = resolved.get(name)
            in_force = None
            for day, number in values or ():
                if in_force is None or day <= start:
                    in_force = number
            numbers.append(in_force)
        rows.append((start, end - datetime.timedelta(days=1), *numbers))
    return rows


DUTY_SQL = """
CREATE OR REPLACE TABLE duty_window AS
WITH cut AS (
  SELECT r.*, s.number AS scope_number, s.agreement, s.place, s.first AS scope_from, s.last AS scope_to,
    p.number AS period_number, p.label, p.first AS per_from, p.last AS per_to, b.since,
    CASE WHEN b.since IS NULL THEN greatest(p.cut_first, s.first) ELSE least(b.since, p.cut_last, s.last) END AS win_from, least(p.cut_last, s.last) AS win_to
  FROM rule r
  JOIN scope s ON s.scope = r.scope AND (r.site_kind = '' OR r.site_kind = s.site_kind)
  JOIN period p ON p.period = r.period AND p.years = s.years AND p.while_sites = r.while_sites
  LEFT JOIN breach b ON b.rule = r.after AND b.agreement = s.agreement AND b.place = s.place AND b.label = p.label
  WHERE r.after IS NULL OR b.since IS NOT NULL
), dated AS (
  SELECT c.*, c.win_to - c.win_from + 1 AS win_days, c.per_to - c.per_from + 1 AS per_days,
    f.lower AS bound_lower, f.upper AS bound_upper, coalesce(f.tolerance, 0) AS tolerance, f.required, f.days, f.working_days, f.grace,
    f.months, f.times, CASE WHEN c.from_end THEN c.win_to ELSE coalesce(c.since, c.scope_from) END AS counted_from,
    CASE WHEN c.kind <> 'delivered' THEN NULL
         WHEN c.fixed_month IS NOT NULL THEN make_date(year(c.win_from) + c.fixed_years, c.fixed_month, c.fixed_day)
         WHEN c.month_end THEN last_day(counted_from + to_months(f.months::INTEGER))
         WHEN f.months IS NOT NULL THEN (counted_from + to_months(f.months::INTEGER))::DATE + coalesce(f.days, 0)::INTEGER
         ELSE counted_from + f.days::INTEGER END AS deadline
  FROM cut c
  LEFT JOIN figure own ON own.rule = c.rule AND own.agreement = c.agreement AND c.agreement <> '' AND c.win_from BETWEEN own.valid_from AND own.valid_to
  JOIN figure f ON f.rule = c.rule AND f.agreement = coalesce(own.agreement, '') AND c.win_from BETWEEN f.valid_from AND f.valid_to
  WHERE c.win_from <= c.win_to AND c.win_from <= $as_of::DATE AND c.win_from BETWEEN c.in_force_from AND c.in_force_to
    AND NOT (c.unfinished AND c.win_to >= c.scope_to)
)
SELECT (scope_number * 4096 + rule) * 1024 + period_number AS duty, *,
  least(win_to, $as_of::DATE) AS last_day, win_to > $as_of::DATE AS win_open,
  CASE WHEN period = 'term' THEN DATE '1900-01-01' ELSE win_from END AS take_from,
  CASE WHEN period = 'term' THEN DATE '2200-12-31' WHEN kind = 'delivered' THEN greatest(win_to, deadline) ELSE win_to END AS take_to,
  CASE WHEN period = 'term' THEN DATE '1900-01-01' ELSE make_date(year(win_from), 1, 1) END AS year_from,
  CASE WHEN period = 'term' THEN DATE '2200-12-31' ELSE make_date(year(win_from), 12, 31) END AS year_to
FROM dated
WHERE NOT (half AND period <> 'term' AND 2 * win_days < per_days)
"""

VARIANT_SQL = """
CREATE OR REPLACE TABLE duty AS
WITH days_left AS (
  SELECT d.duty, count(*) FILTER (w.day BETWEEN d.win_from AND d.win_to) AS waived
  FROM duty_window d JOIN waived_day w USING (duty) GROUP BY d.duty
), variant AS (
  SELECT d.*, 0 AS variant, d.win_days AS days_left FROM duty_window d
  UNION ALL
  SELECT d.*, 1 AS variant, d.win_days - l.waived AS days_left FROM duty_window d JOIN days_left l USING (duty)
), bounded AS (
  SELECT *, CASE WHEN NOT prorated OR days_left = per_days THEN bound_lower
      WHEN bound_lower >= 1 AND 2 * days_left >= per_days THEN greatest(1, bound_lower::BIGINT * days_left // per_days)
      ELSE bound_lower::BIGINT * days_left // per_days END::DECIMAL(18,4) AS lower,
    CASE WHEN NOT prorated OR win_days = per_days THEN bound_upper
      ELSE (bound_upper::BIGINT * win_days + per_days - 1) // per_days END::DECIMAL(18,4) AS upper
  FROM variant
)
SELECT duty * 2 + variant AS run, *, greatest(lower - tolerance, 0)::DECIMAL(18,4) AS lower_wide, (upper + tolerance)::DECIMAL(18,4) AS upper_wide,
  prorated AND bound_lower >= 1 AND lower = 0 AS too_short
FROM bounded
"""
