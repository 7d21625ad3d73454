"""The words of the workbook: sheets, columns with their widths in characters, and the sentences of the overview."""

from __future__ import annotations

from servanda.model import STATUSES
from servanda.report.words import STATUS_WORDS

SHEETS = {
    "overview": ("Übersicht", "Overview"), "findings": ("Feststellungen", "Findings"), "evidence": ("Belege", "Evidence"),
    "consequences": ("Folgen", "Consequences"), "submissions": ("Lieferungen", "Submissions"), "problems": ("Probleme", "Problems"),
}
WORDS = {
    "title": ("Bericht", "Report"), "problems": ("Probleme", "Problems"), "as_of": ("Stand", "As of"), "known_on": ("Bekannt bis", "Known on"),
    "selection": ("Auswahl", "Selection"), "rules_as_of": ("Regelwerk nach dem Stand vom", "Rules as they stood on"),
    "year": ("Nur Jahr", "Only year"), "pack": ("Regelwerk", "Pack"), "duties": ("Pflichten", "Duties"), "programme": ("Programm", "Programme"),
    "material": ("davon möglicherweise wesentliche Abweichungen", "of these possibly material deviations"), "consequences": ("Folgen", "Consequences"),
    "problem_count": ("Sätze ausgelassen: Probleme", "Records left out: problems"), "encoding": ("Gelesen als {encoding}", "Read as {encoding}"),
    "material_note": (
        "„Möglicherweise wesentlich“ ist ein Anhaltspunkt; ob eine Abweichung wesentlich ist, entscheidet ein Mensch nach Anhörung.",
        "“Possibly material” is an indication; whether a deviation is material is for a person to decide after a hearing.",
    ),
    "stake_note": ("Die höchstens umsetzbare Summe ist eine Obergrenze, kein Vorschlag.", "The amount at stake is an upper limit, not a proposal."),
    "yes": ("ja", "yes"), "no": ("nein", "no"),
    "left_out": ("… {count} weitere Zeilen haben in diesem Blatt keinen Platz; --format json oder csv nennt alle.",
                 "… {count} more rows do not fit into this sheet; --format json or csv has all."),
    "more_evidence": ("… und {count} weitere Belege", "… and {count} more records"),
}
OVERVIEW = (
    ("agreement", ("Vereinbarung", "Agreement"), 46), ("duties", ("Pflichten", "Duties"), 14),
    ("material", ("möglicherweise wesentlich", "possibly material"), 16),
    *((status, STATUS_WORDS[status], 14) for status in STATUSES), ("at_stake", ("höchstens umsetzbar (€)", "at stake at most (EUR)"), 18),
)
FINDINGS = (
    ("agreement_title", ("Vereinbarung", "Agreement"), 26), ("site_name", ("Standort", "Site"), 22), ("year", ("Jahr", "Year"), 7),
    ("obligation_title", ("Pflicht", "Obligation"), 34), ("status", ("Status", "Status"), 18),
    ("material", ("möglicherweise wesentlich", "possibly material"), 14), ("judgements", ("Anhaltspunkte", "Indications"), 30),
    ("message", ("Befund", "Finding"), 60), ("clauses", ("Fundstelle", "Clause"), 30), ("bearer", ("Verpflichtete", "Bearers"), 22),
    ("modality", ("Verbindlichkeit", "Modality"), 16), ("value", ("Wert", "Value"), 12), ("lower", ("Untergrenze", "Lower bound"), 12),
    ("upper", ("Obergrenze", "Upper bound"), 12), ("unit", ("Einheit", "Unit"), 16), ("missing", ("es fehlt", "Missing"), 50),
    ("cures", ("Abhilfe", "Cures"), 50), ("cure_until", ("Abhilfe bis", "Cure by"), 11),
    ("first_evidence", ("erster Beleg", "First record"), 50), ("evidence_total", ("Zahl der Belege", "Records"), 9),
    ("from", ("von", "from"), 11), ("to", ("bis", "to"), 11), ("deadline", ("Frist", "Deadline"), 11), ("open", ("Zeitraum offen", "Period open"), 9),
    ("at_risk", ("im Rückstand", "At risk"), 9), ("anchors", ("Fundstellen (Kürzel)", "Clauses (short)"), 18),
    ("obligation", ("Pflicht (Kennung)", "Obligation (id)"), 26), ("id", ("Kennung", "Id"), 52),
)
EVIDENCE = (
    ("finding", ("Kennung der Feststellung", "Id of the finding"), 52), ("type", ("Art", "Type"), 26), ("id", ("Satz", "Record"), 32),
    ("submission", ("Lieferung", "Submission"), 40), ("file", ("Datei", "File"), 24), ("row", ("Zeile", "Row"), 8),
)
CONSEQUENCES = (
    ("title", ("Folge", "Consequence"), 34), ("clause", ("Fundstelle", "Clause"), 10), ("attribution", ("zuzurechnen", "Attribution"), 18),
    ("agreement", ("Vereinbarung", "Agreement"), 26), ("site", ("Standort", "Site"), 20), ("year", ("Jahr", "Year"), 7),
    ("amount", ("höchstens umsetzbar (€)", "at stake at most (EUR)"), 16), ("count", ("Zahl der Feststellungen", "Findings"), 14),
    ("reason", ("Grund", "Reason"), 60), ("note", ("Hinweis", "Note"), 60), ("findings", ("Feststellungen (Kennungen)", "Findings (ids)"), 60),
)
SUBMISSIONS = (
    ("path", ("Lieferung", "Submission"), 48), ("agreement", ("Vereinbarung", "Agreement"), 26), ("submitted_on", ("eingereicht am", "Submitted on"), 14),
    ("submitted_by", ("von", "by"), 22), ("sha256", ("SHA-256", "SHA-256"), 68),
)
