"""Writing reports: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from servanda.whole_files import keep_names, remove, unwritable, write_beside


class UnwritableOutput(Exception):
    """A report could not be written; nothing was changed."""

    def __init__(self, file: Path, error: OSError) -> None:
        self.problem = unwritable(file, error)
        super().__init__(str(error))


def write_whole(texts: Sequence[tuple[str | bytes, Path | None]]) -> None:
    """Write each text (as UTF-8) or binary file beside its file, then rename all; a text without a file goes to standard output last."""
    beside: list[tuple[str, Path]] = []
    try:
        for text, file in texts:
            if file is not None:
                beside.append((_written(text, file), file))
        for temporary, file in beside:
            _rename(temporary, file)
    finally:
        for temporary, _ in beside:
            remove(temporary)
    for folder in {file.parent for _, file in beside}:
        keep_names(folder)
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


def _written(text: str | bytes, file: Path) -> str:
    try:
        return write_beside(text.encode() if isinstance(text, str) else text, file)
    except OSError as error:
        raise UnwritableOutput(file, error) from error


def _rename(temporary: str, file: Path) -> None:
    try:
        os.replace(temporary, file)
    except OSError as error:
        raise UnwritableOutput(file, error) from error
