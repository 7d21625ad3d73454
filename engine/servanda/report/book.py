"""A workbook in the making: XlsxWriter set up so that text stays text and the same input gives the same bytes."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from servanda.report.safe_text import safe_text

# Excel's limits, in UTF-16 units.
MAX_CELL, MAX_TITLE, MAX_MESSAGE, MAX_NOTE = 32_767, 32, 255, 4_000
MAX_ROWS = 1_048_576
DATE_FORMATS = {"de": "dd.mm.yyyy", "en": "yyyy-mm-dd"}
# What XML 1.0 cannot hold and XlsxWriter does not escape.
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CREATED = datetime.datetime(2000, 1, 1)
LINE_HEIGHT = 13.5  # points, of the font below
_FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}


@dataclass(slots=True)
class Book:
    """The workbook, the language of its words, and its formats by their properties (Excel takes 64 000 of them)."""

    writer: Workbook
    lang: str
    formats: dict[tuple, Format] = field(default_factory=dict)

    def style(self, **properties: object) -> Format:
        """The format with these properties, each made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.writer.add_format({**_FONT, **properties})
        return self.formats[key]

    def word(self, words: tuple[str, str]) -> str:
        """The German or the English of (German, English)."""
        return words[self.lang == "en"]


def book_bytes(lang: str, title: str, fill: Callable[[Book], None]) -> bytes:
    """The bytes of the workbook that `fill` fills."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    writer = Workbook(target, options)
    writer.set_properties({"title": shown(title, MAX_MESSAGE), "author": "servanda", "created": _CREATED})
    writer.set_calc_mode("auto")
    writer.set_size(1600, 1000)
    fill(Book(writer, lang))
    writer.close()
    return target.getvalue()


def serial(day: datetime.date) -> int:
    """The number by which workbooks know a day (from March 1900 on)."""
    return (day - datetime.date(1899, 12, 30)).days


def cut(text: str, limit: int) -> str:
    """The text, cut to `limit` UTF-16 units with an ellipsis."""
    if len(text.encode("utf-16-le", "replace")) // 2 <= limit:
        return text
    kept = text.encode("utf-16-le", "replace")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    return kept + "…"


def lines_of(text: str, width: float) -> int:
    """How many lines a text needs in a column of `width` characters: no program fits the height of rows to a file that it did not write."""
    return 1 + int(len(text) / (1.12 * width))


def shown(text: object, limit: int = 300) -> str:
    """Text from facts or definitions for people: one line, controls made visible, cut."""
    return cut(_NOT_XML.sub("\ufffd", safe_text(text, limit)), limit)


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Text as a text cell, never a formula, link or number; what no workbook can hold is replaced, what is too long is cut."""
    kept = cut(_NOT_XML.sub("\ufffd", text), MAX_CELL)
    if kept:
        sheet.write_string(row, column, kept, style)
    else:
        sheet.write_blank(row, column, None, style)


def write_note(sheet: Worksheet, row: int, column: int, text: str, title_lines: int = 0) -> None:
    """A note at a cell, as large as its text needs."""
    kept = cut(_NOT_XML.sub("\ufffd", text), MAX_NOTE)
    lines = sum(1 + len(line) // 52 for line in kept.split("\n")) + title_lines
    options = {"author": "servanda", "width": 340, "height": min(640, 16 * lines + 14), "font_name": "Arial", "font_size": 9, "color": "#FFFDE7"}
    sheet.write_comment(row, column, kept, options)
