"""The words of the problems of the ledger, in German and English; merged into `problem_texts.TEXTS`."""

from __future__ import annotations

STORE_TEXTS = {
    "missing-extra": (("die Erweiterung „{extra}“", "Dafür fehlt {found}. Installieren mit: pip install 'servanda[{extra}]'"),
                      ("the extra “{extra}”", "{found} is missing for this. Install it with: pip install 'servanda[{extra}]'")),
    "ledger-missing": (("ein Journal", "Hier liegt kein Journal. Den Ort mit --ledger angeben."), ("a ledger", "There is no ledger here. Name its place with --ledger.")),
    "ledger-url": (("ein Pfad, sqlite:///Pfad oder postgresql+psycopg://…", "„{found}“ ist kein Ort für ein Journal."),
                   ("a path, sqlite:///path or postgresql+psycopg://…", "“{found}” is no place for a ledger.")),
    "ledger-foreign": (("ein Journal von servanda, oder eine leere Datenbank", "Die Datenbank ist kein Journal; sie bleibt, wie sie ist."),
                       ("a ledger of servanda, or an empty database", "The database is no ledger; it is left as it is.")),
    "ledger-newer": (("ein Journal der Fassung {known} oder älter", "Das Journal hat die Fassung {found} und ist neuer als dieses Programm; bitte servanda erneuern."),
                     ("a ledger of version {known} or older", "The ledger has version {found} and is newer than this program; please upgrade servanda.")),
    "ledger-busy": (("ein Journal, das gerade frei ist", "Das Journal ist seit längerem belegt; es wurde nichts eingetragen. Bitte noch einmal versuchen."),
                    ("a ledger that is free at the moment", "The ledger has been busy for long; nothing was entered. Please try again.")),
    "ledger-unreadable": (("ein Journal, das erreichbar und unbeschädigt ist", "Das Journal lässt sich nicht benutzen: {found}. Adresse, Rechte und Datenträger prüfen."),
                          ("a ledger that can be reached and is undamaged", "The ledger cannot be used: {found}. Check its address, the permissions and the disk.")),
    "no-such-case": (("ein Fall, zu dem es Einträge gibt", "Zu „{found}“ steht nichts im Journal."), ("a case that has entries", "The ledger has nothing on “{found}”.")),
}
BODY_TEXTS = {
    "entry-unknown-field": (("nur die Felder {known}", "Das Feld „{found}“ gibt es hier nicht."), ("the fields {known} only", "There is no field “{found}” here.")),
    "entry-field-type": (("im Feld {column}: {wanted}", "„{found}“ passt hier nicht."), ("in field {column}: {wanted}", "“{found}” does not fit here.")),
    "entry-list-length": (("{least} bis {most} Angaben im Feld {column}", "Hier stehen {found}."), ("{least} to {most} items in field {column}", "There are {found} here.")),
    "entry-repeated": (("im Feld {column} jede Angabe nur einmal", "„{found}“ steht zweimal da."), ("each item only once in field {column}", "“{found}” stands here twice.")),
    "entry-not-plain": (("Text, ganze Zahlen, ja/nein, Listen und Schlüssel mit Werten; keine Kommazahlen", "Der Inhalt von {column} lässt sich nicht genau festhalten."),
                        ("text, whole numbers, true/false, lists and maps; no fractions", "What {column} holds cannot be kept exactly.")),
}
RULE_TEXTS = {
    "entry-unknown": (("die Nummer eines Eintrags", "Einen Eintrag {found} gibt es nicht."), ("the number of an entry", "There is no entry {found}.")),
    "entry-refers-elsewhere": (("die Nummer eines Eintrags der Art {kinds}", "Der Eintrag {found} ist keiner dieser Art."),
                               ("the number of an entry of kind {kinds}", "Entry {found} is none of that kind.")),
    "report-unreadable": (("der JSON-Bericht des Laufs", "Der Bericht ist keiner, den servanda schreibt."), ("the run's JSON report", "The report is none that servanda writes.")),
    "receipt-differs": (("der Hash, den Quittung und Bericht ergeben", "Der Hash in {column} passt nicht: Quittung und Bericht gehören nicht zusammen."),
                        ("the hash that receipt and report give", "The hash in {column} does not fit: receipt and report do not belong together.")),
    "finding-not-in-run": (("ein Befund des Laufs {run}", "Der Lauf {run} hat keinen Befund „{found}“."), ("a finding of run {run}", "Run {run} has no finding “{found}”.")),
    "finding-not-material": (("ein Befund, den der Lauf {run} für möglicherweise wesentlich hält", "Der Befund „{found}“ ist dort keiner; zu bewerten gibt es nichts."),
                             ("a finding that run {run} holds to be possibly material", "The finding “{found}” is none there; there is nothing to assess.")),
    "finding-not-attested": (("ein Befund der Art attested im Lauf {run}", "Der Befund „{found}“ folgt aus Daten und lässt sich nicht bestätigen."),
                             ("a finding of kind attested in run {run}", "The finding “{found}” follows from data and cannot be attested.")),
    "consequence-not-in-run": (("eine Folge des Laufs {run}", "Der Lauf {run} nennt keine Folge „{found}“."), ("a consequence of run {run}", "Run {run} names no consequence “{found}”.")),
    "amount-over-stake": (("höchstens {limit}", "Der Betrag {found} ist höher als das, was noch anders verwendet werden kann."),
                          ("at most {limit}", "The amount {found} is more than what can still be used elsewhere.")),
    "not-heard": (("eine Gelegenheit zur Stellungnahme, die beantwortet oder deren Frist vorbei ist",
                   "Zu „{found}“ wurde noch nicht angehört. Erst Gelegenheit zur Stellungnahme geben und die Antwort oder das Ende der Frist abwarten."),
                  ("an opportunity to respond that was answered or whose time is over",
                   "Nobody was heard on “{found}”. Give an opportunity to respond first, and wait for the answer or the end of its time.")),
    "not-assessed-material": (("mindestens ein Befund der Folge, der als wesentlich bewertet ist", "Zu „{found}“ hat noch niemand eine Abweichung als wesentlich bewertet."),
                              ("at least one finding of the consequence that was assessed as material", "Nobody has assessed a deviation behind “{found}” as material yet.")),
    "assessed-immaterial": (("Befunde, deren Bewertung als wesentlich noch gilt", "Der Befund „{found}“ ist zuletzt als nicht wesentlich bewertet worden."),
                            ("findings whose assessment as material still holds", "The finding “{found}” was last assessed as not material.")),
    "own-proposal": (("eine andere Person als die, die vorgeschlagen hat", "Den Vorschlag {number} hat „{found}“ selbst gemacht; entscheiden muss jemand anderes."),
                     ("another person than the one who proposed", "“{found}” made proposal {number}; somebody else must decide on it.")),
    "proposal-decided": (("ein Vorschlag, über den noch nicht entschieden ist", "Über den Vorschlag {found} ist schon entschieden (Eintrag {number})."),
                         ("a proposal that is not decided yet", "Proposal {found} is decided already (entry {number}).")),
}
VERIFY_TEXTS = {
    "entry-changed": (("{column}, wie es eingetragen wurde", "Dieser Eintrag ist verändert: {column} passt nicht zu dem, was eingetragen wurde."),
                      ("{column} as it was entered", "This entry was changed: {column} does not fit what was entered.")),
    "entry-missing": (("Einträge ohne Lücke", "Vor diesem Eintrag fehlt etwas: auf {last} folgt {found}."), ("entries without a gap", "Something is missing before this entry: {found} follows {last}.")),
    "chain-broken": (("der Hash des vorigen Eintrags", "Die Kette reißt hier: dieser Eintrag schließt nicht an den vorigen an."),
                     ("the hash of the entry before", "The chain breaks here: this entry does not follow the one before.")),
    "subject-without-entry": (("Gegenstände, deren Eintrag es gibt", "Der Gegenstand „{found}“ gehört zu keinem Eintrag."),
                              ("subjects whose entry exists", "The subject “{found}” belongs to no entry.")),
    "guard-changed": (("die Sperren und Tabellen, mit denen das Journal angelegt wurde", "„{found}“ fehlt, ist abgeschaltet, verändert oder hinzugekommen."),
                      ("the guards and tables that the ledger was made with", "“{found}” is missing, switched off, changed or added.")),
    "ledger-damaged": (("eine unbeschädigte Datenbank", "Die Datenbank selbst ist beschädigt: {found}."), ("an undamaged database", "The database itself is damaged: {found}.")),
    "checkpoint-short": (("mindestens {length} Einträge", "Das Journal hat nur {found}: sein Ende ist abgeschnitten."),
                         ("at least {length} entries", "The ledger has only {found}: its end was cut off.")),
    "checkpoint-differs": (("am Prüfpunkt der Hash {hash}", "Am Prüfpunkt steht ein anderer Eintrag ({found}): das Journal ist ausgetauscht oder verändert."),
                           ("the hash {hash} at the checkpoint", "Another entry stands at the checkpoint ({found}): the ledger was exchanged or changed.")),
}
LEDGER_TEXTS = {**STORE_TEXTS, **BODY_TEXTS, **RULE_TEXTS, **VERIFY_TEXTS}
FIELD_TYPES = {
    "text": ("Text", "text"), "number": ("eine ganze Zahl ab 1", "a whole number from 1"), "yes-no": ("ja oder nein (true oder false)", "true or false"),
    "list": ("eine Liste", "a list"), "map": ("Schlüssel mit Werten", "a map of keys and values"),
    "digest": ("ein SHA-256 aus 64 Ziffern und kleinen Buchstaben von a bis f", "a SHA-256 of 64 digits and small letters from a to f"),
    "moment": ("ein Zeitpunkt mit Zeitzone zwischen 2000 und 2100", "a moment with a time zone between 2000 and 2100"),
}
