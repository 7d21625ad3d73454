"""servanda demo: the packaged synthetic sample, from anywhere."""

from __future__ import annotations

import click

from servanda.cli import EVALUATED
from servanda.cli.inputs import DAY, terminal_width, wants_colour
from servanda.cli.progress import progress
from servanda.cli.reports import refuse, refuse_terminal
from servanda.evaluate import evaluate
from servanda.facts.values import to_date
from servanda.packaged_data import packaged
from servanda.problems import InvalidInput
from servanda.report.formats import NAMES, report_in
from servanda.report.style import Style

SAMPLE_DAY = "2021-09-30"


@click.command("demo")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of messages and reports.")
@click.option("--as-of", type=DAY, metavar="DATE", default=SAMPLE_DAY, show_default=True, help="Evaluate as of the end of that day.")
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", help="Report only the yearly duties of that year.")
@click.option("--format", "name", type=click.Choice(NAMES), default="table", show_default=True, help="Format of the report.")
def command(lang: str, as_of, year: int | None, name: str) -> int:
    """Run the packaged sample: twelve districts, twenty sites, five years. All of it is synthetic."""
    refuse_terminal(name)
    with progress() as told:
        run = evaluate([packaged("facts")], packaged("agreements"), packaged("rules"), as_of or to_date(SAMPLE_DAY), year=year, progress=told)
    style = Style(lang, terminal_width(), wants_colour())
    try:
        click.echo(report_in(name, run, style), nl=False)
    except InvalidInput as invalid:
        return refuse(invalid.problems, [(name, None)], style)
    return EVALUATED
