"""Values of submitted cells, written as what they are: text as text, numbers as numbers, days as days."""

from __future__ import annotations

import datetime
import math

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from servanda.report.book import DATE_FORMATS, Book, write_text

# Workbooks count days from 1900 and believe that this year had a 29 February.
_FIRST = datetime.date(1900, 3, 1)
_LARGEST = 10**15  # beyond, a double is no exact whole number


def write_value(sheet: Worksheet, row: int, column: int, value: object, style: Format, book: Book, wrong: bool = False) -> None:
    """One cell; what a workbook cannot hold as itself becomes text. Numbers that are no days, or `wrong`, are shown with all their digits."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, _like(style, "General", book))  # text format would make it a number elsewhere
    elif isinstance(value, (int, float)) and math.isfinite(value) and (isinstance(value, float) or abs(value) < _LARGEST):
        plain = wrong or style.num_format in DATE_FORMATS.values()
        sheet.write_number(row, column, value, _like(style, "General", book) if plain else style)
    elif isinstance(value, datetime.date) and _day(value) >= _FIRST:
        sheet.write_datetime(row, column, value, _dated(style, value, book))
    elif isinstance(value, (datetime.time, datetime.timedelta)):
        sheet.write_datetime(row, column, value, _like(style, "hh:mm:ss" if isinstance(value, datetime.time) else "[hh]:mm:ss", book))
    else:
        write_text(sheet, row, column, str(value), style)


def _day(value: datetime.date) -> datetime.date:
    return value.date() if isinstance(value, datetime.datetime) else value


def _dated(style: Format, value: datetime.date, book: Book) -> Format:
    """A day needs a format of days, also where its column has none."""
    day = DATE_FORMATS[book.lang]
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        return _like(style, f"{day} hh:mm:ss", book)
    return style if style.num_format == day else _like(style, day, book)


def _like(style: Format, form: str, book: Book) -> Format:
    """The style with another number format."""
    properties = next(dict(key) for key, known in book.formats.items() if known is style)
    return book.style(**{**properties, "num_format": form})
