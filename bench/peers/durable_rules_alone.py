"""durable_rules alone: every fact is posted, rules select and join, actions collect; what it cannot do (count, add up) is done in the actions' Python.

Driven through its C module, one agreement a session, facts as flat integers and typed strings: the fastest way that is also right.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict

import durable_rules_engine as engine

from peers.rows_of import AS_OF, Agreement, agreements, consent_row, coordinator_row, steering_row, uncovered, vacant_days, windows, write

_ALWAYS = {"$lte": {"one": {"m": "one"}}}
RULES = {
    "init": {"all": [{"m": {"f_type": "s:init"}}]},
    "round": {"all": [{"m": {"$and": [{"f_type": "s:meetings"}, {"f_body": "s:steering_round"}, {"f_status": "s:held"}]}}]},
    "coordinator": {"all": [{"m": {"$and": [{"f_type": "s:staffing"}, {"f_role": "s:district_coordinator"}]}}]},
    "spent": {"all": [{"m": {"$and": [{"f_type": "s:expenditures"}, {"$lte": {"f_day": AS_OF.toordinal()}}]}}]},
    "consented": {"all": [
        {"m": {"$and": [{"f_type": "s:meetings"}, {"f_body": "s:steering_round"}, {"f_status": "s:held"}, {"$lte": {"f_day": AS_OF.toordinal()}}]}},
        {"x": {"$and": [{"f_type": "s:measures"}, {"f_site": {"m": "f_site"}}]}},
        {"c": {"$and": [{"f_type": "s:consents"}, {"$lte": {"f_day": AS_OF.toordinal()}}, {"f_meeting": {"m": "f_rid"}}, {"f_measure": {"x": "f_rid"}}, _ALWAYS]}},
    ]},
    "free": {"all": [{"m": {"$and": [{"f_type": "s:consents"}, {"$lte": {"f_day": AS_OF.toordinal()}}, {"$nex": {"f_meeting": 1}}]}}]},
}


def posted(name: str, row: dict) -> dict:
    """A fact as it is posted: days as ordinals, amounts as cents, strings typed."""
    fact: dict = {"f_type": f"s:{name}", "one": 1}
    for key, value in row.items():
        if key in ("agreement", "id", "person") or value is None:
            continue
        if key in ("date", "since", "until"):
            fact["f_day" if key == "date" else f"f_{key}"] = value.toordinal()
        elif key == "amount":
            fact["f_cents"] = int(value * 100)
        else:
            fact[f"f_{key}"] = value if isinstance(value, int) else f"s:{value}"
    return fact


def fired(handle: int, number: int, one: Agreement) -> dict[str, list[dict]]:
    """What fires for an agreement, by rule."""
    found: dict[str, list[dict]] = defaultdict(list)
    facts = [{"f_type": "s:init", "one": 1}]
    facts += [posted(name, row) for name in ("meetings", "measures", "consents", "expenditures", "staffing") for row in one.facts[name]]
    for place, fact in enumerate(facts):
        _, state = engine.assert_fact(handle, json.dumps({**fact, "sid": str(number), "id": f"{place:08x}"}))
        started = engine.start_action_for_state(handle, state)
        action = json.loads(started[1]) if started else None
        while action is not None:
            for rule, match in action.items():
                found[rule].append(match)
            following = engine.complete_and_start_action(handle, state)
            action = json.loads(following) if following else None
    engine.delete_state(handle, str(number))
    return found


def rows_of(one: Agreement, found: dict[str, list[dict]]) -> list[tuple]:
    """The rows of an agreement out of what fired."""
    rounds: dict[str, list[int]] = defaultdict(list)
    for match in found["round"]:
        rounds[match["m"]["f_site"][2:]].append(match["m"]["f_day"])
    steps: dict[int, list[tuple]] = defaultdict(list)
    paid = {}
    for match in found["spent"]:
        fact = match["m"]
        paid[fact["f_rid"]] = fact
        steps[fact["f_measure"]].append((fact["f_day"], 2, fact["f_rid"], fact["f_cents"]))
    for fact in [match["c"] for match in found["consented"]] + [match["m"] for match in found["free"]]:
        steps[fact["f_measure"]].append((fact["f_day"], 0 if fact["f_decision"] == "s:granted" else 1, fact["f_rid"], fact.get("f_cents")))
    missing: dict[tuple[str, int], int] = defaultdict(int)
    for listed in steps.values():
        for rid, cents in uncovered(listed):
            missing[paid[rid]["f_site"][2:], paid[rid]["f_day"]] += cents
    rows = []
    for site, (first, last) in one.sites.items():
        for year, start, end in windows(first, last):
            within = range(start.toordinal(), end.toordinal() + 1)
            rows.append(steering_row(one, site, year, start, end, sum(day in within for day in rounds[site])))
            rows.append(consent_row(one, site, year, end, sum(cents for (where, day), cents in missing.items() if where == site and day in within)))
    spans = [(type(one.first).fromordinal(m["m"]["f_since"]), type(one.first).fromordinal(m["m"].get("f_until", one.last.toordinal()))) for m in found["coordinator"]]
    return rows + [coordinator_row(one, year, end, vacant_days(spans, start, end)) for year, start, end in one.years()]


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    listed = agreements(data)
    loaded = time.perf_counter()
    handle = engine.create_ruleset("bench", json.dumps(RULES))
    rows = [row for number, one in enumerate(listed) for row in rows_of(one, fired(handle, number, one))]
    measured = time.perf_counter()
    write(rows, out)
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
