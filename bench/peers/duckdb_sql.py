"""The floor: the three obligations by hand in DuckDB's SQL, written for exactly these rules."""

from __future__ import annotations

import json
import sys
import time

import duckdb

COMMON = """
CREATE TABLE agreement_year AS
SELECT agreement, y, greatest(first, make_date(y::INT, 1, 1)) AS win_from, least(last, make_date(y::INT, 12, 31)) AS win_to
FROM read_parquet('{data}/agreements.parquet'), range(2017, 2022) AS t(y) WHERE first <= make_date(y::INT, 12, 31);
CREATE TABLE site_year AS
SELECT agreement, site, y, greatest(first, make_date(y::INT, 1, 1)) AS win_from, least(last, make_date(y::INT, 12, 31)) AS win_to
FROM read_parquet('{data}/sites.parquet'), range(2017, 2022) AS t(y) WHERE first <= make_date(y::INT, 12, 31);
CREATE TABLE declared AS SELECT agreement, type, until FROM read_parquet('{data}/declared.parquet') WHERE role IN ('', 'district_coordinator');
"""

STEERING = """
WITH held AS (
  SELECT site, year(date) AS y, date FROM read_parquet('{data}/meetings.parquet') WHERE body = 'steering_round' AND status = 'held'
), counted AS (
  SELECT w.agreement, w.site, w.y, w.win_to, w.win_to - w.win_from + 1 AS days, make_date(w.y::INT, 12, 31) - make_date(w.y::INT, 1, 1) + 1 AS year_days,
    count(h.site) AS n
  FROM site_year w LEFT JOIN held h ON h.site = w.site AND h.y = w.y AND h.date BETWEEN w.win_from AND w.win_to GROUP BY ALL
), bounded AS (
  SELECT *, CASE WHEN 2 * days >= year_days THEN greatest(1, 6 * days // year_days) ELSE 6 * days // year_days END AS lower,
    (12 * days + year_days - 1) // year_days AS upper FROM counted
)
SELECT 'steering-rounds-held' AS obligation, b.agreement, site, y::INT::VARCHAR AS label, n::DECIMAL(18, 2) AS value,
  CASE WHEN n > upper THEN 'deviation' WHEN lower = 0 THEN 'not_applicable' WHEN n >= lower THEN 'fulfilled'
    WHEN d.until >= win_to THEN 'deviation' ELSE 'undetermined' END AS status
FROM bounded b LEFT JOIN declared d ON d.agreement = b.agreement AND d.type = 'meetings'
"""

COORDINATOR = """
WITH term AS (SELECT agreement, min(win_from) AS first, max(win_to) AS last FROM agreement_year GROUP BY agreement
), span AS (
  SELECT s.agreement, greatest(since, first) AS a, least(coalesce(until, last), last) AS b, first, last FROM read_parquet('{data}/staffing.parquet') s
  JOIN term USING (agreement) WHERE role = 'district_coordinator' AND since <= last AND coalesce(until, last) >= first
), gap AS (
  SELECT agreement, coalesce(max(b) OVER (PARTITION BY agreement ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1, first) AS ga, a - 1 AS gb FROM span
  UNION ALL SELECT agreement, max(b) + 1, any_value(last) FROM span GROUP BY agreement
  UNION ALL SELECT agreement, first, last FROM term WHERE agreement NOT IN (SELECT agreement FROM span)
), vacant AS (
  SELECT g.agreement, w.y, sum(least(gb, w.win_to) - greatest(ga, w.win_from) + 1) AS n FROM gap g JOIN agreement_year w USING (agreement)
  WHERE ga <= gb AND ga <= w.win_to AND gb >= w.win_from GROUP BY ALL
)
SELECT 'district-coordinator' AS obligation, w.agreement, NULL::VARCHAR AS site, w.y::INT::VARCHAR AS label, coalesce(n, 0)::DECIMAL(18, 2) AS value,
  CASE WHEN d.until >= w.win_to THEN CASE WHEN coalesce(n, 0) <= 30 THEN 'fulfilled' ELSE 'deviation' END ELSE 'undetermined' END AS status
FROM agreement_year w LEFT JOIN vacant v USING (agreement, y) LEFT JOIN declared d ON d.agreement = w.agreement AND d.type = 'staffing'
"""

# "Any amount" and "everything" are amounts beyond all sums; what a payment finds missing is the fall of the least sum so far.
CONSENT = """
WITH step AS (
  SELECT c.measure, c.date, 0 AS paid, c.rid, NULL AS site,
    CASE WHEN decision = 'granted' THEN coalesce(amount, 1e20::DECIMAL(38, 2)) ELSE -coalesce(amount, 1e28::DECIMAL(38, 2)) END AS change
  FROM read_parquet('{data}/consents.parquet') c LEFT JOIN read_parquet('{data}/meetings.parquet') m ON m.rid = c.meeting
  LEFT JOIN read_parquet('{data}/measures.parquet') x ON x.rid = c.measure
  WHERE c.date <= '2021-12-31' AND (c.meeting IS NULL OR m.body = 'steering_round' AND m.status = 'held' AND m.site = x.site AND m.date <= '2021-12-31')
  UNION ALL SELECT measure, date, 1, rid, site, -amount FROM read_parquet('{data}/expenditures.parquet') WHERE date <= '2021-12-31'
), summed AS (
  SELECT *, sum(change) OVER w AS total FROM step WINDOW w AS (PARTITION BY measure ORDER BY date, paid, rid)
), fallen AS (
  SELECT site, date, paid, coalesce(least(0, min(total) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), 0)
    - least(0, min(total) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS missing
  FROM summed WINDOW w AS (PARTITION BY measure ORDER BY date, paid, rid)
), uncovered AS (
  SELECT f.site, w.y, sum(missing) AS n FROM fallen f JOIN site_year w ON w.site = f.site AND f.date BETWEEN w.win_from AND w.win_to
  WHERE paid = 1 AND missing > 0 GROUP BY ALL
)
SELECT 'consent-before-spend' AS obligation, w.agreement, w.site, w.y::INT::VARCHAR AS label, coalesce(n, 0)::DECIMAL(18, 2) AS value,
  CASE WHEN coalesce(n, 0) > 0 THEN CASE WHEN c.until >= w.win_to THEN 'deviation' ELSE 'undetermined' END
    WHEN e.until >= w.win_to THEN 'fulfilled' ELSE 'undetermined' END AS status
FROM site_year w LEFT JOIN uncovered u ON u.site = w.site AND u.y = w.y
LEFT JOIN declared c ON c.agreement = w.agreement AND c.type = 'consents' LEFT JOIN declared e ON e.agreement = w.agreement AND e.type = 'expenditures'
"""


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    con = duckdb.connect(config={"threads": 2})
    con.execute(COMMON.format(data=data))
    loaded = time.perf_counter()
    con.execute("CREATE TABLE found AS " + " UNION ALL ".join(f"({query.format(data=data)})" for query in (STEERING, COORDINATOR, CONSENT)))
    measured = time.perf_counter()
    con.execute(f"COPY (SELECT * FROM found ORDER BY obligation, agreement, site, label) TO '{out}'")  # noqa: S608
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
