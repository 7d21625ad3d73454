"""The words of problems of sealed audits, in German and English: (expected, message)."""

from __future__ import annotations

SEAL_TEXTS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "seal-exists": (
        ("eine Datei, die es noch nicht gibt", "Die Datei gibt es schon. Ein Siegel überschreibt nichts; nennen Sie mit --output eine andere."),
        ("a file that does not exist yet", "The file exists. A seal overwrites nothing; name another one with --output.")),
    "seal-apart": (
        ("Fakten, die im selben Ordner liegen",
         "Die Ordner der Fakten liegen nicht nebeneinander. Legen Sie sie in einen Ordner, und wiederholen Sie die Prüfung von dort."),
        ("facts that lie in one folder", "The folders of facts do not lie side by side. Put them into one folder, and repeat the audit from there.")),
    "seal-link": (
        ("eine gewöhnliche Datei", "Verweise (Links) und Geräte kann ein Siegel nicht enthalten. Ersetzen Sie sie durch die Datei selbst, und prüfen Sie noch einmal."),
        ("a regular file", "A seal cannot hold links and devices. Replace them by the file itself, and audit again.")),
    "seal-name": (
        ("ein Dateiname in UTF-8", "Der Name der Datei ist kein UTF-8. Benennen Sie sie um, und prüfen Sie noch einmal."),
        ("a file name in UTF-8", "The file's name is not UTF-8. Rename it, and audit again.")),
    "seal-too-many": (
        ("höchstens {known} Dateien", "Es sind {found} Dateien. Versiegeln Sie kleinere Prüfungen."), ("at most {known} files", "There are {found} files. Seal smaller audits.")),
    "no-bundle": (
        ("eine versiegelte Prüfung (servanda seal)", "Die Datei ist keine versiegelte Prüfung, oder ihr Anfang ist beschädigt."),
        ("a sealed audit (servanda seal)", "The file is no sealed audit, or its beginning is damaged.")),
    "seal-statement": (
        ("seal.json, wie servanda seal sie schreibt", "seal.json ist verändert: Verzeichnis und Wurzel passen nicht zusammen. Was sonst noch stimmt, lässt sich nicht mehr sagen."),
        ("seal.json as servanda seal writes it", "seal.json is changed: its list and its root do not fit. Of the rest, nothing can be said any more.")),
    "seal-changed": (("der Inhalt, den seal.json nennt", "Der Inhalt von {found} ist verändert."), ("the content that seal.json names", "The content of {found} is changed.")),
    "seal-cut-off": (("eine vollständige Datei", "Die Datei endet mitten in oder vor {found}."), ("a whole file", "The file ends within or before {found}.")),
    "seal-frame": (
        ("Kopf und Füllung, wie servanda seal sie schreibt", "Der Kopf oder die Füllung um {found} im Archiv ist verändert."),
        ("header and padding as servanda seal writes them", "The header or the padding around {found} in the archive is changed.")),
    "seal-end": (("nichts hinter dem Ende", "Das Ende des Archivs {found} ist verändert."), ("nothing behind the end", "The end of the archive {found} is changed.")),
    "seal-signature": (
        ("eine Unterschrift über seal.json", "Die Unterschrift passt nicht zu seal.json: Eines von beiden ist verändert."),
        ("a signature over seal.json", "The signature does not fit seal.json: one of the two is changed.")),
    "seal-not-signed": (("eine Unterschrift", "Die versiegelte Prüfung trägt keine Unterschrift."), ("a signature", "The sealed audit bears no signature.")),
    "seal-other-key": (
        ("eine Unterschrift mit dem Schlüssel aus --public-key", "Unterschrieben ist mit einem anderen Schlüssel."),
        ("a signature with the key of --public-key", "It is signed with another key.")),
    "seal-other-root": (("{known}", "Die Wurzel ist {found}: Das ist eine andere versiegelte Prüfung."), ("{known}", "The root is {found}: this is another sealed audit.")),
    "seal-extract": (
        ("ein Eintrag, der an den vorigen gekettet ist", "Dieser Eintrag des Journalauszugs passt nicht zu seiner Prüfsumme oder zum Eintrag davor."),
        ("an entry that is chained to the one before", "This entry of the ledger's extract does not fit its hash or the entry before.")),
    "seal-result": (
        ("die Datei, die der Beleg nennt", "{found} ist nicht die Datei, die der Beleg der Prüfung nennt."),
        ("the file that the receipt names", "{found} is not the file that the audit's receipt names.")),
    "seal-incomplete": (
        ("Fakten, eine Sammlung von Vereinbarungen und Regeln", "In der versiegelten Prüfung fehlt, was zum Wiederholen nötig ist."),
        ("facts, one collection of agreements, and rules", "The sealed audit lacks what is needed to repeat it.")),
    "seal-other-versions": (
        ("{known}", "Hier läuft {found}: Ein Unterschied wäre nicht zu deuten. Installieren Sie zum Wiederholen die genannten Versionen."),
        ("{known}", "This is {found}: nobody could tell what a difference means. Install the versions named to repeat it.")),
    "key-locked": (
        ("das Passwort des Schlüssels", "Der Schlüssel ist mit einem Passwort geschützt; es fehlt oder ist falsch."),
        ("the key's password", "The key is protected by a password, which is missing or wrong.")),
    "no-key": (
        ("ein Ed25519-Schlüssel (PEM oder OpenSSH)", "Die Datei enthält keinen solchen Schlüssel. Erzeugen: ssh-keygen -t ed25519 -f schluessel"),
        ("an Ed25519 key (PEM or OpenSSH)", "The file holds no such key. To make one: ssh-keygen -t ed25519 -f key")),
}
