"""What is settled before a command is looked at: the language, and defaults of its options from a config."""

from __future__ import annotations

from dataclasses import dataclass

import click

from servanda.cli.config import Config


@dataclass(frozen=True, slots=True)
class Settled:
    """The language in use and the config."""

    lang: str
    config: Config


def defaults(command: click.Command, config: Config, lang: object) -> dict[str, object]:
    """The defaults of a command's parameters by their names, for those options that the config knows; `lang` as given before the command.

    A choice that this command does not offer (a report's format, where it writes other files) is no default of it.
    """
    values = {**config.values, **({"lang": lang} if lang else {})}
    found: dict[str, object] = {}
    for parameter in command.params:
        for key, value in values.items():
            offered = not isinstance(parameter.type, click.Choice) or value in parameter.type.choices
            if isinstance(parameter, click.Option) and f"--{key}" in parameter.opts and offered:
                found[parameter.name] = [value] if parameter.multiple else value
    return found
