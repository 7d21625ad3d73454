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
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from servanda.problems import InvalidInput, Problem
from servanda.whole_files import UNFINISHED, keep_names, unwritable, write_file

RECORDS = "buckets"


@contextlib.contextmanager
def workplace(out: Path) -> Iterator[Path]:
    """The folder in which the audit `out` is made; only one process at a time. `InvalidInput` where `out` is there already or cannot be made."""
    place = out.with_name(out.name + UNFINISHED)
    lock = _locked(place, out)
    try:
        yield place
    finally:
        _drop_empty(place)
        os.close(lock)


def _locked(place: Path, out: Path) -> int:
    """The lock of the workplace, which is made where it is missing.

    Another process may have finished between any two steps here: then the lock is that of a folder that is gone, or `out` is there by now.
    """
    import fcntl

    if os.path.lexists(out):
        raise InvalidInput([Problem("audit-exists", out.as_posix())])
    try:
        (place / RECORDS).mkdir(parents=True, exist_ok=True)
        lock = os.open(place / "lock", os.O_CREAT | os.O_RDWR, 0o666)
    except OSError as error:
        raise InvalidInput([unwritable(place, error)]) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.lexists(out):
            _drop_empty(place)
            raise InvalidInput([Problem("audit-exists", out.as_posix())])
        if not os.path.samestat(os.fstat(lock), os.stat(place / "lock")):
            raise InvalidInput([Problem("audit-running", place.as_posix())])
    except OSError as error:
        os.close(lock)
        raise InvalidInput([Problem("audit-running", place.as_posix())]) from error
    except BaseException:
        os.close(lock)
        raise
    return lock


def _drop_empty(place: Path) -> None:
    """Remove a workplace in which nothing was done that is worth going on with."""
    if (place / RECORDS).is_dir() and not any((place / RECORDS).iterdir()):
        shutil.rmtree(place, ignore_errors=True)


def finish(place: Path, out: Path, results: Collection[str]) -> None:
    """Turn the workplace into the audit: what is not among its results (by path), such as what an audit in other buckets had left, is removed."""
    try:
        shutil.rmtree(place / RECORDS)
        for path in sorted(place.rglob("*"), reverse=True):
            if path.is_dir():
                with contextlib.suppress(OSError):  # not empty
                    path.rmdir()
            elif path.relative_to(place).as_posix() not in results:
                path.unlink()
        for folder in (place, *(path for path in place.rglob("*") if path.is_dir())):
            keep_names(folder)
        os.rename(place, out)
    except OSError as error:
        raise InvalidInput([unwritable(out, error)]) from error
    keep_names(out.parent)


def write(file: Path, content: bytes) -> str:
    """Write a file whole or not at all; gives its SHA-256. `InvalidInput` where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, content)
    except OSError as error:
        raise InvalidInput([unwritable(file, error)]) from error
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
