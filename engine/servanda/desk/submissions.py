"""Submissions: taken into quarantine, checked together with what is kept, then kept or thrown away; nothing is ever overwritten."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from servanda.desk.surroundings import Grid, grids
from servanda.desk.workspace import Workspace, is_name
from servanda.facts.submissions import WORKBOOKS
from servanda.intake import validate
from servanda.model import Submission
from servanda.problems import InvalidInput, Problem

MOST_FILES, MOST_BYTES = 100, 64 * 1024**2
_UPLOAD = re.compile(r"[0-9a-f]{24}", re.ASCII)
_TITLE = ".title"


@dataclass(frozen=True, slots=True)
class Received:
    """An upload in quarantine: what is wrong with it, at its cells, or how many records it holds and whose it is."""

    upload: str
    name: str
    problems: tuple[Problem, ...]
    summary: str
    grids: tuple[Grid, ...]
    workbooks: tuple[str, ...]


def receive(workspace: Workspace, files: Mapping[str, bytes], name: str) -> Received:
    """Take the files of one submission into quarantine under a new id, and check them.

    `InvalidInput`, and nothing kept, for too many files or bytes or a name that no file here may have.
    """
    problems = _unfit(files, name)
    if problems:
        raise InvalidInput(problems)
    upload = secrets.token_hex(12)
    beside = workspace.incoming / f".{upload}"
    beside.mkdir()
    try:
        inside = beside / name
        inside.mkdir()
        for file, content in files.items():
            (inside / file).write_bytes(content)
        os.rename(beside, workspace.incoming / upload)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    found = received(workspace, upload)
    assert found is not None
    return found


def received(workspace: Workspace, upload: str) -> Received | None:
    """An upload in quarantine as it stands now; None where there is none of that id."""
    folder = _folder(workspace, upload)
    if folder is None:
        return None
    (inside,) = [one for one in folder.iterdir() if one.is_dir()]
    books = tuple(sorted(one.name for one in inside.iterdir() if one.suffix in WORKBOOKS))
    try:
        mine = _checked(workspace, inside)
    except InvalidInput as invalid:
        here = f"{inside.as_posix()}/"
        own = [one for one in invalid.problems if one.file and (one.file.startswith(here) or one.file == inside.as_posix())]
        told = tuple(own or invalid.problems)
        return Received(upload, inside.name, told, "", tuple(grids(told)), books)
    ((submission, tables),) = mine
    count = sum(len(table.rows) for table in tables)
    owner = submission.agreement or submission.pack
    return Received(upload, inside.name, (), f"{owner}, {submission.submitted_on.isoformat()}, {submission.submitted_by}: {count}", (), books)


def _checked(workspace: Workspace, inside: Path) -> list[tuple]:
    """The one submission in a folder with its tables, checked together with those that are kept; `InvalidInput` where it is not exactly one."""
    loaded = validate([inside, workspace.submissions], workspace.agreements, workspace.rules).loaded
    here = (inside.as_posix(), f"{inside.as_posix()}/")
    mine = [(one, tables) for one, tables in zip(loaded.submissions, loaded.tables, strict=True) if one.path == here[0] or one.path.startswith(here[1])]
    if not mine:
        validate([inside], workspace.agreements, workspace.rules)  # which says that there is nothing
    if len(mine) != 1:
        raise InvalidInput([Problem("not-one-submission", inside.as_posix(), found=str(len(mine)))])
    return mine


def keep(workspace: Workspace, upload: str) -> Path:
    """Keep a sound upload: it moves beside the others, under its agreement. `InvalidInput` where it has problems, or its name is taken there."""
    found = received(workspace, upload)
    if found is None:
        raise InvalidInput([Problem("unknown-upload", found=upload[:80])])
    if found.problems:
        raise InvalidInput(found.problems)
    inside = workspace.incoming / upload / found.name
    ((submission, _),) = _checked(workspace, inside)
    owner = workspace.submissions / (submission.agreement or f"{submission.pack}-programme")
    owner.mkdir(exist_ok=True)
    target = owner / f"{found.name}-{upload[:8]}"
    if os.path.lexists(target):
        raise InvalidInput([Problem("upload-exists", target.name)])
    os.rename(inside, target)
    shutil.rmtree(workspace.incoming / upload)
    return target


def withdraw_upload(workspace: Workspace, upload: str) -> None:
    """Throw an upload away; one that is not there is no mistake."""
    folder = _folder(workspace, upload)
    if folder is not None:
        shutil.rmtree(folder)


def stored(workspace: Workspace) -> tuple[Submission, ...]:
    """The kept submissions, in the order in which they became known; none where definitions or a kept file were broken meanwhile."""
    if not any(workspace.submissions.iterdir()):
        return ()
    try:
        return tuple(validate([workspace.submissions], workspace.agreements, workspace.rules).loaded.submissions)
    except InvalidInput:
        return ()


def feedback_copy(workspace: Workspace, upload: str, file: str, lang: str) -> bytes | None:
    """A copy of an uploaded workbook with its problems marked and commented; None where there is no such workbook, or it cannot be opened."""
    from servanda.template.marked_copy import definitions_of, marked_copy

    found = received(workspace, upload)
    if found is None or file not in found.workbooks:
        return None
    path = workspace.incoming / upload / found.name / file
    problems = [one for one in found.problems if one.file == path.as_posix()]
    return marked_copy(path, problems, definitions_of(workspace.rules, workspace.agreements), lang)


def _folder(workspace: Workspace, upload: str) -> Path | None:
    folder = workspace.incoming / upload
    return folder if _UPLOAD.fullmatch(upload) and folder.is_dir() and not folder.is_symlink() else None


def _unfit(files: Mapping[str, bytes], name: str) -> list[Problem]:
    found = [Problem("unfit-name", found=one[:80]) for one in (name, *files) if not is_name(one)]
    if len(files) > MOST_FILES or not files:
        found.append(Problem("too-many-files", found=str(len(files)), args={"limit": MOST_FILES}))
    size = sum(map(len, files.values()))
    if size > MOST_BYTES:
        found.append(Problem("upload-too-large", found=str(size), args={"limit": MOST_BYTES}))
    return found
