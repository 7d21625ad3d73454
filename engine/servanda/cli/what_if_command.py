"""servanda what-if: what would change under other rules."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from gettext import gettext
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED, FOUND
from servanda.cli.completion import complete_folders
from servanda.cli.inputs import (
    FOLDER,
    agreements_folder,
    date_options,
    definition_options,
    encoding_option,
    rules_as_of_option,
    rules_folder,
    terminal_width,
    today,
    wants_colour,
)
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.progress import progress
from servanda.cli.reports import Paired, pair, refuse
from servanda.evaluate import evaluate
from servanda.problems import InvalidInput, Problem
from servanda.report.style import Style
from servanda.run import Run, only_year


@click.command("what-if", cls=Paired)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]…", shell_complete=complete_folders)
@click.option("--set", "settings", multiple=True, metavar="PLACE=VALUE", help="Another figure at a place of the rules; may be repeated.")
@click.option("--against-rules", "other", **FOLDER, help="Compare with another version of the rules, for instance of an earlier checkout.")
@rules_as_of_option
@click.option("--readings", is_flag=True, help="List findings that do not stand under every reading of “ca.” and of the figures they assume.")
@click.option("--all-readings", "every_reading", is_flag=True, help="The same, with all findings that rest on such a reading.")
@click.option("--obligation", "obligations", multiple=True, metavar="ID", help="Readings of that obligation only; may be repeated.")
@click.option("--within", type=click.IntRange(1, 100), default=10, show_default=True, metavar="PERCENT", help="How far off another reading of a figure may be.")
@click.option("--list", "listing", is_flag=True, help="List the places that can be set, with what stands there.")
@definition_options
@date_options
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", help="Compare only the yearly duties of that year.")
@click.option("--all", "every", is_flag=True, help="Evaluate agreements without a submission among the paths, too.")
@click.option("--format", "formats", type=click.Choice(["table", "json", "csv"]), multiple=True, help="Format; may be repeated  [default: table]")
@click.option("--output", "outputs", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="File of the --format before it.")
@click.option("--exit-code", "told", is_flag=True, help="Exit with 1 where something changes, or does not stand.")
@encoding_option
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], settings: tuple[str, ...], other: Path | None, rules_as_of: datetime.date | None, readings: bool,
    every_reading: bool, obligations: tuple[str, ...], within: int, listing: bool,
    rules: Path | None, agreements: Path | None, lang: str, as_of: datetime.date | None, known_on: datetime.date | None, year: int | None, every: bool,
    formats: tuple[str, ...], outputs: tuple[Path, ...], told: bool, encoding: str | None,
) -> int:
    """What would change under other rules, finding by finding, against the rules as they are.

    PLACE is a parameter (answer_days=5), a figure of an obligation (rounds-held.lower=8), a threshold of a judgement
    (judgement.half-missed.share_of_lower.below=0.4), or `tolerance`; `PLACE@DATE=VALUE` sets it from that day on. No file is changed.
    With --readings: which findings would come out otherwise under another reading, and at which value each of them turns.
    Exit status: 0 evaluated; 1 with --exit-code, where something changes; 2 not evaluated.
    """
    reports = pair(ctx.meta["order"], formats, outputs)
    style = Style(lang, terminal_width(), wants_colour())
    if listing:
        return _list(rules_folder(rules, paths), style)
    if not paths:
        raise click.UsageError(_("Name the facts that the rules are to be tried on."))
    for one in settings:
        if "=" not in one.strip("="):
            raise click.UsageError(_("--set {found}: write PLACE=VALUE, such as rounds-held.lower=8.").format(found=one))
    readings = readings or every_reading
    if not readings and not settings and other is None and rules_as_of is None:
        raise click.UsageError(_("Say what is to be tried: --set, --against-rules, --rules-as-of or --readings."))
    if readings and (settings or other is not None) or obligations and not readings:
        raise click.UsageError(_("--readings goes with the rules as they are, and --obligation with --readings; leave one of them out."))
    facts = _Facts(paths, agreements_folder(agreements, paths), as_of or today(), known_on, every, encoding)
    folder = rules_folder(rules, paths)
    try:
        if readings:
            texts, differs = _readings(facts.run(folder, rules_as_of), year, obligations, Decimal(within) / 100, every_reading, reports, style)
        else:
            texts, differs = _compared(facts, folder, other, rules_as_of, settings, year, reports, style)
    except InvalidInput as invalid:
        return refuse(invalid.problems, reports, style)
    try:
        write_whole(texts)
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    return FOUND if told and differs else EVALUATED


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is evaluated, by whichever rules."""

    paths: tuple[Path, ...]
    agreements: Path
    as_of: datetime.date
    known_on: datetime.date | None
    every: bool
    encoding: str | None

    def run(self, rules: Path, rules_as_of: datetime.date | None) -> Run:
        """A run by the rules of a folder."""
        with progress() as shown:
            return evaluate(
                self.paths, self.agreements, rules, self.as_of, known_on=self.known_on, every=self.every, encoding=self.encoding, progress=shown,
                rules_as_of=rules_as_of,
            )


def _compared(
    facts: _Facts, rules: Path, other: Path | None, rules_as_of: datetime.date | None, settings: Sequence[str], year: int | None,
    reports: Sequence[tuple[str, Path | None]], style: Style,
) -> tuple[list, bool]:
    """The comparison in the formats asked for, and whether something differs."""
    from servanda.whatif.compare import what_if, with_settings

    before = facts.run(rules, None)
    after = before if other is None and rules_as_of is None else facts.run(other or rules, rules_as_of)
    found = what_if(before, with_settings(after, settings) if settings else after, year)
    differs = any((one.changed, one.new, one.gone) != ((), (), ()) for one in (found.findings, found.consequences))
    return [(_text(name, found, style if file is None else Style(style.lang)), file) for name, file in reports], differs


def _readings(
    run: Run, year: int | None, obligations: Sequence[str], margin: Decimal, every: bool, reports: Sequence[tuple[str, Path | None]], style: Style
) -> tuple[list, bool]:
    """The readings in the formats asked for, and whether a finding does not stand."""
    from servanda.readings.search import readings
    from servanda.whatif.readings_report import readings_json, readings_text, stands

    known = tuple(dict.fromkeys(one.id for part in run.packs for one in part.pack.obligations))
    unknown = [name for name in obligations if name not in known]
    if unknown:
        raise InvalidInput(Problem("no-such-obligation", "--obligation", found=name, args={"known": known, "near": name}) for name in unknown)
    if any(name == "csv" for name, _ in reports):
        raise click.UsageError(gettext("Readings come as table or json."))
    run = only_year(run, year)
    found = readings(run, {one.id for one in run.findings if not obligations or one.obligation in obligations}, margin)
    texts = []
    for name, file in reports:
        own = style if file is None else Style(style.lang)
        texts.append((readings_json(run, found, margin, every) if name == "json" else readings_text(run, found, margin, every, own), file))
    return texts, not stands(found)


def _text(name: str, found: object, style: Style) -> str:
    """The comparison in a format; its module is loaded only where it is asked for."""
    if name == "table":
        from servanda.whatif.text import what_if_text

        return what_if_text(found, style)
    from servanda.whatif.data import what_if_csv, what_if_json

    return what_if_json(found, style) if name == "json" else what_if_csv(found, style)


def _list(folder: Path, style: Style) -> int:
    """Print the places of every pack."""
    from servanda.kinds import BY_NAME
    from servanda.pack import read_packs
    from servanda.problems import Problems
    from servanda.whatif.listing import list_places

    problems = Problems()
    packs = read_packs(folder, BY_NAME, problems)
    if not packs and not problems:
        problems.add("no-packs", folder.as_posix())
    if problems:
        return refuse(problems.sorted(), [("table", None)], style)
    click.echo(list_places(packs, style), nl=False)
    return EVALUATED
