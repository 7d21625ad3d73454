"""OPA's Rego through regopy: the three obligations as a policy, an agreement as the input. Days are numbers, amounts are cents."""

from __future__ import annotations

import json
import sys
import time

from regopy import Interpreter

from peers.rows_of import AS_OF, Agreement, agreements, consent_row, coordinator_row, steering_row, windows, write

POLICY = """
package bench
import rego.v1

held := {m.rid: m | some m in input.meetings; m.body == "steering_round"; m.status == "held"}

rounds contains [w.site, w.year, n] if {
    some w in input.windows
    n := count([1 | some m in held; m.site == w.site; m.day >= w.first; m.day <= w.last])
}

bridged(b) if {
    some span in input.spans
    span[0] <= b + 1
    span[1] > b
}

gaps contains [b + 1, g - 1] if {
    some span in array.concat([[0, input.first - 1]], input.spans)
    b := span[1]
    not bridged(b)
    g := min(array.concat([input.last + 1], [start | some other in input.spans; start := other[0]; start > b]))
    g > b + 1
}

vacant contains [y.year, n] if {
    some y in input.years
    n := sum([d | some gap in gaps; a := max([gap[0], y.first]); e := min([gap[1], y.last]); a <= e; d := e - a + 1])
}

site_of := {m.rid: m.site | some m in input.measures}
counts(c) if c.meeting == null
counts(c) if held[c.meeting].site == site_of[c.measure]

steps[measure] := listed if {
    some measure, _ in {e.measure: true | some e in input.expenditures}
    granted := [step | some c in input.consents; c.measure == measure; c.day <= input.as_of; counts(c); step := [c.day, 0, c.rid, c.change]]
    paid := [step | some e in input.expenditures; e.measure == measure; e.day <= input.as_of; step := [e.day, 1, e.rid, 0 - e.cents]]
    listed := sort(array.concat(granted, paid))
}

totals[measure] := listed if {
    some measure, all_steps in steps
    listed := [total | all_steps[n]; total := sum([change | change := all_steps[k][3]; k <= n])]
}

# min() of this implementation compares the texts of negative numbers
lowest(numbers) := number if {
    some number in numbers
    every other in numbers { number <= other }
}

floors[measure] := listed if {
    some measure, reached in totals
    listed := [floor | reached[n]; floor := lowest(array.concat([0], [total | total := reached[k]; k <= n]))]
}

before(measure, 0) := 0
before(measure, n) := floors[measure][n - 1] if n > 0

missing[step[2]] := fall if {
    some measure, listed in steps
    some n, step in listed
    step[1] == 1
    fall := before(measure, n) - floors[measure][n]
    fall > 0
}

uncovered contains [w.site, w.year, n] if {
    some w in input.windows
    n := sum([cents | some e in input.expenditures; e.site == w.site; e.day >= w.first; e.day <= w.last; cents := missing[e.rid]])
}

found := {"rounds": rounds, "vacant": vacant, "uncovered": uncovered}
"""


def input_of(one: Agreement) -> dict:
    """An agreement as the policy's input."""
    spans = [
        [max(r["since"], one.first).toordinal(), min(r["until"] or one.last, one.last).toordinal()]
        for r in one.facts["staffing"] if r["role"] == "district_coordinator"
    ]
    beyond = {"granted": 10**12, "withdrawn": -(10**14)}
    return {
        "as_of": AS_OF.toordinal(), "first": one.first.toordinal(), "last": one.last.toordinal(),
        "years": [{"year": year, "first": start.toordinal(), "last": end.toordinal()} for year, start, end in one.years()],
        "windows": [
            {"site": site, "year": year, "first": start.toordinal(), "last": end.toordinal()}
            for site, (first, last) in one.sites.items() for year, start, end in windows(first, last)
        ],
        "spans": [span for span in spans if span[0] <= span[1]],
        "meetings": [{"rid": r["rid"], "site": r["site"], "day": r["date"].toordinal(), "body": r["body"], "status": r["status"]} for r in one.facts["meetings"]],
        "measures": [{"rid": r["rid"], "site": r["site"]} for r in one.facts["measures"]],
        "consents": [
            {"rid": r["rid"], "measure": r["measure"], "meeting": r["meeting"], "day": r["date"].toordinal(),
             "change": beyond[r["decision"]] if r["amount"] is None else int(r["amount"] * 100) * (1 if r["decision"] == "granted" else -1)}
            for r in one.facts["consents"]
        ],
        "expenditures": [
            {"rid": r["rid"], "measure": r["measure"], "site": r["site"], "day": r["date"].toordinal(), "cents": int(r["amount"] * 100)}
            for r in one.facts["expenditures"]
        ],
    }


def rows_of(one: Agreement, policy: Interpreter) -> list[tuple]:
    """The rows of an agreement."""
    policy.set_input(input_of(one))
    output = policy.query("data.bench.found")
    found = json.loads(str(output))["expressions"][0]
    dates = {(site, year): (start, end) for site, (first, last) in one.sites.items() for year, start, end in windows(first, last)}
    ends = {year: end for year, _, end in one.years()}
    rows = [steering_row(one, site, year, *dates[site, year], count) for site, year, count in found["rounds"]]
    rows += [consent_row(one, site, year, dates[site, year][1], cents) for site, year, cents in found["uncovered"]]
    return rows + [coordinator_row(one, year, ends[year], days) for year, days in found["vacant"]]


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    listed = agreements(data)
    policy = Interpreter()
    policy.add_module("bench", POLICY)
    loaded = time.perf_counter()
    rows = [row for one in listed for row in rows_of(one, policy)]
    measured = time.perf_counter()
    write(rows, out)
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
