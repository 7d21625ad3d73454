"""Statuses and waivers: from a measurement to a finding."""

import dataclasses

from . import kinds_of_amounts, kinds_of_cases, records
from .conditions import holds
from .duties import Duty, duties, record_duties
from .selecting import OUTSIDE, PENDING, Measured, days_of, is_open

MEASURES = {
    "count": kinds_of_amounts.count,
    "staffed": kinds_of_amounts.staffed,
    "consented": kinds_of_amounts.consented,
    "attended": kinds_of_amounts.attended,
    "within_budget": kinds_of_amounts.within_budget,
    "sites": kinds_of_amounts.sites,
    "answered": kinds_of_cases.answered,
    "delivered": kinds_of_cases.delivered,
    "each": kinds_of_cases.each,
    "preceded": kinds_of_cases.preceded,
    "attested": kinds_of_cases.attested,
}


@dataclasses.dataclass
class Found:
    duty: Duty
    status: str
    shown: Measured  # without the waivers
    judged: Measured  # with them
    judgements: set
    repaired: str = "nothing"

    @property
    def id(self):
        return self.duty.obligation["id"]

    @property
    def site(self):
        return self.duty.place


def waived_days(known, duty):
    """ "Waivers count where obligation and scope fit (a waiver without a site covers all sites), `agreed_by: both` (7.1)
    and `agreed_on` ≤ `as_of`." """
    words = known.pack.head.get("waivers")
    if words is None:
        return frozenset()
    site_field = known.pack.site_field(words["facts"])
    days = set()
    for waiver in known.records(duty.owner, words["facts"]):
        site = known.value(waiver, site_field)
        if known.value(waiver, words["obligation"]) != duty.obligation["id"]:
            continue
        # reading: a waiver that names a site does not fit an agreement-wide duty
        if site is not None and (duty.site is None or site != duty.site["id"]):
            continue
        if known.value(waiver, words["agreed_on"]) > known.as_of or holds(known, waiver, words["effective"]) is not True:
            continue
        days.update(days_of(known.own_date(waiver), known.value(waiver, words["until"])))
    return frozenset(days)


def find(known, duty):
    measure = MEASURES[duty.kind]
    shown = judged = measure(known, duty, frozenset())
    status = shown.outcome
    if status == OUTSIDE:
        waived = waived_days(known, duty)
        if waived:
            judged = measure(known, duty, waived)
        status = "unmet" if duty.obligation["modality"] == "intention" else "deviation"
        if judged.outcome != OUTSIDE:
            status = "waived"  # "it is a deviation without the waivers, and with them it is not"
    return Found(duty, status, shown, judged, set())


def findings(known):
    """All findings; duties that follow from a breach after those that make them."""
    found = []
    waiting = list(known.pack.obligations)
    done = set()
    while waiting:
        ready = [one for one in waiting if one.get("after_breach_of") in (None, *done)]
        waiting = [one for one in waiting if one not in ready]
        for obligation in ready:
            if obligation["scope"] == "record":
                found += [find(known, duty) for duty in record_duties(known, obligation, missed(known, obligation, found))]
        found += [find(known, duty) for duty in duties(known, [one for one in ready if one["scope"] != "record"])]
        done |= {one["id"] for one in ready}
    for one in found:
        one.repaired = records.repaired(found, one)
    return found


def missed(known, obligation, found):
    """By (agreement, place, label), the day that was missed; None for obligations that follow from no breach."""
    name = obligation.get("after_breach_of")
    if name is None:
        return None
    broken = [one for one in found if one.id == name and one.status in ("deviation", "unmet")]
    return {(one.duty.owner, one.site, one.duty.label): records.missed(known, one) for one in broken}


def evidence(known, found):
    """ "For `count` and `attended` the evidence lists what was counted; for the others, what breaks the bound." """
    shown = found.shown
    under = shown.value is not None and shown.lower is not None and shown.value < shown.lower
    over = shown.value is not None and shown.upper is not None and shown.value > shown.upper
    if found.duty.kind not in ("count", "attended") and not under and not over:
        return []
    return sorted((record.type, known.identity(record)) for record in shown.evidence)


def as_dict(known, found):
    duty, shown = found.duty, found.shown
    return {
        "obligation": found.id,
        "kind": duty.kind,
        "agreement": duty.owner,
        "site": found.site,
        "label": duty.label,
        "from": duty.first,
        "to": duty.last,
        "status": found.status,
        "open": is_open(known, duty) or found.status == PENDING,
        "at_risk": shown.at_risk,
        "value": shown.value,
        "lower": shown.lower,
        "upper": shown.upper,
        "material": bool(found.judgements),
        "judgements": sorted(found.judgements),
        "evidence": evidence(known, found),
        "unknown": [known.reach(record) for record in shown.unknown],
    }
