"""Growth: python bench/growth.py obligations N DATA | deviations N — one measurement, printed as JSON."""

from __future__ import annotations

import datetime
import json
import sys
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

RULES = Path(__file__).resolve().parent.parent / "rules"


def obligations(count: int, data: str) -> dict[str, float]:
    """Seconds for measuring so many obligations, which differ in their bounds, over the same facts."""
    from peers.servanda_engine import load, measure_streamed
    from servanda.facts.store import connect
    from servanda.kinds import BY_NAME
    from servanda.pack import read_packs
    from servanda.problems import Problems
    from servanda.shapes import Figure

    pack = read_packs(RULES / "benn", BY_NAME, Problems())["benn"]
    rounds = pack.obligation("steering-rounds-held")

    def copy(number: int):
        bounds = {"lower": Figure(((datetime.date.min, Decimal(number % 9)),)), "upper": Figure(((datetime.date.min, Decimal(9 + number % 7)),))}
        return replace(rounds, id=f"rounds-{number}", params=rounds.params.model_copy(update=bounds))

    pack = replace(pack, obligations=tuple(copy(number) for number in range(count)))
    con = connect(10**6, [data])
    agreements = load(con, pack, data)
    start = time.perf_counter()
    measure_streamed(con, pack, agreements)
    return {"measure": time.perf_counter() - start, "duties": con.execute("SELECT count(*) FROM result").fetchall()[0][0]}


def deviations(count: int) -> dict[str, float]:
    """Seconds for judging so many deviations by both evaluators, in buckets as an audit makes them."""
    from servanda.judge import judge
    from servanda.judge_facts import Deviation
    from servanda.kinds import BY_NAME
    from servanda.pack import read_packs
    from servanda.problems import Problems

    pack = read_packs(RULES / "benn", BY_NAME, Problems())["benn"]
    names = ("steering-rounds-held", "district-rounds-held", "consent-before-spend", "district-coordinator")
    chosen = [pack.obligation(name) for name in names if name in {one.id for one in pack.obligations}]

    def made(number: int) -> Deviation:
        one, year = chosen[number % len(chosen)], 2017 + number // 8 % 5
        bearer = one.bearer[0] if len(one.bearer) == 1 else ""
        words = {"obligation": one.id, "kind": one.kind, "only_bearer": bearer, "period": one.period}
        words |= {"modality": one.modality, "scope": one.scope, "repaired": "nothing"}
        numbers = {"value": Fraction(number % 5), "lower": Fraction(6), "cases": Fraction(0), "share_of_lower": Fraction(number % 5, 6)}
        return Deviation(number, words, numbers, f"a{number // 40}", f"a{number // 40}-{number % 2}", year, True, datetime.date(year, 1, 1), str(year))

    bucket = 1000
    start = time.perf_counter()
    for first in range(0, count, bucket):
        judge(pack, [made(number) for number in range(first, min(count, first + bucket))], {})
    return {"judge": time.perf_counter() - start}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    print(json.dumps(obligations(int(sys.argv[2]), sys.argv[3]) if sys.argv[1] == "obligations" else deviations(int(sys.argv[2]))))
