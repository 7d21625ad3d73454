"""The command line: the only place that prints, exits or reads the clock.

Exit status: 0 evaluated; 1 something at a `--fail-on` level; 2 not evaluated; 101 an error of the program itself; 130 interrupted.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from servanda.cli.config import read_config
from servanda.cli.language import language_in_use, last_value, use_language, worded
from servanda.cli.settled import Settled, defaults
from servanda.model import LANGUAGES

COMMANDS = (
    ("check", "Evaluate submissions and report what deviates, with its evidence."),
    ("audit", "Audit every agreement of every pack into a folder of tables, with a receipt."),
    ("seal", "Seal a finished audit and all that went into it as one file."),
    ("verify", "Verify a sealed audit, and make it again from its file alone."),
    ("what-if", "What would change under other rules, finding by finding."),
    ("calendar", "What falls due when, by whom, as a table or an iCalendar file."),
    ("validate", "Check submissions without evaluating them: every problem at its line or cell."),
    ("explain", "Explain an obligation, a kind, a judgement, a clause or a finding."),
    ("lint", "Find what is wrong with the rules themselves: unused, contradictory, impossible, without a reason."),
    ("list", "List the obligations (or clauses, judgements, parameters) of the packs."),
    ("test", "Run the cases of a pack, and say what they cover."),
    ("trace", "Trace every clause to its rules, their cases and findings, and back."),
    ("init", "Lay out a new pack: one rule with its cases, an agreement and a submission."),
    ("schema", "JSON Schemas of agreements, packs and submissions, for editors."),
    ("handbook", "Write the handbook of a pack: its rules as an official reads them."),
    ("template", "Write a workbook to fill in, for an agreement or the programme."),
    ("review", "Review findings in a browser: decide, ask, answer, and keep all of it in a ledger."),
    ("demo", "Run the packaged synthetic sample."),
    ("ledger", "Verify, list and export the ledger of runs and decisions."),
    ("config", "Show which defaults of options hold, and where they come from."),
    ("completion", "Print the completion script for a shell."),
)
EVALUATED, FOUND, NOT_EVALUATED, PROGRAM_ERROR, INTERRUPTED = 0, 1, 2, 101, 130
COMPLETION = "_SERVANDA_COMPLETE"
_LANG = "servanda.lang"


class _Broken(click.ClickException):
    """The config has problems; they are the message."""

    exit_code = NOT_EVALUATED

    def show(self, file: object = None) -> None:
        click.echo(self.message, nl=False, err=True)


class _Lazy(click.Group):
    """Commands are imported when they are called: a check loads nothing that only another command needs."""

    def main(self, args: Sequence[str] | None = None, **extra: object) -> object:
        """Settle language and config from the whole command line first, also where it is otherwise wrong; then run it."""
        given = list(sys.argv[1:] if args is None else args)
        words = _words_to_complete() if COMPLETION in os.environ else given
        config = read_config(last_value(words, "--config"), _here(), Path(os.path.expanduser("~")))
        wanted = last_value(words, "--lang")
        settled = Settled(use_language(wanted if wanted in LANGUAGES else config.values.get("lang")), config)
        return click.Group.main(worded(self), given, **{"prog_name": "servanda", "complete_var": COMPLETION, **extra, "obj": settled})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, _ in COMMANDS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        settled: Settled = ctx.obj
        command = worded(importlib.import_module(f"servanda.cli.{name.replace('-', '_')}_command").command)
        known = {parameter.name for parameter in command.params}
        command.params += [parameter for parameter in worded(self).params if parameter.name in {"lang", "config"} - known]
        if settled.config.problems and name != "completion":
            command.invoke = _refuse  # in place of the work: help has been served by then
        ctx.default_map = {name: defaults(command, settled.config, ctx.meta.get(_LANG))}
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(what)) for name, what in COMMANDS])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, without importing them."""
        names = [CompletionItem(name, help=_(what)) for name, what in COMMANDS if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)


def _words_to_complete() -> list[str]:
    from click.parser import split_arg_string

    return split_arg_string(os.environ.get("COMP_WORDS", ""))[1:]


def _here() -> Path:
    """The current folder; one that was removed holds no config."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def _refuse(ctx: click.Context) -> None:
    """Tell what is wrong with the config, instead of running with a part of it."""
    from servanda.cli.inputs import terminal_width, wants_colour
    from servanda.report.formats import problems_in
    from servanda.report.style import Style

    settled: Settled = ctx.obj
    raise _Broken(problems_in("table", settled.config.problems, Style(settled.lang, terminal_width(), wants_colour())))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"servanda {version('servanda')}")
        ctx.exit()


def _kept(ctx: click.Context, _: click.Parameter, value: object) -> None:
    """`servanda --lang en check …`: the language that stands before the command is the command's default."""
    if value is not None and ctx.parent is None:
        ctx.meta[_LANG] = value


@click.group(cls=_Lazy, commands={name: None for name, _ in COMMANDS}, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(LANGUAGES), expose_value=False, callback=_kept, help="Language of messages and reports  [default: de]")
@click.option(
    "--config", metavar="FILE|none", type=click.Path(dir_okay=False), expose_value=False,
    help="File with defaults of options  [default: servanda.toml or pyproject.toml of the repository]",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit.")
def servanda() -> None:
    """Checks whether the parties to an agreement keep it (pacta sunt servanda).

    Obligations are YAML rules, facts are files; what deviates is reported with its evidence. A person decides.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status.

    The process ends at once: taking the database and all findings apart, piece by piece, would take a tenth of a small run.
    """
    gc.set_threshold(200_000, 50, 50)  # a run makes many objects and few cycles
    status = _run(arguments)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        status = NOT_EVALUATED
        os.write(2, ("servanda: " + _("the report could not be written: {error}").format(error=error.strerror) + "\n").encode())
    store = sys.modules.get("servanda.facts.store")
    if store:
        store.drop_temporary()
    os._exit(status)


def _run(arguments: list[str] | None) -> int:
    try:
        result = servanda.main(args=arguments, standalone_mode=False)
        return result if isinstance(result, int) else EVALUATED
    except click.exceptions.Exit as done:
        return done.exit_code
    except SystemExit as done:  # a completion
        return done.code if isinstance(done.code, int) else EVALUATED
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo(_("interrupted"), err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return NOT_EVALUATED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EVALUATED
    except Exception as error:  # noqa: BLE001 - the last resort: a message instead of a traceback
        if COMPLETION in os.environ:  # nobody wants messages between the words of a command
            return EVALUATED
        if _interrupted(error):
            click.echo(_("interrupted"), err=True)
            return INTERRUPTED
        return _without_room(error) or _program_error(error)


def _interrupted(error: Exception) -> bool:
    """Whether a signal ended a query: the database says so with an error of its own, not with KeyboardInterrupt."""
    return type(error).__name__ == "InterruptException" or isinstance(error, RuntimeError) and "interrupted" in str(error).lower()


def _without_room(error: Exception) -> int:
    """Say that intermediate results found no room, where that is what went wrong (else 0); what people asked to be written is told where it is written."""
    from servanda.whole_files import without_room

    problem = without_room(error)
    if problem is None:
        return 0
    from servanda.cli.inputs import terminal_width, wants_colour
    from servanda.report.formats import problems_in
    from servanda.report.style import Style

    click.echo(problems_in("table", [problem], Style(language_in_use(), terminal_width(), wants_colour())), nl=False, err=True)
    return NOT_EVALUATED


def _program_error(error: Exception) -> int:
    from servanda.report.safe_text import safe_text

    if os.environ.get("SERVANDA_DEBUG"):
        traceback.print_exc()
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    what = _("error of the program itself ({kind} at {place}): {error}").format(kind=type(error).__name__, place=place, error=safe_text(error))
    click.echo(f"servanda: {what}", err=True)
    click.echo(_("Nothing was evaluated. Please report this; SERVANDA_DEBUG=1 shows the whole trace."), err=True)
    return PROGRAM_ERROR
