"""Where each figure comes from: a phrase of the text, or an assumption that is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from servanda.kinds.params import Within
from servanda.lint.source import Noted, PackSource, figures_in, noted
from servanda.pack_shapes import Obligation
from servanda.shapes import Figure

# 0 and 1 say that something must (not) be there at all; no clause writes a figure for that.
_NEEDS_NO_SOURCE = (Decimal(0), Decimal(1))
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_WORDS: dict[int, tuple[str, ...]] = dict(enumerate((
    (), (), ("zwei", "two", "twice"), ("drei", "three"), ("vier", "four"), ("fünf", "five"), ("sechs", "six"), ("sieben", "seven"),
    ("acht", "eight"), ("neun", "nine"), ("zehn", "ten"), ("elf", "eleven"), ("zwölf", "twelve"),
)))


def figures_of(text: str) -> set[Decimal]:
    """The numbers of a phrase: in figures (German or English, 1.000,50 and 80 % also as 0.8), or in words up to twelve."""
    found: set[Decimal] = set()
    for match in _NUMBER.finditer(text):
        plain = match[0].replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", match[0]) else match[0].replace(",", ".")
        found.add(Decimal(plain))
        if re.match(r"\s*(%|Prozent|per ?cent)", text[match.end():]):
            found.add(Decimal(plain) / 100)
    words = set(re.findall(r"\w+", text.casefold()))
    return found | {Decimal(number) for number, names in _WORDS.items() if any(word.startswith(name) for name in names for word in words)}


def _phrases(source: PackSource) -> dict[str, set[Decimal]]:
    """The figures in the phrases of each clause."""
    return {clause.anchor: {figure for phrase in clause.phrases for figure in figures_of(phrase)} for clause in source.pack.clauses}


def parameters(source: PackSource) -> Iterator[Noted]:
    """parameter-without-reason: its value stands in no phrase of the register, and no assumption says why it is that. Note the phrase at its clause, or give
    the parameter an `assumption`."""
    known = set().union(*_phrases(source).values())
    for name, parameter in source.pack.head.parameters.items():
        values = [value for _, value in parameter.value.values]
        if parameter.assumption is None and not set(values) <= known:
            at = (source.file("pack.yaml"), ("parameters", name))
            yield noted("parameter-without-reason", at, f"parameters.{name}", name)


def _used(source: PackSource, one: Obligation) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path, parameter) of each parameter that an obligation rests on, the tolerance of "ca." included."""
    for path, figure in figures_in(one.params, one.kind):
        if figure.parameter:
            yield path, figure.parameter
    if getattr(one.params, "approximate", False) and source.pack.head.tolerance.parameter:
        yield (one.kind, "approximate"), source.pack.head.tolerance.parameter


def unsaid(source: PackSource) -> Iterator[Noted]:
    """assumption-unsaid: an obligation or a judgement rests on an assumed parameter, but has no `assumption` of its own, so that its findings do not say
    so. Write one."""
    assumed = {name for name, parameter in source.pack.head.parameters.items() if parameter.assumption}
    for one in source.pack.obligations:
        found = next(((path, name) for path, name in _used(source, one) if name in assumed), None)
        if found and one.assumption is None:
            yield noted("assumption-unsaid", source.of(one, *found[0]), one.id, f"${found[1]}", of=one.id)
    for number, judgement in enumerate(source.pack.judgements):
        figures = [figure for pattern in judgement.when for bounds in pattern.numbers.values() for figure in bounds.values()]
        figures += [judgement.accumulates.at_least] if judgement.accumulates else []
        name = next((figure.parameter for figure in figures if figure.parameter in assumed), None)
        if name and judgement.assumption is None:
            yield noted("assumption-unsaid", (source.file("judgements.yaml"), ("judgements", number)), judgement.id, f"${name}", of=judgement.id)


def sources(source: PackSource) -> Iterator[Noted]:
    """figure-without-source: a figure of a rule stands in no phrase of its clauses, and the rule names no assumption. Note the phrase, or say
    the assumption."""
    by_anchor = _phrases(source)
    for one in source.pack.obligations:
        if one.assumption is not None:
            continue
        known = set().union(*(by_anchor.get(anchor, set()) for anchor in one.clauses))
        for path, found in _literal(one):
            if not set(found) <= known | set(_NEEDS_NO_SOURCE):
                unknown = ", ".join(str(number) for number in found if number not in known)
                yield noted("figure-without-source", source.of(one, *path), ".".join((one.id, *path)), unknown, clauses=", ".join(one.clauses))


def _literal(one: Obligation) -> Iterator[tuple[tuple[str, ...], tuple[Decimal, ...]]]:
    """(path, numbers) of what is written as a figure in an obligation."""
    for path, figure in figures_in(one.params, one.kind):
        if isinstance(figure, Figure) and not figure.parameter:
            yield path, tuple(number for _, number in figure.values)
    within = getattr(one.params, "within", None)
    if isinstance(within, Within) and within.day:
        yield (one.kind, "within", "day"), (Decimal(within.day[1]),)


CHECKS = (parameters, unsaid, sources)
