"""The file of a case in words, German and English: headings, labels, and each entry's body as pairs of a label and a text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal

from servanda.report.safe_text import safe_text
from servanda.report.words import STATUS_WORDS, amount, day, share

_LONGEST = 200_000
KIND_WORDS = {
    "run": ("Prüflauf", "Run"), "assessment": ("Bewertung", "Assessment"), "request": ("Anforderung fehlender Angaben", "Request for what is missing"),
    "hearing": ("Gelegenheit zur Stellungnahme", "Opportunity to respond"), "answer": ("Antwort", "Answer"), "remedy": ("Abhilfe", "Remedy"),
    "waiver": ("Einvernehmliche Ausnahme", "Waiver"), "proposal": ("Vorschlag", "Proposal"), "confirmation": ("Entscheidung", "Decision"),
    "attestation": ("Bestätigung", "Attestation"), "correction": ("Berichtigung", "Correction"),
}
FIELD_WORDS = {  # in the order in which they are read
    "finding": ("Befund", "Finding"), "findings": ("Befunde", "Findings"), "subject": ("Gegenstand", "Subject"), "consequence": ("Folge", "Consequence"),
    "to": ("zu Eintrag", "to entry"), "proposal": ("zum Vorschlag in Eintrag", "on the proposal in entry"), "of": ("zu Eintrag", "of entry"),
    "run": ("beruht auf Lauf", "rests on run"), "material": ("wesentlich", "material"), "confirmed": ("bestätigt", "confirmed"),
    "amount": ("Betrag", "Amount"), "purpose": ("Zweck", "Purpose"), "received_on": ("eingegangen am", "Received on"), "on": ("am", "On"),
    "agreed_on": ("vereinbart am", "Agreed on"), "agreed_by": ("vereinbart von", "Agreed by"), "due_on": ("Frist", "Due on"),
    "missing": ("Es fehlt", "Missing"), "text": ("Text", "Text"), "note": ("Vermerk", "Note"), "reasons": ("Gründe", "Reasons"),
}
LABELS = {
    "title": ("Fallakte", "Case file"), "found": ("Was festgestellt wurde", "What was found"), "done": ("Was dann geschah", "What was done"),
    "nothing": ("Noch nichts.", "Nothing yet."), "proof": ("Prüfpunkt und Kette", "Checkpoint and chain"), "run": ("Lauf", "Run"), "as_of": ("Stand", "As of"),
    "by": ("von", "by"), "clauses": ("Klauseln", "Clauses"), "status": ("Ergebnis", "Status"), "value": ("Gemessen", "Measured"),
    "bounds": ("Vereinbart", "Agreed"), "evidence": ("Belege", "Evidence"), "missing": ("Es fehlt", "Missing"),
    "stake": ("noch anders verwendbar", "can still be used elsewhere"),
    "material": ("möglicherweise wesentlich", "possibly material"), "receipt": ("Quittung", "Receipt"), "report": ("Bericht", "Report"),
    "number": ("Eintrag", "Entry"), "at": ("Zeitpunkt", "Moment"), "hash": ("SHA-256", "SHA-256"), "kind": ("Art", "Kind"), "author": ("Wer", "Who"),
    "checkpoint": (
        "Das Journal hatte {length} Einträge; der Hash des letzten war {hash}. Mit „servanda ledger verify --checkpoint {length}:{hash}“ lässt sich prüfen,"
        " dass es seither nur länger geworden ist.",
        "The ledger had {length} entries; the hash of the last one was {hash}. “servanda ledger verify --checkpoint {length}:{hash}” checks that it has"
        " only grown since.",
    ),
    "more": ("insgesamt {count}", "{count} in all"), "decides": (
        "Die Regeln zeigen Anhaltspunkte; entschieden haben die genannten Personen.", "The rules give indications; the people named have decided."
    ),
}


def label(name: str, lang: str) -> str:
    """A heading or label."""
    return LABELS[name][lang == "en"]


def shown(value: object) -> str:
    """A text of people or facts, line by line, with signs that hide or reorder text shown as what they are."""
    return "\n".join(safe_text(line.expandtabs(4), _LONGEST) for line in re.split("\r\n|\r|\n", str(value)))


def moment(text: str, lang: str) -> str:
    """A moment of the ledger to the minute; it is UTC, and says so."""
    at = datetime.datetime.fromisoformat(text)
    return f"{day(at.date(), lang)}, {at:%H:%M} UTC"


def day_of(text: object, lang: str) -> str:
    """A day as people write it, where the text is one."""
    try:
        return day(datetime.date.fromisoformat(str(text)), lang)
    except ValueError:
        return "–"


def told(entry: Mapping, lang: str) -> dict:
    """An entry as the page shows it: kind, moment, author, and the pairs of its body."""
    return {
        "number": entry["number"], "kind": KIND_WORDS[entry["kind"]][lang == "en"], "at": moment(entry["at"], lang), "author": shown(entry["author"]),
        "hash": entry["hash"],
        "pairs": [
            (FIELD_WORDS[name][lang == "en"], _worded(name, entry["body"][name], lang))
            for name in FIELD_WORDS if entry["body"].get(name) not in (None, [])
        ],
    }


def told_finding(finding: Mapping, lang: str) -> dict:
    """A finding of a report as the page shows it."""
    evidence = [shown(f"{one['type']} {one['id'] or ''} – {one['file']}:{one['row']}") for one in finding["evidence"]]
    if finding["evidence_total"] > len(evidence):
        evidence.append(label("more", lang).format(count=finding["evidence_total"]))
    return {
        "id": shown(finding["id"]), "message": shown(finding["message"]), "material": finding["material"],
        "pairs": [
            (label("clauses", lang), ", ".join(map(shown, finding["clauses"]))),
            (label("status", lang), STATUS_WORDS[finding["status"]][lang == "en"] if finding["status"] in STATUS_WORDS else shown(finding["status"])),
            (label("value", lang), _number(finding, finding["value"], lang)),
            (label("bounds", lang), _bounds(finding, lang)),
        ],
        "evidence": evidence, "missing": [_missing(one, lang) for one in finding["missing"]],
    }


def told_consequence(one: Mapping, lang: str) -> str:
    """A consequence of a report, in a line."""
    return f"{shown(one['id'])} ({shown(one['clause'])}): {amount(Decimal(one['amount_at_stake']), lang)} {label('stake', lang)}"


def _worded(name: str, value: object, lang: str) -> str:
    if isinstance(value, bool):
        return (("nein", "ja"), ("no", "yes"))[lang == "en"][value]
    if name in ("due_on", "received_on", "on", "agreed_on"):
        return day(datetime.date.fromisoformat(value), lang)
    if name == "amount":
        return amount(Decimal(value), lang)
    if name == "missing":
        return "\n".join(_missing(one, lang) for one in value)
    return "\n".join(map(shown, value)) if isinstance(value, list) else shown(value)


def _missing(one: Mapping, lang: str) -> str:
    """What is missing, up to when, and who holds it."""
    until = ("bis {day}", "up to {day}")[lang == "en"].format(day=day(datetime.date.fromisoformat(one["until"]), lang)) if one.get("until") else ""
    what = " ".join(filter(None, (one["type"], one.get("role"), one.get("field"), one.get("record"), until)))
    return shown(" – ".join(filter(None, (what, ", ".join(one["holder"]), one.get("clause")))))


def _number(finding: Mapping, number: object, lang: str) -> str:
    if number is None:
        return "–"
    if finding["kind"] == "attended":
        return share(Decimal(str(number)), lang)
    if finding["kind"] in ("consented", "within_budget"):
        return amount(Decimal(str(number)), lang)
    return str(number) if lang == "en" else str(number).replace(".", ",")


def _bounds(finding: Mapping, lang: str) -> str:
    low, high = _number(finding, finding["lower"], lang), _number(finding, finding["upper"], lang)
    least, most = ("at least", "at most") if lang == "en" else ("mindestens", "höchstens")
    if finding["lower"] is not None and finding["upper"] is not None:
        return low if low == high else f"{low}–{high}"
    return f"{least} {low}" if finding["lower"] is not None else f"{most} {high}" if finding["upper"] is not None else "–"
