"""The words of templates, in German and English."""

from __future__ import annotations

Words = tuple[str, str]


def fill(words: Words, lang: str, **values: object) -> str:
    """The German or English text with its names filled in."""
    return words[lang == "en"].format(**values)


# What may stand in a cell, by the field's type.
KIND_WORDS: dict[str, Words] = {
    "id": ("Eine Kennung aus Buchstaben (ohne Umlaute), Ziffern, Punkt, - und _", "An id of letters (a to z), digits, dot, - and _"),
    "text": ("Freier Text", "Any text"),
    "date": ("Ein Datum wie 31.03.2019", "A date such as 2019-03-31"),
    "year": ("Ein Jahr wie 2019", "A year such as 2019"),
    "amount": ("Ein Betrag in Euro wie 1.234,56, höchstens zwei Nachkommastellen", "An amount in euros such as 1234.56, at most two decimals"),
    "number": ("Eine Zahl wie 0,5, höchstens zwei Nachkommastellen", "A number such as 0.5, at most two decimals"),
    "bool": ("ja oder nein", "true or false"),
    "choice": ("Ein Wert aus der Liste", "A value of the list"),
    "choices": ("Ein Wert aus der Liste oder mehrere, durch | getrennt", "A value of the list or several, separated by |"),
    "site": ("Die Kennung eines Standorts aus der Liste", "The id of a site of the list"),
    "reference": ("Die Kennung eines Satzes", "The id of a record"),
    "obligation": ("Die Kennung einer Verpflichtung aus der Liste", "The id of an obligation of the list"),
}

NOTE_WORDS: dict[str, Words] = {
    "required": ("Pflichtfeld.", "Required."),
    "required_where": ("Pflichtfeld, wenn {condition}.", "Required where {condition}."),
    "optional": ("Darf leer bleiben.", "May stay empty."),
    "wrong": ("{label}: {form}. Die Notiz an der Kopfzelle und das Blatt „Hinweise“ sagen mehr.",
              "{label}: {form}. The note at the header and the sheet “Instructions” say more."),
    "refers": ("Der Satz steht im Blatt „{title}“ oder wurde früher eingereicht. Die Liste zeigt beides; andere bekannte Kennungen lassen sich eintippen.",
               "The record stands in the sheet “{title}” or was submitted earlier. The list shows both; other known ids may be typed."),
    "not_before": ("Nicht vor „{label}“.", "Not before “{label}”."),
    "values": ("Werte:", "Values:"),
    "see_instructions": ("Die Bedeutungen stehen im Blatt „Hinweise“.", "The sheet “Instructions” has their meaning."),
    "empty_is": ("Leer bedeutet: {value}.", "Empty means: {value}."),
    "empty_open": ("Leer bedeutet: noch nicht geschehen.", "Empty means: not yet."),
    "empty_unknown": ("Leer bedeutet: nicht bekannt.", "Empty means: not known."),
    "own_id": ("Jeder Satz hat seine eigene Kennung. Dieselbe Kennung in einer späteren Lieferung ersetzt den Satz.",
               "Each record has an id of its own. The same id in a later submission replaces the record."),
}
