"""The data on which the peers measure, and what each of them has to give.

`make(folder, facts, seed)` writes Parquet files: agreements (agreement, first, last), sites (agreement, site, first, last), declared (agreement, type,
role, until), and the facts meetings, measures, consents, expenditures and staffing, each with `rid`, a number in the order of (agreement, id), references
as such numbers. Some agreements begin in autumn, some sites in spring, some types are not declared complete for the last year, some coordinators leave late,
some money is spent before the consent.

A peer is a script: `python bench/peers/NAME.py DATA OUT.parquet` reads these files and writes a row a duty: obligation, agreement, site (null where there is
none), label, value (DECIMAL(18,2)), status, for three obligations of `rules/benn`, as of 2021-12-31:
  steering-rounds-held   site and year   held steering rounds; from 6 to 12, prorated to the days of the site in the year
  district-coordinator   agreement, year  days without a district coordinator; at most 30
  consent-before-spend   site and year   what was spent without an earlier consent that covers it; nothing
It prints one line of JSON: seconds for reading and preparing (`load`), and for measuring (`measure`).
"""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb

AS_OF = datetime.date(2021, 12, 31)
YEARS = range(2017, 2022)
PER_AGREEMENT = 666  # facts, about
TYPES = ("meetings", "measures", "consents", "expenditures", "staffing")

_TABLES = (
    ("agreement", """SELECT 'a' || lpad(n::VARCHAR, 7, '0') AS agreement, n, CASE WHEN luck(n, 1) < 150 THEN DATE '2017-09-01' ELSE DATE '2017-01-01' END AS first,
        DATE '2021-12-31' AS last FROM range($agreements) AS t(n)"""),
    ("place", """SELECT a.agreement, a.agreement || '-' || k AS site, a.n * 2 + k AS s, CASE WHEN luck(a.n, k, 2) < 100 THEN DATE '2018-03-01' ELSE a.first END AS first, a.last
        FROM agreement a, range(2) AS t(k)"""),
    ("site_year", "SELECT p.*, y FROM place p, range(2017, 2022) AS t(y) WHERE make_date(y::INT, 12, 31) >= p.first"),
    ("declared", """SELECT a.agreement, t.type, t.role, CASE WHEN luck(a.n, t.k, 3) < 30 THEN DATE '2020-12-31' ELSE DATE '2021-12-31' END AS until
        FROM agreement a, (VALUES (1, 'meetings', ''), (2, 'measures', ''), (3, 'consents', ''), (4, 'expenditures', ''), (5, 'staffing', 'district_coordinator'),
          (6, 'staffing', 'senate_coordinator'), (7, 'staffing', 'benn_team'), (8, 'staffing', 'qm_benn')) AS t(k, type, role)"""),
    ("meetings_", """SELECT agreement, site || '-' || y || '-s' || lpad(k::VARCHAR, 2, '0') AS id, site, day_in(y, luck(s, y, k, 4)) AS date,
          CASE WHEN k < 9 THEN 'steering_round' ELSE 'network' END AS body,
          CASE WHEN luck(s, y, k, 5) < CASE WHEN luck(s, y, 6) < 60 THEN 400 ELSE 50 END THEN 'cancelled' ELSE 'held' END AS status, s, y
        FROM site_year, range(17) AS t(k)"""),
    ("measures_", """SELECT agreement, site || '-' || y || '-m' || lpad(k::VARCHAR, 2, '0') AS id, site, day_in(y, luck(s, y, k, 7)) AS date, s, y, k
        FROM site_year, range(12) AS t(k)"""),
    ("round", "SELECT site, y, min(id) AS meeting FROM meetings_ WHERE body = 'steering_round' AND status = 'held' GROUP BY ALL"),
    ("consents_", """SELECT m.agreement, m.id || '-c' || e AS id, m.id AS measure, r.meeting, m.date + (e * 20)::INT AS date,
          CASE WHEN luck(m.s, m.y, m.k, e, 8) < 15 THEN 'withdrawn' ELSE 'granted' END AS decision,
          CASE WHEN luck(m.s, m.y, m.k, e, 9) < 20 THEN NULL ELSE (600 + luck(m.s, m.y, m.k, e, 10))::DECIMAL(18, 2) END AS amount
        FROM measures_ m JOIN round r ON r.site = m.site AND r.y = m.y, range(1 + (luck(m.s, m.y, m.k, 11) < 100)::INT) AS t(e)"""),
    ("expenditures_", """SELECT m.agreement, m.id || '-e' || e AS id, m.id AS measure, m.site,
          least(m.date + (1 + luck(m.s, m.y, m.k, e, 12) // 17 - 3 * (luck(m.s, m.y, m.k, e, 13) < 4)::INT), make_date(m.y::INT, 12, 31)) AS date,
          (150 + luck(m.s, m.y, m.k, e, 14) * 0.21)::DECIMAL(18, 2) * CASE WHEN luck(m.s, m.y, m.k, e, 15) < 10 THEN -1 ELSE 1 END AS amount
        FROM measures_ m, range(2) AS t(e)"""),
    ("staffing_", """SELECT agreement, agreement || '-k' || k AS id, 'district_coordinator' AS role, first + (k * 460)::INT AS since,
          CASE WHEN k < 3 THEN first + (k * 460 + 459 - CASE WHEN luck(n, k, 16) < 300 THEN luck(n, k, 17) // 12 ELSE 0 END)::INT END AS until,
          'p' || k AS person FROM agreement, range(4) AS t(k)"""),
)


def make(folder: Path, facts: int, seed: int = 1) -> int:
    """Write the files; gives the number of facts, which is near what was asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute(f"CREATE MACRO luck(a, b, c := 0, d := 0, e := 0) AS (hash(a, b, c, d, e, {int(seed)}) % 1000)::INT")
    con.execute("CREATE MACRO day_in(y, n) AS make_date(y::INT, 1, 1) + (n * 364 // 999)::INT")
    for name, query in _TABLES:
        con.execute(f"CREATE TABLE {name} AS {query}", {"agreements": max(1, facts // PER_AGREEMENT)} if "$" in query else None)
    for name in ("meetings", "measures", "consents", "expenditures", "staffing"):
        con.execute(f"CREATE TABLE numbered_{name} AS SELECT row_number() OVER (ORDER BY agreement, id) - 1 AS rid, * FROM {name}_")  # noqa: S608
    for name, columns in (("agreements", "agreement, first, last"), ("sites", "agreement, site, first, last")):
        source = "agreement" if name == "agreements" else "place"
        con.execute(f"COPY (SELECT {columns} FROM {source} ORDER BY ALL) TO '{folder}/{name}.parquet'")  # noqa: S608
    con.execute(f"COPY (SELECT * FROM declared ORDER BY ALL) TO '{folder}/declared.parquet'")  # noqa: S608
    return sum(_write(con, name, folder) for name in TYPES)


def _write(con: duckdb.DuckDBPyConnection, name: str, folder: Path) -> int:
    replaced, joins = [], ""
    for column, target in (("measure", "measures"), ("meeting", "meetings")):
        if column in [row[0] for row in con.execute(f"DESCRIBE numbered_{name}").fetchall()]:
            replaced.append(f"{target}_of.rid AS {column}")
            joins += f" LEFT JOIN numbered_{target} {target}_of ON {target}_of.id = f.{column}"
    shown = f"f.* {'REPLACE (' + ', '.join(replaced) + ')' if replaced else ''}"
    con.execute(f"CREATE TABLE out_{name} AS SELECT {shown} FROM numbered_{name} f{joins} ORDER BY f.rid")  # noqa: S608
    kept = [row[0] for row in con.execute(f"DESCRIBE out_{name}").fetchall() if row[0] not in ("s", "y", "k", "n")]
    con.execute(f"COPY (SELECT {', '.join(kept)} FROM out_{name} ORDER BY rid) TO '{folder}/{name}.parquet'")  # noqa: S608
    return con.execute(f"SELECT count(*) FROM out_{name}").fetchall()[0][0]  # noqa: S608
