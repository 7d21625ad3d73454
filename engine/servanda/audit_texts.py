"""The words of problems of audits, in German and English: (expected, message)."""

from __future__ import annotations

AUDIT_TEXTS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "audit-exists": (
        ("ein Ordner, den es noch nicht gibt",
         "Den Ordner gibt es schon. Eine Prüfung überschreibt nichts; nennen Sie einen anderen (mit --since übernimmt sie Unverändertes)."),
        ("a folder that does not exist yet",
         "The folder exists. An audit overwrites nothing; name another one (with --since it takes over what has not changed).")),
    "audit-running": (
        ("ein Ordner, in dem niemand arbeitet", "In diesem Ordner läuft schon eine Prüfung. Warten Sie, bis sie fertig ist."),
        ("a folder in which nobody works", "An audit is running in this folder. Wait until it is done.")),
    "audit-changed": (
        ("eine Datei, wie sie im Beleg (receipt.json) steht",
         "Diese Datei der früheren Prüfung ist verändert oder fehlt. Lassen Sie --since weg, oder stellen Sie die Datei wieder her."),
        ("a file as the receipt (receipt.json) has it",
         "This file of the earlier audit is changed or missing. Leave --since out, or restore the file.")),
    "audit-differs": (
        ("{known}", "Die Prüfung weicht vom Beleg ab: {what} ist {found}."), ("{known}", "The audit differs from the receipt: {what} is {found}.")),
    "no-audit": (
        ("ein Ordner mit einer fertigen Prüfung (receipt.json)", "Hier liegt keine fertige Prüfung."),
        ("a folder with a finished audit (receipt.json)", "There is no finished audit here.")),
    "no-receipt": (
        ("der Beleg einer Prüfung (receipt.json)", "Die Datei ist kein Beleg einer Prüfung."),
        ("the receipt of an audit (receipt.json)", "The file is no receipt of an audit.")),
    "no-dask": (
        ("das Paket distributed", "Für --workers und --scheduler fehlt Dask: pip install 'servanda[cluster]'."),
        ("the package distributed", "--workers and --scheduler need Dask: pip install 'servanda[cluster]'.")),
    "no-scheduler": (
        ("ein Dask-Scheduler wie tcp://10.0.0.1:8786", "Unter „{found}“ antwortet kein Scheduler. Prüfen Sie die Adresse, und ob er läuft."),
        ("a Dask scheduler such as tcp://10.0.0.1:8786", "No scheduler answers at “{found}”. Check the address, and that it runs.")),
    "other-engine": (
        ("auf allen Rechnern: {known}", "Ein Rechner des Verbunds hat andere Versionen: {found}."),
        ("on all machines: {known}", "A machine of the cluster has other versions: {found}.")),
    "changed-meanwhile": (
        ("Dateien, die sich während der Prüfung nicht ändern", "Hier haben sich Dateien während der Prüfung geändert. Prüfen Sie noch einmal."),
        ("files that do not change meanwhile", "Files changed here while they were read. Run it again.")),
    "not-in-table": (
        ("eine Vereinbarung aus {table}", "Die Vereinbarung „{found}“ steht nicht in {table}."),
        ("an agreement of {table}", "The agreement “{found}” is not in {table}.")),
}
