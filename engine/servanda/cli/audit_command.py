"""servanda audit: every agreement of every pack into one folder, columnar and repeatable."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from gettext import gettext as _
from pathlib import Path

import click

from servanda.audit.asked import BUCKET, MOST_IN_BUCKET, Wanted, asked_of, read_receipt
from servanda.audit.run import PROBLEMS, Audited, audit
from servanda.audit.spread import spread_over
from servanda.audit.tables import RECEIPT
from servanda.cli import EVALUATED, FOUND, NOT_EVALUATED
from servanda.cli.choices import Levels
from servanda.cli.completion import complete_folders
from servanda.cli.inputs import agreements_folder, date_options, definition_options, encoding_option, rules_folder, terminal_width, today, wants_colour
from servanda.cli.progress import progress
from servanda.cli.reports import refuse
from servanda.model import STATUSES
from servanda.problems import InvalidInput
from servanda.report.formats import NAMES, problems_in
from servanda.report.style import Style
from servanda.report.words import status_word

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("audit")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…", shell_complete=complete_folders)
@click.option("--out", required=True, type=FOLDER, help="Folder for the audit; it appears when the audit is whole.")
@definition_options
@date_options
@click.option("--since", type=FOLDER, help="An earlier audit: agreements that have not changed are taken over from it.")
@click.option("--repeat", type=click.Path(path_type=Path, dir_okay=False), metavar="RECEIPT", help="Repeat the audit of a receipt, and compare every byte.")
@click.option("--report", "reports", type=click.Choice(NAMES), multiple=True, help="Write each agreement's own report, too; may be repeated.")
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Spread the work over so many processes on this machine.")
@click.option("--scheduler", metavar="ADDRESS", help="Spread the work over the workers of a Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--bucket", type=click.IntRange(1, MOST_IN_BUCKET), default=BUCKET, show_default=True, help="How many agreements are measured together.")
@click.option(
    "--fail-on", type=Levels(), multiple=True, metavar="LEVEL",
    help="Exit with 1 on: material, deviation, unmet, undetermined, never; may be repeated  [default: material]"
)
@encoding_option
def command(
    paths: tuple[Path, ...], out: Path, rules: Path | None, agreements: Path | None, lang: str, as_of: datetime.date | None,
    known_on: datetime.date | None, since: Path | None, repeat: Path | None, reports: tuple[str, ...], workers: int | None, scheduler: str | None,
    bucket: int, fail_on: tuple[tuple[str, ...], ...], encoding: str | None,
) -> int:
    """Audit every agreement of every pack into a folder: findings, judgements and consequences as Parquet, a summary, and a receipt.

    PATH is a folder with submissions. Interrupted, the same command goes on where it stopped. An agreement with bad facts is set aside with its problems
    and stops nothing else. Exit status: 0 all evaluated, nothing at a --fail-on level; 1 something is; 2 not evaluated, in whole or in part.
    """
    if workers and scheduler:
        raise click.UsageError(_("--workers and --scheduler exclude each other."))
    style = Style(lang, terminal_width(), wants_colour())
    try:
        repeated = read_receipt(repeat) if repeat else None
        if repeated:
            as_of, known_on, encoding, wanted = _as_before(repeated, as_of, known_on, encoding)
        else:
            wanted = Wanted(tuple(dict.fromkeys(reports)), lang, bucket)
        with progress() as told, spread_over(workers, scheduler) as spread:
            found = audit(
                paths, agreements_folder(agreements, paths), rules_folder(rules, paths), as_of or today(), out, known_on=known_on, encoding=encoding,
                since=since, wanted=wanted, repeated=repeated, spread=spread, progress=told,
            )
    except InvalidInput as invalid:
        return refuse(invalid.problems, [("table", None)], style)
    click.echo(summary(found, out, repeated is not None, style), nl=False)
    if found.aside:
        click.echo(problems_in("table", [problem for problems in found.aside.values() for problem in problems], style), nl=False, err=True)
        return NOT_EVALUATED
    levels = {level for named in fail_on for level in named} or {"material"}
    return FOUND if any(found.counts[level] for level in levels if level != "never") else EVALUATED


def _as_before(
    receipt: Mapping, as_of: datetime.date | None, known_on: datetime.date | None, encoding: str | None
) -> tuple[datetime.date, datetime.date | None, str | None, Wanted]:
    """What a receipt says was asked for; UsageError where the command line asks for something else."""
    before = asked_of(receipt)
    for name, given, kept in (("--as-of", as_of, before.as_of), ("--known-on", known_on, before.known_on), ("--encoding", encoding, before.encoding)):
        if given is not None and given != kept:
            raise click.UsageError(_("The receipt to be repeated has {name} {kept}; leave {name} out.").format(name=name, kept=kept))
    return before.as_of, before.known_on, before.encoding, before.wanted


def summary(found: Audited, out: Path, repeated: bool, style: Style) -> str:
    """What a person sees at the end."""
    number = "{:,}".format
    lines = [_("Audit in {out}: {duties} duties of {count} agreements.").format(
        out=out.as_posix(), duties=number(found.counts["duties"]), count=number(found.measured + len(found.reused))
    )]
    lines += [f"  {number(found.counts[status]):>12}  {status_word(status, style.lang)}" for status in STATUSES if found.counts[status]]
    lines.append(_("{material} findings may be material, {consequences} consequences are proposed: a person decides.").format(
        material=number(found.counts["material"]), consequences=number(found.counts["consequences"])
    ))
    if found.reused:
        lines.append(_("Taken over unchanged from the earlier audit: {count} agreements.").format(count=number(len(found.reused))))
    if found.resumed:
        lines.append(_("Gone on with an interrupted audit: {count} buckets were there.").format(count=number(found.resumed)))
    if found.aside:
        file = (out / PROBLEMS).as_posix()
        lines.append(_("Set aside, not evaluated: {count} agreements (see {file}).").format(count=number(len(found.aside)), file=file))
    if repeated:
        lines.append(_("Repeated: every file is the same, byte for byte."))
    lines.append(_("Receipt: {file}").format(file=(out / RECEIPT).as_posix()))
    return "\n".join(lines) + "\n"
