"""The first sheet of a marked copy: every problem with its place, what stands there, what was expected, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import quote_sheetname

from servanda.facts.workbook_layout import FEEDBACK
from servanda.problem_texts import expected, message
from servanda.problems import Problem
from servanda.report.book import LINE_HEIGHT, MAX_ROWS, Book, lines_of, shown, write_text
from servanda.template.feedback_words import FEEDBACK_WORDS

# Excel follows 65 530 links a sheet.
LINKS = 60_000
_HEADER = ("number", "sheet", "cell", "field", "found", "message", "expected")
_WIDTHS = (7, 26, 10, 22, 30, 62, 50)


def write_feedback_list(book: Book, problems: Sequence[Problem], titles: Mapping[str, str], labels: Mapping[tuple[str, str], str], file: str) -> None:
    """The list; `titles` are the sheets of the copy by the name that they had, `labels` the words for (sheet, field)."""
    def words(key: str, **values: object) -> str:
        return FEEDBACK_WORDS[key][book.lang == "en"].format(**values)

    sheet = book.writer.add_worksheet(FEEDBACK[book.lang])
    sheet.set_tab_color("#9C0006")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    write_text(sheet, 0, 0, words("title", file=shown(file, 120)) if file else FEEDBACK[book.lang], book.style(bold=True, font_size=14, font_color="#1F3864"))
    count = words("one" if len(problems) == 1 else "some" if problems else "none", count=len(problems))
    write_text(sheet, 1, 0, count, book.style(bold=True))
    write_text(sheet, 2, 0, words("how"), book.style(font_color="#404040"))
    top = 4
    for column, key in enumerate(_HEADER):
        write_text(sheet, top, column, words(key), book.style(bold=True, font_color="#FFFFFF", bg_color="#1F3864", bottom=5))
    sheet.freeze_panes(top + 1, 0)
    text, link = book.style(text_wrap=True, bottom=4), book.style(font_color="#0B4FA0", underline=1, bottom=4)
    for number, problem in enumerate(problems[: MAX_ROWS - top - 1], 1):
        row = top + number
        sheet.write_number(row, 0, number, book.style(bottom=4, align="left"))
        title = titles.get(problem.sheet or "")
        place = problem.cell or (words("row", row=problem.row) if problem.row else "")
        write_text(sheet, row, 1, shown(problem.sheet or problem.file or "", 200), text)
        if title and number <= LINKS:
            target = problem.cell or f"A{problem.row or 1}"
            sheet.write_url(row, 2, f"internal:{quote_sheetname(title)}!{target}", link, place or target, words("go_to"))
        else:
            write_text(sheet, row, 2, place, text)
        field = labels.get((problem.sheet or "", problem.column or ""), problem.column)
        texts = [shown(value or "", 1_000) for value in (field, problem.found, message(problem, book.lang), expected(problem, book.lang))]
        for column, value in enumerate(texts, 3):
            write_text(sheet, row, column, value, text)
        lines = max(lines_of(value, _WIDTHS[column]) for column, value in enumerate(texts, 3))
        sheet.set_row(row, min(400, LINE_HEIGHT * lines))
    sheet.autofilter(top, 0, top + max(1, len(problems)), len(_HEADER) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
