"""Explanations: a definition beside its clause, or a finding bound by bound, as plain text."""

from __future__ import annotations

import datetime
import inspect
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from servanda.facts.select import selection_sql
from servanda.kinds import BY_NAME
from servanda.measure import STATUS_SQL, TAKEN_SQL, rules_of
from servanda.model import Finding
from servanda.pack_shapes import Clause, Judgement, Obligation, Pack
from servanda.report.definitions import figure_text
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import MODALITY_WORDS, day, figure, message, missing, parties
from servanda.run import Run
from servanda.shapes import Figure, Shape


def known_ids(packs: Mapping[str, Pack]) -> list[str]:
    """Everything that can be explained without facts."""
    names = list(BY_NAME)
    for pack in packs.values():
        names += [o.id for o in pack.obligations] + [j.id for j in pack.judgements] + [c.anchor for c in pack.clauses]
    return names


def explain_definition(packs: Mapping[str, Pack], id: str, as_of: datetime.date, sql: bool, style: Style) -> str | None:
    """The explanation of an obligation, a kind, a judgement or a clause anchor; None where there is none of that id."""
    lines: list[str] = []
    for pack in packs.values():
        for obligation in pack.obligations:
            if obligation.id == id:
                lines += _obligation(pack, obligation, style)
                lines += _sql(pack, obligation, as_of) if sql else []
        for judgement in pack.judgements:
            if judgement.id == id:
                lines += _judgement(pack, judgement, style)
        for clause in pack.clauses:
            if clause.anchor == id:
                lines += _clause(pack, clause, style)
    if id in BY_NAME:
        lines += inspect.getdoc(BY_NAME[id]).splitlines()
        lines += ["", *BY_NAME[id].CASES.strip().splitlines(), "", *BY_NAME[id].MEASURE.strip().splitlines()] if sql else []
    return _text(lines, style) if lines else None


def explain_finding(run: Run, finding: Finding, sql: bool, style: Style) -> str:
    """What was counted, bound by bound, and what it rests on."""
    pack = run.pack_of(finding).pack
    obligation = pack.obligation(finding.obligation)
    english = style.lang == "en"
    lines = [finding.id, message(finding, pack, style.lang), ""]
    window = f"{day(finding.start, style.lang)} – {day(finding.end, style.lang)}"
    still_open = (", open" if english else ", noch offen") if finding.open else ""
    lines.append(f"{'Window' if english else 'Zeitraum'}: {window} ({finding.label}){still_open}")
    lines.append(f"{'Measured' if english else 'Gemessen'}: {figure(finding, finding.value, style.lang)} {finding.unit}")
    for name, bound in (("lower", finding.lower), ("upper", finding.upper)):
        if bound is not None and finding.value is not None:
            kept = finding.value >= bound if name == "lower" else finding.value <= bound
            sign = (">=" if name == "lower" else "<=") if kept else ("<" if name == "lower" else ">")
            words = {"lower": "untere Grenze", "upper": "obere Grenze"}[name] if not english else f"{name} bound"
            verdict = ("kept" if kept else "not kept") if english else ("gehalten" if kept else "nicht gehalten")
            lines.append(f"{words}: {figure(finding, finding.value, style.lang)} {sign} {figure(finding, bound, style.lang)} – {verdict}")
    if finding.deadline:
        lines.append(f"{'Deadline' if english else 'Frist'}: {day(finding.deadline, style.lang)}")
    if finding.evidence:
        lines += ["", f"{'Evidence' if english else 'Belege'} ({finding.evidence_total}):"]
        lines += [f"  {safe_text(e.type)} {safe_text(e.id)} · {safe_text(e.submission)}/{safe_text(e.file)}:{e.row}" for e in finding.evidence]
    if finding.missing:
        lines += ["", "Missing:" if english else "Es fehlt:"]
        lines += [f"  {safe_text(missing(one, pack, style.lang))}" for one in finding.missing]
    for name in finding.judgements:
        lines += ["", *_judgement(pack, next(j for j in pack.judgements if j.id == name), style)]
    lines += _readings(run, finding, style)
    lines += ["", "─" * 20, *_obligation(pack, obligation, style)]
    lines += _sql(pack, obligation, run.as_of) if sql else []
    return _text(lines, style)


def _readings(run: Run, finding: Finding, style: Style) -> list[str]:
    """Under which readings of "ca." and of assumed figures it stands."""
    from servanda.readings.search import readings
    from servanda.report.reading_words import reading_words

    found = readings(run, {finding.id}).get(finding.id, ())
    lines = [f"  {reading_words(one, style.lang)}" for one in found]
    return ["", "Under other readings:" if style.lang == "en" else "Unter anderen Lesarten:", *lines] if lines else []


def _obligation(pack: Pack, obligation: Obligation, style: Style) -> list[str]:
    english = style.lang == "en"
    lines = [f"{obligation.id} · {obligation.title.of(style.lang)}", obligation.rule.of(style.lang), ""]
    for anchor in obligation.clauses:
        clause = next((c for c in pack.clauses if c.anchor == anchor), None)
        if clause:
            lines.append(f"  {anchor} · {clause.place.of(style.lang)}: {clause.words.of(style.lang)}")
    modality = MODALITY_WORDS[obligation.modality][english]
    where = {
        "programme": ("das Programm", "the programme"), "agreement": ("die Vereinbarung", "the agreement"), "site": ("jeder Standort", "each site"),
        "record": ("jeder Satz", "each record"),
    }
    when = {"calendar_year": ("Kalenderjahr", "calendar year"), "agreement_year": ("Vertragsjahr", "agreement year"), "term": ("Laufzeit", "term")}
    site_kind = f" ({pack.head.sites.kinds[obligation.site_kind].of(style.lang)})" if obligation.site_kind else ""
    lines.append(f"{'Owed by' if english else 'Schuldet'}: {parties(pack, obligation.bearer, style.lang)} ({modality})")
    lines.append(f"{'For' if english else 'Für'}: {where[obligation.scope][english]}{site_kind} · {when[obligation.period][english]}")
    lines.append(f"{'Kind' if english else 'Art'}: {obligation.kind} · {BY_NAME[obligation.kind].__doc__.splitlines()[0].split(': ', 1)[1]}")
    lines += [f"  {line}" for line in _figures(pack, obligation.params, style)]
    if obligation.for_each:
        kind = pack.vocabulary[obligation.for_each.facts]
        lines.append(f"{'Each' if english else 'Je'}: {(kind.one or kind.label).of(style.lang)}")
    if obligation.after_breach_of:
        lines.append(f"{'Follows from a breach of' if english else 'Folgt aus einem Bruch von'}: {obligation.after_breach_of}")
    if obligation.assumption:
        lines.append(f"{'Assumption' if english else 'Annahme'}: {obligation.assumption.of(style.lang)}")
    lines.append(f"{'Written in' if english else 'Steht in'}: {obligation.file}:{obligation.row}")
    return lines


def _figures(pack: Pack, params: Shape, style: Style) -> Iterable[str]:
    for name in type(params).model_fields:
        value = getattr(params, name)
        if isinstance(value, Shape):
            yield from _figures(pack, value, style)
        elif isinstance(value, Figure):
            parameter = pack.head.parameters.get(value.parameter) if value.parameter else None
            if parameter:
                why = f" – {parameter.assumption.of(style.lang)}" if parameter.assumption else ""
                yield f"{name} = {figure_text(parameter.value)} {parameter.unit.of(style.lang)} (${value.parameter}){why}"
            else:
                yield f"{name} = {figure_text(value)}"


def _judgement(pack: Pack, judgement: Judgement, style: Style) -> list[str]:
    english = style.lang == "en"
    lines = [f"⚑ {judgement.id} · {judgement.title.of(style.lang)} (§ {judgement.clause})", judgement.reason.of(style.lang)]
    for pattern in judgement.when:
        words = [f"{name} = {'/'.join(sorted(wanted))}" for name, (wanted, _) in pattern.words.items() if wanted]
        words += [f"{name} ≠ {'/'.join(sorted(excluded))}" for name, (_, excluded) in pattern.words.items() if excluded]
        words += [f"{name} {comparison} {_threshold(pack, f)}" for name, found in pattern.numbers.items() for comparison, f in found.items()]
        lines.append("  " + " · ".join(words))
    if judgement.year_before:
        lines.append("  " + ("and the same deviates in the year before" if english else "und dasselbe weicht im Jahr davor ab"))
    if judgement.accumulates:
        number = _threshold(pack, judgement.accumulates.at_least)
        words = ("mindestens {} verschiedene in einer Vereinbarung und einem Jahr", "at least {} different ones in one agreement and year")
        lines.append("  " + words[english].format(number))
    if judgement.assumption:
        lines.append(f"{'Assumption' if english else 'Annahme'}: {judgement.assumption.of(style.lang)}")
    return lines


def _threshold(pack: Pack, figure_: Figure) -> str:
    if figure_.parameter:
        return f"{figure_text(pack.head.parameters[figure_.parameter].value)} (${figure_.parameter})"
    return figure_text(figure_)


def _clause(pack: Pack, clause: Clause, style: Style) -> list[str]:
    english = style.lang == "en"
    lines = [f"{clause.anchor} · {clause.place.of(style.lang)}", clause.words.of(style.lang)]
    if clause.phrases:
        lines.append(f"{'In the text' if english else 'Im Text'}: {', '.join(f'„{phrase}“' for phrase in clause.phrases)}")
    for name in clause.obligations:
        lines.append(f"  → {name}: {pack.obligation(name).rule.of(style.lang)}")
    if clause.nothing_checked:
        lines.append(f"{'Nothing is checked' if english else 'Nichts wird geprüft'}: {clause.nothing_checked.of(style.lang)}")
    if clause.unmeasured:
        lines.append(f"{'No fact can show' if english else 'Nicht messbar'}: {clause.unmeasured.of(style.lang)}")
    return lines


def _sql(pack: Pack, obligation: Obligation, as_of: datetime.date) -> list[str]:
    """What ran: the selections with their bound values, the records of a window, the kind's query, the rule of statuses."""
    lines = ["", "-- SQL"]
    for rule in rules_of(pack):
        if rule.obligation.id == obligation.id:
            for part, selection in rule.parts.items():
                text, values = selection_sql(pack, selection, as_of)
                bound = ", ".join(f"${number} = {value}" for number, value in enumerate(values, 1))
                lines += [f"-- selected, part {part}" + (f" ({bound})" if bound else ""), *text.splitlines(), ""]
    kind = BY_NAME[obligation.kind]
    measured = f"measured, kind {kind.NAME} ($as_of = {as_of})"
    for title, text in (("taken", TAKEN_SQL), (f"{kind.NAME}_case", kind.CASES), (measured, kind.MEASURE), ("result", STATUS_SQL)):
        lines += [f"-- {title}", *text.strip().splitlines(), ""] if text else []
    return lines


def _text(lines: Sequence[str], style: Style) -> str:
    """Wrapped to the width; SQL and indented lines keep their breaks."""
    wrapped: list[str] = []
    in_sql = False
    for line in lines:
        in_sql = in_sql or line == "-- SQL"
        indent = " " * (len(line) - len(line.lstrip()))
        wrapped += [line] if in_sql or not line else textwrap.wrap(line, style.width, subsequent_indent=indent + "  ", break_on_hyphens=False) or [""]
    return "\n".join(wrapped) + "\n"


