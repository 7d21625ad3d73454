"""clingo: the three obligations as an answer set program, one grounding an agreement. Days are numbers, amounts are cents."""

from __future__ import annotations

import json
import sys
import time

import clingo

from peers.rows_of import AS_OF, Agreement, agreements, consent_row, coordinator_row, steering_row, windows, write

PROGRAM = """
rounds(S, Y, N) :- window(S, Y, F, T), N = #count { R : meeting(R, S, D, steering_round, held), F <= D, D <= T }.

gap(B + 1, G - 1) :- span(A, B), G = #min { X : span(X, _), X > B; last + 1 }, not bridged(B).
bridged(B) :- span(_, B), span(A2, B2), A2 <= B + 1, B2 > B.
gap(first, G - 1) :- G = #min { X : span(X, _); last + 1 }, G > first.
within(Y, A, E) :- year(Y, F, T), gap(G, H), A = #max { G; F }, E = #min { H; T }, A <= E.
vacant(Y, N) :- year(Y, _, _), N = #sum { E - A + 1, A, E : within(Y, A, E) }.

counts(C) :- consent(C, M, X, _, _, _), meeting(X, S, D, steering_round, held), measure(M, S), D <= as_of.
counts(C) :- consent(C, _, none, _, _, _).
step(M, D, 0, C, A) :- counts(C), consent(C, M, _, D, granted, A), D <= as_of.
step(M, D, 0, C, all) :- counts(C), consent(C, M, _, D, withdrawn, all), D <= as_of.
step(M, D, 0, C, -A) :- counts(C), consent(C, M, _, D, withdrawn, A), A != all, D <= as_of.
step(M, D, 1, E, -A) :- expenditure(E, M, _, D, A), D <= as_of.
place(M, N, (D, K, R), A) :- step(M, D, K, R, A), N = #count { (D2, K2, R2) : step(M, D2, K2, R2, _), (D2, K2, R2) < (D, K, R) }.
left(M, 0, 0) :- place(M, 0, _, _).
left(M, N + 1, 0) :- place(M, N, _, all).
left(M, N + 1, L) :- place(M, N, _, A), A != all, left(M, N, B), L = #max { B + A; 0 }.
missing(R, -A - B) :- place(M, N, (_, 1, R), A), left(M, N, B), -A > B.
uncovered(S, Y, N) :- window(S, Y, F, T), N = #sum { C, R : missing(R, C), expenditure(R, _, S, D, _), F <= D, D <= T }.

#show rounds/3. #show vacant/2. #show uncovered/3.
"""
ANY_AMOUNT = 10**9  # cents; numbers have 32 bits


def facts_of(one: Agreement) -> str:
    """The facts of an agreement as atoms."""
    lines = [f"#const first = {one.first.toordinal()}. #const last = {one.last.toordinal()}. #const as_of = {AS_OF.toordinal()}."]
    lines += [f"year({year}, {start.toordinal()}, {end.toordinal()})." for year, start, end in one.years()]
    for site, (first, last) in one.sites.items():
        lines += [f'window("{site}", {year}, {start.toordinal()}, {end.toordinal()}).' for year, start, end in windows(first, last)]
    lines += [f'meeting({r["rid"]}, "{r["site"]}", {r["date"].toordinal()}, {r["body"]}, {r["status"]}).' for r in one.facts["meetings"]]
    lines += [f'measure({r["rid"]}, "{r["site"]}").' for r in one.facts["measures"]]
    for r in one.facts["consents"]:
        amount = (ANY_AMOUNT if r["decision"] == "granted" else "all") if r["amount"] is None else int(r["amount"] * 100)
        meeting = "none" if r["meeting"] is None else r["meeting"]
        lines.append(f"consent({r['rid']}, {r['measure']}, {meeting}, {r['date'].toordinal()}, {r['decision']}, {amount}).")
    lines += [f'expenditure({r["rid"]}, {r["measure"]}, "{r["site"]}", {r["date"].toordinal()}, {int(r["amount"] * 100)}).' for r in one.facts["expenditures"]]
    for r in one.facts["staffing"]:
        start, end = max(r["since"], one.first), min(r["until"] or one.last, one.last)
        if r["role"] == "district_coordinator" and start <= end:
            lines.append(f"span({start.toordinal()}, {end.toordinal()}).")
    return "\n".join(lines)


def rows_of(one: Agreement) -> list[tuple]:
    """The rows of an agreement out of its one answer set."""
    control = clingo.Control(["--warn=none"])
    control.add("base", [], PROGRAM + facts_of(one))
    control.ground([("base", [])])
    rows: list[tuple] = []
    dates = {(site, year): (start, end) for site, (first, last) in one.sites.items() for year, start, end in windows(first, last)}
    ends = {year: end for year, _, end in one.years()}
    with control.solve(yield_=True) as handle:
        (model,) = handle
        for atom in model.symbols(shown=True):
            values = [value.string if value.type == clingo.SymbolType.String else value.number for value in atom.arguments]
            if atom.name == "rounds":
                rows.append(steering_row(one, values[0], values[1], *dates[values[0], values[1]], values[2]))
            elif atom.name == "uncovered":
                rows.append(consent_row(one, values[0], values[1], dates[values[0], values[1]][1], values[2]))
            else:
                rows.append(coordinator_row(one, values[0], ends[values[0]], values[1]))
    return rows


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    listed = agreements(data)
    loaded = time.perf_counter()
    rows = [row for one in listed for row in rows_of(one)]
    measured = time.perf_counter()
    write(rows, out)
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
