"""Options that several commands share, and where rules and agreements are looked for."""

from __future__ import annotations

import datetime
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli.completion import complete_folders
from servanda.facts.values import Invalid, to_date
from servanda.packaged_data import packaged

COLUMNS_WITHOUT_TERMINAL = 100


class DayType(click.ParamType):
    """A date such as 2019-03-31 or 31.03.2019."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            return to_date(str(value))
        except Invalid:
            self.fail(_("{value!r} is not a date such as 2019-03-31 or 31.03.2019.").format(value=value), param, ctx)


DAY = DayType()
FOLDER = {"type": click.Path(path_type=Path), "shell_complete": complete_folders}


def definition_options(command: Callable) -> Callable:
    """--rules, --agreements, --lang"""
    command = click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of messages and reports.")(command)
    command = click.option("--agreements", **FOLDER, help="Folder with the agreements  [default: agreements]")(command)
    return click.option("--rules", **FOLDER, help="Folder with the packs  [default: rules, else the packaged ones]")(command)


def encoding_option(command: Callable) -> Callable:
    """--encoding"""
    kinds = click.Choice(["cp1252", "iso-8859-1", "iso-8859-15", "cp850", "utf-16"])
    return click.option("--encoding", type=kinds, help="Read text that is not UTF-8 in this encoding, and say so.")(command)


def date_options(command: Callable) -> Callable:
    """--as-of, --known-on"""
    command = click.option("--known-on", type=DAY, metavar="DATE", help="Ignore submissions made after that day.")(command)
    return click.option("--as-of", type=DAY, metavar="DATE", help="Evaluate as of the end of that day  [default: today, UTC]")(command)


def rules_as_of_option(command: Callable) -> Callable:
    """--rules-as-of"""
    words = "Evaluate by the rules as they stood on that day, without amendments that take effect later."
    return click.option("--rules-as-of", type=DAY, metavar="DATE", help=words)(command)


def today() -> datetime.date:
    """The day on which a run without --as-of is made, in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


def rules_folder(given: Path | None, paths: Sequence[Path] = ()) -> Path:
    """Where the packs are: as given, `rules` here or above the facts, or the packaged ones."""
    return given or _nearby("rules", paths) or packaged("rules")


def agreements_folder(given: Path | None, paths: Sequence[Path] = ()) -> Path:
    """Where the agreements are: as given, or `agreements` here or above the facts."""
    return given or _nearby("agreements", paths) or Path("agreements")


def _nearby(name: str, paths: Sequence[Path]) -> Path | None:
    if os.path.isdir(name):
        return Path(name)
    for path in paths:
        for folder in Path(os.path.realpath(path)).parents:
            if os.path.isdir(folder / name):
                return folder / name
    return None


def terminal_width() -> int:
    """The width to write for: the terminal's, or a fixed one in a pipe."""
    return max(40, shutil.get_terminal_size((COLUMNS_WITHOUT_TERMINAL, 24)).columns) if sys.stdout.isatty() else COLUMNS_WITHOUT_TERMINAL


def wants_colour() -> bool:
    """Colour only where a person watches, and NO_COLOR is not set (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
