"""The words of every problem, in German and English: what was expected, and what is wrong and how to mend it.

One entry a code: (expected, message) in each language. `{found}` is what stands there, `{column}` the field; other names
come from the problem. Messages are public interface: clear, gentle, and they say what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from servanda.audit_texts import AUDIT_TEXTS
from servanda.case_texts import CASE_TEXTS
from servanda.desk_texts import DESK_TEXTS
from servanda.ledger_texts import FIELD_TYPES, LEDGER_TEXTS
from servanda.lint_texts import LINT_TEXTS
from servanda.nearest import nearest, shortened
from servanda.phrases import expectation, finding
from servanda.problems import Problem
from servanda.seal_texts import SEAL_TEXTS
from servanda.trace_texts import TRACE_TEXTS
from servanda.whatif_texts import WHATIF_TEXTS

_T = dict[str, tuple[tuple[str, str], tuple[str, str]]]

CELL_TEXTS: _T = {
    "invalid-date": (("ein Datum wie 2019-03-31 oder 31.03.2019", "„{found}“ ist kein Datum."),
                     ("a date such as 2019-03-31 or 31.03.2019", "“{found}” is not a date.")),
    "date-out-of-range": (("ein Datum von 2000-01-01 bis 2100-12-31", "Das Datum „{found}“ liegt außerhalb der Jahre 2000 bis 2100."),
                          ("a date from 2000-01-01 to 2100-12-31", "The date “{found}” lies outside the years 2000 to 2100.")),
    "invalid-amount": (("ein Betrag wie 1234.56 oder 1.234,56, höchstens zwei Nachkommastellen, unter 10^12", "„{found}“ ist kein Betrag."),
                       ("an amount such as 1234.56 or 1.234,56, at most two decimals, under 10^12", "“{found}” is not an amount.")),
    "invalid-year": (("ein ganzes Jahr von 2000 bis 2100", "„{found}“ ist kein Jahr."), ("a whole year from 2000 to 2100", "“{found}” is not a year.")),
    "invalid-boolean": (("true/false, ja/nein oder 1/0", "„{found}“ ist weder ja noch nein."), ("true/false, ja/nein or 1/0", "“{found}” is neither yes nor no.")),
    "invalid-id": (("eine Kennung aus Buchstaben, Ziffern, -, _ und .", "„{found}“ ist keine Kennung."),
                   ("an id of letters, digits, -, _ and .", "“{found}” is not an id.")),
    "unknown-value": (("einer der Werte {known}", "Der Wert „{found}“ ist hier nicht vorgesehen."), ("one of {known}", "The value “{found}” is not known here.")),
    "unknown-site": (("ein Standort der Vereinbarung: {known}", "Den Standort „{found}“ gibt es in dieser Vereinbarung nicht."),
                     ("a site of the agreement: {known}", "The agreement has no site “{found}”.")),
    "unknown-obligation": (("eine Pflicht des Regelwerks: {known}", "Die Pflicht „{found}“ gibt es im Regelwerk nicht."),
                           ("an obligation of the pack: {known}", "The pack has no obligation “{found}”.")),
    "out-of-range": (("ein Wert {bound}", "Der Wert „{found}“ liegt außerhalb des Erlaubten."), ("a value {bound}", "The value “{found}” is out of range.")),
    "text-too-long": (("höchstens {limit} Zeichen", "Der Text ist zu lang."), ("at most {limit} characters", "The text is too long.")),
    "control-character": (("Text ohne Steuerzeichen", "Hier steht ein Steuerzeichen ({found}); bitte entfernen."),
                          ("text without control characters", "There is a control character ({found}) here; please remove it.")),
    "missing-value": (("ein Wert im Feld {column} ({label})", "Das Feld {column} ({label}) ist leer, muss aber ausgefüllt sein."),
                      ("a value in field {column}", "The field {column} is empty but required.")),
    "dates-out-of-order": (("ein Tag nicht vor {first}", "Der Tag {found} liegt vor {first}; bitte einen der beiden berichtigen."),
                           ("a day not before {first}", "The day {found} lies before {first}; please correct one of them.")),
    "duplicate-id": (("jede Kennung nur einmal", "Die Kennung „{found}“ steht schon in {first}. Gleiche Sätze zusammenfassen oder eine neue Kennung vergeben."),
                     ("each id only once", "The id “{found}” stands already in {first}. Merge the records or give a new id.")),
    "other-submitter": (("eine Kennung, die nur dieser Einreicher verwendet",
                         "Die Kennung „{found}“ hat schon {other} eingereicht ({first}). Nur der ursprüngliche Einreicher kann den Satz ersetzen."),
                        ("an id that only this submitter uses",
                         "The id “{found}” was submitted by {other} ({first}). Only the first submitter can replace the record.")),
    "unknown-reference": (("die Kennung eines Satzes in {type}", "„{found}“ verweist auf einen Satz in {type}, den es nicht gibt."),
                          ("the id of a record in {type}", "“{found}” points to a record in {type} that does not exist.")),
}

TABLE_TEXTS: _T = {
    "unknown-column": (("Spalten der Tabelle {type}: {known}", "Die Spalte „{found}“ kennt die Tabelle {type} nicht. Umbenennen oder entfernen."),
                       ("columns of the table {type}: {known}", "The table {type} has no column “{found}”. Rename or remove it.")),
    "duplicate-column": (("jede Spalte nur einmal", "Die Spalte „{found}“ steht doppelt."), ("each column only once", "The column “{found}” stands twice.")),
    "missing-column": (("eine Spalte {column} ({label})", "Die Spalte {column} ({label}) fehlt."), ("a column {column}", "The column {column} is missing.")),
    "missing-header": (("eine Kopfzeile mit den Namen der Felder in Zeile 1", "Die Tabelle hat keine Kopfzeile."),
                       ("a header with the fields' names in row 1", "The table has no header.")),
    "wrong-cell-count": (("{expected} Zellen wie in der Kopfzeile", "Die Zeile hat {found} Zellen. Steht ein Trennzeichen ohne Anführungszeichen im Text?"),
                         ("{expected} cells as in the header", "The row has {found} cells. Is there an unquoted delimiter in a text?")),
    "invalid-csv": (("CSV mit Anführungszeichen, die sich schließen", "Die Zeile lässt sich nicht als CSV lesen: {found}."),
                    ("CSV with quotes that close", "The line cannot be read as CSV: {found}.")),
    "not-utf8": (("UTF-8 (in Excel: „CSV UTF-8“)", "Byte {byte} ({found}) ist kein UTF-8. In Excel als „CSV UTF-8“ speichern."),
                 ("UTF-8 (in Excel: “CSV UTF-8”)", "Byte {byte} ({found}) is not UTF-8. Save as “CSV UTF-8” in Excel.")),
    "not-encoded-so": (("{encoding}, wie mit --encoding angegeben", "Byte {byte} ({found}) gibt es in {encoding} nicht. Als UTF-8 speichern."),
                       ("{encoding}, as --encoding says", "Byte {byte} ({found}) does not exist in {encoding}. Save as UTF-8.")),
    "invalid-json": (("gültiges JSON (RFC 8259)", "Die Datei ist kein gültiges JSON: {reason}"), ("valid JSON (RFC 8259)", "The file is not valid JSON: {reason}")),
    "duplicate-table": (("eine Tabelle je Tatsachenart", "Die Tatsachenart liegt in dieser Lieferung schon in einer anderen Datei."),
                        ("one table a fact type", "This submission has the fact type in another file already.")),
    "unknown-file": (("Tabellen als {known}", "Mit der Datei „{found}“ kann nichts angefangen werden. Entfernen oder umwandeln."),
                     ("tables as {known}", "The file “{found}” cannot be used. Remove or convert it.")),
    "unknown-fact-type": (("eine Tatsachenart: {known}", "Die Tatsachenart „{found}“ gibt es nicht."), ("a fact type: {known}", "There is no fact type “{found}”.")),
    "link": (("echte Dateien und Ordner", "Verknüpfungen werden nicht gelesen. Die Datei selbst hineinlegen."),
             ("real files and folders", "Links are not followed. Put the file itself here.")),
    "folder-in-submission": (("nur Dateien in einer Lieferung", "In einer Lieferung darf kein Ordner liegen."),
                             ("only files in a submission", "A submission must not hold a folder.")),
    "missing-manifest": (("eine submission.yaml im selben Ordner", "Bei „{found}“ liegt keine submission.yaml; die Tabelle gehört zu keiner Lieferung."),
                         ("a submission.yaml in the same folder", "There is no submission.yaml beside “{found}”; the table belongs to no submission.")),
    "file-too-large": (("höchstens {limit} Bytes", "Die Datei ist zu groß ({found} Bytes)."), ("at most {limit} bytes", "The file is too large ({found} bytes).")),
    "unreadable-file": (("eine lesbare Datei", "Die Datei lässt sich nicht lesen: {found}."), ("a readable file", "The file cannot be read: {found}.")),
}

BOOK_TEXTS: _T = {
    "not-a-workbook": (("eine Arbeitsmappe (.xlsx oder .ods)", "Die Datei ist keine Arbeitsmappe, oder sie ist beschädigt. In der Tabellenkalkulation öffnen und neu speichern."),
                       ("a workbook (.xlsx or .ods)", "The file is not a workbook, or it is damaged. Open it in the spreadsheet program and save it again.")),
    "encrypted-book": (("eine Arbeitsmappe ohne Kennwort", "Die Arbeitsmappe ist mit einem Kennwort verschlüsselt. Ohne Kennwort speichern."),
                       ("a workbook without a password", "The workbook is encrypted. Save it without a password.")),
    "archive-bomb": (("höchstens {limit} Bytes ausgepackt", "Die Arbeitsmappe wäre ausgepackt zu groß ({found} Bytes). Leere, formatierte Zeilen und Spalten löschen."),
                     ("at most {limit} bytes unpacked", "The workbook would be too large when unpacked ({found} bytes). Delete empty, formatted rows and columns.")),
    "unsafe-book": (("eine Arbeitsmappe ohne eigene XML-Definitionen", "Der Teil {found} der Arbeitsmappe enthält Definitionen, die nicht gelesen werden. Neu speichern."),
                    ("a workbook without XML definitions of its own", "The workbook's part {found} has definitions that are not read. Save it again.")),
    "sheet-too-large": (("höchstens {limit} Zellen je Blatt", "Das Blatt reicht zu weit. Alles rechts und unterhalb der Tabelle löschen, oder CSV verwenden."),
                        ("at most {limit} cells a sheet", "The sheet reaches too far. Delete everything right of and below the table, or use CSV.")),
    "table-too-large": (("höchstens {limit} Werte", "Die Tabelle hat zu viele Werte ({found}). Auf mehrere Lieferungen verteilen."),
                        ("at most {limit} values", "The table has too many values ({found}). Spread it over several submissions.")),
    "file-too-costly": (("eine Datei, die mit 2 GiB Speicher in 60 Sekunden zu lesen ist", "Die Datei zu lesen kostet zu viel Speicher oder Zeit; sie wurde nicht gelesen."),
                        ("a file that can be read with 2 GiB of memory in 60 seconds", "Reading the file costs too much memory or time; it was not read.")),
    "unknown-sheet": (("ein Blatt je Tatsachenart: {known}", "Das Blatt „{found}“ gehört zu keiner Tatsachenart. Umbenennen oder löschen."),
                      ("one sheet a fact type: {known}", "The sheet “{found}” belongs to no fact type. Rename or delete it.")),
    "hidden-sheet": (("sichtbare Blätter", "Das Blatt „{found}“ ist ausgeblendet. Einblenden, damit gilt, was man sieht, oder löschen."),
                     ("visible sheets", "The sheet “{found}” is hidden. Unhide it, so that what is seen is what counts, or delete it.")),
    "header-not-first": (("die Kopfzeile in Zeile 1", "Die Kopfzeile steht in Zeile {found}. Die Zeilen darüber löschen."),
                         ("the header in row 1", "The header stands in row {found}. Delete the rows above it.")),
    "merged-cells": (("ein Wert je Zelle", "Die Zellen {found} sind verbunden. Den Verbund lösen und jede Zelle ausfüllen."),
                     ("one value a cell", "The cells {found} are merged. Unmerge them and fill each.")),
    "error-cell": (("ein Wert", "In der Zelle steht der Fehler {found}. Die Formel berichtigen oder den Wert eintragen."),
                   ("a value", "The cell holds the error {found}. Correct the formula or enter the value.")),
    "formula-without-value": (("ein Wert", "Die Formel in der Zelle hat kein Ergebnis. Die Mappe neu berechnen und speichern, oder den Wert eintragen."),
                              ("a value", "The cell's formula has no result. Recalculate and save the workbook, or enter the value.")),
    "value-without-column": (("Werte nur unter einer Überschrift in Zeile 1", "Über dem Wert „{found}“ steht in Zeile 1 keine Überschrift. Löschen oder in die richtige Spalte setzen."),
                             ("values only below a header in row 1", "There is no header in row 1 above the value “{found}”. Delete it or move it into its column.")),
    "second-manifest": (("ein Begleitblatt oder eine submission.yaml je Lieferung", "Neben der submission.yaml (oder einer anderen Mappe) nennt auch das Blatt „{found}“ Angaben zur Lieferung. Eines von beiden entfernen."),
                        ("one manifest a submission", "Beside the submission.yaml (or another workbook) the sheet “{found}” describes a submission, too. Remove one of them.")),
    "not-parquet": (("eine Parquet-Datei", "Die Datei ist keine Parquet-Datei, oder sie ist beschädigt ({found})."), ("a Parquet file", "The file is not Parquet, or it is damaged ({found}).")),
    "wrong-column-type": (("eine Spalte mit einem der Typen {known}", "Die Spalte {column} hat den Typ {found}, der zu diesem Feld nicht passt."),
                          ("a column of one of the types {known}", "The column {column} has the type {found}, which does not fit this field.")),
}

MANIFEST_TEXTS: _T = {
    "unknown-agreement": (("eine Vereinbarung: {known}", "Die Vereinbarung „{found}“ gibt es nicht."), ("an agreement: {known}", "There is no agreement “{found}”.")),
    "unknown-pack": (("ein Regelwerk: {known}", "Das Regelwerk „{found}“ gibt es nicht."), ("a pack: {known}", "There is no pack “{found}”.")),
    "other-pack": (("das Regelwerk der Vereinbarung, {known}", "Die Vereinbarung folgt dem Regelwerk {known}, nicht „{found}“."),
                   ("the agreement's pack, {known}", "The agreement follows the pack {known}, not “{found}”.")),
    "complete-after-submission": (("ein Tag nicht nach {submitted_on}", "Vollständig bis {found} kann nicht erklärt werden: eingereicht wurde am {submitted_on}."),
                                  ("a day not after {submitted_on}", "Completeness up to {found} cannot be declared on {submitted_on}.")),
    "no-roles": (("Rollen nur bei Tatsachenarten mit dem Feld role, als Liste", "Hier können keine Rollen genannt werden."),
                 ("roles only of fact types with a field role, as a list", "Roles cannot be named here.")),
    "invalid-withdrawal": (("Art:Kennung", "„{found}“ nennt keinen Satz."), ("type:id", "“{found}” names no record.")),
    "unknown-withdrawal": (("ein Satz aus einer früheren Lieferung desselben Einreichers", "„{found}“ steht in keiner früheren Lieferung dieses Einreichers."),
                           ("a record of an earlier submission of the same submitter", "“{found}” is in no earlier submission of this submitter.")),
}

YAML_TEXTS: _T = {
    "invalid-yaml": (("gültiges YAML", "Die Datei ist kein gültiges YAML: {found}."), ("valid YAML", "The file is not valid YAML: {found}.")),
    "yaml-anchor": (("YAML ohne Anker, Verweise und Merge-Schlüssel", "Anker und Verweise ({found}) sind nicht erlaubt. Den Inhalt ausschreiben."),
                    ("YAML without anchors, aliases and merge keys", "Anchors and aliases ({found}) are not allowed. Write the content out.")),
    "yaml-tag": (("YAML ohne Typangaben", "Die Typangabe {found} ist nicht erlaubt."), ("YAML without tags", "The tag {found} is not allowed.")),
    "duplicate-key": (("jeder Schlüssel nur einmal", "Der Schlüssel „{found}“ steht schon in Zeile {first}."),
                      ("each key only once", "The key “{found}” stands already in line {first}.")),
    "invalid-key": (("ein kurzer Text als Schlüssel", "Der Schlüssel ist nicht verwendbar: {found}."), ("a short text as key", "The key cannot be used: {found}.")),
    "several-documents": (("ein Dokument je Datei", "Die Datei enthält mehrere YAML-Dokumente (---)."), ("one document a file", "The file holds several YAML documents (---).")),
    "nested-too-deep": (("höchstens {limit} Ebenen", "Die Datei ist zu tief verschachtelt."), ("at most {limit} levels", "The file is nested too deep.")),
    "not-a-map": (("Schlüssel: Wert", "Hier werden Schlüssel mit Werten erwartet, gefunden: {found}."), ("key: value", "Keys with values are expected here, found: {found}.")),
    "not-a-list": (("eine Liste", "Hier wird eine Liste erwartet, gefunden: {found}."), ("a list", "A list is expected here, found: {found}.")),
    "not-a-value": (("ein einzelner Wert", "Hier wird ein einzelner Wert erwartet, gefunden: {found}."), ("a single value", "A single value is expected here, found: {found}.")),
    "missing-key": (("der Schlüssel {column}", "Der Schlüssel {column} fehlt."), ("the key {column}", "The key {column} is missing.")),
    "unknown-key": (("ein bekannter Schlüssel{known_list}", "Den Schlüssel „{found}“ gibt es hier nicht."), ("a known key{known_list}", "The key “{found}” is not known here.")),
    "invalid-definition": (("{expected}", "„{found}“ passt hier nicht; erwartet: {expected}."), ("{expected}", "“{found}” does not fit here; expected: {expected}.")),
}

PACK_TEXTS: _T = {
    "missing-file": (("diese Datei", "Die Datei fehlt im Regelwerk."), ("this file", "The pack lacks this file.")),
    "one-kind": (("genau eine Art: {known}", "Die Pflicht nennt keine oder mehrere Arten ({found})."), ("exactly one kind: {known}", "The obligation names no kind or several ({found}).")),
    "unknown-field": (("ein Feld: {known}", "Das Feld „{found}“ gibt es nicht, oder es passt hier nicht."), ("a field: {known}", "There is no field “{found}”, or it does not fit here.")),
    "unknown-parameter": (("ein Parameter: {known}", "Den Parameter „{found}“ gibt es in pack.yaml nicht."), ("a parameter: {known}", "There is no parameter “{found}” in pack.yaml.")),
    "unknown-clause": (("eine Fundstelle aus clauses.yaml: {known}", "Die Fundstelle „{found}“ steht nicht im Register."), ("an anchor of clauses.yaml: {known}", "The anchor “{found}” is not in the register.")),
    "clause-mismatch": (("Pflicht und Register nennen einander", "Pflicht „{found}“ und Fundstelle {anchor} nennen einander nicht gegenseitig."),
                        ("obligation and register name each other", "The obligation “{found}” and the anchor {anchor} do not name each other.")),
    "clause-without-rule": (("Pflichten oder ein Grund (nothing_checked)", "Die Fundstelle {found} hat weder eine Pflicht noch einen Grund, warum nichts geprüft wird."),
                            ("obligations or a reason (nothing_checked)", "The anchor {found} has neither an obligation nor a reason why nothing is checked.")),
    "bounds-out-of-order": (("untere Grenze nicht über der oberen", "Die untere Grenze liegt über der oberen: {found}."), ("lower not above upper", "The lower bound lies above the upper: {found}.")),
    "judgement-unsayable": (("eine Zahl mit höchstens sechs Nachkommastellen, unter 9·10^9", "Mit der Schwelle {found} lässt sich nicht sicher rechnen."),
                            ("a number with at most six decimals, under 9·10^9", "The threshold {found} cannot be judged safely.")),
    "site-outside-term": (("Tage von {start} bis {end}", "Der Standort ({found}) liegt nicht in der Laufzeit der Vereinbarung."),
                          ("days from {start} to {end}", "The site ({found}) does not lie within the agreement's term.")),
}

RUN_TEXTS: _T = {
    "too-many-problems": (("höchstens {limit} Probleme", "Weitere {found} Probleme sind nicht aufgeführt. Zuerst die aufgeführten beheben."),
                          ("at most {limit} problems", "{found} more problems are not listed. Mend the listed ones first.")),
    "no-such-path": (("ein Ordner mit Lieferungen", "Den Pfad gibt es nicht."), ("a folder with submissions", "There is no such path.")),
    "not-a-folder": (("ein Ordner mit Lieferungen", "Das ist kein Ordner. Den Ordner der Lieferung angeben."), ("a folder with submissions", "This is not a folder. Name the submission's folder.")),
    "no-such-folder": (("ein Ordner", "Den Ordner gibt es nicht. Mit --rules und --agreements lässt er sich angeben."),
                       ("a folder", "There is no such folder. Name it with --rules and --agreements.")),
    "no-packs": (("ein Ordner mit pack.yaml", "In diesem Ordner liegt kein Regelwerk."), ("a folder with pack.yaml", "There is no pack in this folder.")),
    "nothing-to-evaluate": (("mindestens eine Lieferung, eine Vereinbarung und eine Pflicht",
                             "Es gibt nichts zu prüfen: {submissions} Lieferungen, {agreements} Vereinbarungen, keine Pflicht. Das ist kein grünes Licht."),
                            ("at least one submission, one agreement and one duty",
                             "There is nothing to evaluate: {submissions} submissions, {agreements} agreements, no duty. This is no green light.")),
    "nothing-to-validate": (("mindestens eine Lieferung", "Unter den Pfaden liegt keine Lieferung. Das ist kein grünes Licht."),
                            ("at least one submission", "There is no submission among the paths. This is no green light.")),
    "invalid-toml": (("gültiges TOML", "Die Datei ist hier kein gültiges TOML."), ("valid TOML", "The file is not valid TOML here: {found}.")),
    "unwritable-output": (("eine Datei, die geschrieben werden kann", "Hier lässt sich nicht schreiben: {found}. Das Schreiben erlauben oder einen anderen Ort nennen; was vorher da war, bleibt."),
                          ("a file that can be written", "This cannot be written: {found}. Allow it, or name another place; what was there before stays.")),
    "no-room": (("genug freier Platz", "Hier ist kein Platz mehr: {found}. Platz schaffen oder einen anderen Ort nennen; was vorher da war, bleibt, Halbes bleibt nicht."),
                ("enough free room", "There is no room left here: {found}. Make room or name another place; what was there before stays, and nothing half does.")),
    "no-temporary-room": (("Platz für Zwischenergebnisse", "Für Zwischenergebnisse ist hier kein Platz: {found}. Platz schaffen oder mit TMPDIR einen anderen Ordner nennen."),
                          ("room for intermediate results", "There is no room here for intermediate results: {found}. Make room, or name another folder with TMPDIR.")),
}

# Why something cannot be read, where one code has several causes: (German, English).
REASONS: dict[str, tuple[str, str]] = {
    "cut-off": ("sie endet zu früh; eine Klammer ist nicht geschlossen.", "it ends too early; a bracket is not closed."),
    "misplaced": ("„{found}“ steht an falscher Stelle; fehlt davor ein Komma oder ein Doppelpunkt?", "“{found}” stands in the wrong place; is a comma or a colon missing before it?"),
    "no-name": ("hier muss ein Name in Anführungszeichen stehen.", "a name in quotes must stand here."),
    "unknown-escape": ("der Text {found} enthält eine Maskierung (\\), die JSON nicht kennt.", "the text {found} has an escape (\\) that JSON does not know."),
    "open-text": ("ein Text endet nicht auf seiner Zeile oder enthält ein Steuerzeichen.", "a text does not end on its line, or holds a control character."),
    "no-value": ("„{found}“ ist kein JSON-Wert.", "“{found}” is no JSON value."),
}

TEXTS: _T = {**CELL_TEXTS, **TABLE_TEXTS, **BOOK_TEXTS, **MANIFEST_TEXTS, **YAML_TEXTS, **PACK_TEXTS, **RUN_TEXTS}
TEXTS |= LEDGER_TEXTS | DESK_TEXTS | CASE_TEXTS | TRACE_TEXTS | WHATIF_TEXTS | LINT_TEXTS | AUDIT_TEXTS | SEAL_TEXTS


_MORE = {"de": "(insgesamt {count})", "en": "({count} in all)"}


def expected(problem: Problem, lang: str) -> str:
    """What was expected at the problem's place."""
    return TEXTS[problem.code][lang == "en"][0].format_map(_words(problem, lang))


def message(problem: Problem, lang: str) -> str:
    """What is wrong and how to mend it; with the nearest known name where one is near."""
    text = TEXTS[problem.code][lang == "en"][1].format_map(_words(problem, lang))
    near = problem.args.get("near")
    close = nearest(str(near), (*_names(problem.args.get("known")), *_names(problem.args.get("also")))) if near else []
    return f"{text} {did_you_mean(close, lang)}" if close else text


def did_you_mean(close: Sequence[str], lang: str) -> str:
    """The question whether one of these was meant."""
    if lang == "en":
        return f"Did you mean {' or '.join(close)}?"
    return f"Meinten Sie {' oder '.join(close)}?"


def _names(known: object) -> tuple[str, ...]:
    """Known names: a tuple, or a text with commas."""
    return known if isinstance(known, tuple) else _split(str(known)) if known else ()


@lru_cache(maxsize=64)
def _split(known: str) -> tuple[str, ...]:
    return tuple(known.split(", "))


def _words(problem: Problem, lang: str) -> dict[str, object]:
    words: dict[str, object] = defaultdict(str, problem.args)
    known = shortened(_names(problem.args.get("known")), problem.args.get("near"), _MORE["en" if lang == "en" else "de"])
    words.update(known=known, known_list=f": {known}" if known else "", column=problem.column or "")
    words["found"] = finding(problem.code, problem.found or "", lang)
    if problem.code == "invalid-definition":
        words["expected"] = expectation(str(problem.args.get("expected", "")), lang, words)
    if problem.code == "entry-field-type" and "type" in problem.args:
        words["wanted"] = FIELD_TYPES[str(problem.args["type"])][lang == "en"]
    if "reason" in problem.args:
        words["reason"] = REASONS[str(problem.args["reason"])][lang == "en"].format_map(words)
    return words
