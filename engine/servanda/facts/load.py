"""Loading: all submissions of a run, in the order in which they became known, with their typed tables."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.facts.assemble import submission_order
from servanda.facts.manifest import Known, submission_of
from servanda.facts.submissions import Place, check_unchanged, find_submissions, read_manifest, read_tables
from servanda.facts.tables import Source, TextTable
from servanda.facts.validate import TypedTable, validate
from servanda.model import Agreement, Submission
from servanda.pack_shapes import FactType, Pack
from servanda.problems import Problems
from servanda.yaml_source import Map

if TYPE_CHECKING:
    from servanda.facts.large_table import LargeFiles, LargeTable

LARGE = 8 * 1024**2  # bytes: a table in text of that size is read column by column, if it can be; smaller ones are read faster as they are
GIVEN = "<given>"
_NOT_THERE = ("no-such-path", "not-a-folder")
Owned = tuple[str, str]  # (agreement or "", fact type)


@dataclass(frozen=True, slots=True)
class Given:
    """A submission that is no folder: its manifest, and what makes its tables under a vocabulary."""

    manifest: Map
    tables: Callable[[Mapping[str, FactType], Problems], list[TextTable]]


@dataclass(slots=True)
class Loaded:
    """Submissions in the order in which they became known, and the tables of each.

    `lost` are the types with a fault, `unread` those that were not read whole; `encodings` are the files whose text was not UTF-8, with
    what they were read in; `large` are the databases of large tables, by pack.
    """

    submissions: list[Submission] = field(default_factory=list)
    tables: list[list[TypedTable | LargeTable]] = field(default_factory=list)
    lost: set[Owned] = field(default_factory=set)
    unread: set[Owned] = field(default_factory=set)
    encodings: list[tuple[str, str]] = field(default_factory=list)
    large: dict[str, LargeFiles] = field(default_factory=dict)
    columnar: bool = True


def load_submissions(
    facts: Iterable[Path], given: Given | None, known: Known, known_on: datetime.date | None, encoding: str | None, problems: Problems,
    progress: Callable[[str, int, int], None] | None = None, columnar: bool = True,
) -> Loaded:
    """All submissions among `facts`, and the one that is `given` at hand; text that is not UTF-8 is read in `encoding`, if that is given.

    Not `columnar`: large tables are read as small ones are, for those who look at single records.
    """
    loaded = Loaded(columnar=columnar)
    before = len(problems)
    places = find_submissions([Path(path) for path in facts], known, problems)
    for problem in problems.since(before):
        if problem.code not in _NOT_THERE:  # nobody knows what lies there
            loaded.lost |= _all_lost(Path(problem.file), known)
    found: list[tuple[Submission, Place | None]] = []
    for place in places:
        submission, pack, agreement = read_manifest(place, known, problems)
        if submission is not None and (known_on is None or submission.submitted_on <= known_on):
            found.append((submission, place))
        elif submission is None:
            loaded.lost |= _all_lost(Path(place.path), known)
            # its tables are looked through all the same, so that nothing wrong in them stays hidden
            looked_through = pack or _likely_pack(place, known)
            if looked_through:
                _read(place, looked_through, known.agreements.get(agreement or ""), pack is not None, encoding, {}, problems)
    if given is not None:
        submission, _, _ = submission_of(given.manifest, GIVEN, (GIVEN, GIVEN, ""), known, problems)
        found.extend([(submission, None)] if submission else [])
    loaded.unread = set(loaded.lost)
    _load_all(found, given, known, encoding, loaded, problems, progress)
    check_unchanged([(submission, place) for submission, place in found if place is not None], problems)
    return loaded


def load_found(
    found: Iterable[tuple[Submission, Place]], known: Known, encoding: str | None, problems: Problems, large: dict[str, LargeFiles] | None = None
) -> Loaded:
    """The tables of submissions whose manifests were read before; large ones go into the databases `large`, by pack, where they are given."""
    loaded = Loaded(large={} if large is None else large)
    _load_all(found, None, known, encoding, loaded, problems, None)
    return loaded


def _load_all(
    found: Iterable[tuple[Submission, Place | None]], given: Given | None, known: Known, encoding: str | None, loaded: Loaded, problems: Problems,
    progress: Callable[[str, int, int], None] | None,
) -> None:
    """Add submissions in the order in which they became known."""
    ordered = sorted(found, key=lambda one: submission_order(one[0]))
    for count, (submission, place) in enumerate(ordered, 1):
        if progress:
            progress("read", count, len(ordered))
        _load(submission, place, given, known, encoding, loaded, problems)


def _likely_pack(place: Place, known: Known) -> Pack | None:
    """The pack that a submission without a usable manifest is meant for: the only one, that of an agreement or pack named in its path, else the one
    that knows the names of its tables.
    """
    if len(known.packs) == 1:
        return next(iter(known.packs.values()))
    parts = Path(place.path).resolve().parts
    named = {known.agreements[part].pack for part in parts if part in known.agreements} or {part for part in parts if part in known.packs}
    if not named and place.workbook is None:
        stems = {path.stem for path in place.folder.iterdir()} if place.folder.is_dir() else set()
        named = {pack.id for pack in known.packs.values() if stems & pack.vocabulary.keys()}
    return known.packs.get(next(iter(named))) if len(named) == 1 else None


def _load(
    submission: Submission, place: Place | None, given: Given | None, known: Known, encoding: str | None, loaded: Loaded, problems: Problems
) -> None:
    """Add a submission with its tables."""
    pack, agreement = known.packs[submission.pack], known.agreements.get(submission.agreement or "")
    if place is None:
        typed, faulty = _validated(given.tables(pack.vocabulary, problems), pack, agreement, True, problems)
        not_read: set[str] = set()
    else:
        typed, faulty, not_read = _read(place, pack, agreement, True, encoding, loaded.large if loaded.columnar else None, problems)
    loaded.submissions.append(submission)
    loaded.tables.append(typed)
    loaded.encodings.extend((table.file, table.encoding) for table in typed if table.encoding)
    loaded.lost |= {(submission.agreement or "", type_name) for type_name in faulty}
    loaded.unread |= {(submission.agreement or "", type_name) for type_name in not_read}


def _read(
    place: Place, pack: Pack, agreement: Agreement | None, sites_known: bool, encoding: str | None, large: dict[str, LargeFiles] | None, problems: Problems
) -> tuple[list[TypedTable | LargeTable], set[str], set[str]]:
    """The typed tables of a submission; the fact types with a fault, and those that could not be read whole."""
    def read(source: Source, name: str) -> LargeTable | None:
        return None if large is None else _read_large(source, name, pack, agreement, sites_known, large, problems)

    tables = read_tables(place, pack, encoding, problems, read)
    typed, wrong = _validated([table for table in tables.found.values() if table is not None], pack, agreement, sites_known, problems)
    return typed, tables.faulty | wrong, tables.unread


def _read_large(
    source: Source, type_name: str, pack: Pack, agreement: Agreement | None, sites_known: bool, large: dict[str, LargeFiles], problems: Problems
) -> LargeTable | None:
    """The validated table of a large file; None of any other, and where the careful reader is to read it."""
    try:
        if source.path.suffix != ".csv" or source.path.stat().st_size < LARGE:
            return None
    except OSError:
        return None
    from servanda.facts.large_table import LargeFiles
    from servanda.facts.large_validate import read_validated

    sites, obligations = _known(pack, agreement, sites_known)
    return read_validated(source, type_name, pack.vocabulary[type_name], sites, obligations, large.setdefault(pack.id, LargeFiles()), problems)


def has_large(tables: Iterable[Iterable[TypedTable | LargeTable]]) -> bool:
    """Whether some of these tables lie in a database."""
    return any(not isinstance(table, TypedTable) for some in tables for table in some)


def _known(pack: Pack, agreement: Agreement | None, sites_known: bool) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The sites (None: not known) and the obligations that facts may name."""
    sites = frozenset(site.id for site in agreement.sites) if agreement else frozenset()
    return sites if sites_known else None, frozenset(obligation.id for obligation in pack.obligations)


def _validated(
    tables: Iterable[TextTable | LargeTable], pack: Pack, agreement: Agreement | None, sites_known: bool, problems: Problems
) -> tuple[list[TypedTable | LargeTable], set[str]]:
    """The typed tables, and the fact types with a fault; large tables are validated already."""
    sites, obligations = _known(pack, agreement, sites_known)
    typed: list[TypedTable | LargeTable] = []
    faulty: set[str] = set()
    for table in tables:
        before = len(problems)
        if isinstance(table, TextTable):
            table = validate(table, pack.vocabulary[table.type], sites, obligations, problems)
        typed.append(table)
        if len(problems) > before:
            faulty.add(table.type)
    return typed, faulty


def _all_lost(folder: Path, known: Known) -> set[Owned]:
    """A submission without a usable manifest takes back the completeness of everything that it may have held."""
    owners = [name for name in known.agreements if name in folder.resolve().parts] or [*known.agreements, ""]
    return {(owner, type_name) for owner in owners for pack in known.packs.values() for type_name in pack.vocabulary}
