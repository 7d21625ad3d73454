"""What-if for a terminal: what was changed in the rules, what changes in the findings (status first), in the consequences, and what stays."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.text import Text

from servanda.differences import Change
from servanda.model import Finding
from servanda.pack_shapes import Pack
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import STATUS_SIGNS, amount, bounds, day, figure, message, rules_of_day, status_word, submissions
from servanda.run import Run
from servanda.whatif.compare import WhatIf
from servanda.whatif.data import changes
from servanda.whatif.rules import RuleChange

_WHAT = {
    "pack": "Regelwerk", "obligation": "Pflicht", "parameter": "Parameter", "judgement": "Anhaltspunkt", "consequence": "Folge", "clause": "Fundstelle",
    "fact type": "Tatsachenart",
}
_WORSE = ("deviation", "unmet")


def console_of(style: Style) -> Console:
    """A console that writes into a text."""
    return Console(
        file=io.StringIO(), width=style.width, force_terminal=style.colour, no_color=not style.colour, color_system="standard" if style.colour else None,
        markup=False, highlight=False, emoji=False, legacy_windows=False,
    )


def text_of(console: Console) -> str:
    """What was written, without blanks at the ends of lines."""
    return "".join(line.rstrip() + "\n" for line in console.file.getvalue().splitlines())


def head(run: Run, what: tuple[str, str], style: Style) -> Text:
    """The first line: what it is, of which day, by which packs."""
    english = style.lang == "en"
    packs = safe_text(", ".join(part.pack.id for part in run.packs))
    of_day = f"{'as of' if english else 'Stand'} {day(run.as_of, style.lang)}" + (f" · {run.year}" if run.year else "")
    words = f"servanda · {what[english]} · {of_day} · {'rules' if english else 'Regelwerk'} {packs} · {submissions(len(run.submissions), style.lang)}"
    return Text(words, style="bold")


def what_if_text(found: WhatIf, style: Style) -> str:
    """The comparison for a terminal of `style.width` columns."""
    console = console_of(style)
    english = style.lang == "en"
    console.print(head(found.after, ("Was wäre wenn", "what if"), style))
    console.print()
    _rules(console, found, style)
    _counts(console, found, style)
    named = changes(found.findings)
    loud = [one for one in named if one[0] != "changed" or _moved(one[1])]
    quiet = [one for kind, one in named if kind == "changed" and not _moved(one)]
    for agreement in dict.fromkeys(_agreement(one) for _, one in loud):
        console.print()
        console.print(Line(Text(f" {safe_text(_title(found, agreement, style))} "), align="left", characters="─", style="bold"))
        for kind, one in loud:
            if _agreement(one) == agreement:
                _finding(console, kind, one, found, style)
    _quiet(console, quiet, found, style)
    _consequences(console, found, style)
    console.print()
    note = "Nothing was decided and no file was changed." if english else "Nichts ist entschieden, keine Datei wurde geändert."
    console.print(Text(note, style="dim"))
    return text_of(console)


def place_words(change: RuleChange, lang: str) -> str:
    """A changed rule in a line."""
    english = lang == "en"
    what = change.what if english else _WHAT[change.what]
    if change.place is None:
        state = ("new" if english else "neu") if change.before is None else ("gone" if english else "fällt weg")
        return f"{what} {change.id}: {state}"
    if change.before is None and change.after is None:
        return f"{what} {change.id}: {change.place} {'changed' if english else 'geändert'}"
    return f"{change.place}: {change.before or '–'} → {change.after or '–'}"


def _rules(console: Console, found: WhatIf, style: Style) -> None:
    english = style.lang == "en"
    console.print(Text(("Changed rules" if english else "Geänderte Regeln") + rules_of_day(found.after.rules_as_of, style.lang) + ":", style="bold"))
    if not found.rules:
        console.print(Text("  – none: the rules are the same" if english else "  – keine: die Regeln sind dieselben"))
    for one in found.rules:
        where = f"  ({safe_text(one.file)}{f':{one.row}' if one.row else ''})" if one.file else ""
        console.print(Text("  " + safe_text(place_words(one, style.lang)) + where), soft_wrap=True)
    console.print()


def _counts(console: Console, found: WhatIf, style: Style) -> None:
    english = style.lang == "en"
    counts = found.findings
    words = "{} findings change, {} are new, {} are gone; {} stay the same." if english else "{} Befunde ändern sich, {} neu, {} fallen weg; {} bleiben gleich."
    console.print(Text(words.format(len(counts.changed), len(counts.new), len(counts.gone), counts.same), style="bold"))
    for was, now, count in found.moves:
        console.print(Text(f"  {_outcome_word(was, style)} → {_outcome_word(now, style)}: {count}"))


def _outcome_word(outcome: str, style: Style) -> str:
    return status_word(outcome.rstrip("!"), style.lang) + (" ⚑" if outcome.endswith("!") else "")


def _moved(one: Change) -> bool:
    return bool({"status", "material"} & set(one.fields))


def _agreement(one: Change) -> str | None:
    return (one.after or one.before).agreement


def _title(found: WhatIf, agreement: str | None, style: Style) -> str:
    for run in (found.after, found.before):
        for part in run.packs:
            for one in part.agreements:
                if one.id == agreement:
                    return one.title
    return "programme" if style.lang == "en" else "Programm"


def _finding(console: Console, kind: str, one: Change, found: WhatIf, style: Style) -> None:
    english = style.lang == "en"
    finding, run = (one.after, found.after) if one.after else (one.before, found.before)
    pack = run.pack_of(finding).pack
    if kind == "changed":
        was, now = ((each.status + ("!" if each.material else "")) for each in (one.before, one.after))
        moved = f"{_outcome_word(was, style)} → {_outcome_word(now, style)}"
    else:
        moved = {"new": ("neu", "new"), "gone": ("fällt weg", "gone")}[kind][english] + f": {status_word(finding.status, style.lang)}"
    line = Text(f"{STATUS_SIGNS[finding.status]} {moved}", style="red" if finding.status in _WORSE and kind != "gone" else "green")
    line.append(f"  {_duty(finding, pack, style)}", style="bold")
    console.print(line)
    lines = [safe_text(part) for part in _figures(one, pack, style)] if kind == "changed" else [message(finding, pack, style.lang)]
    for text in lines:
        console.print(Padding(Text(text), (0, 0, 0, 4)))


def _duty(finding: Finding, pack: Pack, style: Style) -> str:
    term = "term" if style.lang == "en" else "Laufzeit"
    where = f" · {safe_text(finding.site)}" if finding.site else ""
    return f"{pack.obligation(finding.obligation).title.of(style.lang)}{where} · {term if finding.label == 'term' else finding.label} ({finding.obligation})"


def _figures(one: Change, pack: Pack, style: Style) -> list[str]:
    """What changed in value, bounds, deadline and judgements."""
    english, lang = style.lang == "en", style.lang
    was, now = one.before, one.after
    parts = []
    values = [figure(each, each.value, lang) for each in (was, now)]
    parts.append(f"{'value' if english else 'Wert'} {_arrow(*values)}")
    if limits := _limits(one, style):
        parts.append(limits)
    if was.deadline != now.deadline:
        parts.append(f"{'deadline' if english else 'Frist'} {_arrow(day(was.deadline, lang), day(now.deadline, lang))}")
    lines = [" · ".join(parts)]
    titles = {judgement.id: judgement.title.of(lang) for judgement in pack.judgements}
    for sign, names in (("+", set(now.judgements) - set(was.judgements)), ("−", set(was.judgements) - set(now.judgements))):
        lines += [f"⚑ {sign} {titles.get(name, name)} ({name})" for name in sorted(names)]
    return lines


def _limits(one: Change, style: Style) -> str:
    limits = [bounds(each, style.lang) for each in (one.before, one.after)]
    return "" if limits == ["–", "–"] else f"{'agreed' if style.lang == 'en' else 'vereinbart'} {_arrow(*limits)}"


def _arrow(was: str, now: str) -> str:
    return was if was == now else f"{was} → {now}"


def _quiet(console: Console, quiet: Sequence[Change], found: WhatIf, style: Style) -> None:
    """Findings whose status stays: a line each; those in which only the bounds differ are counted by obligation."""
    if not quiet:
        return
    english = style.lang == "en"
    console.print()
    title = " the status stays, other things change " if english else " Status bleibt, anderes ändert sich "
    console.print(Line(Text(title), align="left", characters="─", style="bold"))
    alike: Counter[tuple[str, str]] = Counter()
    for one in quiet:
        finding, pack = one.after, found.after.pack_of(one.after).pack
        if set(one.fields) <= {"lower", "upper"}:
            alike[f"{pack.obligation(finding.obligation).title.of(style.lang)} ({finding.obligation})", _limits(one, style)] += 1
            continue
        told = "; ".join(safe_text(part) for part in _figures(one, pack, style))
        if "→" not in told and "⚑" not in told:
            told += f" · {'changed' if english else 'geändert'}: {', '.join(one.fields)}"
        console.print(Text(f"{STATUS_SIGNS[finding.status]} {safe_text(_title(found, finding.agreement, style))} · {_duty(finding, pack, style)}: {told}"))
    for (what, limits), count in sorted(alike.items()):
        console.print(Text(f"{count} × {what}: {limits}"))


def _consequences(console: Console, found: WhatIf, style: Style) -> None:
    english = style.lang == "en"
    named = changes(found.consequences)
    if not named and not found.at_stake:
        return
    console.print()
    console.print(Line(Text(" consequences " if english else " Folgen "), align="left", characters="─", style="bold"))
    kinds = {"new": ("neu", "new"), "gone": ("fällt weg", "gone"), "changed": ("ändert sich", "changes")}
    for kind, one in named:
        some = one.after or one.before
        amounts = [amount(each.amount_at_stake, style.lang) for each in (one.before, one.after) if each]
        counts = [str(len(each.findings)) for each in (one.before, one.after) if each]
        where = " · ".join(filter(None, (safe_text(_title(found, some.agreement, style)), some.site, str(some.year) if some.year else None)))
        most, findings = ("at most", "findings") if english else ("höchstens", "Befunde")
        line = f"{kinds[kind][english]}: {where} · {some.attribution} ({some.consequence}): {_arrow(counts[0], counts[-1])} {findings}"
        console.print(Text(f"{line} · {most} {_arrow(amounts[0], amounts[-1])}"))
    for name, was, now in found.at_stake:
        words = "at stake at most, in all" if english else "Betrag insgesamt höchstens"
        console.print(Text(f"{safe_text(_title(found, name, style))}: {words} {amount(was, style.lang)} → {amount(now, style.lang)}", style="bold"))
