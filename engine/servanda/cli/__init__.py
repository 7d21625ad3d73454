"""The command line: the only place that prints, exits or reads the clock.

Exit status: 0 evaluated; 1 something at a `--fail-on` level; 2 not evaluated; 101 an error of the program itself; 130 interrupted.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import traceback

import click

COMMANDS = (
    ("check", "Evaluate submissions and report what deviates, with its evidence."),
    ("calendar", "What falls due when, by whom, as a table or an iCalendar file."),
    ("validate", "Check submissions without evaluating them: every problem at its line or cell."),
    ("explain", "Explain an obligation, a kind, a judgement, a clause or a finding."),
    ("list", "List the obligations (or clauses, judgements, parameters) of the packs."),
    ("demo", "Run the packaged synthetic sample."),
)
EVALUATED, FOUND, NOT_EVALUATED, PROGRAM_ERROR, INTERRUPTED = 0, 1, 2, 101, 130


class _Lazy(click.Group):
    """Commands are imported when they are called: a check loads nothing that only another command needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, _ in COMMANDS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        return importlib.import_module(f"servanda.cli.{name}_command").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"servanda {version('servanda')}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
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
        os.write(2, f"servanda: the report could not be written: {error.strerror}\n".encode())
    os._exit(status)


def _run(arguments: list[str] | None) -> int:
    try:
        result = servanda.main(args=arguments, standalone_mode=False)
        return result if isinstance(result, int) else EVALUATED
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return NOT_EVALUATED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EVALUATED
    except Exception as error:  # noqa: BLE001 - the last resort: a message instead of a traceback
        if _interrupted(error):
            click.echo("interrupted", err=True)
            return INTERRUPTED
        return _program_error(error)


def _interrupted(error: Exception) -> bool:
    """Whether a signal ended a query: the database says so with an error of its own, not with KeyboardInterrupt."""
    return type(error).__name__ == "InterruptException" or isinstance(error, RuntimeError) and "interrupted" in str(error).lower()


def _program_error(error: Exception) -> int:
    from servanda.report.safe_text import safe_text

    if os.environ.get("SERVANDA_DEBUG"):
        traceback.print_exc()
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    click.echo(f"servanda: error of the program itself ({type(error).__name__} at {place}): {safe_text(error)}", err=True)
    click.echo("Nothing was evaluated. Please report this; SERVANDA_DEBUG=1 shows the whole trace.", err=True)
    return PROGRAM_ERROR
