"""servanda template: a workbook to fill in."""

from __future__ import annotations

import datetime
import os
from collections.abc import Collection, Mapping
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED
from servanda.cli.choices import question
from servanda.cli.completion import complete_agreements, complete_years
from servanda.cli.inputs import DAY, agreements_folder, rules_folder
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.reports import refuse
from servanda.facts.assemble import assemble
from servanda.facts.load import load_submissions
from servanda.facts.manifest import Known
from servanda.intake import read_definitions
from servanda.model import Agreement
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problem, Problems
from servanda.report.formats import problems_in
from servanda.report.style import Style
from servanda.report.words import day
from servanda.template.known import KnownRecords, known_records

# Problems of earlier facts that are shown; `servanda check` shows all.
_SHOWN = 5
_LEFT_OUT = (
    "{count} Probleme in den früheren Lieferungen; betroffene Sätze stehen nicht zur Auswahl (servanda check nennt alle):",
    "{count} problems in earlier submissions; their records cannot be chosen from (servanda check names all):",
)
_OUTSIDE = ("Hinweis: {year} liegt außerhalb der Laufzeit ({start} bis {end}).", "Note: {year} lies outside the term ({start} to {end}).")
_WRITTEN = ("{file} geschrieben.", "{file} written.")


@click.command("template")
@click.option("--agreement", "agreement_id", metavar="ID", shell_complete=complete_agreements, help="Whose facts are to be submitted.")
@click.option("--programme", is_flag=True, help="Facts of the whole programme instead, without an agreement.")
@click.option("--pack", "pack_id", metavar="ID", help="The programme's pack, where there are several.")
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", shell_complete=complete_years, required=True, help="The year to be reported.")
@click.option("--by", metavar="PARTY", help="Who submits; the fact types of this party come first.")
@click.option(
    "--facts", type=click.Path(path_type=Path, exists=True), metavar="PATH",
    help="Earlier submissions, whose records are offered to choose from  [default: facts]"
)
@click.option("--known-on", type=DAY, metavar="DATE", help="Ignore submissions made after that day.")
@click.option("--agreements", type=click.Path(path_type=Path), help="Folder with the agreements  [default: agreements]")
@click.option("--rules", type=click.Path(path_type=Path), help="Folder with the packs  [default: rules, else the packaged ones]")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of the workbook.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="The .xlsx to write.")
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
def command(
    agreement_id: str | None, programme: bool, pack_id: str | None, year: int, by: str | None, facts: Path | None, known_on: datetime.date | None,
    agreements: Path | None, rules: Path | None, lang: str, output: Path, force: bool,
) -> int:
    """Write a workbook to fill in: a sheet a fact type, with lists to choose from, checks while typing, and instructions.

    Filled in, it is a submission of its own. Exit status: 0 written; 2 not written.
    """
    if programme == (agreement_id is not None):
        raise click.UsageError(_("Name either --agreement ID or --programme."))
    if output.suffix != ".xlsx":
        raise click.UsageError(_("A template is an .xlsx file: --output {file}").format(file=output.with_suffix(".xlsx")))
    if os.path.lexists(output) and not force:
        raise click.UsageError(_("{file} exists already; --force replaces it.").format(file=output))
    style = Style(lang)
    problems = Problems()
    try:
        known = read_definitions(rules_folder(rules), agreements_folder(agreements), problems)
    except InvalidInput as invalid:
        return refuse(invalid.problems, [("table", None)], style)
    if problems:
        return refuse(problems.sorted(), [("table", None)], style)
    agreement = None if agreement_id is None else known.agreements[_chosen("agreement", agreement_id, known.agreements)]
    pack = known.packs[agreement.pack if agreement else _pack_of(pack_id, known.packs)]
    party = None if by is None else _chosen("party", by, pack.head.parties)
    records = _known_records(facts, known_on, pack, agreement, known, style)
    if agreement and not agreement.start.year <= year <= agreement.end.year:
        click.echo(_OUTSIDE[lang == "en"].format(year=year, start=day(agreement.start, lang), end=day(agreement.end, lang)), err=True)
    from servanda.template.workbook import template_workbook

    try:
        write_whole([(template_workbook(pack, agreement, year, lang, party, records), output)])
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    click.echo(_WRITTEN[lang == "en"].format(file=output), err=True)
    return EVALUATED


def _chosen(what: str, wanted: str, known: Collection[str]) -> str:
    """The wanted name, if it is known; else what may have been meant."""
    if wanted in known:
        return wanted
    hint = question(wanted, known) or " " + _("Known: {names}.").format(names=", ".join(sorted(known)) or "–")
    raise click.UsageError({
        "agreement": _("There is no agreement “{name}”."), "party": _("There is no party “{name}”."), "pack": _("There is no pack “{name}”."),
    }[what].format(name=wanted) + hint)


def _pack_of(wanted: str | None, packs: Mapping[str, Pack]) -> str:
    if wanted is not None:
        return _chosen("pack", wanted, packs)
    programmes = [name for name, pack in packs.items() if any(obligation.scope == "programme" for obligation in pack.obligations)]
    if len(programmes) == 1:
        return programmes[0]
    if len(packs) > 1:
        raise click.UsageError(_("There are several packs; name one with --pack: {names}.").format(names=", ".join(sorted(packs))))
    return next(iter(packs))


def _known_records(
    facts: Path | None, known_on: datetime.date | None, pack: Pack, agreement: Agreement | None, known: Known, style: Style
) -> KnownRecords:
    """What earlier submissions hold; faults in them do not stop a template, they are said."""
    path = facts or (Path("facts") if os.path.isdir("facts") else None)
    if path is None:
        return {}
    problems = Problems()
    loaded = load_submissions([path], None, known, known_on, None, problems, columnar=False)
    owners = (None, agreement.id if agreement else None)
    mine = [number for number, one in enumerate(loaded.submissions) if one.pack == pack.id and one.agreement in owners]
    records, _lost = assemble(pack, [loaded.submissions[n] for n in mine], [loaded.tables[n] for n in mine], True, frozenset(), problems)
    if problems:
        _say_left_out(problems.sorted(), style)
    return known_records(pack, agreement.id if agreement else None, records)


def _say_left_out(problems: list[Problem], style: Style) -> None:
    click.echo(_LEFT_OUT[style.lang == "en"].format(count=len(problems)), err=True)
    click.echo(problems_in("table", problems[:_SHOWN], style), nl=False, err=True)
