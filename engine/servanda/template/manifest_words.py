"""The words beside the rows of the manifest sheet, in German and English."""

from __future__ import annotations

MANIFEST_WORDS: dict[str, tuple[str, str]] = {
    "note": ("Erläuterung", "Note"),
    "agreement": ("Kennung der Vereinbarung ({title}). Bitte nicht ändern.", "Id of the agreement ({title}). Please leave it as it is."),
    "pack": ("Kennung des Regelwerks; ohne Vereinbarung gilt die Lieferung für das ganze Programm. Bitte nicht ändern.",
             "Id of the pack; without an agreement the submission is for the whole programme. Please leave it as it is."),
    "submitted_on": ("Pflichtangabe: der Tag, an dem Sie diese Datei abgeben, etwa 20.01.2020.", "Required: the day on which you hand this file in, such as 2020-01-20."),
    "submitted_by": ("Pflichtangabe: wer einreicht. {parties}.", "Required: who submits. {parties}."),
    "complete": ("Freiwillig, für alle Blätter zugleich: Bis zu diesem Tag fehlt nichts (für das ganze Jahr: {day}). Was nicht für vollständig erklärt ist, gilt nicht "
                 "als vollständig. Der Tag darf nicht nach „Eingereicht am“ liegen. Die Zeilen darunter gehen für ihr Blatt vor.",
                 "Optional, for all sheets at once: up to this day nothing is missing (for the whole year: {day}). What is not declared complete is not complete. "
                 "The day may not lie after “Submitted on”. The rows below take precedence for their sheet."),
    "complete_roles": ("Spalte Rollen: leer = für alle; sonst eine oder mehrere, durch | getrennt. {roles}.",
                       "Column Roles: empty = for all; else one or several, separated by |. {roles}."),
    "withdraws": ("Freiwillig: ein früher von Ihnen eingereichter Satz, der nicht mehr gilt, als Tatsachenart:Kennung, etwa {type}:abc-1. Ein Satz je Zeile.",
                  "Optional: a record that you submitted earlier and that no longer holds, as type:id, such as {type}:abc-1. One a row."),
    "submitted_on_short": ("Pflichtangabe. Der Tag der Abgabe, etwa 20.01.2020.", "Required. The day of the submission, such as 2020-01-20."),
    "submitted_by_short": ("Pflichtangabe. Wer einreicht: ein Wert aus der Liste.", "Required. Who submits: a value of the list."),
    "complete_short": ("Bis zu diesem Tag fehlt nichts. Leer: keine Erklärung.", "Up to this day nothing is missing. Empty: nothing is declared."),
    "withdraws_short": ("Tatsachenart:Kennung eines früher eingereichten Satzes, der nicht mehr gilt.", "type:id of a record submitted earlier that no longer holds."),
    "roles_short": ("Leer: für alle Rollen. Mehrere Rollen durch | trennen.", "Empty: for all roles. Separate several roles by |."),
    "a_date": ("Hier gehört ein Datum hin, etwa 31.12.2019.", "A date belongs here, such as 2019-12-31."),
    "of_list": ("Bitte einen Wert aus der Liste wählen.", "Please choose a value of the list."),
}
