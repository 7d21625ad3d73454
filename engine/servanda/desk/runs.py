"""Runs: a check of the kept submissions, entered into the ledger with its receipt, and made again when somebody reads it."""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock

from servanda.desk.actions import Person, allow
from servanda.desk.submissions import stored
from servanda.desk.workspace import Workspace
from servanda.evaluate import evaluate
from servanda.ledger.append import append
from servanda.ledger.entries import Entry, NewEntry
from servanda.ledger.reports import report_of
from servanda.model import Finding
from servanda.problems import InvalidInput, Problem
from servanda.receipt import digest, receipt
from servanda.report.json_report import json_report
from servanda.report.style import Style
from servanda.run import Run

MOST_SUBJECTS = 1000


def run_check(
    workspace: Workspace, who: Person, at: datetime.datetime, *, submissions: Collection[str] | None = None, as_of: datetime.date, year: int | None = None
) -> Entry:
    """Evaluate the kept submissions (of the named agreements) and enter the run; `InvalidInput` where nothing can be evaluated."""
    allow(who, "run")
    run = evaluated(workspace, _paths(workspace, submissions), as_of, year=year)
    text = json_report(run, Style("de"))
    body = {"receipt": (proof := receipt(run, text)), "receipt_sha256": digest(proof), "summary": run.summary(), "report": text}
    material = [finding.id for finding in run.findings if finding.material]
    return append(workspace.ledger, NewEntry("run", who.name, at, tuple(material[:MOST_SUBJECTS]), body))


def run_of(entry: Entry) -> Mapping:
    """The report of a run as data."""
    return report_of(entry.body)


class Runs:
    """The last few runs that somebody read, evaluated again, by the hash of their entry; safe for several threads."""

    def __init__(self, size: int = 4) -> None:
        self._size, self._kept, self._lock = size, OrderedDict(), Lock()

    def again(self, workspace: Workspace, entry: Entry) -> Run:
        """The run of an entry, evaluated again or remembered; `InvalidInput` as `run_again` says."""
        with self._lock:
            if entry.hash not in self._kept:
                self._kept[entry.hash] = run_again(workspace, entry)
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(entry.hash)
            return self._kept[entry.hash]


def run_again(workspace: Workspace, entry: Entry) -> Run:
    """The run of an entry from the very submissions that it was made from, whatever came since.

    `InvalidInput` where its result is not that of the ledger: a page never shows anything else than what was entered.
    """
    proof = entry.body["receipt"]
    run = evaluated(workspace, submissions_of(workspace, entry), datetime.date.fromisoformat(proof["as_of"]), year=proof["year"])
    again = receipt(run, json_report(run, Style("de")))
    if digest(again) != entry.body["receipt_sha256"]:
        differs = [name for name in again if again[name] != proof.get(name)]
        raise InvalidInput([Problem("run-not-repeated", row=entry.number, found=", ".join(differs))])
    return run


def submissions_of(workspace: Workspace, entry: Entry) -> list[Path]:
    """The kept submissions that a run was made from."""
    wanted = {one["sha256"] for one in entry.body["receipt"]["submissions"]}
    return [Path(one.path) for one in stored(workspace) if one.sha256 in wanted]


def evaluated(
    workspace: Workspace, paths: list[Path], as_of: datetime.date, *, known_on: datetime.date | None = None, year: int | None = None
) -> Run:
    """Submissions of the workspace evaluated, without entering anything."""
    return _named_from_here(evaluate(paths, workspace.agreements, workspace.rules, as_of, known_on=known_on, year=year), workspace)


def _named_from_here(run: Run, workspace: Workspace) -> Run:
    """The run with submissions named from the workspace: where that lies on this machine is nobody's business, and it may move."""
    before = f"{workspace.folder.as_posix()}/"

    def named(finding: Finding) -> Finding:
        shown = tuple(replace(one, submission=one.submission.removeprefix(before)) for one in finding.evidence)
        return replace(finding, evidence=shown)

    submissions = tuple(replace(one, path=one.path.removeprefix(before), manifest=one.manifest.removeprefix(before)) for one in run.submissions)
    parts = tuple(replace(part, findings=tuple(map(named, part.findings))) for part in run.packs)
    return replace(run, submissions=submissions, packs=parts)


def _paths(workspace: Workspace, agreements: Collection[str] | None) -> list[Path]:
    """The kept submissions of agreements, and those of the programme, which belong to all."""
    if agreements is None:
        return [workspace.submissions]
    return [Path(one.path) for one in stored(workspace) if one.agreement is None or one.agreement in agreements]
