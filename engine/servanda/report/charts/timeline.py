"""One obligation in one place over its term: records as points, vacancies as bands, and under each window what was found against its bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement

from markupsafe import Markup

from servanda.dossier.contents import Point, Timeline
from servanda.model import STATUSES, Finding
from servanda.report.charts.axes import DayScale, centred, lanes, text_width
from servanda.report.charts.drawing import canvas, figure, key, mark, number, plain, shape, write
from servanda.report.charts.timeline_words import PARTS, WORDS, against, days_of, says, tables
from servanda.report.words import day, status_word

_WIDTH, _LEFT, _RIGHT = 860, 12, 848
_PITCH = 12  # pixels from point to point above each other
_MOST = 8  # points above each other; beyond, their number is said
_LANE = 18  # pixels from label to label below each other


def timeline_chart(timeline: Timeline, lang: str, ids: str) -> Markup:
    """The timeline: points by their day (a shape for each part), vacancies with their days, years, and a bracket a window."""
    scale = DayScale(timeline.start, max(timeline.start, timeline.end), _LEFT, _RIGHT)
    placed = _placed(timeline, scale)
    bands = _bands(timeline, scale, lang)
    brackets = _brackets(timeline.findings, lang, scale)
    high = min(_MOST + 1, 1 + max((lane for *_, lane in placed), default=0))
    ground = _top(bands) + 14 + _PITCH * high
    picture = canvas(_WIDTH, ground + 36 + _LANE * max((lane for *_, lane in brackets), default=0))
    _vacancies(picture, bands, scale, ground, lang)
    _years(picture, scale, _top(bands), ground)
    _points(picture, placed, ground, lang)
    _windows(picture, brackets, scale, ground)
    title = plain(timeline.obligation.title.of(lang)) + (f" · {plain(timeline.site.name)}" if timeline.site else "")
    return figure(ids, title, says(timeline, lang), picture, _legend(timeline, placed, lang), tables(timeline, lang), _word("numbers", lang))


def _word(name: str, lang: str) -> str:
    return WORDS[name][lang == "en"]


def _part(part: str) -> str:
    """A part of a kind's evidence as it is told: what has no word of its own is undetermined."""
    return part if part in PARTS else "unknown"


def _top(bands: list[tuple]) -> int:
    """Where the drawing begins, below the years and the labels of vacancies."""
    return 26 + 16 * (1 + max((lane for *_, lane in bands), default=-1))


def _years(picture: Element, scale: DayScale, top: int, ground: int) -> None:
    for year in scale.years():
        start, end = scale.year_span(year)
        if year > scale.start.year:
            shape(picture, "line", "ch-grid", x1=start, y1=4, x2=start, y2=20)
            shape(picture, "line", "ch-grid", x1=start, y1=top, x2=start, y2=ground)
        if end - start >= 34:
            write(picture, (start + end) / 2, 16, str(year), "ch-strong", "middle")
    shape(picture, "line", "ch-axis", x1=_LEFT, y1=ground, x2=_RIGHT, y2=ground)


def _bands(timeline: Timeline, scale: DayScale, lang: str) -> list[tuple]:
    """(first day, last day, middle of its label, lane) of each vacancy, so that the labels lie beside each other."""
    vacancies = sorted(timeline.vacancies)
    middles, spans = [], []
    for first, last in vacancies:
        wide = text_width(days_of(first, last, lang))
        middle = centred((scale.at(first) + scale.at(last, 1)) / 2, wide, _LEFT, _RIGHT)
        middles.append(middle)
        spans.append((middle - Fraction(wide, 2), middle + Fraction(wide, 2)))
    return [(first, last, middle, lane) for (first, last), middle, lane in zip(vacancies, middles, lanes(spans), strict=True)]


def _vacancies(picture: Element, bands: list[tuple], scale: DayScale, ground: int, lang: str) -> None:
    top = _top(bands)
    for first, last, middle, lane in bands:
        group = SubElement(picture, "g")
        SubElement(group, "title").text = f"{_word('vacant', lang)} {day(first, lang)}–{day(last, lang)}, {days_of(first, last, lang)}"
        left, right = scale.at(first), scale.at(last, 1)
        shape(group, "rect", "ch-vacancy", x=left, y=top, width=max(right - left, Fraction(2)), height=ground - top)
        write(group, middle, 36 + 16 * lane, days_of(first, last, lang), "ch-small", "middle")


def _placed(timeline: Timeline, scale: DayScale) -> list[tuple[Point, Fraction, int]]:
    """(point, where its day stands, lane above the axis): points of days that lie close are put above each other, not moved."""
    points = sorted(timeline.points, key=lambda point: (point.day, _part(point.part), point.row.record.type, point.row.record.id, point.row.record.row))
    places = [scale.at(point.day) for point in points]
    return list(zip(points, places, lanes([(place - 5, place + 5) for place in places], 1), strict=True))


def _points(picture: Element, placed: list[tuple[Point, Fraction, int]], ground: int, lang: str) -> None:
    beyond: Counter[int] = Counter()
    for point, place, lane in placed:
        if lane >= _MOST:
            beyond[int(place - _LEFT) // 48] += 1
            continue
        group = SubElement(picture, "g", {})
        SubElement(group, "title").text = f"{day(point.day, lang)}: {_word(_part(point.part), lang)}, {plain(point.row.record.id, 80)}"
        sign(group, _part(point.part), place, ground - 9 - _PITCH * lane)
    for stretch, count in sorted(beyond.items()):
        write(picture, centred(Fraction(_LEFT + 48 * stretch + 24), 40, _LEFT, _RIGHT), ground - 9 - _PITCH * _MOST, f"+{count}", "ch-small", "middle")


def sign(parent: Element, part: str, x: object, y: object) -> None:
    """The sign of a record: a disc counts (or was attended), a cross breaks the bound (or was missed), an open square is undetermined."""
    if part in ("counted", "present"):
        shape(parent, "circle", "ch-point-counted", cx=x, cy=y, r=4)
    elif part in ("breaks", "absent"):
        shape(parent, "path", "ch-point-breaks", d="M-4 -4 L4 4 M-4 4 L4 -4", transform=f"translate({number(x)} {number(y)})")
    else:
        shape(parent, "rect", "ch-point-other", x=x - 4, y=y - 4, width=8, height=8)


def _brackets(findings: Iterable[Finding], lang: str, scale: DayScale) -> list[tuple[Finding, str, Fraction, int]]:
    """(finding, its label, where the label begins, lane) of each window."""
    windows = sorted(findings, key=lambda finding: (finding.start, finding.label))
    labels = [against(finding, lang) for finding in windows]
    spans = []
    for finding, label in zip(windows, labels, strict=True):
        wide = text_width(label) + 18
        begin = centred((scale.at(finding.start) + scale.at(finding.end, 1)) / 2, wide, _LEFT, _RIGHT) - Fraction(wide, 2)
        spans.append((begin, begin + wide))
    return list(zip(windows, labels, (begin for begin, _ in spans), lanes(spans), strict=True))


def _windows(picture: Element, brackets: list[tuple[Finding, str, Fraction, int]], scale: DayScale, ground: int) -> None:
    for finding, label, begin, lane in brackets:
        start, end = scale.at(finding.start) + 1, scale.at(finding.end, 1) - 1
        shape(picture, "path", "ch-axis", d=f"M{number(start)} {ground + 5} V{ground + 10} H{number(max(start + 1, end))} V{ground + 5}")
        y = ground + 28 + _LANE * lane
        mark(picture, "material" if finding.material else finding.status, begin + 7, y - 4, size=Fraction(3, 4))
        write(picture, begin + 17, y, label, "ch-label")


def _legend(timeline: Timeline, placed: list[tuple[Point, Fraction, int]], lang: str) -> list[Element]:
    entries = []
    for part in PARTS:
        if any(_part(point.part) == part for point in timeline.points):
            item, picture = key(_word(part, lang))
            sign(picture, part, 9, 9)
            entries.append(item)
    if any(lane >= _MOST for *_, lane in placed):
        item, picture = key(_word("several", lang), 24)
        write(picture, 0, 13, "+3", "ch-small")
        entries.append(item)
    if timeline.vacancies:
        item, picture = key(_word("vacant", lang))
        shape(picture, "rect", "ch-vacancy", x=2, y=3, width=14, height=12)
        entries.append(item)
    shown = {"material" if finding.material else finding.status for finding in timeline.findings}
    for status in ("material", *STATUSES):
        if status in shown:
            said = _word("material", lang) if status == "material" else status_word(status, lang)
            item, picture = key(f"{_word('period', lang)}: {said}")
            mark(picture, status, 9, 9, size=Fraction(3, 4))
            entries.append(item)
    return entries
