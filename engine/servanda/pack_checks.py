"""Checks across the files of a pack: everything that a rule names must exist, and be of the sort that it is used as."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from servanda.conditions import Condition
from servanda.pack_shapes import FieldType, Obligation, Pack
from servanda.problems import Problems
from servanda.selection import SELF, SITES, Selection
from servanda.shapes import Figure, Shape


def check_pack(pack: Pack, kinds: Mapping[str, object], problems: Problems) -> None:
    """Add a problem for every name that does not exist or does not fit."""
    _check_vocabulary(pack, problems)
    _check_head(pack, problems)
    seen: dict[str, Obligation] = {}
    for obligation in pack.obligations:
        if obligation.id in seen:
            first = f"{seen[obligation.id].file}:{seen[obligation.id].row}"
            problems.add("duplicate-id", obligation.file, obligation.row, "id", found=obligation.id, first=first)
        seen[obligation.id] = obligation
        _check_obligation(pack, obligation, kinds, problems)
    _check_register(pack, seen, problems)
    _check_judgements(pack, seen, problems)


def _vocabulary_file(pack: Pack) -> str:
    return f"{pack.folder}/vocabulary.yaml"


def _check_vocabulary(pack: Pack, problems: Problems) -> None:
    file = _vocabulary_file(pack)
    for name, fact_type in pack.vocabulary.items():
        fields = fact_type.fields
        named = [*fact_type.key, *([fact_type.date] if fact_type.date else []), *([fact_type.year] if fact_type.year else [])]
        named += [declared.not_before for declared in fields.values() if declared.not_before]
        for field in named:
            if field not in fields:
                problems.add("unknown-field", file, None, name, found=field, type=name, known=", ".join(fields), near=field)
        for field, declared in fields.items():
            if declared.type == "reference" and declared.to not in pack.vocabulary:
                known = ", ".join(pack.vocabulary)
                problems.add("unknown-fact-type", file, None, f"{name}.{field}", found=declared.to, known=known, near=str(declared.to))
            if declared.type in ("choice", "choices") and not declared.of:
                problems.add("missing-key", file, None, f"{name}.{field}.of")
            if declared.required_where:
                _check_condition(pack, fields, declared.required_where, file, None, f"{name}.{field}", problems)
        for party in fact_type.holder:
            _party(pack, party, file, None, f"{name}.holder", problems)


def _check_head(pack: Pack, problems: Problems) -> None:
    head, file = pack.head, f"{pack.folder}/pack.yaml"
    named = (
        (head.attendance, ("meeting",), ("present", "not_invited")), (head.attestations, ("obligation", "party"), ()),
        (head.waivers, ("obligation", "until", "agreed_on"), ("effective",)), (head.termination, ("ends",), ("where",)),
    )
    for part, fields, conditions in named:
        if part is None:
            continue
        if part.facts not in pack.vocabulary:
            problems.add("unknown-fact-type", file, None, "facts", found=part.facts, known=", ".join(pack.vocabulary), near=part.facts)
            continue
        declared = pack.vocabulary[part.facts].fields
        for name in fields:
            _field(declared, getattr(part, name), part.facts, file, None, name, problems)
        for name in conditions:
            _check_condition(pack, declared, getattr(part, name), file, None, name, problems)
    _figures(pack, [head.tolerance], file, None, problems)


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
    _figures(pack, _all_figures(obligation.params), file, row, problems)
    lower, upper = getattr(obligation.params, "lower", None), getattr(obligation.params, "upper", None)
    if lower and upper and not lower.parameter and not upper.parameter and any(
        low > high for (_, low), (_, high) in zip(lower.values, upper.values, strict=False)
    ):
        problems.add("bounds-out-of-order", file, row, obligation.kind, found=f"{lower.values[0][1]} > {upper.values[0][1]}")
    if obligation.kind == "attested" and pack.head.attestations is None or obligation.kind == "attended" and pack.head.attendance is None:
        problems.add("missing-key", f"{pack.folder}/pack.yaml", None, "attestations" if obligation.kind == "attested" else "attendance")
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
    names = [selection.until, selection.due, selection.amount, selection.person, *(name for name in selection.key if name != SELF)]
    for name in [name for name in names if name] + (["site"] if selection.place == "site" else []):
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
        if test.op in ("in", "not", "contains"):
            _check_values(declared, test.path, test.values, file, row, column, problems)
        elif test.op in ("same_as", "not_after"):
            other = test.values[0]
            against = declared if other == "as_of" else _declared(pack, fields, other)
            if against is None or (test.op == "not_after" and "date" not in (declared.type, against.type)):
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
        elif declared.type == "year" and not value.isdigit():
            problems.add("unknown-value", file, row, f"{column}.{path}", found=value, known="2000 … 2100", near=value)


def _check_register(pack: Pack, obligations: Mapping[str, Obligation], problems: Problems) -> None:
    file = f"{pack.folder}/clauses.yaml"
    anchors: dict[str, object] = {}
    for clause in pack.clauses:
        if clause.anchor in anchors:
            problems.add("duplicate-id", file, None, "anchor", found=clause.anchor, first=file)
        anchors[clause.anchor] = clause
        for name in clause.obligations:
            if name not in obligations:
                problems.add("unknown-obligation", file, None, clause.anchor, found=name, known=", ".join(obligations), near=name)
            elif clause.anchor not in obligations[name].clauses:
                problems.add("clause-mismatch", obligations[name].file, obligations[name].row, "clauses", found=name, anchor=clause.anchor)
        if not clause.obligations and clause.nothing_checked is None:
            problems.add("clause-without-rule", file, None, clause.anchor, found=clause.anchor)
    for obligation in obligations.values():
        for anchor in obligation.clauses:
            if anchor not in anchors:
                problems.add("unknown-clause", obligation.file, obligation.row, "clauses", found=anchor, near=anchor, known=", ".join(anchors))
            elif obligation.id not in anchors[anchor].obligations:
                problems.add("clause-mismatch", obligation.file, obligation.row, "clauses", found=obligation.id, anchor=anchor)


def _check_judgements(pack: Pack, obligations: Mapping[str, Obligation], problems: Problems) -> None:
    file = f"{pack.folder}/judgements.yaml"
    patterns = [pattern for judgement in pack.judgements for pattern in judgement.when]
    patterns += [pattern for consequence in pack.consequences for pattern in consequence.attributions.values()]
    for pattern in patterns:
        for name in sorted(set().union(*pattern.words.get("obligation", ((), ()))) - set(obligations)):
            problems.add("unknown-obligation", file, None, "obligation", found=name, known=", ".join(obligations), near=name)
        for bounds in pattern.numbers.values():
            _figures(pack, bounds.values(), file, None, problems)
    for judgement in pack.judgements:
        if judgement.accumulates:
            _figures(pack, [judgement.accumulates.at_least], file, None, problems)
    for consequence in pack.consequences:
        for part in (consequence.amount_at_stake.funds, consequence.amount_at_stake.spending):
            if part.facts not in pack.vocabulary:
                problems.add("unknown-fact-type", file, None, "amount_at_stake", found=part.facts, known=", ".join(pack.vocabulary), near=part.facts)
            else:
                _field(pack.vocabulary[part.facts].fields, part.amount, part.facts, file, None, "amount_at_stake", problems)
