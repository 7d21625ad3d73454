"""The file of a case: everything that the ledger holds on a finding or a consequence, so that it can be read and checked elsewhere.

Entries stand whole, with the hashes that chain them. Of a run, whose report is long, stand the receipt and the findings and consequences
concerned; its `report_sha256` is that of the report's text, which the run's entry keeps.
"""

from __future__ import annotations

from collections.abc import Iterable

from servanda.ledger.entries import Entry, at_text
from servanda.ledger.read import each_entry, entries, entry, head
from servanda.ledger.reports import Report, indexed
from servanda.ledger.rules import RECEIPT
from servanda.ledger.store import Ledger
from servanda.problems import InvalidInput, Problem

SCHEMA = "servanda.case/1"


def case_file(ledger: Ledger, subject: str) -> dict:
    """The file of a case (a finding's or a consequence's id) as plain data; InvalidInput where the ledger has nothing on it.

    The file of a consequence includes the entries of the findings that it names in the runs it rests on.
    """
    checkpoint = head(ledger)
    own = {one.number: one for one in entries(ledger, subject=subject) if one.number <= checkpoint.length}
    if not own:
        raise InvalidInput([Problem("no-such-case", ledger.name, column="subject", found=subject[:200])])
    runs = _runs(ledger, own.values()) or _newest(ledger, subject)
    named = sorted({finding for _, report in runs.values() for finding in _named(report, subject)})
    for finding in named:
        own |= {one.number: one for one in entries(ledger, subject=finding) if one.number <= checkpoint.length}
    runs |= _runs(ledger, [one for one in own.values() if one.body.get("run") not in runs])
    subjects = {subject, *named}
    return {
        "schema": SCHEMA,
        "subject": subject,
        "findings": named or [subject],
        "checkpoint": {"length": checkpoint.length, "hash": checkpoint.hash},
        "runs": [_run(run, report, subjects) for _, (run, report) in sorted(runs.items())],
        "entries": [_whole(one) for _, one in sorted(own.items()) if one.kind != "run"],
    }


def _runs(ledger: Ledger, those: Iterable[Entry]) -> dict[int, tuple[Entry, Report]]:
    """The runs that entries rest on, by number, each with its report."""
    numbers = {one.number if one.kind == "run" else one.body.get("run") for one in those} - {None}
    found = {}
    for number in sorted(numbers):
        run = entry(ledger, number)
        if run is not None and run.kind == "run":
            found[number] = (run, indexed(run.body))
    return found


def _newest(ledger: Ledger, subject: str) -> dict[int, tuple[Entry, Report]]:
    """The newest run that knows the subject, for a case whose entries name none."""
    for number in reversed([one.number for one in each_entry(ledger, kind="run")]):
        found = _runs(ledger, [entry(ledger, number)])
        if subject in found[number][1].findings or subject in found[number][1].consequences:
            return found
    return {}


def _named(report: Report, subject: str) -> list[str]:
    """The findings that a consequence names in a report."""
    return list(report.consequences[subject]["findings"]) if subject in report.consequences else []


def _run(run: Entry, report: Report, subjects: set[str]) -> dict:
    """A run without its report: what it rests on, and what it found on these subjects."""
    return {
        **_chained(run),
        "receipt": run.body["receipt"], RECEIPT: run.body[RECEIPT], "report_sha256": run.body["receipt"]["result"], "summary": run.body["summary"],
        "findings": [one for name, one in report.findings.items() if name in subjects],
        "consequences": [{"id": name, **one} for name, one in report.consequences.items() if name in subjects],
    }


def _whole(one: Entry) -> dict:
    return {**_chained(one), "body": one.body}


def _chained(one: Entry) -> dict:
    return {
        "number": one.number, "at": at_text(one.at), "author": one.author, "kind": one.kind, "subjects": list(one.subjects),
        "previous": one.previous, "hash": one.hash,
    }
