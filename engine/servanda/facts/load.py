"""Loading: all submissions of a run, in the order in which they became known, with their typed tables."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from servanda.facts.store import submission_order
from servanda.facts.submissions import Known, find_submissions, read_manifest, read_tables, submission_of
from servanda.facts.tables import TextTable
from servanda.facts.validate import TypedTable, validate
from servanda.model import Agreement, Submission
from servanda.pack_shapes import FactType, Pack
from servanda.problems import Problems
from servanda.yaml_source import Map

GIVEN = "<given>"
# Problems of folders that were not entered, and of tables outside any submission: nobody knows what they hold.
_PASSED_OVER = ("link", "missing-manifest", "unreadable-file")


@dataclass(frozen=True, slots=True)
class Given:
    """A submission that is no folder: its manifest, and what makes its tables under a vocabulary."""

    manifest: Map
    tables: Callable[[Mapping[str, FactType], Problems], list[TextTable]]


def load_submissions(
    facts: Iterable[Path], given: Given | None, known: Known, known_on: datetime.date | None, problems: Problems,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[list[Submission], list[list[TypedTable]], set[tuple[str, str]], set[tuple[str, str]]]:
    """The submissions in the order in which they became known, their tables, and (agreement, type) pairs: those with a fault, those not read."""
    found: list[Submission] = []
    lost: set[tuple[str, str]] = set()
    folders = find_submissions([Path(path) for path in facts], known, problems)
    for problem in problems.since(0):
        if problem.code in _PASSED_OVER:
            lost |= _all_lost(Path(problem.file), known)
    for folder in folders:
        submission, pack, agreement = read_manifest(folder, known, problems)
        if submission is not None and (known_on is None or submission.submitted_on <= known_on):
            found.append(submission)
        elif submission is None:
            lost |= _all_lost(folder, known)
            # its tables are looked through all the same, so that nothing wrong in them stays hidden
            looked_through = pack or (next(iter(known.packs.values())) if len(known.packs) == 1 else None)
            if looked_through:
                _read_tables(folder, looked_through, known.agreements.get(agreement or ""), pack is not None, problems)
    if given is not None:
        submission, _, _ = submission_of(given.manifest, GIVEN, (GIVEN, GIVEN, ""), known, problems)
        found.extend([submission] if submission else [])
    unread = set(lost)
    found.sort(key=submission_order)
    tables: list[list[TypedTable]] = []
    for count, submission in enumerate(found, 1):
        if progress:
            progress("read", count, len(found))
        pack, agreement = known.packs[submission.pack], known.agreements.get(submission.agreement or "")
        if given is not None and submission.path == GIVEN:
            typed, faulty = _validated(given.tables(pack.vocabulary, problems), pack, agreement, True, problems)
            not_read: set[str] = set()
        else:
            typed, faulty, not_read = _read_tables(Path(submission.path), pack, agreement, True, problems)
        tables.append(typed)
        lost |= {(submission.agreement or "", type_name) for type_name in faulty}
        unread |= {(submission.agreement or "", type_name) for type_name in not_read}
    return found, tables, lost, unread


def _read_tables(
    folder: Path, pack: Pack, agreement: Agreement | None, sites_known: bool, problems: Problems
) -> tuple[list[TypedTable], set[str], set[str]]:
    """The typed tables of a submission; the fact types with a fault, and those that could not be read whole."""
    texts, faulty, not_read = read_tables(folder, pack, problems)
    typed, wrong = _validated(texts, pack, agreement, sites_known, problems)
    return typed, faulty | wrong, not_read


def _validated(
    texts: Iterable[TextTable], pack: Pack, agreement: Agreement | None, sites_known: bool, problems: Problems
) -> tuple[list[TypedTable], set[str]]:
    """The typed tables, and the fact types with a fault."""
    sites = frozenset(site.id for site in agreement.sites) if agreement else frozenset()
    obligations = frozenset(obligation.id for obligation in pack.obligations)
    typed: list[TypedTable] = []
    faulty: set[str] = set()
    for table in texts:
        before = len(problems)
        typed.append(validate(table, pack.vocabulary[table.type], sites if sites_known else None, obligations, problems))
        if len(problems) > before:
            faulty.add(table.type)
    return typed, faulty


def _all_lost(folder: Path, known: Known) -> set[tuple[str, str]]:
    """A submission without a usable manifest takes back the completeness of everything that it may have held."""
    owners = [name for name in known.agreements if name in folder.resolve().parts] or [*known.agreements, ""]
    return {(owner, type_name) for owner in owners for pack in known.packs.values() for type_name in pack.vocabulary}
