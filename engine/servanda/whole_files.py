"""Writing files whole or not at all: written beside, put on the disk, renamed, and the folder told to keep the new name.

What a process that was killed leaves behind is a file or folder whose name ends with `.unfinished`; nothing reads it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from servanda.problems import Problem

Content = bytes | Callable[[BinaryIO], object]  # what is written, or what writes it
UNFINISHED = ".unfinished"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NAMED = 40  # characters of the file's name in that of the file beside it: a name has room for 255 bytes


def write_beside(content: Content, file: Path) -> str:
    """The path of a new file beside `file` with this content, on the disk, readable as the umask says; an error leaves nothing."""
    handle, temporary = tempfile.mkstemp(prefix=f".{file.name[:_NAMED]}.", suffix=UNFINISHED, dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            if isinstance(content, bytes):
                stream.write(content)
            else:
                content(stream)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
    except BaseException:
        remove(temporary)
        raise
    return temporary


def write_file(file: Path, content: Content) -> None:
    """Write a file whole or not at all; its folder's name of it is last after `keep_names`."""
    temporary = write_beside(content, file)
    try:
        os.replace(temporary, file)
    except BaseException:
        remove(temporary)
        raise


def remove(path: str) -> None:
    """Remove a file, if it can be removed."""
    with contextlib.suppress(OSError):
        os.unlink(path)


def keep_names(folder: Path) -> None:
    """Make the names in a folder last: a rename that was reported survives a cut of power, where the file system can be told so."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def unwritable(place: Path | str, error: OSError) -> Problem:
    """What keeps a place from being written: no room, or something else."""
    code = "no-room" if error.errno in _NO_ROOM else "unwritable-output"
    return Problem(code, Path(place).as_posix(), found=error.strerror or type(error).__name__)


def without_room(error: BaseException) -> Problem | None:
    """The problem of an error that says that intermediate results found no room (or may not be put anywhere); None of any other.

    The database is known by its errors' names only: who writes files need not load it.
    """
    place = tempfile.tempdir or os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 # nosec B108  # only named
    if isinstance(error, OSError):
        if error.errno not in _NO_ROOM | {errno.EROFS} and "No usable temporary directory" not in str(error):
            return None
        return unwritable(error.filename, error) if error.filename else Problem("no-temporary-room", place, found=error.strerror or str(error)[:60])
    full = os.strerror(errno.ENOSPC)
    said = full if full in str(error) else str(error).partition("\n")[0][:200].rstrip(".")
    if type(error).__name__ == "OutOfMemoryException" or type(error).__name__ == "IOException" and said == full:
        return Problem("no-temporary-room", place, found=said)
    return None
