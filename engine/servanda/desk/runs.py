"""Runs: a check over kept submissions that goes into the ledger with its receipt, and the same check repeated for pages."""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path
from threading import Lock

from servanda.desk.actions import Person, allow
from servanda.desk.submissions import Stored, stored
from servanda.desk.workspace import Workspace, places_shown
from servanda.evaluate import evaluate
from servanda.ledger.append import append
from servanda.ledger.entries import Entry, NewEntry
from servanda.ledger.reports import report_of
from servanda.problems import InvalidInput, Problem
from servanda.receipt import digest, receipt
from servanda.report.json_report import json_report
from servanda.report.style import Style
from servanda.run import Run, consequence_id

# The report's sentences are part of what is hashed, so they are always in the same language.
_STYLE = Style("de")
MOST_SUBJECTS = 1000


def run_check(
    workspace: Workspace, who: Person, at: datetime.datetime, *, submissions: Collection[str] | None = None, as_of: datetime.date,
    year: int | None = None, known_on: datetime.date | None = None,
) -> Entry:
    """Check the kept submissions (of the agreements in `submissions`, and what was submitted for the whole programme), and enter the run.

    `InvalidInput` where the role does not allow it, an agreement has nothing kept, or the submissions have problems together.
    """
    allow(who, "run")
    kept = stored(workspace)
    if submissions is not None:
        missing = sorted(set(submissions) - {one.agreement for one in kept})
        if missing:
            raise InvalidInput([Problem("nothing-kept", found=name[:200]) for name in missing])
        packs = {one.pack for one in kept if one.agreement in submissions}
        kept = [one for one in kept if one.agreement in submissions or one.agreement is None and one.pack in packs]
    if not kept:
        raise InvalidInput([Problem("nothing-kept", found="–")])
    run = evaluated(workspace, kept, as_of, year=year, known_on=known_on)
    return append(workspace.ledger, run_entry(run, who.name, at))


def run_entry(run: Run, author: str, at: datetime.datetime) -> NewEntry:
    """The entry of a run: what it is about, its receipt with its digest, its summary and its JSON report."""
    return NewEntry("run", author, at, _subjects(run), _body(run))


def run_of(entry: Entry) -> Mapping:
    """The JSON report of a run's entry as data."""
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
    """The run of an entry, evaluated anew from exactly the submissions that its report names, whatever came since.

    `InvalidInput` where one of them is gone, or the receipt comes out different (another engine, other rules, changed files): a page never
    shows something else than what the ledger says.
    """
    told = entry.body["receipt"]
    day = datetime.date.fromisoformat
    known_on = day(told["known_on"]) if told["known_on"] else None
    run = evaluated(workspace, submissions_of(workspace, entry), day(told["as_of"]), year=told["year"], known_on=known_on)
    now = _body(run)["receipt"]
    if digest(now) != entry.body["receipt_sha256"]:
        differing = ", ".join(name for name in told if told[name] != now.get(name))
        raise InvalidInput([Problem("run-not-repeated", row=entry.number, found=differing)])
    return run


def submissions_of(workspace: Workspace, entry: Entry) -> list[Stored]:
    """The kept submissions that a run used, by path and hash; `InvalidInput` with each that is gone or was changed."""
    kept = {(one.path, one.sha256): one for one in stored(workspace)}
    used = [(one["path"], one["sha256"]) for one in run_of(entry)["submissions"]]
    gone = [Problem("submission-gone", path, found=path, args={"run": entry.number}) for path, sha256 in used if (path, sha256) not in kept]
    if gone:
        raise InvalidInput(gone)
    return [kept[one] for one in used]


def evaluated(
    workspace: Workspace, kept: Collection[Stored], as_of: datetime.date, *, year: int | None = None, known_on: datetime.date | None = None,
    agreements: Path | None = None, rules: Path | None = None,
) -> Run:
    """Kept submissions evaluated; problems are placed from the workspace's folder on."""
    paths = [workspace.folder / one.path for one in kept]
    try:
        return evaluate(
            paths, agreements or workspace.agreements, rules or workspace.rules, as_of, known_on=known_on, year=year, root=workspace.folder,
        )
    except InvalidInput as invalid:
        raise InvalidInput(places_shown(workspace, invalid.problems)) from invalid


def _body(run: Run) -> dict:
    report = json_report(run, _STYLE)
    told = receipt(run, report)
    return {"receipt": told, "receipt_sha256": digest(told), "summary": run.summary(), "report": report}


def _subjects(run: Run) -> tuple[str, ...]:
    """What a run is about: its consequences and material findings, as many as an entry may name beside the run itself."""
    consequences = [consequence_id(part.pack.id, one) for part in run.packs for one in part.consequences]
    findings = [finding.id for finding in run.findings if finding.material]
    return tuple(dict.fromkeys((*consequences, *findings)))[: MOST_SUBJECTS - 1]
