"""Working days: Monday to Friday without the public holidays of the pack's calendar, as the table `calendar`.

`calendar` (day, working, number): `number` is how many working days lie up to and including the day, so that the n-th working
day after a day is the working day whose number is larger by n.
"""

from __future__ import annotations

import datetime
import functools
import threading
from collections.abc import Collection

import duckdb

from servanda.pack_shapes import CalendarShape
from servanda.problems import InvalidInput, Problem


class Holidays:
    """The public holidays of a calendar, loaded in a thread of their own: the library's import takes as long as a small run's
    queries, during which the interpreter is free."""

    def __init__(self, calendar: CalendarShape) -> None:
        self._calendar = calendar
        self._found: object = None
        self._thread = threading.Thread(target=self._load, daemon=True)
        self._thread.start()

    def _load(self) -> None:
        try:
            import holidays

            country, subdivision = self._calendar.country, self._calendar.subdivision
            self._found = functools.partial(holidays.country_holidays, country, subdiv=subdivision)
            self._found(years=2000)
        except Exception as error:  # noqa: BLE001 - raised where the days are asked for
            self._found = error

    def between(self, first: int, last: int) -> list[datetime.date]:
        """The holidays of the years from `first` to `last`, in order."""
        self._thread.join()
        if isinstance(self._found, NotImplementedError):
            named = f"{self._calendar.country} {self._calendar.subdivision or ''}".strip()
            expected = "a country and subdivision (ISO 3166) with known holidays"
            raise InvalidInput([Problem("invalid-definition", column="calendar", found=named, args={"expected": expected})])
        if isinstance(self._found, Exception):
            raise self._found
        return sorted(self._found(years=range(first, last + 1)))


def next_working_day(day: datetime.date, off: Collection[datetime.date]) -> datetime.date:
    """The day itself, or the first working day after it, where `off` are the public holidays."""
    while day.isoweekday() > 5 or day in off:
        day += datetime.timedelta(days=1)
    return day


def load_calendar(con: duckdb.DuckDBPyConnection, holidays: Holidays, first: datetime.date, last: datetime.date) -> None:
    """Create `calendar` for the days from `first` to `last`."""
    days_off = holidays.between(first.year, last.year)
    con.execute(
        """
        CREATE TABLE calendar AS
        WITH every AS (SELECT unnest(generate_series($first::DATE, $last::DATE, INTERVAL 1 DAY))::DATE AS day),
        marked AS (SELECT day, isodow(day) <= 5 AND NOT list_contains($off::DATE[], day) AS working FROM every)
        SELECT day, working, sum(working::INTEGER) OVER (ORDER BY day) AS number FROM marked
        """,
        {"first": first, "last": last, "off": days_off},
    )


def no_calendar(con: duckdb.DuckDBPyConnection) -> None:
    """An empty `calendar`, where nothing counts in working days."""
    con.execute("CREATE TABLE calendar (day DATE, working BOOLEAN, number BIGINT)")
