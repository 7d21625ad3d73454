"""Phrases that problems carry as data, in German: what a definition expects, and what stands there where it is no text of the input.

A phrase is its own English text. `{names}` are filled from the problem. Phrases of libyaml, of Python's csv module and of the
system stand here too, because a problem passes them on.
"""

from __future__ import annotations

EXPECTED = {
    "a date such as 2019-03-31": "ein Datum wie 2019-03-31",
    "a date that exists, such as 2019-03-31": "ein Datum, das es gibt, wie 2019-03-31",
    "a date from 2000-01-01 to 2100-12-31": "ein Datum von 2000-01-01 bis 2100-12-31",
    "a number such as 6 or 0.8, dated numbers, or a parameter such as $name":
        "eine Zahl wie 6 oder 0.8, Zahlen nach Tagen, oder ein Parameter wie $name",
    "a text that is not empty": "ein Text, der nicht leer ist",
    "a text without control characters": "ein Text ohne Steuerzeichen",
    "a text": "ein Text",
    "a whole number": "eine ganze Zahl",
    "true or false": "true oder false",
    "an id of letters, digits, -, _ and .": "eine Kennung aus Buchstaben, Ziffern, -, _ und .",
    "a name of small letters, digits and _": "ein Name aus kleinen Buchstaben, Ziffern und _",
    "a list of roles, or such a list for each kind of site": "eine Liste von Rollen, oder je Art von Standort eine solche Liste",
    "at least one pattern": "mindestens ein Muster",
    "a map of keys and values": "Schlüssel mit Werten",
    "a list": "eine Liste",
    "a value": "ein Wert",
    "a day, or a map of fact types and days": "ein Tag, oder Tage je Tatsachenart",
    "lists of records by fact type": "Listen von Sätzen je Tatsachenart",
    "one of {known}": "einer der Werte {known}",
    "a day of the year such as 06-30": "ein Tag des Jahres wie 06-30",
    "a condition such as {{field: value}}": "eine Bedingung wie {{Feld: Wert}}",
    "any: a list of conditions": "any: eine Liste von Bedingungen",
    "{path}: one of the tests {known}": "{path}: eine der Prüfungen {known}",
    "{path}: {op} with one value": "{path}: {op} mit einem Wert",
    "{path}: {op} with a value or a list of values": "{path}: {op} mit einem Wert oder einer Liste von Werten",
    "{path}: given with true or false": "{path}: given mit true oder false",
    "{path}: a value, a list of values, or a test such as {{given: true}}": "{path}: ein Wert, eine Liste von Werten oder eine Prüfung wie {{given: true}}",
    "a number": "eine Zahl",
    "a number that is not negative": "eine Zahl, die nicht negativ ist",
    "a whole number that is not negative": "eine ganze Zahl, die nicht negativ ist",
    "a share from 0 to 1 such as 0.8": "ein Anteil von 0 bis 1 wie 0.8",
    "a value, a list of values, or {{not: [values]}}": "ein Wert, eine Liste von Werten oder {{not: [Werte]}}",
    "a reference to records with a date of their own, not to {type}": "ein Verweis auf Sätze mit einem eigenen Datum, nicht auf {type}",
    "site": "site",
    "min and above only of amount, number and year": "min und above nur bei amount, number und year",
    "completes only of a date": "completes nur bei einem Datum (date)",
    "not_before only of a date": "not_before nur bei einem Datum (date)",
    "{{field: value}} or {{field: [values]}} of the record": "{{Feld: Wert}} oder {{Feld: [Werte]}} des Satzes",
    "a value of type {type}": "ein Wert vom Typ {type}",
    "while_sites: agreement; site_kind: site": "bei while_sites: agreement; bei site_kind: site",
    "a fact type with a date or a year of its own": "eine Tatsachenart mit einem eigenen Datum oder Jahr",
    "for_each with scope: record, and only there": "for_each bei scope: record, und nur dort",
    "unfinished only of yearly duties": "unfinished nur bei jährlichen Pflichten",
    "scope: record only of count, answered, delivered, each, preceded and within_budget":
        "scope: record nur bei count, answered, delivered, each, preceded und within_budget",
    "a fact type of the vocabulary": "eine Tatsachenart des Vokabulars",
    "fields that are never empty": "Felder, die nie leer sind",
    "conditions over fields that are never empty": "Bedingungen über Felder, die nie leer sind",
    "records that name theirs in one required reference": "Sätze, die den ihren in genau einem Pflichtverweis nennen",
    "an obligation of the pack": "eine Verpflichtung des Regelwerks",
    "an obligation with a due day (answered or delivered) for the same records and the term":
        "eine Verpflichtung mit einem Fälligkeitstag (answered oder delivered) für dieselben Sätze und die Laufzeit",
    "a chain without a circle": "eine Kette ohne Kreis",
    "amounts on both sides, each a required field": "Beträge auf beiden Seiten, jeder ein Pflichtfeld",
    "cases whose own date is never empty, because earlier ones are settled first":
        "Fälle, deren eigenes Datum nie leer ist, weil frühere zuerst beglichen werden",
    "references to the same fact type, in spending and in consents": "Verweise auf denselben Faktentyp, bei Ausgaben und bei Zustimmungen",
    "same, or refers, or an amount": "same oder refers oder ein Betrag",
    "a reference to the case": "ein Verweis auf den Fall",
    "one of days, working_days (not of delivered), day, and months (with days, too)":
        "eines von days, working_days (nicht bei delivered), day und months (auch mit days)",
    "end_of_month only with months": "end_of_month nur mit months",
    "counted_from: end only of delivered": "counted_from: end nur bei delivered",
    "a level, or a list of levels": "eine Stufe oder eine Liste von Stufen",
    "a folder inside the repository": "ein Ordner innerhalb des Repositorys",
}

# What stands at a place, said by this program (`null` and `nothing` only where the text of the input cannot be meant).
FOUND = {
    "a list": "eine Liste",
    "a map": "Schlüssel mit Werten",
    "a list or a map": "eine Liste oder Schlüssel mit Werten",
    "a list or a text": "eine Liste oder ein Text",
    "a map or a text": "Schlüssel mit Werten oder ein Text",
    "a condition": "eine Bedingung",
    "something else": "etwas anderes",
    "not an ordinary file": "keine gewöhnliche Datei",
    "the folder's name is not UTF-8": "der Name des Ordners ist kein UTF-8",
    "lone surrogate": "halbes Surrogat-Zeichen",
    "null": "nichts",
    "nothing": "nichts",
    "map": "Schlüssel mit Werten",
    "list": "eine Liste",
}

# libyaml 0.2.5 (scanner.c, parser.c, reader.c)
YAML = {
    "block sequence entries are not allowed in this context": "ein Listeneintrag (-) ist hier nicht erlaubt",
    "control characters are not allowed": "Steuerzeichen sind nicht erlaubt",
    "could not find expected ':'": "ein „:“ nach dem Schlüssel fehlt",
    "could not find expected directive name": "der Name der Direktive fehlt",
    "did not find URI escaped octet": "ein kodiertes Zeichen (%) der Adresse fehlt",
    "did not find expected '!'": "ein „!“ fehlt",
    "did not find expected ',' or ']'": "ein „,“ oder „]“ fehlt",
    "did not find expected ',' or '}'": "ein „,“ oder „}“ fehlt",
    "did not find expected '-' indicator": "ein „-“ fehlt; passt die Einrückung?",
    "did not find expected <document start>": "hier müsste ein neues Dokument beginnen",
    "did not find expected <stream-start>": "der Anfang der Datei fehlt",
    "did not find expected alphabetic or numeric character": "hier fehlt ein Buchstabe oder eine Ziffer",
    "did not find expected comment or line break": "hier fehlt ein Zeilenende oder ein Kommentar",
    "did not find expected digit or '.' character": "hier fehlt eine Ziffer oder ein „.“",
    "did not find expected hexdecimal number": "hier fehlt eine Hexadezimalzahl",
    "did not find expected key": "ein Schlüssel fehlt; passt die Einrückung?",
    "did not find expected node content": "hier fehlt ein Wert",
    "did not find expected tag URI": "die Adresse der Typangabe fehlt",
    "did not find expected version number": "die Versionsnummer fehlt",
    "did not find expected whitespace": "hier fehlt ein Leerzeichen",
    "did not find expected whitespace or line break": "hier fehlt ein Leerzeichen oder Zeilenende",
    "did not find the expected '>'": "ein „>“ fehlt",
    "found a tab character that violates indentation": "eingerückt wird mit Leerzeichen, nicht mit Tabulatoren",
    "found a tab character where an indentation space is expected": "eingerückt wird mit Leerzeichen, nicht mit Tabulatoren",
    "found an incorrect leading UTF-8 octet": "kein gültiges UTF-8",
    "found an incorrect trailing UTF-8 octet": "kein gültiges UTF-8",
    "found an indentation indicator equal to 0": "eine Einrückung von 0 ist nicht erlaubt",
    "found character that cannot start any token": "mit diesem Zeichen kann kein Wert beginnen; Text mit %, @ oder ` in Anführungszeichen setzen",
    "found duplicate %TAG directive": "die Direktive %TAG steht doppelt",
    "found duplicate %YAML directive": "die Direktive %YAML steht doppelt",
    "found extremely long version number": "die Versionsnummer ist zu lang",
    "found incompatible YAML document": "eine andere YAML-Version",
    "found invalid Unicode character escape code": "dieses Zeichen gibt es in Unicode nicht",
    "found undefined tag handle": "eine unbekannte Typangabe",
    "found unexpected ':'": "ein „:“, wo keiner stehen kann",
    "found unexpected document indicator": "ein Dokumenttrenner (--- oder ...) innerhalb eines Textes",
    "found unexpected end of stream": "die Datei endet innerhalb eines Textes; fehlt ein Anführungszeichen?",
    "found unexpected non-alphabetical character": "ein Zeichen, das kein Buchstabe ist",
    "found unknown directive name": "eine unbekannte Direktive",
    "found unknown escape character": "eine unbekannte Folge nach \\",
    "invalid Unicode character": "ein ungültiges Unicode-Zeichen",
    "invalid leading UTF-8 octet": "kein gültiges UTF-8",
    "invalid trailing UTF-8 octet": "kein gültiges UTF-8",
    "invalid length of a UTF-8 sequence": "kein gültiges UTF-8",
    "mapping keys are not allowed in this context": "ein Schlüssel (?) ist hier nicht erlaubt",
    "mapping values are not allowed in this context": "ein „:“ ist hier nicht erlaubt; Text mit „: “ in Anführungszeichen setzen",
    "unexpected low surrogate area": "ein halbes Surrogat-Zeichen",
    "while scanning a directive": "eine fehlerhafte Direktive",
}

# Python's _csv.c
CSV = {
    "unexpected end of data": "die Datei endet innerhalb von Anführungszeichen",
    "',' expected after '\"'": "nach einem schließenden Anführungszeichen fehlt das Komma",
    "';' expected after '\"'": "nach einem schließenden Anführungszeichen fehlt das Semikolon",
    "field larger than field limit (131072)": "eine Zelle ist länger als 131072 Zeichen",
    "line contains NUL": "die Zeile enthält ein NUL-Zeichen",
    "new-line character seen in unquoted field - do you need to open the file with newline=''?":
        "ein Zeilenumbruch in einer Zelle ohne Anführungszeichen",
}

# The system's own words (strerror), as they reach a problem with a file.
SYSTEM = {
    "Permission denied": "keine Berechtigung",
    "Operation not permitted": "nicht erlaubt",
    "No such file or directory": "gibt es nicht",
    "Is a directory": "das ist ein Ordner",
    "Not a directory": "ein Teil des Pfads ist kein Ordner",
    "No space left on device": "kein Platz mehr auf dem Datenträger",
    "File too large": "die Datei würde größer als erlaubt",
    "Disk quota exceeded": "das Speicherkontingent ist erschöpft",
    "Read-only file system": "der Datenträger ist schreibgeschützt",
    "Input/output error": "Ein-/Ausgabefehler",
    "File name too long": "der Dateiname ist zu lang",
    "Too many levels of symbolic links": "zu viele Verknüpfungen hintereinander",
    "Too many open files": "zu viele offene Dateien",
    "Device or resource busy": "die Datei wird gerade benutzt",
    "Broken pipe": "niemand liest mehr mit",
    "Stale file handle": "die Verbindung zum Netzlaufwerk ist abgerissen",
}

_STRUCTURE = ("not-a-map", "not-a-list", "not-a-value", "invalid-definition", "invalid-key")
_PASSED_ON = {
    "invalid-yaml": YAML, "invalid-csv": CSV, "unreadable-file": SYSTEM, "unwritable-output": SYSTEM, "no-room": SYSTEM, "no-temporary-room": SYSTEM,
}


def expectation(phrase: str, lang: str, names: object) -> str:
    """What a definition expects, in `lang`; a phrase that is not listed stands as it is."""
    if phrase not in EXPECTED:
        return phrase
    return (phrase if lang == "en" else EXPECTED[phrase]).format_map(names)


def finding(code: str, found: str, lang: str) -> str:
    """What stands at the place of a problem, in `lang`: words of this program are worded, text of the input stays."""
    if lang == "en":
        return found
    if code in _PASSED_ON and found in _PASSED_ON[code]:
        return _PASSED_ON[code][found]
    return FOUND.get(found, found) if " " in found or code in _STRUCTURE else found
