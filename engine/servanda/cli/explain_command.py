"""servanda explain: what a rule means, or how a finding came about."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED, NOT_EVALUATED
from servanda.cli.choices import question
from servanda.cli.completion import complete_folders, complete_ids
from servanda.cli.inputs import agreements_folder, date_options, definition_options, rules_folder, terminal_width, today, wants_colour
from servanda.cli.progress import progress
from servanda.evaluate import evaluate
from servanda.explain import explain_definition, explain_finding, known_ids
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import InvalidInput, Problems
from servanda.report.formats import problems_in
from servanda.report.safe_text import safe_text
from servanda.report.style import Style


@click.command("explain")
@click.argument("id", shell_complete=complete_ids)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]…", shell_complete=complete_folders)
@definition_options
@date_options
@click.option("--sql", is_flag=True, help="Show the SQL that measures it, with its bound values.")
def command(
    id: str, paths: tuple[Path, ...], rules: Path | None, agreements: Path | None, lang: str, as_of: datetime.date | None,
    known_on: datetime.date | None, sql: bool,
) -> int:
    """Explain an obligation, a kind, a judgement, a clause anchor, or a finding of a run over PATHs.

    A finding's id reads pack/agreement/site/obligation/period, as in the JSON report; it is evaluated anew, so name its facts and --as-of.
    """
    style = Style(lang, terminal_width(), wants_colour())
    day = as_of or today()
    problems = Problems()
    packs = read_packs(rules_folder(rules, paths), BY_NAME, problems)
    if problems:
        click.echo(problems_in("table", problems.sorted(), style), nl=False, err=True)
        return NOT_EVALUATED
    if "/" in id:
        return _finding(id, paths, (rules, agreements), day, known_on, sql, style)
    text = explain_definition(packs, id, day, sql, style)
    if text is None:
        unknown = _("There is no obligation, kind, judgement or clause “{id}”.").format(id=safe_text(id))
        raise click.UsageError(unknown + (question(id, known_ids(packs)) or " " + _("`servanda list` names the obligations.")))
    click.echo(text, nl=False)
    return EVALUATED


def _finding(id: str, paths: tuple[Path, ...], folders: tuple, as_of: datetime.date, known_on: datetime.date | None, sql: bool, style: Style) -> int:
    if not paths:
        raise click.UsageError(_("To explain a finding, name the facts that it was found in (and --as-of)."))
    try:
        with progress() as told:
            run = evaluate(paths, agreements_folder(folders[1], paths), rules_folder(folders[0], paths), as_of, known_on=known_on, progress=told)
    except InvalidInput as invalid:
        click.echo(problems_in("table", invalid.problems, style), nl=False, err=True)
        return NOT_EVALUATED
    found = next((finding for finding in run.findings if finding.id == id), None)
    if found is None:
        known = [finding.id for finding in run.findings]
        raise click.UsageError(_("The run has no finding “{id}”.").format(id=safe_text(id)) + question(id, known, 3))
    click.echo(explain_finding(run, found, sql, style), nl=False)
    return EVALUATED
