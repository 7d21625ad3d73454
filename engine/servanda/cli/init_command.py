"""servanda init: a new pack to begin with."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from gettext import gettext as _
from pathlib import Path, PurePosixPath

import click

from servanda.cli import EVALUATED
from servanda.cli.reports import refuse
from servanda.new_pack import id_from, new_files, new_schemas, schema_places
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.shapes import ID_PATTERN
from servanda.whole_files import remove, unwritable

_NEXT = (
    "\nWie es weitergeht ({folder}):\n  servanda check facts/ --as-of 2025-12-31\n  servanda test\n  servanda lint\n  servanda explain reports-delivered\n"
    "Alles ist erfunden: Texte, Zahlen und Fakten durch eigene ersetzen.\n",
    "\nWhat to do next (in {folder}):\n  servanda check facts/ --as-of 2025-12-31\n  servanda test\n  servanda lint\n  servanda explain reports-delivered\n"
    "All of it is invented: replace texts, figures and facts by your own.\n",
)


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--id", "pack_id", metavar="ID", help="The pack's id  [default: the name of DIR]")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of messages and of the files' comments.")
def command(folder: Path, pack_id: str | None, lang: str) -> int:
    """Lay out a new pack in DIR: one rule with its cases, an agreement and a submission, each explained by comments.

    Nothing is ever overwritten: where one of the files exists, none is written. Exit status: 0 written; 2 not written.
    """
    id = pack_id if pack_id is not None else id_from(Path(os.path.abspath(folder)).name)
    if id is None or not re.fullmatch(ID_PATTERN, id) or id in (".", ".."):
        raise click.UsageError(_("The pack needs an id of letters, digits, -, _ and . – name it with --id."))
    files = new_files(id, lang)
    taken = sorted(path.as_posix() for path in (*files, *schema_places(id).values()) if os.path.lexists(folder / path))
    if taken:
        listed = ", ".join(taken[:4]) + (" …" if len(taken) > 4 else "")
        raise click.UsageError(_("Nothing was written, because in {folder} there is already: {files}").format(folder=safe_text(folder), files=listed))
    style, written = Style(lang), []
    try:
        _lay_out(folder, files, written)
        schemas = new_schemas(folder / "rules", id)
        _lay_out(folder, schemas, written)
    except OSError as error:
        for path in written:  # a part of a pack is of no use to anybody, and would be in the way of the next try
            remove(str(path))
        return refuse([unwritable(error.filename or folder, error)], [("table", None)], style)
    click.echo("".join(f"{safe_text(folder / path)}\n" for path in files), nl=False)
    click.echo(safe_text(folder / "rules" / id / "schemas") + f"/ ({len(schemas)} JSON Schemas)")
    click.echo(_NEXT[lang == "en"].format(folder=safe_text(folder)), nl=False)
    return EVALUATED


def _lay_out(folder: Path, files: Mapping[PurePosixPath, str], written: list[Path]) -> None:
    """Write the files, each only where none is: one that appeared meanwhile is an error, not lost. `written` are those that were begun."""
    for path, text in files.items():
        place = folder / path
        os.makedirs(place.parent, exist_ok=True)
        with open(place, "x", encoding="utf-8", newline="\n") as stream:
            written.append(place)
            stream.write(text)
