"""Submissions: where they lie, what their manifest says, and which tables they hold."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from servanda.facts.csv_reader import read_csv
from servanda.facts.tables import TextTable
from servanda.facts.values import Invalid, to_date
from servanda.facts.yaml_reader import read_yaml_table
from servanda.model import Agreement, Submission
from servanda.pack_shapes import FactType, Pack
from servanda.problems import Problems
from servanda.yaml_source import List, Map, Scalar, line_of, read_yaml

MANIFEST = "submission.yaml"
READERS = ((".csv", read_csv), (".yaml", read_yaml_table))
_KEYS = ("agreement", "pack", "submitted_on", "submitted_by", "complete", "withdraws")


@dataclass(frozen=True, slots=True)
class Known:
    """What a submission may name: the packs and the agreements."""

    packs: Mapping[str, Pack]
    agreements: Mapping[str, Agreement]
    broken: frozenset[str] = frozenset()  # ids of agreements whose own file has problems; their submissions are passed over


def find_submissions(paths: Iterable[Path], known: Known, problems: Problems) -> list[Path]:
    """The folders with a manifest at or below the paths, each once, in a stable order."""
    stems = {type_name for pack in known.packs.values() for type_name in pack.vocabulary}
    found: dict[Path, Path] = {}
    for path in paths:
        # os.path answers where pathlib raises: names that are too long, folders that may not be entered.
        if not os.path.exists(path):
            problems.add("no-such-path", path.as_posix())
        elif not os.path.isdir(path):
            problems.add("not-a-folder", path.as_posix())
        else:
            for folder in _walk(path, stems, problems):
                found.setdefault(folder.resolve(), folder)
    return sorted(found.values(), key=lambda folder: folder.as_posix())


def _walk(folder: Path, stems: set[str], problems: Problems) -> Iterable[Path]:
    if os.path.lexists(folder / MANIFEST):
        if os.fsencode(folder).decode("utf-8", "replace") != str(folder):
            problems.add("unreadable-file", folder.as_posix(), found="the folder's name is not UTF-8")
        else:
            yield folder
        return
    suffixes = tuple(suffix for suffix, _ in READERS)
    for entry in _entries(folder, problems):
        if entry.is_symlink():
            problems.add("link", entry.as_posix())
        elif os.path.isdir(entry):
            yield from _walk(entry, stems, problems)
        elif entry.stem in stems and entry.suffix in suffixes:
            problems.add("missing-manifest", entry.as_posix(), found=entry.name)


def _entries(folder: Path, problems: Problems) -> list[Path]:
    """What lies in a folder, in order of name."""
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        problems.add("unreadable-file", folder.as_posix(), found=error.strerror or type(error).__name__)
        return []


def read_manifest(folder: Path, known: Known, problems: Problems) -> tuple[Submission | None, Pack | None, str | None]:
    """The submission of a manifest, or None with problems where it does not hold; its pack and agreement as far as they are known."""
    file = (folder / MANIFEST).as_posix()
    before = len(problems)
    if (folder / MANIFEST).is_symlink():
        problems.add("link", file)
        return None, None, None
    tree = read_yaml(folder / MANIFEST, file, problems)
    if len(problems) > before:
        return None, None, None
    if not isinstance(tree, Map):
        problems.add("not-a-map", file, 1, found="nothing" if tree is None else "a list or a text")
        return None, None, None
    return submission_of(tree, file, (folder.as_posix(), folder.resolve().name, _digest(folder)), known, problems)


def submission_of(
    tree: Map, file: str, origin: tuple[str, str, str], known: Known, problems: Problems
) -> tuple[Submission | None, Pack | None, str | None]:
    """As `read_manifest`, of a manifest's map; `origin` is the submission's path, its folder's name and its hash."""
    before = len(problems)
    for key in tree:
        if key not in _KEYS:
            problems.add("unknown-key", file, tree.lines[key], key, found=key, known=", ".join(_KEYS), near=key)
    pack, agreement = _whose(tree, file, known, problems)
    submitted_on = _date(tree, ("submitted_on",), file, problems, required=True)
    submitted_by = tree.get("submitted_by")
    if submitted_by is None:
        problems.add("missing-key", file, tree.line, "submitted_by")
    elif not isinstance(submitted_by, Scalar):
        problems.add("not-a-value", file, tree.lines["submitted_by"], "submitted_by", found="a list or a map")
    elif pack and submitted_by not in pack.head.parties:
        choices = ", ".join(pack.head.parties)
        problems.add("unknown-value", file, tree.lines["submitted_by"], "submitted_by", found=submitted_by, known=choices, near=str(submitted_by))
    complete = _complete(tree, file, pack, submitted_on, problems) if pack else {}
    withdraws = _withdraws(tree, file, pack, problems) if pack else ()
    if len(problems) > before or pack is None:
        return None, pack, agreement
    path, name, sha256 = origin
    return Submission(path, name, pack.id, agreement, submitted_on, str(submitted_by), complete, withdraws, sha256), pack, agreement


def _whose(tree: Map, file: str, known: Known, problems: Problems) -> tuple[Pack | None, str | None]:
    agreement_id, pack_id = tree.get("agreement"), tree.get("pack")
    agreement = known.agreements.get(str(agreement_id)) if agreement_id is not None else None
    if agreement_id is None and pack_id is None:
        problems.add("missing-key", file, tree.line, "agreement")
        return None, None
    if agreement is None and str(agreement_id) in known.broken:
        return None, None
    if agreement_id is not None and agreement is None:
        near, choices = str(agreement_id), ", ".join(sorted(known.agreements))
        problems.add("unknown-agreement", file, tree.lines["agreement"], "agreement", found=agreement_id, known=choices, near=near)
        return None, None
    if pack_id is not None and str(pack_id) not in known.packs:
        problems.add("unknown-pack", file, tree.lines["pack"], "pack", found=pack_id, known=", ".join(sorted(known.packs)), near=str(pack_id))
        return None, None
    if agreement and pack_id is not None and agreement.pack != pack_id:
        problems.add("other-pack", file, tree.lines["pack"], "pack", found=pack_id, known=agreement.pack)
        return None, None
    return known.packs[agreement.pack if agreement else str(pack_id)], agreement.id if agreement else None


def _date(tree: object, path: tuple, file: str, problems: Problems, required: bool = False) -> datetime.date | None:
    value = tree
    for part in path:
        value = value.get(part) if isinstance(value, Map) else None
    column = ".".join(path)
    row = line_of(tree, path)
    if value is None:
        if required:
            problems.add("missing-key", file, row, column)
        return None
    try:
        if not isinstance(value, Scalar):
            raise Invalid("invalid-date")
        return to_date(value.strip())
    except Invalid as error:
        problems.add(error.code, file, row, column, found=value if isinstance(value, Scalar) else "a list or a map")
        return None


def _complete(tree: Map, file: str, pack: Pack, submitted_on: datetime.date | None, problems: Problems) -> dict:
    """Declarations as {(type, role or None): last day}."""
    declared = tree.get("complete")
    result: dict[tuple[str, str | None], datetime.date] = {}
    if declared is None:
        return result
    if isinstance(declared, Scalar):
        until = _until(tree, ("complete",), file, submitted_on, problems)
        return {(type_name, None): until for type_name in pack.vocabulary} if until else {}
    if not isinstance(declared, Map):
        problems.add("not-a-map", file, tree.lines["complete"], "complete", found="a list")
        return result
    for type_name, value in declared.items():
        path = ("complete", type_name)
        if type_name not in pack.vocabulary:
            choices = ", ".join(pack.vocabulary)
            problems.add("unknown-fact-type", file, line_of(tree, path), ".".join(path), found=type_name, known=choices, near=type_name)
        elif isinstance(value, Map):
            roles = _roles(tree, path, pack.vocabulary[type_name], file, problems)
            until = _until(tree, (*path, "until"), file, submitted_on, problems)
            if until:
                result.update({(type_name, role): until for role in roles})
        elif (until := _until(tree, path, file, submitted_on, problems)) is not None:
            result[(type_name, None)] = until
    return result


def _until(tree: Map, path: tuple, file: str, submitted_on: datetime.date | None, problems: Problems) -> datetime.date | None:
    until = _date(tree, path, file, problems, required=True)
    if until and submitted_on and until > submitted_on:
        problems.add("complete-after-submission", file, line_of(tree, path), ".".join(path), found=until, submitted_on=submitted_on)
        return None
    return until


def _roles(tree: Map, path: tuple, fact_type: FactType, file: str, problems: Problems) -> tuple[str | None, ...]:
    declared: Map = tree["complete"][path[1]]
    for key in declared:
        if key not in ("until", "roles"):
            problems.add("unknown-key", file, declared.lines[key], ".".join((*path, key)), found=key, known="until, roles", near=key)
    roles = declared.get("roles")
    if roles is None:
        return (None,)
    row, column = declared.lines["roles"], ".".join((*path, "roles"))
    if not isinstance(roles, List) or not fact_type.roles:
        problems.add("no-roles", file, row, column, found=roles if isinstance(roles, Scalar) else "roles")
        return ()
    for role in roles:
        if role not in fact_type.roles:
            found = role if isinstance(role, Scalar) else "a list or a map" if role else "null"
            problems.add("unknown-value", file, row, column, found=found, known=", ".join(fact_type.roles), near=str(role))
    return tuple(str(role) for role in roles)


def _withdraws(tree: Map, file: str, pack: Pack, problems: Problems) -> tuple[tuple[str, int], ...]:
    """`type:id` with its line."""
    listed = tree.get("withdraws")
    if listed is None:
        return ()
    if not isinstance(listed, List):
        problems.add("not-a-list", file, tree.lines["withdraws"], "withdraws", found=str(listed))
        return ()
    result = []
    for number, item in enumerate(listed):
        row = listed.lines[number]
        if not isinstance(item, Scalar) or ":" not in item or item.split(":", 1)[0] not in pack.vocabulary:
            near, choices = str(item).partition(":")[0] if isinstance(item, Scalar) else "", ", ".join(pack.vocabulary)
            problems.add("invalid-withdrawal", file, row, "withdraws", found=item if isinstance(item, Scalar) else "a list or a map", known=choices, near=near)
        else:
            result.append((str(item), row))
    return tuple(result)


def _digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the submission's files, in order of name."""
    digest = hashlib.sha256()
    for path in _entries(folder, Problems()):
        if path.is_file() and not path.is_symlink():
            try:
                with path.open("rb") as stream:
                    digest.update(os.fsencode(path.name) + b"\0" + hashlib.file_digest(stream, "sha256").digest())
            except OSError:
                continue
    return digest.hexdigest()


def read_tables(folder: Path, pack: Pack, problems: Problems) -> tuple[list[TextTable], set[str], set[str]]:
    """The tables of a submission, the fact types that something is wrong with, and those that were not read to the end."""
    tables: dict[str, TextTable | None] = {}
    faulty: set[str] = set()
    unread: set[str] = set()
    readers = dict(READERS)
    for entry in _entries(folder, problems):
        file, stem = entry.as_posix(), entry.stem
        if entry.name == MANIFEST:
            continue
        before = len(problems)
        if entry.is_symlink():
            problems.add("link", file)
        elif entry.is_dir():
            problems.add("folder-in-submission", file)
        elif entry.suffix not in readers or not entry.is_file():
            problems.add("unknown-file", file, found=entry.name, known=", ".join(readers))
        elif stem not in pack.vocabulary:
            problems.add("unknown-fact-type", file, found=stem, known=", ".join(pack.vocabulary), near=stem)
        elif stem in tables:
            problems.add("duplicate-table", file, found=entry.name)
        else:
            tables[stem] = readers[entry.suffix](entry, file, stem, pack.vocabulary[stem], problems)
        if len(problems) > before and stem in pack.vocabulary:
            faulty.add(stem)
            table = None if entry.suffix not in readers else tables.get(stem)
            if table is None or table.file != file or table.cut:
                unread.add(stem)
        elif len(problems) > before:  # nobody knows what it holds
            faulty |= set(pack.vocabulary)
    return [table for table in tables.values() if table is not None], faulty, unread
