"""servanda check: evaluate submissions and report."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import click

from servanda.cli import EVALUATED, FOUND
from servanda.cli.choices import Levels
from servanda.cli.completion import complete_folders, complete_years
from servanda.cli.inputs import (
    agreements_folder,
    date_options,
    definition_options,
    encoding_option,
    rules_as_of_option,
    rules_folder,
    terminal_width,
    today,
    wants_colour,
)
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.progress import progress
from servanda.cli.recording import ledger_options, needs_author, recorded
from servanda.cli.reports import Paired, pair, refuse
from servanda.evaluate import evaluate
from servanda.problems import InvalidInput
from servanda.report.formats import NAMES, report_in
from servanda.report.style import Style
from servanda.run import Run


@click.command("check", cls=Paired)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…", shell_complete=complete_folders)
@definition_options
@date_options
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", shell_complete=complete_years, help="Report only the yearly duties of that year.")
@click.option("--all", "every", is_flag=True, help="Evaluate agreements without a submission among the paths, too.")
@click.option("--format", "formats", type=click.Choice(NAMES), multiple=True, help="Format of the report; may be repeated  [default: table]")
@click.option("--output", "outputs", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="File of the --format before it.")
@click.option(
    "--fail-on", type=Levels(), multiple=True, metavar="LEVEL",
    help="Exit with 1 on: material, deviation, unmet, undetermined, never; may be repeated  [default: material]"
)
@rules_as_of_option
@encoding_option
@click.option("--keep-going", is_flag=True, help="Leave bad records out, say so, and take their completeness back.")
@ledger_options
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], rules: Path | None, agreements: Path | None, lang: str, as_of: datetime.date | None,
    known_on: datetime.date | None, year: int | None, every: bool, formats: tuple[str, ...], outputs: tuple[Path, ...],
    fail_on: tuple[tuple[str, ...], ...], keep_going: bool, encoding: str | None, place: str | None, author: str | None,
    rules_as_of: datetime.date | None,
) -> int:
    """Evaluate submissions and report what deviates, with its evidence.

    PATH is a submission's folder, a workbook with its manifest sheet, an agreement's folder, or all facts. Exit status: 0 evaluated, nothing at a
    --fail-on level; 1 something is; 2 not evaluated.
    """
    needs_author(place, author)
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    try:
        with progress() as told:
            run = evaluate(
                paths, agreements_folder(agreements, paths), rules_folder(rules, paths), as_of or today(), known_on=known_on, year=year, every=every,
                keep_going=keep_going, encoding=encoding, progress=told, rules_as_of=rules_as_of,
            )
        if place and author:
            style = replace(style, checkpoint=recorded(run, place, author))
        texts = [(report_in(name, run, style if file is None else Style(lang, checkpoint=style.checkpoint)), file) for name, file in reports]
    except InvalidInput as invalid:
        return refuse(invalid.problems, reports, style)
    try:
        write_whole(texts)
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    levels = {level for named in fail_on for level in named} or {"material"}
    return FOUND if fails(run, levels) else EVALUATED


def fails(run: Run, levels: set[str]) -> bool:
    """Whether something is at one of the levels (`never` alone: nothing is)."""
    counts = run.summary()
    return any(counts[level] for level in levels if level != "never")
