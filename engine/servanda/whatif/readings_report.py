"""The findings that do not stand under every reading, for a terminal and as JSON (`servanda.readings/1`, see docs/what-if.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.padding import Padding
from rich.rule import Rule as Line
from rich.text import Text

from servanda.model import Finding
from servanda.readings.contents import Outcome, Reading, Turn
from servanda.report.json_report import dump
from servanda.report.reading_words import reading_words
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import STATUS_SIGNS, measured, status_word
from servanda.run import Run
from servanda.whatif.text import console_of, head, text_of

SCHEMA = "servanda.readings/1"
Found = Mapping[str, tuple[Reading, ...]]


def readings_text(run: Run, found: Found, margin: Decimal, every: bool, style: Style) -> str:
    """The findings with the readings under which they come out otherwise (`every`: all findings, with all their readings)."""
    console = console_of(style)
    english = style.lang == "en"
    console.print(head(run, ("Lesarten", "readings"), style))
    falling = _falling(run, found)
    console.print()
    percent = f"{margin * 100:f}".rstrip("0").rstrip(".") if "." in f"{margin * 100:f}" else f"{margin * 100:f}"
    words = (
        "{} of {} findings that rest on “about” or on an assumed figure do not stand under every reading: “about” as ±0, ±1 or ±2; a figure up to {} % off, "
        "a whole number by 1 in any case." if english else
        "{} von {} Befunden, die auf „ca.“ oder auf einer angenommenen Zahl beruhen, gelten nicht unter jeder Lesart: „ca.“ als ±0, ±1 oder ±2; eine Zahl bis "
        "{} % daneben, eine ganze Zahl jedenfalls um 1."
    )
    console.print(Text(words.format(len(falling), len(_resting(found)), percent.replace(".", "." if english else ","))))
    shown = [one for one in run.findings if one.id in found] if every else falling
    for agreement in dict.fromkeys(one.agreement for one in shown):
        console.print()
        console.print(Line(Text(f" {safe_text(_title(run, agreement, style))} "), align="left", characters="─", style="bold"))
        for one in shown:
            if one.agreement == agreement:
                line = Text(f"{STATUS_SIGNS[one.status]} {status_word(one.status, style.lang)}{' ⚑' if one.material else ''}")
                line.append(f"  {_duty(run, one, style)}", style="bold")
                console.print(line)
                console.print(Padding(Text(measured(one, run.pack_of(one).pack, style.lang), style="dim"), (0, 0, 0, 4)))
                for reading in found[one.id]:
                    if every or not reading.stands:
                        console.print(Padding(Text(reading_words(reading, style.lang)), (0, 0, 0, 4)))
    return text_of(console)


def readings_json(run: Run, found: Found, margin: Decimal, every: bool) -> str:
    """The same as one object."""
    shown = [one for one in run.findings if one.id in found] if every else _falling(run, found)
    told: dict[str, object] = {"schema": SCHEMA, "as_of": run.as_of.isoformat(), "margin": f"{margin:f}"}
    if run.year:
        told["year"] = run.year
    told["summary"] = {"findings": len(run.findings), "rest_on_readings": len(_resting(found)), "do_not_stand": len(_falling(run, found))}
    told["findings"] = [
        {
            "id": one.id, "obligation": one.obligation, "agreement": one.agreement, "site": one.site, "period": one.label, "status": one.status,
            "material": one.material, "stands": all(reading.stands for reading in found[one.id]), "readings": [_reading(each) for each in found[one.id]],
        }
        for one in shown
    ]
    return dump(told)


def stands(found: Found) -> bool:
    """Whether every finding stands under every reading."""
    return all(reading.stands for each in found.values() for reading in each)


def _falling(run: Run, found: Found) -> Sequence[Finding]:
    return [one for one in run.findings if any(not reading.stands for reading in found.get(one.id, ()))]


def _resting(found: Found) -> list[str]:
    return [name for name, each in found.items() if any(reading.kind != "if_about" for reading in each)]


def _title(run: Run, agreement: str | None, style: Style) -> str:
    titles = {one.id: one.title for part in run.packs for one in part.agreements}
    return titles.get(agreement) or ("programme" if style.lang == "en" else "Programm")


def _duty(run: Run, finding: Finding, style: Style) -> str:
    term = "term" if style.lang == "en" else "Laufzeit"
    where = f" · {safe_text(finding.site)}" if finding.site else ""
    label = term if finding.label == "term" else finding.label
    return f"{run.obligation(finding).title.of(style.lang)}{where} · {label} ({finding.obligation})"


def _reading(one: Reading) -> dict[str, object]:
    return {
        "kind": one.kind, "name": one.name, "value": _plain(one.value), "stands": one.stands, "from": _plain(one.low), "to": _plain(one.high),
        "below": _turn(one.below), "above": _turn(one.above), "tried": [_plain(value) for value in one.tried],
        "others": [{"value": _plain(value), **_outcome(outcome)} for value, outcome in one.others],
    }


def _turn(one: Turn | None) -> dict[str, object] | None:
    return None if one is None else {"at": _plain(one.at), **_outcome(one.outcome)}


def _outcome(one: Outcome) -> dict[str, object]:
    return {"status": one.status, "material": one.material}


def _plain(value: Decimal) -> str:
    """A decimal as text, without superfluous noughts: no reader makes a binary fraction of it."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
