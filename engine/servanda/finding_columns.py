"""Findings as columns: the table `finding` with what the JSON report says of a finding, without an object a finding.

`finding`: id, pack, obligation, kind, clauses, bearer, modality, agreement, site (null: none), label, window_from, window_to, deadline, status, open,
at_risk, value, lower, upper (four decimals), unit, material, judgements, evidence (the first hundred), evidence_total, missing; of chains `follows`,
`repaired` and `repairs`. A row a duty, in the order of a report. `findings` says the same in objects; a test holds them against each other.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence

import duckdb

from servanda.duties import Rule
from servanda.facts.store import create
from servanda.findings import EVIDENCE_LIMIT, empty_beyond, read_fields, unit_of
from servanda.judge_facts import Verdict
from servanda.pack_shapes import Pack

_SIDES = ("below", "above", "kept", "answer")

# The empty fields that conditions read, of records that are unknown to an undetermined finding.
_UNKNOWN = """
CREATE TABLE unknown_record AS
SELECT DISTINCT r.run, r.rule, o.rid, o.type, o.id
FROM result r JOIN evidence e ON e.run = r.run AND e.part = 'unknown' JOIN origin o ON o.rid = e.rid WHERE r.status = 'undetermined'
"""

_EMPTY = """
CREATE TABLE empty_field AS
SELECT u.run, u.rid, u.type, u.id, n.position, n.field FROM unknown_record u JOIN read_field n ON n.rule = u.rule AND n.type = u.type
JOIN emptiness e ON e.rid = u.rid WHERE list_contains(e.fields, n.field)
UNION ALL
SELECT u.run, u.rid, b.type, b.id, n.position, b.field FROM unknown_record u JOIN read_field n ON n.rule = u.rule AND n.type = u.type
JOIN beyond b ON b.rid = u.rid AND b.path = n.field
"""

_MISSING = """
CREATE TABLE missing_of AS
WITH awaited AS ({awaited}), lacking AS (
  SELECT r.run, x.position, -1 AS rid, x.type, x.role, NULL AS field, NULL AS record, x.holder,
    CASE WHEN x.side = 'answer' THEN w.due WHEN r.deadline IS NULL OR x.side <> 'below' THEN r.last_day ELSE least(r.deadline, $as_of::DATE) END AS last
  FROM result r JOIN shown_rest x USING (rule)
  LEFT JOIN declared_until k ON k.agreement = r.agreement AND k.rule = r.rule AND k.side = x.side
  LEFT JOIN awaited w ON w.run = r.run
  WHERE r.status = 'undetermined' AND (k.until IS NULL OR k.until < last) AND CASE x.side
    WHEN 'below' THEN NOT r.below_known AND (r.side_lo IN ('under', 'under_tolerated') OR r.side_hi IN ('under', 'under_tolerated'))
    WHEN 'above' THEN NOT r.above_known AND (r.side_lo IN ('over', 'over_tolerated') OR r.side_hi IN ('over', 'over_tolerated'))
    WHEN 'kept' THEN NOT r.kept_known AND (r.side_lo = 'kept' AND r.side_hi = 'kept' OR r.value IS NULL OR r.cases = 0)
    ELSE w.due IS NOT NULL AND r.side_lo <> r.side_hi END
  UNION ALL
  SELECT e.run, e.position, e.rid, e.type, NULL, e.field, e.id, h.holder, NULL AS last FROM empty_field e JOIN holder h USING (type)
), once AS (
  SELECT run, type, role, field, record, holder, last AS until, min((rid, position)) AS place FROM lacking GROUP BY ALL
)
SELECT run, list({{'type': type, 'role': role, 'field': field, 'record': record, 'until': until, 'holder': holder}} ORDER BY place) AS missing
FROM once GROUP BY run
"""
_AWAITED = "SELECT run, max(least(due_on, $as_of::DATE)) AS due FROM answered_case WHERE holds AND late AND NOT surely GROUP BY run"
_NONE_AWAITED = "SELECT NULL::BIGINT AS run, NULL::DATE AS due WHERE FALSE"

_ID = (
    "$pack || '/' || coalesce(nullif({0}.agreement, ''), '-') || '/' || coalesce(nullif({0}.place, ''), '-') || '/' || {1} || '/' || {0}.label"
)

_CHAINED = f"""
CREATE TABLE chained AS
SELECT b.duty, list({_ID.format("m", "m.obligation")} ORDER BY m.win_from, m.obligation) AS repairs,
  CASE WHEN bool_and(m.status IN ('fulfilled', 'tolerated', 'waived')) THEN 'yes' WHEN bool_or(m.status IN ('deviation', 'unmet')) THEN 'no'
    ELSE 'open' END AS repaired
FROM result b JOIN result m ON m.after = b.rule AND m.agreement = b.agreement AND m.place = b.place AND m.label = b.label GROUP BY b.duty
"""  # noqa: S608

_FINDING = f"""
CREATE TABLE finding AS
WITH shown AS (
  SELECT e.run, count(*) AS total,
    arg_min({{'type': o.type, 'id': o.id, 'submission': s.path, 'file': o.file, 'row': o.row}}, o.rid, {EVIDENCE_LIMIT}) AS evidence
  FROM result r JOIN evidence e ON e.run = r.run AND e.part = CASE WHEN r.kind IN ('count', 'attended') THEN 'counted' ELSE 'breaks' END
  JOIN origin o ON o.rid = e.rid JOIN submission s ON s.number = o.submission
  WHERE r.kind IN ('count', 'attended') OR r.value < r.lower OR r.value > r.upper GROUP BY e.run
)
SELECT {_ID.format("r", "r.obligation")} AS id, $pack AS pack, r.obligation, r.kind, w.clauses, w.bearer, r.modality,
  nullif(r.agreement, '') AS agreement, nullif(r.place, '') AS site, r.label, r.win_from AS window_from, r.win_to AS window_to, r.deadline,
  r.status, r.is_open AS open, r.at_risk, CASE WHEN r.kind IN ('consented', 'within_budget') THEN round(r.value, 2) ELSE r.value END::DECIMAL(18,4) AS value,
  r.lower::DECIMAL(18,4) AS lower, r.upper::DECIMAL(18,4) AS upper, w.unit, j.duty IS NOT NULL AS material,
  coalesce(j.judgements, []) AS judgements, coalesce(v.evidence, []) AS evidence, coalesce(v.total, 0) AS evidence_total,
  coalesce(m.missing, []) AS missing, {_ID.format("r", "a.obligation")} AS follows, c.repaired, coalesce(c.repairs, []) AS repairs
FROM result r JOIN shown_rule w USING (rule) LEFT JOIN rule a ON a.rule = r.after LEFT JOIN judged j ON j.duty = r.duty
LEFT JOIN shown v ON v.run = r.run LEFT JOIN missing_of m ON m.run = r.run LEFT JOIN chained c ON c.duty = r.duty
ORDER BY r.agreement, r.place, r.obligation, r.win_from, r.label
"""  # noqa: S608


def create_findings(
    con: duckdb.DuckDBPyConnection, pack: Pack, rules: Sequence[Rule], verdict: Verdict, paths: Sequence[str], as_of: datetime.date
) -> None:
    """Create `finding` from `result` and `evidence`. `paths` are those of the submissions that `origin` numbers.

    `emptiness` (rid, fields) and `beyond` (rid, path, type, field, id), which may be there before, are added to: the empty fields of records that
    are unknown, and those of records that they refer to.
    """
    create(con, "submission", [("number", "INTEGER", list(range(len(paths)))), ("path", "VARCHAR", list(paths))])
    _load_shown(con, pack, rules)
    judged = defaultdict(list)
    order = {judgement.id: position for position, judgement in enumerate(pack.judgements)}
    for duty, name in sorted(verdict.material, key=lambda one: (one[0], order[one[1]])):
        judged[duty].append(name)
    create(con, "judged", [("duty", "BIGINT", list(judged)), ("judgements", "VARCHAR[]", list(judged.values()))])
    con.execute(_UNKNOWN)
    con.execute("CREATE TABLE IF NOT EXISTS emptiness (rid BIGINT, fields VARCHAR[])")
    con.execute("CREATE TABLE IF NOT EXISTS beyond (rid BIGINT, path VARCHAR, type VARCHAR, field VARCHAR, id VARCHAR)")
    unknown = "f.rid IN (SELECT rid FROM unknown_record)"
    for (type_name,) in con.execute("SELECT DISTINCT type FROM unknown_record ORDER BY type").fetchall():
        con.execute(f"INSERT INTO emptiness {empty_fields(pack, type_name)} WHERE {unknown}")  # noqa: S608
        for path in paths_beyond(pack, rules, type_name):
            con.execute(f"INSERT INTO beyond {fields_beyond(pack, type_name, path)} AND {unknown}")  # noqa: S608
    con.execute(_EMPTY)
    awaited = _AWAITED if any(rule.obligation.kind == "answered" for rule in rules) else _NONE_AWAITED
    con.execute(_MISSING.format(awaited=awaited), {"as_of": as_of})
    con.execute(_CHAINED, {"pack": pack.id})
    con.execute(_FINDING, {"pack": pack.id})


def empty_fields(pack: Pack, type_name: str) -> str:
    """A query (rid, fields): the names of the empty fields of each record of a type; to be narrowed down by a WHERE over `f`."""
    names = list(pack.vocabulary[type_name].fields)
    listed = ", ".join(f"CASE WHEN f.v_{name} IS NULL THEN '{name}' END" for name in names)
    return f'SELECT f.rid, list_filter([{listed}], lambda name: name IS NOT NULL) AS fields FROM "f_{type_name}" f'  # noqa: S608


def paths_beyond(pack: Pack, rules: Sequence[Rule], type_name: str) -> list[str]:
    """The paths by which rules read fields of records that a type's records refer to."""
    return list(dict.fromkeys(path for rule in rules for path in read_fields(pack, rule, type_name)[1]))


def fields_beyond(pack: Pack, type_name: str, path: str) -> str:
    """A query (rid, path, type, field, id): of each record of a type, the record that a path leads to, where its field is empty; ends in a WHERE."""
    to, name, query = empty_beyond(pack, type_name, path)
    return query.replace("SELECT f.rid, o.id", f"SELECT f.rid, '{path}' AS path, '{to}' AS type, '{name}' AS field, o.id", 1)


def _load_shown(con: duckdb.DuckDBPyConnection, pack: Pack, rules: Sequence[Rule]) -> None:
    """What a report shows of rules: `shown_rule`, `shown_rest` (what their statuses rest on, and who holds it), `read_field`, `holder`."""
    create(con, "shown_rule", [
        ("rule", "INTEGER", [rule.number for rule in rules]), ("clauses", "VARCHAR[]", [list(rule.obligation.clauses) for rule in rules]),
        ("bearer", "VARCHAR[]", [list(rule.obligation.bearer) for rule in rules]), ("unit", "VARCHAR", [unit_of(rule) for rule in rules]),
    ])
    rests = [
        (rule.number, _SIDES.index(rest.side) * 1000 + number, rest.side, rest.facts, role or None, list(pack.vocabulary[rest.facts].holder))
        for rule in rules for number, (rest, role) in enumerate((rest, role) for rest in rule.rests for role in rest.roles or ("",))
    ]
    _table(con, "shown_rest", ("rule INTEGER", "position INTEGER", "side VARCHAR", "type VARCHAR", "role VARCHAR", "holder VARCHAR[]"), rests)
    fields = [
        (rule.number, type_name, position, name)
        for rule in rules for type_name in sorted({selection.facts for selection in rule.parts.values()} & set(pack.vocabulary))
        for position, name in enumerate(name for names in read_fields(pack, rule, type_name) for name in names)
    ]
    _table(con, "read_field", ("rule INTEGER", "type VARCHAR", "position INTEGER", "field VARCHAR"), fields)
    holders = [(name, list(fact_type.holder)) for name, fact_type in pack.vocabulary.items()]
    _table(con, "holder", ("type VARCHAR", "holder VARCHAR[]"), holders)


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Sequence[tuple]) -> None:
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    create(con, name, [(*column.split(" "), list(one)) for column, one in zip(columns, values, strict=True)])
