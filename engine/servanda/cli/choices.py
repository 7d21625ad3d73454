"""Options with a closed list of values: a misspelt one is answered with the nearest."""

from __future__ import annotations

from collections.abc import Iterable
from gettext import gettext as _

import click
from click.shell_completion import CompletionItem

from servanda.nearest import nearest

LEVELS = ("material", "deviation", "unmet", "undetermined", "never")


def question(found: str, known: Iterable[str], count: int = 1) -> str:
    """“ Did you mean …?” with the nearest of the known names, or nothing."""
    close = nearest(found, known, count)
    return " " + _("Did you mean {name}?").format(name=", ".join(close)) if close else ""


class Choice(click.Choice):
    """click's choice, with a suggestion."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(error.message + question(str(value), self.choices), param, ctx)


class Levels(click.ParamType):
    """One or several levels of --fail-on, with commas."""

    name = "level"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in str(value).split(","))
        for name in names:
            if name not in LEVELS:
                unknown = _("{name!r} is not one of {known}.").format(name=name, known=", ".join(LEVELS))
                self.fail(unknown + question(name, LEVELS), param, ctx)
        return names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The levels that are not named yet, also after a comma."""
        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + level) for level in LEVELS if level.startswith(last) and level not in before.split(",")]
