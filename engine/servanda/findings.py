"""Findings: from the columns of `result` to what a report shows, with judgements, evidence and what is missing."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import duckdb

from servanda.conditions import COMPARING
from servanda.duties import Rule
from servanda.judge_facts import INFINITE, Deviation, Verdict
from servanda.kinds import BY_NAME
from servanda.kinds.attested import ATTESTED
from servanda.kinds.staffed import VACANCIES
from servanda.model import Agreement, Consequence, Evidence, Finding, Missing, RunningCase, Submission
from servanda.pack_shapes import Pack
from servanda.selection import SITES

EVIDENCE_LIMIT = 100
AMOUNT_KINDS = ("consented", "within_budget")
_BOUNDED_ABOVE = ("count", "sites")
_CENT = Decimal("0.01")
_COLUMNS = (
    "duty", "run", "rule", "kind", "modality", "period", "scope", "agreement", "place", "obligation", "label", "win_from", "win_to", "last_day", "deadline",
    "status", "is_open", "at_risk", "value", "lower", "upper", "judged_value", "judged_lower", "judged_cases", "judged_longest", "judged_overdue", "budget",
    "times", "cases", "open_cases", "below_known", "above_known", "kept_known", "side_lo", "side_hi", "freed", "tolerance",
)


def result_rows(con: duckdb.DuckDBPyConnection, judged: bool = False) -> list[dict]:
    """The rows of `result`, in the order of a report: agreement, site, obligation, window.

    `judged`: only what judgements look at, that is deviations and the duties that breaches made.
    """
    where = "WHERE status = 'deviation' OR rule IN (SELECT rule FROM rule WHERE after IS NOT NULL)" if judged else ""
    rows = con.execute(f"SELECT {', '.join(_COLUMNS)} FROM result {where} ORDER BY agreement, place, obligation, win_from, label").fetchall()  # noqa: S608
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def deviations_of(rows: Sequence[dict], rules: Sequence[Rule]) -> list[Deviation]:
    """What judgements see: deviations, without those of kinds with an upper bound that lie above it."""
    repairs = repairs_of(rows, rules)
    return [
        _deviation(row, rules[row["rule"]], repaired(repairs.get(row["duty"], ())))
        for row in rows
        if row["status"] == "deviation" and not (row["kind"] in _BOUNDED_ABOVE and row["upper"] is not None and row["value"] > row["upper"])
    ]


def repairs_of(rows: Sequence[dict], rules: Sequence[Rule]) -> dict[int, tuple[dict, ...]]:
    """The rows of the duties that a breach made, by the duty that was broken."""
    if all(rule.after is None for rule in rules):
        return {}
    made: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        if rules[row["rule"]].after is not None:
            made[rules[row["rule"]].after, row["agreement"], row["place"], row["label"]].append(row)
    return {row["duty"]: tuple(made.get((row["rule"], row["agreement"], row["place"], row["label"]), ())) for row in rows}


def repaired(made: Sequence[dict]) -> str:
    """Whether a breach is repaired: all duties that it made are fulfilled (`yes`), one deviates (`no`), else `open`; `nothing` where it made none."""
    statuses = {row["status"] for row in made}
    if not statuses:
        return "nothing"
    return "yes" if statuses <= {"fulfilled", "tolerated", "waived"} else "no" if statuses & {"deviation", "unmet"} else "open"


def _deviation(row: dict, rule: Rule, made_good: str) -> Deviation:
    bearer = rule.obligation.bearer
    words = {
        "obligation": row["obligation"], "kind": row["kind"], "only_bearer": bearer[0] if len(bearer) == 1 else "", "period": row["period"],
        "modality": row["modality"], "scope": row["scope"], "repaired": made_good,
    }
    numbers = {
        "value": row["judged_value"], "lower": row["judged_lower"], "upper": row["upper"],
        "cases": row["judged_cases"] if BY_NAME[row["kind"]].HAS_CASES else None,
        "longest_vacancy_days": row["judged_longest"], "overdue_working_days": row["judged_overdue"],
    }
    exact = {name: Fraction(number) for name, number in numbers.items() if number is not None}
    if "value" in exact and exact.get("lower"):
        exact["share_of_lower"] = exact["value"] / exact["lower"]
    if row["kind"] == "consented":
        exact["uncovered"] = exact["value"]
        if row["budget"] is not None:
            exact["share_of_funds"] = exact["value"] / Fraction(row["budget"]) if row["budget"] else INFINITE
    year = row["win_from"].year if row["period"] != "term" else None
    return Deviation(row["duty"], words, exact, row["agreement"], row["place"], year, row["period"] == "calendar_year", row["win_from"], row["label"])


def finding_id(pack: str, row: dict) -> str:
    """The same duty has the same id in every run: pack/agreement/site/obligation/period, `-` where there is none."""
    return "/".join((pack, row["agreement"] or "-", row["place"] or "-", row["obligation"], row["label"]))


def findings(
    con: duckdb.DuckDBPyConnection, pack: Pack, rows: Sequence[dict], rules: Sequence[Rule], verdict: Verdict, submissions: Sequence[Submission],
    as_of: datetime.date,
) -> list[Finding]:
    """Finding objects for all rows."""
    judged: dict[int, list[str]] = defaultdict(list)
    for judgement in pack.judgements:
        for duty, name in verdict.material:
            if name == judgement.id:
                judged[duty].append(name)
    evidence, unknown = _evidence(con, submissions)
    vacancies = _by_run(con, VACANCIES) if any(row["kind"] == "staffed" for row in rows) else {}
    partly = {row["run"] for row in rows if row["kind"] == "attested" and 0 < row["value"] < row["lower"]}
    attested = {run: parties for run, parties in _by_run(con, ATTESTED).items() if run in partly} if partly else {}
    answering = any(row["kind"] == "answered" for row in rows)
    due = _awaited(con, as_of) if answering else {}
    running = _running(con, submissions) if answering else {}
    single = _single(con) if answering and any(rule.obligation.for_each for rule in rules) else {}
    repairs = repairs_of(rows, rules)
    until = {(a, r, s): day for a, r, s, day in con.execute("SELECT agreement, rule, side, until FROM declared_until").fetchall()}
    return [
        _finding(
            pack, row, rules[row["rule"]], judged[row["duty"]], evidence, unknown, until, due.get(row["run"]),
            {name: tuple(found.get(row["run"], ())) for name, found in (("vacancies", vacancies), ("attested_by", attested), ("running", running))}
            | single.get(row["run"], {}) | _chain(pack, row, rules[row["rule"]], repairs.get(row["duty"], ())),
            as_of, con,
        )
        for row in rows
    ]


def _single(con: duckdb.DuckDBPyConnection) -> dict[int, dict[str, object]]:
    """By run of a record's duty to answer: the due day, and the day on which it was done (None: not known to be)."""
    query = (
        "SELECT c.run, min(c.due_on), min(c.answered_on) FROM answered_case c JOIN duty d USING (run)"
        " WHERE d.scope = 'record' AND c.run % 2 = 0 GROUP BY c.run HAVING count(*) = 1"
    )
    return {run: {"due_on": due_on, "done_on": done_on} for run, due_on, done_on in con.execute(query).fetchall()}


def _chain(pack: Pack, row: dict, rule: Rule, made: Sequence[dict]) -> dict[str, object]:
    """What joins a finding to its chain: whether its breach is repaired and by which findings; the finding that it follows from."""
    found: dict[str, object] = {}
    if made:
        found |= {"repaired": repaired(made), "repairs": tuple(finding_id(pack.id, one) for one in made)}
    if rule.after is not None:
        found["follows"] = finding_id(pack.id, {**row, "obligation": rule.obligation.after_breach_of})
    return found


def _evidence(con: duckdb.DuckDBPyConnection, submissions: Sequence[Submission]) -> tuple[dict, dict]:
    shown: dict[tuple[int, str], list[Evidence]] = defaultdict(list)
    unknown: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    columns = "e.run, e.part, o.type, o.id, o.submission, o.file, o.row, e.rid"
    query = f"SELECT {columns} FROM evidence e JOIN origin o USING (rid) WHERE e.run % 2 = 0 ORDER BY o.rid"  # noqa: S608
    for run, part, type_name, identity, number, file, row, rid in con.execute(query).fetchall():
        if part == "unknown":
            unknown[run].append((type_name, identity, rid))
        shown[(run, part)].append(Evidence(type_name, identity, submissions[number].tables_in, file, row))
    return shown, unknown


def _by_run(con: duckdb.DuckDBPyConnection, query: str) -> dict[int, list[tuple]]:
    found: dict[int, list[tuple]] = defaultdict(list)
    for run, *values in con.execute(query).fetchall():
        found[run].append(tuple(values))
    return found


def _awaited(con: duckdb.DuckDBPyConnection, as_of: datetime.date) -> dict[int, datetime.date]:
    """By run, the last day up to which answers must be known to call the unanswered cases late."""
    query = "SELECT run, max(least(due_on, $as_of::DATE)) FROM answered_case WHERE holds AND late AND NOT surely GROUP BY run"
    return dict(con.execute(query, {"as_of": as_of}).fetchall())


def _running(con: duckdb.DuckDBPyConnection, submissions: Sequence[Submission]) -> dict[int, list[RunningCase]]:
    """By run, the cases that are open, in the order of their due days (whatever the duty's status: a late case does not hide them)."""
    cases: dict[int, list[RunningCase]] = defaultdict(list)
    query = (
        "SELECT c.run, c.due_on, coalesce(c.holds AND c.surely, FALSE), coalesce(w.waived, FALSE), o.type, o.id, o.submission, o.file, o.row"
        " FROM answered_case c JOIN origin o USING (rid) LEFT JOIN answered_case w ON w.run = c.run + 1 AND w.rid = c.rid"
        " WHERE c.run % 2 = 0 AND c.open_case ORDER BY c.due_on, o.rid"
    )
    for run, due_on, known, waived, type_name, identity, number, file, row in con.execute(query).fetchall():
        cases[run].append(RunningCase(Evidence(type_name, identity, submissions[number].tables_in, file, row), due_on, known, waived))
    return cases


def _finding(pack, row, rule, judged, evidence, unknown, until, due, details, as_of, con) -> Finding:
    obligation, kind = rule.obligation, row["kind"]
    value, lower, upper = (_number(row[name], kind, name) for name in ("value", "lower", "upper"))
    part = "counted" if kind in ("count", "attended") else "breaks"
    outside = row["value"] is not None and (
        row["lower"] is not None and row["value"] < row["lower"] or row["upper"] is not None and row["value"] > row["upper"]
    )
    shown = evidence[(row["run"], part)] if part == "counted" or outside else []
    missing = _missing(pack, row, rule, unknown[row["run"]], until, due, as_of, con) if row["status"] == "undetermined" else ()
    return Finding(
        finding_id(pack.id, row), row["obligation"], kind, obligation.clauses, obligation.bearer, row["modality"], row["agreement"] or None,
        row["place"] or None, row["label"], row["win_from"], row["win_to"], row["status"], row["is_open"], row["at_risk"], value, lower, upper,
        unit_of(rule), bool(judged), tuple(judged), tuple(shown[:EVIDENCE_LIMIT]), len(shown), tuple(missing), row["deadline"],
        {**details, "cases": row["cases"], "open_cases": row["open_cases"], "longest": row["judged_longest"], "overdue": row["judged_overdue"],
         "budget": row["budget"], "declared": row["below_known"], "freed": row["freed"], "owed": _number(row["judged_lower"], kind, "lower"),
         "tolerance": _number(row["tolerance"], kind, "lower"), "run": row["run"], "rule": row["rule"], "times": row["times"]},
    )


def unit_of(rule: Rule) -> str:
    """What a finding counts: the kind's unit, or the counted fact type."""
    return BY_NAME[rule.obligation.kind].UNIT or rule.parts["facts"].facts


def _number(number: Decimal | None, kind: str, name: str) -> int | Decimal | None:
    if number is None:
        return None
    if kind in AMOUNT_KINDS and name == "value":
        return number.quantize(_CENT)
    if kind == "attended":
        return number
    return int(number) if number == number.to_integral_value() else number


def _missing(pack: Pack, row: dict, rule: Rule, unknown: Sequence, until: Mapping, due: datetime.date | None, as_of: datetime.date, con) -> list[Missing]:
    """Fact types that are not declared complete, then the empty fields of records that decide."""
    found: list[Missing] = []
    for side, known in (("below", row["below_known"]), ("above", row["above_known"]), ("kept", row["kept_known"]), ("answer", None)):
        for rest in rule.rests:
            if rest.side != side or known is True or not _matters(side, row):
                continue
            last = row["last_day"] if row["deadline"] is None or side != "below" else min(row["deadline"], as_of)
            if side == "answer":
                if due is None:
                    continue
                last = due
            declared = until.get((row["agreement"], row["rule"], side))
            if declared is not None and declared >= last:
                continue
            holder = pack.vocabulary[rest.facts].holder
            found.extend(Missing(rest.facts, role or None, None, None, last, holder) for role in rest.roles or ("",))
    for type_name, identity, rid in unknown:
        for of_type, name, named in _empty_fields(pack, rule, type_name, rid, con):
            found.append(Missing(of_type, None, name, named or identity, None, pack.vocabulary[of_type].holder))
    return list(dict.fromkeys(found))


def _matters(side: str, row: dict) -> bool:
    sides = {row["side_lo"], row["side_hi"]}
    if side == "below":
        return bool(sides & {"under", "under_tolerated"})
    if side == "above":
        return bool(sides & {"over", "over_tolerated"})
    if side == "answer":
        return row["side_lo"] != row["side_hi"]
    return sides == {"kept"} or row["value"] is None or row["cases"] == 0


def _empty_fields(pack: Pack, rule: Rule, type_name: str, rid: int, con) -> list[tuple[str, str, str | None]]:
    """The fields that a condition of the rule reads and that are empty: (fact type, field, record; None: the record itself)."""
    own, beyond = read_fields(pack, rule, type_name)
    found: list[tuple[str, str, str | None]] = []
    if own:
        columns = ", ".join(f"v_{name} IS NULL" for name in own)
        empty = con.execute(f'SELECT {columns} FROM "f_{type_name}" WHERE rid = $1', [rid]).fetchall()[0]  # noqa: S608
        found = [(type_name, name, None) for name, is_empty in zip(own, empty, strict=True) if is_empty]
    for path in beyond:
        to, name, query = empty_beyond(pack, type_name, path)
        found += [(to, name, of) for _, of in con.execute(f"{query} AND f.rid = $1", [rid]).fetchall()]
    return found


def read_fields(pack: Pack, rule: Rule, type_name: str) -> tuple[list[str], list[str]]:
    """The fields of a fact type that the conditions of a rule read, and the paths by which they read fields of records that it refers to, in the
    order of the rule's parts. The field of the day is among them: without a day of its own, a record may lie in any window.
    """
    paths: list[str] = []
    for selection in rule.parts.values():
        if selection.facts != type_name or selection.facts == SITES:
            continue
        conditions = [c for c in (selection.where, selection.keeps, selection.excused) if c is not None]
        for test in (test for condition in conditions for test in condition.every_test()):
            paths += [test.path, *(test.values if test.op in COMPARING else ())]
        paths += [selection.until] if selection.until and rule.obligation.kind == "answered" else []
        paths += ["site"] if selection.place == "site" else []
        paths += [pack.vocabulary[type_name].date or ""]
    fields = pack.vocabulary[type_name].fields
    own = [name for name in dict.fromkeys(path.split(".")[0] for path in paths) if name in fields]
    return own, [path for path in dict.fromkeys(paths) if "." in path and path.split(".")[0] in fields]


def empty_beyond(pack: Pack, type_name: str, path: str) -> tuple[str, str, str]:
    """(fact type, field, query) of a path: the query gives (rid, id) of the records `f` that refer to one, by its id, whose field is empty."""
    reference, _, name = path.partition(".")
    to = pack.vocabulary[type_name].fields[reference].to
    query = (
        f'SELECT f.rid, o.id FROM "f_{type_name}" f JOIN "f_{to}" r ON r.rid = f.v_{reference} JOIN origin o ON o.rid = r.rid'  # noqa: S608
        f" WHERE r.v_{name} IS NULL"
    )
    return to, name, query


def consequences_of(
    con: duckdb.DuckDBPyConnection, pack: Pack, rows: Sequence[dict], verdict: Verdict, agreements: Sequence[Agreement], as_of: datetime.date
) -> list[Consequence]:
    """One for each consequence, agreement, site, year and attribution, with the amount that could still be used elsewhere.

    Findings of single records lead to one of their agreement.
    """
    by_duty = {row["duty"]: row for row in rows}
    groups: dict[tuple, list[str]] = defaultdict(list)
    for duty, consequence, attribution in sorted(verdict.consequences):
        row = by_duty[duty]
        year = None if row["period"] == "term" else row["win_from"].year
        groups[(consequence, attribution, row["agreement"], "" if row["scope"] == "record" else row["place"], year)].append(finding_id(pack.id, row))
    found = []
    for rule in pack.consequences:
        left = _left(con, rule.amount_at_stake, as_of) if rule.amount_at_stake else {}
        for (name, attribution, agreement, place, year), ids in groups.items():
            if name == rule.id:
                amount = sum((left.get((agreement, site), Decimal(0)) for site in _sites(agreements, agreement, place)), Decimal(0))
                amount = max(amount, Decimal(0)).quantize(_CENT)
                found.append(Consequence(name, rule.clause, attribution, agreement or None, place or None, year, tuple(sorted(ids)), amount))
    return sorted(found, key=Consequence.order)


def _sites(agreements: Sequence[Agreement], agreement: str, place: str) -> list[str]:
    if place:
        return [place]
    return [site.id for one in agreements if one.id == agreement for site in one.sites]


def _left(con: duckdb.DuckDBPyConnection, at_stake, as_of: datetime.date) -> dict[tuple[str, str], Decimal]:
    """Funds of the year of `as_of` and later, less the spending dated in those years, by agreement and site."""
    funds, spending = at_stake.funds, at_stake.spending
    query = (
        f'SELECT agreement, v_site, v_{funds.amount} AS amount FROM "f_{funds.facts}" WHERE known AND year(day) >= $year'  # noqa: S608
        f' UNION ALL SELECT agreement, v_site, -v_{spending.amount} FROM "f_{spending.facts}" WHERE known AND year(day) >= $year'
    )
    rows = con.execute(f"SELECT agreement, v_site, sum(amount) FROM ({query}) GROUP BY ALL", {"year": as_of.year}).fetchall()  # noqa: S608
    return {(agreement, site): amount for agreement, site, amount in rows}
