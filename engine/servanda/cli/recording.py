"""Entering a run into a ledger from the command line: --ledger and --author."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from gettext import gettext as _

import click

from servanda.ledger.needs import REVIEW, need
from servanda.run import Run


def ledger_options(command: Callable) -> Callable:
    """--ledger and --author"""
    author = click.option("--author", metavar="NAME", help="Who makes the run, as the ledger is to name them.")
    place = click.option("--ledger", "place", metavar="PATH|URL", help="Enter the run into this ledger and print its checkpoint in the reports.")
    return place(author(command))


def needs_author(place: str | None, author: str | None) -> None:
    """UsageError where only one of the two is given."""
    if bool(place) != bool(author):
        raise click.UsageError(_("--ledger and --author need each other."))


def recorded(run: Run, place: str, author: str) -> tuple[int, str]:
    """Append the run to the ledger at a place, which is made where it is missing; the checkpoint afterwards (length, hash of the run's entry).

    `InvalidInput` where the ledger cannot be opened or refuses the entry, or the extra is not installed.
    """
    need("review", *REVIEW)
    from servanda.desk.runs import run_entry
    from servanda.ledger.append import append
    from servanda.ledger.store import open_ledger

    ledger = open_ledger(place)
    try:
        entry = append(ledger, run_entry(run, author, datetime.datetime.now(datetime.UTC)))
    finally:
        ledger.close()
    return entry.number, entry.hash
