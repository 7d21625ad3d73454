"""Judgements and the consequence they lead to."""

from decimal import Decimal
from fractions import Fraction

from .pack import listed

COMPARED = {
    "above": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
}
WORDS = ("obligation", "kind", "only_bearer", "period", "modality", "scope", "repaired")


def judge(known, found):
    """ "Only findings with status `deviation` enter, and not those whose value lies above an upper bound." """
    entered = [one for one in found if one.status == "deviation" and not above_upper(one)]
    for judgement in known.pack.judgements:
        fitting = [one for one in entered if any(fits(known, one, pattern) for pattern in judgement["when"])]
        if "year_before" in judgement:
            deviates = {(one.id, one.duty.owner, one.site, one.duty.year) for one in entered}
            fitting = [one for one in fitting if (one.id, one.duty.owner, one.site, year_before(one)) in deviates]
        if "accumulates" in judgement:
            fitting = accumulated(known, fitting, judgement["accumulates"])
        for one in fitting:
            one.judgements.add(judgement["id"])


def above_upper(one):
    # reading: this concerns the kinds `count` and `sites` (the upper bound of the others is their limit)
    numbers = one.judged
    return one.duty.kind in ("count", "sites") and numbers.upper is not None and numbers.value > numbers.upper


def year_before(one):
    return one.duty.year - 1 if one.duty.year else "none"


def accumulated(known, fitting, rule):
    """ "at least three different obligations deviate in the same agreement and year that none of the judgements above made
    material: all those findings are" """
    groups = {}
    for one in fitting:
        if not (rule.get("not_yet_material", "true") == "true" and one.judgements):
            groups.setdefault((one.duty.owner, one.duty.in_year), []).append(one)
    kept = []
    for group in groups.values():
        first = min(group, key=lambda one: one.duty.first).duty
        if len({one.site if rule["different"] == "record" else one.id for one in group}) >= known.pack.number(rule["at_least"], first.agreement, first.first):
            kept += group
    return kept


def fits(known, one, pattern):
    return all(word_fits(one, name, wanted) if name in WORDS else number_fits(known, one, name, wanted) for name, wanted in pattern.items())


def word_fits(one, name, wanted):
    obligation = one.duty.obligation
    if name == "only_bearer":  # "Of the district" means that the district is the only bearer
        value = obligation["bearer"][0] if len(obligation["bearer"]) == 1 else None
    elif name == "repaired":
        value = one.repaired
    else:
        value = one.duty.kind if name == "kind" else obligation["id" if name == "obligation" else name]
    if isinstance(wanted, dict):
        return value not in listed(wanted["not"])
    return value in listed(wanted)


def number_fits(known, one, name, wanted):
    judged, duty = one.judged, one.duty
    base = 1
    if name in ("value", "lower", "upper"):
        value = getattr(judged, name)
    elif name == "share_of_funds":
        # "where funds of that site and year are recorded, more than 5 % of them": compared without dividing, funds may be 0
        value, base = judged.numbers.get("uncovered"), judged.numbers.get("funds")
    else:
        value = judged.numbers.get(name)
    if value is None or base is None:
        return False
    return all(
        COMPARED[how](Fraction(value), Fraction(base) * Fraction(known.pack.number(limit, duty.agreement, duty.first)))
        for how, limit in wanted.items()
    )


def consequences(known, found):
    """ "one for each agreement, site (null for agreement-wide duties), year (null for `term` duties) and attribution" """
    result = []
    for rule in known.pack.consequences:
        groups = {}
        for one in found:
            for attribution, pattern in rule["attributions"].items():
                if one.judgements and fits(known, one, pattern):
                    # findings of single records lead to one consequence of their agreement
                    site = None if one.duty.record else one.site
                    groups.setdefault((attribution, one.duty.owner, site, one.duty.in_year), set()).add(
                        (one.id, one.duty.owner, one.site, one.duty.label)
                    )
        for (attribution, agreement, site, year), named in groups.items():
            result.append(
                {
                    "consequence": rule["id"],
                    "attribution": attribution,
                    "agreement": agreement,
                    "site": site,
                    "year": year,
                    "findings": named,
                    "amount_at_stake": at_stake(known, rule["amount_at_stake"], agreement, site) if "amount_at_stake" in rule else Decimal(0),
                }
            )
    return result


def at_stake(known, rule, agreement, site):
    """ "the funds of that site (null: of all the agreement's sites) for the year of `as_of` and later, less the
    expenditures dated in those years, not under 0" """
    total = Decimal(0)
    for part, sign in ((rule["funds"], 1), (rule["spending"], -1)):
        for record in known.records(agreement, part["facts"]):
            year_field = known.pack.year_field(part["facts"])
            year = known.value(record, year_field) if year_field else known.own_date(record).year
            of_site = known.value(record, known.pack.site_field(part["facts"]))
            if year >= known.as_of.year and site in (None, of_site):
                total += sign * known.value(record, part["amount"])
    return max(total, Decimal(0))
