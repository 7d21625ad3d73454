"""servanda list: what the packs hold."""

from __future__ import annotations

from pathlib import Path

import click

from servanda.cli import EVALUATED, NOT_EVALUATED
from servanda.cli.inputs import FOLDER, rules_folder, terminal_width, wants_colour
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problems
from servanda.report.definitions import LISTS, list_definitions
from servanda.report.formats import problems_in
from servanda.report.style import Style


@click.command("list")
@click.argument("what", type=click.Choice(tuple(LISTS)), default="obligations")
@click.option("--rules", **FOLDER, help="Folder with the packs  [default: rules, else the packaged ones]")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of messages and reports.")
def command(what: str, rules: Path | None, lang: str) -> int:
    """List the obligations (or the clauses, judgements, parameters) of the packs."""
    style = Style(lang, terminal_width(), wants_colour())
    problems = Problems()
    packs = read_packs(rules_folder(rules), BY_NAME, problems)
    if not packs and not problems:
        problems.add("no-packs", rules_folder(rules).as_posix())
    if problems:
        click.echo(problems_in("table", problems.sorted(), style), nl=False, err=True)
        return NOT_EVALUATED
    click.echo(list_definitions(packs, what, style), nl=False)
    return EVALUATED
