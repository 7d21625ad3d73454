"""The data as Python values, agreement by agreement, for peers that take facts one by one; and the rows that they give."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb

from peers.data import AS_OF, TYPES, YEARS

Date = datetime.date


@dataclass
class Agreement:
    """An agreement with its sites, what is declared complete, and its facts by type as maps."""

    name: str
    first: Date
    last: Date
    sites: dict[str, tuple[Date, Date]] = field(default_factory=dict)
    until: dict[tuple[str, str], Date] = field(default_factory=dict)
    facts: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))

    def years(self) -> Iterator[tuple[int, Date, Date]]:
        """(year, first day, last day) of its term."""
        yield from windows(self.first, self.last)

    def known(self, name: str, last: Date, role: str = "") -> bool:
        """Whether a type is declared complete up to a day."""
        return self.until[name, role] >= last


def windows(first: Date, last: Date) -> Iterator[tuple[int, Date, Date]]:
    """The calendar years of a stretch of days, cut to it."""
    for year in YEARS:
        start, end = max(first, Date(year, 1, 1)), min(last, Date(year, 12, 31))
        if start <= end:
            yield year, start, end


def agreements(data: str) -> list[Agreement]:
    """All agreements, read at once."""
    con = duckdb.connect()

    def rows(name: str) -> list[dict]:
        found = con.execute(f"SELECT * FROM read_parquet('{data}/{name}.parquet')")  # noqa: S608
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    found = {row["agreement"]: Agreement(row["agreement"], row["first"], row["last"]) for row in rows("agreements")}
    for row in rows("sites"):
        found[row["agreement"]].sites[row["site"]] = (row["first"], row["last"])
    for row in rows("declared"):
        found[row["agreement"]].until[row["type"], row["role"]] = row["until"]
    for name in TYPES:
        for row in rows(name):
            found[row["agreement"]].facts[name].append(row)
    return list(found.values())


def steering_row(one: Agreement, site: str, year: int, first: Date, last: Date, count: int) -> tuple:
    """The row of a count of steering rounds."""
    days, whole = (last - first).days + 1, (Date(year, 12, 31) - Date(year, 1, 1)).days + 1
    lower, upper = 6 * days // whole, -(-12 * days // whole)
    lower = max(1, lower) if 2 * days >= whole else lower
    status = (
        "deviation" if count > upper else "not_applicable" if lower == 0 else "fulfilled" if count >= lower
        else "deviation" if one.known("meetings", last) else "undetermined"
    )
    return "steering-rounds-held", one.name, site, str(year), count, status


def coordinator_row(one: Agreement, year: int, last: Date, vacant: int) -> tuple:
    """The row of vacant days."""
    known = one.known("staffing", last, "district_coordinator")
    return "district-coordinator", one.name, None, str(year), vacant, ("fulfilled" if vacant <= 30 else "deviation") if known else "undetermined"


def consent_row(one: Agreement, site: str, year: int, last: Date, cents: int) -> tuple:
    """The row of what was spent without consent."""
    rests = "consents" if cents else "expenditures"
    status = ("deviation" if cents else "fulfilled") if one.known(rests, last) else "undetermined"
    return "consent-before-spend", one.name, site, str(year), cents / 100, status


def vacant_days(spans: Sequence[tuple[Date, Date]], first: Date, last: Date) -> int:
    """Days of a window on which none of the spans lies."""
    free, since = 0, first
    for start, end in sorted(spans):
        if start > since:
            free += max(0, (min(start, last + datetime.timedelta(days=1)) - since).days)
        since = max(since, end + datetime.timedelta(days=1))
    return free + max(0, (last - since).days + 1)


def uncovered(steps: Sequence[tuple[Date, int, int, int | None]]) -> Iterator[tuple[int, int]]:
    """(rid, cents without consent) of each payment; steps (day, 0 granted, 1 withdrawn or 2 paid, rid, cents or None) of one measure."""
    left = 0.0
    for _, kind, rid, cents in sorted(steps, key=lambda step: (step[0], step[1] == 2, step[2])):
        if kind == 0:
            left += float("inf") if cents is None else cents
        elif kind == 1:
            left = 0.0 if cents is None else max(0.0, left - cents)
        else:
            if cents > left:
                yield rid, int(cents - left)
            left = max(0.0, left - cents)


def write(rows: Sequence[tuple], out: str) -> None:
    """The rows as a Parquet file."""
    con = duckdb.connect()
    con.execute("CREATE TABLE found (obligation VARCHAR, agreement VARCHAR, site VARCHAR, label VARCHAR, value DECIMAL(18,2), status VARCHAR)")
    names = ("obligation", "agreement", "site", "label", "value", "status")
    columns = list(zip(*rows, strict=True)) or [[]] * len(names)
    values = ", ".join(f"unnest(${position})" for position in range(1, len(names) + 1))
    con.execute(f"INSERT INTO found SELECT {values}", [list(column) for column in columns])
    con.execute(f"COPY (SELECT * FROM found ORDER BY obligation, agreement, site, label) TO '{out}'")  # noqa: S608


__all__ = ["AS_OF", "agreements", "consent_row", "coordinator_row", "steering_row", "uncovered", "vacant_days", "windows", "write"]
