"""The words of a marked copy, in German and English."""

from __future__ import annotations

FEEDBACK_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Rückmeldung zu {file}", "Feedback on {file}"),
    "none": ("Es wurde nichts gefunden, was zu berichtigen wäre.", "Nothing was found that needs correcting."),
    "one": ("Eine Stelle ist zu berichtigen.", "One thing needs correcting."),
    "some": ("{count} Stellen sind zu berichtigen.", "{count} things need correcting."),
    "how": ("Diese Datei ist eine Kopie. Markierte Zellen (rot, dicker Rahmen, Notiz) berichtigen, speichern und die Kopie statt der ersten Fassung einreichen; dieses Blatt darf bleiben.",
            "This file is a copy. Correct the marked cells (red, thick frame, note), save, and submit the copy instead of the first version; this sheet may stay."),
    "number": ("Nr.", "No."),
    "sheet": ("Blatt", "Sheet"),
    "cell": ("Zelle", "Cell"),
    "field": ("Feld", "Field"),
    "found": ("Gefunden", "Found"),
    "message": ("Was nicht stimmt", "What is wrong"),
    "expected": ("Erwartet", "Expected"),
    "row": ("Zeile {row}", "Row {row}"),
    "go_to": ("Zur Stelle springen", "Go to the place"),
}
