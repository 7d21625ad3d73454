"""The statement of a bundle, `seal.json`: every file with its size and hash, the Merkle root over them, and the key that signs.

The root is the Merkle tree hash of RFC 6962 § 2.1 over the files in order of path; a leaf is the canonical JSON of [path, size, sha256].
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

SCHEMA = "servanda.seal/1"
AUDIT, INPUTS, AGREEMENTS, RULES, LEDGER = "audit", "inputs", "agreements", "rules", "ledger.jsonl"
MOST_BYTES = 256 * 1024**2  # of a statement: more than a million files
MOST_FILES = 1_000_000
_SHA256 = re.compile("[0-9a-f]{64}")
_KEY = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file of a bundle: its path there, its size in bytes, and its SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a bundle says of itself: its files in order of path, and the public key (32 bytes in hex) that it is signed with, if any."""

    files: tuple[SealedFile, ...]
    signed_by: str | None = None

    @property
    def root(self) -> str:
        """The Merkle root in hex."""
        return merkle_root([_leaf(one) for one in self.files]).hex()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 § 2.1: leaves are hashed behind a byte 0, pairs behind a byte 1; of nothing, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:  # an odd one rises as it is, which is the tree that § 2.1 describes
        paired = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def _leaf(one: SealedFile) -> bytes:
    return json.dumps([one.path, one.size, one.sha256], separators=(",", ":"), ensure_ascii=False).encode()


def written(statement: Statement) -> bytes:
    """The one way in which a statement is written: a line a file."""
    files = ",\n".join("  " + json.dumps({"path": one.path, "size": one.size, "sha256": one.sha256}, ensure_ascii=False) for one in statement.files)
    head = {"schema": SCHEMA, "root": statement.root, "signed_by": statement.signed_by}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items())
    return f'{{\n{lines},\n "files": [\n{files}\n ]\n}}\n'.encode()


def read_statement(content: bytes) -> Statement | None:
    """The statement that these bytes are, to the byte; None where they are none (a root that is not that of the files included)."""
    try:
        found = json.loads(content)
        files = tuple(SealedFile(one["path"], one["size"], one["sha256"]) for one in found["files"])
        statement = Statement(files, found["signed_by"])
        sound = len(files) <= MOST_FILES and all(map(_sound, files)) and _ordered(files) and _signer(statement.signed_by)
        return statement if sound and written(statement) == content else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _sound(one: SealedFile) -> bool:
    """Whether a file of a statement may be unpacked below a folder."""
    parts = one.path.split("/")
    whole = all(part not in ("", ".", "..") and "\0" not in part and len(part.encode()) <= 255 for part in parts) and len(one.path.encode()) <= 4000
    placed = one.path == LEDGER or len(parts) > 1 and parts[0] in (AUDIT, INPUTS, AGREEMENTS, RULES)
    return whole and placed and type(one.size) is int and 0 <= one.size < 2**63 and bool(_SHA256.fullmatch(one.sha256))


def _ordered(files: Sequence[SealedFile]) -> bool:
    """Whether each file stands once, in order, and none is the folder of another."""
    paths = [one.path for one in files]
    named = set(paths)
    below = any("/".join(parts[:count]) in named for parts in (path.split("/") for path in paths) for count in range(1, len(parts)))
    return paths == sorted(named) and not below


def _signer(key: object) -> bool:
    return key is None or isinstance(key, str) and bool(_KEY.fullmatch(key))
