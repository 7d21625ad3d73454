"""The register of clauses: its own order, and where two clauses of the text contradict each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from servanda.lint.source import Noted, PackSource, noted

# A figure or a span of figures in a phrase, with or without a word that makes it approximate, and the words that say what it counts.
_FIGURE = re.compile(
    r"(?P<about>\b(?:ca\.?|etwa|rund|ungefähr|zirka|circa|about|approximately|roughly)\s*)?(?<![\d.,])(?P<low>\d+(?:[.,]\d+)?)"
    r"(?:\s*(?:-|–|bis|to)\s*(?P<high>\d+(?:[.,]\d+)?))?(?![\d.,]*\d)\s*(?P<of>.*)", re.IGNORECASE,
)


def sides(source: PackSource) -> Iterator[Noted]:
    """clause-rule-and-reason: a clause names obligations and says why nothing is checked: one of them is wrong. Keep one; what a rule leaves out belongs in
    `unmeasured`."""
    for number, clause in enumerate(source.pack.clauses):
        if clause.obligations and clause.nothing_checked:
            yield noted("clause-rule-and-reason", source.clause(number, "nothing_checked"), clause.anchor, clause.anchor)


def phrases(source: PackSource) -> Iterator[Noted]:
    """clause-without-phrases: rules rest on the clause, but no phrase of the text is noted, so that a changed text would not be noticed. Note the figures
    and key phrases that the rules rely on, as they stand in the text."""
    for number, clause in enumerate(source.pack.clauses):
        if clause.obligations and not clause.phrases:
            yield noted("clause-without-phrases", source.clause(number, "anchor"), clause.anchor, clause.anchor)


def _spans(phrase: str) -> tuple[bool, str, str, str] | None:
    """(approximate, low, high or "", what it counts) of the first figure of a phrase; None where it has none."""
    found = _FIGURE.search(phrase)
    return (bool(found["about"]), found["low"], found["high"] or "", " ".join(found["of"].casefold().split())) if found else None


def approximate(source: PackSource) -> Iterator[Noted]:
    """approximate-mismatch: the bounds of a count stand in a phrase of its clause, but strict where the phrase says "ca.", or the other way round. Set
    `approximate` as the phrase has it, or note the phrase that the rule follows."""
    phrases = {clause.anchor: [span for phrase in clause.phrases if (span := _spans(phrase))] for clause in source.pack.clauses}
    for one in source.pack.obligations:
        if one.kind != "count":
            continue
        bounds = {str(figure.values[0][1]) for name in ("lower", "upper") if (figure := source.value(getattr(one.params, name))) and len(figure.values) == 1}
        same = [(anchor, about) for anchor in one.clauses for about, low, high, _ in phrases.get(anchor, ()) if {low, high or low} == bounds]
        if same and all(about != one.params.approximate for _, about in same):
            key = "approximate" if one.params.approximate else "lower" if one.params.lower else "upper"
            yield noted("approximate-mismatch", source.of(one, one.kind, key), f"{one.id}.{one.kind}", one.id, anchor=", ".join(anchor for anchor, _ in same))


def contradictions(source: PackSource) -> Iterator[Noted]:
    """clause-contradiction: two clauses name the same figure, one strictly and one with "ca.". The text itself is unclear there: say in the rules which of them
    is followed, and set the notice aside with the reason."""
    strict: dict[tuple[str, ...], list[tuple[int, int, str]]] = defaultdict(list)
    about: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for number, clause in enumerate(source.pack.clauses):
        for position, phrase in enumerate(clause.phrases):
            if (span := _spans(phrase)) and (span[2] or span[3]):
                key = span[1:]
                if span[0]:
                    about[key].append((clause.anchor, phrase))
                else:
                    strict[key].append((number, position, phrase))
    for key in strict.keys() & about.keys():
        for number, position, phrase in strict[key]:
            anchor = source.pack.clauses[number].anchor
            others = [(other, said) for other, said in about[key] if other != anchor]
            if others:
                named = ", ".join(dict.fromkeys(other for other, _ in others))
                yield noted("clause-contradiction", source.clause(number, "phrases", position), anchor, phrase, anchor=anchor, others=named, said=others[0][1])


CHECKS = (sides, phrases, approximate, contradictions)
