"""Submissions: uploads in quarantine with what is wrong with them, and those that are kept.

    found = receive(workspace, {"submission.yaml": …, "meetings.csv": …}, "2019-team")
    keep(workspace, found.upload) if not found.problems else withdraw_upload(workspace, found.upload)

An upload's id begins with its turn, so that of two submissions of a day the later one replaces the records of the earlier.
"""

from __future__ import annotations

import datetime
import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from servanda.desk.grids import Grid, grids_of
from servanda.desk.upload_names import stored_names
from servanda.desk.workspace import Workspace, alone, definitions, move, places_shown, write_folder
from servanda.facts.manifest import Known
from servanda.facts.submissions import WORKBOOKS, find_submissions, read_manifest
from servanda.intake import Intake, validate
from servanda.model import Submission
from servanda.problems import InvalidInput, Problem, Problems

_UPLOAD = re.compile(r"u[0-9]{6}-[0-9a-f]{8}", re.ASCII)
MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept submission: its path in the workspace, its name, whose it is (agreement None: the whole programme's), made when and by whom."""

    path: str
    name: str
    pack: str
    agreement: str | None
    submitted_on: datetime.date
    submitted_by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a sound upload holds: whose, made when and by whom, and how many records of each type."""

    agreement: str | None
    pack: str
    submitted_on: datetime.date
    submitted_by: str
    records: Mapping[str, int]

    def __str__(self) -> str:
        tables = ", ".join(f"{name} {count}" for name, count in self.records.items())
        return " · ".join(part for part in (self.agreement or self.pack, self.submitted_on.isoformat(), self.submitted_by, tables) if part)


@dataclass(frozen=True, slots=True)
class Received:
    """An upload in quarantine. With `problems` it cannot be kept; `grids` are the rows around them, `summary` is there without any."""

    upload: str
    name: str
    files: tuple[str, ...]
    problems: tuple[Problem, ...]
    summary: Summary | None
    grids: tuple[Grid, ...]
    workbooks: tuple[str, ...] = ()


def receive(workspace: Workspace, files: Mapping[str, bytes], name: str) -> Received:
    """Take files into quarantine and check them together with what is kept.

    `InvalidInput`, and nothing is written, where a name is none, there are too many files or bytes, or one is an archive.
    """
    definitions(workspace)  # nothing is taken in that cannot be read
    named = stored_names(files, name, workspace.most_files, workspace.most_bytes)
    with alone(workspace):
        waiting = _waiting(workspace)
        if len(waiting) >= MOST_WAITING:
            raise InvalidInput([Problem("too-many-uploads", found=str(len(waiting)), args={"limit": MOST_WAITING})])
        turns = [int(one[1:7]) for one in (*waiting, *(kept.name for kept in workspace.submissions.glob("*/*"))) if _UPLOAD.match(one)]
        upload = f"u{max(turns, default=0) + 1:06d}-{secrets.token_hex(4)}"
        write_folder(workspace.incoming / upload, {f"{upload}-{name}/{file}": data for file, data in named.items()})
    found = received(workspace, upload)
    if found is None:
        raise InvalidInput([Problem("unknown-upload", found=upload)])  # somebody was faster in withdrawing it
    return found


def _waiting(workspace: Workspace) -> list[str]:
    """The uploads that wait. What a killed process left of one is removed: whoever is `alone` is the only one that writes here."""
    waiting = []
    for one in os.listdir(workspace.incoming):
        if _UPLOAD.fullmatch(one) and _folder(workspace, one) is not None:
            waiting.append(one)
        elif one.startswith(".") or _UPLOAD.fullmatch(one):
            shutil.rmtree(workspace.incoming / one, ignore_errors=True)
    return waiting


def received(workspace: Workspace, upload: str) -> Received | None:
    """What is found in an upload now (what is kept may have changed since); None where there is none of that id."""
    folder = _folder(workspace, upload)
    if folder is None:
        return None
    known = definitions(workspace)
    problems, intake = _checked(workspace, folder, known)
    shown = places_shown(workspace, problems)
    grids = grids_of(workspace.folder, shown, known.packs)
    own = f"incoming/{upload}/{folder.name}/"  # people know their files by name
    return Received(
        upload, folder.name[len(upload) + 1 :], tuple(sorted(os.listdir(folder))),
        tuple(replace(one, file=one.file.removeprefix(own)) if one.file else one for one in shown), _summary(intake, folder) if intake else None,
        tuple(replace(grid, file=grid.file.removeprefix(own)) for grid in grids),
        tuple(sorted(one.name for one in folder.iterdir() if one.suffix in WORKBOOKS)),
    )


def keep(workspace: Workspace, upload: str) -> Stored:
    """Move a sound upload to the kept submissions; `InvalidInput` with its problems, which are looked for anew, where it is not."""
    with alone(workspace):
        folder = _folder(workspace, upload)
        if folder is None:
            raise InvalidInput([Problem("unknown-upload", found=upload[:80])])
        problems, intake = _checked(workspace, folder, definitions(workspace))
        if intake is None:
            raise InvalidInput(places_shown(workspace, problems))
        summary = _summary(intake, folder)
        target = workspace.submissions / (summary.agreement or summary.pack)
        target.mkdir(mode=0o700, exist_ok=True)
        if target.is_symlink():
            raise InvalidInput(places_shown(workspace, (Problem("link", target.as_posix()),)))
        if os.path.lexists(target / folder.name):
            raise InvalidInput([Problem("upload-exists", folder.name)])
        move(folder, target / folder.name)
        shutil.rmtree(workspace.incoming / upload)
    path = f"submissions/{target.name}/{folder.name}"
    return next(one for one in stored(workspace) if one.path == path or one.path.startswith(path + "/"))


def withdraw_upload(workspace: Workspace, upload: str) -> None:
    """Throw an upload away that is not kept; `InvalidInput` where there is none of that id."""
    with alone(workspace):
        if _folder(workspace, upload) is None:
            raise InvalidInput([Problem("unknown-upload", found=upload[:80])])
        gone = workspace.incoming / f".{upload}.gone"
        move(workspace.incoming / upload, gone)
        shutil.rmtree(gone)


def stored(workspace: Workspace) -> list[Stored]:
    """The kept submissions by path; `InvalidInput` where one cannot be read any more."""
    problems = Problems()
    found = _stored(workspace, definitions(workspace), problems)
    if problems:
        raise InvalidInput(places_shown(workspace, tuple(problems.sorted())))
    return found


def feedback_copy(workspace: Workspace, upload: str, file: str, lang: str) -> bytes | None:
    """A copy of an uploaded workbook with its problems marked and commented; None where there is no such workbook, or it cannot be opened."""
    from servanda.template.marked_copy import marked_copy

    found, folder = received(workspace, upload), _folder(workspace, upload)
    if found is None or folder is None or file not in found.workbooks:
        return None
    return marked_copy(folder / file, [one for one in found.problems if one.file == file], definitions(workspace), lang)


def _stored(workspace: Workspace, known: Known, problems: Problems) -> list[Stored]:
    found = []
    for place in find_submissions([workspace.submissions], known, problems):
        submission, _, _ = read_manifest(place, known, problems)
        if submission is not None:
            path = submission.path.removeprefix(workspace.folder.as_posix() + "/")
            found.append(
                Stored(path, submission.folder, submission.pack, submission.agreement, submission.submitted_on, submission.submitted_by, submission.sha256)
            )
    return found


def _folder(workspace: Workspace, upload: str) -> Path | None:
    """The folder with an upload's files; None for what is no id, or is not there."""
    if not _UPLOAD.fullmatch(upload):
        return None
    outer = workspace.incoming / upload
    if outer.is_symlink() or not outer.is_dir():
        return None
    return next((one for one in outer.iterdir() if one.name.startswith(upload) and one.is_dir() and not one.is_symlink()), None)


def _checked(workspace: Workspace, folder: Path, known: Known) -> tuple[tuple[Problem, ...], Intake | None]:
    """An upload checked together with the kept submissions that its records may meet."""
    own = Problems()
    places = find_submissions([folder], known, own)
    if not own and len(places) != 1:
        return (Problem("not-one-submission" if places else "missing-manifest", folder.as_posix(), found=str(len(places)) if places else "–"),), None
    beside: Sequence[Path] = ()
    submission = read_manifest(places[0], known, own)[0] if len(places) == 1 else None
    if submission is not None:
        beside = [workspace.folder / one.path for one in _stored(workspace, known, Problems()) if _meet(one, submission)]
    try:
        return (), validate([folder, *beside], workspace.agreements, workspace.rules)
    except InvalidInput as invalid:
        return invalid.problems, None


def _meet(kept: Stored, submission: Submission) -> bool:
    """Whether records of both may refer to each other or replace each other: of one agreement, or one is the whole programme's."""
    return kept.pack == submission.pack and (submission.agreement is None or kept.agreement in (None, submission.agreement))


def _summary(intake: Intake, folder: Path) -> Summary:
    own = folder.as_posix()
    for submission, tables in zip(intake.loaded.submissions, intake.loaded.tables, strict=True):
        if submission.path == own or submission.path.startswith(own + "/"):
            records = {table.type: len(table.rows) for table in tables}
            return Summary(submission.agreement, submission.pack, submission.submitted_on, submission.submitted_by, dict(sorted(records.items())))
    raise AssertionError("a sound upload is one submission")
