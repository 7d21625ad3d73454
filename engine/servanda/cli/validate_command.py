"""servanda validate: check submissions without evaluating them."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from servanda.cli import EVALUATED
from servanda.cli.inputs import DAY, agreements_folder, definition_options, encoding_option, rules_folder, terminal_width, wants_colour
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.reports import Paired, pair, refuse
from servanda.intake import Intake, validate
from servanda.problems import InvalidInput
from servanda.report.formats import NAMES, problems_in
from servanda.report.style import Style


@click.command("validate", cls=Paired)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@definition_options
@click.option("--known-on", type=DAY, metavar="DATE", help="Ignore submissions made after that day.")
@encoding_option
@click.option("--format", "formats", type=click.Choice(NAMES), multiple=True, help="Format of the problems; may be repeated  [default: table]")
@click.option("--output", "outputs", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="File of the --format before it.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], rules: Path | None, agreements: Path | None, lang: str, known_on: datetime.date | None,
    encoding: str | None, formats: tuple[str, ...], outputs: tuple[Path, ...],
) -> int:
    """Check submissions without evaluating them: every problem at its line or cell.

    PATH is a submission's folder, a workbook with its manifest sheet, an agreement's folder, or all facts. Exit status: 0 no problem; 2 problems,
    or nothing to check.
    """
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    try:
        intake = validate(paths, agreements_folder(agreements, paths), rules_folder(rules, paths), known_on=known_on, encoding=encoding)
    except InvalidInput as invalid:
        return refuse(invalid.problems, reports, style)
    try:
        write_whole([(_sound(name, intake, style if file is None else Style(lang)), file) for name, file in reports])
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    return EVALUATED


def _sound(name: str, intake: Intake, style: Style) -> str:
    """What is said of submissions without a problem."""
    from servanda.report.intake_report import intake_json, intake_table

    if name == "table":
        return intake_table(intake, style)
    return intake_json(intake) if name == "json" else problems_in(name, (), style)
