"""Working days: Monday to Friday without the public holidays of the pack's calendar, as the table `calendar`.

`calendar` (day, working, number): `number` is how many working days lie up to and including the day, so that the n-th working
day after a day is the working day whose number is larger by n.
"""

from __future__ import annotations

import datetime

import duckdb

from servanda.pack_shapes import CalendarShape


def load_calendar(con: duckdb.DuckDBPyConnection, calendar: CalendarShape, first: datetime.date, last: datetime.date) -> None:
    """Create `calendar` for the days from `first` to `last`."""
    import holidays

    days_off = sorted(holidays.country_holidays(calendar.country, subdiv=calendar.subdivision, years=range(first.year, last.year + 1)))
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
