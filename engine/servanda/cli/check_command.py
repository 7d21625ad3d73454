"""servanda check: evaluate submissions and report."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED, FOUND, NOT_EVALUATED
from servanda.cli.choices import Levels
from servanda.cli.completion import complete_folders, complete_years
from servanda.cli.inputs import agreements_folder, date_options, definition_options, rules_folder, terminal_width, today, wants_colour
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.progress import progress
from servanda.evaluate import evaluate
from servanda.problems import InvalidInput, Problem
from servanda.report.formats import NAMES, problems_in, report_in
from servanda.report.style import Style
from servanda.run import Run


class _Paired(click.Command):
    """Pairs each --output with the --format before it (or, where there is none, the one after it)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        parser = self.make_parser(ctx)
        order = parser.parse_args(args=list(args))[2]
        ctx.meta["order"] = [param.name for param in order if param.name in ("formats", "outputs")]
        return super().parse_args(ctx, args)


def pair(order: Sequence[str], formats: Sequence[str], outputs: Sequence[Path]) -> list[tuple[str, Path | None]]:
    """(format, file or None for standard output), as they were named; UsageError where they do not pair.

    Where the command line names no format, `formats` holds that of the config, if any.
    """
    reports: list[list] = []
    waiting: list[Path] = []
    names, files = iter(formats), iter(outputs)
    for kind in order:
        if kind == "formats":
            reports.append([next(names), waiting.pop(0) if waiting else None])
        elif reports and reports[-1][1] is None:
            reports[-1][1] = next(files)
        else:
            waiting.append(next(files))
    if not reports:
        reports = [[formats[0] if formats else "table", waiting.pop(0) if waiting else None]]
    if waiting:
        raise click.UsageError(_("Each --output needs a --format of its own."))
    if sum(file is None for _, file in reports) > 1:
        raise click.UsageError(_("Only one --format can go to standard output; give the others an --output."))
    named = [os.path.realpath(file) for _, file in reports if file]
    if len(set(named)) < len(named):
        raise click.UsageError(_("Two reports cannot go to the same file."))
    return [(name, file) for name, file in reports]


@click.command("check", cls=_Paired)
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
@click.option("--keep-going", is_flag=True, help="Leave bad records out, say so, and take their completeness back.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], rules: Path | None, agreements: Path | None, lang: str, as_of: datetime.date | None,
    known_on: datetime.date | None, year: int | None, every: bool, formats: tuple[str, ...], outputs: tuple[Path, ...],
    fail_on: tuple[tuple[str, ...], ...], keep_going: bool,
) -> int:
    """Evaluate submissions and report what deviates, with its evidence.

    PATH is a submission's folder, an agreement's folder, or all facts. Exit status: 0 evaluated, nothing at a --fail-on level; 1 something is;
    2 not evaluated.
    """
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    try:
        with progress() as told:
            run = evaluate(
                paths, agreements_folder(agreements, paths), rules_folder(rules, paths), as_of or today(), known_on=known_on, year=year, every=every,
                keep_going=keep_going, progress=told,
            )
    except InvalidInput as invalid:
        return _refuse(invalid.problems, reports, style)
    texts = [(report_in(name, run, style if file is None else Style(lang)), file) for name, file in reports]
    try:
        write_whole(texts)
    except UnwritableOutput as error:
        return _refuse([error.problem], [("table", None)], style)
    levels = {level for named in fail_on for level in named} or {"material"}
    return FOUND if fails(run, levels) else EVALUATED


def fails(run: Run, levels: set[str]) -> bool:
    """Whether something is at one of the levels (`never` alone: nothing is)."""
    counts = run.summary()
    return any(counts[level] for level in levels if level != "never")


def _refuse(problems: Sequence[Problem], reports: Sequence[tuple[str, Path | None]], style: Style) -> int:
    """Report problems in every format asked for; what is for people goes to standard error."""
    seen = False
    try:
        for name, file in reports:
            text = problems_in(name, problems, style if file is None else Style(style.lang))
            if file is None and name == "table":
                click.echo(text, nl=False, err=True)
            else:
                write_whole([(text, file)])
            seen = seen or file is None
    except UnwritableOutput as error:
        click.echo(problems_in("table", [error.problem], style), nl=False, err=True)
    if not seen:
        click.echo(problems_in("table", problems, style), nl=False, err=True)
    return NOT_EVALUATED
