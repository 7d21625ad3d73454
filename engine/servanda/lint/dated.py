"""Dated figures: their order in the file, and days for which nothing was said."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.lint.source import At, Noted, PackSource, figures_in, noted
from servanda.shapes import Figure


def _figures(source: PackSource) -> Iterator[tuple[At, str, Figure]]:
    head = source.file("pack.yaml")
    yield (head, ("tolerance",)), "tolerance", source.pack.head.tolerance
    for name, parameter in source.pack.head.parameters.items():
        yield (head, ("parameters", name, "value")), f"parameters.{name}.value", parameter.value
    for one in source.pack.obligations:
        for path, figure in figures_in(one.params, one.kind):
            yield source.of(one, *path), ".".join((one.id, *path)), figure
    file = source.file("judgements.yaml")
    for number, judgement in enumerate(source.pack.judgements):
        for position, pattern in enumerate(judgement.when):
            for name, bounds in pattern.numbers.items():
                for comparison, figure in bounds.items():
                    path = ("judgements", number, "when", position, name, comparison)
                    yield (file, path), f"{judgement.id}.when.{position}.{name}.{comparison}", figure


def disorder(source: PackSource) -> Iterator[Noted]:
    """dates-in-disorder: the dated values are read in the order of their days, but a reader takes the last line for the newest. Sort them."""
    for at, where, figure in _figures(source):
        if len(figure.values) > 1 and (keys := source.keys(at)) and keys != sorted(keys):
            later, earlier = next((one, two) for one, two in zip(keys, keys[1:], strict=False) if one > two)
            yield noted("dates-in-disorder", at, where, earlier, after=later)


def gaps(source: PackSource) -> Iterator[Noted]:
    """dated-gap: the first date lies after a term of this pack's agreements began; until then the first value holds, though nobody said so.
    Date the first value to the beginning of the earliest term, or write it without a date."""
    for at, where, _ in _figures(source):
        keys = source.keys(at)
        if keys and source.first_start and min(keys) > source.first_start.isoformat():
            yield noted("dated-gap", at, where, min(keys), start=source.first_start.isoformat())


CHECKS = (disorder, gaps)
