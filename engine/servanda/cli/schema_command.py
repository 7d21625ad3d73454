"""servanda schema: JSON Schemas of the files that people write, for editors."""

from __future__ import annotations

import os
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED
from servanda.cli.choices import question
from servanda.cli.inputs import FOLDER, rules_folder
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.reports import refuse
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.report.style import Style
from servanda.schema import KINDS, OF_A_PACK
from servanda.whole_files import unwritable


@click.command("schema")
@click.argument("kind", type=click.Choice(tuple(KINDS)), required=False, metavar="[KIND]")
@click.option("--pack", "pack_id", metavar="ID", help="A pack whose own fields, parties and fact types agreement and manifest know.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Folder to write into, a file KIND.json each.")
@click.option("--rules", **FOLDER, help="Folder with the packs  [default: rules, else the packaged ones]")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of messages and reports.")
def command(kind: str | None, pack_id: str | None, out: Path | None, rules: Path | None, lang: str) -> int:
    """Print the JSON Schema of a kind of file, or write all of them, for editors that complete and check YAML.

    Without KIND and --out, the kinds are listed. How a file names its schema stands in docs/editors.md.
    """
    style = Style(lang)
    kinds = (kind,) if kind else OF_A_PACK if pack_id else tuple(KINDS)
    if pack_id and kind and kind not in OF_A_PACK:
        raise click.UsageError(_("--pack goes with {kinds} only: the other kinds are the same in every pack.").format(kinds=", ".join(OF_A_PACK)))
    if kind is None and out is None:
        click.echo("".join(f"{name:<14} {said[lang == 'en']}\n" for name, said in KINDS.items()), nl=False)
        return EVALUATED
    pack: Pack | None = None
    if pack_id:
        problems = Problems()
        packs = read_packs(rules_folder(rules), BY_NAME, problems)
        if problems:
            return refuse(problems.sorted(), [("table", None)], style)
        if pack_id not in packs:
            raise click.UsageError(_("There is no pack “{name}”.").format(name=pack_id) + question(pack_id, packs))
        pack = packs[pack_id]
    from servanda.schema.build import schema_text

    texts = [(schema_text(name, pack), out / f"{name}.json" if out else None) for name in kinds]
    return _written(texts, out, style)


def _written(texts: list[tuple[str, Path | None]], out: Path | None, style: Style) -> int:
    try:
        if out is not None:
            os.makedirs(out, exist_ok=True)
        write_whole(texts)
    except OSError as error:
        return refuse([unwritable(out, error)], [("table", None)], style)
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    return EVALUATED
