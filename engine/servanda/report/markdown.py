"""Markdown as GitHub and GitLab read it, for a step summary or a comment: the outcome first, then a row a district, then why.

The first line is a comment that no reader sees, by which a bot finds its own earlier comment. The whole is bounded (a comment on GitHub holds
65 536 characters); each section has its part of the room, and what was left out is counted where it would stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from servanda import problem_texts
from servanda.model import STATUSES, Finding
from servanda.problems import Problem
from servanda.report.markdown_text import markdown_text as _text
from servanda.report.style import Style
from servanda.report.words import (
    checkpoint_line,
    day,
    measured,
    message,
    missing,
    parties,
    place_name,
    places,
    rules_of_day,
    selection,
    stake,
    status_word,
    submissions,
)
from servanda.run import PackRun, Run

MARKER = "<!-- servanda-report -->"
ROOM = 60_000  # bytes of UTF-8, so that characters stay under GitHub's limit whichever way it counts
SHOWN_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class _Section:
    """`fixed` lines that always stand, then `total` items as far as they fit up to `until`, a share of the room; none is made that does not."""

    fixed: Sequence[str]
    items: Iterable[str] = ()
    total: int = 0
    until: float = 1
    row: str = "- … {}"


def markdown_report(run: Run, style: Style) -> str:
    """The report of a run."""
    english = style.lang == "en"
    found = [(part, finding) for part in run.packs for finding in part.findings]
    deviations = sorted(
        ((part, f) for part, f in found if f.status == "deviation"), key=lambda one: (one[1].agreement or "", one[1].site or "", one[1].start, one[1].id)
    )
    material = [one for one in deviations if one[1].material]
    others = [one for one in deviations if not one[1].material]
    unmet = [one for one in found if one[1].status == "unmet"]
    late = [one for one in found if one[1].at_risk]
    heads = (
        ("Possibly material deviations", "Other deviations", "Intentions not reached", "Behind schedule") if english
        else ("Möglicherweise wesentliche Abweichungen", "Weitere Abweichungen", "Nicht erreichte Absichten", "Im Rückstand")
    )
    sections = [
        _Section([MARKER, f"## {_headline(run, english)}", "", *_about(run, style)]),
        _summary(run, style),
        _left_out(run, style),
        _findings(heads[0], material, 0.5, style),
        _findings(heads[1], others, 0.65, style),
        _gaps(run, style),
        *_consequences(run, style),
        _findings(heads[2], unmet, 0.94, style),
        _findings(heads[3], late, 0.96, style),
        _one_sided(run, style),
    ]
    note = (
        "The program proposes, a person decides: “possibly material” is an indication, not a decision." if english
        else "Das Programm weist hin, ein Mensch entscheidet: „möglicherweise wesentlich“ ist ein Anhaltspunkt, keine Feststellung."
    )
    return _written([*sections, _Section(["", note])], english)


def markdown_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems as a table: where, what was found, what was expected."""
    english = style.lang == "en"
    if not problems:
        head = "✓ No problem" if english else "✓ Kein Problem"
        return f"{MARKER}\n## {head}\n\n{'Nothing was evaluated.' if english else 'Bewertet wurde nichts.'}\n"
    noun = ("problem" if len(problems) == 1 else "problems") if english else ("Problem" if len(problems) == 1 else "Probleme")
    head = f"## ✗ {len(problems)} {noun}: {'not evaluated' if english else 'nicht geprüft'}"
    return _written([_problem_table([MARKER, head], problems, style, 1)], english)


def _problem_table(before: Sequence[str], problems: Sequence[Problem], style: Style, until: float) -> _Section:
    heads = ("file", "place", "found", "expected", "problem") if style.lang == "en" else ("Datei", "Stelle", "gefunden", "erwartet", "Problem")
    rows = (_problem(problem, style) for problem in problems)
    return _Section([*before, "", _row(heads), "|---" * len(heads) + "|"], rows, len(problems), until, "| … {} |" + " |" * (len(heads) - 1))


def _problem(problem: Problem, style: Style) -> str:
    place = [problem.sheet, problem.cell or problem.row, problem.column]
    cells = (
        problem.file or "–", " · ".join(str(part) for part in place if part) or "–", problem.found or "–",
        problem_texts.expected(problem, style.lang), problem_texts.message(problem, style.lang),
    )
    return _row(_text(cell, 400) for cell in cells)


def _headline(run: Run, english: bool) -> str:
    """The outcome in one line: the gravest first, and what is unknown never behind a tick."""
    counts = run.summary()
    parts = []
    if counts["deviation"]:
        words = ("deviation", "deviations") if english else ("Abweichung", "Abweichungen")
        parts.append(f"{counts['deviation']} {words[counts['deviation'] != 1]}")
        if counts["material"]:
            parts[0] += f", {counts['material']} possibly material" if english else f", davon {counts['material']} möglicherweise wesentlich"
    parts += [f"{counts[status]} {status_word(status, 'en' if english else 'de')}" for status in ("undetermined", "unmet", "pending") if counts[status]]
    if run.problems:
        parts.append(f"{len(run.problems)} {'problems, records left out' if english else 'Probleme, Sätze ausgelassen'}")
    sign = "⚑" if counts["material"] else "✗" if counts["deviation"] else "?" if counts["undetermined"] or run.problems else "○" if counts["unmet"] else "✓"
    if sign == "✓":
        parts.insert(0, "nothing deviates" if english else "nichts weicht ab")
        sign = "…" if counts["pending"] else sign
    return f"{sign} {' · '.join(parts)}"


def _about(run: Run, style: Style) -> Iterable[str]:
    english = style.lang == "en"
    packs = ", ".join(part.pack.id for part in run.packs)
    year = f" · {run.year}" if run.year else ""
    packs, taken = _text(packs) + rules_of_day(run.rules_as_of, style.lang), submissions(len(run.submissions), style.lang)
    yield f"{'As of' if english else 'Stand'} {day(run.as_of, style.lang)}{year} · {'rules' if english else 'Regelwerk'} {packs} · {taken}"
    if run.selection:
        yield ""
        yield f"**{_text(selection(run.selection, style.lang))}**"
    if style.checkpoint:
        yield ""
        yield checkpoint_line(style)
    counts = run.summary()
    named = " + ".join(f"{counts[status]} {status_word(status, style.lang)}" for status in STATUSES if counts[status])
    yield ""
    yield f"{named} = {counts['duties']} {'duties' if english else 'Pflichten'}"
    if run.encodings:
        files = ", ".join(f"{_text(file)} ({encoding})" for file, encoding in run.encodings[:20])
        more = f", … +{len(run.encodings) - 20}" if len(run.encodings) > 20 else ""
        yield ""
        yield f"{'Read in another encoding than UTF-8' if english else 'Nicht als UTF-8 gelesen'}: {files}{more}"


def _summary(run: Run, style: Style) -> _Section:
    heads = (
        ("agreement", "duties", "kept", "deviates", "possibly material", "unmet", "unknown", "open", "at stake at most") if style.lang == "en"
        else ("Vereinbarung", "Pflichten", "erfüllt", "weicht ab", "mögl. wesentlich", "verfehlt", "unklar", "offen", "Betrag höchstens")
    )
    rows = []
    for part in run.packs:
        for agreement in (*part.agreements, None):
            mine = [f for f in part.findings if f.agreement == (agreement.id if agreement else None)]
            if not mine:
                continue
            counts = Counter(finding.status for finding in mine)
            material = sum(f.material for f in mine)
            numbers = (
                len(mine), counts["fulfilled"] + counts["tolerated"], counts["deviation"], material, counts["unmet"], counts["undetermined"], counts["pending"],
            )
            at_stake = stake(run.at_stake(agreement.id), part.pack, style.lang) if agreement and material else "–"
            rows.append(_row([_whose(part, agreement.id if agreement else None, style), *(str(number or "–") for number in numbers), at_stake]))
    return _Section(["", _row(heads), "|---" + "|--:" * (len(heads) - 1) + "|"], rows, len(rows), 0.25, "| … {} |" + " |" * (len(heads) - 1))


def _left_out(run: Run, style: Style) -> _Section:
    if not run.problems:
        return _Section(())
    head = "Bad records were left out" if style.lang == "en" else "Fehlerhafte Sätze wurden ausgelassen"
    return _problem_table(_head(head, run.problems)[:-1], run.problems, style, 0.32)


def _findings(head: str, found: Sequence[tuple[PackRun, Finding]], until: float, style: Style) -> _Section:
    return _Section(_head(head, found), (_finding(part, finding, style) for part, finding in found), len(found), until)


def _finding(part: PackRun, finding: Finding, style: Style) -> str:
    """A deviation as a list's entry: what, against what, where agreed, on what evidence, why it may be material."""
    english = style.lang == "en"
    obligation = part.pack.obligation(finding.obligation)
    label = ("term" if english else "Laufzeit") if finding.label == "term" else finding.label
    site = _text(place_name(finding.site, part.pack, style.lang)) if finding.site else ""
    title = " · ".join(word for word in (_whose(part, finding.agreement, style), site, _text(obligation.title.of(style.lang)), label) if word)
    says = message if finding.at_risk else measured
    lines = [f"- **{title}**: {_text(says(finding, part.pack, style.lang))}"]
    where = f"{places(obligation, style.lang, part.pack)} · {parties(part.pack, finding.bearer, style.lang)} · {finding.obligation}"
    lines.append(_text(where))
    if finding.evidence:
        shown = [f"{one.id} ({one.submission}/{one.file}:{one.row})" for one in finding.evidence[:SHOWN_EVIDENCE]]
        more = finding.evidence_total - len(shown)
        rest = [f"{more} {'more' if english else 'weitere'}"] if more > 0 else []
        lines.append(f"{'Evidence' if english else 'Belege'}: {', '.join([*(_text(one) for one in shown), *rest])}")
    for judgement in part.pack.judgements:
        if judgement.id in finding.judgements:
            lines.append(f"⚑ {_text(judgement.title.of(style.lang))} (§ {_text(judgement.clause)}): {_text(judgement.reason.of(style.lang), 600)}")
    return "\\\n  ".join(lines)


def _gaps(run: Run, style: Style) -> _Section:
    """What is missing, by district and gap: the same gap is named once, with the number of duties that hang on it."""
    english = style.lang == "en"
    gaps: Counter[tuple[str, str]] = Counter()
    duties = 0
    for part in run.packs:
        for finding in part.findings:
            if finding.status == "undetermined":
                duties += 1
                whose = _whose(part, finding.agreement, style)
                for text in {missing(one, part.pack, style.lang) for one in finding.missing} or {message(finding, part.pack, style.lang)}:
                    gaps[(whose, text)] += 1
    head = "Undetermined: what is missing" if english else "Nicht feststellbar: was fehlt"
    noun = ("duty", "duties") if english else ("Pflicht", "Pflichten")
    ordered = sorted(gaps.items(), key=lambda item: (-item[1], item[0]))
    items = [f"- {whose}: {_text(text)} · {count} {noun[count != 1]}" for (whose, text), count in ordered]
    return _Section(_head(head, range(duties)), items, len(items), 0.78)


def _consequences(run: Run, style: Style) -> Iterable[_Section]:
    english = style.lang == "en"
    heads = ("agreement", "site", "year", "whose", "findings", "at stake at most")
    heads = heads if english else ("Vereinbarung", "Standort", "Jahr", "wessen", "Befunde", "Betrag höchstens")
    for part in run.packs:
        for rule in part.pack.consequences:
            mine = [one for one in part.consequences if one.consequence == rule.id]
            if not mine:
                continue
            rows = [
                _row((
                    _whose(part, one.agreement, style), _text(one.site or "–"), str(one.year or "–"), _text(parties(part.pack, [one.attribution], style.lang)),
                    str(len(one.findings)), stake(one.amount_at_stake, part.pack, style.lang),
                ))
                for one in mine
            ]
            title = f"{_text(rule.title.of(style.lang))} · § {_text(rule.clause)}"
            notes = [
                f"{_text(parties(part.pack, [name], style.lang))}: {_text(rule.notes[name].of(style.lang), 600)}"
                for name in sorted({one.attribution for one in mine} & set(rule.notes))
            ]
            why = [_text(rule.reason.of(style.lang), 600), *(line for note in notes for line in ("", note))]
            fixed = [*_head(title, mine), *why, "", _row(heads), "|---" * 4 + "|--:" * 2 + "|"]
            yield _Section(fixed, rows, len(rows), 0.9, "| … {} | | | | | |")


def _one_sided(run: Run, style: Style) -> _Section:
    items = [
        _text(f"{one.obligation} · {one.agreement or '–'}{f' · {one.site}' if one.site else ''} · {one.evidence.id} "
              f"({one.evidence.submission}/{one.evidence.file}:{one.evidence.row})")
        for part in run.packs for one in part.one_sided_waivers
    ]
    head = "Waivers of one side only: without effect" if style.lang == "en" else "Nur einseitig erklärte Ausnahmen: ohne Wirkung"
    return _Section(_head(head, items), [f"- {item}" for item in items], len(items), 0.98)


def _whose(part: PackRun, agreement: str | None, style: Style) -> str:
    if agreement is None:
        return "programme" if style.lang == "en" else "Programm"
    return _text(next((one.title for one in part.agreements if one.id == agreement), agreement), 80)


def _head(title: str, items: Sequence[object]) -> list[str]:
    return ["", f"### {title} ({len(items)})", ""] if items else []


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _written(sections: Sequence[_Section], english: bool) -> str:
    """The sections one after the other; each may fill the room up to its share, and counts what does not fit."""
    lines: list[str] = []
    used = 0
    for section in sections:
        lines += section.fixed
        used += sum(_bytes(line) for line in section.fixed)
        shown = 0
        for item in section.items:
            if used + _bytes(item) > ROOM * section.until:
                break
            lines.append(item)
            used += _bytes(item)
            shown += 1
        if shown < section.total:
            left = section.total - shown
            more = f"{left} more, left out here for length; JSON has all" if english else f"{left} weitere, hier gekürzt; JSON enthält alle"
            line = section.row.format(more)
            lines.append(line)
            used += _bytes(line)
    return "\n".join(lines) + "\n"


def _bytes(line: str) -> int:
    return len(line.encode("utf-8")) + 1
