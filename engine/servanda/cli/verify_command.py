"""servanda verify: whether a sealed audit is as it was sealed, and comes out again."""

from __future__ import annotations

import re
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED, FOUND, NOT_EVALUATED
from servanda.cli.inputs import terminal_width, wants_colour
from servanda.cli.progress import progress
from servanda.cli.reports import refuse
from servanda.model import LANGUAGES
from servanda.problems import InvalidInput
from servanda.report.style import Style
from servanda.report.table import table_problems
from servanda.seal.signature import fingerprint, read_public_key
from servanda.seal.verify import Verified, verify


@click.command("verify")
@click.argument("bundle", metavar="BUNDLE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--public-key", type=click.Path(path_type=Path, dir_okay=False), help="Demand a signature with this Ed25519 key (PEM or OpenSSH).")
@click.option("--root", metavar="HASH", help="Demand this Merkle root, as `servanda seal` printed it.")
@click.option("--repeat/--no-repeat", default=True, show_default=True, help="Make the audit again, and compare every byte.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="de", show_default=True, help="Language of messages and reports.")
def command(bundle: Path, public_key: Path | None, root: str | None, repeat: bool, lang: str) -> int:
    """Verify a sealed audit: every byte, the signature, the ledger extract; then make the audit again from the file alone.

    BUNDLE is a file that `servanda seal` made. What has changed is named.
    Exit status: 0 all holds; 1 something does not; 2 not a sealed audit, or other versions than this one's are needed to repeat it.
    """
    style = Style(lang, terminal_width(), wants_colour())
    if root is not None and not re.fullmatch("[0-9a-fA-F]{64}", root):
        raise click.UsageError(_("{value!r} is not a Merkle root: 64 hexadecimal digits.").format(value=root))
    try:
        key = read_public_key(public_key) if public_key else None
        with progress() as told:
            found = verify(bundle, public_key=key, root=root and root.lower(), repeat=repeat, progress=told)
    except InvalidInput as invalid:
        return refuse(invalid.problems, [("table", None)], style)
    wrong = [*found.problems, *found.untried]
    click.echo(summary(found, bundle, repeat, public_key), nl=False)
    if wrong:
        outcome = _("the seal does not hold") if found.problems else _("the audit was not repeated")
        click.echo(table_problems(wrong, style, outcome), nl=False, err=True)
    return NOT_EVALUATED if found.statement is None or found.untried else FOUND if found.problems else EVALUATED


def summary(found: Verified, bundle: Path, repeat: bool, public_key: Path | None) -> str:
    """What a person sees: what was tried, and what came of it."""
    if found.statement is None:
        return ""
    lines = [_("{file}: {count} files, Merkle root {root}").format(file=bundle.as_posix(), count=f"{len(found.statement.files):,}", root=found.statement.root)]
    if found.problems:
        return "\n".join(lines) + "\n"
    lines.append(_("Every byte is as it was sealed."))
    if found.statement.signed_by is None:
        lines.append(_("Not signed: only a root that was kept elsewhere (--root) tells whether this is the file that was made then."))
    else:
        whose = _("the key of --public-key") if public_key else _("whose key it is must be known from elsewhere (--public-key)")
        lines.append(_("Signed with {fingerprint}: {whose}.").format(fingerprint=fingerprint(found.statement.signed_by), whose=whose))
    if found.extract:
        whole, checkpoint = found.extract
        lines.append(_("Extract of the ledger: {whole} entries whole, chained up to checkpoint {checkpoint}").format(whole=whole, checkpoint=checkpoint))
    if found.repeated:
        lines.append(_("The audit was made again from this file alone: every file is the same, byte for byte."))
    elif not repeat:
        lines.append(_("The audit was not made again (--no-repeat)."))
    return "\n".join(lines) + "\n"
