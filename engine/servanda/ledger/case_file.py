"""The whole file of a case: every entry about a finding or a consequence, with what was found and how to check it."""

from __future__ import annotations

from servanda.ledger.decisions import consequence_key
from servanda.ledger.entries import Entry
from servanda.ledger.read import entries_in, entry_in, head_in, report_of
from servanda.ledger.store import Ledger, reading
from servanda.problems import InvalidInput, Problem

SCHEMA = "servanda.case/1"


def case_file(ledger: Ledger, subject: str) -> dict:
    """The case of a finding's or a consequence's id; `InvalidInput` where nothing in the ledger is about it.

    With a consequence come the entries of its findings, with a finding those of the consequences that name it.
    """
    with reading(ledger) as connection:
        runs = {run.number: run for run in entries_in(connection, kind="run")}
        findings, consequences = _concerned(runs.values(), subject)
        names = [subject, *sorted({*findings, *consequences} - {subject})]
        found = {one.number: one for name in names for one in entries_in(connection, subject=name)}
        if not found and not findings and not consequences:
            raise InvalidInput([Problem("unknown-subject", ledger.name, found=subject[:200])])
        for one in list(found.values()):
            number = one.body.get("of") if one.kind == "correction" else None
            if number and number not in found:
                found[number] = entry_in(connection, number)
        used = {one.body["run"] for one in found.values() if "run" in one.body}
        checkpoint = head_in(connection)
    entries = [_plain(found[number]) for number in sorted(found) if found[number].kind != "run"]
    latest = max((number for number in runs if _names(runs[number], subject)), default=None)
    return {
        "schema": SCHEMA, "subject": subject, "findings": findings, "consequences": consequences, "entries": entries,
        "runs": [
            {"number": number, "at": run.at, "author": run.author, "hash": run.hash, "previous": run.previous, "receipt": run.body["receipt"],
             "receipt_sha256": run.receipt}
            for number, run in sorted(runs.items()) if number in used or number == latest
        ],
        "checkpoint": {"length": checkpoint.length, "hash": checkpoint.hash},
    }


def _names(run: Entry, subject: str) -> bool:
    return f'"{subject}"' in run.body["report"] or any(consequence_key(one) == subject for one in report_of(run)["consequences"])


def _concerned(runs, subject: str) -> tuple[dict, dict]:
    """What the latest run that knows them says of the findings and consequences that a case is about."""
    findings: dict[str, dict] = {}
    consequences: dict[str, dict] = {}
    for run in runs:
        report = report_of(run)
        named = {consequence_key(one): one for one in report["consequences"]}
        mine = {key: one for key, one in named.items() if key == subject or subject in one["findings"]}
        wanted = {subject, *(name for one in mine.values() for name in one["findings"])}
        consequences.update({key: {**one, "run": run.number} for key, one in mine.items()})
        findings.update({one["id"]: {**_plain_numbers(one), "run": run.number} for one in report["findings"] if one["id"] in wanted})
    return findings, consequences


def _plain_numbers(finding: dict) -> dict:
    """Shares are Decimals; in a case they are texts, so that no reader rounds them."""
    return {name: str(value) if type(value).__name__ == "Decimal" else value for name, value in finding.items()}


def _plain(entry: Entry) -> dict:
    return {
        "number": entry.number, "at": entry.at, "author": entry.author, "kind": entry.kind, "subjects": list(entry.subjects), "receipt": entry.receipt,
        "body": dict(entry.body), "previous": entry.previous, "hash": entry.hash,
    }
