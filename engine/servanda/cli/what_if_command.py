"""servanda what-if: what would change under other rules."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED, FOUND
from servanda.cli.completion import complete_folders
from servanda.cli.inputs import (
    FOLDER, agreements_folder, date_options, definition_options, encoding_option, rules_as_of_option, rules_folder, terminal_width, today, wants_colour,
)  # fmt: skip
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.progress import progress
from servanda.cli.reports import Paired, pair, refuse
from servanda.evaluate import evaluate
from servanda.problems import InvalidInput
from servanda.report.style import Style
from servanda.run import Run


@click.command("what-if", cls=Paired)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]…", shell_complete=complete_folders)
@click.option("--set", "settings", multiple=True, metavar="PLACE=VALUE", help="Another figure at a place of the rules; may be repeated.")
@click.option("--against-rules", "other", **FOLDER, help="Compare with another version of the rules, for instance of an earlier checkout.")
@rules_as_of_option
@click.option("--list", "listing", is_flag=True, help="List the places that can be set, with what stands there.")
@definition_options
@date_options
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", help="Compare only the yearly duties of that year.")
@click.option("--all", "every", is_flag=True, help="Evaluate agreements without a submission among the paths, too.")
@click.option("--format", "formats", type=click.Choice(["table", "json", "csv"]), multiple=True, help="Format; may be repeated  [default: table]")
@click.option("--output", "outputs", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="File of the --format before it.")
@click.option("--exit-code", "told", is_flag=True, help="Exit with 1 where something changes.")
@encoding_option
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], settings: tuple[str, ...], other: Path | None, rules_as_of: datetime.date | None, listing: bool,
    rules: Path | None, agreements: Path | None, lang: str, as_of: datetime.date | None, known_on: datetime.date | None, year: int | None, every: bool,
    formats: tuple[str, ...], outputs: tuple[Path, ...], told: bool, encoding: str | None,
) -> int:
    """What would change under other rules, finding by finding, against the rules as they are.

    PLACE is a parameter (answer_days=5), a figure of an obligation (rounds-held.lower=8), a threshold of a judgement
    (judgement.half-missed.share_of_lower.below=0.4), or `tolerance`; `PLACE@DATE=VALUE` sets it from that day on. No file is changed.
    Exit status: 0 evaluated; 1 with --exit-code, where something changes; 2 not evaluated.
    """
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    if listing:
        return _list(rules_folder(rules, paths), style)
    if not paths:
        raise click.UsageError(_("Name the facts that the rules are to be tried on."))
    for one in settings:
        if "=" not in one.strip("="):
            raise click.UsageError(_("--set {found}: write PLACE=VALUE, such as rounds-held.lower=8.").format(found=one))
    if not settings and other is None and rules_as_of is None:
        raise click.UsageError(_("Say what is to be tried: --set, --against-rules or --rules-as-of."))

    def run(folder: Path, day: datetime.date | None) -> Run:
        with progress() as shown:
            return evaluate(
                paths, agreements_folder(agreements, paths), folder, as_of or now, known_on=known_on, every=every, encoding=encoding, progress=shown,
                rules_as_of=day,
            )

    now = today()
    try:
        from servanda.whatif.compare import what_if, with_settings

        before = run(rules_folder(rules, paths), None)
        after = before if other is None and rules_as_of is None else run(other or rules_folder(rules, paths), rules_as_of)
        found = what_if(before, with_settings(after, settings) if settings else after, year)
        texts = [(_text(name, found, style if file is None else Style(lang)), file) for name, file in reports]
    except InvalidInput as invalid:
        return refuse(invalid.problems, reports, style)
    try:
        write_whole(texts)
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    differs = found.findings.changed or found.findings.new or found.findings.gone or found.consequences.changed
    return FOUND if told and differs else EVALUATED


def _text(name: str, found: object, style: Style) -> str:
    """The comparison in a format; its module is loaded only where it is asked for."""
    if name == "table":
        from servanda.whatif.text import what_if_text

        return what_if_text(found, style)
    from servanda.whatif.data import what_if_csv, what_if_json

    return what_if_json(found, style) if name == "json" else what_if_csv(found, style)


def _list(folder: Path, style: Style) -> int:
    """Print the places of every pack."""
    from servanda.kinds import BY_NAME
    from servanda.pack import read_packs
    from servanda.problems import Problems
    from servanda.whatif.listing import list_places

    problems = Problems()
    packs = read_packs(folder, BY_NAME, problems)
    if not packs and not problems:
        problems.add("no-packs", folder.as_posix())
    if problems:
        return refuse(problems.sorted(), [("table", None)], style)
    click.echo(list_places(packs, style), nl=False)
    return EVALUATED
