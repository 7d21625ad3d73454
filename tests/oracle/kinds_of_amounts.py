"""The kinds that count, sum or measure days and shares. One function a kind: (known, duty, waived days) -> Measured."""

import itertools
from decimal import ROUND_HALF_UP, Decimal

from .conditions import all_of, holds
from .duties import site_days
from .kinds_of_cases import doubtful, is_the_record
from .known import Record
from .pack import SITE
from .selecting import (
    DAY,
    KEPT,
    NO_DUTY,
    NONE,
    OUTSIDE,
    PENDING,
    TOLERATED,
    UNKNOWN,
    Measured,
    cents,
    complete,
    days_of,
    in_scope,
    is_open,
    not_waived,
    number,
    roles_of,
    selected,
    share,
    up_to,
)  # fmt: skip

ZERO = Decimal(0)


def count(known, duty, waived):
    """ "selected facts; `lower`/`upper`, either may be absent. Above is a deviation at once; below while open is `pending`" """
    rule = duty.rule
    found = selected(known, duty, rule["facts"], rule.get("where"))
    sure = sum(truth is True for _, truth in found)
    # "Waived days leave the window: a `count`'s bounds are prorated to the days left, its facts on waived days still count"
    days = sum(day not in waived for day in days_of(duty.first, duty.last))
    if duty.record and duty.label == "term" and days:
        days = duty.days  # "In a `term` nothing is prorated"; only a waiver of all its days lifts it
    lower, _, vanished = prorated(known, duty, days)
    # reading: the upper bound stays that of the whole window: facts on waived days still count, and a waiver must not harm
    upper = prorated(known, duty, duty.days)[1]
    ca = number(known, duty, rule.get("tolerance", known.pack.head.get("tolerance"))) if rule.get("approximate") == "true" else 0
    outcomes = {count_outcome(value, lower, upper, ca, vanished, is_open(known, duty)) for value in range(sure, len(found) + 1)}
    # "a `count` then lies between the sure records and the sure plus the unknown ones; where the ends of that range give
    # different answers, the finding is `undetermined`"
    outcome = outcomes.pop() if len(outcomes) == 1 else UNKNOWN
    # "a breach rests on complete: the counted type (below, `tolerated` included)"
    below = outcome in (OUTSIDE, TOLERATED) and lower is not None and sure < lower
    if below and not complete(known, duty, rule["facts"]):
        outcome = UNKNOWN
    if days == 0:
        outcome = NO_DUTY  # reading: nothing is left of a window that is waived as a whole, and an empty window makes no duty
    elapsed = (up_to(known, duty) - duty.first).days + 1
    at_risk = outcome == PENDING and sure < lower * elapsed // duty.days
    counted = [record for record, truth in found if truth is True]
    return Measured(outcome, sure, lower, upper, at_risk, {"share_of_lower": share(sure, lower)}, counted, doubtful(found))


def prorated(known, duty, days):
    """ "the bounds become floor(lower × days / period days) and ceil(upper × days / period days)" """
    lower, upper = (number(known, duty, duty.rule[bound]) if bound in duty.rule else None for bound in ("lower", "upper"))
    if days >= duty.full_days:
        return lower, upper, False
    vanished = False
    if lower is not None:
        written, lower = lower, lower * days // duty.full_days
        if written >= 1 and lower == 0 and 2 * days >= duty.full_days:
            lower = 1  # "A lower bound of at least 1 stays at least 1 where the window is at least half of the period."
        vanished = written > 0 and lower == 0
    if upper is not None:
        upper = -(-upper * days // duty.full_days)
    return lower, upper, vanished


def count_outcome(value, lower, upper, ca, vanished, still_open):
    if upper is not None and value > upper:
        return OUTSIDE if value > upper + ca else TOLERATED
    if vanished:
        return NONE  # "Where proration takes it to 0, the finding is `not_applicable`, unless the value is above `upper`."
    if lower is None or value >= lower:
        return KEPT
    if still_open:
        return PENDING
    return TOLERATED if value >= max(lower - ca, 0) else OUTSIDE


def staffed(known, duty, waived):
    """ "days of the window up to `as_of` on which the roles' headcount (or `fte`, where asked) is under what is required" """
    rule = duty.rule
    roles = roles_of(duty, rule["roles"])
    posts = [
        (record, truth)
        for record in known.records(duty.owner, rule["facts"])
        if (truth := all_of([known.value(record, "role") in roles, in_scope(known, duty, record)])) is not False
    ]
    surely = [record for record, truth in posts if truth is True]
    last = up_to(known, duty)
    limit = number(known, duty, rule["max_vacancy_days"])

    def vacant(day, records):
        return day not in waived and understaffed(known, duty, [r for r in records if in_office(known, rule, r, day)])

    days = sum(vacant(day, surely) for day in days_of(duty.first, last))
    fewest = sum(vacant(day, [r for r, _ in posts]) for day in days_of(duty.first, last)) if len(posts) > len(surely) else days
    outcome = OUTSIDE if days > limit else KEPT
    if (fewest > limit) != (days > limit) or not complete(known, duty, rule["facts"], roles):
        outcome = UNKNOWN  # breach and compliance both rest on complete staffing
    numbers = {}
    if outcome == OUTSIDE:
        numbers["longest_vacancy_days"] = longest_vacancy(known, duty, roles, lambda day: vacant(day, surely))
    # reading: what shows a vacancy is who held the post in the window, or until the day before it, or from the day after it
    near = [(r, t) for r, t in posts if known.own_date(r) <= last + DAY and (known.value(r, rule["until"]) or last) >= duty.first - DAY]
    return Measured(outcome, days, None, limit, numbers=numbers, evidence=[r for r, t in near if t is True], unknown=doubtful(near))


def in_office(known, rule, record, day):
    """ "`to` is the last day in office", empty: still in office"""
    until = known.value(record, rule["until"])
    return known.own_date(record) <= day and (until is None or day <= until)


def understaffed(known, duty, records):
    rule = duty.rule
    if "fte" in rule:
        sum_fte = sum((known.value(r, rule["fte"]["field"]) for r in records), ZERO)
        return sum_fte < number(known, duty, rule["fte"]["at_least"])
    # reading: headcount counts distinct persons; a record without a person counts as one of its own
    named = {known.value(r, rule["person"]) for r in records} - {None}
    heads = len(named) + sum(known.value(r, rule["person"]) is None for r in records)
    return heads < number(known, duty, rule.get("headcount", "1"))


def longest_vacancy(known, duty, roles, vacant):
    """ "one unbroken vacancy that touches the window, followed beyond it within the term and up to `as_of` as far as
    records are known" """
    until = known.complete_until(duty.owner, duty.rule["facts"], roles)
    if duty.site:
        first, last = site_days(known, duty.agreement, duty.site)
    elif duty.agreement:
        first, last = duty.agreement["term"]["from"], known.ends[duty.owner]
    else:
        first, last = min(a["term"]["from"] for a in known.agreements), max(known.ends.values())
    last = min(last, known.as_of, until)
    longest, run, touches = 0, 0, False
    for day in days_of(first, last):
        if vacant(day):
            run, touches = run + 1, touches or duty.first <= day <= duty.last
            if touches:
                longest = max(longest, run)
        else:
            run, touches = 0, False
    return longest


def consented(known, duty, waived):
    """ "Σ uncovered parts of the window's expenditures; 0" """
    rule = duty.rule
    found = not_waived(known, selected(known, duty, rule["spending"]["facts"]), waived)
    most, least, surely_known = (uncovered_parts(known, duty, hopeful) for hopeful in (False, True, None))
    value = sum((surely_known[id(r)] for r, truth in found if truth is True), ZERO)
    lowest = sum((least[id(r)] for r, truth in found if truth is True), ZERO)
    highest = sum((most[id(r)] for r, _ in found), ZERO)
    if (lowest > 0) != (highest > 0):
        outcome = UNKNOWN
    elif lowest > 0:
        outcome = OUTSIDE if complete(known, duty, rule["consents"]["facts"]) else UNKNOWN
    else:
        outcome = KEPT if complete(known, duty, rule["spending"]["facts"]) else UNKNOWN
    numbers = {"uncovered": value}
    if "funds" in rule:
        funds = [r for r, truth in selected(known, duty, rule["funds"]["facts"]) if truth is True]
        if funds:
            numbers["funds"] = sum((known.value(r, rule["funds"]["amount"]) for r in funds), ZERO)
    evidence = [r for r, truth in found if truth is True and least[id(r)] > 0]
    hanging = [r for r, _ in found if least[id(r)] != most[id(r)]]
    unknown = doubtful([(r, t) for r, t in found if most[id(r)] > 0]) + [consent for record in hanging for consent in doubtful_consents(known, duty, record)]
    return Measured(outcome, value, None, ZERO, numbers=numbers, evidence=evidence, unknown=unknown)


def uncovered_parts(known, duty, hopeful):
    """{id of an expenditure: its uncovered part}; unknown consents count as hopefully, or as badly, as they may, or (None) not at all."""
    rule = duty.rule
    per_purpose = {}
    uncovered = {}
    for record in known.records(duty.owner, rule["consents"]["facts"]):
        purpose = known.follow(record, rule["consents"]["purpose"])
        per_purpose.setdefault(id(purpose), []).append((known.own_date(record), 0, known.value(record, "id"), record))
    for record in known.records(duty.owner, rule["spending"]["facts"]):
        if known.value(record, rule["spending"]["purpose"]) is None:
            # "An expenditure without a measure is uncovered as a whole." reading: a refund without one adds nothing
            uncovered[id(record)] = max(known.value(record, rule["spending"]["amount"]), ZERO)
            continue
        purpose = known.follow(record, rule["spending"]["purpose"])
        per_purpose.setdefault(id(purpose), []).append((known.own_date(record), 1, known.value(record, "id"), record))
    for entries in per_purpose.values():
        # "in the order of date, then consents before expenditures, then id, the approved amount left starts at 0"
        run_account(known, rule, sorted(entries, key=lambda e: e[:3]), hopeful, uncovered)
    return uncovered


def doubtful_consents(known, duty, spent):
    """The consents up to the day of an expenditure and for its purpose of which it is not known if they grant, or withdraw."""
    rule, consents, found = duty.rule, duty.rule["consents"], []
    if known.value(spent, rule["spending"]["purpose"]) is None:
        return []
    purpose = known.follow(spent, rule["spending"]["purpose"])
    for record in known.records(duty.owner, consents["facts"]):
        if known.follow(record, consents["purpose"]) is purpose and known.own_date(record) <= known.own_date(spent):
            counts = holds(known, record, consents.get("counts"))
            if None in (all_of([counts, holds(known, record, consents[what])]) for what in ("granted", "withdrawn")):
                found.append(record)
    return found


def run_account(known, rule, entries, hopeful, uncovered):
    left, unlimited = ZERO, False
    for _, order, _, record in entries:
        if order == 0:
            consents = rule["consents"]
            amount = known.value(record, consents["amount"])
            counts = holds(known, record, consents.get("counts"))
            granted = all_of([counts, holds(known, record, consents["granted"])])
            withdrawn = all_of([counts, holds(known, record, consents["withdrawn"])])
            if granted or (granted is None and hopeful is True):
                left, unlimited = left + (amount or ZERO), unlimited or amount is None
            if withdrawn or (withdrawn is None and hopeful is False):
                left = ZERO if amount is None else max(left - amount, ZERO)
                unlimited = unlimited and amount is not None
            continue
        amount = known.value(record, rule["spending"]["amount"])
        uncovered[id(record)] = ZERO
        if amount < 0:
            left -= amount  # "a refund adds its amount"
        elif not unlimited:
            uncovered[id(record)] = max(amount - left, ZERO)
            left = max(left - amount, ZERO)


def attended(known, duty, waived):
    """ "present / held and invited, four decimals, half up; at least `at_least`; a meeting counts as attended where any of
    the roles is present, and is left out where all records of the roles say `not_invited`; below while open is `pending`" """
    rule, words = duty.rule, known.pack.head["attendance"]
    roles = roles_of(duty, rule["roles"])
    of_site = rule.get("meetings_of") != "agreement"
    meetings = not_waived(known, selected(known, duty, rule["facts"], rule.get("where"), of_site), waived)
    lower = Decimal(number(known, duty, rule["at_least"]))
    ways = [meeting_ways(known, duty, meeting, truth, roles, words) for meeting, truth in meetings]
    sure = [meeting_ways(known, duty, meeting, True, roles, words, only_sure=True)[0] for meeting, t in meetings if t]
    value, invited = share_of(sure)
    # the least and the greatest share that the unknown records allow
    ends = [share_of([min(way, key=order.index) for way in ways])[0] for order in (WORST, BEST)]
    outcomes = {NONE if end is None else KEPT if end >= lower else OUTSIDE for end in ends}
    outcome = outcomes.pop() if len(outcomes) == 1 else UNKNOWN
    meetings_in = complete(known, duty, rule["facts"])
    if outcome in (KEPT, NONE) and not meetings_in:
        outcome = UNKNOWN
    elif outcome == OUTSIDE and is_open(known, duty):
        outcome = PENDING  # at risk: "a share is below its bound"
    elif outcome == OUTSIDE and not (meetings_in and complete(known, duty, words["facts"], roles)):
        outcome = UNKNOWN
    numbers = {"cases": invited, "share_of_lower": share(value, lower)}
    evidence = [meeting for meeting, way in zip([meeting for meeting, t in meetings if t], sure, strict=True) if way != "left out"]
    unknown = [meeting for (meeting, truth), way in zip(meetings, ways, strict=True) if truth is None and way != ["left out"]]
    unknown += [
        record for (meeting, _), way in zip(meetings, ways, strict=True) if len(way) > 1 for record in doubtful_presence(known, duty, meeting, roles, words)
    ]
    return Measured(outcome, value, lower, None, outcome == PENDING, numbers, evidence, unknown)


WORST, BEST = ("absent", "left out", "present"), ("present", "left out", "absent")


def share_of(ways):
    invited = [way for way in ways if way != "left out"]
    if not invited:
        return None, 0
    exact = Decimal(invited.count("present")) / Decimal(len(invited))
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP), len(invited)


def meeting_ways(known, duty, meeting, truth, roles, words, only_sure=False):
    """The ways in which a meeting may enter the share: present, absent, left out."""
    records = []  # what each record may say, as (present, not invited); None: nothing, because it may not belong
    for record in known.records(duty.owner, words["facts"]):
        if known.follow(record, words["meeting"]) is not meeting or known.value(record, "role") not in roles:
            continue
        belongs = in_scope(known, duty, record) if duty.rule.get("own_site") == "true" else True
        says = (holds(known, record, words["present"]), holds(known, record, words["not_invited"]))
        if belongs is False or only_sure and None in (belongs, *says):
            continue
        possible = itertools.product(*((True, False) if one is None else (one,) for one in says))
        records.append([*(one for one in possible if one != (True, True)), *([None] if belongs is None else [])])
    ways = set() if truth is True else {"left out"}
    for said in itertools.product(*records):
        there = [one for one in said if one is not None]
        if any(present for present, _ in there):
            ways.add("present")
        else:
            ways.add("left out" if there and all(uninvited for _, uninvited in there) else "absent")
    return sorted(ways)


def doubtful_presence(known, duty, meeting, roles, words):
    """The records of the roles at a meeting that may belong to the duty, or of which it is unknown what they say."""
    for record in known.records(duty.owner, words["facts"]):
        if known.follow(record, words["meeting"]) is meeting and known.value(record, "role") in roles:
            belongs = in_scope(known, duty, record) if duty.rule.get("own_site") == "true" else True
            says = (holds(known, record, words["present"]), holds(known, record, words["not_invited"]))
            if belongs is not False and None in (belongs, *says):
                yield record


def within_budget(known, duty, waived):
    """ "Σ spent − Σ funds of the scope and year where positive, else 0; 0" """
    rule = duty.rule

    def amounts(part, times=1):
        found = selected(known, duty, part["facts"])
        return [(cents(known.value(record, part["amount"]) * times), truth) for record, truth in found]

    def known_whole(part):
        return is_the_record(duty, part["facts"]) or complete(known, duty, part["facts"])

    spent, funds = amounts(rule["spending"]), amounts(rule["funds"], number(known, duty, rule.get("times", "1")))
    surely = sum((a for a, t in spent if t), ZERO) - sum((a for a, t in funds if t), ZERO)
    most = surely + sum((max(a, ZERO) for a, t in spent if t is None), ZERO)
    least = surely + sum((min(a, ZERO) for a, t in spent if t is None), ZERO) - sum((a for a, t in funds if t is None), ZERO)
    if (least > 0) != (most > 0):
        outcome = UNKNOWN
    elif least > 0:
        outcome = OUTSIDE if known_whole(rule["funds"]) else UNKNOWN
    else:
        outcome = KEPT if known_whole(rule["spending"]) else UNKNOWN
    if outcome == OUTSIDE and duty.last in waived:
        outcome = NO_DUTY  # "waived where their deadline or the window's last day is"
    found = selected(known, duty, rule["spending"]["facts"])
    unknown = doubtful(found) + doubtful(selected(known, duty, rule["funds"]["facts"]))
    return Measured(outcome, max(surely, ZERO), None, ZERO, evidence=[record for record, truth in found if truth is True], unknown=unknown)


def sites(known, duty, waived):
    """ "matching sites; bounds as given" """
    rule = duty.rule
    if duty.site:
        found = [(duty.agreement, duty.site)]
    else:
        found = [(a, site) for a in ([duty.agreement] if duty.agreement else known.agreements) for site in a["sites"]]
    truths = []
    for agreement, site in found:
        first, last = site_days(known, agreement, site)
        # reading: sites whose active days touch the window up to `as_of`
        if first <= last and first <= up_to(known, duty) and last >= duty.first:
            truths.append(holds(known, site_record(agreement, site), rule.get("where")))
    sure, most = truths.count(True), truths.count(True) + truths.count(None)
    lower, upper = (number(known, duty, rule[bound]) if bound in rule else None for bound in ("lower", "upper"))
    outcomes = {count_outcome(n, lower, upper, 0, False, is_open(known, duty)) for n in range(sure, most + 1)}
    outcome = outcomes.pop() if len(outcomes) == 1 else UNKNOWN
    if outcome == OUTSIDE and duty.last in waived:
        outcome = NO_DUTY
    return Measured(outcome, sure, lower, upper, numbers={"share_of_lower": share(sure, lower)})


def site_record(agreement, site):
    return Record(SITE, agreement["id"], {name: value for name, value in site.items() if value not in (None, "")})
