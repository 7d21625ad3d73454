"""Where an audit is made: a folder beside the one that it will be, renamed when everything in it is there.

Each bucket's files are written beside and renamed, its record last; a bucket whose record is there and fits is done, however the audit was
interrupted. The finished folder appears all at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from servanda.problems import InvalidInput, Problem

UNFINISHED = ".unfinished"
RECORDS = "buckets"


@contextlib.contextmanager
def workplace(out: Path) -> Iterator[Path]:
    """The folder in which the audit `out` is made; only one process at a time. `InvalidInput` where `out` is there already or cannot be made."""
    if os.path.lexists(out):
        raise InvalidInput([Problem("audit-exists", out.as_posix())])
    place = out.with_name(out.name + UNFINISHED)
    try:
        (place / RECORDS).mkdir(parents=True, exist_ok=True)
        lock = os.open(place / "lock", os.O_CREAT | os.O_RDWR, 0o666)
    except OSError as error:
        raise InvalidInput([Problem("unwritable-output", place.as_posix(), found=error.strerror or type(error).__name__)]) from error
    try:
        _lock(lock, place)
        try:
            yield place
        finally:
            if (place / RECORDS).is_dir() and not any((place / RECORDS).iterdir()):  # nothing was done that is worth going on with
                shutil.rmtree(place)
    finally:
        os.close(lock)


def _lock(handle: int, place: Path) -> None:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise InvalidInput([Problem("audit-running", place.as_posix())]) from error


def finish(place: Path, out: Path, results: Collection[str]) -> None:
    """Turn the workplace into the audit: what is not among its results (by path), such as what an audit in other buckets had left, is removed."""
    shutil.rmtree(place / RECORDS)
    for path in sorted(place.rglob("*"), reverse=True):
        if path.is_dir():
            with contextlib.suppress(OSError):  # not empty
                path.rmdir()
        elif path.relative_to(place).as_posix() not in results:
            path.unlink()
    os.rename(place, out)


def write(file: Path, content: bytes) -> str:
    """Write a file whole or not at all; gives its SHA-256."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    return hashlib.sha256(content).hexdigest()


def store(place: Path, name: str, key: str, files: Mapping[str, bytes], told: object) -> None:
    """Keep what came of a bucket: its files (by path below the workplace), then the record that says that they are whole."""
    hashes = {path: write(place / path, content) for path, content in files.items()}
    write(place / RECORDS / f"{name}.json", json.dumps({"key": key, "files": hashes, "told": told}).encode())


def stored(place: Path, name: str, key: str) -> object | None:
    """What a bucket's record told, if the bucket was done with this key and its files are as they were written."""
    try:
        record = json.loads((place / RECORDS / f"{name}.json").read_bytes())
        whole = record["key"] == key and all(sha256_of(place / path) == digest for path, digest in record["files"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record["told"] if whole else None


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's content."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
