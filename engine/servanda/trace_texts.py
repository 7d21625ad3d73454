"""The words of the problems of the trace, in German and English; merged into `problem_texts.TEXTS`."""

from __future__ import annotations

TRACE_TEXTS = {
    "no-text": (("ein Text mit mindestens einem Absatz", "In der Datei steht kein Text."),
                ("a text with at least one paragraph", "There is no text in the file.")),
    "not-a-docx": (("eine DOCX-Datei, oder Text in UTF-8", "Das ist keine lesbare DOCX-Datei ({found}). Als DOCX neu speichern oder als Text (UTF-8) geben."),
                   ("a DOCX file, or text in UTF-8", "This is no readable DOCX file ({found}). Save it as DOCX again, or give it as text (UTF-8).")),
    "text-too-long-to-trace": (("höchstens {limit} Absätze und Listenpunkte", "Der Text hat {found} Absätze und Listenpunkte."),
                               ("at most {limit} paragraphs and list points", "The text has {found} paragraphs and list points.")),
    "not-a-report": (("ein Bericht von servanda check --format json", "Das ist kein JSON-Bericht ({found})."),
                     ("a report of servanda check --format json", "This is no JSON report ({found}).")),
}
