"""servanda seal: a finished audit and all that went into it as one file that anyone can check."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from servanda.cli import EVALUATED
from servanda.cli.completion import complete_folders
from servanda.cli.inputs import agreements_folder, definition_options, rules_folder, terminal_width, wants_colour
from servanda.cli.reports import refuse
from servanda.ledger.needs import REVIEW, need
from servanda.problems import InvalidInput
from servanda.report.style import Style
from servanda.seal.make import seal
from servanda.seal.signature import fingerprint, read_private_key
from servanda.seal.statement import LEDGER, Statement

if TYPE_CHECKING:
    from servanda.ledger.store import Ledger


@click.command("seal")
@click.argument("audit", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), shell_complete=complete_folders)
@click.option(
    "--facts", multiple=True, type=click.Path(path_type=Path), shell_complete=complete_folders,
    help="Folder with the submissions of the audit; may be repeated  [default: facts]"
)
@definition_options
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write  [default: DIR.seal.tar]")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), help="Sign with this private Ed25519 key (PEM or OpenSSH).")
@click.option("--ledger", metavar="PATH|URL", help="Add what this ledger holds on the agreements of the audit.")
def command(
    audit: Path, facts: tuple[Path, ...], rules: Path | None, agreements: Path | None, lang: str, output: Path | None, key: Path | None, ledger: str | None
) -> int:
    """Seal a finished audit: inputs, rules, results, receipt and ledger extract in one file, with a hash over all of them.

    DIR is the folder that `servanda audit --out` made. `servanda verify` checks the file and repeats the audit from it alone.
    The same audit and key give the same bytes. Exit status: 0 sealed; 2 not sealed.
    """
    facts = facts or (Path("facts"),)
    out = output or audit.with_name(f"{audit.name}.seal.tar")
    try:
        with opened(ledger) as journal:
            secret = private_key(key) if key else None
            statement = seal(audit, facts, agreements_folder(agreements, facts), rules_folder(rules, facts), out, key=secret, ledger=journal)
    except InvalidInput as invalid:
        return refuse(invalid.problems, [("table", None)], Style(lang, terminal_width(), wants_colour()))
    click.echo(summary(statement, out), nl=False)
    return EVALUATED


@contextlib.contextmanager
def opened(place: str | None) -> Iterator[Ledger | None]:
    """The ledger at a place, None where none is named."""
    if place is None:
        yield None
        return
    need("review", *REVIEW)
    from servanda.ledger.store import open_ledger

    ledger = open_ledger(place, create=False)
    try:
        yield ledger
    finally:
        ledger.close()


def private_key(file: Path) -> bytes:
    """The private key in a file; whoever sits at a terminal is asked for its password."""
    try:
        return read_private_key(file)
    except InvalidInput as invalid:
        if invalid.problems[0].code != "key-locked" or not sys.stdin.isatty():
            raise
    return read_private_key(file, click.prompt(_("Password of {file}").format(file=file.as_posix()), hide_input=True, err=True).encode())


def summary(statement: Statement, out: Path) -> str:
    """What a person sees at the end."""
    lines = [_("Sealed in {out}: {count} files.").format(out=out.as_posix(), count=f"{len(statement.files):,}")]
    if any(one.path == LEDGER for one in statement.files):
        lines.append(_("With an extract of the ledger."))
    lines.append(_("Merkle root: {root}").format(root=statement.root))
    if statement.signed_by:
        lines.append(_("Signed with the key {fingerprint}.").format(fingerprint=fingerprint(statement.signed_by)))
    else:
        lines.append(_("Not signed: keep the root elsewhere, or sign with --key; else whoever has the file could make another one."))
    return "\n".join(lines) + "\n"
