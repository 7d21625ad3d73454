"""CSV: a row a finding (or a problem), for spreadsheets and for programs.

German (`--lang de`): semicolon and decimal comma, as a German Excel opens them by a double click; English: comma and decimal point. Both: RFC 4180
quoting and CRLF, UTF-8 with a byte order mark (Excel reads umlauts by it), ISO days, one line a row. Text that a spreadsheet would take for a
formula gets an apostrophe before it (CWE-1236; OWASP, CSV injection); numbers stay numbers, also negative ones.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from servanda import problem_texts
from servanda.model import Finding
from servanda.problems import Problem
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import MODALITY_WORDS, message, missing, parties, place_name, places, status_word
from servanda.run import PackRun, Run

CELL_LIMIT = 32_000  # a spreadsheet's cell holds 32 767 characters
_FORMULA = "=+\\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe63\ufe62\ufe66\ufe6b"
_LEADING = re.compile(rf"[\s'\"]*[{_FORMULA}]")
# Inside a text: a spreadsheet of other regional settings splits the line at another separator, and the rest would begin a cell.
_AFTER_SEPARATOR = re.compile(rf"([;,|][\s'\"]*)(?=[{_FORMULA}])")

COLUMNS = {
    "id": "Kennung", "as_of": "Stand", "agreement": "Vereinbarung", "agreement_title": "Name der Vereinbarung", "site": "Standort",
    "site_name": "Name des Standorts", "obligation": "Pflicht", "obligation_title": "Titel der Pflicht", "kind": "Art der Prüfung",
    "clauses": "Fundstellen", "clause_places": "Fundstellen im Text", "bearer": "Verpflichtet", "bearer_names": "Verpflichtete",
    "modality": "Verbindlichkeit", "period": "Zeitraum", "from": "von", "to": "bis", "deadline": "Frist", "status": "Status",
    "status_words": "Status in Worten", "open": "Zeitraum offen", "at_risk": "im Rückstand", "value": "Wert", "lower": "Untergrenze", "upper": "Obergrenze",
    "unit": "Einheit", "material": "möglicherweise wesentlich", "judgements": "Anhaltspunkte", "message": "Befund", "missing": "es fehlt",
    "evidence": "Belege", "evidence_total": "Zahl der Belege",
}
PROBLEM_COLUMNS = {
    "code": "Code", "file": "Datei", "sheet": "Blatt", "cell": "Zelle", "row": "Zeile", "column": "Spalte", "found": "gefunden", "expected": "erwartet",
    "message": "Problem",
}


def csv_report(run: Run, style: Style) -> str:
    """The findings of a run, a row each, in the order of the JSON report."""
    parts = {part.pack.id: part for part in run.packs}
    titles = {one.id: one.title for part in run.packs for one in part.agreements}
    sites = {(part.pack.id, site.id): site.name for part in run.packs for one in part.agreements for site in one.sites}
    rows = []
    for finding in run.findings:
        part = parts[finding.id.partition("/")[0]]
        site_name = sites.get((part.pack.id, finding.site or ""), place_name(finding.site, part.pack, style.lang) if ":" in (finding.site or "") else None)
        names = {"as_of": run.as_of.isoformat(), "agreement_title": titles.get(finding.agreement or ""), "site_name": site_name}
        rows.append({**names, **_row(finding, part, style)})
    return csv_table(COLUMNS, rows, style)


def csv_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems, a row each."""
    rows = [
        {
            "code": problem.code, "file": problem.file, "sheet": problem.sheet, "cell": problem.cell, "row": problem.row, "column": problem.column,
            "found": problem.found, "expected": problem_texts.expected(problem, style.lang), "message": problem_texts.message(problem, style.lang),
        }
        for problem in problems
    ]
    return csv_table(PROBLEM_COLUMNS, rows, style)


def _row(finding: Finding, part: PackRun, style: Style) -> dict[str, object]:
    pack, lang = part.pack, style.lang
    obligation = pack.obligation(finding.obligation)
    money = finding.kind in ("consented", "within_budget")
    return {
        "id": finding.id, "agreement": finding.agreement, "site": finding.site, "obligation": finding.obligation,
        "obligation_title": obligation.title.of(lang), "kind": finding.kind, "clauses": ", ".join(finding.clauses),
        "clause_places": places(obligation, lang, pack), "bearer": ", ".join(finding.bearer), "bearer_names": parties(pack, finding.bearer, lang),
        "modality": MODALITY_WORDS[finding.modality][lang == "en"], "period": finding.label, "from": finding.start.isoformat(),
        "to": finding.end.isoformat(), "deadline": finding.deadline.isoformat() if finding.deadline else None, "status": finding.status,
        "status_words": status_word(finding.status, lang), "open": finding.open, "at_risk": finding.at_risk,
        "value": Decimal(finding.value).quantize(Decimal("0.01")) if money and finding.value is not None else finding.value,
        "lower": finding.lower, "upper": finding.upper, "unit": finding.unit, "material": finding.material, "judgements": ", ".join(finding.judgements),
        "message": message(finding, pack, lang), "missing": "; ".join(missing(one, pack, lang) for one in finding.missing),
        "evidence": _evidence(finding), "evidence_total": finding.evidence_total,
    }


def _evidence(finding: Finding) -> str:
    """Whole entries up to what a cell holds; `evidence_total` counts all."""
    shown = ""
    for one in finding.evidence:
        entry = f"{one.type}:{one.id} ({one.submission}/{one.file}:{one.row})"
        if len(shown) + len(entry) > CELL_LIMIT // 2:
            return shown + "; …"
        shown += ("; " if shown else "") + entry
    return shown


def csv_table(columns: Mapping[str, str], rows: Iterable[Mapping[str, object]], style: Style) -> str:
    """Rows under their columns (name by its German header)."""
    english = style.lang == "en"
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter="," if english else ";", lineterminator="\r\n")
    writer.writerow(list(columns) if english else list(columns.values()))
    for row in rows:
        writer.writerow([_cell(row.get(name), english) for name in columns])
    return "\ufeff" + stream.getvalue()


def _cell(value: object, english: bool) -> str:
    """A cell: numbers in the language's way, texts made harmless, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("yes" if value else "no") if english else ("ja" if value else "nein")
    if isinstance(value, (int, Decimal)):
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return text if english else text.replace(".", ",")
    return formula_safe(str(value))


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return _LEADING.match(text) is not None


def formula_safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before it where it would begin one; control characters visible."""
    shown = safe_text(text.encode("utf-8", "replace").decode("utf-8"), CELL_LIMIT)
    shown = _AFTER_SEPARATOR.sub(r"\1'", shown)
    # A control character at the beginning was one that a spreadsheet passes over, or a sign of its own.
    return "'" + shown if _LEADING.match(shown) or shown[:1] != text[:1] else shown
