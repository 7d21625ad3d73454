"""Checks across the files of a pack: everything that a rule names must exist, and be of the sort that it is used as."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from servanda.conditions import NUMBER, NUMERIC, Condition
from servanda.model import MODALITIES, PERIODS, REPAIRED, SCOPES
from servanda.pack_shapes import Clause, FieldType, Obligation, Pack, Pattern
from servanda.problems import Problems
from servanda.selection import ALL, SELF, SITES, Selection
from servanda.shapes import Figure, Shape
from servanda.yaml_source import line_of

# The types that a field may have where it is used as a day, an amount or a name for something.
DATED, AMOUNTS, WORDS_OF = ("date",), ("amount", "number"), ("choice", "text", "id", "site", "obligation", "bool", "year")
_EMPTY = {"number": re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?"), "year": re.compile("20[0-9]{2}|2100"), "bool": re.compile("true|false")}
THRESHOLD_LIMIT = 9 * 10**9
_EMPTY["amount"] = _EMPTY["number"]


def check_pack(pack: Pack, kinds: Mapping[str, object], trees: Mapping[str, object], problems: Problems) -> None:
    """Add a problem for every name that does not exist or does not fit. `trees` are the pack's files as read, for naming lines."""
    _check_vocabulary(pack, _tree(pack, trees, "vocabulary.yaml"), problems)
    _check_head(pack, _tree(pack, trees, "pack.yaml"), problems)
    seen: dict[str, Obligation] = {}
    for obligation in pack.obligations:
        if obligation.id in seen:
            first = f"{seen[obligation.id].file}:{seen[obligation.id].row}"
            problems.add("duplicate-id", obligation.file, obligation.row, "id", found=obligation.id, first=first)
        seen[obligation.id] = obligation
        _check_obligation(pack, obligation, kinds, problems)
    _check_register(pack, seen, _tree(pack, trees, "clauses.yaml"), problems)
    _check_letters(pack, _tree(pack, trees, "pack.yaml"), problems)
    _check_judgements(pack, seen, kinds, _tree(pack, trees, "judgements.yaml"), problems)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the pack, and where its parts stand."""

    name: str
    tree: object

    def row(self, *path: object) -> int | None:
        return line_of(self.tree, path)


def _tree(pack: Pack, trees: Mapping[str, object], name: str) -> _File:
    return _File(f"{pack.folder}/{name}", trees.get(f"{pack.folder}/{name}"))


def _check_vocabulary(pack: Pack, file: _File, problems: Problems) -> None:
    for name, fact_type in pack.vocabulary.items():
        fields = fact_type.fields
        if fact_type.date:
            _own_date(pack, name, file, problems)
        if fact_type.year:
            _typed(fields, fact_type.year, ("year",), name, (file.name, file.row(name, "year"), f"{name}.year"), problems)
        if not fact_type.key:
            problems.add("missing-key", file.name, file.row(name, "key"), f"{name}.key")
        for field in fact_type.key:
            _field(fields, field, name, file.name, file.row(name, "key"), f"{name}.key", problems)
        for field, declared in fields.items():
            _check_field(pack, name, field, declared, file, problems)
        for party in fact_type.holder:
            _party(pack, party, file.name, file.row(name, "holder"), f"{name}.holder", problems)


def _own_date(pack: Pack, name: str, file: _File, problems: Problems) -> None:
    """A record's own date is a date, or a reference to a record with a date."""
    fields, field = pack.vocabulary[name].fields, pack.vocabulary[name].date
    place = (file.name, file.row(name, "date"), f"{name}.date")
    _typed(fields, field, ("date", "reference"), name, place, problems)
    if field in fields and fields[field].type == "reference" and fields[field].to in pack.vocabulary:
        target = pack.vocabulary[fields[field].to]
        if target.date is None or target.date not in target.fields or target.fields[target.date].type != "date":
            own_date = "a reference to records with a date of their own, not to {type}"
            problems.add("invalid-definition", *place, found=field, expected=own_date, type=fields[field].to)


def _check_field(pack: Pack, name: str, field: str, declared: FieldType, file: _File, problems: Problems) -> None:
    fields = pack.vocabulary[name].fields

    def place(key: str) -> tuple[str, int | None, str]:
        return file.name, file.row(name, "fields", field, key), f"{name}.{field}.{key}"

    if declared.type == "reference" and declared.to is None:
        problems.add("missing-key", *place("to"))
    elif declared.type == "reference" and declared.to not in pack.vocabulary:
        problems.add("unknown-fact-type", *place("to"), found=declared.to, known=", ".join(pack.vocabulary), near=declared.to)
    if declared.type in ("choice", "choices") and not declared.of:
        problems.add("missing-key", *place("of"))
    if field == "site" and declared.type != "site":
        problems.add("invalid-definition", *place("type"), found=declared.type, expected="site")
    for key, value in (("min", declared.min), ("above", declared.above)):
        if value is not None and declared.type not in (*AMOUNTS, "year"):
            problems.add("invalid-definition", *place(key), found=value, expected="min and above only of amount, number and year")
    if declared.completes and declared.type != "date":
        problems.add("invalid-definition", *place("completes"), found=declared.type, expected="completes only of a date")
    if declared.not_before:
        _typed(fields, declared.not_before, DATED, name, place("not_before"), problems)
        if declared.type != "date":
            problems.add("invalid-definition", *place("not_before"), found=declared.type, expected="not_before only of a date")
    if declared.empty is not None:
        _check_empty(declared, place("empty"), problems)
    if declared.required_where:
        _check_condition(pack, fields, declared.required_where, *place("required_where"), problems)
        tests = declared.required_where.tests
        if declared.required_where.any_of or any(t.op != "in" or fields[t.path].type not in WORDS_OF for t in tests if t.op != "in" or t.path in fields):
            problems.add("invalid-definition", *place("required_where"), found="a condition", expected="{{field: value}} or {{field: [values]}} of the record")


def _check_empty(declared: FieldType, place: tuple, problems: Problems) -> None:
    """What an empty field means must be a value of the field."""
    value = declared.empty
    if declared.type in ("choice", "choices"):
        if value not in declared.of:
            problems.add("unknown-value", *place, found=value, known=", ".join(declared.of), near=value)
    elif declared.type not in ("text", *_EMPTY) or declared.type in _EMPTY and not _EMPTY[declared.type].fullmatch(value):
        problems.add("invalid-definition", *place, found=value, expected="a value of type {type}", type=declared.type)


# (part of pack.yaml, the types of the fields that it names, its conditions, whether its fact type has sites and dates)
_HEAD_PARTS = (
    ("attendance", {"meeting": ("reference",)}, ("present", "not_invited"), False),
    ("attestations", {"obligation": ("obligation",), "party": ("choice",)}, (), False),
    ("waivers", {"obligation": ("obligation",), "until": DATED, "agreed_on": DATED}, ("effective",), True),
    ("termination", {"ends": DATED}, ("where",), False),
)


def _check_head(pack: Pack, file: _File, problems: Problems) -> None:
    for part, named, conditions, placed in _HEAD_PARTS:
        shape = getattr(pack.head, part)
        if shape is None:
            continue
        place = (file.name, file.row(part, "facts"), f"{part}.facts")
        if shape.facts not in pack.vocabulary:
            problems.add("unknown-fact-type", *place, found=shape.facts, known=", ".join(pack.vocabulary), near=shape.facts)
            continue
        fact_type = pack.vocabulary[shape.facts]
        for name, types in named.items():
            _typed(fact_type.fields, getattr(shape, name), types, shape.facts, (file.name, file.row(part, name), f"{part}.{name}"), problems)
        for name in conditions:
            _check_condition(pack, fact_type.fields, getattr(shape, name), file.name, file.row(part, name), f"{part}.{name}", problems)
        if placed:
            _field(fact_type.fields, "site", shape.facts, *place, problems)
            if fact_type.date is None:
                problems.add("missing-key", *place[:2], f"{shape.facts}.date")
    _figures(pack, [pack.head.tolerance], file.name, file.row("tolerance"), problems)
    compared = thresholds(pack)
    for name, parameter in pack.head.parameters.items():
        if name in compared:
            check_threshold(parameter.value, (file.name, file.row("parameters", name, "value"), f"parameters.{name}"), problems)
        _figures(pack, [parameter.value], file.name, file.row("parameters", name, "value"), problems)


def _typed(fields: Mapping[str, FieldType], name: str, types: Sequence[str], type_name: str, place: tuple, problems: Problems) -> None:
    """The field exists and has one of the types."""
    if name not in fields or fields[name].type not in types:
        known = ", ".join(field for field, declared in fields.items() if declared.type in types)
        problems.add("unknown-field", *place, found=name, type=type_name, known=known, near=name)


def _check_obligation(pack: Pack, obligation: Obligation, kinds: Mapping[str, object], problems: Problems) -> None:
    file, row = obligation.file, obligation.row
    for party in obligation.bearer:
        _party(pack, party, file, row, "bearer", problems)
    if not obligation.bearer or not obligation.clauses:
        problems.add("missing-key", file, row, "bearer" if not obligation.bearer else "clauses")
    site_kinds = {obligation.site_kind} if obligation.site_kind else set()
    roles = getattr(obligation.params, "roles", ())
    if isinstance(roles, dict):
        site_kinds |= set(roles)
    for kind in sorted(site_kinds - set(pack.head.sites.kinds)):
        known = ", ".join(pack.head.sites.kinds)
        problems.add("unknown-value", file, row, "site_kind", found=kind, known=known, near=kind)
    if obligation.while_sites and obligation.scope != "agreement" or obligation.site_kind and obligation.scope != "site":
        problems.add("invalid-definition", file, row, "scope", found=obligation.scope, expected="while_sites: agreement; site_kind: site")
    days = obligation.in_force
    if days and days.start and days.end and days.end < days.start:
        problems.add("dates-out-of-order", file, row, "in_force.to", found=days.end, first=days.start)
    _figures(pack, _all_figures(obligation.params), file, row, problems)
    lower, upper = getattr(obligation.params, "lower", None), getattr(obligation.params, "upper", None)
    if lower and upper and not lower.parameter and not upper.parameter and any(
        low > high for (_, low), (_, high) in zip(lower.values, upper.values, strict=False)
    ):
        problems.add("bounds-out-of-order", file, row, obligation.kind, found=f"{lower.values[0][1]} > {upper.values[0][1]}")
    if obligation.kind == "attested" and pack.head.attestations is None or obligation.kind == "attended" and pack.head.attendance is None:
        problems.add("missing-key", f"{pack.folder}/pack.yaml", 1, "attestations" if obligation.kind == "attested" else "attendance")
        return
    for selection in split_roles_parts(obligation, kinds, pack):
        _check_selection(pack, selection, file, row, problems)


def split_roles_parts(obligation: Obligation, kinds: Mapping[str, object], pack: Pack) -> Iterable[Selection]:
    """The selections of an obligation, for each site kind where its roles differ by site kind."""
    for _, one in by_site_kind(obligation):
        yield from kinds[obligation.kind].parts(one, pack.head).values()


def by_site_kind(obligation: Obligation) -> list[tuple[str, Obligation]]:
    """(site kind or "", the obligation with plain roles): one for each site kind where roles are given by site kind."""
    from dataclasses import replace

    roles = getattr(obligation.params, "roles", None)
    if not isinstance(roles, dict):
        return [(obligation.site_kind or "", obligation)]
    return [(kind, replace(obligation, params=obligation.params.model_copy(update={"roles": names}))) for kind, names in roles.items()]


def _all_figures(params: Shape) -> list[Figure]:
    found: list[Figure] = []
    for name in type(params).model_fields:
        value = getattr(params, name)
        if isinstance(value, Figure):
            found.append(value)
        elif isinstance(value, Shape):
            found.extend(_all_figures(value))
    return found


def _figures(pack: Pack, figures: Iterable[Figure], file: str, row: int | None, problems: Problems) -> None:
    for figure in figures:
        if figure.parameter and figure.parameter not in pack.head.parameters:
            known = ", ".join(pack.head.parameters)
            problems.add("unknown-parameter", file, row, None, found="$" + figure.parameter, known=known, near=figure.parameter)


def _party(pack: Pack, party: str, file: str, row: int | None, column: str, problems: Problems) -> None:
    if party not in pack.head.parties:
        problems.add("unknown-value", file, row, column, found=party, known=", ".join(pack.head.parties), near=party)


def _field(fields: Mapping[str, FieldType], name: str, type_name: str, file: str, row: int | None, column: str, problems: Problems) -> None:
    if name not in fields:
        problems.add("unknown-field", file, row, column, found=name, type=type_name, known=", ".join(fields), near=name)


def _check_selection(pack: Pack, selection: Selection, file: str, row: int, problems: Problems) -> None:
    if selection.facts == SITES:
        _check_condition(pack, pack.head.sites.fields, selection.where, file, row, "where", problems)
        return
    if selection.facts not in pack.vocabulary:
        problems.add("unknown-fact-type", file, row, "facts", found=selection.facts, known=", ".join(pack.vocabulary), near=selection.facts)
        return
    fields = pack.vocabulary[selection.facts].fields
    if pack.vocabulary[selection.facts].date is None and pack.vocabulary[selection.facts].year is None:
        problems.add("invalid-definition", file, row, "facts", found=selection.facts, expected="a fact type with a date or a year of its own")
    for name, types in ((selection.until, DATED), (selection.due, DATED), (selection.amount, AMOUNTS)):
        if name:
            _typed(fields, name, types, selection.facts, (file, row, name), problems)
    names = [selection.person, *(name for name in selection.key if name not in (SELF, ALL)), "site" if selection.place == "site" else None]
    for name in filter(None, names):
        _field(fields, name, selection.facts, file, row, name, problems)
    for condition in (selection.where, selection.keeps, selection.excused):
        if condition is not None:
            _check_condition(pack, fields, condition, file, row, "where", problems)


def _check_condition(
    pack: Pack, fields: Mapping[str, FieldType], condition: Condition, file: str, row: int | None, column: str, problems: Problems
) -> None:
    for test in condition.every_test():
        declared = _declared(pack, fields, test.path)
        if declared is None:
            problems.add("unknown-field", file, row, column, found=test.path, type="", known=", ".join(fields), near=test.path)
            continue
        if test.op in ("in", "not", "contains") and declared.type not in (("choices",) if test.op == "contains" else WORDS_OF):
            problems.add("unknown-field", file, row, column, found=test.path, type="", known=", ".join(fields))
        elif test.op in ("in", "not", "contains"):
            _check_values(declared, test.path, test.values, file, row, column, problems)
        elif test.op in NUMERIC:
            other = test.values[0]
            against = declared if NUMBER.fullmatch(other) else _declared(pack, fields, other)
            if against is None or declared.type not in AMOUNTS or against.type not in AMOUNTS:
                problems.add("unknown-field", file, row, column, found=other if against is None else test.path, type="", known=", ".join(fields))
        elif test.op in ("same_as", "not_after"):
            other = test.values[0]
            against = declared if other == "as_of" else _declared(pack, fields, other)
            if against is None or (test.op == "not_after" and {declared.type, against.type} != {"date"}):
                problems.add("unknown-field", file, row, column, found=other, type="", known=", ".join(fields), near=other)


def _declared(pack: Pack, fields: Mapping[str, FieldType], path: str) -> FieldType | None:
    if "." not in path:
        return fields.get(path)
    reference, _, name = path.partition(".")
    declared = fields.get(reference)
    if declared is None or declared.type != "reference" or declared.to not in pack.vocabulary:
        return None
    return pack.vocabulary[declared.to].fields.get(name)


def _check_values(declared: FieldType, path: str, values: Iterable[str], file: str, row: int | None, column: str, problems: Problems) -> None:
    known = ("true", "false") if declared.type == "bool" else tuple(declared.of)
    for value in values:
        if declared.type in ("choice", "choices", "bool") and value not in known:
            problems.add("unknown-value", file, row, f"{column}.{path}", found=value, known=", ".join(known), near=value)
        elif declared.type == "year" and not _EMPTY["year"].fullmatch(value):
            problems.add("unknown-value", file, row, f"{column}.{path}", found=value, known="2000 … 2100", near=value)


def _check_register(pack: Pack, obligations: Mapping[str, Obligation], file: _File, problems: Problems) -> None:
    anchors: dict[str, Clause] = {}
    for clause, row in zip(pack.clauses, _rows(file, len(pack.clauses)), strict=True):
        if clause.anchor in anchors:
            problems.add("duplicate-id", file.name, row, "anchor", found=clause.anchor, first=file.name)
        anchors[clause.anchor] = clause
        for name in clause.obligations:
            if name not in obligations:
                problems.add("unknown-obligation", file.name, row, clause.anchor, found=name, known=", ".join(obligations), near=name)
            elif clause.anchor not in obligations[name].clauses:
                problems.add("clause-mismatch", obligations[name].file, obligations[name].row, "clauses", found=name, anchor=clause.anchor)
        if not clause.obligations and clause.nothing_checked is None:
            problems.add("clause-without-rule", file.name, row, clause.anchor, found=clause.anchor)
    for obligation in obligations.values():
        for anchor in obligation.clauses:
            if anchor not in anchors:
                _anchor(anchor, anchors, (obligation.file, obligation.row, "clauses"), problems)
            elif obligation.id not in anchors[anchor].obligations:
                problems.add("clause-mismatch", obligation.file, obligation.row, "clauses", found=obligation.id, anchor=anchor)


def _check_letters(pack: Pack, file: _File, problems: Problems) -> None:
    anchors = [clause.anchor for clause in pack.clauses]
    for name in ("information_right", "hearing"):
        anchor = getattr(pack.head.letters, name, None)
        if anchor is not None:
            _anchor(anchor, anchors, (file.name, file.row("letters", name), f"letters.{name}"), problems)


def _rows(file: _File, count: int, *path: object) -> list[int | None]:
    return [file.row(*path, number) for number in range(count)]


def _anchor(anchor: str, anchors: Collection[str], place: tuple, problems: Problems) -> None:
    if anchor not in anchors:
        problems.add("unknown-clause", *place, found=anchor, near=anchor, known=", ".join(anchors))


def _check_judgements(pack: Pack, obligations: Mapping[str, Obligation], kinds: Mapping[str, object], file: _File, problems: Problems) -> None:
    anchors = [clause.anchor for clause in pack.clauses]
    known = {"obligation": obligations, "kind": kinds, "only_bearer": pack.head.parties, "period": PERIODS, "modality": MODALITIES, "scope": SCOPES,
             "repaired": REPAIRED}
    for part, found in (("judgements", pack.judgements), ("consequences", pack.consequences)):
        seen: set[str] = set()
        for number, one in enumerate(found):
            _anchor(one.clause, anchors, (file.name, file.row(part, number, "clause"), "clause"), problems)
            if one.id in seen:
                problems.add("duplicate-id", file.name, file.row(part, number, "id"), "id", found=one.id, first=file.name)
            seen.add(one.id)
            patterns = enumerate(one.when) if part == "judgements" else one.attributions.items()
            for key, pattern in patterns:
                at = (part, number, "when" if part == "judgements" else "attributions", key)
                _check_pattern(pack, pattern, known, file, at, problems)
    for number, judgement in enumerate(pack.judgements):
        if judgement.accumulates:
            _figures(pack, [judgement.accumulates.at_least], file.name, file.row("judgements", number, "accumulates"), problems)
    for number, consequence in enumerate(pack.consequences):
        stake = consequence.amount_at_stake
        for name, part in (("funds", stake.funds), ("spending", stake.spending)) if stake else ():
            place = (file.name, file.row("consequences", number, "amount_at_stake", name), "amount_at_stake")
            if part.facts not in pack.vocabulary:
                problems.add("unknown-fact-type", *place, found=part.facts, known=", ".join(pack.vocabulary), near=part.facts)
            else:
                fields = pack.vocabulary[part.facts].fields
                _typed(fields, part.amount, AMOUNTS, part.facts, place, problems)
                _field(fields, "site", part.facts, *place, problems)


def _check_pattern(pack: Pack, pattern: Pattern, known: Mapping[str, Collection[str]], file: _File, at: tuple, problems: Problems) -> None:
    for word, (wanted, excluded) in pattern.words.items():
        for name in sorted((wanted | excluded) - set(known[word])):
            code = "unknown-obligation" if word == "obligation" else "unknown-value"
            problems.add(code, file.name, file.row(*at, word), word, found=name, known=", ".join(known[word]), near=name)
    for number, bounds in pattern.numbers.items():
        _figures(pack, bounds.values(), file.name, file.row(*at, number), problems)
        for figure in bounds.values():
            check_threshold(figure, (file.name, file.row(*at, number), number), problems)


def check_threshold(figure: Figure, place: tuple, problems: Problems) -> None:
    """A threshold must be one that the judging engine can be told (see judge.py)."""
    for _, value in figure.values:
        if abs(value) >= THRESHOLD_LIMIT:
            problems.add("judgement-unsayable", *place, found=f"{value:f}")


def thresholds(pack: Pack) -> frozenset[str]:
    """The parameters that judgements compare with."""
    patterns = [pattern for judgement in pack.judgements for pattern in judgement.when]
    patterns += [pattern for consequence in pack.consequences for pattern in consequence.attributions.values()]
    figures = [figure for pattern in patterns for bounds in pattern.numbers.values() for figure in bounds.values()]
    return frozenset(figure.parameter for figure in figures if figure.parameter)
