"""servanda ledger: whether the ledger is as it was written, what stands in it, and the file of a case."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from servanda.cli import EVALUATED, FOUND, NOT_EVALUATED
from servanda.cli.inputs import terminal_width, wants_colour
from servanda.cli.language import worded
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.settled import Settled
from servanda.ledger.needs import REVIEW, need
from servanda.problems import InvalidInput, Problem
from servanda.report.safe_text import safe_text
from servanda.report.style import Style

if TYPE_CHECKING:
    from servanda.ledger.entries import Checkpoint
    from servanda.ledger.store import Ledger

DEFAULT = "servanda.ledger.sqlite"
_KINDS = ("run", "assessment", "request", "hearing", "answer", "remedy", "waiver", "proposal", "confirmation", "attestation", "correction")


class _Worded(click.Group):
    """A group whose commands speak the language in use, and take --lang and --config as all commands do."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        found = click.Group.get_command(self, ctx, name)
        if found is None:
            return None
        command = worded(found)
        shared = [parameter for parameter in ctx.command.params if parameter.name in ("lang", "config")]
        command.params = [*command.params, *shared]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, worded(one).get_short_help_str(90)) for name, one in self.commands.items()])


class _CheckpointType(click.ParamType):
    """LENGTH:HASH, as `servanda ledger checkpoint` and every report print it."""

    name = "checkpoint"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Checkpoint:
        from servanda.ledger.entries import Checkpoint, checkpoint_of

        if isinstance(value, Checkpoint):
            return value
        try:
            return checkpoint_of(str(value))
        except ValueError:
            self.fail(_("{value!r} is not a checkpoint such as 17:9f86d081…, a length and 64 hexadecimal digits.").format(value=value), param, ctx)


def ledger_option(command: Callable) -> Callable:
    """--ledger"""
    said = "The ledger: a file, or a URL such as postgresql+psycopg://user@host/name."
    return click.option("--ledger", "place", metavar="PATH|URL", default=DEFAULT, show_default=True, help=said)(command)


@click.group("ledger", cls=_Worded)
def command() -> None:
    """Verify, list and export the ledger of runs and decisions.

    The ledger is append-only: every run, assessment, request, answer and decision is chained to the one before by its hash.
    Exit status: 0 sound; 1 not sound; 2 not usable.
    """


@command.command("verify")
@ledger_option
@click.option("--checkpoint", type=_CheckpointType(), metavar="LENGTH:HASH", help="Also find an end that was cut off or exchanged since that checkpoint.")
@click.pass_obj
def verify_command(settled: Settled, place: str, checkpoint: Checkpoint | None) -> int:
    """Find any changed bit: columns, chain, rules, guards, and the end.

    Without a checkpoint that was kept elsewhere, nobody can tell whether the end was cut off.
    """
    return _with_ledger(settled, place, lambda ledger: _verify(settled, ledger, checkpoint))


@command.command("checkpoint")
@ledger_option
@click.pass_obj
def checkpoint_command(settled: Settled, place: str) -> int:
    """Print the ledger's length and last hash, to be kept elsewhere."""
    return _with_ledger(settled, place, _print_checkpoint)


@command.command("list")
@ledger_option
@click.option("--subject", metavar="ID", help="Only entries on that finding, consequence or run (run:NUMBER).")
@click.option("--kind", type=click.Choice(_KINDS), help="Only entries of that kind.")
@click.pass_obj
def list_command(settled: Settled, place: str, subject: str | None, kind: str | None) -> int:
    """List the entries: number, moment (UTC), kind, author, subjects."""
    return _with_ledger(settled, place, lambda ledger: _list(ledger, subject, kind))


@command.command("export")
@click.argument("subject", metavar="SUBJECT")
@ledger_option
@click.option("--format", "name", type=click.Choice(["json", "pdf"]), default="json", show_default=True, help="Format of the file.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write  [default: standard output]")
@click.pass_obj
def export_command(settled: Settled, subject: str, place: str, name: str, output: Path | None) -> int:
    """Write the whole file of a case: a finding's or a consequence's id.

    It holds every entry with its hashes, the receipts and findings of the runs that it rests on, and the checkpoint.
    """
    if name == "pdf" and output is None and sys.stdout.isatty():
        raise click.UsageError(_("A PDF is nothing for a terminal; name a file with --output."))
    return _with_ledger(settled, place, lambda ledger: _export(settled, ledger, subject, name, output))


def _with_ledger(settled: Settled, place: str, work: Callable[[Ledger], int]) -> int:
    """Do something with the ledger at a place, which must be there; problems go to standard error."""
    ledger = None
    try:
        need("review", *REVIEW)
        from servanda.ledger.store import open_ledger

        ledger = open_ledger(place, create=False)
        return work(ledger)
    except InvalidInput as invalid:
        return _refuse(settled, invalid.problems)
    except UnwritableOutput as error:
        return _refuse(settled, [error.problem])
    finally:
        if ledger is not None:
            ledger.close()


def _refuse(settled: Settled, problems: list[Problem] | tuple[Problem, ...], status: int = NOT_EVALUATED) -> int:
    from servanda.report.table import table_problems

    outcome = _("the ledger is not sound") if status == FOUND else _("nothing was done")
    click.echo(table_problems(problems, Style(settled.lang, terminal_width(), wants_colour()), outcome), nl=False, err=True)
    return status


def _verify(settled: Settled, ledger: Ledger, checkpoint: Checkpoint | None) -> int:
    from servanda.ledger.read import head
    from servanda.ledger.verify import verify

    now = None
    with contextlib.suppress(InvalidInput):  # what cannot be read is what verify finds
        now = head(ledger)  # before, so that everything up to it was verified
    problems = verify(ledger, checkpoint)
    if problems or now is None:
        return _refuse(settled, problems, FOUND)
    click.echo(_("Sound: {length} entries. Checkpoint {checkpoint}").format(length=now.length, checkpoint=now))
    if checkpoint is None:
        click.echo(_("Whether the end was cut off shows only against a checkpoint kept elsewhere (--checkpoint)."))
    return EVALUATED


def _print_checkpoint(ledger: Ledger) -> int:
    from servanda.ledger.read import head

    click.echo(str(head(ledger)))
    return EVALUATED


def _list(ledger: Ledger, subject: str | None, kind: str | None) -> int:
    from servanda.ledger.entries import at_text
    from servanda.ledger.read import each_entry

    def lines() -> Iterator[str]:
        for one in each_entry(ledger, subject=subject, kind=kind):
            yield f"{one.number:>6}  {at_text(one.at)[:19]}Z  {one.kind:<12}  {safe_text(one.author)}  {' '.join(map(safe_text, one.subjects))}\n"

    for line in lines():
        click.echo(line, nl=False)
    return EVALUATED


def _export(settled: Settled, ledger: Ledger, subject: str, name: str, output: Path | None) -> int:
    from servanda.ledger.case_file import case_file

    case = case_file(ledger, subject)
    if name == "pdf":
        from servanda.ledger.case_pdf import case_pdf

        text: str | bytes = case_pdf(case, settled.lang)
    else:
        text = json.dumps(case, ensure_ascii=False, indent=1) + "\n"
    write_whole([(text, output)])
    return EVALUATED
