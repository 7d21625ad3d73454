"""Due dates for a terminal (the next thing to do first, then month by month) and as JSON (`servanda.calendar/1`).

Duties that are due on the same day, of the same obligation and with the same left to do, share a row; each is named by its place.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from servanda.due_dates import DueDate
from servanda.report.due_words import UNCERTAIN, agreement_name, days_ahead, left, left_out, month, notes, place, weekday, what, whose
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import day, submissions
from servanda.run import Run

NARROW = 84
SHOWN_FIRST = 5


def due_table(due: Sequence[DueDate], run: Run, style: Style) -> str:
    """The due dates for a terminal of `style.width` columns."""
    console = Console(
        file=io.StringIO(), width=style.width, force_terminal=style.colour, no_color=not style.colour, color_system="standard" if style.colour else None,
        markup=False, highlight=False, emoji=False, legacy_windows=False,
    )
    english = style.lang == "en"
    packs = safe_text(", ".join(part.pack.id for part in run.packs))
    words = ("servanda · due dates · as of", "rules") if english else ("servanda · Fristen · Stand", "Regelwerk")
    console.print(Text(f"{words[0]} {day(run.as_of, style.lang)} · {words[1]} {packs} · {submissions(len(run.submissions), style.lang)}", style="bold"))
    console.print()
    if run.problems:
        console.print(Text(f"{left_out(run, style.lang)}\n", style="bold yellow"))
    if run.encodings:
        files = ", ".join(f"{safe_text(file)} ({encoding})" for file, encoding in run.encodings)
        console.print(Text(f"{'Read in another encoding than UTF-8' if english else 'Nicht als UTF-8 gelesen'}: {files}\n", style="bold yellow"))
    if not due:
        console.print(Text("Nothing is due." if english else "Nichts ist fällig."))
    else:
        groups = _groups(due, style)
        _next(console, groups, run, style)
        for name, rows in groupby(groups, lambda group: month(group[0].working_day, style.lang)):
            console.print()
            console.print(Line(Text(f" {name} "), align="left", characters="─", style="bold"))
            console.print(_rows(list(rows), style))
        _legend(console, due, style)
    return "".join(line.rstrip() + "\n" for line in console.file.getvalue().splitlines())


def _groups(due: Sequence[DueDate], style: Style) -> list[list[DueDate]]:
    """Due dates that differ in their place only, in the order of the first of each."""
    groups: dict[tuple, list[DueDate]] = {}
    for one in due:
        same = (one.working_day, one.day, one.finding.obligation, one.bearer, left(one, style.lang), one.uncertain, one.at_risk, one.pack.id)
        groups.setdefault(same, []).append(one)
    return sorted(groups.values(), key=lambda group: (group[0].working_day, not group[0].at_risk))


def _places(group: Sequence[DueDate], style: Style) -> str:
    """`Mitte (mitte-1, mitte-2), Pankow (pankow-1)`: every due date of the group by its place."""
    parts = []
    for name, mine in groupby(group, lambda one: agreement_name(one, style.lang)):
        named = ", ".join(text for text in (place(one, style.lang) for one in mine) if text)
        parts.append(f"{name} ({named})" if named else name)
    return ", ".join(parts)


def _next(console: Console, groups: Sequence[Sequence[DueDate]], run: Run, style: Style) -> None:
    """What is to be done next, before everything else."""
    english = style.lang == "en"
    first = groups[0][0]
    today = [group for group in groups if group[0].working_day == first.working_day]
    head = f"{'Next' if english else 'Als Nächstes'}: {weekday(first.working_day, style.lang)} ({days_ahead(first.working_day, run.as_of, style.lang)})"
    console.print(Text(head, style="bold cyan"))
    for group in today[:SHOWN_FIRST]:
        names = f" · {_places(group, style)}" if len(group) <= 2 else f" · {len(group)}×"
        text = Text(_sign(group[0]) + what(group[0], style.lang), style="bold")
        text.append(f" · {left(group[0], style.lang)} · {whose(group[0], style.lang)}{names}", style="not bold")
        console.print(Padding(text, (0, 0, 0, 2)))
    if len(today) > SHOWN_FIRST:
        console.print(Padding(Text(f"… +{len(today) - SHOWN_FIRST}"), (0, 0, 0, 2)))
    total = sum(len(group) for group in groups)
    last = max(group[0].working_day for group in groups)
    console.print()
    behind = sum(_late(one) for group in groups for one in group)
    line = f"{total} due dates up to {day(last, 'en')}" if english else f"{total} {'Frist' if total == 1 else 'Fristen'} bis {day(last, 'de')}"
    console.print(Text(line + (f" · {behind} {'behind schedule' if english else 'im Rückstand'}" if behind else ""), style="dim"))


def _late(due: DueDate) -> bool:
    return due.at_risk and not due.waived


def _sign(due: DueDate) -> str:
    signs = f"{'!' if _late(due) else ''}{'?' if due.uncertain else ''}"
    return f"{signs} " if signs else ""


def _rows(groups: Sequence[Sequence[DueDate]], style: Style) -> Table:
    """A row a group; on a narrow terminal what is left stands below the title."""
    english = style.lang == "en"
    wide = style.width >= NARROW
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, show_header=False, expand=wide)
    table.add_column("day", no_wrap=True)
    table.add_column("what", overflow="fold", ratio=9 if wide else None)
    if wide:
        table.add_column("left", overflow="fold", ratio=5)
    shown = None
    for group in groups:
        first = group[0]
        title = Text(_sign(first) + what(first, style.lang), style="bold red" if _late(first) else "bold")
        count = f"{len(group)}× " if len(group) > 1 else ""
        title.append(f"\n{whose(first, style.lang)} · {count}{_places(group, style)}", style="not bold default")
        to_do = Text(left(first, style.lang), style="cyan")
        for note in notes(first, style.lang):
            if note != UNCERTAIN[style.lang]:
                to_do.append(f"\n{note}" if wide else f" · {note}", style="default")
        when = "" if first.working_day == shown else weekday(first.working_day, style.lang)[: None if english else -4]
        shown = first.working_day
        if wide:
            table.add_row(Text(when), title, to_do)
        else:
            table.add_row(Text(when), title.append("\n").append_text(to_do))
    return table


def _legend(console: Console, due: Iterable[DueDate], style: Style) -> None:
    english = style.lang == "en"
    console.print()
    if any(one.uncertain for one in due):
        console.print(Text(f"? {UNCERTAIN[style.lang]}: {'facts are missing' if english else 'Angaben fehlen'}", style="dim"))
    note = (
        "Days are working days. What deviates already is in the report (servanda check)." if english else
        "Genannt sind Arbeitstage. Was schon abweicht, steht im Bericht (servanda check)."
    )
    console.print(Text(note, style="dim"))


def due_json(due: Sequence[DueDate], run: Run, until: object = None) -> str:
    """The due dates as one object, a line each."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    head = {"schema": "servanda.calendar/1", "as_of": run.as_of.isoformat(), "until": until.isoformat() if until else None, "count": len(due)}
    if run.problems:
        head["problems"] = len(run.problems)
    parts = [f" {encode(name)}: {encode(value)}" for name, value in head.items()]
    rows = ",\n  ".join(encode(_object(one)) for one in due)
    parts.append(f' "due": [\n  {rows}\n ]' if due else ' "due": []')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _object(due: DueDate) -> dict[str, object]:
    finding, one = due.finding, due.record
    record = one and {"type": one.type, "id": one.id, "file": one.file, "row": one.row, "submission": one.submission}
    whole = due.left is None or isinstance(due.left, int)
    return {
        "finding": finding.id, "record": record,
        "obligation": finding.obligation, "kind": finding.kind, "clauses": list(finding.clauses), "bearer": list(due.bearer),
        "agreement": finding.agreement, "site": finding.site, "period": finding.label, "day": due.day.isoformat(), "working_day": due.working_day.isoformat(),
        "left": due.left if whole else float(Decimal(due.left)), "left_words": {"de": left(due, "de"), "en": left(due, "en")}, "status": finding.status,
        "at_risk": due.at_risk, "uncertain": due.uncertain, "waived": due.waived,
    }
