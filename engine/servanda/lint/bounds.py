"""Bounds and time limits: those that nobody can keep, and those that nobody can break."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from servanda.kinds.params import Within
from servanda.lint.source import Noted, PackSource, figures_in, noted, written
from servanda.pack_shapes import Obligation
from servanda.shapes import Figure

YEAR_DAYS = 366
_WHOLE = ("count", "sites")
# The last day of a year on which a window of at least half the calendar year may begin (shorter ones ask for no delivery): 2 July.
_LATEST_START = (7, 2)


def _numbers(figure: Figure | None) -> list[Decimal]:
    return [number for _, number in figure.values] if figure else []


def order(source: PackSource) -> Iterator[Noted]:
    """bounds-out-of-order: on some day the lower bound lies above the upper one, through a parameter or a dated value. Lower one, or raise the other."""
    for one in source.pack.obligations:
        lower, upper = (source.value(getattr(one.params, name, None)) for name in ("lower", "upper"))
        for day in sorted({day for figure in (lower, upper) if figure for day, _ in figure.values}):
            low, high = _on(lower, day), _on(upper, day)
            if low is not None and high is not None and low > high:
                yield noted("bounds-out-of-order", source.of(one, one.kind, "lower"), f"{one.id}.{one.kind}.lower", f"{low} > {high}")
                break


def _on(figure: Figure | None, day: object) -> Decimal | None:
    """The value in force on a day; before the first day the first holds."""
    if figure is None:
        return None
    return next((number for since, number in reversed(figure.values) if since <= day), figure.values[0][1])


def signs(source: PackSource) -> Iterator[Noted]:
    """bound-negative: a figure below 0, which nothing that is counted can reach. bound-not-whole: whole things are counted, so only a whole bound
    can be met; write the next whole number. share-above-one: a share is at most 1 (100 %)."""
    for one in source.pack.obligations:
        for path, figure in figures_in(one.params, one.kind):
            numbers = _numbers(source.value(figure))
            at, where = source.of(one, *path), ".".join((one.id, *path))
            if any(number < 0 for number in numbers):
                yield noted("bound-negative", at, where, written(figure))
            if one.kind in _WHOLE and any(number != int(number) for number in numbers):
                yield noted("bound-not-whole", at, where, written(figure))
            if one.kind == "attended" and path[-1] == "at_least" and any(number > 1 for number in numbers):
                yield noted("share-above-one", at, where, written(figure))


def reach(source: PackSource) -> Iterator[Noted]:
    """bound-missing: neither a lower nor an upper bound, so nothing is asked. more-than-days: more meetings than the year has days.
    bound-unreachable: a site is one site, so no more than one can be asked of it; measure it for the agreement or the programme."""
    for one in source.pack.obligations:
        if one.kind not in _WHOLE:
            continue
        lower = _numbers(source.value(one.params.lower))
        at, where = source.of(one, one.kind, "lower"), f"{one.id}.{one.kind}.lower"
        if one.params.lower is None and one.params.upper is None:
            yield noted("bound-missing", source.of(one, one.kind), f"{one.id}.{one.kind}", one.kind)
        elif one.kind == "count" and one.period != "term" and any(number > YEAR_DAYS for number in lower):
            yield noted("more-than-days", at, where, written(one.params.lower), days=YEAR_DAYS)
        elif one.kind == "sites" and one.scope == "site" and any(number > 1 for number in lower):
            yield noted("bound-unreachable", at, where, written(one.params.lower))


def effect(source: PackSource) -> Iterator[Noted]:
    """bound-without-effect: no facts could break the bound: a lower one that the tolerance of "ca." swallows or that is 0, vacant days as many as the
    year has, a headcount of 0. Write the bound that is meant, or leave it out."""
    for one in source.pack.obligations:
        for name, figure, limit in _idle(source, one):
            numbers = _numbers(source.value(figure))
            if numbers and all(number >= limit if name == "max_vacancy_days" else number <= limit for number in numbers):
                yield noted("bound-without-effect", source.of(one, one.kind, name), f"{one.id}.{one.kind}.{name}", written(figure))
        if one.while_sites is not None and one.while_sites < 1:
            yield noted("bound-without-effect", source.of(one, "while_sites"), f"{one.id}.while_sites", one.while_sites)


def _idle(source: PackSource, one: Obligation) -> Iterator[tuple[str, Figure, Decimal | int]]:
    """(name, figure, the number from which on it asks for nothing)"""
    params = one.params
    if one.kind in _WHOLE and params.lower:
        tolerance = min(_numbers(source.value(source.pack.head.tolerance)) or [Decimal(0)])
        yield "lower", params.lower, tolerance if getattr(params, "approximate", False) else 0
    elif one.kind == "attended":
        yield "at_least", params.at_least, 0
    elif one.kind == "staffed":
        yield "headcount", params.headcount, 0
        if one.period != "term":
            yield "max_vacancy_days", params.max_vacancy_days, YEAR_DAYS - 1


def deadlines(source: PackSource) -> Iterator[Noted]:
    """deadline-unclear: none or several of `days`, `working_days`, `months` and `day`; keep one (months and days may add
    up). deadline-passed: days from the scope's first day, but a duty of
    every year: from the second year on the deadline is over before the year begins; make it a duty of the term, or name a fixed day.
    deadline-before-start: a term may begin after the fixed day of the same year; name a day of the next year, or set the finding aside."""
    for one in source.pack.obligations:
        within = getattr(one.params, "within", None)
        if not isinstance(within, Within):
            continue
        at, where = source.of(one, one.kind, "within"), f"{one.id}.{one.kind}.within"
        given = [name for name in ("days", "working_days", "months", "day") if getattr(within, name) is not None]
        if len(given) != 1 and given != ["days", "months"]:
            yield noted("deadline-unclear", at, where, ", ".join(given) or "–")
        elif one.kind == "delivered" and given != ["day"] and one.period != "term":
            yield noted("deadline-passed", at, where, given[0], period=one.period)
        elif one.kind == "delivered" and within.day and _before_start(one, within):
            yield noted("deadline-before-start", at, where, f"{within.day[0]:02}-{within.day[1]:02}", period=one.period)


def _before_start(one: Obligation, within: Within) -> bool:
    if within.years_later != 0:
        return within.years_later < 0
    return within.day < (_LATEST_START if one.period == "calendar_year" else (12, 31))


def attesting(source: PackSource) -> Iterator[Noted]:
    """bearer-cannot-attest: who owes the attestation is no choice of the field that names who attests. Add the party to its choices."""
    kept = source.pack.head.attestations
    fact_type = source.pack.vocabulary.get(kept.facts) if kept else None
    field = fact_type.fields.get(kept.party) if fact_type else None
    if field is None or not field.of:
        return
    for one in source.pack.obligations:
        for party in one.bearer if one.kind == "attested" else ():
            if party not in field.of:
                yield noted("bearer-cannot-attest", source.of(one, "bearer"), f"{one.id}.bearer", party, field=f"{kept.facts}.{kept.party}")


CHECKS = (order, signs, reach, effect, deadlines, attesting)
