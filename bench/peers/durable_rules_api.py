"""durable_rules alone, by its documented Python API: every fact is asserted on the host; rules select and join, actions collect, Python adds up.

(`durable_rules_alone` drives its C module directly instead.)
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict

from durable.lang import assert_fact, c, m, ruleset, when_all

from peers.durable_rules_alone import posted, rows_of
from peers.rows_of import AS_OF, agreements, write

LAST = AS_OF.toordinal()
FOUND: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))

with ruleset("bench"):
    @when_all(c.m << (m.f_type == "s:meetings") & (m.f_body == "s:steering_round") & (m.f_status == "s:held"))
    def held(found) -> None:
        """A held steering round."""
        FOUND[found.m.sid]["round"].append({"m": found.m._d})

    @when_all(c.m << (m.f_type == "s:staffing") & (m.f_role == "s:district_coordinator"))
    def coordinator(found) -> None:
        """A coordinator's time in office."""
        FOUND[found.m.sid]["coordinator"].append({"m": found.m._d})

    @when_all(c.m << (m.f_type == "s:expenditures") & (m.f_day <= LAST))
    def spent(found) -> None:
        """A payment."""
        FOUND[found.m.sid]["spent"].append({"m": found.m._d})

    @when_all(
        c.m << (m.f_type == "s:meetings") & (m.f_body == "s:steering_round") & (m.f_status == "s:held") & (m.f_day <= LAST),
        c.x << (m.f_type == "s:measures") & (m.f_site == c.m.f_site),
        c.c << (m.f_type == "s:consents") & (m.f_day <= LAST) & (m.f_meeting == c.m.f_rid) & (m.f_measure == c.x.f_rid),
    )
    def consented(found) -> None:
        """A consent whose meeting was a held steering round of its measure's site."""
        FOUND[found.m.sid]["consented"].append({"c": found.c._d})


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    listed = agreements(data)
    loaded = time.perf_counter()
    for one in listed:
        facts = [posted(name, row) for name in ("meetings", "measures", "consents", "expenditures", "staffing") for row in one.facts[name]]
        for place, fact in enumerate(facts):
            try:
                assert_fact("bench", {**fact, "sid": one.name, "id": f"{place:08x}"})
            except Exception as error:  # "not handled" says that no rule knows such a fact, which is no error here
                if "handle" not in type(error).__name__.lower():
                    raise
    wanted = sum(len(one.facts["expenditures"]) for one in listed)
    while sum(len(found["spent"]) for found in FOUND.values()) < wanted:  # the host's own threads may still run actions
        time.sleep(0.001)
    rows = [row for one in listed for row in rows_of(one, FOUND[one.name])]
    measured = time.perf_counter()
    write(rows, out)
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
