"""Readings in words: for which values of a figure a finding stands, and where it turns."""

from __future__ import annotations

from decimal import Decimal

from servanda.readings.contents import Outcome, Reading, Turn
from servanda.report.words import status_word


def reading_words(reading: Reading, lang: str) -> str:
    """A reading in one line: `attendance_share = 0,8: gilt für jeden Wert bis 0,875; wird Abweichung bei 0,8751`."""
    english = lang == "en"
    if reading.kind == "about":
        named = " · ".join(f"{_about(value, english)} {outcome_words(outcome, lang)}" for value, outcome in _with_own(reading))
        return ("“about” read as: " if english else "„ca.“ gelesen als: ") + named
    if reading.kind == "if_about":
        named = " · ".join(f"±{value} {outcome_words(outcome, lang)}" for value, outcome in reading.others if value)
        return ("no “about” stands here; with it: " if english else "Hier steht kein „ca.“; stünde es da: ") + named
    unit = f" {reading.unit.of(lang)}" if reading.unit else ""
    turns = [_turn(one, reading.outcome, lang) for one in (reading.below, reading.above) if one]
    said = f"{reading.name} = {number(reading.value, lang)}{unit}: {_range(reading, lang)}"
    return said + "".join(f"; {one}" for one in turns)


def outcome_words(outcome: Outcome, lang: str) -> str:
    """A status, and whether it is possibly material."""
    material = (", möglicherweise wesentlich", ", possibly material")[lang == "en"] if outcome.material else ""
    return status_word(outcome.status, lang) + material


def number(value: Decimal, lang: str) -> str:
    """A number without superfluous noughts."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if lang == "en" else text.replace(".", ",")


def _about(value: Decimal, english: bool) -> str:
    return ("strict" if english else "streng") if value == 0 else f"±{value:f}"


def _with_own(reading: Reading) -> list[tuple[Decimal, Outcome]]:
    named = dict(reading.others)
    named.setdefault(reading.value, reading.outcome)
    return sorted(named.items())


def _range(reading: Reading, lang: str) -> str:
    english = lang == "en"
    low, high = number(reading.low, lang), number(reading.high, lang)
    if reading.below and reading.above:
        return f"stands from {low} to {high}" if english else f"gilt von {low} bis {high}"
    if reading.above:
        return f"stands for every value up to {high}" if english else f"gilt für jeden Wert bis {high}"
    if reading.below:
        return f"stands for every value from {low} on" if english else f"gilt für jeden Wert ab {low}"
    first, last = (number(one, lang) for one in reading.tried)
    return f"stands for every value tried ({first} to {last})" if english else f"gilt für jeden geprüften Wert ({first} bis {last})"


def _turn(turn: Turn, now: Outcome, lang: str) -> str:
    """What becomes of it; where the status stays, only whether it is possibly material."""
    english = lang == "en"
    if turn.outcome.status != now.status:
        what = outcome_words(turn.outcome, lang)
    elif turn.outcome.material:
        what = "possibly material" if english else "möglicherweise wesentlich"
    else:
        what = "no longer possibly material" if english else "nicht mehr möglicherweise wesentlich"
    return f"turns “{what}” at {number(turn.at, lang)}" if english else f"wird „{what}“ bei {number(turn.at, lang)}"
