"""The archive of a bundle: a tar file (POSIX.1-2001) of which the statement determines every byte.

First the statement, then the signature where there is one, then each file: all of them regular, of mode 0644, without owner and time; two empty blocks
end it. So whatever differs from what the statement says is found, be it in a file, in a header, in the padding, or behind the end.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from servanda.problems import Problem
from servanda.seal.statement import MOST_BYTES, SealedFile, Statement, read_statement, written

STATEMENT, SIGNATURE = "seal.json", "seal.sig"
SIGNATURE_BYTES = 64
_BLOCK = 512
_END = bytes(2 * _BLOCK)
_CHUNK = 1024**2
Take = Callable[[SealedFile, Iterator[bytes]], None]  # what is done with a file's content as it is read


class ChangedWhileSealed(Exception):
    """A file was not any more what the statement says of it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle as far as it could be read: its statement (None: it is no bundle, or the statement is damaged), its signature, what is wrong with it."""

    statement: Statement | None
    signature: bytes
    problems: tuple[Problem, ...]


def pack(stream: BinaryIO, statement: Statement, signature: bytes | None, content: Callable[[SealedFile], BinaryIO]) -> None:
    """Write the archive; `content` opens a file of the statement. ChangedWhileSealed where one is not as the statement says."""
    text = written(statement)
    stream.write(_header(STATEMENT, len(text)) + text + _padding(len(text)))
    if signature is not None:
        stream.write(_header(SIGNATURE, len(signature)) + signature + _padding(len(signature)))
    for one in statement.files:
        stream.write(_header(one.path, one.size))
        digest, size = hashlib.sha256(), 0
        with content(one) as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                stream.write(chunk)
        if (size, digest.hexdigest()) != (one.size, one.sha256):
            raise ChangedWhileSealed(one.path)
        stream.write(_padding(size))
    stream.write(_END)


def unpack(file: Path, stream: BinaryIO, take: Take | None = None) -> Opened:
    """Read an archive and hold every byte against its statement; `take` gets each file's content, whether or not it is as it should be."""
    text = _statement(stream)
    statement = read_statement(text) if text is not None else None
    if text is None or statement is None:
        return Opened(None, b"", (Problem("no-bundle" if text is None else "seal-statement", file.as_posix()),))
    found: list[Problem] = []

    def wrong(code: str, path: str) -> None:
        found.append(Problem(code, file.as_posix(), found=path))

    if stream.read(len(_padding(len(text)))) != _padding(len(text)):
        wrong("seal-frame", STATEMENT)
    signature = b""
    if statement.signed_by is not None:
        frame, padding = _header(SIGNATURE, SIGNATURE_BYTES), _padding(SIGNATURE_BYTES)
        head, signature = stream.read(len(frame)), stream.read(SIGNATURE_BYTES)
        if head != frame or stream.read(len(padding)) != padding:
            wrong("seal-frame", SIGNATURE)
    for one in statement.files:
        code = _file(stream, one, take)
        if code is not None:
            wrong(code, one.path)
    if stream.read(len(_END)) != _END or stream.read(1):
        wrong("seal-end", file.name)
    return Opened(statement, signature, tuple(found))


def _statement(stream: BinaryIO) -> bytes | None:
    """The content of the first file, None where that is no statement."""
    try:
        first = tarfile.TarInfo.frombuf(stream.read(_BLOCK), "utf-8", "strict")
        sound = first.name == STATEMENT and 0 <= first.size <= MOST_BYTES and first.tobuf(tarfile.PAX_FORMAT) == _header(STATEMENT, first.size)
    except (tarfile.TarError, ValueError):
        return None
    return stream.read(first.size) if sound else None


def _file(stream: BinaryIO, one: SealedFile, take: Take | None) -> str | None:
    """Read a file as the statement describes it; the code of what is wrong with it."""
    header, padding = _header(one.path, one.size), _padding(one.size)
    framed = stream.read(len(header)) == header
    digest, left = hashlib.sha256(), one.size

    def chunks() -> Iterator[bytes]:
        nonlocal left
        while left and (chunk := stream.read(min(_CHUNK, left))):
            left -= len(chunk)
            digest.update(chunk)
            yield chunk

    if take is not None:
        take(one, chunks())
    for _ in chunks():
        pass
    if left:
        return "seal-cut-off"
    framed &= stream.read(len(padding)) == padding
    if digest.hexdigest() != one.sha256:
        return "seal-changed"
    return None if framed else "seal-frame"


def _header(path: str, size: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.size = size
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)
