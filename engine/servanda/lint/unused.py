"""What a pack declares and nothing uses: it may be left over, or a rule that was meant may be missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from servanda.conditions import Condition, Test
from servanda.lint.source import Noted, PackSource, figures_in, noted
from servanda.pack_shapes import FieldType
from servanda.selection import SELF, SITES

# Fields that tell people something about a record and need no rule: names, titles, notes.
_FOR_PEOPLE = ("text", "id")
Field = tuple[str, str]


def parameters(source: PackSource) -> Iterator[Noted]:
    """unused-parameter: no obligation, judgement or tolerance that is in use names it. Leave it out, or name it (`$name`) where its figure is meant."""
    used: set[str | None] = set()
    for one in source.pack.obligations:
        used |= {figure.parameter for _, figure in figures_in(one.params)}
        if getattr(one.params, "approximate", False):
            used.add(source.pack.head.tolerance.parameter)
    patterns = [pattern for judgement in source.pack.judgements for pattern in judgement.when]
    patterns += [pattern for rule in source.pack.consequences for pattern in rule.attributions.values()]
    used |= {figure.parameter for pattern in patterns for bounds in pattern.numbers.values() for figure in bounds.values()}
    used |= {judgement.accumulates.at_least.parameter for judgement in source.pack.judgements if judgement.accumulates}
    for name in source.pack.head.parameters:
        if name not in used:
            yield noted("unused-parameter", (source.file("pack.yaml"), ("parameters", name)), f"parameters.{name}", name)


class _Use:
    """The fact types and fields that rules use, and the values that they name of a field (None: all of them)."""

    def __init__(self, source: PackSource) -> None:
        self.source = source
        self.types: set[str] = set()
        self.fields: set[Field] = set()
        self.values: dict[Field, set[str] | None] = defaultdict(set)

    def field(self, type_name: str, name: str | None) -> None:
        """A field is used by its value, whatever that is."""
        if name and name != SELF:
            self.fields.add((type_name, name))
            self.values[type_name, name] = None

    def condition(self, type_name: str, condition: Condition | None) -> None:
        """The fields of a condition are used, and the values that it names."""
        for test in condition.every_test() if condition else ():
            self._test(type_name, test)

    def _test(self, type_name: str, test: Test) -> None:
        paths = [test.path, *(test.values if test.op in ("same_as", "not_after") else ())]
        for path in paths:
            reference, _, name = path.partition(".")
            self.fields.add((type_name, reference))
            field = self.source.fields(type_name).get(reference)
            if name and field and field.to:
                self.types.add(field.to)
                self.fields.add((field.to, name))
            target = (field.to, name) if name and field and field.to else (type_name, reference)
            if test.op == "same_as":
                self.values[target] = None
            elif test.op in ("in", "not", "contains") and self.values[target] is not None:
                self.values[target] |= set(test.values)


def _use(source: PackSource) -> _Use:
    """Everything that the rules of a pack use."""
    use = _Use(source)
    for one in source.pack.obligations:
        for part in source.selections(one):
            use.types.add(part.facts)
            if part.record:
                use.fields |= {(part.facts, name) for name, field in source.fields(part.facts).items() if field.to == part.record}
            for name in (part.until, part.due, part.amount, part.person, *part.key, "site" if part.place == "site" and part.facts != SITES else None):
                use.field(part.facts, name)
            for condition in (part.where, part.keeps, part.excused):
                use.condition(part.facts, condition)
        if one.for_each:
            use.types.add(one.for_each.facts)
            use.condition(one.for_each.facts, one.for_each.where)
    _use_head(source, use)
    for rule in source.pack.consequences:
        for part in (rule.amount_at_stake.funds, rule.amount_at_stake.spending) if rule.amount_at_stake else ():
            use.types.add(part.facts)
            for name in (part.amount, "site"):
                use.field(part.facts, name)
    for name, fact_type in source.pack.vocabulary.items():
        for field in (fact_type.date, fact_type.year, *fact_type.key):
            use.field(name, field)
        for declared_field in fact_type.fields.values():
            use.condition(name, declared_field.required_where)
            use.field(name, declared_field.not_before)
    use.types |= {field.to for type_name, name in use.fields if type_name in use.types and (field := source.fields(type_name).get(name)) and field.to}
    return use


def _use_head(source: PackSource, use: _Use) -> None:
    """What pack.yaml says of attendance, attestations, waivers and a termination."""
    parts = {
        "attendance": ("meeting",), "attestations": ("obligation", "party"), "waivers": ("obligation", "until", "agreed_on", "site"), "termination": ("ends",),
    }
    for part, names in parts.items():
        shape = getattr(source.pack.head, part)
        if shape is None:
            continue
        use.types.add(shape.facts)
        for name in names:
            use.field(shape.facts, name if name == "site" else getattr(shape, name))
        for name in ("present", "not_invited", "effective", "where"):
            use.condition(shape.facts, getattr(shape, name, None))


def _declared(source: PackSource) -> Iterator[tuple[str, str, Mapping[str, FieldType], tuple[object, ...]]]:
    """(name of the type, file, fields, path of its fields) of the fact types and of the sites."""
    for name, fact_type in source.pack.vocabulary.items():
        yield name, source.file("vocabulary.yaml"), fact_type.fields, (name, "fields")
    yield SITES, source.file("pack.yaml"), source.pack.head.sites.fields, ("sites", "fields")


def fact_types(source: PackSource) -> Iterator[Noted]:
    """unused-fact-type: nothing looks at its records, so that people submit them in vain. Leave it out, or write the rule. unused-field: no rule looks at the
    field (texts and ids tell people something and are not asked for). unused-choices: rules look at the field, but name some of its values nowhere;
    often they are the rest ("other"), sometimes a rule forgot one."""
    use = _use(source)
    for name, file, fields, path in _declared(source):
        if name != SITES and name not in use.types:
            yield noted("unused-fact-type", (file, (name,)), name, name)
            continue
        for field, shape in fields.items():
            at, where = (file, (*path, field)), f"{name if name != SITES else 'sites'}.{field}"
            named = use.values.get((name, field), set())
            if (name, field) not in use.fields:
                if shape.type not in _FOR_PEOPLE:
                    yield noted("unused-field", at, where, where)
            elif named and shape.of and (rest := [value for value in shape.of if value not in named]):
                yield noted("unused-choices", at, where, ", ".join(rest))


def parties(source: PackSource) -> Iterator[Noted]:
    """unused-party: it owes nothing and holds no facts. Leave it out. unused-site-kind: no obligation is owed at sites of this kind. Leave it out, or write the
    rule."""
    pack, file = source.pack, source.file("pack.yaml")
    busy = {party for one in pack.obligations for party in one.bearer} | {party for fact_type in pack.vocabulary.values() for party in fact_type.holder}
    for party in pack.head.parties:
        if party not in busy:
            yield noted("unused-party", (file, ("parties", party)), f"parties.{party}", party)
    at_sites = [one for one in pack.obligations if one.scope == "site"]
    for kind in pack.head.sites.kinds:
        roles = [getattr(one.params, "roles", None) for one in at_sites if one.site_kind in (None, kind)]
        if not any(not isinstance(one, dict) or kind in one for one in roles):
            yield noted("unused-site-kind", (file, ("sites", "kinds", kind)), f"sites.kinds.{kind}", kind)


CHECKS = (parameters, fact_types, parties)
