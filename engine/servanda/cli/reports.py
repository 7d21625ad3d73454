"""Which report goes where: --format and --output in pairs, and problems in every format that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import NOT_EVALUATED
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.problems import InvalidInput, Problem
from servanda.report.formats import BINARY, problems_in
from servanda.report.style import Style


class Paired(click.Command):
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
    for name, file in reports:
        if file is None:
            refuse_terminal(name)
    return [(name, file) for name, file in reports]


def refuse_terminal(name: str) -> None:
    """UsageError where a format that is no text would go to a terminal."""
    if name in BINARY and sys.stdout.isatty():
        raise click.UsageError(_("{format} is not for a terminal; name a file: --output report.{format}").format(format=name))


def refuse(problems: Sequence[Problem], reports: Sequence[tuple[str, Path | None]], style: Style) -> int:
    """Report problems in every format asked for; what is for people goes to standard error."""
    seen = False
    try:
        for name, file in reports:
            try:
                text = problems_in(name, problems, style if file is None else Style(style.lang))
            except InvalidInput:  # a format that cannot be written here; where that is all that is wrong, `problems` says so
                continue
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
