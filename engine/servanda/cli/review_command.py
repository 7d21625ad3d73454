"""servanda review: the workbench in a browser, and who may use it."""

from __future__ import annotations

import datetime
import ipaddress
import logging
import sys
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED, NOT_EVALUATED
from servanda.cli.inputs import agreements_folder, definition_options, rules_folder
from servanda.cli.language import worded
from servanda.cli.settled import Settled


class _Grouped(click.Group):
    """A group whose commands speak the language in use; with `default`, options without a command's name are that command's."""

    default: str | None = None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if self.default and not {"-h", "--help"} & set(args[:1]) and (not args or args[0] not in self.commands):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is None:
            return None
        command = worded(found)
        known = {parameter.name for parameter in command.params}
        command.params += [parameter for parameter in self.params if parameter.name in {"lang", "config"} - known]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(found.help)) for name, found in self.commands.items() if found.help])


class _Review(_Grouped):
    """`servanda review` alone serves."""

    default = "serve"


WORKSPACE = click.option("--workspace", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="FOLDER", help="Folder of the workspace.")


@click.group("review", cls=_Review)
def command() -> None:
    """Review findings in a browser: decide, ask, answer, and keep all of it in a ledger."""


@command.command("serve")
@WORKSPACE
@definition_options
@click.option("--ledger", "place", metavar="URL", help="Ledger in a database, such as postgresql+psycopg://user@host/name  [default: a file in it]")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8711, show_default=True, help="Port to listen on.")
@click.option("--base-url", metavar="URL", help="Address that people type, when a proxy stands before it; https makes cookies Secure.")
@click.option("--allowed-host", "allowed", multiple=True, metavar="NAME", help="Another name by which the workbench may be called; may be repeated.")
@click.option("--trusted-header", metavar="NAME", help="Header in which a proxy names the user.")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="ADDRESS", help="Address of a proxy whose headers are believed; may be repeated.")
@click.pass_context
def serve(
    ctx: click.Context, workspace: Path, rules: Path | None, agreements: Path | None, lang: str, place: str | None, host: str, port: int, base_url: str | None,
    allowed: tuple[str, ...], trusted_header: str | None, proxies: tuple[str, ...],
) -> int:
    """Serve the workbench, on this machine only unless --host says otherwise."""
    if bool(trusted_header) != bool(proxies):
        raise click.UsageError(_("--trusted-header and --trusted-proxy need each other."))
    for proxy in proxies:
        _address(proxy)
    _needed()
    import uvicorn

    from servanda.desk.workspace import open_workspace
    from servanda.workbench.app import create_app
    from servanda.workbench.settings import LOOPBACK, Settings

    lang = ctx.find_object(Settled).lang
    own = () if host in ("0.0.0.0", "::") else (f"[{host}]" if ":" in host else host,)  # nosec B104  # compared only
    settings = Settings(
        clock=_now, lang=lang, trusted_header=trusted_header, trusted_proxies=proxies, base_url=base_url, hosts=(*LOOPBACK, *own, *allowed),
    )
    if not _loopback(host) and not settings.secure:
        click.echo(_("Warning: {host} can be reached from other machines, and without --base-url https://… passwords travel in the clear.").format(host=host),
                   err=True)
    opened = open_workspace(workspace, agreements=agreements_folder(agreements), rules=rules_folder(rules), ledger_url=place)
    app = create_app(opened, settings)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    click.echo(_("The workbench is at {url} (Ctrl+C ends it).").format(url=base_url or f"http://{host}:{port}/"), err=True)
    # The addresses of proxies are looked at in the application: uvicorn must show the connection's own.
    # Idle connections are kept longer than proxies keep theirs (nginx: 60 s): who closes first must not be this side, or a request gets lost between.
    uvicorn.run(
        app, host=host, port=port, access_log=False, proxy_headers=False, server_header=False, log_config=None, timeout_graceful_shutdown=5,
        timeout_keep_alive=75,
    )
    return EVALUATED


@command.group("user", cls=_Grouped)
def user() -> None:
    """Say who may use the workbench, and in which role."""


ROLE = click.option("--role", type=click.Choice(["reader", "reviewer", "confirmer"]), required=True, help="What the user may do.")
NAME = click.argument("name", metavar="NAME")


@user.command("add")
@NAME
@WORKSPACE
@ROLE
@click.option("--no-password", "without", is_flag=True, help="The user comes through the trusted header only.")
def add(name: str, workspace: Path, role: str, without: bool) -> int:
    """Add a user; the password is asked for, or read from standard input."""
    _needed()
    from servanda.workbench.users import add_user

    return _changed(workspace, lambda users: add_user(users, name, role, None if without else _password()))


@user.command("set-role")
@NAME
@WORKSPACE
@ROLE
def set_role(name: str, workspace: Path, role: str) -> int:
    """Give a user another role, at once."""
    _needed()
    from servanda.workbench import users as known

    return _changed(workspace, lambda users: known.set_role(users, name, role))


@user.command("set-password")
@NAME
@WORKSPACE
def set_password(name: str, workspace: Path) -> int:
    """Give a user another password and end their sessions."""
    _needed()
    from servanda.workbench import users as known

    return _changed(workspace, lambda users: known.set_password(users, name, _password()))


@user.command("disable")
@NAME
@WORKSPACE
@click.option("--undo", is_flag=True, help="Let the user in again.")
def disable(name: str, workspace: Path, undo: bool) -> int:
    """Keep a user from signing in, and end their sessions."""
    _needed()
    from servanda.workbench import users as known

    return _changed(workspace, lambda users: known.disable(users, name, not undo))


@user.command("list")
@WORKSPACE
def listed(workspace: Path) -> int:
    """List all users with their roles."""
    _needed()
    from servanda.workbench.users import all_users

    for one in all_users(_users(workspace)):
        notes = [_("disabled")] * one.disabled + [_("without a password")] * (not one.has_password)
        click.echo("  ".join([f"{one.name:<24}", f"{one.role:<10}", ", ".join(notes)]).rstrip())
    return EVALUATED


def _now() -> datetime.datetime:
    """The present moment; the workbench is told it and reads no clock of its own."""
    return datetime.datetime.now(datetime.UTC)


def _users(workspace: Path):
    from servanda.workbench.database import open_users

    try:
        workspace.mkdir(parents=True, exist_ok=True)
        return open_users(workspace / "users.sqlite")
    except OSError as error:
        raise click.ClickException(_("{folder} cannot be used as a workspace: {error}").format(folder=workspace, error=error.strerror)) from None


def _changed(workspace: Path, change) -> int:
    from servanda.workbench.users import UserMistake

    try:
        change(_users(workspace))
    except UserMistake as mistake:
        click.echo("servanda: " + _said(mistake.code), err=True)
        return NOT_EVALUATED
    return EVALUATED


def _said(code: str) -> str:
    """What is wrong with a change to a user, and how to mend it."""
    return {
        "bad-name": _("This is no name: letters, digits, . _ @ - and at most 64 characters."),
        "name-taken": _("There is a user of that name already."),
        "no-such-user": _("There is no user of that name; see: servanda review user list."),
        "password-short": _("The password is too short: at least 12 characters."),
        "password-long": _("The password is too long: at most 200 characters."),
        "password-weak": _("The password is too easy to guess."),
    }[code]


def _password() -> str:
    """From a prompt, twice, where a person sits there; else the first line of standard input. Never an argument: others could see it."""
    if sys.stdin.isatty():
        return click.prompt(_("Password"), hide_input=True, confirmation_prompt=_("Password again"))
    return sys.stdin.readline(4096).rstrip("\r\n")


def _needed() -> None:
    """The extra's libraries, or a message that says how to get them."""
    try:
        import alembic  # noqa: F401
        import argon2  # noqa: F401
        import fastapi  # noqa: F401
        import jinja2  # noqa: F401
        import python_multipart  # noqa: F401
        import sqlalchemy  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise click.ClickException(_("The workbench needs {name}: pip install 'servanda[review]'").format(name=error.name)) from None


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise click.UsageError(_("{value!r} is no address such as 127.0.0.1.").format(value=text)) from None
