"""servanda config: which defaults hold, and where they come from."""

from __future__ import annotations

from gettext import gettext as _

import click

from servanda.cli import EVALUATED
from servanda.cli.config import KEYS, OWN, SHARED
from servanda.cli.settled import Settled
from servanda.report.safe_text import safe_text


@click.command("config")
@click.pass_obj
def command(settled: Settled) -> int:
    """Show which defaults of options hold, and where they come from.

    They are read from servanda.toml, or [tool.servanda] in pyproject.toml, in the current folder or above it up to the root of the
    repository; outside of a repository in the current folder only; never in the home directory. The command line has the last word.
    """
    config = settled.config
    if config.file is None:
        click.echo(_("No config: neither {own} nor {shared} has defaults here.").format(own=OWN, shared=f"[tool.servanda] ({SHARED})"))
        return EVALUATED
    click.echo(safe_text(config.file))
    for key in KEYS:
        if key in config.values:
            value = config.values[key]
            click.echo(f"  {key} = {safe_text(', '.join(value) if isinstance(value, tuple) else value)}")
    return EVALUATED
