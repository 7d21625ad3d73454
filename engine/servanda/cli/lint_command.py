"""servanda lint: static analysis of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from servanda.cli import EVALUATED, FOUND
from servanda.cli.completion import complete_packs
from servanda.cli.inputs import agreements_folder, definition_options, rules_folder, terminal_width, wants_colour
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.reports import Paired, pair, refuse
from servanda.lint.codes import LEVELS
from servanda.lint.run import LintedPack, lint_packs
from servanda.problems import Problem
from servanda.report.style import Style

FORMATS = ("table", "json", "sarif", "github")


@click.command("lint", cls=Paired)
@click.argument("pack", required=False, metavar="[PACK]", shell_complete=complete_packs)
@definition_options
@click.option("--fail-on", type=click.Choice((*LEVELS, "never")), default="warning", show_default=True, help="Exit with 1 from this level on.")
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, help="Format of the findings; may be repeated  [default: table]")
@click.option("--output", "outputs", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="File of the --format before it.")
@click.pass_context
def command(
    ctx: click.Context, pack: str | None, rules: Path | None, agreements: Path | None, lang: str, fail_on: str, formats: tuple[str, ...],
    outputs: tuple[Path, ...],
) -> int:
    """Find what is wrong with the rules themselves, whatever the facts may be: each finding with file, line, column and remedy.

    PACK is the id of a pack or its folder; without it, every pack is looked at. Exit status: 0 nothing from the level of --fail-on on; 1 something;
    2 no such pack.
    """
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    home = rules_folder(rules)
    folders = list(_folders(home))
    chosen = _chosen(pack, folders)
    if not chosen:
        known = {"known": ", ".join(name for name, _ in folders), "near": pack}
        return refuse([Problem("unknown-pack", found=pack, args=known) if pack else Problem("no-packs", home.as_posix())], reports, style)
    linted = lint_packs(chosen, agreements_folder(agreements, chosen))
    try:
        write_whole([(_report(name, linted, style if file is None else Style(lang)), file) for name, file in reports])
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    counted = () if fail_on == "never" else LEVELS[: LEVELS.index(fail_on) + 1]
    return FOUND if any(one.level in counted for found in linted for one in found.open) else EVALUATED


def _folders(home: Path) -> Iterator[tuple[str, Path]]:
    """The packs below a folder by their ids, or by the names of their folders where their ids cannot be read."""
    for head in sorted(home.rglob("pack.yaml")):
        yield _id(head) or head.parent.name, head.parent


def _id(head: Path) -> str | None:
    """The id that a pack gives itself; None where it cannot be read."""
    from servanda.problems import Problems
    from servanda.yaml_source import read_yaml

    tree = read_yaml(head, head.as_posix(), Problems())
    return str(tree["id"]) if isinstance(tree, dict) and isinstance(tree.get("id"), str) else None


def _chosen(pack: str | None, folders: list[tuple[str, Path]]) -> list[Path]:
    """The folders of the packs asked for; none where there is no such pack."""
    named = [folder for name, folder in folders if pack in (None, name)]
    if named or pack is None:
        return named
    return [head.parent for head in sorted(Path(pack).rglob("pack.yaml"))] if Path(pack).is_dir() else []


def _report(name: str, packs: list[LintedPack], style: Style) -> str:
    if name == "sarif":
        from servanda.lint.sarif import lint_sarif

        return lint_sarif(packs, style)
    if name == "table":
        from servanda.lint.words import lint_table

        return lint_table(packs, style)
    from servanda.lint.machine import lint_github, lint_json

    return lint_json(packs, style) if name == "json" else lint_github(packs, style)
