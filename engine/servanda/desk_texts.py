"""The words of the problems of the desk, in German and English; merged into `problem_texts.TEXTS`."""

from __future__ import annotations

DESK_TEXTS = {
    "not-allowed": (("eine andere Rolle", "Die Rolle „{found}“ darf das nicht ({action})."),
                    ("another role", "The role “{found}” may not do that ({action}).")),
    "unfit-name": (("ein Name aus Buchstaben, Ziffern, Punkt, _ und -", "„{found}“ ist hier kein Name für eine Datei oder eine Lieferung."),
                   ("a name of letters, digits, dots, _ and -", "“{found}” is no name for a file or a submission here.")),
    "too-many-files": (("1 bis {limit} Dateien", "{found} Dateien sind keine Lieferung."), ("1 to {limit} files", "{found} files are no submission.")),
    "upload-too-large": (("höchstens {limit} Bytes zusammen", "Die Lieferung ist zu groß ({found} Bytes)."),
                         ("at most {limit} bytes in all", "The submission is too large ({found} bytes).")),
    "unknown-upload": (("eine Lieferung, die noch in Quarantäne liegt", "Eine hochgeladene Lieferung „{found}“ gibt es nicht (mehr)."),
                       ("a submission in quarantine", "There is no uploaded submission “{found}” (any more).")),
    "not-one-submission": (("genau eine Lieferung", "Hier liegen {found} Lieferungen. Jede für sich hochladen."),
                           ("exactly one submission", "There are {found} submissions here. Upload each by itself.")),
    "upload-exists": (("ein Name, den es noch nicht gibt", "Eine Lieferung dieses Namens ist schon aufbewahrt."),
                      ("a name that is not taken", "A submission of this name is kept already.")),
    "nothing-missing": (("Feststellungen, denen Angaben fehlen", "Zu „{found}“ fehlt nichts, worum gebeten werden könnte."),
                        ("findings that lack something", "Nothing is missing for “{found}” that could be asked for.")),
    "several-agreements": (("Feststellungen einer Vereinbarung", "Ein Schreiben geht an einen Empfänger; das hier betrifft mehrere: {found}."),
                           ("findings of one agreement", "A letter goes to one addressee; this concerns several: {found}.")),
    "run-not-repeated": (("dieselben Lieferungen, Regeln und Vereinbarungen wie damals", "Der Lauf lässt sich nicht wiederholen; geändert hat sich: {found}."),
                         ("the same submissions, rules and agreements as then", "The run cannot be repeated; what has changed: {found}.")),
}
