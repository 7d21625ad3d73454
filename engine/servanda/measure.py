"""Measure: every kind's query over duties ⋈ facts, then one rule that decides every status.

Needs the fact tables of `facts.store`. Leaves the table `result`: one row a duty, with status, numbers and bounds. Findings
stay columns here; `findings` turns them into objects for a report.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import duckdb

from servanda.duties import DUTY_SQL, FOREVER, VARIANT_SQL, Rule, figure_rows, scopes_of
from servanda.facts.select import condition_column, create_selected
from servanda.facts.store import create
from servanda.kinds import BY_NAME, KINDS
from servanda.model import Agreement
from servanda.pack_checks import by_site_kind
from servanda.pack_shapes import Obligation, Pack
from servanda.record_scopes import load_breaches, load_record_scopes, no_breach, record_kind, steps
from servanda.selection import Selection
from servanda.working_days import Holidays, load_calendar, no_calendar

TAKEN_SQL = """
CREATE OR REPLACE TABLE taken AS
SELECT d.run, d.duty, d.variant, d.kind, d.rule, d.obligation, d.agreement, d.place AS duty_place, d.deadline, d.days, d.working_days, d.grace,
  d.fixed_years, d.fixed_month, d.fixed_day, d.months, d.month_end, d.times, d.since,
  u.part, s.rid, s.day, s.own_day,
  CASE WHEN s.day IS NOT NULL OR d.period = 'term' THEN s.holds END AS holds, s.keeps, s.excused, s.until, s.due, s.amount, s.key,
  w.day IS NOT NULL AS waived
FROM duty d
JOIN use u ON u.rule = d.rule AND (u.by_site OR d.scope <> 'record')  -- what answers or precedes a record is matched by its key
JOIN selected s ON s.selection = u.selection AND s.agreement = d.agreement AND s.place = CASE WHEN u.by_site THEN d.place ELSE '' END
LEFT JOIN waived_day w ON d.variant = 1 AND w.duty = d.duty AND w.day = coalesce(s.own_day, s.day)
WHERE coalesce(CASE WHEN s.by_year THEN s.day BETWEEN d.year_from AND d.year_to ELSE s.day BETWEEN d.take_from AND d.take_to END, TRUE)
"""

DECLARED_SQL = """
CREATE TABLE declared_until AS
SELECT a.agreement, r.rule, r.side, CASE WHEN count(c.until) = count(*) THEN min(c.until) END AS until
FROM (SELECT DISTINCT agreement FROM scope) a CROSS JOIN rest r
LEFT JOIN declared c ON c.agreement = a.agreement AND c.type = r.type AND c.role = r.role
GROUP BY a.agreement, r.rule, r.side
"""

WAIVED_SQL = """
CREATE OR REPLACE TABLE waived_day AS
SELECT DISTINCT d.duty, unnest(generate_series(w.first::TIMESTAMP, w.last::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day
FROM duty_window d JOIN waiver w ON w.effective AND w.obligation = d.obligation AND w.agreement = d.agreement AND (w.site IS NULL OR w.site = d.place)
"""

# One rule for all kinds. Where the ends of what is possible lie on different sides of the bounds, nothing is known.
STATUS_SQL = """
CREATE OR REPLACE TABLE result AS
WITH known AS (
  SELECT d.run, bool_and(k.until IS NOT NULL AND k.until >= CASE WHEN d.deadline IS NULL THEN d.last_day ELSE least(d.deadline, $as_of::DATE) END)
      FILTER (k.side = 'below') AS below,
    bool_and(k.until IS NOT NULL AND k.until >= d.last_day) FILTER (k.side = 'above') AS above,
    bool_and(k.until IS NOT NULL AND k.until >= d.last_day) FILTER (k.side = 'kept') AS kept
  FROM duty d JOIN declared_until k ON k.rule = d.rule AND k.agreement = d.agreement GROUP BY d.run
), valued AS (
  SELECT d.*, coalesce(m.value, CASE WHEN d.kind <> 'attended' THEN 0 END) AS value, coalesce(m.lo, 0) AS lo, coalesce(m.hi, 0) AS hi,
    coalesce(m.cases, 0) AS cases, coalesce(m.possible, 0) AS possible, coalesce(m.open_cases, 0) AS open_cases, m.longest, m.overdue, m.budget,
    coalesce(k.below, TRUE) AS below_known, coalesce(k.above, TRUE) AS above_known, coalesce(k.kept, TRUE) AS kept_known,
    CASE WHEN d.deadline IS NULL THEN d.win_open ELSE d.deadline > $as_of::DATE END AS still_open
  FROM duty d LEFT JOIN measured m USING (run) LEFT JOIN known k USING (run)
), sided AS (
  SELECT *, CASE WHEN lo > upper_wide THEN 'over' WHEN lo > upper THEN 'over_tolerated' WHEN lo < lower AND still_open THEN 'open'
      WHEN lo < lower_wide THEN 'under' WHEN lo < lower THEN 'under_tolerated' ELSE 'kept' END AS side_lo,
    CASE WHEN hi > upper_wide THEN 'over' WHEN hi > upper THEN 'over_tolerated' WHEN hi < lower AND still_open THEN 'open'
      WHEN hi < lower_wide THEN 'under' WHEN hi < lower THEN 'under_tolerated' ELSE 'kept' END AS side_hi
  FROM valued
), decided AS (
  SELECT *, CASE
    WHEN too_short AND side_hi NOT IN ('over', 'over_tolerated') THEN 'not_applicable'
    WHEN too_short AND side_lo NOT IN ('over', 'over_tolerated') THEN 'undetermined'
    WHEN has_cases AND cases = 0 AND possible > 0 THEN 'undetermined'
    WHEN has_cases AND cases = 0 THEN CASE WHEN kept_known THEN 'not_applicable' ELSE 'undetermined' END
    WHEN side_lo <> side_hi THEN 'undetermined'
    WHEN side_lo IN ('over', 'over_tolerated') AND NOT above_known OR side_lo IN ('under', 'under_tolerated') AND NOT below_known THEN 'undetermined'
    WHEN side_lo IN ('over', 'under') THEN 'deviation'
    WHEN side_lo IN ('over_tolerated', 'under_tolerated') THEN 'tolerated'
    WHEN side_lo = 'open' OR open_cases > 0 THEN 'pending'
    WHEN NOT kept_known THEN 'undetermined'
    ELSE 'fulfilled' END AS first_status
  FROM sided
), freed AS (
  SELECT d.*, d.kind = 'count' AND d.days_left = 0 OR w.day IS NOT NULL AND d.kind IN ('delivered', 'attested', 'within_budget', 'sites') AS lifted
  FROM decided d LEFT JOIN waived_day w ON d.variant = 1 AND w.duty = d.duty AND w.day = coalesce(d.deadline, d.win_to)
), joined AS (
  SELECT a.*, CASE WHEN a.first_status <> 'deviation' THEN a.first_status
      WHEN b.run IS NOT NULL AND (b.lifted OR b.first_status <> 'deviation') THEN 'waived'
      WHEN a.modality = 'intention' THEN 'unmet' ELSE 'deviation' END AS status,
    coalesce(b.value, a.value) AS judged_value, coalesce(b.lower, a.lower) AS judged_lower, coalesce(b.cases, a.cases) AS judged_cases,
    CASE WHEN b.run IS NULL THEN a.longest ELSE b.longest END AS judged_longest, CASE WHEN b.run IS NULL THEN a.overdue ELSE b.overdue END AS judged_overdue,
    coalesce(b.lifted, FALSE) AS freed
  FROM freed a LEFT JOIN freed b ON b.duty = a.duty AND b.variant = 1 WHERE a.variant = 0
)
SELECT *, win_open OR status = 'pending' AS is_open,
  status = 'pending' AND (kind = 'attended' OR (kind = 'count' AND value < lower::BIGINT * (last_day - win_from + 1) // win_days)) AS at_risk
FROM joined
"""


def rules_of(pack: Pack) -> list[Rule]:
    """The pack's obligations as rows; one for each site kind where an obligation asks for other roles there."""
    rules: list[Rule] = []
    for obligation in pack.obligations:
        kind = BY_NAME[obligation.kind]
        for site_kind, one in by_site_kind(obligation):
            within = getattr(one.params, "within", None)
            rules.append(
                Rule(
                    len(rules), one, site_kind, kind.parts(one, pack.head), kind.rests(one, pack.head), kind.figures(one, pack.head),
                    fixed=within.fixed if within else None, prorated=kind.NAME == "count" and not (one.for_each and one.period == "term"),
                    half=kind.NAME in ("delivered", "attested", "sites"),
                    month_end=bool(within and within.end_of_month), from_end=bool(within and within.counted_from == "end"),
                )
            )
    numbers = {rule.obligation.id: rule.number for rule in rules}
    return [replace(rule, after=numbers.get(rule.obligation.after_breach_of)) for rule in rules]


def measure(
    con: duckdb.DuckDBPyConnection, pack: Pack, agreements: Sequence[Agreement], ended: Mapping[str, datetime.date], present: Collection[str],
    as_of: datetime.date,
) -> list[Rule]:
    """Create `duty`, `measured` and `result` for the evaluated agreements; gives the rules that the rows name.

    `present` are the fact types that have records.
    """
    rules = rules_of(pack)
    # Late answers are overdue by working days, whatever their time limit counts in.
    counted = [rule.number for rule in rules if {"working_days", "grace"} & set(rule.figures) or rule.obligation.kind == "answered"]
    holidays = Holidays(pack.head.calendar) if counted else None
    _load_rules(con, pack, rules, present, as_of)
    _load_scopes(con, pack, rules, agreements, ended)
    load_record_scopes(con, pack, rules, as_of)
    con.execute(DECLARED_SQL)
    _load_waivers(con, pack, as_of)
    _load_working_days(con, holidays, counted, as_of)
    no_breach(con)
    for step in range(steps(rules)):
        if step:
            load_breaches(con, rules)
        con.execute(DUTY_SQL, {"as_of": as_of})
        con.execute(WAIVED_SQL)
        con.execute(VARIANT_SQL)
        con.execute(TAKEN_SQL)
        _run_kinds(con, rules, as_of)
        con.execute(STATUS_SQL, {"as_of": as_of})
    return rules


def _load_rules(con: duckdb.DuckDBPyConnection, pack: Pack, rules: Sequence[Rule], present: Collection[str], as_of: datetime.date) -> None:
    selections: dict[Selection, int] = {}
    uses = [
        (rule.number, part, selections.setdefault(s, len(selections)), s.place not in ("agreement", "programme"))
        for rule in rules for part, s in rule.parts.items()
    ]
    create_selected(con, pack, list(selections), present, as_of)
    rows = [
        (
            rule.number, o.id, o.kind, o.modality, o.scope, o.period, record_kind(rules, rule) or rule.site_kind, o.while_sites or 0, rule.prorated,
            rule.half, BY_NAME[o.kind].HAS_CASES, *(rule.fixed or (None, None, None)), rule.month_end, rule.from_end, o.unfinished, rule.after, *_in_force(o),
        )
        for rule in rules for o in (rule.obligation,)
    ]
    names = (
        ("rule", "INTEGER"), ("obligation", "VARCHAR"), ("kind", "VARCHAR"), ("modality", "VARCHAR"), ("scope", "VARCHAR"), ("period", "VARCHAR"),
        ("site_kind", "VARCHAR"), ("while_sites", "INTEGER"), ("prorated", "BOOLEAN"), ("half", "BOOLEAN"), ("has_cases", "BOOLEAN"),
        ("fixed_years", "INTEGER"), ("fixed_month", "INTEGER"), ("fixed_day", "INTEGER"),
        ("month_end", "BOOLEAN"), ("from_end", "BOOLEAN"), ("unfinished", "BOOLEAN"), ("after", "INTEGER"), ("in_force_from", "DATE"), ("in_force_to", "DATE"),
    )
    _rows(con, "rule", names, rows)
    _rows(con, "use", (("rule", "INTEGER"), ("part", "VARCHAR"), ("selection", "INTEGER"), ("by_site", "BOOLEAN")), uses)
    rests = [
        (rule.number, rest.side, rest.facts, role)
        for rule in rules for rest in rule.rests for role in rest.roles or pack.vocabulary[rest.facts].roles or ("",)
    ]
    _rows(con, "rest", (("rule", "INTEGER"), ("side", "VARCHAR"), ("type", "VARCHAR"), ("role", "VARCHAR")), rests)
    bearers = [(rule.number, party) for rule in rules for party in rule.obligation.bearer]
    _rows(con, "bearer", (("rule", "INTEGER"), ("party", "VARCHAR")), bearers)


def _in_force(obligation: Obligation) -> tuple[datetime.date, datetime.date]:
    days = obligation.in_force
    return (days and days.start) or datetime.date.min, (days and days.end) or FOREVER


def _load_scopes(
    con: duckdb.DuckDBPyConnection, pack: Pack, rules: Sequence[Rule], agreements: Sequence[Agreement], ended: Mapping[str, datetime.date]
) -> None:
    while_sites = sorted({rule.obligation.while_sites for rule in rules if rule.obligation.while_sites})
    scopes = scopes_of(agreements, ended, while_sites)
    day = "DATE"
    names = (("scope", "VARCHAR"), ("agreement", "VARCHAR"), ("place", "VARCHAR"), ("site_kind", "VARCHAR"), ("first", day), ("last", day))
    _rows(con, "scope", names, scopes.scopes)
    names = (
        ("period", "VARCHAR"), ("agreement", "VARCHAR"), ("while_sites", "INTEGER"), ("label", "VARCHAR"), ("first", day), ("last", day),
        ("cut_first", day), ("cut_last", day),
    )
    _rows(con, "period", names, scopes.periods)
    number = "DECIMAL(18,4)"
    names = (
        ("rule", "INTEGER"), ("agreement", "VARCHAR"), ("valid_from", day), ("valid_to", day), ("lower", number), ("upper", number),
        ("tolerance", number), ("required", number), ("days", number), ("working_days", number), ("grace", number), ("months", number), ("times", number),
    )
    _rows(con, "figure", names, figure_rows(rules, agreements, pack))


def _rows(con: duckdb.DuckDBPyConnection, table: str, names: Sequence[tuple[str, str]], rows: Sequence[tuple]) -> None:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    create(con, table, [(name, kind, values) for (name, kind), values in zip(names, columns, strict=True)])


def _load_waivers(con: duckdb.DuckDBPyConnection, pack: Pack, as_of: datetime.date) -> None:
    """`waiver`: those known on `as_of`, with whether they are agreed as the pack demands; `waived_day` by duty."""
    kept = pack.head.waivers
    if kept is None:
        con.execute("CREATE TABLE waiver (rid BIGINT, agreement VARCHAR, obligation VARCHAR, site VARCHAR, first DATE, last DATE, effective BOOLEAN)")
    else:
        effective, values, joins = condition_column(con, pack, kept.facts, kept.effective, as_of)
        con.execute(
            f"CREATE TABLE waiver AS SELECT f.rid, f.agreement, f.v_{kept.obligation} AS obligation, f.v_site AS site, f.own_day AS first,"  # noqa: S608
            f' f.v_{kept.until} AS last, coalesce({effective}, FALSE) AS effective FROM "f_{kept.facts}" f {joins}'
            f" WHERE f.known AND f.v_{kept.agreed_on} <= ${len(values) + 1}::DATE",
            [*values, as_of],
        )


def _load_working_days(con: duckdb.DuckDBPyConnection, holidays: Holidays | None, counted: Sequence[int], as_of: datetime.date) -> None:
    first = con.execute(
        "SELECT min(s.own_day) FROM use u JOIN selected s USING (selection) WHERE list_contains($rules::INTEGER[], u.rule)", {"rules": counted}
    ).fetchall()[0][0]
    if first is None or holidays is None:
        no_calendar(con)
        return
    longest = con.execute("SELECT coalesce(max(greatest(coalesce(working_days, 0), coalesce(grace, 0))), 0)::INTEGER FROM figure").fetchall()[0][0]
    last = max(as_of, first) + datetime.timedelta(days=2 * longest + 30)
    load_calendar(con, holidays, datetime.date(first.year, 1, 1), last)


def _run_kinds(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], as_of: datetime.date) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE measured (run BIGINT, value DECIMAL(18,4), lo DECIMAL(18,4), hi DECIMAL(18,4), cases BIGINT, possible BIGINT,"
        " open_cases BIGINT, longest BIGINT, overdue BIGINT, budget DECIMAL(18,2))"
    )
    present = {rule.obligation.kind for rule in rules}
    for kind in KINDS:
        if kind.NAME in present:
            if kind.CASES:
                con.execute(f"CREATE OR REPLACE TABLE {kind.NAME}_case AS {kind.CASES}", _bound(kind.CASES, as_of))
            con.execute(f"INSERT INTO measured BY NAME {kind.MEASURE}", _bound(kind.MEASURE, as_of))  # noqa: S608


def _bound(sql: str, as_of: datetime.date) -> dict[str, object]:
    return {"as_of": as_of} if "$as_of" in sql else {}


def evidence_of(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], as_of: datetime.date) -> None:
    """Create `evidence` (run, rid, part) for all findings, as the kinds tell it."""
    con.execute("CREATE TABLE evidence (run BIGINT, rid BIGINT, part VARCHAR)")
    present = {rule.obligation.kind for rule in rules}
    for kind in KINDS:
        if kind.NAME in present:
            con.execute(f"INSERT INTO evidence {kind.EVIDENCE}", _bound(kind.EVIDENCE, as_of))  # noqa: S608
