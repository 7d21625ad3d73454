"""The headings and fixed words of the handbook, in German and English."""

from __future__ import annotations

PAGE_WORDS = {
    "handbook": ("Handbuch", "Handbook"), "skip": ("Zum Inhalt springen", "Skip to content"), "contents": ("Inhalt", "Contents"),
    "lead": (
        "Was das Regelwerk prüft, Klausel für Klausel. Aus den Regeln selbst erzeugt; was hier steht, wird so gerechnet.",
        "What the pack checks, clause by clause. Generated from the rules themselves; what stands here is what is computed.",
    ),
    "missing": (
        "Fehlende Angaben sind nie ein Bruch und nie eine Einhaltung. Das Programm weist hin, ein Mensch entscheidet.",
        "Missing data is never a breach and never compliance. The program points things out, a person decides.",
    ),
    "parties": ("Beteiligte", "Parties"), "party": ("Beteiligte", "Party"), "id": ("Kennung", "Id"), "parameters": ("Zahlen und ihre Gründe", "Figures and their reasons"),
    "no_reason": ("steht im Text der Vereinbarung", "stands in the agreement's text"), "figure": ("Zahl", "Figure"), "value": ("Wert", "Value"), "reason": ("Grund", "Reason"),
    "clauses": ("Klauseln und Pflichten", "Clauses and obligations"), "assumption": ("Annahme", "Assumption"), "figures": ("Zahlen", "Figures"),
    "in_text": ("Im Text", "In the text"), "told": ("Siehe auch", "See also"), "nothing": ("Nichts wird geprüft", "Nothing is checked"),
    "unmeasured": ("Nicht messbar", "No fact can show"), "tables": ("Was geliefert werden kann", "What may be submitted"), "holders": ("Liefern kann", "Can be supplied by"),
    "field": ("Feld", "Field"), "holds": ("Inhalt", "Holds"), "needed": ("nötig", "needed"), "notes": ("Hinweise", "Notes"),
    "judgements": ("Wann eine Abweichung wesentlich sein kann", "When a deviation may be material"), "consequences": ("Was daraus folgen kann", "What may follow"),
    "attributed": ("zugerechnet, wenn", "attributed where"),
    "indication": (
        "Das sind Anhaltspunkte. Ob eine Abweichung wesentlich ist, entscheidet ein Mensch nach Anhörung.",
        "These are indications. Whether a deviation is material, a person decides after a hearing.",
    ),
    "none": ("keine", "none"),
}
