"""What a shell can complete: ids, agreements, years, folders. Read as it stands, without checking: what is broken completes nothing.

Each function has click's signature for `shell_complete`; none of them ever raises or prints.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_Item = tuple[str, str | None]
_Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def complete_folders(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders, by the shell's own means."""
    return [CompletionItem(incomplete, type="dir")]


def _completer(found: Callable[[click.Context], Iterable[_Item]]) -> _Completer:
    """A completer of the (value, help) pairs that a function finds."""

    @functools.wraps(found)
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            items = dict(sorted(found(ctx)))
        except Exception:  # noqa: BLE001 - between the words of a command there is no place for a message
            return []
        return [CompletionItem(value, help=said) for value, said in items.items() if value.startswith(incomplete)]

    return complete


@_completer
def complete_ids(ctx: click.Context) -> Iterator[_Item]:
    """The obligations, kinds, judgements and clauses that can be explained."""
    from servanda.kinds import BY_NAME

    lang = str(ctx.params.get("lang") or "de")
    for name, kind in BY_NAME.items():
        yield name, kind.__doc__.splitlines()[0].partition(": ")[2]
    for head in _rules(ctx).rglob("pack.yaml"):
        folder = head.parent
        for path in (folder / "obligations").glob("*.yaml"):
            yield from _named(_listed(_tree(path)), "id", "title", lang)
        yield from _named(_listed(_tree(folder / "clauses.yaml")), "anchor", "place", lang)
        yield from _named(_listed(_of(_tree(folder / "judgements.yaml"), "judgements")), "id", "title", lang)


@_completer
def complete_agreements(ctx: click.Context) -> Iterator[_Item]:
    """The ids of the agreements."""
    for tree in _agreements(ctx):
        if isinstance(_of(tree, "id"), str):
            yield str(tree["id"]), None


@_completer
def complete_years(ctx: click.Context) -> Iterator[_Item]:
    """The calendar years of the agreements' terms."""
    for tree in _agreements(ctx):
        days = [str(_of(_of(tree, "term"), key))[:4] for key in ("from", "to")]
        if all(day.isdecimal() and "2000" <= day <= "2100" for day in days):
            yield from ((str(year), None) for year in range(int(days[0]), int(days[1]) + 1))


@_completer
def complete_packs(ctx: click.Context) -> Iterator[_Item]:
    """The ids of the packs."""
    lang = str(ctx.params.get("lang") or "de")
    yield from _named((_tree(head) for head in _rules(ctx).rglob("pack.yaml")), "id", "title", lang)


def _rules(ctx: click.Context) -> Path:
    from servanda.cli.inputs import rules_folder

    return rules_folder(ctx.params.get("rules"), ctx.params.get("paths") or ())


def _agreements(ctx: click.Context) -> Iterator[object]:
    from servanda.agreements import definition_files
    from servanda.cli.inputs import agreements_folder

    for path in definition_files(agreements_folder(ctx.params.get("agreements"), ctx.params.get("paths") or ())):
        yield _tree(path)


def _tree(path: Path) -> object:
    from servanda.problems import Problems
    from servanda.yaml_source import read_yaml

    return read_yaml(path, path.as_posix(), Problems())


def _of(tree: object, key: str) -> object:
    return tree.get(key) if isinstance(tree, dict) else None


def _listed(tree: object) -> list:
    return tree if isinstance(tree, list) else []


def _named(items: Iterable[object], key: str, words: str, lang: str) -> Iterator[_Item]:
    for item in items:
        if isinstance(_of(item, key), str):
            said = _of(_of(item, words), lang)
            yield str(item[key]), " ".join(said.split()) if isinstance(said, str) else None
