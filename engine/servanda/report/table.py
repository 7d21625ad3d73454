"""The terminal report: the summary first, then what deviates, what is unknown and what follows.

A status is always a word and a sign, never a colour alone. Text from facts is made safe; nothing is parsed as markup.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from servanda import problem_texts
from servanda.model import STATUSES, Agreement, Finding
from servanda.problems import Problem
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import (
    STATUS_SIGNS,
    assumptions,
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

SHOWN_EVIDENCE = 5
NARROW = 84
_COMMAND = re.compile(r"(^(?:\s|\x1b\[[0-9;]*m)*:(?=:)|#(?=#\[))")
_COLOUR = {"deviation": "bold red", "unmet": "yellow", "undetermined": "magenta", "pending": "cyan", "fulfilled": "green", "tolerated": "yellow"}


def table_report(run: Run, style: Style) -> str:
    """The report of a run for a terminal of `style.width` columns."""
    console = _console(style)
    english = style.lang == "en"
    title = f"servanda · {'as of' if english else 'Stand'} {day(run.as_of, style.lang)}"
    if run.year:
        title += f" · {run.year}"
    packs = safe_text(", ".join(f"{part.pack.id}" for part in run.packs)) + rules_of_day(run.rules_as_of, style.lang)
    console.print(Text(f"{title} · {'rules' if english else 'Regelwerk'} {packs} · {submissions(len(run.submissions), style.lang)}", style="bold"))
    if run.selection:
        console.print(Text(safe_text(selection(run.selection, style.lang)), style="bold"))
    console.print()
    console.print(_summary(run, style))
    console.print(_sum_line(run, style))
    _encodings(console, run, style)
    _left_out(console, run, style)
    for part in run.packs:
        for agreement in (*part.agreements, None):
            _agreement(console, part, agreement, style)
    _consequences(console, run, style)
    _one_sided(console, run, style)
    console.print()
    note = (
        "The program proposes, a person decides: “possibly material” is an indication, not a decision."
        if english else "Das Programm weist hin, ein Mensch entscheidet: „möglicherweise wesentlich“ ist ein Anhaltspunkt, keine Feststellung."
    )
    console.print(Text(note, style="dim"))
    if style.checkpoint:
        console.print(Text(checkpoint_line(style), style="dim"))
    return _text(console)


def table_problems(problems: Sequence[Problem], style: Style, outcome: str | None = None) -> str:
    """Problems, one after the other, each with its place; `outcome` says what they come to, where it is not that nothing was evaluated."""
    console = _console(style)
    english = style.lang == "en"
    noun = {"de": ("Problem", "Probleme"), "en": ("problem", "problems")}[style.lang][len(problems) != 1]
    head = f"{len(problems)} {noun}: {outcome or ('not evaluated' if english else 'nicht geprüft')}"
    console.print(Text(head, style="bold red"))
    for problem in problems:
        console.print(Text(f"  {_place(problem, english)}", style="bold"), soft_wrap=True)
        console.print(Padding(Text(safe_text(problem_texts.message(problem, style.lang), 600)), (0, 0, 0, 4)))
        wanted = f"{'expected' if english else 'erwartet'}: {safe_text(problem_texts.expected(problem, style.lang), 600)}"
        console.print(Padding(Text(f"{wanted}  [{problem.code}]", style="dim"), (0, 0, 0, 4)))
    return _text(console)


def _text(console: Console) -> str:
    """The lines, none of which a runner of GitHub Actions takes for a command: a wrapped text from facts may begin one."""
    return "".join(_COMMAND.sub(r"\1 ", line.rstrip()) + "\n" for line in console.file.getvalue().splitlines())


def _place(problem: Problem, english: bool) -> str:
    parts = [safe_text(problem.file or ("input" if english else "Eingabe"))]
    if problem.sheet:
        parts.append("!".join(safe_text(part) for part in (problem.sheet, problem.cell or problem.row) if part))
    elif problem.row:
        parts.append(str(problem.row))
    return ":".join(parts) + (f" · {safe_text(problem.column)}" if problem.column else "")


def _console(style: Style) -> Console:
    return Console(
        file=io.StringIO(), width=style.width, force_terminal=style.colour, no_color=not style.colour, color_system="standard" if style.colour else None,
        markup=False, highlight=False, emoji=False, legacy_windows=False,
    )


_HEADS = {
    "de": ("Pflichten", "erfüllt\n✓", "weicht ab\n✗", "verfehlt\n○", "unklar\n?", "offen\n…", "wesentl.?\n⚑", "Betrag\nhöchstens"),
    "en": ("duties", "kept\n✓", "deviates\n✗", "unmet\n○", "unknown\n?", "open\n…", "material?\n⚑", "at stake\nat most"),
}


def _summary(run: Run, style: Style) -> Table:
    """A row an agreement; on a narrow terminal the names of the columns become words in the row."""
    rows: list[list[Text]] = []
    for part in run.packs:
        for agreement in (*part.agreements, None):
            mine = [f for f in part.findings if f.agreement == (agreement.id if agreement else None)]
            if mine:
                name = agreement.title if agreement else _programme(style)
                at_stake = stake(run.at_stake(agreement.id), part.pack, style.lang) if agreement and any(f.material for f in mine) else "–"
                rows.append(_cells(name, mine, at_stake))
    everything = [finding for part in run.packs for finding in part.findings]
    rows.append([cell.copy() for cell in _cells("total" if style.lang == "en" else "zusammen", everything, "")])
    table = Table(box=None, padding=(0, 1, 0, 0), show_edge=False, header_style="bold", show_header=style.width >= NARROW)
    if style.width < NARROW:
        table.add_column("", overflow="fold")
        for row in rows:
            named = [(head.split("\n")[0], str(cell)) for head, cell in zip(_HEADS[style.lang], row[1:], strict=True) if str(cell) not in ("–", "")]
            table.add_row(Text(f"{row[0]}: " + " · ".join(f"{head} {cell}" for head, cell in named)))
        return table
    table.add_column("", no_wrap=True, overflow="ellipsis", min_width=12)
    for head in _HEADS[style.lang]:
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _programme(style: Style) -> str:
    return "programme" if style.lang == "en" else "Programm"


def _cells(name: str, findings: Sequence[Finding], at_stake: str) -> list[Text]:
    counts = Counter(finding.status for finding in findings)
    kept = counts["fulfilled"] + counts["tolerated"]
    numbers = (len(findings), kept, counts["deviation"], counts["unmet"], counts["undetermined"], counts["pending"], sum(f.material for f in findings))
    styles = ("", "green", "red", "yellow", "magenta", "cyan", "bold red")
    cells = [Text(str(number) if number else "–", style=style if number else "dim") for number, style in zip(numbers, styles, strict=True)]
    return [Text(safe_text(name, 40)), *cells, Text(at_stake)]


def _sum_line(run: Run, style: Style) -> Text:
    counts = run.summary()
    named = " + ".join(f"{counts[status]} {status_word(status, style.lang)}" for status in STATUSES if counts[status])
    return Text(f"\n{named} = {counts['duties']} {'duties' if style.lang == 'en' else 'Pflichten'}", style="dim")


def _encodings(console: Console, run: Run, style: Style) -> None:
    """Files whose text was not UTF-8: a wrong encoding shows in names only, so a person must know."""
    if not run.encodings:
        return
    console.print()
    console.print(Text("Read in another encoding than UTF-8:" if style.lang == "en" else "Nicht als UTF-8 gelesen:", style="bold yellow"))
    for file, encoding in run.encodings:
        console.print(Padding(Text(f"{safe_text(file)}: {encoding}"), (0, 0, 0, 2)))


def _left_out(console: Console, run: Run, style: Style) -> None:
    if not run.problems:
        return
    console.print()
    english = style.lang == "en"
    head = f"{len(run.problems)} problems: bad records were left out, their types count as incomplete" if english else (
        f"{len(run.problems)} Probleme: fehlerhafte Sätze wurden ausgelassen, ihre Tatsachenarten gelten als unvollständig"
    )
    console.print(Text(head, style="bold yellow"))
    for problem in run.problems[:20]:
        text = Text(f"{_place(problem, english)}: {safe_text(problem_texts.message(problem, style.lang))}")
        console.print(Padding(text, (0, 0, 0, 2)))
    if len(run.problems) > 20:
        console.print(Text(f"  … +{len(run.problems) - 20}"))


def _agreement(console: Console, part: PackRun, agreement: Agreement | None, style: Style) -> None:
    mine = [f for f in part.findings if f.agreement == (agreement.id if agreement else None)]
    shown = [f for f in mine if f.status in ("deviation", "unmet")]
    unknown = [f for f in mine if f.status == "undetermined"]
    risky = [f for f in mine if f.at_risk]
    if not shown and not unknown and not risky:
        return
    console.print()
    name = agreement.title if agreement else _programme(style)
    console.print(Line(Text(f" {safe_text(name)} "), align="left", characters="─", style="bold"))
    for finding in sorted(shown, key=lambda f: (f.status != "deviation", not f.material, f.start, f.obligation, f.site or "")):
        _finding(console, part, finding, style)
    for finding in risky:
        text = f"… {_title(part, finding, style)} · {message(finding, part.pack, style.lang)}"
        console.print(Text(text, style=_COLOUR["pending"]))
    _unknown(console, part, unknown, style)


def _title(part: PackRun, finding: Finding, style: Style) -> str:
    obligation = part.pack.obligation(finding.obligation)
    where = f" · {safe_text(place_name(finding.site, part.pack, style.lang))}" if finding.site else ""
    term = "term" if style.lang == "en" else "Laufzeit"
    return f"{obligation.title.of(style.lang)}{where} · {term if finding.label == 'term' else finding.label}"


def _finding(console: Console, part: PackRun, finding: Finding, style: Style) -> None:
    english = style.lang == "en"
    obligation = part.pack.obligation(finding.obligation)
    mark = (" ⚑ possibly material" if english else " ⚑ möglicherweise wesentlich") if finding.material else ""
    head = Text(f"{STATUS_SIGNS[finding.status]} {status_word(finding.status, style.lang)}", style=_COLOUR.get(finding.status, ""))
    head.append(f"  {_title(part, finding, style)}", style="bold")
    head.append(mark, style="bold red")
    console.print()
    console.print(head)
    lines = [
        measured(finding, part.pack, style.lang),
        f"{places(obligation, style.lang, part.pack)} · {parties(part.pack, finding.bearer, style.lang)} · {finding.obligation}",
    ]
    lines.extend(_evidence_lines(finding, style))
    for name in finding.judgements:
        judgement = next(j for j in part.pack.judgements if j.id == name)
        lines.append(f"⚑ {judgement.title.of(style.lang)} ({name}, § {judgement.clause}): {judgement.reason.of(style.lang)}")
    assumed = assumptions(obligation, style.lang)
    if assumed:
        lines.append(f"{'Assumption' if english else 'Annahme'}: {assumed}")
    for waiver in part.one_sided_waivers:
        fits = waiver.obligation == finding.obligation and waiver.agreement == finding.agreement and waiver.site in (None, finding.site)
        if fits:
            lines.append(f"{'One-sided waiver without effect' if english else 'Einseitige Ausnahme ohne Wirkung'}: {safe_text(waiver.evidence.id)}")
    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 4)))


def _evidence_lines(finding: Finding, style: Style) -> Iterable[str]:
    if not finding.evidence:
        return
    english = style.lang == "en"
    rows = [f"{safe_text(e.id)} ({safe_text(e.submission.rsplit('/', 1)[-1])}/{safe_text(e.file)}:{e.row})" for e in finding.evidence[:SHOWN_EVIDENCE]]
    more = finding.evidence_total - len(rows)
    if more > 0:
        rows.append(f"{more} more" if english else f"{more} weitere")
    yield f"{'Evidence' if english else 'Belege'}: {', '.join(rows)}"


def _unknown(console: Console, part: PackRun, unknown: Sequence[Finding], style: Style) -> None:
    """What is not known, by what is missing: the same gap is named once."""
    if not unknown:
        return
    english = style.lang == "en"
    gaps: Counter[str] = Counter()
    for finding in unknown:
        for text in {missing(one, part.pack, style.lang) for one in finding.missing} or {message(finding, part.pack, style.lang)}:
            gaps[text] += 1
    console.print()
    head = f"? {len(unknown)} duties undetermined – missing:" if english else f"? {len(unknown)} Pflichten nicht feststellbar – es fehlt:"
    console.print(Text(head, style=_COLOUR["undetermined"]))
    for text, count in sorted(gaps.items(), key=lambda item: (-item[1], item[0]))[:12]:
        console.print(Padding(Text(f"{safe_text(text)} · {count} {'duties' if english else 'Pflichten'}"), (0, 0, 0, 4)))
    if len(gaps) > 12:
        console.print(Padding(Text(f"… +{len(gaps) - 12}"), (0, 0, 0, 4)))


def _consequences(console: Console, run: Run, style: Style) -> None:
    english = style.lang == "en"
    for part in run.packs:
        for rule in part.pack.consequences:
            mine = [c for c in part.consequences if c.consequence == rule.id]
            if not mine:
                continue
            console.print()
            console.print(Line(Text(f" {rule.title.of(style.lang)} · § {rule.clause} "), align="left", characters="─", style="bold"))
            console.print(Text(rule.reason.of(style.lang)))
            table = Table(box=None, padding=(0, 1), show_edge=False, header_style="bold")
            heads = ("", "Standort", "Jahr", "wessen", "Befunde", "Betrag höchstens")
            heads = ("", "site", "year", "whose", "findings", "at stake at most") if english else heads
            for number, head in enumerate(heads):
                table.add_column(head, overflow="fold", no_wrap=number < 3 and style.width >= NARROW, justify="right" if number > 3 else "left")
            names = {agreement.id: agreement.title for agreement in part.agreements}
            for c in mine:
                whose = part.pack.head.parties[c.attribution].of(style.lang) if c.attribution in part.pack.head.parties else c.attribution
                cells = (names.get(c.agreement, "–"), c.site or "–", str(c.year or "–"), whose, str(len(c.findings)))
                cells = (*cells, stake(c.amount_at_stake, part.pack, style.lang))
                table.add_row(*(Text(safe_text(cell)) for cell in cells))
            console.print(table)
            for name in sorted({c.attribution for c in mine} & set(rule.notes)):
                console.print(Text(f"{part.pack.head.parties[name].of(style.lang)}: {rule.notes[name].of(style.lang)}", style="dim"))


def _one_sided(console: Console, run: Run, style: Style) -> None:
    waivers = [(part, waiver) for part in run.packs for waiver in part.one_sided_waivers]
    if not waivers:
        return
    console.print()
    english = style.lang == "en"
    console.print(Text("Waivers of one side only: without effect" if english else "Nur einseitig erklärte Ausnahmen: ohne Wirkung", style="bold"))
    for _, waiver in waivers:
        where = f"{safe_text(waiver.agreement or '–')}{' · ' + safe_text(waiver.site) if waiver.site else ''}"
        e = waiver.evidence
        console.print(Padding(Text(f"{waiver.obligation} · {where} · {safe_text(e.id)} ({safe_text(e.submission)}/{safe_text(e.file)}:{e.row})"), (0, 0, 0, 4)))
