"""servanda handbook: the rules of a pack as an official reads them."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED
from servanda.cli.choices import question
from servanda.cli.inputs import FOLDER, rules_folder
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.reports import refuse
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problems
from servanda.report.style import Style

_SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown"}


@click.command("handbook")
@click.argument("pack", required=False, metavar="[PACK]")
@click.option("--format", "form", type=click.Choice(("html", "markdown")), help="Format  [default: by FILE's name, else markdown]")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The file to write, whole or not at all  [default: standard output]"
)
@click.option("--rules", **FOLDER, help="Folder with the packs  [default: rules, else the packaged ones]")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of the handbook.")
def command(pack: str | None, form: str | None, out: Path | None, rules: Path | None, lang: str) -> int:
    """Write the handbook of a PACK, generated from its rules: parties, figures with their reasons, every clause with its obligations in words.

    Then the fact types field by field, and what a deviation may lead to. One page that needs nothing else, or Markdown.
    """
    style = Style(lang)
    if form is None and out is not None and out.suffix.lower() not in _SUFFIXES:
        raise click.UsageError(_("{file} says no format; name it .html or .md, or add --format.").format(file=out))
    problems = Problems()
    packs = read_packs(rules_folder(rules), BY_NAME, problems)
    if not packs and not problems:
        problems.add("no-packs", rules_folder(rules).as_posix())
    if problems:
        return refuse(problems.sorted(), [("table", None)], style)
    if pack is None and len(packs) > 1:
        raise click.UsageError(_("There are several packs; name one: {names}.").format(names=", ".join(sorted(packs))))
    wanted = pack or next(iter(packs))
    if wanted not in packs:
        raise click.UsageError(_("There is no pack “{name}”.").format(name=wanted) + question(wanted, packs))
    from servanda.handbook.contents import handbook_of
    from servanda.handbook.render import handbook_html, handbook_markdown

    book = handbook_of(packs[wanted], lang)
    written = handbook_html if (form or _SUFFIXES[out.suffix.lower()] if out else form or "markdown") == "html" else handbook_markdown
    try:
        write_whole([(written(book), out)])
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    return EVALUATED
