"""The trace as text, JSON, CSV and HTML, German or English."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from servanda.pack_shapes import Obligation
from servanda.report.safe_text import safe_text
from servanda.report.words import status_word
from servanda.trace.align import Placed
from servanda.trace.matrix import ClauseRow, RuleRow, Trace

SCHEMA = "servanda.trace/1"
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Nachweis der Klauseln: {pack}", "Trace of the clauses: {pack}"),
    "clauses": ("Klauseln und ihre Regeln", "Clauses and their rules"), "rules": ("Regeln und ihre Klauseln", "Rules and their clauses"),
    "clause": ("Klausel", "Clause"), "place": ("Fundstelle", "Place"), "rule": ("Regel", "Rule"), "cases": ("Fälle", "Cases"),
    "findings": ("Feststellungen", "Findings"), "text": ("Text", "Text"), "line": ("Zeile {line}", "line {line}"), "row": ("Zeile", "Line"),
    "nothing": ("keine Regel: {reason}", "no rule: {reason}"), "unmeasured": ("nicht messbar: {what}", "not measured: {what}"),
    "open": ("weder Regel noch Grund", "neither a rule nor a reason"),
    "judgements": ("Anhaltspunkte und Folgen: {names}", "judgements and consequences: {names}"),
    "missing-clause": ("nicht gefunden", "not found"), "same": ("wie im Mustertext", "as in the text that the rules were written for"),
    "differs": ("anderer Wortlaut", "other wording"), "phrase-missing": ("„{phrase}“ fehlt", "“{phrase}” is missing"),
    "phrase-elsewhere": ("„{phrase}“ steht erst in Zeile {line}", "“{phrase}” stands on line {line} instead"),
    "phrase-changed": ("„{phrase}“ steht da mit {figures}", "“{phrase}” stands there with {figures}"),
    "figures": ("Zahlen jetzt {now}, vorher {before}", "figures now {now}, before {before}"),
    "new": ("Neu im Text, ohne Klausel (Zeile {line}): {text}", "New in the text, without a clause (line {line}): {text}"),
    "sum": ("{clauses} Klauseln: {ruled} mit Regel, {reasoned} mit Grund, {open} ohne beides; {rules} Regeln, {cases} Fälle",
            "{clauses} clauses: {ruled} with a rule, {reasoned} with a reason, {open} with neither; {rules} rules, {cases} cases"),
    "placed": ("Text {file}: {found} von {clauses} Klauseln mit allen Schlüsselstellen gefunden, {differ} mit anderem Wortlaut; neue Absätze: {new}",
               "Text {file}: {found} of {clauses} clauses found with all key phrases, {differ} with other wording; new paragraphs: {new}"),
    "no-prints": ("Das Regelwerk kennt den Text nicht, für den es geschrieben wurde (text.yaml fehlt): Abweichungen im Wortlaut sind nicht feststellbar.",
                  "The pack does not know the text that it was written for (no text.yaml): differences in the wording cannot be told."),
}


def said(which: str, lang: str, /, **values: object) -> str:
    """A phrase with untrusted values made safe for one line."""
    return WORDS[which][lang == "en"].format(**{key: safe_text(value, 2000) for key, value in values.items()})


def remarks(placed: Placed | None, lang: str) -> list[str]:
    """What is to be said of a clause's place in the text, the line apart."""
    if placed is None:
        return []
    if placed.item is None:
        found = [said("missing-clause", lang)]
    elif placed.same is None:
        found = []
    else:
        found = [said("same" if placed.same else "differs", lang)]
    for one in placed.phrases:
        if one.state != "found" and (placed.item is not None or one.state == "elsewhere"):
            found.append(said(f"phrase-{one.state}", lang, phrase=one.phrase, line=one.line, figures=", ".join(one.figures)))
    if placed.item is not None and placed.same is False and placed.figures_now != placed.figures_before:
        found.append(said("figures", lang, now=", ".join(placed.figures_now) or "–", before=", ".join(placed.figures_before) or "–"))
    return found


def counted(row: RuleRow, lang: str) -> str:
    """The findings of a rule in words."""
    if row.findings is None:
        return ""
    return ", ".join(f"{count} {status_word(status, lang)}" for status, count in row.findings.items()) or "0"


def summary(trace: Trace, lang: str) -> list[str]:
    """The matrix in a few sentences."""
    rows = trace.clauses
    ruled = sum(1 for row in rows if row.rules or row.judgements)
    open_ones = sum(1 for row in rows if row.open)
    lines = [said("sum", lang, clauses=len(rows), ruled=ruled, reasoned=len(rows) - ruled - open_ones, open=open_ones, rules=len(trace.rules),
                  cases=trace.cases)]
    if trace.alignment is not None:
        placed = trace.alignment.placed
        lines.append(said("placed", lang, file=trace.text, found=sum(one.sound for one in placed), clauses=len(placed),
                          differ=sum(one.same is False for one in placed), new=len(trace.alignment.new)))
        if all(one.same is None for one in placed):
            lines.append(said("no-prints", lang))
        lines += [said("new", lang, line=item.line, text=item.text[:160]) for item in trace.alignment.new]
    return lines


def trace_text(trace: Trace, lang: str) -> str:
    """The matrix for a terminal: what the text says of each clause, its rules, their cases and findings; then rule → clauses."""
    lines = [said("title", lang, pack=trace.pack.head.title.of(lang)), "", said("clauses", lang)]
    for row in trace.clauses:
        lines += _clause_lines(row, lang)
    lines += ["", said("rules", lang)]
    lines += [f"  {row.obligation.id}: {', '.join(row.obligation.clauses)}" for row in trace.rules]
    return "\n".join([*lines, "", *summary(trace, lang)]) + "\n"


def _clause_lines(row: ClauseRow, lang: str) -> Iterator[str]:
    bad = row.open or row.placed is not None and not row.placed.sound
    line = f" · {said('line', lang, line=row.placed.item.line)}" if row.placed and row.placed.item else ""
    sign = "✗" if bad else "≠" if row.placed and row.placed.same is False else "✓"
    yield f"{sign} {safe_text(row.clause.anchor)}  {safe_text(row.clause.place.of(lang))}{line}"
    for remark in remarks(row.placed, lang) if bad or row.placed and row.placed.same is False else ():
        yield f"      {remark}"
    for rule in row.rules:
        findings = counted(rule, lang)
        yield f"    {rule.obligation.id} · {rule.cases} {said('cases', lang)}{f' · {findings}' if findings else ''}"
    if row.judgements:
        yield f"    {said('judgements', lang, names=', '.join(row.judgements))}"
    if row.clause.nothing_checked:
        yield f"    {said('nothing', lang, reason=row.clause.nothing_checked.of(lang))}"
    if row.open:
        yield f"    {said('open', lang)}"


def trace_json(trace: Trace) -> str:
    """The matrix as JSON (`servanda.trace/1`)."""
    return json.dumps({
        "schema": SCHEMA, "pack": trace.pack.id, "pack_sha256": trace.pack.sha256, "text": trace.text, "sound": trace.sound,
        "clauses": [_clause_object(row) for row in trace.clauses],
        "rules": [{"id": row.obligation.id, "clauses": list(row.obligation.clauses), "cases": row.cases, "findings": row.findings, "material": row.material}
                  for row in trace.rules],
        "new": [{"line": item.line, "text": item.text} for item in trace.alignment.new] if trace.alignment else [],
    }, ensure_ascii=False, indent=1) + "\n"


def _clause_object(row: ClauseRow) -> dict:
    placed = row.placed
    return {
        "anchor": row.clause.anchor, "place": row.clause.place.de, "rules": [rule.obligation.id for rule in row.rules], "judgements": list(row.judgements),
        "nothing_checked": row.clause.nothing_checked.de if row.clause.nothing_checked else None, "open": row.open,
        "text": None if placed is None else {
            "found": placed.item is not None, "line": placed.item.line if placed.item else None, "same": placed.same, "sound": placed.sound,
            "figures": list(placed.figures_now), "figures_before": list(placed.figures_before),
            "phrases": [{"phrase": one.phrase, "state": one.state, "line": one.line, "figures": list(one.figures)} for one in placed.phrases],
        },
    }


def trace_csv(trace: Trace, lang: str) -> str:
    """The matrix as CSV, a line a clause and rule; semicolons and a byte order mark, as spreadsheets in German expect them."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow([said(name, lang) for name in ("clause", "place", "rule", "cases", "findings", "row", "text")])
    for row in trace.clauses:
        line = str(row.placed.item.line) if row.placed and row.placed.item else ""
        text = "; ".join(remarks(row.placed, lang))
        for rule in row.rules or (None,):
            own = [rule.obligation.id, str(rule.cases), counted(rule, lang)] if rule else [", ".join(row.judgements), "", ""]
            table.writerow(map(_cell, [row.clause.anchor, row.clause.place.of(lang), *own, line, text]))
    return "\ufeff" + out.getvalue()


def _cell(text: str) -> str:
    """A cell that a spreadsheet shows as text."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def rule_title(obligation: Obligation, lang: str) -> str:
    """A rule's title with its id."""
    return f"{obligation.title.of(lang)} ({obligation.id})"
