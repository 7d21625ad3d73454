"""Findings in words, German and English: numbers against bounds, what is missing, what follows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from servanda.model import Finding, Missing
from servanda.pack_shapes import Obligation, Pack
from servanda.report.style import Style

STATUS_WORDS = {
    "fulfilled": ("erfüllt", "fulfilled"), "tolerated": ("toleriert", "tolerated"), "deviation": ("Abweichung", "deviation"),
    "unmet": ("Absicht nicht erreicht", "intention unmet"), "pending": ("noch offen", "pending"), "undetermined": ("nicht feststellbar", "undetermined"),
    "not_applicable": ("kein Fall", "no case"), "waived": ("einvernehmlich ausgenommen", "waived"),
}
STATUS_SIGNS = {
    "fulfilled": "✓", "tolerated": "≈", "deviation": "✗", "unmet": "○", "pending": "…", "undetermined": "?", "not_applicable": "–", "waived": "≡",
}
MODALITY_WORDS = {
    "obligation": ("Pflicht", "obligation"), "task": ("Aufgabe des Beauftragten", "contractor's task"), "intention": ("Absicht", "intention"),
    "procedure": ("Verfahrensregel", "rule of procedure"),
}


def checkpoint_line(style: Style) -> str:
    """The checkpoint of the ledger that holds the run, as `servanda ledger verify --checkpoint` takes it."""
    length, head = style.checkpoint or (0, "")
    return f"{'Ledger, checkpoint' if style.lang == 'en' else 'Journal, Prüfpunkt'} {length}:{head}"


def status_word(status: str, lang: str) -> str:
    """A status in words."""
    return STATUS_WORDS[status][lang == "en"]


def submissions(count: int, lang: str) -> str:
    """How many submissions, in words."""
    return f"{count} {(('Lieferung', 'Lieferungen'), ('submission', 'submissions'))[lang == 'en'][count != 1]}"


def day(date: datetime.date | None, lang: str) -> str:
    """A day as people write it."""
    if date is None:
        return "–"
    return date.isoformat() if lang == "en" else f"{date:%d.%m.%Y}"


def rules_of_day(date: datetime.date | None, lang: str) -> str:
    """That a run is by the rules of an earlier day, to stand behind their name; nothing where it is by the rules as they are."""
    return "" if date is None else f" as they stood on {day(date, lang)}" if lang == "en" else f" nach dem Stand vom {day(date, lang)}"


def amount(number: Decimal, lang: str) -> str:
    """An amount in euros."""
    text = f"{number:,.2f}"
    return f"EUR {text}" if lang == "en" else text.translate(str.maketrans(",.", ".,")) + " €"


def stake(number: Decimal, pack: Pack, lang: str) -> str:
    """An amount at stake; none where the pack's consequences name no amount."""
    return amount(number, lang) if any(rule.amount_at_stake for rule in pack.consequences) else "–"


def place_name(site: str | None, pack: Pack, lang: str) -> str | None:
    """A site's id as it is; a record that is a scope (`type:id`) by what one of its type is called and its id."""
    type_name, _, identity = (site or "").partition(":")
    if not identity or type_name not in pack.vocabulary:
        return site
    fact_type = pack.vocabulary[type_name]
    return f"{(fact_type.one or fact_type.label).of(lang)} {identity}"


def share(number: Decimal | int | None, lang: str) -> str:
    """A share in per cent."""
    if number is None:
        return "–"
    text = f"{Decimal(number) * 100:.2f}".rstrip("0").rstrip(".")
    return f"{text} %" if lang == "en" else text.replace(".", ",") + " %"


def figure(finding: Finding, number: int | Decimal | None, lang: str) -> str:
    """A value or bound of a finding."""
    if number is None:
        return "–"
    if finding.kind == "attended":
        return share(number, lang)
    if finding.kind in ("consented", "within_budget"):
        return amount(Decimal(number), lang)
    text = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return text if lang == "en" else text.replace(".", ",")


def bounds(finding: Finding, lang: str) -> str:
    """The bounds in words."""
    low, high = figure(finding, finding.lower, lang), figure(finding, finding.upper, lang)
    least, most = ("at least", "at most") if lang == "en" else ("mindestens", "höchstens")
    if finding.lower is not None and finding.upper is not None:
        return low if finding.lower == finding.upper else f"{low}–{high}"
    if finding.lower is not None:
        return f"{least} {low}"
    return f"{most} {high}" if finding.upper is not None else "–"


_SELECTED = {
    "agreement": ("Vereinbarung", "agreement"), "clause": ("Klausel", "clause"), "status": ("Status", "status"), "year": ("Jahr", "year"),
    "site": ("Standort", "site"), "material": ("möglicherweise wesentlich", "possibly material"), "text": ("Text", "text"),
}
_SELECTED_VALUES = {
    "yes": ("ja", "yes"), "no": ("nein", "no"), "term": ("ganze Laufzeit", "whole term"), "-": ("Programm", "programme"),
    "open": ("zu klären", "to be settled"),
}


def selection(selected: Sequence[tuple[str, str]], lang: str) -> str | None:
    """That a report shows a selection only, and which; None where it shows everything."""
    if not selected:
        return None
    english = lang == "en"
    parts = [
        f"{_SELECTED[name][english]}: {_SELECTED_VALUES.get(value, STATUS_WORDS.get(value, (value, value)))[english] if name != 'text' else value}"
        for name, value in selected
    ]
    return ("Selection: " if english else "Auswahl: ") + "; ".join(parts)


_MEASURED = {
    "count": ("{value} gezählt ({unit}), vereinbart {bounds}", "{value} counted ({unit}), agreed {bounds}"),
    "staffed": ("{value} Tage unbesetzt{vacancies}, {bounds}", "{value} days vacant{vacancies}, {bounds}"),
    "consented": ("{value} ohne vorherige Zustimmung ausgegeben", "{value} spent without prior consent"),
    "answered": ("{value} von {cases} Fällen verspätet oder unbeantwortet", "{value} of {cases} cases late or unanswered"),
    "attended": ("Teilnahme {value} bei {cases} Sitzungen, {bounds}", "attendance {value} of {cases} meetings, {bounds}"),
    "delivered": ("{value} vorgelegt bis {deadline}, {bounds}", "{value} delivered by {deadline}, {bounds}"),
    "each": ("{value} von {cases} Sätzen erfüllen die Bedingung nicht", "{value} of {cases} records fail the condition"),
    "preceded": ("{value} von {cases} Sätzen ohne rechtzeitigen Vorgang", "{value} of {cases} records without what must precede them"),
    "within_budget": ("{value} über die bereitgestellten Mittel{times} hinaus ausgegeben", "{value} spent beyond the funds provided{times}"),
    "attested": ("{value} von {lower} Beteiligten haben bestätigt", "{value} of {lower} parties have attested"),
    "sites": ("{value} Standorte, {bounds}", "{value} sites, {bounds}"),
}


def measured(finding: Finding, pack: Pack, lang: str) -> str:
    """What was measured, against its bounds."""
    if finding.kind == "attended" and finding.value is None:
        return "no meeting held" if lang == "en" else "keine Sitzung gehalten"
    unit = pack.vocabulary[finding.unit].label.of(lang) if finding.unit in pack.vocabulary else finding.unit
    stretches = [f"{day(first, lang)}–{day(last, lang)}" for first, last in finding.details.get("vacancies", ())]
    vacancies = f" ({', '.join(stretches[:6])}{', …' if len(stretches) > 6 else ''})" if stretches else ""
    times = finding.details.get("times")
    times = f" (× {_plain(times, lang)})" if times is not None and times != 1 else ""
    due_on = finding.details.get("due_on")
    if due_on is not None and finding.status in _DUE:
        done_on = finding.details["done_on"]
        text = _DUE[finding.status][2 * (lang == "en") + (done_on is None)].format(due=day(due_on, lang), done=day(done_on, lang))
        return _followed(text, finding, lang)
    text = _MEASURED[finding.kind][lang == "en"].format(
        value=figure(finding, finding.value, lang), unit=unit, bounds=bounds(finding, lang), vacancies=vacancies, cases=finding.details.get("cases"),
        deadline=day(finding.deadline, lang), lower=figure(finding, finding.lower, lang), times=times,
    )
    return _followed(text, finding, lang)


def _plain(number: Decimal, lang: str) -> str:
    text = f"{number.normalize():f}"
    return text if lang == "en" else text.replace(".", ",")


_FOLLOWED = {
    "yes": ("was daraus folgt, ist erfüllt", "what follows from it is fulfilled"), "no": ("was daraus folgt, weicht ab", "what follows from it deviates"),
    "open": ("was daraus folgt, ist offen", "what follows from it is open"),
}


# Of a single record that is to be answered: German done and not done, English done and not done.
_LATE = (
    "fällig am {due}, vollständig erst am {done}", "fällig am {due}, nicht vollständig", "due on {due}, complete on {done} only", "due on {due}, not complete"
)
_DUE = {
    "deviation": _LATE, "unmet": _LATE, "waived": _LATE,
    "fulfilled": ("fällig am {due}, vollständig am {done}", "fällig am {due}", "due on {due}, complete on {done}", "due on {due}"),
    "pending": ("fällig am {due}", "fällig am {due}, noch nicht vollständig", "due on {due}", "due on {due}, not complete yet"),
}


def _followed(text: str, finding: Finding, lang: str) -> str:
    """With what became of the duties that a breach made."""
    followed = _FOLLOWED.get(finding.details.get("repaired", ""))
    return f"{text}; {followed[lang == 'en']}" if followed else text


def message(finding: Finding, pack: Pack, lang: str) -> str:
    """The finding in one sentence."""
    text = f"{status_word(finding.status, lang)}: {measured(finding, pack, lang)}"
    english = lang == "en"
    if finding.status == "undetermined":
        lacks = "; ".join(missing(one, pack, lang) for one in finding.missing[:4])
        text += (" – missing: " if english else " – es fehlt: ") + (lacks or "?")
    elif finding.status == "pending":
        running = finding.details.get("running") if finding.site and ":" in finding.site else ()
        until = running[0].due_on if running else finding.deadline or finding.end
        text += (" – can be kept until " if english else " – kann noch erfüllt werden bis ") + day(until, lang)
        if finding.at_risk:
            text += ", behind schedule" if english else ", im Rückstand"
    elif finding.status == "waived":
        text += " – covered by a waiver of both parties" if english else " – von einer beidseitig vereinbarten Ausnahme gedeckt"
    elif finding.status == "not_applicable" and finding.kind in ("count",):
        text += " – window too short for the bound" if english else " – Zeitraum zu kurz für die Untergrenze"
    return text


def missing(one: Missing, pack: Pack, lang: str) -> str:
    """What is missing, up to when, and who holds it."""
    fact_type = pack.vocabulary[one.type]
    english = lang == "en"
    holders = "/".join(pack.head.parties[party].of(lang) for party in one.holder)
    if one.field:
        name = fact_type.fields[one.field].label.of(lang)
        return f"{fact_type.label.of(lang)} {one.record}: {name} ({holders})"
    role = f" ({fact_type.fields['role'].of[one.role].of(lang)})" if one.role else ""
    until = ("complete up to " if english else "vollständig bis ") + day(one.until, lang)
    return f"{fact_type.label.of(lang)}{role} {until} ({holders})"


def places(obligation: Obligation, lang: str, pack: Pack) -> str:
    """Where in the agreement's text the obligation stands."""
    register = {clause.anchor: clause.place.of(lang) for clause in pack.clauses}
    return "; ".join(register.get(anchor, anchor) for anchor in obligation.clauses)


def parties(pack: Pack, names: Sequence[str], lang: str) -> str:
    """Parties in words."""
    return ", ".join(pack.head.parties[name].of(lang) for name in names)


def assumptions(obligation: Obligation, lang: str) -> str | None:
    """What the rule rests on that the text does not say."""
    return obligation.assumption.of(lang) if obligation.assumption else None
