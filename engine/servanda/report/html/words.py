"""The words of the HTML report, German and English, and sentences for circumstances and evidence."""

from __future__ import annotations

import datetime
from decimal import Decimal

from servanda.dossier.contents import Circumstance, EvidenceRow
from servanda.pack_shapes import FieldType, Pack
from servanda.report.words import amount, day, measured, parties, status_word

WORDS = {
    "title": ("Prüfbericht", "Compliance report"), "as_of": ("Stand", "as of"), "skip": ("Zum Inhalt", "Skip to content"),
    "contents": ("Inhalt", "Contents"), "overview": ("Überblick", "Overview"), "findings": ("Feststellungen", "Findings"),
    "obligations": ("Pflichten und Fundstellen", "Obligations and clauses"), "receipt": ("Beleg", "Receipt"),
    "rules_as_of": ("Regelwerk nach dem Stand vom", "Rules as they stood on"),
    "programme": ("Programm", "Programme"), "agreement": ("Vereinbarung", "Agreement"), "deviations": ("Abweichungen", "Deviations"),
    "material": ("möglicherweise wesentlich", "possibly material"), "unknown": ("nicht feststellbar", "undetermined"),
    "at_stake": ("anderweitig verwendbar, höchstens", "usable elsewhere, at most"), "since": ("gegenüber {year}", "against {year}"),
    "new": ("neu", "new"),
    "mended": ("behoben", "mended"),
    "year": ("Jahr", "year"),
    "term": ("Laufzeit", "term"),
    "duties": ("Pflichten geprüft", "duties checked"),
    "decides": ("Das Programm weist hin, ein Mensch entscheidet: „möglicherweise wesentlich“ ist ein Anhaltspunkt, keine Feststellung.",
                "The program proposes, a person decides: “possibly material” is an indication, not a decision."),
    "upper": ("Der Betrag ist eine Obergrenze: die Mittel des laufenden und späterer Jahre abzüglich der Ausgaben.",
              "The amount is an upper limit: the funds of this year and later ones, less what was spent."),
    "synopsis": ("Vereinbarungen im Vergleich", "Agreements compared"), "consequences": ("Vorbehaltene Folgen", "Reserved consequences"),
    "attributed": ("zugerechnet", "attributed to"),
    "matrix": ("Jahre und Standorte", "Years and sites"),
    "by_clause": ("Pflichten nach Fundstelle", "Duties by clause"),
    "timelines": ("Sitzungen und Besetzungen im Verlauf", "Meetings and posts over time"),
    "curves": ("Zustimmungen und Ausgaben", "Consents and spending"),
    "clause": ("Fundstelle", "Clause"),
    "duty": ("Pflicht", "duty"),
    "status": ("Ergebnis", "result"),
    "results": ("Ergebnisse", "results"),
    "of_term": ("Gesamte Laufzeit", "Whole term"), "whole": ("gesamte Vereinbarung", "whole agreement"),
    "rule": ("Regel", "Rule"),
    "window": ("Zeitraum", "Window"),
    "open": ("noch offen", "still open"),
    "numbers": ("Gemessen und vereinbart", "Measured and agreed"),
    "deadline": ("Frist", "Deadline"),
    "evidence": ("Belege", "Evidence"),
    "record": ("Satz", "record"),
    "date": ("Datum", "date"),
    "says": ("Angaben", "says"),
    "source": ("Quelle", "source"),
    "meaning": ("Wertung", "reading"),
    "lacks": ("Es fehlt", "Missing"),
    "readings": ("Unter anderen Lesarten", "Under other readings"),
    "cures": ("Was noch hilft", "What would still help"),
    "no_cure": ("Nichts mehr: Der Zeitraum ist vorbei.", "Nothing any more: the window is over."), "assumptions": ("Annahmen", "Assumptions"),
    "circumstances": ("Was für die Verpflichteten spricht", "What speaks for those who owe"), "before": ("Im Jahr davor", "The year before"),
    "none_known": ("Aus den Daten ist nichts ersichtlich.", "The data show nothing."),
    "why": ("Anhaltspunkt", "Indication"),
    "owed": ("Schuldet", "Owed by"),
    "more_rows": ("und {count} weitere", "and {count} more"),
    "search": ("Suchen", "Search"),
    "all": ("alle", "all"),
    "filter": ("Feststellungen auswählen", "Choose findings"),
    "shown": ("{count} von {all} Feststellungen", "{count} of {all} findings"),
    "reset": ("Zurücksetzen", "Reset"),
    "packs": ("Regelwerk", "Pack"),
    "submissions": ("Lieferungen", "Submissions"),
    "result_hash": ("Ergebnis (SHA-256)", "Result (SHA-256)"),
    "repeat": ("Wer dieselben Dateien mit demselben Programm und Stichtag prüft, erhält dasselbe Ergebnis, Byte für Byte.",
               "Whoever checks the same files with the same program and day gets the same result, byte for byte."),
    "ledger": ("Journal", "Ledger"), "checkpoint": ("Prüfpunkt {length}:{hash}", "checkpoint {length}:{hash}"),
    "left_out": ("Sätze mit Problemen wurden ausgelassen", "Records with problems were left out"), "problems": ("Probleme", "Problems"),
    "not_evaluated": ("Nicht geprüft", "Not evaluated"), "file": ("Datei", "file"), "place": ("Stelle", "place"), "found": ("gefunden", "found"),
    "expected": ("erwartet", "expected"),
    "problem": ("Problem", "problem"),
    "one_sided": ("Einseitige Ausnahmen ohne Wirkung", "One-sided waivers without effect"),
    "kept": ("{count} weitere Pflichten sind erfüllt oder hatten keinen Fall", "{count} more duties are kept or had no case"),
    "to_top": ("Nach oben", "To the top"),
    "by": ("von", "by"),
    "year_only": ("nur das Jahr {year}", "the year {year} only"),
    "say_material": ("Möglicherweise wesentlich: {count}", "Possibly material: {count}"),
    "say_no_material": ("Nichts ist möglicherweise wesentlich", "Nothing is possibly material"),
    "say_amount": ("Anderweitig verwendbar wären höchstens {amount} (Obergrenze)", "At most {amount} could be used elsewhere (an upper limit)"),
    "say_no_deviation": ("Keine Abweichung festgestellt", "No deviation was found"),
    "say_changes": ("{year} gegenüber {before}: {new} Abweichungen neu, {mended} behoben", "{year} against {before}: {new} deviations new, {mended} mended"),
    "say_unknown": ("Nicht feststellbar (was fehlt und wer es hat, steht bei der Feststellung): {count}",
                    "Undetermined (each finding says what is missing and who holds it): {count}"),
    "say_all_known": ("Alles ist feststellbar", "Nothing is undetermined"),
    "sites_order": ("In jeder Zelle steht ein Zeichen je Standort, in dieser Reihenfolge: {names}.",
                    "Each cell has a mark for each site, in this order: {names}."),
    "identity": ("Kennung", "Identifier"), "day_of": ("Stichtag", "As of"), "known_on": ("Kenntnisstand", "Known on"),
    "engine": ("Programm", "Program"), "command": ("Wiederholen mit", "Repeat with"), "hashes": ("Prüfsummen der Vereinbarungen", "Hashes of the agreements"),
}
_CIRCUMSTANCES = {
    "one_sided_waiver": ("Eine Seite hat eine Ausnahme erklärt; ohne die andere hat sie keine Wirkung",
                         "One side declared a waiver; without the other it has no effect"),
    "later_consent": ("Später wurde zugestimmt{amount}", "Consent was given later{amount}"),
    "refund": ("Erstattet wurden{amount}", "Refunded:{amount}"),
    "vacancy": ("An {days} von {of} versäumten Sitzungstagen war die Stelle unbesetzt", "On {days} of {of} days of missed meetings the post was vacant"),
}
_STATES = {
    "near": ("im Amt vor oder nach der Vakanz", "in the post before or after the vacancy"), "counted": ("zählt", "counts"),
    "breaks": ("hält nicht", "breaks the rule"),
    "unknown": ("unbekannt", "unknown"),
    "present": ("anwesend", "present"),
    "absent": ("nicht anwesend", "absent"), "open": ("noch offen", "still open"),
}


def number(count: int, lang: str) -> str:
    """A count as people write it."""
    return f"{count:,}" if lang == "en" else f"{count:,}".replace(",", ".")


def counted(status: str, count: int, lang: str) -> str:
    """How many findings have a status."""
    many = {"deviation": ("Abweichungen", "deviations"), "unmet": ("Absichten nicht erreicht", "intentions unmet")}
    said = many[status][lang == "en"] if count != 1 and status in many else status_word(status, lang)
    return f"{number(count, lang)} {said}"


def word(name: str, lang: str, **values: object) -> str:
    """A word of the report, filled."""
    text = WORDS[name][lang == "en"]
    return text.format(**values) if values else text


def circumstance_words(one: Circumstance, pack: Pack, lang: str) -> str:
    """What speaks for those who owe, in a sentence; records stand beside it."""
    if one.kind == "counterparty_deviates":
        other = one.finding
        title = pack.obligation(other.obligation).title.of(lang)
        return f"{parties(pack, other.bearer, lang)}: {status_word(other.status, lang)} – {title} {other.label} ({measured(other, pack, lang)})"
    sum_ = "" if one.amount is None else f": {amount(one.amount, lang)}" if one.kind == "later_consent" else f" {amount(one.amount, lang)}"
    return _CIRCUMSTANCES[one.kind][lang == "en"].format(amount=sum_, days=one.days, of=one.of)


def state_words(row: EvidenceRow, lang: str) -> str:
    """What the kind made of a record."""
    text = _STATES.get(row.state, (row.state, row.state))[lang == "en"]
    if row.amount is not None:
        text += f": {amount(row.amount, lang)}"
    if row.due_on is not None and row.state in ("breaks", "open", "unknown"):
        due = ("due {}", "answered {}", "not answered") if lang == "en" else ("fällig {}", "beantwortet {}", "nicht beantwortet")
        text += f" · {due[0].format(day(row.due_on, lang))} · {due[1].format(day(row.answered_on, lang)) if row.answered_on else due[2]}"
    return text


def value_words(value: object, declared: FieldType, lang: str) -> str:
    """A value of a record as people write it."""
    if isinstance(value, bool):
        return (("nein", "ja"), ("no", "yes"))[lang == "en"][value]
    if isinstance(value, datetime.date):
        return day(value, lang)
    if isinstance(value, list):
        return ", ".join(value_words(one, declared, lang) for one in value)
    if declared.type == "amount":
        return amount(Decimal(str(value)), lang)
    if isinstance(value, Decimal):
        return f"{value:f}" if lang == "en" else f"{value:f}".replace(".", ",")
    return declared.of[value].of(lang) if value in declared.of else str(value)
