"""Writing reports: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from servanda.problems import Problem


class UnwritableOutput(Exception):
    """A report could not be written; nothing was changed."""

    def __init__(self, file: Path, error: OSError) -> None:
        self.problem = Problem("unwritable-output", file.as_posix(), found=error.strerror or type(error).__name__)
        super().__init__(str(error))


def write_whole(texts: Sequence[tuple[str | bytes, Path | None]]) -> None:
    """Write each text (as UTF-8) or binary file beside its file, then rename all; a text without a file goes to standard output last."""
    beside: list[tuple[str, Path]] = []
    try:
        for text, file in texts:
            if file is not None:
                beside.append((_write_beside(text, file), file))
        for temporary, file in beside:
            _rename(temporary, file)
    finally:
        for temporary, _ in beside:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
    for text, file in texts:
        if file is None:
            _to_standard_output(text)


def _to_standard_output(text: str | bytes) -> None:
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableOutput(Path("<stdout>"), error) from error


def _write_beside(text: str | bytes, file: Path) -> str:
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        raise UnwritableOutput(file, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode() if isinstance(text, str) else text)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
    except OSError as error:
        os.unlink(temporary)
        raise UnwritableOutput(file, error) from error
    return temporary


def _rename(temporary: str, file: Path) -> None:
    try:
        os.replace(temporary, file)
    except OSError as error:
        raise UnwritableOutput(file, error) from error
