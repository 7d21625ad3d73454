"""Sites by years: in each cell the worst that was found, how many duties it concerns, and how many are fulfilled of how many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from markupsafe import Markup

from servanda.model import STATUSES, Agreement, Finding
from servanda.report.charts.axes import lines_to
from servanda.report.charts.drawing import Table, canvas, figure, key, mark, plain, shape, write
from servanda.report.words import status_word

# The worst first; `material` is a deviation that may be material.
_WORST = ("material", "deviation", "undetermined", "unmet", "pending", "tolerated", "waived", "fulfilled", "not_applicable")
_COUNTED = _WORST[:4]  # these are counted in the cell's first line, the others only marked
_LEFT, _TOP, _WIDE, _HIGH, _GAP = 166, 44, 108, 44, 6
_TERM = ("Laufzeit", "Term")
_WORDS = {
    "title": ("{name}: Pflichten nach Standort und Jahr", "{name}: duties by site and year"),
    "programme": ("Programm", "Programme"), "agreement": ("Vereinbarung insgesamt", "Agreement as a whole"), "open": ("noch offen", "still open"),
    "material": ("möglicherweise wesentliche Abweichung", "possibly material deviation"), "fulfilled": ("{kept} von {all} erfüllt", "{kept} of {all} kept"),
    "many": ("{kept} von {all}", "{kept} of {all}"), "no_case": ("kein Fall", "no case"),
    "nothing": ("keine Pflicht in diesem Zeitraum", "no duty in this period"), "numbers": ("Zahlen als Tabelle", "The numbers as a table"),
    "caption": ("Zahl der Pflichten nach Standort, Zeitraum und Status", "Number of duties by site, period and status"),
    "head": ("Standort", "Site"), "all": ("Pflichten", "duties"), "one": ("Pflicht", "duty"),
    "empty": ("Es gibt keine Feststellungen.", "There are no findings."),
    "rows": ("Zeilen sind die Standorte und die Vereinbarung, Spalten die Jahre; jede Zelle zeigt das Schwerwiegendste.",
             "Rows are the sites and the agreement, columns the years; each cell shows the gravest finding."),
    "clean": ("{year}: in keiner von {all} Zeilen eine Abweichung{unknown}.", "{year}: no deviation in any of {all} rows{unknown}."),
    "bad": ("{year}: in {count} von {all} Zeilen Abweichungen{material} ({names}){unknown}.",
            "{year}: deviations in {count} of {all} rows{material} ({names}){unknown}."),
    "of_them": (", davon in {count} möglicherweise wesentliche", ", possibly material ones in {count}"),
    "unknown": ("; in {count} nicht Feststellbares", "; something undetermined in {count}"),
    "note": ("Die kleine Zahl sagt, wie viele Pflichten erfüllt sind, von denen, die in dem Zeitraum einen Fall hatten.",
             "The small number tells how many duties are kept, of those with a case in the period."),
}


@dataclass(frozen=True, slots=True)
class _Cell:
    counts: Counter[str]
    open: bool

    @property
    def worst(self) -> str:
        """The gravest of its findings."""
        return next(status for status in _WORST if self.counts[status])

    @property
    def cases(self) -> int:
        """How many of its duties had a case."""
        return sum(self.counts.values()) - self.counts["not_applicable"]

    @property
    def deviations(self) -> int:
        """Deviations, the possibly material ones among them."""
        return self.counts["material"] + self.counts["deviation"]


def matrix_chart(findings: Iterable[Finding], agreement: Agreement | None, lang: str, ids: str, labels: Mapping[str, str] | None = None) -> Markup:
    """The matrix of an agreement's findings (agreement None: those of the programme); duties of the whole term have a column of their own.

    A duty stands in the calendar year in which its window begins. Findings at sites that the agreement does not name are shown under their id.
    Those of records are counted together by their fact type, under its name in `labels`.
    """
    cells = _cells(findings)
    rows = _rows(cells, agreement, lang, labels or {})
    columns = sorted({column for _, column in cells}, key=lambda year: (year is None, year or 0))
    title = _word("title", lang).format(name=plain(agreement.title) if agreement else _word("programme", lang))
    picture = _picture(cells, rows, columns, lang)
    legend = [_entry(status, lang) for status in _WORST if any(cell.counts[status] for cell in cells.values())]
    notes = [_word("note", lang)] if cells else [_word("empty", lang)]
    return figure(ids, title, _says(cells, rows, columns, lang), picture, legend, [_table(cells, rows, columns, lang)], _word("numbers", lang), notes)


def _word(name: str, lang: str) -> str:
    return _WORDS[name][lang == "en"]


def _cells(findings: Iterable[Finding]) -> dict[tuple[str | None, int | None], _Cell]:
    counts: dict[tuple[str | None, int | None], Counter[str]] = defaultdict(Counter)
    still_open: set[tuple[str | None, int | None]] = set()
    for finding in findings:
        place = (_row_of(finding.site), None if finding.label == "term" else finding.start.year)
        counts[place]["material" if finding.material and finding.status == "deviation" else finding.status] += 1
        if finding.open:
            still_open.add(place)
    return {place: _Cell(counted, place in still_open) for place, counted in counts.items()}


def _row_of(site: str | None) -> str | None:
    """The row of a site; records that are scopes share the row of their fact type."""
    return site.partition(":")[0] + ":" if site and ":" in site else site


def _rows(cells: dict, agreement: Agreement | None, lang: str, labels: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """(site or None, its name): the agreement's sites in their order, then others by id, then the agreement itself."""
    named = [(site.id, plain(site.name)) for site in agreement.sites] if agreement else []
    known = {site for site, _ in named}
    others = sorted({site for site, _ in cells if site is not None and site not in known})
    whole = [(None, _word("agreement" if agreement else "programme", lang))] if any(site is None for site, _ in cells) else []
    return [*named, *((site, plain(labels.get(site.removesuffix(":"), site))) for site in others), *whole]


def _picture(cells: dict, rows: Sequence[tuple[str | None, str]], columns: Sequence[int | None], lang: str) -> Element:
    width = _LEFT + max(len(columns), 1) * (_WIDE + _GAP)
    picture = canvas(width, _TOP + len(rows) * (_HIGH + _GAP))
    for place, column in enumerate(columns):
        middle = _LEFT + place * (_WIDE + _GAP) + _WIDE // 2
        running = any(cell.open for (_, year), cell in cells.items() if year == column)
        write(picture, middle, 18, _column(column, lang), "ch-strong", "middle")
        if running:
            write(picture, middle, 34, _word("open", lang), "ch-small", "middle")
    for line, (site, name) in enumerate(rows):
        top = _TOP + line * (_HIGH + _GAP)
        shown = lines_to(name, _LEFT - 14, 13)
        for number, text in enumerate(shown):
            write(picture, 0, top + _HIGH // 2 + 5 - 8 * (len(shown) - 1) + 16 * number, text)
        for place, column in enumerate(columns):
            _draw(picture, cells.get((site, column)), _LEFT + place * (_WIDE + _GAP), top, f"{name}, {_column(column, lang)}", lang)
    return picture


def _column(column: int | None, lang: str) -> str:
    return _TERM[lang == "en"] if column is None else str(column)


def _draw(picture: Element, cell: _Cell | None, left: int, top: int, name: str, lang: str) -> None:
    group = SubElement(picture, "g")
    SubElement(group, "title").text = f"{name}: {_split(cell, lang)}"
    if cell is None:
        shape(group, "rect", "ch-none", x=left, y=top, width=_WIDE, height=_HIGH, rx=4)
        return
    worst = cell.worst
    inked = worst == "material"
    shape(group, "rect", f"ch-{worst}", x=left, y=top, width=_WIDE, height=_HIGH, rx=4)
    shown = [(status, cell.counts[status]) for status in _COUNTED if cell.counts[status]] or [(worst, 0)]
    step = 34 if len(shown) < 4 else 26
    x = left + _WIDE // 2 - (step * len(shown) - (10 if shown[0][1] else step - 16)) // 2 + 8
    for status, count in shown:
        mark(group, status, x, top + 14, inked)
        if count:
            write(group, x + 10, top + 19, str(count), "ch-ink-text" if inked else "ch-strong")
        x += step
    words = "fulfilled" if cell.cases < 100 else "many"
    kept = _word(words, lang).format(kept=cell.counts["fulfilled"], all=cell.cases) if cell.cases else _word("no_case", lang)
    write(group, left + _WIDE // 2, top + 37, kept, "ch-ink-small" if inked else "ch-small", "middle")


def _entry(status: str, lang: str) -> Element:
    item, picture = key(_word("material", lang) if status == "material" else status_word(status, lang))
    mark(picture, status, 9, 9)
    return item


def _split(cell: _Cell | None, lang: str) -> str:
    """Everything that is in a cell, the worst first."""
    if cell is None:
        return _word("nothing", lang)
    words = {status: status_word(status, lang) for status in STATUSES} | {"material": _word("material", lang)}
    parts = ", ".join(f"{cell.counts[status]} {words[status]}" for status in _WORST if cell.counts[status])
    total = sum(cell.counts.values())
    return f"{total} {_word('one' if total == 1 else 'all', lang)}: {parts}"


def _says(cells: dict, rows: Sequence[tuple[str | None, str]], columns: Sequence[int | None], lang: str) -> str:
    """What the picture shows, a sentence a column: in how many rows something deviates, and where."""
    if not cells:
        return _word("empty", lang)
    sentences = [_word("rows", lang)]
    for column in columns:
        here = [(name, cells[(site, column)]) for site, name in rows if (site, column) in cells]
        bad = [(name, cell) for name, cell in here if cell.deviations]
        material = sum(cell.counts["material"] > 0 for _, cell in bad)
        unknown = sum(cell.counts["undetermined"] > 0 for _, cell in here)
        names = ", ".join(f"{name} {cell.deviations}" for name, cell in bad[:12]) + (", …" if len(bad) > 12 else "")
        sentences.append(_word("bad" if bad else "clean", lang).format(
            year=_column(column, lang), all=len(here), count=len(bad), names=names,
            material=_word("of_them", lang).format(count=material) if material else "",
            unknown=_word("unknown", lang).format(count=unknown) if unknown else "",
        ))
    return " ".join(sentences)


def _table(cells: dict, rows: Sequence[tuple[str | None, str]], columns: Sequence[int | None], lang: str) -> Table:
    head = (_word("head", lang), *(_column(column, lang) for column in columns))
    lines = tuple((name, *(_split(cells.get((site, column)), lang) for column in columns)) for site, name in rows)
    return Table(_word("caption", lang), head, lines)
