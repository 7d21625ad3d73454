"""Periods, scopes and dated figures, held against counting days one by one."""

from __future__ import annotations

import datetime
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from servanda.duties import FIGURES, _dated, periods, scopes_of, spans_with_sites
from servanda.model import Agreement, Site
from servanda.shapes import Figure

DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2019, 12, 1)
LEAP = datetime.date(2020, 2, 29)
DAYS = st.dates(datetime.date(2010, 1, 1), datetime.date(2030, 12, 31))
SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12)), max_size=6).map(
    lambda pairs: [(FIRST + start * DAY, FIRST + (start + length) * DAY) for start, length in pairs]
)


def begins_on(start: datetime.date, year: int) -> tuple[int, int]:
    """The month and day on which an agreement year begins: those of the term, instead of 29 February in common years 1 March."""
    return (3, 1) if (start.month, start.day) == (2, 29) and year % 4 else (start.month, start.day)


@settings(max_examples=300, deadline=None)
@given(DAYS, st.integers(0, 4000))
@example(LEAP, 365)  # ends on 28 February 2021
@example(LEAP, 366)
@example(datetime.date(2019, 1, 1), 364)
@example(datetime.date(2019, 1, 1), 365)
def test_every_day_of_a_term_lies_in_one_year_of_each_kind(start: datetime.date, length: int) -> None:
    end = start + length * DAY
    found = periods(start, end)
    assert found[0] == ("term", "term", start, end)
    for period in ("calendar_year", "agreement_year"):
        rows = [(label, first, last) for name, label, first, last in found if name == period]
        assert all(one[2] + DAY == other[1] for one, other in zip(rows, rows[1:], strict=False)), "one after the other"
        assert rows[0][1] <= start <= rows[0][2] and rows[-1][1] <= end <= rows[-1][2], "none too many, none too few"
        if period == "calendar_year":
            assert all((first, last) == (datetime.date(int(label), 1, 1), datetime.date(int(label), 12, 31)) for label, first, last in rows)
        else:
            assert [label for label, _, _ in rows] == [f"Y{number}" for number in range(1, len(rows) + 1)] and rows[0][1] == start
            assert all((first.month, first.day) == begins_on(start, first.year) for _, first, _ in rows)


@settings(max_examples=300, deadline=None)
@given(SPANS, st.integers(1, 4))
def test_stretches_with_so_many_sites_are_those_that_days_show(spans: list[tuple[datetime.date, datetime.date]], at_least: int) -> None:
    found = spans_with_sites(spans, at_least)
    within = {day for first, last in found for day in (first + number * DAY for number in range((last - first).days + 1))}
    every = [FIRST + number * DAY for number in range(-1, 40)]
    assert within == {day for day in every if sum(first <= day <= last for first, last in spans) >= at_least}
    assert all(one[1] + DAY < other[0] for one, other in zip(found, found[1:], strict=False)), "in order, and as long as they can be"


NUMBERS = st.integers(0, 9).map(Decimal)
DATED = st.lists(st.tuples(DAYS, NUMBERS), min_size=1, max_size=4, unique_by=lambda pair: pair[0]).map(lambda pairs: tuple(sorted(pairs)))


@settings(max_examples=200, deadline=None)
@given(DATED, DATED, DAYS)
@example(((LEAP, Decimal(1)), (FIRST, Decimal(2)))[::-1], ((FIRST, Decimal(5)),), FIRST)
def test_each_day_has_the_figures_in_force_on_it(lower: tuple, upper: tuple, day: datetime.date) -> None:
    def in_force(values: tuple, day: datetime.date) -> Decimal:
        return next((number for since, number in reversed(values) if since <= day), values[0][1])

    rows = _dated({"lower": Figure(lower), "upper": Figure(upper)}, None, {})
    changes = [since for since, _ in (*lower, *upper)]
    for one in (day, *changes, *(since - DAY for since in changes), datetime.date(2000, 1, 1), datetime.date(2199, 12, 31)):
        (found,) = [row[2:] for row in rows if row[0] <= one <= row[1]]
        assert dict(zip(FIGURES, found, strict=True)) == dict.fromkeys(FIGURES) | {"lower": in_force(lower, one), "upper": in_force(upper, one)}


def test_an_agreement_that_ended_before_it_began_has_no_scope_and_others_have() -> None:
    start, end = datetime.date(2019, 1, 1), datetime.date(2020, 12, 31)
    given = [Agreement(name, "p", name, start, end, (Site(f"{name}-s", name, "x", start, end),)) for name in ("a", "b", "c")]
    found = scopes_of(given, {"b": datetime.date(2018, 12, 31), "c": datetime.date(2019, 6, 30)}, ())
    assert [row[1:4] + row[5:7] for row in found.scopes] == [
        ("agreement", "a", "", start, end), ("site", "a", "a-s", start, end),
        ("agreement", "c", "", start, datetime.date(2019, 6, 30)), ("site", "c", "c-s", start, datetime.date(2019, 6, 30)),
        ("programme", "", "", start, end),
    ]
