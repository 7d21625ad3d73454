"""The documentation site: `sphinx-build -W docs build/docs`. It asks for nothing from outside, when it is built and when it is read."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import click

project = "servanda"
extensions = ["myst_parser"]
exclude_patterns = ["schemas"]
html_theme = "furo"
html_title = "servanda"
html_copy_source = False
html_show_copyright = False
html_static_path: list[str] = []
templates_path: list[str] = []
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
smartquotes = False  # a dash of an option is a dash
suppress_warnings = ["misc.highlighting_failure"]  # examples shortened by "…" are no whole JSON
_SIGNS = re.compile(r"([\\*_\[\]<>$|#{}])")


def setup(app: object) -> None:
    """Fill in the commands when their page is read."""
    app.connect("source-read", _with_commands)


def _with_commands(app: object, page: str, source: list[str]) -> None:
    if page == "commands":
        source[0] += "\n" + "\n".join(_commands())


def _commands() -> Iterator[str]:
    """The reference of every command, from click, in English."""
    from servanda.cli import COMMANDS
    from servanda.cli.language import use_language

    use_language("en")
    whole = click.Context(click.Group("servanda"), info_name="servanda")
    for name, _ in COMMANDS:
        yield from _told(importlib.import_module(f"servanda.cli.{name.replace('-', '_')}_command").command, whole, name)


def _told(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    """A command with its options, and those below it."""
    ctx = click.Context(command, parent=parent, info_name=name)
    yield from (f"## {ctx.command_path}", "", "```text", " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]), "```", "")
    yield from (_plain(line) for line in (command.help or "").splitlines())
    yield ""
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record and record[1] and "--help" not in parameter.opts:
            yield from (f"`{record[0]}`", f": {_plain(record[1])}", "")
    for inner, one in getattr(command, "commands", {}).items():
        yield from _told(one, ctx, inner)


def _plain(text: str) -> str:
    """A line of help that Markdown shows as it is."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
