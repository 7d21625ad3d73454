"""servanda calendar: what falls due when, by whom."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED
from servanda.cli.choices import question
from servanda.cli.completion import complete_agreements, complete_folders
from servanda.cli.inputs import DAY, agreements_folder, date_options, definition_options, encoding_option, rules_folder, terminal_width, today, wants_colour
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.progress import progress
from servanda.cli.reports import Paired, pair, refuse
from servanda.due_dates import DueDate, due_dates, selected
from servanda.evaluate import evaluate
from servanda.problems import InvalidInput
from servanda.report.style import Style
from servanda.run import Run


@click.command("calendar", cls=Paired)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…", shell_complete=complete_folders)
@definition_options
@date_options
@click.option("--all", "every", is_flag=True, help="Evaluate agreements without a submission among the paths, too.")
@click.option(
    "--agreement", "names", multiple=True, metavar="ID", shell_complete=complete_agreements,
    help="Only what is due under that agreement; may be repeated."
)
@click.option("--party", "parties", multiple=True, metavar="PARTY", help="Only what that party owes; may be repeated.")
@click.option("--until", type=DAY, metavar="DATE", help="Only what is due up to that day.")
@click.option("--format", "formats", type=click.Choice(["table", "ics", "json"]), multiple=True, help="Format; may be repeated  [default: table]")
@click.option("--output", "outputs", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="File of the --format before it.")
@encoding_option
@click.option("--keep-going", is_flag=True, help="Leave bad records out, say so, and take their completeness back.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], rules: Path | None, agreements: Path | None, lang: str, as_of: datetime.date | None,
    known_on: datetime.date | None, every: bool, names: tuple[str, ...], parties: tuple[str, ...], until: datetime.date | None,
    formats: tuple[str, ...], outputs: tuple[Path, ...], encoding: str | None, keep_going: bool,
) -> int:
    """What falls due when, by whom: deadlines, minimum counts left, requests running.

    A day that is no working day moves to the next one; the day as agreed stands beside it. What deviates already is in the report of
    `servanda check`. Exit status: 0 evaluated, also where nothing is due; 2 not evaluated.
    """
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    day = as_of or today()
    if until and until <= day:
        over = _("Nothing can be due up to {until}: what is due by the end of {day} is over. Name a later --until, or an earlier --as-of.")
        raise click.UsageError(over.format(until=until, day=day))
    try:
        with progress() as told:
            run = evaluate(
                paths, agreements_folder(agreements, paths), rules_folder(rules, paths), day, known_on=known_on, every=every, keep_going=keep_going,
                encoding=encoding, progress=told,
            )
        everything = due_dates(run)
    except InvalidInput as invalid:
        return refuse(invalid.problems, reports, style)
    _known("agreement", names, {agreement.id for part in run.packs for agreement in part.agreements})
    _known("party", parties, {party for part in run.packs for party in part.pack.head.parties})
    due = selected(everything, names, parties, until)
    texts = [(_text(name, due, run, style if file is None else Style(lang), until), file) for name, file in reports]
    try:
        write_whole(texts)
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    return EVALUATED


def _known(word: str, names: Sequence[str], known: Collection[str]) -> None:
    """UsageError with the nearest name where one is not among those of the run."""
    for name in names:
        if name not in known:
            hint = question(name, sorted(known)) or " " + _("Known: {names}.").format(names=", ".join(sorted(known)))
            raise click.UsageError(_("--{option} “{name}” is not among those evaluated.").format(option=word, name=name) + hint)


def _text(name: str, due: Sequence[DueDate], run: Run, style: Style, until: datetime.date | None) -> str:
    """The due dates in a format; its module is loaded only where it is asked for."""
    if name == "ics":
        from servanda.report.ics import ics_calendar

        return ics_calendar(due, run, style)
    from servanda.report.due_report import due_json, due_table

    return due_table(due, run, style) if name == "table" else due_json(due, run, until)
