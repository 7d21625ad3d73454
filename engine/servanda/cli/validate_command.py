"""servanda validate: check submissions without evaluating them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED
from servanda.cli.completion import complete_folders
from servanda.cli.inputs import DAY, agreements_folder, definition_options, encoding_option, rules_folder, terminal_width, wants_colour
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.progress import progress
from servanda.cli.reports import Paired, pair, refuse
from servanda.intake import Intake, validate
from servanda.problems import InvalidInput, Problem
from servanda.report.formats import NAMES, problems_in
from servanda.report.style import Style


@click.command("validate", cls=Paired)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…", shell_complete=complete_folders)
@definition_options
@click.option("--known-on", type=DAY, metavar="DATE", help="Ignore submissions made after that day.")
@encoding_option
@click.option("--format", "formats", type=click.Choice(NAMES), multiple=True, help="Format of the problems; may be repeated  [default: table]")
@click.option("--output", "outputs", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="File of the --format before it.")
@click.option(
    "--feedback", type=click.Path(path_type=Path), metavar="FILE|FOLDER",
    help="Write a copy of a workbook with problems, its cells marked and commented; a folder takes several."
)
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], rules: Path | None, agreements: Path | None, lang: str, known_on: datetime.date | None,
    encoding: str | None, formats: tuple[str, ...], outputs: tuple[Path, ...], feedback: Path | None,
) -> int:
    """Check submissions without evaluating them: every problem at its line or cell.

    PATH is a submission's folder, a workbook with its manifest sheet, an agreement's folder, or all facts. Exit status: 0 no problem; 2 problems,
    or nothing to check.
    """
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    folders = agreements_folder(agreements, paths), rules_folder(rules, paths)
    try:
        with progress() as told:
            intake = validate(paths, *folders, known_on=known_on, encoding=encoding, progress=told)
    except InvalidInput as invalid:
        status = refuse(invalid.problems, reports, style)
        if feedback is not None:
            _say_feedback(invalid.problems, feedback, folders, style)
        return status
    try:
        write_whole([(_sound(name, intake, style if file is None else Style(lang)), file) for name, file in reports])
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    except InvalidInput as invalid:
        return refuse(invalid.problems, reports, style)
    return EVALUATED


def _say_feedback(problems: Sequence[Problem], target: Path, folders: tuple[Path, Path], style: Style) -> None:
    """Write the marked copies, and say on standard error which."""
    from servanda.cli.feedback import write_feedback

    try:
        for path in write_feedback(problems, target, *folders, style.lang):
            click.echo(_("{file} written: the cells with problems are marked.").format(file=path), err=True)
    except UnwritableOutput as error:
        refuse([error.problem], [("table", None)], style)


def _sound(name: str, intake: Intake, style: Style) -> str | bytes:
    """What is said of submissions without a problem."""
    from servanda.report.intake_report import intake_json, intake_table

    if name == "table":
        return intake_table(intake, style)
    return intake_json(intake) if name == "json" else problems_in(name, (), style)
