"""Conditions and figures of rules in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from servanda.conditions import Condition, Test
from servanda.pack_shapes import FieldType, Pack
from servanda.report.words import day
from servanda.shapes import Figure

_COMPARED = {"above": ">", "at_least": "≥", "below": "<", "at_most": "≤"}
_YES = {"true": ("ja", "yes"), "false": ("nein", "no")}


def number(value: Decimal, lang: str) -> str:
    """A number as people write it, without needless places."""
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))


def share(value: Decimal, lang: str) -> str:
    """A share in per cent."""
    return number(value * 100, lang) + " %"


def figure_words(pack: Pack, figure: Figure, lang: str, said: object = number) -> str:
    """A figure with its dated values; `said` writes each. A parameter's value is the pack's own."""
    values = pack.head.parameters[figure.parameter].value.values if figure.parameter else figure.values
    if len(values) == 1:
        return said(values[0][1], lang)
    since = ("ab", "from")[lang == "en"]
    return "; ".join(f"{said(value, lang)}" if not place else f"{since} {day(first, lang)} {said(value, lang)}" for place, (first, value) in enumerate(values))


def alternatives(words: Sequence[str], lang: str) -> str:
    """One of these."""
    return (" or " if lang == "en" else " oder ").join(words)


def field_label(pack: Pack, fields: Mapping[str, FieldType], path: str, lang: str) -> str:
    """A field's label; of a path through a reference, both."""
    name, _, further = path.partition(".")
    if name not in fields:
        return path
    label = fields[name].label.of(lang)
    if not further:
        return label
    target = pack.vocabulary.get(fields[name].to or "")
    return f"{label} → {field_label(pack, target.fields, further, lang) if target else further}"


def _declared(pack: Pack, fields: Mapping[str, FieldType], path: str) -> FieldType | None:
    name, _, further = path.partition(".")
    found = fields.get(name)
    if not further or found is None:
        return found
    target = pack.vocabulary.get(found.to or "")
    return target.fields.get(further) if target else None


def value_words(declared: FieldType | None, value: str, lang: str) -> str:
    """A value as it is labelled."""
    if value in _YES and (declared is None or declared.type == "bool"):
        return _YES[value][lang == "en"]
    return declared.of[value].of(lang) if declared is not None and value in declared.of else value


def _test_words(pack: Pack, fields: Mapping[str, FieldType], test: Test, lang: str) -> str:
    english = lang == "en"
    label = field_label(pack, fields, test.path, lang)
    declared = _declared(pack, fields, test.path)
    values = alternatives([value_words(declared, value, lang) for value in test.values], lang)
    if test.op == "given":
        given = (("nicht angegeben", "not given"), ("angegeben", "given"))[test.values[0] == "true"]
        return f"{label}: {given[english]}"
    if test.op in ("not_after", "same_as"):
        other = test.values[0]
        against = ("dem Stichtag", "the as-of day")[english] if other == "as_of" else f"„{field_label(pack, fields, other, lang)}“"
        words = {"not_after": ("nicht nach {}", "not after {}"), "same_as": ("wie {}", "the same as {}")}[test.op]
        return f"{label}: {words[english].format(against)}"
    if test.op in _COMPARED:
        return f"{label} {_COMPARED[test.op]} {field_label(pack, fields, test.values[0], lang)}"
    words = {"in": "{}", "not": ("nicht {}", "not {}")[english], "contains": ("enthält {}", "holds {}")[english]}
    return f"{label}: {words.get(test.op, test.op + ' {}').format(values)}"


def condition_words(pack: Pack, fields: Mapping[str, FieldType], condition: Condition | None, lang: str) -> str:
    """A condition in words; empty where everything meets it."""
    if condition is None:
        return ""
    parts = [_test_words(pack, fields, test, lang) for test in condition.tests]
    either = " – or – " if lang == "en" else " – oder – "
    parts += [either.join(condition_words(pack, fields, one, lang) for one in group) for group in condition.any_of]
    return "; ".join(parts)


def records_words(pack: Pack, facts: str, condition: Condition | None, lang: str) -> str:
    """Records of a fact type under a condition, in words."""
    declared = pack.vocabulary[facts]
    words = condition_words(pack, declared.fields, condition, lang)
    return declared.label.of(lang) + (f" ({words})" if words else "")
