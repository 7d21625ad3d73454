"""A workspace: the folder in which people work.

    submissions/<agreement or pack>/<name>/…    kept submissions, laid out like facts
    incoming/<upload>/<upload>-<name>/…         uploads in quarantine, one folder each
    ledger.sqlite                               the ledger, unless a URL is given

Names that come from people are untrusted: they are ids of at most 80 signs, no links are followed, files are written beside and renamed,
and nothing is ever overwritten.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from servanda.facts.manifest import Known
from servanda.intake import read_definitions
from servanda.ledger.store import Ledger, open_ledger
from servanda.problems import InvalidInput, Problem, Problems
from servanda.whole_files import UNFINISHED, keep_names, unwritable

LEDGER_FILE = "ledger.sqlite"
NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
MOST_FILES = 60
MOST_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that was opened: its folder, where agreements and rules lie, its ledger, and the limits of an upload (files, bytes)."""

    folder: Path
    agreements: Path
    rules: Path
    ledger: Ledger
    most_files: int = MOST_FILES
    most_bytes: int = MOST_BYTES

    @property
    def submissions(self) -> Path:
        """Where kept submissions lie."""
        return self.folder / "submissions"

    @property
    def incoming(self) -> Path:
        """Where uploads wait."""
        return self.folder / "incoming"


def open_workspace(
    folder: Path, agreements: Path, rules: Path, ledger_url: str | None = None, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES,
) -> Workspace:
    """The workspace in a folder, which is made where it is missing; `ledger_url` says where the ledger is, else it is a file in the folder.

    `InvalidInput` where the folder cannot be one, or the ledger cannot be opened.
    """
    folder = Path(os.path.abspath(folder))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in ("submissions", "incoming"):
            (folder / part).mkdir(mode=0o700, exist_ok=True)
            if (folder / part).is_symlink():
                raise InvalidInput([Problem("link", (folder / part).as_posix())])
    except OSError as error:
        raise InvalidInput([Problem("unusable-workspace", folder.as_posix(), found=error.strerror or type(error).__name__)]) from error
    opened = open_ledger(ledger_url or folder / LEDGER_FILE)
    return Workspace(folder, Path(agreements), Path(rules), opened, most_files, most_bytes)


def definitions(workspace: Workspace) -> Known:
    """The definitions as they are now, read again only where one of their files has changed; `InvalidInput` where they are not sound."""
    known, problems = definitions_found(workspace)
    if problems:
        raise InvalidInput(problems)
    return known


def definitions_found(workspace: Workspace) -> tuple[Known, tuple[Problem, ...]]:
    """As `definitions`, as far as they are sound, with what is wrong with the others."""
    return _definitions(workspace.rules, workspace.agreements, (_stamp(workspace.rules), _stamp(workspace.agreements)))


@lru_cache(maxsize=4)
def _definitions(rules: Path, agreements: Path, _stamps: tuple) -> tuple[Known, tuple[Problem, ...]]:
    problems = Problems()
    try:
        known = read_definitions(rules, agreements, problems)
    except InvalidInput as invalid:
        return Known({}, {}), tuple(invalid.problems)
    return known, tuple(problems.sorted())


def _stamp(folder: Path) -> tuple:
    """How the files below a folder stand: the system sets the moment of each change."""
    found = []
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            with contextlib.suppress(OSError):
                one = os.lstat(os.path.join(where, name))
                found.append((where, name, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns))
    return tuple(found)


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """A folder of files, whole or not at all: written beside under a name that nobody reads, then renamed.

    `files` are relative paths of one or two parts that were checked before.
    """
    beside = target.with_name(f".{target.name}{UNFINISHED}")
    beside.mkdir(mode=0o700)
    try:
        for name, data in files.items():
            path = beside / name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600), "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        for folder in {(beside / name).parent for name in files} | {beside}:
            keep_names(folder)
        move(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def move(source: Path, target: Path) -> None:
    """Rename a folder to a name that is free, and make that last; `FileExistsError` where it is not free."""
    if os.path.lexists(target):
        raise FileExistsError(target)
    os.rename(source, target)
    for folder in {source.parent, target.parent}:
        keep_names(folder)


@contextlib.contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Nobody else takes in, keeps or withdraws a submission in the meantime, in this process or another (the lock ends with its holder).

    What cannot be written is `InvalidInput`.
    """
    import fcntl

    try:
        with (workspace.folder / ".lock").open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise InvalidInput([unwritable(workspace.folder.name, error)]) from error


def places_shown(workspace: Workspace, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Problems with files named from the workspace's folder on: where that lies on the machine is nobody's business."""
    prefix = workspace.folder.as_posix() + "/"
    return tuple(replace(one, file=one.file.removeprefix(prefix)) if one.file else one for one in problems)
