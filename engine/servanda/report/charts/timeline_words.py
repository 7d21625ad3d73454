"""What a timeline says in words and in tables: windows with their numbers and bounds, records, vacancies."""

from __future__ import annotations

import datetime
from collections import Counter

from servanda.dossier.contents import Timeline
from servanda.model import Finding
from servanda.report.charts.drawing import Table, plain
from servanda.report.words import bounds, day, figure, status_word

LISTED = 500  # rows of the table of records
_NAMED = 12  # windows or vacancies that a sentence names
WORDS = {
    "vacant": ("unbesetzt", "vacant"), "period": ("Zeitraum", "period"), "numbers": ("Zahlen als Tabelle", "The numbers as a table"),
    "counted": ("gezählter Satz", "record that counts"), "breaks": ("Satz, der die Vorgabe verfehlt", "record that breaks the bound"),
    "present": ("Sitzung mit Teilnahme", "meeting attended"), "absent": ("Sitzung ohne Teilnahme", "meeting missed"),
    "unknown": ("Satz, der sich nicht beurteilen lässt", "record that cannot be judged"),
    "several": ("weitere Sätze an dieser Stelle", "more records at this place"), "material": ("möglicherweise wesentlich", "possibly material"),
}
_PARTS = {
    "counted": ("gezählt", "counted"), "present": ("teilgenommen", "attended"), "breaks": ("verfehlt", "in breach"), "absent": ("nicht teilgenommen", "missed"),
    "unknown": ("nicht zu beurteilen", "not to be judged"),
}
PARTS = tuple(_PARTS)


def days_of(first: datetime.date, last: datetime.date, lang: str) -> str:
    """How many days lie from `first` to `last`, both included, in words."""
    return in_days((last - first).days + 1, lang)


def in_days(count: int, lang: str) -> str:
    """A number of days in words."""
    return f"{count} {(('Tag', 'Tage'), ('day', 'days'))[lang == 'en'][count != 1]}"


def value(finding: Finding, lang: str) -> str:
    """What was found, with its unit where that is days."""
    return in_days(int(finding.value), lang) if finding.kind == "staffed" and finding.value is not None else figure(finding, finding.value, lang)


def against(finding: Finding, lang: str) -> str:
    """What was found against the bounds, as short as it can be said: `4 von 6–12`, `75 % (mind. 80 %)`."""
    if finding.lower is not None and finding.upper is not None:
        return f"{value(finding, lang)} {'of' if lang == 'en' else 'von'} {bounds(finding, lang)}"
    if finding.lower is None and finding.upper is None:
        return value(finding, lang)
    least = finding.lower is not None
    word = ("min." if least else "max.") if lang == "en" else ("mind." if least else "max.")
    return f"{value(finding, lang)} ({word} {figure(finding, finding.lower if least else finding.upper, lang)})"


def says(timeline: Timeline, lang: str) -> str:
    """What the picture shows, in sentences: how many records, what was found in each window, when the post was vacant."""
    english = lang == "en"
    counts = Counter(point.part if point.part in _PARTS else "unknown" for point in timeline.points)
    records = ", ".join(f"{counts[part]} {_part(part, lang)}" for part in _PARTS if counts[part]) or ("none" if english else "keine")
    start, end = day(timeline.start, lang), day(timeline.end, lang)
    sentences = [f"Records from {start} to {end}: {records}." if english else f"Sätze vom {start} bis {end}: {records}."]
    for finding in sorted(timeline.findings, key=lambda finding: finding.start)[:_NAMED]:
        agreed = "agreed" if english else "vereinbart"
        sentences.append(f"{_period(finding, lang)}: {value(finding, lang)}, {agreed} {bounds(finding, lang)}, {_status(finding, lang)}.")
    if len(timeline.findings) > _NAMED:
        sentences.append("…")
    if timeline.vacancies:
        spans = [f"{day(first, lang)}–{day(last, lang)} ({days_of(first, last, lang)})" for first, last in sorted(timeline.vacancies)]
        named = ", ".join(spans[:_NAMED]) + (", …" if len(spans) > _NAMED else "")
        sentences.append(f"Vacant: {named}." if english else f"Unbesetzt: {named}.")
    return " ".join(sentences)


def tables(timeline: Timeline, lang: str) -> list[Table]:
    """The windows, and the records and vacancies by day."""
    english = lang == "en"
    windows = tuple(
        (_period(finding, lang), day(finding.start, lang), day(finding.end, lang), value(finding, lang), bounds(finding, lang), _status(finding, lang))
        for finding in sorted(timeline.findings, key=lambda finding: (finding.start, finding.label))
    )
    head = ("Period", "from", "to", "found", "agreed", "status") if english else ("Zeitraum", "von", "bis", "festgestellt", "vereinbart", "Status")
    found = [Table("Periods" if english else "Zeiträume", head, windows, frozenset({3, 4}))]
    entries = _entries(timeline, lang)
    if entries:
        head = ("from", "to", "what", "record") if english else ("von", "bis", "was", "Satz")
        found.append(Table("Records and vacancies" if english else "Sätze und Vakanzen", head, tuple(entries)))
    return found


def _entries(timeline: Timeline, lang: str) -> list[tuple[str, ...]]:
    dated = [
        (point.day, point.day, _part(point.part, lang), f"{plain(point.row.fact_type.label.of(lang))} {plain(point.row.record.id)}")
        for point in timeline.points
    ]
    dated += [(first, last, f"{WORDS['vacant'][lang == 'en']}, {days_of(first, last, lang)}", "") for first, last in timeline.vacancies]
    dated.sort(key=lambda entry: (entry[0], entry[1], entry[2:]))
    rows = [(day(first, lang), day(last, lang), what, record) for first, last, what, record in dated[:LISTED]]
    if len(dated) > LISTED:
        rows.append(("…", "", f"and {len(dated) - LISTED} more" if lang == "en" else f"und {len(dated) - LISTED} weitere", ""))
    return rows


def _part(part: str, lang: str) -> str:
    return _PARTS.get(part, _PARTS["unknown"])[lang == "en"]


def _period(finding: Finding, lang: str) -> str:
    return ("Term" if lang == "en" else "Laufzeit") if finding.label == "term" else plain(finding.label)


def _status(finding: Finding, lang: str) -> str:
    return status_word(finding.status, lang) + (f", {WORDS['material'][lang == 'en']}" if finding.material else "")
