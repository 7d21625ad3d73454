"""servanda test: a pack's own cases, what they cover, and which changes of the rules none of them would notice."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from servanda.cases.accept import accept
from servanda.cases.outcome import Outcome, by_file, run_tests
from servanda.cases.report import json_tests, junit_tests, text_report
from servanda.cli import EVALUATED, FOUND
from servanda.cli.inputs import FOLDER, rules_folder, terminal_width, wants_colour
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.progress import progress
from servanda.cli.reports import refuse
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problems
from servanda.report.safe_text import safe_text
from servanda.report.style import Style


@click.command("test")
@click.argument("names", nargs=-1, metavar="PACK…")
@click.option("--rules", **FOLDER, help="Folder with the packs  [default: rules, else the packaged ones]")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of messages and reports.")
@click.option("-k", "named", metavar="TEXT", help="Only cases whose name contains the text.")
@click.option("--obligation", metavar="ID", help="Only cases that expect something of that obligation.")
@click.option("--mutate", is_flag=True, help="Change the rules themselves, and list the changes that no case sees.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="With --mutate: only so many of the changes.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="With --sample: which of them.")
@click.option("--accept", "accepted", is_flag=True, help="Rewrite the cases to what is found, to be reviewed as a diff.")
@click.option("--details", is_flag=True, help="Also say which statuses, bounds and lines of conditions no case has.")
@click.option("--format", "form", type=click.Choice(["table", "json", "junit"]), default="table", show_default=True, help="Format of the outcome.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write  [default: standard output]")
def command(
    names: tuple[str, ...], rules: Path | None, lang: str, named: str | None, obligation: str | None, mutate: bool, sample: int | None, seed: int,
    accepted: bool, details: bool, form: str, output: Path | None,
) -> int:
    """Run the cases of a pack, and say what they cover.

    Every deviation in a case must be expected, and every expectation be met; every obligation and judgement needs a case that keeps it and one that
    breaks it. Exit status: 0 all of that holds; 1 something does not; 2 the rules or cases cannot be read.
    """
    if sample is not None and not mutate:
        raise click.UsageError(_("--sample needs --mutate."))
    style = Style(lang, terminal_width(), wants_colour())
    try:
        packs = _packs(rules_folder(rules), names)
        with progress() as told:
            outcomes = [
                run_tests(pack, named=named, obligation=obligation, mutation=mutate, sample=sample, seed=seed,
                          details=details or form == "json", progress=told) for pack in packs
            ]
        if accepted:
            _accept(outcomes)
        write_whole([(_report(outcomes, form, lang, details), output)])
    except InvalidInput as invalid:
        return refuse(invalid.problems, [("junit" if form == "junit" else "json" if form == "json" else "table", output)], style)
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    return EVALUATED if all(outcome.sound for outcome in outcomes) else FOUND


def _packs(folder: Path, names: tuple[str, ...]) -> list[Pack]:
    """The packs of these names, or all; `InvalidInput` where one is not there or not sound."""
    problems = Problems()
    packs = read_packs(folder, BY_NAME, problems)
    for name in names:
        if name not in packs and not problems:
            problems.add("unknown-pack", None, None, "PACK", found=name, known=", ".join(sorted(packs)), near=name)
    if not packs and not problems:
        problems.add("no-packs", folder.as_posix())
    if problems:
        raise InvalidInput(problems.sorted())
    return [packs[name] for name in names or sorted(packs)]


def _report(outcomes: list[Outcome], form: str, lang: str, details: bool) -> str:
    if form == "json":
        return json_tests(outcomes)
    return junit_tests(outcomes, lang) if form == "junit" else "\n".join(text_report(outcome, lang, details) for outcome in outcomes)


def _accept(outcomes: list[Outcome]) -> None:
    """Rewrite the files of failing cases; what cannot be written into them stays a failure."""
    for outcome in outcomes:
        for name, found in by_file(outcome.failures).items():
            file = Path(name)
            changed = accept(file.read_bytes().decode("utf-8"), found)
            write_whole([(changed.text, file)])
            click.echo(_("Rewritten: {file} ({count} not)").format(file=safe_text(name), count=len(changed.left)), err=True)
