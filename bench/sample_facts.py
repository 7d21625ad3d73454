"""Makes the facts of the samples' invented world: `make_world()` returns the districts with all that happened there.

Usually everything is done as agreed; what is not stands in `sample_world.py`, in `STORY`, `EDITS` and `ADDITIONS`.
"""

from __future__ import annotations

import re
from typing import Any

import sample_world as world
from sample_world import YEARS, Date, District, Luck, Site, day, later, story, window

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def workday(when: Date, first: Date, last: Date) -> Date:
    """The weekday at or before a day, or after it where the window begins; none in the days around New Year."""

    def free(one: Date) -> bool:
        return one.weekday() > 4 or (one.month, one.day) in ((1, 1), (5, 1), (10, 3)) or (one.month == 12 and one.day > 21)

    when = before = min(max(when, first), last)
    while free(before):
        before = later(before, -1)
    while before < first and free(when):
        when = later(when, 1)
    return before if before >= first else when


def spread(luck: Luck, first: Date, last: Date, number: int) -> list[Date]:
    """That many weekdays, about evenly spread over a window."""
    step = ((last - first).days + 1) / max(1, number)
    return sorted(workday(later(first, int(step * (i + 0.2 + luck.between(0, 60) / 100))), first, last) for i in range(number))


def has_coordinator(district: District, when: Date) -> bool:
    """Whether the district's coordinator is in office."""
    return any(start <= when.isoformat() <= (end or "9999") for start, end in district.coordinators)


class Sitting:
    """Notes meetings with those who attend."""

    def __init__(self, district: District, year: int, luck: Luck) -> None:
        self.district, self.year, self.luck = district, year, luck

    def hold(self, identity: str, when: Date, body: str, site: Site | None = None, **values: Any) -> str:
        """Notes a meeting."""
        organiser = {"steering_round": "team", "district_round": "district", "district_body": "district"}.get(body, "team")
        usual = {"organiser": organiser, "status": "held", "concerns_senate": None}
        self.district.add("meetings", when, {"id": identity, "date": when, "body": body, "site": site and site.id, **usual, **values})
        return identity

    def attend(self, meeting: str, when: Date, role: str, state: str = "present", site: Site | None = None) -> None:
        """Notes who attends."""
        self.district.add("attendance", when, {"meeting": meeting, "role": role, "site": site and site.id, "state": state})

    def senate(self, meeting: str, when: Date, absent: bool, unknown_from: Date | None = None) -> None:
        """The Senate's attendance: by the coordinator, at times by somebody else."""
        if unknown_from and when >= unknown_from:
            return
        if absent or self.luck.chance(0.15):
            self.attend(meeting, when, "senate_coordinator", "absent")
            if not absent:
                self.attend(meeting, when, "senate_office")
        else:
            self.attend(meeting, when, "senate_coordinator")

    def office(self, meeting: str, when: Date, absent: bool) -> None:
        """The district's attendance; while there is no coordinator, somebody else goes."""
        there = has_coordinator(self.district, when) and not self.luck.chance(0.15)
        if there or absent:
            self.attend(meeting, when, "district_coordinator", "absent" if absent else "present")
        else:
            self.attend(meeting, when, "district_office")


def steering(district: District, site: Site, year: int) -> list[tuple[str, Date]]:
    """The site's steering rounds of a year: those that were held."""
    luck, wish = Luck(site.id, year, "steering"), story(site.id, year)
    first, last, share = window(site.start, site.end, year)
    number = wish.get("steering", max(1, round(luck.between(7, 10) * share)))
    dates = spread(luck, first, last, number)
    if closed := wish.get("not_between"):
        dates = spread(luck, first, later(day(closed[0]), -1), 2) + spread(luck, later(day(closed[1]), 30), last, number - 2)
    sitting = Sitting(district, year, luck)
    senate_absent = luck.some(range(number), wish.get("senate_absent", luck.between(0, number // 5)))
    district_absent = luck.some(range(number), wish.get("district_absent", luck.between(0, number // 5)))
    held = []
    for index, when in enumerate(dates):
        meeting = sitting.hold(f"{site.id}-{year}-sr-{index + 1:02}", when, "steering_round", site)
        sitting.senate(meeting, when, index in senate_absent, wish.get("senate_unknown_from"))
        sitting.office(meeting, when, index in district_absent)
        sitting.attend(meeting, when, site.role, site=site)
        for role, chance in (("specialist_authority", 0.4), ("other", 0.3)):
            if luck.chance(chance):
                sitting.attend(meeting, when, role)
        held.append((meeting, when))
    if share > 0.5 and luck.chance(0.25):
        when = workday(later(dates[-1], luck.between(3, 9)), first, last)
        sitting.hold(f"{site.id}-{year}-sr-x", when, "steering_round", site, status="cancelled")
    return held


def participation(district: District, site: Site, year: int) -> None:
    """Residents' councils, neighbourhood forums and, in 2020, other forms."""
    luck, wish = Luck(site.id, year, "participation"), story(site.id, year)
    first, last, share = window(site.start, site.end, year)
    number = wish.get("local", max(1, round(luck.between(3, 5) * share)))
    sitting = Sitting(district, year, luck)
    absent = luck.some(range(number), luck.between(0, number // 2))
    for index, when in enumerate(spread(luck, first, last, number)):
        usual = "residents_council" if site.kind != "benn_team" or index % 2 == 0 else "neighbourhood_forum"
        body = "alternative_participation" if year == 2020 and index else usual
        concerns = index == number - 1
        meeting = sitting.hold(f"{site.id}-{year}-b-{index + 1}", when, body, site, concerns_senate=concerns)
        sitting.office(meeting, when, index in absent)
        sitting.attend(meeting, when, site.role, site=site)
        if concerns:
            sitting.senate(meeting, when, False)


def cents(amount: int) -> str:
    """An amount in its usual form, from cents."""
    sign, amount = "-" * (amount < 0), abs(amount)
    return f"{sign}{amount // 100}.{amount % 100:02}"


def measures(district: District, site: Site, year: int, held: list[tuple[str, Date]]) -> None:
    """Measures with their consents, opinions and expenditures, and the funds of the year."""
    luck = Luck(site.id, year, "measures")
    first, last, share = window(site.start, site.end, year)
    number = max(3, round(luck.between(9, 13) * share))
    funds = round(luck.between(22, 30) * share) * 1000_00
    weights = [luck.between(6, 18) for _ in range(number)]
    rounds = [one for one in held if later(one[1], 10) < min(last, Date(year, 12, 10))] or held[:1]
    spent, offset = 0, luck.between(0, 5)
    for index in range(number):
        meeting, consented = rounds[index * len(rounds) // number]
        name, goal = f"{site.id}-{year}-m-{index + 1:02}", world.GOALS[index % 4]
        others = luck.some([other for other in world.GOALS if other != goal], luck.between(0, 2))
        goals = (goal, *(other for other in world.GOALS if other in others))
        titles = world.TITLES[goal]
        title = titles[(offset + index // 4) % len(titles)] + (f" {site.name}" if luck.chance(0.3) else "")
        start = min(later(consented, luck.between(6, 30)), later(last, -1))
        values = {"id": name, "site": site.id, "title": title, "goals": goals, "date": start, "opinion_needed": index % 4 == 3}
        district.add("measures", start, values)
        approved = funds * 9 * weights[index] // (10 * sum(weights)) // 1000 * 1000
        amount = None if luck.chance(0.08) else cents(approved)
        consent = {"measure": name, "meeting": meeting, "date": consented, "decision": "granted", "amount": amount}
        district.add("consents", consented, {"id": f"{site.id}-{year}-z-{index + 1:02}", **consent})
        if index % 4 == 3:
            opinion(district, luck, values, index // 4 + 1, first)
        spent += spend(district, luck, values, index, approved, consented, last)
    overspent = story(site.id, year).get("overspent")
    amount = (spent - overspent) // 100_00 * 100_00 if overspent else funds
    provided = max(later(site.start, 10) if site.start.year == year else Date(year, 2, 1), first)
    funding = {"id": f"{site.id}-{year}-f", "site": site.id, "year": year, "amount": cents(amount), "provided_on": later(provided,
        luck.between(0, 20))}
    district.add("funds", funding["provided_on"], funding)


def opinion(district: District, luck: Luck, measure: dict, number: int, first: Date) -> None:
    """An opinion that is there before the measure starts."""
    received = max(later(measure["date"], -luck.between(1, 5)), first)
    asked = max(later(received, -luck.between(14, 40)), first)
    values = {"id": f"{measure['site']}-{first.year}-st-{number}", "measure": measure["id"], "authority": luck.pick(world.AUTHORITIES)}
    district.add("opinions", asked, {**values, "requested_on": asked, "received_on": received})


def spend(district: District, luck: Luck, measure: dict, index: int, approved: int, consented: Date, last: Date) -> int:
    """Expenditures within what was approved; returns their sum."""
    parts = luck.between(1, 3)
    whole = approved * luck.between(70, 98) // 100
    shares = [luck.between(3, 9) for _ in range(parts)]
    spent = 0
    for part in range(parts):
        amount = whole * shares[part] // sum(shares)
        when = min(later(max(consented, measure["date"]), luck.between(-4, 12) + 14 * part), last)
        when = max(when, later(consented, 1))
        name = f"{measure['site']}-{last.year}-a-{index + 1:02}" + "bc"[part - 1] * (part > 0)
        values = {"id": name, "measure": measure["id"], "site": measure["site"], "date": when, "amount": cents(amount)}
        district.add("expenditures", when, {**values, "category": luck.pick(("materials", "fees"))})
        spent += amount
    if parts == 3 and luck.chance(0.25):
        refund = luck.between(500, 4000)
        values = {"id": f"{measure['site']}-{last.year}-a-{index + 1:02}r", "measure": measure["id"], "site": measure["site"], "date": when}
        district.add("expenditures", when, {**values, "amount": cents(-refund), "category": "materials"})
        spent -= refund
    return spent


def papers(district: District, site: Site, year: int) -> None:
    """Action plan, concept or contribution, and the proof of use, which comes the year after."""
    luck = Luck(site.id, year, "papers")
    first, last, share = window(site.start, site.end, year)

    def submit(short: str, kind: str, of: int, on: Date, **values: Any) -> None:
        usual = {"id": f"{site.id}-{of}-{short}", "kind": kind, "site": site.id, "year": of, "submitted_on": on}
        district.add("documents", on, {**usual, "agreed_by_district_on": None, "checked_by_senate_on": None, **values})

    if site.start.year == year:
        on = later(site.start, luck.between(110, 170))
        submit("ap", "action_plan", on.year, on, agreed_by_district_on=later(on, luck.between(20, 80)))
    if share >= 0.5:
        on = Date(year, luck.between(8, 10), luck.between(1, 28))
        kind = "action_concept" if site.kind == "benn_team" else "integrated_concept_contribution"
        submit("hk", kind, year, on, agreed_by_district_on=later(on, luck.between(15, 55)))
    if year < YEARS[-1]:
        on = Date(year + 1, luck.between(3, 5), luck.between(2, 28))
        submit("vn", "proof_of_use", year, on, checked_by_senate_on=later(on, luck.between(50, 160)))


def quarrels(district: District, site: Site, year: int) -> None:
    """Conflicts at the site, with mediation and settlement."""
    luck = Luck(site.id, year, "quarrels")
    first, last, share = window(site.start, site.end, year)
    number = story(site.id, year).get("conflicts", luck.between(0, 2) if share > 0.5 else 0)
    for index, when in enumerate(spread(luck, first, Date(year, 9 if year == 2021 else 11, 20) if last.month > 9 else last, number)):
        values = {"id": f"{site.id}-{year}-k-{index + 1}", "site": site.id, "reported_on": when}
        settled = later(when, luck.between(21, 80))
        offered = {"mediation_offered_on": later(when, luck.between(2, 20)), "settled_on": settled, "amicable": not luck.chance(0.2)}
        district.add("conflicts", when, {**values, **offered})


def start_phase(district: District, site: Site) -> None:
    """How a site starts: team selected, office opened, people employed; and who follows them."""
    luck = Luck(site.id, "start")
    opened = later(site.start, story(site.id, 2018).get("office_after", luck.between(40, 150)))
    for short, kind, when in (("team", "team_selected", later(site.start, -luck.between(25, 60))), ("buero", "office_opened", opened)):
        if kind == "office_opened" or site.kind == "benn_team":
            values = {"id": f"{site.id}-{short}", "site": site.id, "kind": kind, "date": when, "with_district": True}
            district.add("milestones", when, values)
    people = [(day(start), end and day(end)) for start, end in world.TEAMS.get(site.id, ())]
    if not people:
        change = later(site.start, luck.between(400, 1100))
        leaves, follows = (site.start, change), (later(change, luck.between(1, 20) if site.kind == "benn_team" else 1), None)
        people = ((site.start, None), leaves, follows) if site.kind == "benn_team" else (leaves, follows)
    for index, (start, end) in enumerate(people):
        values = {"id": f"{site.id}-p-{index + 1}", "role": site.role, "site": site.id, "person": luck.pick(world.PEOPLE), "from": start}
        district.add("staffing", start, {**values, "to": end, "fte": luck.pick(("1.0", "0.75", "0.5"))})
        for kind, when in (("entry", start), ("exit", end)):
            if when and when > site.start:
                agreed = later(when, -luck.between(7, 40)) if kind == "entry" else None
                values = {"id": f"{site.id}-{when.year}-pw-{index + 1}{kind[1]}", "site": site.id, "kind": kind, "date": when}
                district.add("staff_changes", when, {**values, "agreed_on": agreed})


def coordinators(district: District) -> None:
    """Who coordinates in the district, from when to when."""
    for number, (start, end) in enumerate(district.coordinators, 1):
        values = {"id": f"{district.slug}-bk-{number}", "role": "district_coordinator", "from": day(start), "to": day(end) if end else None}
        district.add("staffing", day(start), {**values, "person": Luck(district.slug, number).pick(world.PEOPLE), "fte": "1.0"})


def attest(district: District, year: int, obligation: str, party: str, site: Site | None = None) -> None:
    """Attests, unless the samples tell that nobody did."""
    place = site.id if site else district.slug
    if (year, obligation, party, place) in world.NOT_ATTESTED:
        return
    luck = Luck(place, year, obligation, party)
    when = Date(year, 12, luck.between(5, 20))
    values = {"id": f"{place}-{year}-{obligation}-{party}", "obligation": obligation, "party": party, "site": site and site.id,
        "year": year}
    district.add("attestations", when, {**values, "date": when, "note": luck.pick(world.NOTES)})


def together(district: District, year: int) -> None:
    """District rounds while two sites are active, networks, and bodies of the district."""
    luck, wish = Luck(district.slug, year, "together"), story(district.slug, year)
    sitting = Sitting(district, year, luck)
    starts = sorted(site.start for site in district.sites)
    if len(starts) > 1 and window(starts[1], district.end, year)[2]:
        first, last, share = window(starts[1], district.end, year)
        number = wish.get("rounds", max(1, round(luck.between(4, 6) * share)))
        senate = luck.some(range(number), wish.get("senate_absent", luck.between(0, number // 5)))
        strays = {site.id: luck.some(range(number), story(site.id, year).get("misses_rounds", 0)) for site in district.sites}
        for index, when in enumerate(spread(luck, first, last, number)):
            meeting = sitting.hold(f"{district.slug}-{year}-br-{index + 1}", when, "district_round")
            sitting.senate(meeting, when, index in senate, wish.get("senate_unknown_from"))
            sitting.office(meeting, when, False)
            for site in district.active(when):
                sitting.attend(meeting, when, site.role, "absent" if index in strays[site.id] else "present", site)
    first, last, share = window(district.start, district.end, year)
    number = wish.get("networks", max(1, round(luck.between(2, 4) * share)))
    absent = luck.some(range(number), wish.get("networks_absent", luck.between(0, number // 2)))
    for index, when in enumerate(spread(luck, first, last, number)):
        meeting = sitting.hold(f"{district.slug}-{year}-nw-{index + 1}", when, "network")
        sitting.office(meeting, when, index in absent)
    for index, when in enumerate(spread(luck, first, last, max(1, round(2 * share)))):
        meeting = sitting.hold(f"{district.slug}-{year}-bg-{index + 1}", when, "district_body", concerns_senate=index == 0)
        sitting.office(meeting, when, False)
        if index == 0:
            sitting.senate(meeting, when, False)


def local_year(district: District, year: int) -> None:
    """What a district, its sites and their teams do in a year."""
    together(district, year)
    for site in district.sites:
        share = window(site.start, site.end, year)[2]
        if not share:
            continue
        measures(district, site, year, steering(district, site, year))
        for part in (participation, papers, quarrels):
            part(district, site, year)
        if share >= 0.5:
            for obligation, party in (("public-information", "team"), ("local-team-steered", "senate"), ("authorities-involved-in-concept",
                "district")):
                attest(district, year, obligation, party, site)
    if window(district.start, district.end, year)[2] >= 0.5:
        for obligation in ("integrated-structures", "represented-jointly"):
            attest(district, year, obligation, "senate")
        for obligation in ("integrated-structures", "represented-jointly", "authorities-networked", "programmes-linked"):
            attest(district, year, obligation, "district")
    letters(district, year)


def letters(district: District, year: int) -> None:
    """Requests and press releases."""
    luck = Luck(district.slug, year, "letters")
    first, last, share = window(district.start, Date(district.end.year, 11, 30), year)
    topics = ("press", "event", "evaluation", "parliament", "site", "information")
    for index, when in enumerate(spread(luck, first, min(last, Date(year, 11, 25)), max(1, round(luck.between(3, 5) * share)))):
        ways = (("senate", "district"),) * 3 + (("district", "senate"), ("team", "district"))
        giver, taker = ways[index % 5]
        due = workday(later(when, 7), first, later(last, 20)) if luck.chance(0.4) else None
        values = {"id": f"{district.slug}-{year}-rq-{index + 1}", "from": giver, "to": taker, "topic": luck.pick(topics),
            "received_on": when}
        answered = workday(later(when, luck.between(1, 5 if due else 12)), when, later(last, 20))
        district.add("requests", when, {**values, "due_on": due, "answered_on": answered})
    for index, when in enumerate(spread(luck, first, last, max(1, round(luck.between(1, 3) * share)))):
        values = {"id": f"{district.slug}-{year}-pm-{index + 1}", "date": when, "title": luck.pick(world.PRESS),
            "concerns_district": index < 2}
        district.add("press_releases", when, {**values, "agreed_on": later(when, -luck.between(0, 9)) if index < 2 else None})


def programme() -> District:
    """The programme's own facts: what the Senate does for all districts."""
    own = District("programme", "Programm", day("2017-09-01"), [])
    for year in YEARS:
        luck, sitting = Luck("programme", year), Sitting(own, year, Luck("programme", year, "sitting"))
        first, last, share = window(own.start, own.end, year)
        for body, short, number in (("jour_fixe", "jf", story("programme", year)["jour_fixes"]), ("professional_exchange", "fa",
            1 + (year % 2 and share == 1))):
            for index, when in enumerate(spread(luck, first, last, number)):
                meeting = sitting.hold(f"prog-{year}-{short}-{index + 1}", when, body, organiser="senate")
                for role in ("senate_coordinator", "district_coordinator", "benn_team", "qm_benn"):
                    sitting.attend(meeting, when, role)
        if share == 1:
            for obligation in ("programme-steered", "web-portal"):
                attest(own, year, obligation, "senate")
            on = day("2020-09-14") if year == 2019 else Date(year + 1, 5, luck.between(4, 28))
            report = {"id": f"prog-{year}-bericht", "kind": "programme_report", "year": year, "submitted_on": on}
            if year < YEARS[-1]:
                own.add("documents", on, report)
    report = {"id": "prog-2020-evaluation", "kind": "evaluation_report", "year": 2020, "submitted_on": day("2020-11-12")}
    own.add("documents", report["submitted_on"], report)
    for number, (start, end) in enumerate((("2017-09-01", None), ("2017-09-01", "2019-08-31"), ("2019-09-01", None)), 1):
        values = {"id": f"prog-p-{number}", "role": "senate_coordinator", "person": world.PEOPLE[number], "from": day(start)}
        own.add("staffing", day(start), {**values, "to": day(end) if end else None, "fte": "1.0"})
    return own


def dated(values: dict[str, Any]) -> dict[str, Any]:
    """The values with dates for their ISO texts."""
    return {name: day(value) if isinstance(value, str) and ISO.fullmatch(value) else value for name, value in values.items()}


def make_world() -> list[District]:
    """All districts with their facts, the programme last, with the stories told."""
    everybody = world.districts()
    for district in everybody:
        coordinators(district)
        for site in district.sites:
            start_phase(district, site)
        for year in YEARS:
            local_year(district, year)
    known = {district.slug: district for district in everybody}
    for slug, fact_type, on, values in world.ADDITIONS:
        known[slug].add(fact_type, day(on), dated(values))
    for slug, fact_type, identity, changes in world.EDITS:
        fact = known[slug].find(fact_type, identity)
        changes = dated(changes)
        if was := changes.pop("was", None):
            fact.was = (changes.pop("until"), was)
        fact.values.update(changes)
        fact.day = fact.values.get(world.OWN_DATE.get(fact_type, "date"), fact.day)
    for slug, fact_type, identity, on in world.WITHDRAWN:
        known[slug].find(fact_type, identity).gone = on
    return [*everybody, programme()]
