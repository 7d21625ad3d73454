"""The sheet for people: what to do, which sheet is whose, what the values and ids mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from servanda.facts.workbook_layout import MANIFEST
from servanda.model import Agreement
from servanda.pack_shapes import Pack, Words
from servanda.report.book import DATE_FORMATS, LINE_HEIGHT, Book, lines_of, shown, write_text
from servanda.template.columns import header_style
from servanda.template.instruction_words import HEADINGS, LEGEND, STEPS
from servanda.template.known import KnownRecords

# The newest known records of a type that are described; the lists have all of them.
DESCRIBED = 300
_WIDTHS = (34, 92, 40)


@dataclass(slots=True)
class _Page:
    """The sheet and its next free row."""

    book: Book
    sheet: Worksheet
    row: int = 0

    def line(self, *texts: str, **style: object) -> None:
        """Write texts side by side, wrapped."""
        for column, text in enumerate(texts):
            write_text(self.sheet, self.row, column, text, self.book.style(**{"text_wrap": column > 0, **style}))
        lines = max((lines_of(text, _WIDTHS[column]) for column, text in enumerate(texts) if column), default=1)
        if lines > 1:
            self.sheet.set_row(self.row, LINE_HEIGHT * lines)
        self.row += 1

    def heading(self, text: str) -> None:
        """A heading with room above it."""
        self.row += 1
        self.line(text, bold=True, font_size=13, font_color="#1F3864")

    def columns(self, *texts: str) -> None:
        """The header of a table."""
        self.line(*texts, bold=True, bg_color="#EDEFF3", bottom=1)


def write_instructions(
    book: Book, sheet: Worksheet, pack: Pack, agreement: Agreement | None, year: int | None, titles: Mapping[str, str], known: KnownRecords
) -> None:
    """Fill the sheet. `titles` are the sheets of facts by type, in their order; `year` is the year to be reported, where it is known."""
    lang = book.lang
    for column, characters in enumerate(_WIDTHS):
        sheet.set_column(column, column, characters)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    page = _Page(book, sheet)

    def words(key: str) -> str:
        return book.word(HEADINGS[key])

    subject = f"{agreement.title} ({agreement.id})" if agreement else words("programme")
    page.line(f"{words('title')}{f' {year}' if year else ''}: {shown(subject, 120)}", bold=True, font_size=16, font_color="#1F3864", text_wrap=False)
    page.line(shown(pack.head.title.of(lang)), font_color="#404040", text_wrap=False)
    page.heading(words("steps"))
    for title, text in STEPS:
        page.line(book.word(title), book.word(text).format(manifest=MANIFEST[lang]))
        write_text(sheet, page.row - 1, 0, book.word(title), book.style(bold=True))
    _legend(page)
    _sheets(page, pack, titles, words)
    _sites(page, pack, agreement, words)
    _values(page, pack, titles, words)
    _obligations(page, pack, titles, words)
    _known(page, pack, known, words)


def _legend(page: _Page) -> None:
    book = page.book
    page.heading(book.word(HEADINGS["legend"]))
    for (required, sometimes), text in LEGEND:
        like = _Marking(required, sometimes)
        write_text(page.sheet, page.row, 0, book.word(text[0]), header_style(book, like))
        write_text(page.sheet, page.row, 1, book.word(text[1]), book.style(text_wrap=True))
        page.row += 1


@dataclass(frozen=True, slots=True)
class _Marking:
    required: bool
    required_where: bool


def _sheets(page: _Page, pack: Pack, titles: Mapping[str, str], words) -> None:
    page.heading(words("sheets"))
    page.columns(words("sheet"), words("holder"), words("type"))
    for name, title in titles.items():
        holders = "; ".join(shown(pack.head.parties[party].of(page.book.lang)) for party in pack.vocabulary[name].holder)
        page.line(title, holders, name)
        target = "'" + title.replace("'", "''") + "'!A1"
        page.sheet.write_url(page.row - 1, 0, f"internal:{target}", page.book.style(font_color="#0B4FA0", underline=1), string=title)


def _sites(page: _Page, pack: Pack, agreement: Agreement | None, words) -> None:
    if not agreement:
        return
    day = "%Y-%m-%d" if page.book.lang == "en" else "%d.%m.%Y"
    page.heading(words("sites"))
    page.columns(words("id"), words("meaning"), words("days"))
    for site in agreement.sites:
        kind = pack.head.sites.kinds[site.kind].of(page.book.lang)
        page.line(site.id, f"{shown(site.name)} ({shown(kind)})", f"{site.start.strftime(day)} – {site.end.strftime(day)}", num_format="@")


def _values(page: _Page, pack: Pack, titles: Mapping[str, str], words) -> None:
    """Each set of values once, with the columns that take it."""
    lang = page.book.lang
    used: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name, title in titles.items():
        for declared in pack.vocabulary[name].fields.values():
            if declared.of:
                used.setdefault(_pairs(declared.of, lang), []).append(f"{title}: {shown(declared.label.of(lang))}")
    used.setdefault(_pairs(pack.head.parties, lang), []).append(f"{MANIFEST[lang]}")
    page.heading(words("values"))
    page.columns(words("value"), words("meaning"), words("used_in"))
    for pairs, places in used.items():
        for number, (value, meaning) in enumerate(pairs):
            page.line(value, meaning, "; ".join(places) if number == 0 else "", **({"top": 4} if number == 0 else {}))


def _pairs(choices: Mapping[str, Words], lang: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, shown(meaning.of(lang))) for value, meaning in choices.items())


def _obligations(page: _Page, pack: Pack, titles: Iterable[str], words) -> None:
    if not any(declared.type == "obligation" for name in titles for declared in pack.vocabulary[name].fields.values()):
        return
    lang = page.book.lang
    page.heading(words("obligations"))
    page.columns(words("id"), words("meaning"), words("clauses"))
    for obligation in pack.obligations:
        page.line(obligation.id, f"{shown(obligation.title.of(lang))}: {shown(obligation.rule.of(lang), 400)}", shown(", ".join(obligation.clauses)))


def _known(page: _Page, pack: Pack, known: KnownRecords, words) -> None:
    """The newest records that may be referred to, with what tells them apart."""
    for name, records in known.items():
        if not records:
            continue
        label = shown(pack.vocabulary[name].label.of(page.book.lang))
        page.heading(words("known").format(label=label))
        if len(records) > DESCRIBED:
            page.line(words("newest").format(shown=DESCRIBED, every=len(records)), text_wrap=False)
        page.columns(words("id"), words("meaning"), words("day"))
        for record in records[:DESCRIBED]:
            page.line(record.id, shown(record.about), "", num_format="@")
            if record.day:
                form = page.book.style(num_format=DATE_FORMATS[page.book.lang], align="left")
                page.sheet.write_datetime(page.row - 1, 2, record.day, form)
