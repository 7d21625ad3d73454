"""Consents against spending at a site: two stepped sums over the term, and what was spent above what was approved, hatched."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement

from markupsafe import Markup

from servanda.dossier.contents import Curve, Step
from servanda.report.charts.axes import AmountScale, DayScale, round_steps, text_width
from servanda.report.charts.drawing import Table, canvas, figure, key, number, plain, shape, write
from servanda.report.words import amount, day

LISTED = 500  # rows of the table
_TOP, _BOTTOM, _PLOT = 34, 250, 560
_HEIGHT = 276
_WORDS = {
    "approved": ("bewilligt", "approved"), "spent": ("ausgegeben", "spent"), "over": ("mehr ausgegeben als bewilligt", "more spent than approved"),
    "unlimited": ("Zustimmung ohne Betrag", "consent without an amount"), "numbers": ("Zahlen als Tabelle", "The numbers as a table"),
    "empty": ("Weder Zustimmungen noch Ausgaben sind aufgezeichnet.", "Neither consents nor spending are recorded."),
    "last": ("Am {day}: {approved} bewilligt, {spent} ausgegeben.", "On {day}: {approved} approved, {spent} spent."),
    "open": ("Für mindestens eine Maßnahme gilt dann eine Zustimmung ohne Betrag.", "At least one measure then has a consent without an amount."),
    "above": ("Mehr ausgegeben als bewilligt: {spans}.", "More spent than approved: {spans}."),
    "never": ("Zu keinem Zeitpunkt war mehr ausgegeben als bewilligt.", "At no time was more spent than approved."),
    "span": ("vom {start} bis {end} um bis zu {most}", "from {start} to {end} by up to {most}"),
    "until_end": ("vom {start} an um bis zu {most}", "from {start} on by up to {most}"),
    "uncovered": (
        "Ohne vorherige Zustimmung ausgegeben, je Maßnahme gerechnet: {sum}. Die Linien zeigen Summen über alle Maßnahmen; "
        "was bei einer übrig ist, deckt keine andere.",
        "Spent without prior consent, measure by measure: {sum}. The lines are sums over all measures; what is left in one covers no other.",
    ),
    "caption": ("Summen am Ende jedes Tages mit einer Bewegung", "Sums at the end of each day with a movement"),
}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From the day of a step up to the day before the next: what holds meanwhile."""

    step: Step
    end: datetime.date

    @property
    def over(self) -> Decimal:
        """How much more is spent than approved; what is spent under a consent without an amount counts as approved already."""
        return max(self.step.spent - self.step.approved, Decimal(0))


def curve_chart(curve: Curve, lang: str, ids: str) -> Markup:
    """The curve of a site over its term (without a site: over the calendar years of its steps)."""
    days = _days(curve)
    ends = [*(step.day - datetime.timedelta(1) for step in curve.steps[1:]), days[1]]
    stretches = [_Stretch(step, end) for step, end in zip(curve.steps, ends, strict=False)]
    amounts = [Decimal(0), *(step.spent for step in curve.steps), *(step.approved for step in curve.steps)]
    ticks = round_steps(min(amounts), max(amounts))
    labels = [_axis_label(tick, lang) for tick in ticks]
    left = max(map(text_width, labels)) + 12
    scale = DayScale(*days, left, left + _PLOT)
    heights = AmountScale(ticks[0], ticks[-1], _TOP, _BOTTOM)
    picture = canvas(left + _PLOT + _side(curve, lang), _HEIGHT)
    _axes(picture, scale, heights, list(zip(ticks, labels, strict=True)))
    _areas(picture, stretches, scale, heights, ids)
    _lines(picture, stretches, scale, heights, lang)
    title = plain(curve.obligation.title.of(lang)) + (f" · {plain(curve.site.name)}" if curve.site else "")
    notes = [_word("uncovered", lang).format(sum=amount(curve.uncovered, lang))] if stretches else [_word("empty", lang)]
    return figure(ids, title, _says(stretches, lang), picture, _legend(stretches, lang, ids), [_table(stretches, lang)], _word("numbers", lang), notes)


def _word(name: str, lang: str) -> str:
    return _WORDS[name][lang == "en"]


def _days(curve: Curve) -> tuple[datetime.date, datetime.date]:
    days = [step.day for step in curve.steps]
    if curve.site:
        return min([curve.site.start, *days]), max([curve.site.end, *days])
    first, last = (min(days), max(days)) if days else (datetime.date(2000, 1, 1), datetime.date(2000, 12, 31))
    return datetime.date(first.year, 1, 1), datetime.date(last.year, 12, 31)


def _axis_label(tick: Decimal, lang: str) -> str:
    """A round amount without cents: `20.000 €`."""
    text = f"{tick:,.0f}"
    return f"EUR {text}" if lang == "en" else text.replace(",", ".") + " €"


def _side(curve: Curve, lang: str) -> int:
    """Room for the labels at the ends of the lines."""
    last = curve.steps[-1] if curve.steps else None
    return 16 + max((text_width(text) for text in (_end_labels(last, lang).values() if last else ())), default=0)


def _end_labels(last: Step, lang: str) -> dict[str, str]:
    return {name: f"{_word(name, lang)} {amount(getattr(last, name), lang)}" for name in ("approved", "spent")}


def _axes(picture: Element, scale: DayScale, heights: AmountScale, ticks: Sequence[tuple[Decimal, str]]) -> None:
    for tick, label in ticks:
        y = heights.at(tick)
        shape(picture, "line", "ch-axis" if tick == 0 else "ch-grid", x1=scale.left, y1=y, x2=scale.right, y2=y)
        write(picture, scale.left - 8, y + 4, label, "ch-small", "end")
    years = scale.years()
    every = -(-len(years) // 12)
    for place, year in enumerate(years):
        start, end = scale.year_span(year)
        if place:
            shape(picture, "line", "ch-grid", x1=start, y1=_TOP, x2=start, y2=_BOTTOM)
        if place % every == 0 and (end - start >= 34 or every > 1):
            write(picture, (start + end) / 2, _BOTTOM + 20, str(year), "ch-strong", "middle")


def _areas(picture: Element, stretches: Sequence[_Stretch], scale: DayScale, heights: AmountScale, ids: str) -> None:
    pattern = SubElement(SubElement(picture, "defs"), "pattern", {"id": f"{ids}-over", "patternUnits": "userSpaceOnUse", "width": "6", "height": "6"})
    shape(pattern, "rect", "ch-over-ground", width=6, height=6)
    shape(pattern, "path", "ch-over-line", d="M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5")
    for first, last, _ in _spans([(one, one.step.unlimited, Decimal(0)) for one in stretches]):
        left = scale.at(first)
        shape(picture, "rect", "ch-unlimited", x=left, y=_TOP - 10, width=scale.at(last, 1) - left, height=8)
    for one in stretches:
        left, right = scale.at(one.step.day), scale.at(one.end, 1)
        if one.over:
            top = heights.at(one.step.spent)
            base = heights.at(one.step.approved)
            shape(picture, "rect", "ch-over", x=left, y=top, width=right - left, height=base - top, fill=f"url(#{ids}-over)")


def _lines(picture: Element, stretches: Sequence[_Stretch], scale: DayScale, heights: AmountScale, lang: str) -> None:
    if not stretches:
        return
    for name in ("spent", "approved"):  # the dashes lie over the full line, so that both show where they meet
        start = stretches[0].step.day
        parts = [f"M{number(scale.left)} {number(heights.at(Decimal(0)))} H{number(scale.at(start))}"]
        for one in stretches:
            parts.append(f"V{number(heights.at(getattr(one.step, name)))} H{number(scale.at(one.end, 1))}")
        shape(picture, "path", f"ch-{name}", d=" ".join(parts))
    last = stretches[-1].step
    labels = sorted(_end_labels(last, lang).items(), key=lambda entry: -getattr(last, entry[0]))
    places = [heights.at(getattr(last, name)) + 4 for name, _ in labels]
    if places[1] - places[0] < 14:
        middle = min(max(sum(places, Fraction(0)) / 2, Fraction(_TOP + 7)), Fraction(_BOTTOM - 7))
        places = [middle - 7, middle + 7]
    for (name, text), y in zip(labels, places, strict=True):
        write(picture, scale.right + 8, y, text, f"ch-{name}-text")


def _legend(stretches: Sequence[_Stretch], lang: str, ids: str) -> list[Element]:
    entries = []
    for name in ("approved", "spent") if stretches else ():
        item, picture = key(_word(name, lang), 28)
        shape(picture, "path", f"ch-{name}", d="M1 9 H27")
        entries.append(item)
    if any(one.over for one in stretches):
        item, picture = key(_word("over", lang), 28)
        shape(picture, "rect", "ch-over-ground", x=2, y=3, width=24, height=12)
        shape(picture, "path", "ch-over-line", d="M2 9 L8 3 M2 15 L14 3 M8 15 L20 3 M14 15 L26 3 M20 15 L26 9 M2 3 H26 V15 H2 Z")
        entries.append(item)
    if any(one.step.unlimited for one in stretches):
        item, picture = key(_word("unlimited", lang), 28)
        shape(picture, "rect", "ch-unlimited", x=2, y=5, width=24, height=8)
        entries.append(item)
    return entries


def _spans(told: Sequence[tuple[_Stretch, bool, Decimal]]) -> list[tuple[datetime.date, datetime.date, Decimal]]:
    """The unbroken times in which something holds: first day, last day, and the largest amount meanwhile; from (stretch, does it hold, amount)."""
    spans: list[tuple[datetime.date, datetime.date, Decimal]] = []
    before = False
    for one, holds, most in told:
        if holds and before:
            first, _, highest = spans[-1]
            spans[-1] = (first, one.end, max(most, highest))
        elif holds:
            spans.append((one.step.day, one.end, most))
        before = holds
    return spans


def _says(stretches: Sequence[_Stretch], lang: str) -> str:
    if not stretches:
        return _word("empty", lang)
    last = stretches[-1]
    numbers = {"approved": amount(last.step.approved, lang), "spent": amount(last.step.spent, lang)}
    sentences = [_word("last", lang).format(day=day(last.step.day, lang), **numbers), *([_word("open", lang)] if last.step.unlimited else [])]
    spans = [
        _word("until_end" if until == last.end else "span", lang).format(start=day(first, lang), end=day(until, lang), most=amount(most, lang))
        for first, until, most in _spans([(one, one.over > 0, one.over) for one in stretches])
    ]
    joined = "; ".join(spans[:12]) + ("; …" if len(spans) > 12 else "")
    sentences.append(_word("above", lang).format(spans=joined) if spans else _word("never", lang))
    return " ".join(sentences)


def _table(stretches: Sequence[_Stretch], lang: str) -> Table:
    english = lang == "en"
    head = ("Day", "approved", "spent", "more spent than approved") if english else ("Tag", "bewilligt", "ausgegeben", "mehr ausgegeben als bewilligt")
    rows = []
    for one in stretches[:LISTED]:
        approved = amount(one.step.approved, lang) + (f" ({_word('unlimited', lang)})" if one.step.unlimited else "")
        rows.append((day(one.step.day, lang), approved, amount(one.step.spent, lang), amount(one.over, lang) if one.over else "–"))
    if len(stretches) > LISTED:
        more = len(stretches) - LISTED
        rows.append(("…", f"and {more} more" if english else f"und {more} weitere", "", ""))
    return Table(_word("caption", lang), head, tuple(rows), frozenset({1, 2, 3}))
