"""The messages that a German catalogue must hold: click's, those of cli/ and those of every command's help.

    python tests/catalogue.py      adds missing messages to the .po (untranslated), drops those that nobody says any more, compiles the .mo
"""

from __future__ import annotations

import ast
import importlib
import inspect
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from servanda.cli import COMMANDS
from servanda.cli import servanda as command_line

Said = str | tuple[str, str]
PO = Path(__file__).resolve().parent.parent / "engine" / "servanda" / "locale" / "de" / "LC_MESSAGES" / "servanda.po"
CLICK = Path(click.__file__).parent
OURS = PO.parents[3] / "cli"
HEADER = '''# German messages of the command line; tests/catalogue.py adds and compiles.
msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

'''
# What click asks for by a variable: `required` of an option's help.
BY_VARIABLE = {("core.py", "extra['required']"): ["required"]}


def said_in(path: Path) -> Iterator[Said]:
    """The messages in the source of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("_", "gettext", "ngettext"):
            continue
        count = 2 if node.func.id == "ngettext" else 1
        if all(isinstance(one, ast.Constant) for one in node.args[:count]):
            texts = tuple(one.value for one in node.args[:count])
            yield texts if count == 2 else texts[0]
        elif path.parent == CLICK:
            yield from BY_VARIABLE[path.name, ast.unparse(node.args[0])]


def said_in_help(command: click.Command) -> Iterator[str]:
    """The messages of a command's help."""
    yield from filter(None, (inspect.cleandoc(command.help or ""), command.options_metavar, getattr(command, "subcommand_metavar", None)))
    for parameter in command.params:
        yield from filter(None, (getattr(parameter, "help", None), parameter.metavar))


def commands() -> list[click.Command]:
    """The command line itself and all its commands, also those of groups, as they are written."""
    named = [importlib.import_module(f"servanda.cli.{name.replace('-', '_')}_command").command for name, _ in COMMANDS]
    return [command_line, *(one for command in named for one in (command, *_within(command)))]


def _within(command: click.Command) -> Iterator[click.Command]:
    for one in getattr(command, "commands", {}).values():
        yield one
        yield from _within(one)


def messages() -> set[Said]:
    """Everything that the catalogue must hold."""
    found: set[Said] = {what for _, what in COMMANDS}
    for folder in (CLICK, OURS):
        for path in folder.glob("*.py"):
            found |= set(said_in(path))
    for command in commands():
        found |= set(said_in_help(command))
    return found


def read() -> Catalog:
    """The catalogue as it is written."""
    with PO.open("rb") as stream:
        return read_po(stream, locale="de", domain="servanda")


class _Plain(Catalog):
    """A catalogue whose header names neither a day nor a version of the tool, so that the .mo is always the same."""

    mime_headers = [("Language", "de"), ("Plural-Forms", "nplurals=2; plural=(n != 1);"), ("Content-Type", "text/plain; charset=utf-8")]


def compiled(catalogue: Catalog) -> bytes:
    """What the .mo must be."""
    plain = _Plain(locale="de")
    for one in catalogue:
        if one.id:
            plain[one.id] = one
    stream = io.BytesIO()
    write_mo(stream, plain)
    return stream.getvalue()


def renewed(old: Catalog, wanted: Iterable[Said]) -> Catalog:
    """The catalogue with exactly the wanted messages, in the order of the alphabet."""
    new = Catalog(locale="de", domain="servanda", fuzzy=False)
    for said in sorted(wanted, key=str):
        before = old.get(said if isinstance(said, str) else said[0])
        new.add(said, before.string if before else "")
    return new


if __name__ == "__main__":
    made = renewed(read() if PO.exists() else Catalog(locale="de"), messages())
    with PO.open("wb") as out:
        out.write(HEADER.encode())
        write_po(out, made, width=140, omit_header=True)
    PO.with_suffix(".mo").write_bytes(compiled(read()))
    print(*(f"not translated: {one.id!r}" for one in made if one.id and not (one.string if isinstance(one.string, str) else all(one.string))), sep="\n")
