"""Small but nasty worlds for the pack `benn`: valid input under section 2 of the contract, dates at the boundaries.

`worlds()` is the Hypothesis strategy, `make_world(seed)` the same without Hypothesis, `write_world(world, folder)` writes
the files an engine reads, `reduce_world(world, fails)` shrinks a world on which something fails."""

import copy
import csv
import datetime
import pathlib
import random
from decimal import Decimal

import yaml
from hypothesis import strategies as st

from oracle.workdays import DAY
from world_facts import PACK, THEMES, Rows, around, attest, date, day_in, programme, waive

FIELDS = {fact_type: list(declared["fields"]) for fact_type, declared in PACK.vocabulary.items()}
OWN_DATE = {t: d["date"] for t, d in PACK.vocabulary.items() if d["fields"][d["date"]]["type"] == "date"}
ROLES = {t: list(d["fields"]["role"]["of"]) for t, d in PACK.vocabulary.items() if "role" in d["fields"]}
SUBMITTERS = ("district", "team", "senate")
OVERRIDES = {
    "ca_tolerance": (0, 2),
    "attendance_share": (Decimal("0.75"), Decimal("0.6"), 1),
    "max_vacancy_days": (0, 31, 60),
    "answer_working_days": (5, 11),
    "minimum_working_days": (0, 4),
    "long_vacancy_days": (30, 59),
    "agreement_days": (89, 91),
    "accumulated_obligations": (2,),
    "yearly_measures_per_goal": (2,),
    "participation_meetings": (1, 4),
    "half_missed_share": (Decimal("0.7"),),
}


def worlds():
    return st.integers(0, 2**40).map(make_world)


def make_world(seed):
    rng = random.Random(seed)
    agreements = [make_agreement(rng, name) for name in ("a-1", "b_2", "c.3")[: rng.choice((1, 1, 1, 2, 2, 3))]]
    common = Rows(None)
    for year in rng.sample(range(2017, 2022), rng.randint(0, 3)):
        for theme in rng.sample((programme, attest, waive), rng.randint(1, 3)):
            theme(rng, common, None, None, year, ())
    everybody = [common]
    most = rng.randint(10, 90) // len(agreements)
    for agreement in agreements:
        everybody.append(make_rows(rng, agreement, common, most))
    as_of = make_as_of(rng, agreements, everybody)
    for rows in everybody:
        pull_to(rng, rows, as_of)
    submissions = []
    for rows in everybody:
        submissions += make_submissions(rng, rows, as_of, submissions)
    begun = {a["id"] for a in agreements if a["term"]["from"] <= as_of}
    own = sorted(s["submitted_on"] for s in submissions if s["agreement"] in begun)
    known_on = None
    if rng.random() < 0.25:  # never so early that nothing is left to evaluate: that would be a problem, not a finding
        known_on = max(own[0], rng.choice(own + [own[-1] - DAY, as_of]))
    return {"seed": seed, "agreements": agreements, "submissions": submissions, "as_of": as_of, "known_on": known_on}


def make_agreement(rng, name):
    first = rng.choice((date(2017, 9, 1), date(2017, 9, 1), date(2018, 1, 1), date(2019, 7, 2), date(2020, 2, 29), date(2018, 11, 20)))
    lasts = [date(2021, 12, 31), date(2021, 12, 31), date(2020, 12, 31), date(2020, 2, 29), date(2019, 12, 30)]
    lasts.append(first + rng.randint(5, 300) * DAY)
    last = max(first + 5 * DAY, min(rng.choice(lasts), date(2021, 12, 31)))
    sites = []
    for number in range(rng.choice((1, 2, 2, 3))):
        start = first if rng.random() < 0.6 else min(last, first + rng.choice((1, 100, 182, 183, 300, 500)) * DAY)
        site = {
            "id": f"{name}-s{number}",
            "name": f"Ort {number}",
            "kind": rng.choice(("benn_team", "benn_team", "quartiersmanagement")),
            "from": start,
        }
        if rng.random() < 0.25:
            site["to"] = max(start, last - rng.choice((0, 1, 90, 183, 400)) * DAY)
        if rng.random() < 0.7:
            site["contractor"] = "Träger"
        sites.append(site)
    parameters = {}
    if rng.random() < 0.25:
        for key in rng.sample(sorted(OVERRIDES), rng.randint(1, 3)):
            value = rng.choice(OVERRIDES[key])
            parameters[key] = {date(2017, 1, 1): value, date(2020, 1, 1): rng.choice(OVERRIDES[key])} if rng.random() < 0.2 else value
    return {
        "id": name,
        "pack": "benn",
        "district": f"Bezirk {name}",
        "term": {"from": first, "to": last},
        "sites": sites,
        "parameters": parameters,
    }


def make_rows(rng, agreement, common, most):
    """Few themes, each for two or three years running, so that things repeat and come close to their limits."""
    rows = Rows(agreement["id"], common)
    first, last = agreement["term"]["from"], agreement["term"]["to"]
    years = list(range(first.year, last.year + 1))
    start = rng.randrange(len(years))
    years = years[start : start + 2] if rng.random() < 0.7 else years
    for _ in range(40):
        if len(rows) >= most:
            break
        theme, site = rng.choice(THEMES), rng.choice(agreement["sites"])
        edges = (first, last, site["from"], site.get("to") or last)
        for year in years if rng.random() < 0.6 else [rng.choice(years)]:
            theme(rng, rows, agreement, site, year, edges)
    return rows


def make_as_of(rng, agreements, everybody):
    ends = [a["term"]["to"] for a in agreements] + [s.get("to", a["term"]["to"]) for a in agreements for s in a["sites"]]
    starts = [s["from"] + 180 * DAY for a in agreements for s in a["sites"]]
    ahead = {(t, n) for t, d in PACK.vocabulary.items() for n, spec in d["fields"].items() if "completes" in spec}
    ahead |= {("requests", "due_on"), ("notices", "effective_on")}
    dues = [day for rows in everybody for t, row, _ in rows.list for name, day in row.items() if (t, name) in ahead]
    begun = min(a["term"]["from"] for a in agreements)
    latest = [
        date(2021, 12, 31),
        date(2022, 1, 31),
        date(2022, 7, 1),
        date(2021, 6, 30),
        date(2020, 12, 31),
        date(2020, 2, 29),
        date(2020, 1, 31),
    ]
    choice = rng.choices((ends, starts, dues or ends, latest, [day_in(rng, rng.randint(2018, 2022))]), (2, 1, 3, 5, 2))[0]
    as_of = rng.choice(choice)
    if rng.random() < 0.3:
        as_of = around(rng, as_of)
    return max(as_of, begun + 10 * DAY)


def pull_to(rng, rows, as_of):
    """Some records move to the day before, on and after `as_of`."""
    for fact_type, row, _ in rows.list:
        if rng.random() < 0.04 and fact_type in OWN_DATE and OWN_DATE[fact_type] in row:
            name = OWN_DATE[fact_type]
            row[name] = around(rng, as_of)
            if fact_type in ("staffing", "waivers") and row.get("to") and row["to"] < row[name]:
                row["to"] = row[name] + 5 * DAY


# --- submissions: who told what, and when


def make_submissions(rng, rows, as_of, before):
    if not rows.owner and (not rows.list or rng.random() < 0.1):
        return []
    number = rng.choice((1, 2, 2, 3, 3, 4, 5))
    days = sorted(as_of + rng.choice((-400, -200, -30, -1, 0, 0, 1, 20, 20, 100)) * DAY for _ in range(number))
    if rng.random() < 0.75:
        days[-1] = max(days[-1], as_of + rng.choice((0, 1, 20)) * DAY)
    by = [rng.choice(SUBMITTERS) for _ in range(number)] if rng.random() < 0.5 else [rng.choice(SUBMITTERS)] * number
    submissions = []
    for index, day in enumerate(days):
        submission = {
            "folder": f"{day.year}-{'abcde'[index]}",
            "agreement": rows.owner,
            "pack": "benn",
            "submitted_on": max(day, date(2017, 1, 1)),
            "submitted_by": by[index],
            "complete": make_complete(rng, max(day, date(2017, 1, 1)), as_of),
            "withdraws": [],
            "facts": {},
        }
        submissions.append(submission)
    if days[-1] >= as_of and rng.random() < 0.7:
        submissions[-1]["complete"] = rng.choice((as_of, as_of, days[-1]))
    submissions.sort(key=order)
    place(rng, rows, submissions, before)
    return submissions


def order(submission):
    return submission["submitted_on"], submission["folder"]


def make_complete(rng, day, as_of):
    def until():
        return min(day, rng.choice((day, as_of, as_of - DAY, date(day.year - 1, 12, 31), around(rng, day, 100))))

    if rng.random() < 0.3:
        return None
    if rng.random() < 0.5:
        return until()
    complete = {}
    for fact_type in rng.sample(sorted(FIELDS), rng.randint(3, len(FIELDS))):
        complete[fact_type] = until()
        if fact_type in ROLES and rng.random() < 0.6:
            roles = rng.sample(ROLES[fact_type], rng.randint(1, len(ROLES[fact_type])))
            complete[fact_type] = {"until": until(), "roles": roles}
    return complete


def place(rng, rows, submissions, before):
    """Each row goes into a submission in which, or before which, the rows it refers to were told."""
    told = {id(row): s["submitted_on"] for s in before for kept in s["facts"].values() for row in kept}
    index_of, referred = {}, set()
    for fact_type, row, refers in rows.list:
        since = [told.get(id(target)) for target in refers]
        if None in since:  # the programme told it not at all: the record is left out
            continue
        since = max(since, default=submissions[0]["submitted_on"])
        fitting = [i for i, s in enumerate(submissions) if s["submitted_on"] >= since]
        if not fitting:
            continue
        index = rng.choice(fitting) if rng.random() < 0.4 else fitting[-1 if rng.random() < 0.5 else 0]
        submissions[index]["facts"].setdefault(fact_type, []).append(row)
        told[id(row)] = submissions[index]["submitted_on"]
        index_of[id(row)] = index
        referred.update(id(target) for target in refers)
    for fact_type, row, _ in rows.list:
        if id(row) in index_of and rng.random() < 0.12:
            kept = id(row) in referred or (not rows.owner and fact_type == "meetings")  # agreements may refer to it
            revise(rng, fact_type, row, submissions, index_of[id(row)], kept)


def revise(rng, fact_type, row, submissions, index, is_referred):
    """The same submitter corrects, withdraws, or withdraws and tells again what it told before."""
    later = [s for s in submissions[index + 1 :] if s["submitted_by"] == submissions[index]["submitted_by"]]
    if later and not is_referred and rng.random() < 0.4:
        where = rng.randrange(len(later))
        key = [row.get(name) for name in PACK.key(fact_type)]
        later[where]["withdraws"].append(f"{fact_type}:{'/'.join(part for part in key if part)}")
        later = later[where + 1 :] if rng.random() < 0.3 else []
    if later:
        rng.choice(later)["facts"].setdefault(fact_type, []).append(corrected(rng, fact_type, row))


def corrected(rng, fact_type, row):
    row = copy.deepcopy(row)
    fields = PACK.vocabulary[fact_type]["fields"]
    changeable = [n for n in row if fields[n]["type"] in ("date", "amount", "bool") or n in ("status", "state", "decision")]
    if not changeable:
        return row
    name = rng.choice(changeable)
    if fields[name]["type"] == "date":
        row[name] = around(rng, row[name], rng.choice((1, 30, 365)))
        if fact_type in ("staffing", "waivers") and row.get("to") and row["to"] < row["from"]:
            row["from"], row["to"] = row["to"], row["from"]
    elif fields[name]["type"] == "amount":
        row[name] += Decimal("0.01")
    elif fields[name]["type"] == "bool":
        row[name] = not row[name]
    else:
        row[name] = rng.choice(sorted(fields[name]["of"]))
    return row


# --- files


def write_world(world, folder):
    """agreements/*.yaml and facts/<pack>/<agreement or programme>/<folder>/ (submission.yaml, CSV tables)."""
    folder = pathlib.Path(folder)
    for agreement in world["agreements"]:
        write_yaml(folder / "agreements" / f"{agreement['id']}.yaml", plain(agreement))
    for submission in world["submissions"]:
        place_of = folder / "facts" / submission["pack"] / (submission["agreement"] or "programme") / submission["folder"]
        names = ("submitted_on", "submitted_by", "complete", "withdraws")
        manifest = {name: submission[name] for name in names if submission[name]}
        owner = {"agreement": submission["agreement"]} if submission["agreement"] else {"pack": submission["pack"]}
        write_yaml(place_of / "submission.yaml", plain({**owner, **manifest}))
        for fact_type, rows in submission["facts"].items():
            with (place_of / f"{fact_type}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(FIELDS[fact_type])
                writer.writerows([as_text(row.get(name)) for name in FIELDS[fact_type]] for row in rows)


class WithoutAnchors(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True  # files of facts may hold no anchors


def write_yaml(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(content, Dumper=WithoutAnchors, allow_unicode=True, sort_keys=False), encoding="utf-8")


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def as_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


# --- shrinking


def reduce_world(world, fails):
    """Drops agreements, submissions, tables and rows while `fails(world)` stays true and the world stays valid."""
    before = None
    while world != before:
        before, position = world, 0
        while position < len(possible := list(drops(world))):
            smaller = copy.deepcopy(world)
            possible[position](smaller)
            if is_valid(smaller) and fails(smaller):
                world = smaller
            else:
                position += 1
    return world


def drops(world):
    for a, agreement in enumerate(world["agreements"]):
        yield lambda w, a=a, name=agreement["id"]: drop_agreement(w, a, name)
        if agreement["parameters"]:
            yield lambda w, a=a: w["agreements"][a]["parameters"].clear()
        for s in range(len(agreement["sites"])):
            yield lambda w, a=a, s=s: w["agreements"][a]["sites"].pop(s)
    for i, submission in enumerate(world["submissions"]):
        yield lambda w, i=i: w["submissions"].pop(i)
        for fact_type in submission["facts"]:
            yield lambda w, i=i, t=fact_type: w["submissions"][i]["facts"].pop(t)
        for n in range(len(submission["withdraws"])):
            yield lambda w, i=i, n=n: w["submissions"][i]["withdraws"].pop(n)
    for i, submission in enumerate(world["submissions"]):
        for fact_type, rows in submission["facts"].items():
            for n in range(len(rows)):
                yield lambda w, i=i, t=fact_type, n=n: w["submissions"][i]["facts"][t].pop(n)
    if world["known_on"]:
        yield lambda w: w.update(known_on=None)


def drop_agreement(world, index, name):
    world["agreements"].pop(index)
    world["submissions"] = [s for s in world["submissions"] if s["agreement"] != name]


def is_valid(world):
    """The rules that the strategy keeps by construction, at every day on which something was submitted."""
    if not world["agreements"] or not any(s["agreement"] for s in world["submissions"]):
        return False
    sites = {a["id"]: {s["id"] for s in a["sites"]} for a in world["agreements"]}
    if not all(sites.values()):
        return False
    alive = {}
    groups = sorted(world["submissions"], key=order)
    for number, submission in enumerate(groups):
        owner = submission["agreement"]
        if not take(alive, submission, owner, sites.get(owner, set())):
            return False
        ends_day = number + 1 == len(groups) or groups[number + 1]["submitted_on"] > submission["submitted_on"]
        if ends_day and not all(reaches(alive, key[0], key[1], row) for key, (_, row) in alive.items()):
            return False
    return True


def take(alive, submission, owner, sites):
    for named in submission["withdraws"]:
        fact_type, identity = named.split(":", 1)
        if alive.pop((owner, fact_type, identity), (None,))[0] != submission["submitted_by"]:
            return False
    here = set()
    for fact_type, rows in submission["facts"].items():
        for row in rows:
            key = (owner, fact_type, "/".join(row[n] for n in PACK.key(fact_type) if row.get(n)))
            other = alive.get(key)
            if key in here or (other and other[0] != submission["submitted_by"]) or ("site" in row and row["site"] not in sites):
                return False
            here.add(key)
            alive[key] = (submission["submitted_by"], row)
    return True


def reaches(alive, owner, fact_type, row):
    for name, spec in PACK.vocabulary[fact_type]["fields"].items():
        pointed = row.get(name) if spec["type"] == "reference" else None
        if pointed and not any((who, spec["to"], pointed) in alive for who in (owner, None)):
            return False
    return True
