"""Judgements and consequences of a pack, from YAML to patterns that can be judged.

A pattern names properties of a deviation from a closed vocabulary; what the safe subset of the forward-chaining engine
cannot say is refused here, with its place.
"""

from __future__ import annotations

from servanda.pack_shapes import Bound, ConsequenceRule, ConsequenceShape, Judgement, JudgementShape, Pattern
from servanda.problems import Problems
from servanda.shapes import Figure, shaped
from servanda.yaml_source import List, Map, Scalar, line_of

WORDS = ("obligation", "kind", "only_bearer", "period", "modality", "scope", "repaired")
NUMBERS = (
    "value", "lower", "upper", "share_of_lower", "cases", "longest_vacancy_days", "overdue_working_days", "uncovered", "share_of_funds"
)
COMPARISONS = ("above", "at_least", "below", "at_most")


def read_judgements(tree: object, file: str, problems: Problems) -> tuple[Judgement, ...]:
    """The judgements in their order."""
    found: list[Judgement] = []
    for number, raw in enumerate(_list(tree, "judgements", file, problems)):
        at = ("judgements", number)
        shape = shaped(JudgementShape, raw, file, problems, at=at, root=tree)
        if shape is None:
            continue
        patterns = tuple(_pattern(one, tree, (*at, "when", position), file, problems) for position, one in enumerate(raw["when"]))
        found.append(
            Judgement(
                shape.id, shape.clause, shape.title, shape.reason, shape.assumption, tuple(p for p in patterns if p is not None),
                shape.year_before, shape.accumulates,
            )
        )
    return tuple(found)


def read_consequences(tree: object, file: str, problems: Problems) -> tuple[ConsequenceRule, ...]:
    """The consequences in their order."""
    found: list[ConsequenceRule] = []
    for number, raw in enumerate(_list(tree, "consequences", file, problems)):
        at = ("consequences", number)
        shape = shaped(ConsequenceShape, raw, file, problems, at=at, root=tree)
        if shape is None:
            continue
        patterns = {name: _pattern(one, tree, (*at, "attributions", name), file, problems) for name, one in raw["attributions"].items()}
        kept = {name: pattern for name, pattern in patterns.items() if pattern is not None}
        found.append(ConsequenceRule(shape.id, shape.clause, shape.title, shape.reason, kept, shape.notes, shape.amount_at_stake))
    return tuple(found)


def _list(tree: object, key: str, file: str, problems: Problems) -> list:
    listed = tree.get(key) if isinstance(tree, Map) else None
    if listed is not None and not isinstance(listed, List):
        problems.add("not-a-list", file, line_of(tree, (key,)), key, found="a map or a text")
        return []
    return listed or []


def _pattern(raw: object, root: object, at: tuple, file: str, problems: Problems) -> Pattern | None:
    if not isinstance(raw, Map) or not raw:
        problems.add("not-a-map", file, line_of(root, at), ".".join(map(str, at)), found="a list or a text")
        return None
    words: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    numbers: dict[str, dict[str, Figure]] = {}
    for name, wanted in raw.items():
        place = (*at, name)
        if name in WORDS:
            words[name] = _words(wanted, root, place, file, problems)
        elif name in NUMBERS:
            bound = shaped(Bound, wanted, file, problems, at=place, root=root)
            numbers[name] = {c: getattr(bound, c) for c in COMPARISONS if getattr(bound, c) is not None} if bound else {}
        else:
            known = ", ".join((*WORDS, *NUMBERS))
            problems.add("unknown-key", file, line_of(root, place), ".".join(map(str, place)), found=name, known=known, near=str(name))
    return Pattern(words, numbers)


def _words(wanted: object, root: object, at: tuple, file: str, problems: Problems) -> tuple[frozenset[str], frozenset[str]]:
    """(wanted, excluded) values of a property."""
    if isinstance(wanted, Scalar):
        return frozenset({str(wanted)}), frozenset()
    if isinstance(wanted, List) and wanted and all(isinstance(item, Scalar) for item in wanted):
        return frozenset(map(str, wanted)), frozenset()
    if isinstance(wanted, Map) and list(wanted) == ["not"]:
        excluded = wanted["not"]
        listed = excluded if isinstance(excluded, List) else [excluded]
        if listed and all(isinstance(item, Scalar) for item in listed):
            return frozenset(), frozenset(map(str, listed))
    expected = "a value, a list of values, or {{not: [values]}}"
    problems.add("invalid-definition", file, line_of(root, at), ".".join(map(str, at)), found="something else", expected=expected)
    return frozenset(), frozenset()
