"""Ed25519 signatures (RFC 8032) over the statement of a bundle. Keys as `ssh-keygen -t ed25519` or `openssl genpkey -algorithm ed25519` write them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from servanda.ledger.needs import need
from servanda.problems import InvalidInput, Problem

_TYPE = b"ssh-ed25519"


def public_key_of(key: bytes) -> str:
    """The public key of a private one, 32 bytes in hex."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex()


def read_private_key(file: Path, password: bytes | None = None) -> bytes:
    """The 32 bytes of a private key in a PEM or OpenSSH file. `InvalidInput` where it is none, or where a `password` is needed or wrong."""
    need("seal", "cryptography")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    content = _read(file)
    load = load_ssh_private_key if b"BEGIN OPENSSH PRIVATE KEY" in content else load_pem_private_key
    try:
        key = load(content, password)
    except TypeError as error:  # encrypted, and no password was given
        raise InvalidInput([Problem("key-locked", file.as_posix())]) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidInput([Problem("key-locked" if password else "no-key", file.as_posix())]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidInput([Problem("no-key", file.as_posix(), found=type(key).__name__)])
    return key.private_bytes_raw()


def read_public_key(file: Path) -> str:
    """The public key in a PEM or OpenSSH file, 32 bytes in hex. `InvalidInput` where it is none."""
    need("seal", "cryptography")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key, load_ssh_public_key

    content = _read(file)
    try:
        key = load_ssh_public_key(content) if content.startswith(_TYPE) else load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidInput([Problem("no-key", file.as_posix())]) from error
    if not isinstance(key, Ed25519PublicKey):
        raise InvalidInput([Problem("no-key", file.as_posix(), found=type(key).__name__)])
    return key.public_bytes_raw().hex()


def sign(statement: bytes, key: bytes) -> bytes:
    """The signature of a statement, 64 bytes; the same statement and key, the same signature."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(key).sign(statement)


def holds(statement: bytes, signature: bytes, public_key: str) -> bool:
    """Whether a signature is that of this statement by the owner of this key."""
    need("seal", "cryptography")
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """How people compare keys, as `ssh-keygen -l` prints it."""
    raw = bytes.fromhex(public_key)
    blob = len(_TYPE).to_bytes(4, "big") + _TYPE + len(raw).to_bytes(4, "big") + raw
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(64 * 1024)
    except OSError as error:
        raise InvalidInput([Problem("no-key", file.as_posix(), found=error.strerror or type(error).__name__)]) from error
