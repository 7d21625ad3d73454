"""The records of a world: small clusters around the limits of each obligation of the pack `benn`. Used by worlds.py.

A row is a dict of present fields; `Rows.add` keeps it with its fact type and the rows it refers to."""

import datetime
import pathlib
from decimal import Decimal

from oracle.pack import Pack, kind_of
from oracle.workdays import DAY, Calendar

PACK = Pack(pathlib.Path(__file__).parents[1] / "rules" / "benn")
CALENDAR = Calendar(PACK.head["calendar"])
OBLIGATIONS = {scope: [o for o in PACK.obligations if o["scope"] == scope] for scope in ("programme", "agreement", "site")}
GOALS = ["neighbourhood", "volunteering", "networks", "empowerment"]
PREFIX = {"meetings": "m", "staffing": "st", "measures": "x", "consents": "c", "expenditures": "e", "requests": "r"}
GAPS = (0, 1, 10, 29, 30, 31, 45, 59, 60, 61, 90)


def date(year, month, day):
    return datetime.date(year, month, day)


class Rows:
    """The rows of one owner (an agreement, or the programme as None)."""

    def __init__(self, owner, programme=None):
        self.owner = owner
        self.programme = programme  # the programme's rows, which references may reach
        self.list = []  # (fact type, row, refers to: [row])
        self.keys = set()

    def __len__(self):
        return len(self.list)

    def add(self, fact_type, refers=(), **fields):
        row = {name.rstrip("_"): value for name, value in fields.items() if value is not None}
        if fact_type == "attendance":
            key = (row["meeting"], row["role"], row.get("site"))
            if key in self.keys:
                return None
            self.keys.add(key)
        else:
            number = sum(kind == fact_type for kind, _, _ in self.list) + 1
            row = {"id": f"{'' if self.owner else 'p-'}{PREFIX.get(fact_type, fact_type[:4])}-{number}", **row}
        self.list.append((fact_type, row, list(refers)))
        return row

    def of(self, fact_type):
        return [row for kind, row, _ in self.list if kind == fact_type]


def day_in(rng, year, edges=()):
    """A day of that year, likely at an edge."""
    if rng.random() < 0.3:
        near = [date(year, 1, 1), date(year, 12, 31), date(year, 2, 28), date(year, 3, 8), date(year, 3, 1), date(year, 6, 30)]
        near += [edge + rng.choice((-1, 0, 1)) * DAY for edge in edges if edge.year == year]
        if year % 4 == 0:
            near.append(date(year, 2, 29))
        return rng.choice(near)
    return date(year, 1, 1) + rng.randrange(365) * DAY


def around(rng, day, spread=1):
    return day + rng.randint(-spread, spread) * DAY


def maybe(rng, chance, value):
    return value if rng.random() < chance else None


def meet(rng, rows, year, body, number, site=None, edges=(), **more):
    found = []
    for _ in range(number):
        status = rng.choices((None, "held", "cancelled", "planned"), (6, 3, 1, 1))[0]
        day = day_in(rng, year, edges)
        found.append(rows.add("meetings", date=day, body=body, site=site, status=status, **more))
    return found


def attend(rng, rows, meetings, roles, sites=(None,), mood=None):
    """Attendance near the shares that matter: of n meetings about 80, 60, 50 or 40 % with somebody there."""
    wanted = mood or rng.choice((1, 0.8, 0.8, 0.75, 0.6, 0.5, 0.4, 0.2))
    present = round(wanted * len(meetings)) + rng.choice((0, 0, 0, 1, -1))
    for number, meeting in enumerate(rng.sample(meetings, len(meetings))):
        there = number < present
        for role in rng.sample(roles, rng.randint(1, len(roles))) if there or rng.random() < 0.6 else []:
            state = rng.choice((None, "present")) if there else rng.choice(("absent", "absent", "not_invited"))
            rows.add("attendance", [meeting], meeting=meeting["id"], role=role, site=rng.choice(sites), state=state)


SENATE, DISTRICT, TEAM = ["senate_coordinator", "senate_office"], ["district_coordinator", "district_office"], ["benn_team", "qm_benn"]


def steering(rng, rows, agreement, site, year, edges):
    found = meet(rng, rows, year, "steering_round", rng.choice((0, 2, 3, 5, 5, 6, 6, 7, 12, 13)), site["id"], edges)
    if found and rng.random() < 0.7:
        attend(rng, rows, found, DISTRICT)
    if found and rng.random() < 0.4:
        attend(rng, rows, found, SENATE)


def district_rounds(rng, rows, agreement, site, year, edges):
    number = rng.choice((1, 2, 2, 3, 4, 4, 5, 6, 7, 8))
    found = meet(rng, rows, year, "district_round", number, maybe(rng, 0.1, site["id"]), edges)
    if rng.random() < 0.5:
        attend(rng, rows, found, SENATE)
    if rng.random() < 0.5:
        attend(rng, rows, found, TEAM, (site["id"], site["id"], rng.choice((None, agreement["sites"][0]["id"]))))


def local_bodies(rng, rows, agreement, site, year, edges):
    found = []
    for _ in range(rng.choice((1, 2, 4, 5))):
        body = rng.choice(("residents_council", "neighbourhood_forum", "alternative_participation"))
        found += meet(rng, rows, year, body, 1, site["id"], edges, concerns_senate=rng.choice((True, True, False, None)))
    attend(rng, rows, found, DISTRICT, mood=rng.choice((1, 0.5, 0.5, 0.2, 0)))
    if rng.random() < 0.6:
        attend(rng, rows, found, SENATE)


def other_bodies(rng, rows, agreement, site, year, edges):
    found = meet(rng, rows, year, "network", rng.choice((1, 2, 4, 5)), maybe(rng, 0.2, site["id"]), edges)
    attend(rng, rows, found, DISTRICT, mood=rng.choice((1, 0.5, 0.5, 0.25, 0)))
    for _ in range(rng.choice((0, 1, 4))):
        body = rng.choice(("district_body", "district_body", "other", "jour_fixe"))
        found = meet(rng, rows, year, body, 1, None, edges, concerns_senate=rng.choice((True, False, None)), organiser="district")
        attend(rng, rows, found, SENATE + ["other"])


def posts(rng, rows, agreement, site, year, edges):
    """Somebody in office, with gaps around 30 and 60 days."""
    role = rng.choice(("district_coordinator", "district_coordinator", "team", "senate_coordinator"))
    at = site["id"] if role == "team" else None
    if role == "team":
        role = rng.choices(("benn_team", "qm_benn"), (9, 1) if site["kind"] == "benn_team" else (1, 9))[0]
    start = (site["from"] if at else agreement["term"]["from"]) + rng.choice((0, 0, -20, 29, 30, 31, 61)) * DAY
    for _ in range(rng.randint(1, 4)):
        until = maybe(rng, 0.85, start + rng.choice((0, 100, 300, 400, rng.randint(10, 700))) * DAY)
        person = rng.choice(("Ada", "Bo", "Cem", None))
        rows.add("staffing", role=role, site=at, person=person, from_=start, to=until, fte=maybe(rng, 0.3, Decimal("0.5")))
        if until is None:
            break
        start = until + (1 + rng.choice(GAPS)) * DAY - maybe_int(rng, 0.15, 40) * DAY


def maybe_int(rng, chance, number):
    return number if rng.random() < chance else 0


def changes(rng, rows, agreement, site, year, edges):
    for _ in range(rng.randint(1, 3)):
        day = day_in(rng, year, edges)
        agreed = maybe(rng, 0.75, around(rng, day))
        rows.add("staff_changes", site=site["id"], kind=rng.choice(("entry", "entry", "exit")), date=day, agreed_on=agreed)
    for kind in rng.sample(("team_selected", "office_opened"), rng.randint(1, 2)):
        day = rng.choice((site["from"] - 20 * DAY, site["from"], around(rng, site["from"] + 180 * DAY)))
        rows.add("milestones", site=site["id"], kind=kind, date=day, with_district=rng.choice((True, True, False, None)))
    for _ in range(rng.randint(0, 2)):
        day = day_in(rng, year, edges)
        concerns = rng.choice((True, True, False, None))
        rows.add("press_releases", date=day, title="News", concerns_district=concerns, agreed_on=maybe(rng, 0.8, around(rng, day)))


def money(rng, rows, agreement, site, year, edges):
    """Funds, measures, consents and spending near the consented amounts and near the funds."""
    total = Decimal(rng.choice((0, 5000, 10000, 20000, 20000)))
    for part in rng.choice(((), (total,), (total,), (total / 2, total / 2))):
        provided = rng.choice((day_in(rng, year, edges), date(year - 1, 12, 31), date(year + 1, 1, 1)))
        rows.add("funds", site=site["id"], year=year, amount=part, provided_on=provided)
    rounds = [m for m in rows.of("meetings") if m["body"] in ("steering_round", "district_round")]
    if rows.programme is not None and rng.random() < 0.2:
        rounds += rows.programme.of("meetings")
    for _ in range(rng.randint(1, 3)):
        day = day_in(rng, year, edges)
        goals = rng.choice((None, GOALS, ["empowerment"], ["networks", "volunteering"], rng.sample(GOALS, 2)))
        needs = rng.choice((True, True, False, None))
        measure = rows.add("measures", site=site["id"], title="Fest", goals=goals, date=day, opinion_needed=needs)
        if needs is not False and rng.random() < 0.6:
            received = maybe(rng, 0.8, around(rng, day))
            asked = rng.choice((None, day - 30 * DAY, day, day + 2 * DAY))
            rows.add("opinions", [measure], measure=measure["id"], authority="Amt", requested_on=asked, received_on=received)
        spend(rng, rows, agreement, site, measure, rounds)
    if rng.random() < 0.4:
        amount = rng.choice((total, total + 1, Decimal("-50.00"), Decimal("999.99"), Decimal("1000.00")))
        rows.add("expenditures", site=site["id"], date=day_in(rng, year, edges), amount=amount)


def spend(rng, rows, agreement, site, measure, rounds):
    granted = Decimal(rng.choice(("0.00", "100.00", "1000.00", "2500.50")))
    day = measure["date"]
    for decision in rng.choice(((), ("granted",), ("granted",), ("granted", "granted"), ("granted", "withdrawn"), ("refused",))):
        meeting = rng.choice(rounds) if rounds and rng.random() < 0.5 else None
        when = around(rng, meeting["date"] if meeting and rng.random() < 0.5 else day, 3)
        amount = maybe(rng, 0.8, granted if decision == "granted" else granted / 2)
        refers = [measure] + ([meeting] if meeting else [])
        named = meeting["id"] if meeting else None
        rows.add("consents", refers, measure=measure["id"], meeting=named, date=when, decision=decision, amount=amount)
    for _ in range(rng.randint(0, 3)):
        amount = rng.choice(
            (granted, granted + Decimal("0.01"), granted + 1000, granted + Decimal("1000.01"), granted / 2, Decimal("-20.00"))
        )
        where = site["id"] if rng.random() < 0.9 else rng.choice(agreement["sites"])["id"]
        when = around(rng, day, rng.choice((0, 3, 60, 200)))
        category = rng.choice((None, "materials", "fees"))
        rows.add(
            "expenditures",
            [measure],
            measure=measure["id"],
            site=where,
            date=when,
            amount=amount.quantize(Decimal("0.01")),
            category=category,
        )


def papers(rng, rows, agreement, site, year, edges):
    at = site["id"]
    for kind in rng.sample(("action_plan", "concept", "proof_of_use", "concept"), rng.randint(1, 3)):
        if kind == "action_plan":
            day = around(rng, site["from"] + rng.choice((180, 60)) * DAY)
        elif kind == "concept":
            kind = "action_concept" if site["kind"] == "benn_team" else "integrated_concept_contribution"
            day = rng.choice((date(year, 12, 31), date(year + 1, 1, 1), day_in(rng, year, edges)))
        else:
            day = around(rng, date(year + 1, 6, 30))
        agreed = maybe(rng, 0.7, around(rng, day + 90 * DAY))
        checked = maybe(rng, 0.7, around(rng, day + 180 * DAY))
        rows.add("documents", kind=kind, site=at, year=year, submitted_on=day, agreed_by_district_on=agreed, checked_by_senate_on=checked)


def asking(rng, rows, agreement, site, year, edges):
    """Requests and conflicts, answered around the due day, or long after, or never."""
    for _ in range(rng.randint(1, 3)):
        day = day_in(rng, year, edges)
        due_on = maybe(rng, 0.4, day + rng.choice((0, 2, 5, 20)) * DAY)
        due = max(due_on, CALENDAR.plus(day, 3)) if due_on else CALENDAR.plus(day, 10)
        late = [CALENDAR.plus(due, n) for n in (1, 30, 31, 45)]
        answered = rng.choice((None, None, due - DAY, due, due + DAY, *late))
        ways = (("senate", "district"),) * 6 + (("district", "senate"), ("team", "district"))
        sender, receiver = rng.choice(ways)
        topic = rng.choice(("information", "information", "press", "event", "site", "parliament", "evaluation"))
        rows.add("requests", from_=sender, to=receiver, topic=topic, received_on=day, due_on=due_on, answered_on=answered)
    for _ in range(rng.randint(0, 2)):
        day = day_in(rng, year, edges)
        offered = maybe(rng, 0.8, around(rng, CALENDAR.plus(day, 20)))
        settled = maybe(rng, 0.7, around(rng, day + 90 * DAY))
        rows.add(
            "conflicts", site=site["id"], reported_on=day, mediation_offered_on=offered, settled_on=settled, amicable=maybe(rng, 0.5, True)
        )


def notices(rng, rows, agreement, site, year, edges):
    day = day_in(rng, year, edges)
    by = rng.choice(("both", "both", "senate", None))
    if rng.random() < 0.5:
        rows.add("notices", kind="amendment", date=day, agreed_by=by)
        return
    written, cause = rng.choice(((True, True), (True, True), (True, True), (True, None), (False, True)))
    effective = rng.choice((day, day + 90 * DAY, date(year, 12, 31), None))
    if effective and effective <= agreement["term"]["from"]:
        effective = None
    rows.add("notices", kind="termination", date=day, agreed_by=by, written=written, important_cause=cause, effective_on=effective)


def attest(rng, rows, agreement, site, year, edges):
    scopes = ("agreement", "site") if agreement else ("programme",)
    wanted = [o for scope in scopes for o in OBLIGATIONS[scope] if kind_of(o) == "attested"]
    for obligation in rng.sample(wanted, min(len(wanted), rng.randint(1, 6))):
        at = maybe(rng, 0.85, site["id"]) if obligation["scope"] == "site" else maybe(rng, 0.1, site["id"]) if site else None
        for party in obligation["bearer"] if rng.random() < 0.6 else [rng.choice(("senate", "district", "team"))]:
            day = rng.choice((date(year, 12, 31), date(year + 1, 1, 20), day_in(rng, year, edges)))
            rows.add("attestations", obligation=obligation["id"], party=party, site=at, year=year, date=day, note="ja")


def waive(rng, rows, agreement, site, year, edges):
    scopes = ("agreement", "site") if agreement else ("programme",)
    possible = [o for scope in scopes for o in OBLIGATIONS[scope]]
    for _ in range(rng.randint(2, 5)):
        kind = rng.choice(sorted({kind_of(o) for o in possible}))  # every kind alike, however many obligations it has
        of_kind = [o for o in possible if kind_of(o) == kind]
        with_facts = [o for o in of_kind if rows.of(o[kind].get("facts"))]
        obligation = rng.choice(with_facts or of_kind)
        first = rng.choice((date(year, 1, 1), date(year, 1, 1), day_in(rng, year, edges), date(year, 12, 31)))
        last = rng.choice((date(first.year, 12, 31), date(first.year + 1, 6, 30), first, around(rng, first + 100 * DAY, 99)))
        at = maybe(rng, 0.3, site["id"]) if site else None
        by = rng.choices(("both", "senate", "district"), (6, 1, 1))[0]
        agreed = rng.choice((first, first - 30 * DAY, last + 20 * DAY))
        rows.add(
            "waivers", obligation=obligation["id"], site=at, from_=first, to=max(first, last), agreed_on=agreed, agreed_by=by, reason="so"
        )


def programme(rng, rows, agreement, site, year, edges):
    meet(rng, rows, year, "jour_fixe", rng.choice((2, 3, 4, 4, 5, 6)), None, edges)
    found = meet(rng, rows, year, "professional_exchange", rng.choice((0, 1, 1)), None, edges)
    if found and rng.random() < 0.3:
        attend(rng, rows, found, SENATE)
    if rng.random() < 0.6:
        day = around(rng, date(year + 1, 6, 30))
        rows.add("documents", kind=rng.choice(("programme_report", "programme_report", "evaluation_report")), year=year, submitted_on=day)


THEMES = (
    steering, steering, district_rounds, district_rounds, local_bodies, other_bodies, posts, posts, changes, money, money, papers,
    asking, asking, notices, attest, waive, waive, waive,
)  # fmt: skip
