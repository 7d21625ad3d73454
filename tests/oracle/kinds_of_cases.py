"""The kinds that look at single cases. One function a kind: (known, duty, waived days) -> Measured."""

from . import records
from .conditions import all_of, any_of, holds
from .selecting import (
    KEPT,
    NO_DUTY,
    NONE,
    OUTSIDE,
    PENDING,
    UNKNOWN,
    Measured,
    complete,
    deadline,
    in_window,
    is_open,
    not_waived,
    number,
    selected,
    share,
)  # fmt: skip


def is_the_record(duty, fact_type):
    """ "That the record itself is there needs no declaration" """
    return duty.record is not None and duty.record.type == fact_type


def case_outcome(known, duty, fact_type, verdicts, breach_is_known=True, needs_kept=None):
    """One rule for cases. `verdicts`: (kept | broken | open | unknown, True or None for a possible case).

    "One sure breach of `each`, `answered` or `preceded` is a deviation whatever else is unknown.\""""
    needs_kept = not is_the_record(duty, fact_type) if needs_kept is None else needs_kept
    sure = [verdict for verdict, truth in verdicts if truth is True]
    maybe = [verdict for verdict, truth in verdicts if truth is None]
    if "broken" in sure:
        return OUTSIDE if breach_is_known else UNKNOWN
    if "unknown" in sure or "unknown" in maybe or "broken" in maybe:
        return UNKNOWN
    if "open" in sure:
        return PENDING
    if maybe and ("open" in maybe or not sure):
        return UNKNOWN  # reading: possible cases alone leave it undetermined whether there was a case
    if needs_kept and not complete(known, duty, fact_type):
        return UNKNOWN  # "compliance rests on complete"; `not_applicable` needs the case type complete
    return KEPT if sure else NONE


def broken_cases(verdicts):
    return sum(verdict == "broken" and truth is True for verdict, truth in verdicts)


def breaking(cases, verdicts):
    """The records of the cases that are surely broken: "for the others, what breaks the bound" """
    return [record for (record, _), (verdict, truth) in zip(cases, verdicts, strict=True) if verdict == "broken" and truth is True]


def doubtful(cases):
    return [record for record, truth in cases if truth is None]


def cases_of(verdicts):
    return sum(truth is True for _, truth in verdicts)


def answered(known, duty, waived):
    """ "late cases; 0. A case is a record, answered by a date field of its own or by a record of another type with the
    same key." """
    rule = duty.rule
    cases = not_waived(known, selected(known, duty, rule["facts"], rule.get("where")), waived)
    verdicts, overdue, unknown = [], [], doubtful(cases)
    for case, truth in cases:
        due = due_day(known, duty, case)
        verdict, until = answer(known, duty, case, due) if due else ("unknown", None)
        unknown += doubtful_answers(known, duty, case, due) if due and verdict == "unknown" else [case] * (not due)
        verdicts.append((verdict, truth))
        if verdict == "broken" and truth is True:
            overdue.append(known.calendar.between(due, until))
    shared = "amount" in rule and "refers" not in rule["by"]  # earlier cases take from the same answers
    outcome = case_outcome(known, duty, rule["facts"], verdicts, needs_kept=shared or not is_the_record(duty, rule["facts"]))
    numbers = {"overdue_working_days": max(overdue, default=None), "cases": cases_of(verdicts)}
    return Measured(outcome, broken_cases(verdicts), None, 0, numbers=numbers, evidence=breaking(cases, verdicts), unknown=unknown)


def doubtful_answers(known, duty, case, due):
    """The records that might have answered a case by its due day, or might have taken from its answers; it itself, where it has a field for that."""
    by = duty.rule["by"]
    if isinstance(by, str):
        return [case]
    given = [(r, all_of([holds(known, r, by.get("where")), records.matches(known, by, r, case)])) for r in known.records(duty.owner, by["facts"])]
    found = [record for record in doubtful(given) if known.own_date(record) is not None and known.own_date(record) <= due]
    return found + (doubtful(records.cases_up_to(known, duty, case)) if "amount" in duty.rule else [])


def due_day(known, duty, case):
    """ "Due: the later of `due_on` (where there is one) and received + 3 working days, without `due_on` the date + N days
    or N working days (…), or a fixed day." """
    rule = duty.rule
    own = duty.since or known.own_date(case)
    named = known.value(case, rule["due"]) if "due" in rule else None
    if named is not None:
        least = int(number(known, duty, rule.get("at_least_working_days", "0")))
        return max(named, known.calendar.plus(own, least))
    year_field = known.pack.year_field(case.type)
    if own is None or ("day" in rule["within"] and year_field is None and known.own_date(case) is None):
        return None  # reading: without a day of its own, nobody knows when a case is due
    year = case.values[year_field] if year_field else (known.own_date(case) or own).year
    return deadline(known, duty, rule["within"], own, year)


def answer(known, duty, case, due):
    """(verdict, the day until which it is known to be overdue). "Late = answered after due, or unanswered and due ≤ `as_of`." """
    by = duty.rule["by"]
    if "amount" in duty.rule:
        return amount_answer(known, duty, case, due)
    if isinstance(by, str):
        holder, given = case.type, known.value(case, by)
        surely, maybe = ([given] if given else []), []
    else:
        holder, surely, maybe = by["facts"], [], []
        for record in known.records(duty.owner, by["facts"]):
            same = records.matches(known, by, record, case)
            truth = all_of([holds(known, record, by.get("where")), same])
            if truth is not False and known.own_date(record) is not None:  # reading: an answer without a day was not given
                (surely if truth else maybe).append(known.own_date(record))
    if surely and min(surely) <= due:
        return "kept", None
    if maybe and min(maybe) <= due:
        return "unknown", None
    if surely:
        return "broken", min(surely)
    # "An unanswered case is open before its due day; from then on it is late, or unknown where completeness is not declared."
    if known.as_of < due:
        return "open", None
    if complete(known, duty, holder, day=due):
        return "broken", known.as_of  # still unanswered on `as_of`
    return "unknown", None


def amount_answer(known, duty, case, due):
    """As `answer`, by amounts: that too little came in time rests on the answers' completeness up to the due day."""
    surely, perhaps = records.settled(known, duty, case)
    if surely is not None and surely <= due:
        return "kept", None
    if perhaps is not None and perhaps <= due:
        return "unknown", None
    if surely is None and known.as_of < due:
        return "open", None
    if complete(known, duty, duty.rule["by"]["facts"], day=min(due, known.as_of)):
        return "broken", surely or known.as_of
    return "unknown", None


def late_cases(known, duty):
    """The due days of the cases that are surely late."""
    for case, truth in selected(known, duty, duty.rule["facts"], duty.rule.get("where")):
        due = due_day(known, duty, case)
        if due and truth is True and answer(known, duty, case, due)[0] == "broken":
            yield due


def delivery_day(known, duty):
    """The deadline, counted from the scope's first day, from the missed day, or from the window's last day."""
    year = duty.year or duty.first.year
    within = duty.rule["within"]
    start = duty.last if within.get("counted_from") == "end" else duty.since or duty.scope_first
    return deadline(known, duty, within, start, year)


def equal(one, other):
    return None if one is None or other is None else one == other


def delivered(known, duty, waived):
    """ "1 where a matching record is there by the deadline, else 0; 1. Open until the deadline" """
    rule = duty.rule
    due = delivery_day(known, duty)
    found = selected(known, duty, rule["facts"], rule.get("where"))
    in_time = [truth for record, truth in found if known.own_date(record) is not None and known.own_date(record) <= due]
    value = int(True in in_time)
    if value:
        outcome = KEPT
    elif None in in_time:
        outcome = UNKNOWN
    elif known.as_of < due:
        outcome = PENDING
    else:
        # "the record's type, up to the deadline (or `as_of` if earlier)"
        outcome = OUTSIDE if complete(known, duty, rule["facts"], day=due) else UNKNOWN
    if outcome == OUTSIDE and due in waived:
        outcome = NO_DUTY  # "waived where their deadline or the window's last day is"
    evidence = [record for record, truth in found if truth is True]  # what came too late
    return Measured(outcome, value, 1, None, numbers={"share_of_lower": share(value, 1)}, evidence=evidence, unknown=doubtful(found))


def each(known, duty, waived):
    """ "selected records that fail the condition; 0" """
    rule = duty.rule
    found = not_waived(known, selected(known, duty, rule["facts"], rule.get("where")), waived)
    words = {True: "kept", False: "broken", None: "unknown"}
    verdicts = [(words[holds(known, record, rule["must"])], truth) for record, truth in found]
    outcome = case_outcome(known, duty, rule["facts"], verdicts)
    unknown = doubtful(found) + [record for (record, _), (verdict, _) in zip(found, verdicts, strict=True) if verdict == "unknown"]
    return Measured(outcome, broken_cases(verdicts), None, 0, numbers={"cases": cases_of(verdicts)}, evidence=breaking(found, verdicts), unknown=unknown)


def preceded(known, duty, waived):
    """ "selected records without a matching earlier or same-day record; 0" """
    rule = duty.rule
    by = rule["by"]
    found = not_waived(known, selected(known, duty, rule["facts"], rule.get("where")), waived)
    verdicts, unknown = [], doubtful(found)
    for record, truth in found:
        # reading: what refers to a case precedes it, whoever it belongs to (agreements may refer to records of the programme)
        before = [(other, precedes(known, by, other, record)) for owner in known.owners() for other in known.records(owner, by["facts"])]
        matches = any_of(one for _, one in before)
        if matches is None:  # a case without a day is what is missing; so are matching records that perhaps do not count
            unknown += [record] * (known.own_date(record) is None)
            unknown += [other for other, one in before if one is None and holds(known, other, by.get("where")) is None]
        verdicts.append(({True: "kept", False: "broken", None: "unknown"}[matches], truth))
    # "a breach rests on complete: the preceding type"
    breach_is_known = complete(known, duty, by["facts"])
    outcome = case_outcome(known, duty, rule["facts"], verdicts, breach_is_known)
    return Measured(outcome, broken_cases(verdicts), None, 0, numbers={"cases": cases_of(verdicts)}, evidence=breaking(found, verdicts), unknown=unknown)


def precedes(known, by, other, record):
    if known.follow(other, by["refers"]) is not record:
        return False
    # reading: a preceding record whose date is empty has not happened yet
    day = known.value(other, by["on"])
    if day is None:
        return False
    if known.own_date(record) is None:
        return all_of([None, holds(known, other, by.get("where"))])  # reading: whether it came before, nobody knows
    if day > known.own_date(record):
        return False
    return holds(known, other, by.get("where"))


def attested(known, duty, waived):
    """ "bearers with a matching attestation (obligation, party, site, year); all bearers; `pending` while open" """
    words = known.pack.head["attestations"]
    site_field = known.pack.site_field(words["facts"])
    parties, unknown = {True: set(), None: set()}, []
    for record in known.records(duty.owner, words["facts"]):
        site = known.value(record, site_field)
        # reading: for a site's duty an empty site is unknown; agreement-wide duties need an empty site
        of_site = equal(site, duty.site["id"]) if duty.site else site is None
        fits = known.value(record, words["obligation"]) == duty.obligation["id"]
        truth = all_of([fits, of_site, in_window(known, duty, record)])
        if truth is not False:
            parties[truth].add(known.value(record, words["party"]))
            unknown += [record] * (truth is None and known.value(record, words["party"]) in duty.obligation["bearer"])
    bearers = set(duty.obligation["bearer"])
    value, most, lower = len(bearers & parties[True]), len(bearers & (parties[True] | parties[None])), len(bearers)
    if value == lower:
        outcome = KEPT
    elif most == lower:
        outcome = UNKNOWN
    elif is_open(known, duty):
        outcome = PENDING
    else:
        outcome = OUTSIDE if complete(known, duty, words["facts"]) else UNKNOWN
    if outcome == OUTSIDE and duty.last in waived:
        outcome = NO_DUTY
    return Measured(outcome, value, lower, None, numbers={"share_of_lower": share(value, lower)}, unknown=unknown)
