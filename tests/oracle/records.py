"""Single records: as scopes of duties, as cases that amounts settle, and as what a breach leaves to be done. docs/pack-format.md."""

from decimal import Decimal

from .conditions import all_of, holds

DUE = ("answered", "delivered")


def scope_days(known, obligation, agreement):
    """(record, first day, last day): "from the record's own day (moved into the term where it lies outside) to the end of the term" """
    first, last = agreement["term"]["from"], known.ends[agreement["id"]]
    if first > last:
        return
    chosen = obligation["for_each"]
    for record in known.records(agreement["id"], chosen["facts"]):
        if holds(known, record, chosen.get("where")) is True:
            day = known.own_date(record) or first
            yield record, min(max(day, first), last), last


def belongs(known, duty, record):
    """ "A record belongs to a scope by being it, or by its one reference to it" """
    if record.type == duty.record.type:
        return record is duty.record
    name = next(n for n, spec in known.pack.vocabulary[record.type]["fields"].items() if spec.get("to") == duty.record.type)
    return known.follow(record, name) is duty.record


def settled(known, duty, case):
    """The days (surely, perhaps) on which the answers' amounts together reach those of the cases of this key, up to and with this one."""
    rule, by = duty.rule, duty.rule["by"]
    from .selecting import cents

    least = most = Decimal(0)
    for other, truth in cases_up_to(known, duty, case):
        least += known.value(other, rule["amount"]) if truth or other is case else 0
        most += known.value(other, rule["amount"])
    times = known.pack.number(rule.get("times", "1"), duty.agreement, duty.first)
    answers = []
    for record in known.records(duty.owner, by["facts"]):
        truth = all_of([holds(known, record, by.get("where")), matches(known, by, record, case)])
        if truth is not False and known.own_date(record) is not None:
            answers.append((known.own_date(record), known.value(record, by["amount"]), truth))
    surely = first_day(answers, cents(most * times), lambda amount, truth: truth or amount < 0)
    perhaps = first_day(answers, cents(least * times), lambda amount, truth: truth or amount > 0)
    return surely, perhaps


def first_day(answers, owed, counts):
    for day in sorted({day for day, _, _ in answers}):
        if sum((amount for on, amount, truth in answers if on <= day and counts(amount, truth)), Decimal(0)) >= owed:
            return day
    return None


def cases_up_to(known, duty, case):
    """ "in the order of their days", then of their ids; cases outside the duty's own window or record take from the same answers"""
    rule = duty.rule
    place = order(known, case)
    for other in known.records(duty.owner, rule["facts"]):
        truth = holds(known, other, rule.get("where"))
        if truth is not False and order(known, other) <= place and alike(known, rule["by"], other, case):
            yield other, truth


def order(known, record):
    return known.own_date(record), known.value(record, "id")


def alike(known, by, one, other):
    if "refers" in by:
        return one is other
    return all(known.value(one, name) == known.value(other, name) for name in by.get("same", []))


def matches(known, by, record, case):
    """Whether an answer is for this case: None where a field that has to be the same is empty."""
    if "refers" in by:
        return known.follow(record, by["refers"]) is case
    pairs = [(known.value(record, name), known.value(case, name)) for name in by.get("same", [])]
    return all_of(None if None in pair else pair[0] == pair[1] for pair in pairs)


def missed(known, one):
    """The due day that a broken duty missed first."""
    from .kinds_of_cases import delivery_day, late_cases

    return delivery_day(known, one.duty) if one.duty.kind == "delivered" else min(late_cases(known, one.duty))


def repaired(found, one):
    """ "yes: all duties that it made are fulfilled; no: one deviates; open: anything else; nothing: it made none" """
    made = {
        other.status for other in found
        if other.duty.obligation.get("after_breach_of") == one.id and (other.duty.owner, other.site) == (one.duty.owner, one.site)
    }
    if not made:
        return "nothing"
    if made <= {"fulfilled", "tolerated", "waived"}:
        return "yes"
    return "no" if made & {"deviation", "unmet"} else "open"
