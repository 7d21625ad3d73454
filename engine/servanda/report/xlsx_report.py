"""XLSX: a workbook to filter. Overview, findings, evidence, consequences, submissions; problems where records were left out.

Text is text: no cell is a formula, a link or a number because of what it says, and what begins like a formula carries Excel's quote prefix, so
that it stays text when somebody edits it (CWE-1236). Days are days, numbers are numbers. A workbook holds 15 significant digits; an amount
with more stands as text. Cells are cut at Excel's 32 767 characters with an ellipsis, sheets at its 1 048 576 rows with a last row that says so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from servanda import problem_texts
from servanda.dossier.case import dossiers
from servanda.dossier.contents import Dossier
from servanda.model import STATUSES, Evidence, Finding
from servanda.problems import Problem
from servanda.report.book import DATE_FORMATS, LINE_HEIGHT, MAX_CELL, MAX_ROWS, Book, book_bytes, serial, write_text
from servanda.report.csv_report import PROBLEM_COLUMNS, begins_formula
from servanda.report.cure_words import cure_words
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import MODALITY_WORDS, checkpoint_line, message, missing, parties, place_name, places, selection, status_word
from servanda.report.xlsx_words import CONSEQUENCES, EVIDENCE, FINDINGS, OVERVIEW, SHEETS, SUBMISSIONS, WORDS
from servanda.run import PackRun, Run

_MOST_DIGITS = 15
_LEFT_OUT_ROWS = 2  # the header, and the row that says what was left out


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of euros, to be shown with two decimals."""

    number: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """A share, to be shown in per cent."""

    number: Decimal


Cell = str | int | Decimal | Amount | Share | datetime.date | bool | None


def xlsx_report(run: Run, style: Style) -> bytes:
    """The report of a run as a workbook."""

    def fill(book: Book) -> None:
        _overview(book, run, style)
        _sheet(book, "findings", FINDINGS, _finding_rows(run, style.lang), frozen=2)
        _sheet(book, "evidence", EVIDENCE, _evidence_rows(run, style.lang))
        _sheet(book, "consequences", CONSEQUENCES, _consequence_rows(run, style.lang))
        _sheet(book, "submissions", SUBMISSIONS, _submission_rows(run, style.lang))
        if run.problems:
            _problems(book, run.problems)

    return book_bytes(style.lang, WORDS["title"][style.lang == "en"], fill)


def xlsx_problems(problems: Sequence[Problem], style: Style) -> bytes:
    """Problems as a workbook: a row each."""
    return book_bytes(style.lang, WORDS["problems"][style.lang == "en"], lambda book: _problems(book, problems))


def _problems(book: Book, problems: Sequence[Problem]) -> None:
    widths = {"file": 48, "expected": 48, "message": 72, "found": 30}
    columns = tuple((name, (german, name), widths.get(name, 12)) for name, german in PROBLEM_COLUMNS.items())
    rows = (
        (problem.code, problem.file, problem.sheet, problem.cell, problem.row, problem.column, problem.found,
         problem_texts.expected(problem, book.lang), problem_texts.message(problem, book.lang))
        for problem in problems
    )
    _sheet(book, "problems", columns, rows)


def _sheet(book: Book, name: str, columns: Sequence[tuple], rows: Iterable[Sequence[Cell]], frozen: int = 0) -> None:
    """A sheet with a frozen header and a filter over all its rows."""
    sheet = book.writer.add_worksheet(book.word(SHEETS[name]))
    head = book.style(bold=True, text_wrap=True, bottom=1, bg_color="#E8EBEF")
    for place, (_, words, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        write_text(sheet, 0, place, book.word(words), head)
    sheet.set_row(0, 2 * LINE_HEIGHT + 2)
    last = 0
    rest = iter(rows)
    for last, row in zip(range(1, MAX_ROWS - _LEFT_OUT_ROWS + 1), rest, strict=False):
        for place, value in enumerate(row):
            write_cell(book, sheet, last, place, value)
    left_out = sum(1 for _ in rest)
    if left_out:
        write_text(sheet, last + 1, 0, book.word(WORDS["left_out"]).format(count=left_out), book.style(bold=True))
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def write_cell(book: Book, sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    """A value as what it is: text, a whole number, an amount, a share, a day, yes or no; nothing for None."""
    if value is None:
        return
    if isinstance(value, bool):
        write_text(sheet, row, column, book.word(WORDS["yes" if value else "no"]), book.style())
    elif isinstance(value, datetime.date):
        sheet.write_number(row, column, serial(value), book.style(num_format=DATE_FORMATS[book.lang], align="left"))
    elif isinstance(value, str):
        # Cut where `write_text` cuts: safe_text's own limit would be smaller, its escapes make the text longer.
        shown = safe_text(value.encode("utf-8", "replace").decode("utf-8"), 2 * MAX_CELL)
        write_text(sheet, row, column, shown, book.style(quote_prefix=True) if begins_formula(shown) else book.style())
    else:
        _write_number(book, sheet, row, column, value)


def _write_number(book: Book, sheet: Worksheet, row: int, column: int, value: int | Decimal | Amount | Share) -> None:
    number = value.number if isinstance(value, (Amount, Share)) else value
    form = "#,##0.00" if isinstance(value, Amount) else "0.##%" if isinstance(value, Share) else "General"
    if len(Decimal(number).normalize().as_tuple().digits) > _MOST_DIGITS:
        write_text(sheet, row, column, f"{number:f}", book.style())
    else:
        # XlsxWriter writes 16 significant digits of the float: with at most 15 these are the number's own.
        sheet.write_number(row, column, float(number), book.style(num_format=form))


def _overview(book: Book, run: Run, style: Style) -> None:
    """What was looked at, how it came out, and each agreement in a row."""
    sheet = book.writer.add_worksheet(book.word(SHEETS["overview"]))
    bold, large = book.style(bold=True), book.style(bold=True, font_size=14)
    for place, (_, _, width) in enumerate(OVERVIEW):
        sheet.set_column(place, place, width)
    write_text(sheet, 0, 0, book.word(WORDS["title"]), large)
    counts = run.summary()
    facts: list[tuple[str, Cell]] = [(book.word(WORDS["as_of"]), run.as_of)]
    facts += [(book.word(WORDS["known_on"]), run.known_on)] if run.known_on else []
    facts += [(book.word(WORDS["rules_as_of"]), run.rules_as_of)] if run.rules_as_of else []
    facts += [(book.word(WORDS["year"]), run.year)] if run.year else []
    facts += [(book.word(WORDS["selection"]), selection(run.selection, book.lang).partition(": ")[2])] if run.selection else []
    facts += [(book.word(WORDS["pack"]), part.pack.head.title.of(book.lang)) for part in run.packs]
    facts += [(book.word(WORDS["duties"]), counts["duties"])]
    facts += [(status_word(status, book.lang), counts[status]) for status in STATUSES]
    facts += [(book.word(WORDS["material"]), counts["material"]), (book.word(WORDS["consequences"]), counts["consequences"])]
    facts += [(book.word(WORDS["problem_count"]), len(run.problems))] if run.problems else []
    facts += [(book.word(WORDS["encoding"]).format(encoding=encoding), file) for file, encoding in run.encodings]
    facts += [tuple(checkpoint_line(style).rsplit(" ", 1))] if style.checkpoint else []
    for place, (label, value) in enumerate(facts, 2):
        write_text(sheet, place, 0, label, bold)
        write_cell(book, sheet, place, 1, value)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    notes = len(facts) + 3
    for place, text in enumerate(("material_note", "stake_note"), notes):
        write_text(sheet, place, 0, book.word(WORDS[text]), book.style())
    head = notes + 3
    sheet.set_row(head, 2 * LINE_HEIGHT + 2)
    for place, (_, words, _) in enumerate(OVERVIEW):
        write_text(sheet, head, place, book.word(words), book.style(bold=True, text_wrap=True, bottom=1, bg_color="#E8EBEF"))
    for row, values in enumerate(_agreement_rows(run, book), head + 1):
        for place, value in enumerate(values):
            write_cell(book, sheet, row, place, value)


def _agreement_rows(run: Run, book: Book) -> Iterator[tuple[Cell, ...]]:
    """A row an agreement, and one for the programme where it has duties."""
    found: dict[str | None, list[Finding]] = {one.id: [] for part in run.packs for one in part.agreements}
    titles = {one.id: one.title for part in run.packs for one in part.agreements}
    for finding in run.findings:
        found.setdefault(finding.agreement, []).append(finding)
    stakes = {consequence.agreement for consequence in run.consequences}
    for agreement, findings in found.items():
        counts = {status: sum(one.status == status for one in findings) for status in STATUSES}
        stake = Amount(run.at_stake(agreement)) if agreement in stakes and agreement else None
        title = titles.get(agreement or "", agreement or book.word(WORDS["programme"]))
        yield (title, len(findings), sum(one.material for one in findings), *counts.values(), stake)


def _finding_rows(run: Run, lang: str) -> Iterator[tuple[Cell, ...]]:
    parts = {part.pack.id: part for part in run.packs}
    titles = {one.id: one.title for part in run.packs for one in part.agreements}
    sites = {(part.pack.id, site.id): site.name for part in run.packs for one in part.agreements for site in one.sites}
    programme = WORDS["programme"][lang == "en"]
    for dossier in dossiers(run):
        finding = dossier.finding
        part = parts[finding.id.partition("/")[0]]
        site = sites.get((part.pack.id, finding.site or ""), place_name(finding.site, part.pack, lang))
        yield titles.get(finding.agreement or "", finding.agreement or programme), site, *_finding(dossier, part, lang)


def _finding(dossier: Dossier, part: PackRun, lang: str) -> tuple[Cell, ...]:
    finding, pack = dossier.finding, part.pack
    until = min((cure.day for cure in dossier.cures if cure.day), default=None)
    obligation = pack.obligation(finding.obligation)
    judgements = {judgement.id: judgement.title.of(lang) for judgement in pack.judgements}
    year = None if finding.label == "term" else finding.start.year
    unit = pack.vocabulary[finding.unit].label.of(lang) if finding.unit in pack.vocabulary else finding.unit
    return (
        year, obligation.title.of(lang), status_word(finding.status, lang), finding.material, "; ".join(judgements[name] for name in finding.judgements),
        message(finding, pack, lang), places(obligation, lang, pack), parties(pack, finding.bearer, lang), MODALITY_WORDS[finding.modality][lang == "en"],
        _number(finding, finding.value), _number(finding, finding.lower), _number(finding, finding.upper), unit,
        "; ".join(missing(one, pack, lang) for one in finding.missing),
        "; ".join(cure_words(cure, finding, pack, lang) for cure in dossier.cures), until, _place(finding.evidence[0]) if finding.evidence else None,
        finding.evidence_total, finding.start, finding.end, finding.deadline, finding.open, finding.at_risk, ", ".join(finding.clauses), finding.obligation,
        finding.id,
    )


def _number(finding: Finding, number: int | Decimal | None) -> Cell:
    if number is None:
        return None
    if finding.kind in ("consented", "within_budget"):
        return Amount(Decimal(number))
    return Share(Decimal(number)) if finding.kind == "attended" else number


def _place(one: Evidence) -> str:
    return f"{one.type}:{one.id} ({one.submission}/{one.file}:{one.row})"


def _evidence_rows(run: Run, lang: str) -> Iterator[tuple[Cell, ...]]:
    """The records that findings rest on; where a finding shows not all of them, a row says how many there are."""
    labels = {name: fact_type.label.of(lang) for part in run.packs for name, fact_type in part.pack.vocabulary.items()}
    for finding in run.findings:
        for one in finding.evidence:
            yield finding.id, labels.get(one.type, one.type), one.id, one.submission, one.file, one.row
        if len(finding.evidence) < finding.evidence_total:
            yield finding.id, WORDS["more_evidence"][lang == "en"].format(count=finding.evidence_total - len(finding.evidence)), None, None, None, None


def _consequence_rows(run: Run, lang: str) -> Iterator[tuple[Cell, ...]]:
    titles = {one.id: one.title for part in run.packs for one in part.agreements}
    sites = {site.id: site.name for part in run.packs for one in part.agreements for site in one.sites}
    rules = {rule.id: (part, rule) for part in run.packs for rule in part.pack.consequences}
    for one in run.consequences:
        part, rule = rules[one.consequence]
        note = rule.notes[one.attribution].of(lang) if one.attribution in rule.notes else None
        party = part.pack.head.parties.get(one.attribution)
        yield (
            rule.title.of(lang), one.clause, party.of(lang) if party else one.attribution, titles.get(one.agreement or "", one.agreement),
            sites.get(one.site or "", one.site), one.year, Amount(one.amount_at_stake), len(one.findings), rule.reason.of(lang), note, "; ".join(one.findings),
        )


def _submission_rows(run: Run, lang: str) -> Iterator[tuple[Cell, ...]]:
    titles = {one.id: one.title for part in run.packs for one in part.agreements}
    named = {name: words.of(lang) for part in run.packs for name, words in part.pack.head.parties.items()}
    for one in run.submissions:
        whose = titles.get(one.agreement or "", one.agreement) or WORDS["programme"][lang == "en"]
        yield one.path, whose, one.submitted_on, named.get(one.submitted_by, one.submitted_by), one.sha256
