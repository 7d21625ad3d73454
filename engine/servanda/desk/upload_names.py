"""Names and sizes of uploaded files: what may be written, and under which name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from servanda.desk.workspace import NAME
from servanda.facts.submissions import WORKBOOKS
from servanda.problems import InvalidInput, Problem

TITLE = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def stored_names(files: Mapping[str, bytes], title: str, most_files: int, most_bytes: int) -> dict[str, bytes]:
    """The files under the names by which they are written; `InvalidInput` with everything that is wrong with names, number and size.

    A workbook may be called as people like: signs that are no letters, digits, `.`, `_` and `-` are replaced. Other files are tables, whose
    names mean something, and stay as they are.
    """
    problems = [] if TITLE.fullmatch(title) else [Problem("unfit-name", found=_short(title))]
    if not 0 < len(files) <= most_files:
        problems.append(Problem("too-many-files", found=str(len(files)), args={"limit": most_files}))
    size = sum(map(len, files.values()))
    if size > most_bytes:
        problems.append(Problem("upload-too-large", found=str(size), args={"limit": most_bytes}))
    named: dict[str, bytes] = {}
    taken: dict[str, str] = {}
    for name, data in files.items():
        stored = _stored(name)
        if not NAME.fullmatch(stored):
            problems.append(Problem("unfit-name", found=_short(name)))
        elif stored.casefold() in taken:
            problems.append(Problem("upload-twice", _short(name), found=_short(name), args={"first": taken[stored.casefold()]}))
        elif _archive(stored, data):
            problems.append(Problem("upload-archive", _short(name), found=_short(name)))
        taken.setdefault(stored.casefold(), _short(name))
        named[stored] = data
    if problems:
        raise InvalidInput(problems)
    return named


def _stored(name: str) -> str:
    path = PurePosixPath(name)
    if path.suffix.lower() not in WORKBOOKS or any(sign in name for sign in "/\\") or not name.isprintable() or name.startswith("."):
        return name
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", path.stem).translate(_GERMAN)).encode("ascii", "ignore").decode()
    return (re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-_")[:60] or "workbook") + path.suffix.lower()


def _archive(name: str, data: bytes) -> bool:
    return name.lower().endswith(_ARCHIVES) or data.startswith(b"PK\x03\x04") and not name.endswith(WORKBOOKS)


def _short(name: str) -> str:
    return name.encode("utf-8", "replace").decode()[:80]
