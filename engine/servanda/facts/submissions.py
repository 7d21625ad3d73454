"""Submissions: where they lie, and which tables they hold."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.facts.manifest import Known, submission_of
from servanda.facts.tables import Source, TextTable
from servanda.model import Submission
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.yaml_source import Map, read_yaml

if TYPE_CHECKING:
    from servanda.facts.large_table import LargeTable
    from servanda.facts.workbook_reader import Sheet, Workbook

Seen = tuple[tuple, ...]  # name, file, size and moments of change of each of some files
ReadLarge = Callable[[Source, str], "LargeTable | None"]
MANIFEST = "submission.yaml"
# (ending, module, function): one table a file, loaded when there is such a file.
READERS = (
    (".csv", "servanda.facts.csv_reader", "read_csv"),
    (".yaml", "servanda.facts.yaml_reader", "read_yaml_table"),
    (".json", "servanda.facts.json_reader", "read_json_table"),
    (".jsonl", "servanda.facts.json_reader", "read_json_lines"),
    (".parquet", "servanda.facts.parquet_reader", "read_parquet"),
)
TABLES = tuple(suffix for suffix, *_ in READERS)
WORKBOOKS = (".xlsx", ".ods")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a submission lies: a folder, or one `workbook` in it that is the whole submission; `book` is the one that holds its manifest, where it
    was read already. `seen` is how its files stood before anything of them was read (empty: nobody looked)."""

    folder: Path
    workbook: Path | None = None
    manifest: Path | None = None
    book: Workbook | None = None
    seen: Seen = ()

    @property
    def path(self) -> str:
        """The submission's path in reports."""
        return (self.workbook or self.folder).as_posix()


def find_submissions(paths: Iterable[Path], known: Known, problems: Problems) -> list[Place]:
    """The submissions at or below the paths, each once, in a stable order."""
    stems = {type_name for pack in known.packs.values() for type_name in pack.vocabulary}
    found: dict[Path, Place] = {}
    for path in paths:
        # os.path answers where pathlib raises: names that are too long, folders that may not be entered.
        if not os.path.exists(path):
            problems.add("no-such-path", path.as_posix())
        elif os.path.isdir(path):
            for place in _walk(path, stems, problems):
                _enter(found, place)
        elif path.suffix in WORKBOOKS and os.path.isfile(path):
            place = _named_workbook(path, problems)
            if place is not None:
                _enter(found, place)
        else:
            problems.add("not-a-folder", path.as_posix())
    return sorted(found.values(), key=lambda place: place.path)


def _enter(found: dict[Path, Place], place: Place) -> None:
    """Add a place once: by its manifest where that is a workbook's; the folder counts before the workbook alone, since it may hold more."""
    key = (place.manifest or place.folder).resolve()
    if key not in found or place.workbook is None:
        found[key] = place


def _named_workbook(path: Path, problems: Problems) -> Place | None:
    """A workbook that was named itself: it is a submission where it has a manifest."""
    if path.is_symlink():
        problems.add("link", path.as_posix())
        return None
    seen = _seen([path])
    book = _read_workbook(path, problems)
    if book is not None and manifest_of(book) is None:
        problems.add("missing-manifest", path.as_posix(), found=path.name)
        return None
    return Place(path.parent, path, path, book, seen) if book is not None else None


def _walk(folder: Path, stems: set[str], problems: Problems) -> Iterable[Place]:
    if os.fsencode(folder).decode("utf-8", "replace") != str(folder):
        problems.add("unreadable-file", folder.as_posix(), found="the folder's name is not UTF-8")
        return
    if os.path.lexists(folder / MANIFEST):
        yield Place(folder, seen=_seen(_entries(folder, Problems())))
        return
    entries = _entries(folder, problems)
    seen = {entry: _seen([entry]) for entry in entries}
    before = len(problems)
    books = {entry: _read_workbook(entry, problems) for entry in entries if entry.suffix in WORKBOOKS and not entry.is_symlink() and entry.is_file()}
    manifests = [entry for entry, book in books.items() if book is not None and manifest_of(book) is not None]
    if len(manifests) == 1 and len(problems) == before:
        yield Place(folder, None, manifests[0], books[manifests[0]], sum(seen.values(), ()))
        return
    for entry in entries:
        if entry.is_symlink():
            problems.add("link", entry.as_posix())
        elif os.path.isdir(entry):
            yield from _walk(entry, stems, problems)
        elif entry in manifests:
            yield Place(folder, entry, entry, books[entry], seen[entry])
        elif books.get(entry) is not None or entry.stem in stems and entry.suffix in TABLES:
            problems.add("missing-manifest", entry.as_posix(), found=entry.name)


def _read_workbook(path: Path, problems: Problems) -> Workbook | None:
    from servanda.facts.workbook_reader import read_workbook

    return read_workbook(path, path.as_posix(), problems)


def manifest_of(book: Workbook) -> Sheet | None:
    """The manifest sheet of a workbook, where it has one."""
    return next(iter(_manifests(book)), None)


def _manifests(book: Workbook) -> list[Sheet]:
    from servanda.facts.workbook_layout import is_manifest

    return [sheet for sheet in book.sheets if is_manifest(sheet.name)]


def _entries(folder: Path, problems: Problems) -> list[Path]:
    """What lies in a folder, in order of name."""
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        problems.add("unreadable-file", folder.as_posix(), found=error.strerror or type(error).__name__)
        return []


def read_manifest(place: Place, known: Known, problems: Problems) -> tuple[Submission | None, Pack | None, str | None]:
    """The submission that lies at a place, or None with problems where its manifest does not hold; its pack and agreement as far as they are known."""
    origin = (place.path, place.workbook.stem if place.workbook else place.folder.resolve().name, digest_of(place))
    if _moved(place):
        problems.add("changed-meanwhile", place.path)
    if place.book is not None:
        from servanda.facts.manifest_sheet import submission_of_sheet

        sheet, *others = _manifests(place.book)
        for other in others:
            problems.add("second-manifest", place.manifest.as_posix(), sheet=other.name, found=other.name)
        submission, pack, agreement = submission_of_sheet(sheet, place.manifest.as_posix(), origin, known, problems)
        return None if others else submission, pack, agreement
    path = place.folder / MANIFEST
    file = path.as_posix()
    before = len(problems)
    if path.is_symlink():
        problems.add("link", file)
        return None, None, None
    tree = read_yaml(path, file, problems)
    if len(problems) > before:
        return None, None, None
    if not isinstance(tree, Map):
        problems.add("not-a-map", file, 1, found="nothing" if tree is None else "a list or a text")
        return None, None, None
    return submission_of(tree, file, origin, known, problems)


def digest_of(place: Place) -> str:
    """SHA-256 over the names and contents of a submission's files as they are now, in order of name."""
    digest = hashlib.sha256()
    for path in _entries(place.folder, Problems()) if place.workbook is None else [place.workbook]:
        if path.is_file() and not path.is_symlink():
            try:
                with path.open("rb") as stream:
                    digest.update(os.fsencode(path.name) + b"\0" + hashlib.file_digest(stream, "sha256").digest())
            except OSError:
                continue
    return digest.hexdigest()


def check_unchanged(found: Iterable[tuple[Submission, Place]], problems: Problems) -> None:
    """What was read is what the receipt says: a submission whose files changed since its hash was taken, even if only for a while, is a problem."""
    for submission, place in found:
        if _moved(place) or digest_of(place) != submission.sha256:
            problems.add("changed-meanwhile", submission.path)


def _moved(place: Place) -> bool:
    """Whether files were written, added or removed since the submission was found."""
    return bool(place.seen) and place.seen != _seen(_entries(place.folder, Problems()) if place.workbook is None else [place.workbook])


def _seen(paths: Iterable[Path]) -> Seen:
    """How files stand now; what is not there is passed over. A change cannot be undone without a trace: the system sets the moment of change."""
    found = []
    for path in paths:
        try:
            one = os.lstat(path)
        except OSError:
            continue
        found.append((path.name, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns))
    return tuple(found)


@dataclass(slots=True)
class Tables:
    """The tables of a submission, by fact type (None: it could not be read); the types with a fault, and those not read to the end."""

    found: dict[str, TextTable | LargeTable | None] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)


def read_tables(place: Place, pack: Pack, encoding: str | None, problems: Problems, large: ReadLarge | None = None) -> Tables:
    """The tables of a submission; text that is not UTF-8 is read in `encoding` where that is given.

    `large` reads and validates a large file, and gives None for one that it leaves to the readers here.
    """
    tables = Tables()
    for entry in [place.workbook] if place.workbook else _entries(place.folder, problems):
        if entry.name == MANIFEST and place.manifest is None:
            continue
        before = len(problems)
        if entry.is_symlink():
            problems.add("link", entry.as_posix())
        elif entry.is_dir():
            problems.add("folder-in-submission", entry.as_posix())
        elif entry.suffix in WORKBOOKS and entry.is_file():
            _read_sheets(place, entry, pack, tables, problems)
            continue
        else:
            _read_file(entry, pack, encoding, tables, problems, large)
        if len(problems) > before:
            _note_fault(tables, entry.stem if entry.stem in pack.vocabulary else None, entry.as_posix(), pack)
    return tables


def _read_file(entry: Path, pack: Pack, encoding: str | None, tables: Tables, problems: Problems, large: ReadLarge | None) -> None:
    """One table from one file."""
    reader = next(((module, function) for suffix, module, function in READERS if suffix == entry.suffix), None)
    file, stem = entry.as_posix(), entry.stem
    if reader is None or not entry.is_file():
        problems.add("unknown-file", file, found=entry.name, known=", ".join((*TABLES, *WORKBOOKS)))
    elif stem not in pack.vocabulary:
        problems.add("unknown-fact-type", file, found=stem, known=", ".join(pack.vocabulary), near=stem)
    elif stem in tables.found:
        problems.add("duplicate-table", file, found=entry.name)
    else:
        source = Source(entry, file, encoding)
        found = large(source, stem) if large else None
        if found is None:
            found = getattr(importlib.import_module(reader[0]), reader[1])(source, stem, pack.vocabulary[stem], problems)
        tables.found[stem] = found


def _read_sheets(place: Place, entry: Path, pack: Pack, tables: Tables, problems: Problems) -> None:
    """The tables of a workbook, one a sheet."""
    from servanda.facts.workbook_tables import fact_sheets, table_of_sheet

    file = entry.as_posix()
    book = place.book if place.book is not None and entry == place.manifest else _read_workbook(entry, problems)
    if book is None:
        _note_fault(tables, None, file, pack)
        return
    if entry != place.manifest and (sheet := manifest_of(book)) is not None:
        problems.add("second-manifest", file, sheet=sheet.name, found=sheet.name)
        _note_fault(tables, None, file, pack)
    for type_name, sheet, known in fact_sheets(book, file, pack, problems):
        before = len(problems)
        if known and type_name in tables.found:
            problems.add("duplicate-table", file, found=sheet.name, sheet=sheet.name)
        elif known:
            tables.found[type_name] = table_of_sheet(sheet, file, type_name, pack.vocabulary[type_name], problems)
        if not known or len(problems) > before:
            _note_fault(tables, type_name, file, pack)


def _note_fault(tables: Tables, type_name: str | None, file: str, pack: Pack) -> None:
    """Something is wrong with a table, or (None) with a file of which nobody knows what it holds."""
    if type_name is None:
        tables.faulty |= set(pack.vocabulary)
        return
    tables.faulty.add(type_name)
    table = tables.found.get(type_name)
    if table is None or table.file != file or getattr(table, "cut", False):
        tables.unread.add(type_name)
