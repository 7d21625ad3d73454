"""Checks of what rules say about single records: scopes, chains, amounts that settle, and time limits.

Run over packs that are otherwise sound, so that every name exists. What would leave a duty's very existence unknown is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from servanda.conditions import Condition
from servanda.pack_shapes import FieldType, Obligation, Pack
from servanda.problems import Problems
from servanda.shapes import Shape

BREAKABLE = ("answered", "delivered")
SINGLE = ("count", "answered", "delivered", "each", "preceded", "within_budget")
_LIMITS = ("days", "working_days", "months", "day")


def check_records(pack: Pack, kinds: Mapping[str, object], problems: Problems) -> None:
    """Add a problem for every rule about records that cannot be kept apart, dated or compared."""
    obligations = {obligation.id: obligation for obligation in pack.obligations}
    for obligation in pack.obligations:
        wrong = [
            *_scope(pack, obligation), *(_reached(pack, obligation, kinds) if obligation.for_each else ()), *_chain(obligations, obligation),
            *_settling(pack, obligation), *_limit(obligation), *_purposes(pack, obligation),
        ]
        for column, found, expected in wrong:
            problems.add("invalid-definition", obligation.file, obligation.row, column, found=found, expected=expected)


def _scope(pack: Pack, obligation: Obligation) -> Iterator[tuple[str, str, str]]:
    chosen = obligation.for_each
    if (obligation.scope == "record") != (chosen is not None):
        yield "for_each", obligation.scope, "for_each with scope: record, and only there"
    if obligation.unfinished and obligation.period == "term":
        yield "unfinished", obligation.period, "unfinished only of yearly duties"
    if chosen is None:
        return
    if obligation.kind not in SINGLE:
        yield "for_each", obligation.kind, "scope: record only of count, answered, delivered, each, preceded and within_budget"
    if chosen.facts not in pack.vocabulary:
        yield "for_each.facts", chosen.facts, "a fact type of the vocabulary"
    elif not _decided(pack, pack.vocabulary[chosen.facts].fields, chosen.where):
        yield "for_each.where", "a condition", "conditions over fields that are never empty"


def _decided(pack: Pack, fields: Mapping[str, FieldType], condition: Condition) -> bool:
    """Whether a condition can never be unknown: its fields exist and are required or have a meaning where they are empty."""
    for test in condition.every_test():
        for path in (test.path, *(value for value in test.values if test.op in ("same_as", "not_after"))):
            first, _, last = path.partition(".")
            if path == "as_of":
                continue
            declared = [fields.get(first)]
            if last and declared[0] is not None and declared[0].to in pack.vocabulary:
                declared.append(pack.vocabulary[declared[0].to].fields.get(last))
            if any(one is None for one in declared) or test.op != "given" and any(not one.required and one.empty is None for one in declared):
                return False
    return True


def _reached(pack: Pack, obligation: Obligation, kinds: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    for selection in kinds[obligation.kind].parts(obligation, pack.head).values():
        if selection.record and selection.record != selection.facts:
            fields = pack.vocabulary[selection.facts].fields.values()
            if [field.required for field in fields if field.to == selection.record] != [True]:
                yield "for_each", selection.facts, "records that name theirs in one required reference"


def _chain(obligations: Mapping[str, Obligation], obligation: Obligation) -> Iterator[tuple[str, str, str]]:
    name, seen = obligation.after_breach_of, {obligation.id}
    if name is None:
        return
    broken = obligations.get(name)
    if broken is None:
        yield "after_breach_of", name, "an obligation of the pack"
        return
    alike = broken.for_each == obligation.for_each and broken.period == obligation.period == "term"
    if obligation.for_each is None or not alike or broken.kind not in BREAKABLE:
        yield "after_breach_of", name, "an obligation with a due day (answered or delivered) for the same records and the term"
    while name is not None and name not in seen:
        seen.add(name)
        name = obligations[name].after_breach_of if name in obligations else None
    if name is not None:
        yield "after_breach_of", name, "a chain without a circle"


def _settling(pack: Pack, obligation: Obligation) -> Iterator[tuple[str, str, str]]:
    if obligation.kind != "answered":
        return
    params = obligation.params
    by = params.by if isinstance(params.by, Shape) else None
    if by is None:
        if params.amount or params.times:
            yield "answered.amount", str(params.amount or "times"), "amounts on both sides, each a required field"
        return
    if bool(by.same) + bool(by.refers) > 1 or not (by.same or by.refers or by.amount):
        yield "answered.by", by.facts, "same, or refers, or an amount"
    fields = pack.vocabulary[by.facts].fields
    if by.refers and (by.refers not in fields or fields[by.refers].to != params.facts):
        yield "answered.by.refers", by.refers, "a reference to the case"
    both = [(name, found) for name in by.same for found in (pack.vocabulary[params.facts].fields, fields)]
    if any(not found[name].required and found[name].required_where is None for name, found in both):
        yield "answered.by.same", ", ".join(by.same), "fields that are never empty"
    sides = [(pack.vocabulary[params.facts].fields, params.amount), (fields, by.amount)]
    if any(amount for _, amount in sides) and not all(amount and found[amount].required for found, amount in sides) or params.times and not by.amount:
        yield "answered.amount", str(params.amount), "amounts on both sides, each a required field"
    if params.amount and not by.refers and not _always_dated(pack, params.facts):
        yield "answered.facts", params.facts, "cases whose own date is never empty, because earlier ones are settled first"


def _always_dated(pack: Pack, facts: str) -> bool:
    """Whether every record has a day of its own: the field is required, and so is that of the record to which it refers."""
    field = pack.vocabulary[facts].fields.get(pack.vocabulary[facts].date)
    return field is not None and field.required and (field.type == "date" or _always_dated(pack, field.to))


def _purposes(pack: Pack, obligation: Obligation) -> Iterator[tuple[str, str, str]]:
    if obligation.kind != "consented":
        return
    spending, consents = obligation.params.spending, obligation.params.consents
    targets = [pack.vocabulary[part.facts].fields[part.purpose].to for part in (spending, consents)]
    if targets[0] is None or targets[0] != targets[1]:
        yield "consented.spending.purpose", spending.purpose, "references to the same fact type, in spending and in consents"


def _limit(obligation: Obligation) -> Iterator[tuple[str, str, str]]:
    within = getattr(obligation.params, "within", None)
    if within is None:
        return
    given = [name for name in _LIMITS if getattr(within, name) is not None]
    if len(given) != 1 and given != ["days", "months"] or obligation.kind == "delivered" and given == ["working_days"]:
        yield "within", ", ".join(given) or "null", "one of days, working_days (not of delivered), day, and months (with days, too)"
    if within.end_of_month and given != ["months"]:
        yield "within.end_of_month", "true", "end_of_month only with months"
    if within.counted_from == "end" and obligation.kind != "delivered":
        yield "within.counted_from", "end", "counted_from: end only of delivered"
