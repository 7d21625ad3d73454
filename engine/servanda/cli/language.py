"""The language of the command line: help, usage errors and messages of click, through gettext's own machinery.

Click asks `gettext.gettext`, and so does `cli/`. The catalogue lies in `servanda/locale`; English needs none. The environment of the
user has no say: the language is that of `--lang`, else of the config, else German.
"""

from __future__ import annotations

import copy
import gettext
import inspect
import os
from collections.abc import Sequence
from pathlib import Path

import click

from servanda.cli.choices import Choice
from servanda.model import LANGUAGES

DOMAIN = "servanda"
LOCALE = Path(__file__).resolve().parents[1] / "locale"


def last_value(arguments: Sequence[str], option: str) -> str | None:
    """The value of an option wherever it stands, also on a command line that is otherwise wrong; None where it does not."""
    found = None
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == option and number + 1 < len(arguments):
            found = arguments[number + 1]
        elif argument.startswith(option + "="):
            found = argument[len(option) + 1 :]
    return found


def use_language(wanted: object) -> str:
    """Make click and the command line speak a language (German where it is unknown); the language."""
    lang = wanted if wanted in LANGUAGES else LANGUAGES[0]
    os.environ["LANGUAGE"] = lang  # what gettext looks at first
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    return lang


def language_in_use() -> str:
    """What `use_language` settled."""
    lang = os.environ.get("LANGUAGE", "")
    return lang if lang in LANGUAGES else LANGUAGES[0]


def worded(command: click.Command) -> click.Command:
    """A copy of a command whose help speaks the language in use, and whose choices suggest the nearest."""
    _ = gettext.gettext
    said = copy.copy(command)
    said._help_option = None  # click keeps the one that it made first
    said.help = _(inspect.cleandoc(command.help)) if command.help else command.help
    said.options_metavar = _(command.options_metavar) if command.options_metavar else command.options_metavar
    if isinstance(said, click.Group):
        said.subcommand_metavar = _(said.subcommand_metavar)
    said.params = [_worded_parameter(parameter) for parameter in command.params]
    return said


def _worded_parameter(parameter: click.Parameter) -> click.Parameter:
    _ = gettext.gettext
    said = copy.copy(parameter)
    if isinstance(said, click.Option) and said.help:
        said.help = _(said.help)
    if said.metavar:
        said.metavar = _(said.metavar)
    if type(said.type) is click.Choice:
        said.type = Choice(said.type.choices, said.type.case_sensitive)
    elif isinstance(said.type, click.Path):
        said.type = copy.copy(said.type)
        said.type.name = _("directory") if not said.type.file_okay else _("file") if not said.type.dir_okay else _("path")
    return said
