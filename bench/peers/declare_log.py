"""Declare4Py on an event log: what DECLARE can say of these obligations, that is, how many steering rounds a site holds in a whole year.

A trace is a site's year, an event a held steering round. Days, shares of a year, vacancies and sums of money have no constraint, so the other
obligations, and years in which a site is not active throughout, are left out. Statuses only, and only where all meetings are declared.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd
import pm4py
from Declare4Py.D4PyEventLog import D4PyEventLog
from Declare4Py.ProcessMiningTasks.ConformanceChecking.MPDeclareAnalyzer import MPDeclareAnalyzer
from Declare4Py.ProcessMiningTasks.ConformanceChecking.MPDeclareResultsBrowser import MPDeclareResultsBrowser
from Declare4Py.ProcessModels.DeclareModel import DeclareModel

MODEL = "activity round\nactivity other\nExistence6[round] | | |\nAbsence13[round] | | |\n"
_TRACES = """
SELECT s.agreement, s.site, y::INT AS y, m.date, CASE WHEN m.body = 'steering_round' AND m.status = 'held' THEN 'round' ELSE 'other' END AS activity
FROM read_parquet('{data}/sites.parquet') s JOIN range(2017, 2022) AS t(y) ON s.first <= make_date(y::INT, 1, 1)
JOIN read_parquet('{data}/declared.parquet') d ON d.agreement = s.agreement AND d.type = 'meetings' AND d.until >= make_date(y::INT, 12, 31)
JOIN read_parquet('{data}/meetings.parquet') m ON m.site = s.site AND year(m.date) = y ORDER BY s.site, y, m.date
"""


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    frame = duckdb.sql(_TRACES.format(data=data)).df()
    frame["case:concept:name"] = frame["agreement"] + "|" + frame["site"] + "|" + frame["y"].astype(str)
    frame["concept:name"], frame["time:timestamp"] = frame["activity"], pd.to_datetime(frame["date"], utc=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "log.xes")
        pm4py.write_xes(frame[["case:concept:name", "concept:name", "time:timestamp"]], str(file))
        log = D4PyEventLog(case_name="case:concept:name")
        log.parse_xes_log(str(file))
    model = DeclareModel().parse_from_string(MODEL)
    loaded = time.perf_counter()
    browser: MPDeclareResultsBrowser = MPDeclareAnalyzer(log=log, declare_model=model, consider_vacuity=False).run()
    kept = browser.get_metric(metric="state")
    measured = time.perf_counter()
    names = [trace.attributes["concept:name"] for trace in log.get_log()]
    rows = pd.DataFrame([[*name.split("|"), "fulfilled" if all(states) else "deviation"] for name, states in zip(names, kept.values.tolist(), strict=True)],
                        columns=["agreement", "site", "label", "status"])
    rows.insert(0, "obligation", "steering-rounds-held")
    rows["value"] = None
    rows[["obligation", "agreement", "site", "label", "value", "status"]].to_parquet(out, index=False)
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
