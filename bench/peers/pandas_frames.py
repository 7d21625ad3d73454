"""pandas: the three obligations as its users would write them, grouped and vectorised, no loop over rows."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pandas as pd

LAST = pd.Timestamp("2021-12-31")
DAY = pd.Timedelta(days=1)


def years_of(frame: pd.DataFrame) -> pd.DataFrame:
    """A row a year of each row's days, with its window."""
    rows = frame.merge(pd.DataFrame({"y": range(2017, 2022)}), how="cross")
    rows["year_from"] = pd.to_datetime(rows["y"].astype(str) + "-01-01")
    rows["year_to"] = pd.to_datetime(rows["y"].astype(str) + "-12-31")
    rows = rows[rows["first"] <= rows["year_to"]].copy()
    rows["win_from"] = rows[["first", "year_from"]].max(axis=1)
    rows["win_to"] = rows[["last", "year_to"]].min(axis=1)
    return rows


def until(declared: pd.DataFrame, name: str, rows: pd.DataFrame, role: str = "") -> pd.Series:
    """Whether a type is declared complete to the end of each row's window."""
    known = declared[(declared["type"] == name) & (declared["role"] == role)].set_index("agreement")["until"]
    return rows["agreement"].map(known) >= rows["win_to"]


def steering(site_years: pd.DataFrame, meetings: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """Held steering rounds a site and year."""
    held = meetings.loc[(meetings["body"] == "steering_round") & (meetings["status"] == "held"), ["site", "date"]].copy()
    held["y"] = held["date"].dt.year
    rows = held.merge(site_years[["site", "y", "win_from", "win_to"]], on=["site", "y"])
    counts = rows[(rows["date"] >= rows["win_from"]) & (rows["date"] <= rows["win_to"])].groupby(["site", "y"]).size().rename("n")
    found = site_years.merge(counts, how="left", left_on=["site", "y"], right_index=True)
    n = found["n"].fillna(0).astype("int64")
    days, year = (found["win_to"] - found["win_from"]).dt.days + 1, (found["year_to"] - found["year_from"]).dt.days + 1
    lower = 6 * days // year
    lower = lower.where(2 * days < year, lower.clip(lower=1))
    upper = -(-12 * days // year)
    conditions = [n > upper, lower == 0, n >= lower, until(declared, "meetings", found)]
    status = np.select(conditions, ["deviation", "not_applicable", "fulfilled", "deviation"], "undetermined")
    return found.assign(obligation="steering-rounds-held", value=n.astype(float), status=status)


def coordinator(agreement_years: pd.DataFrame, agreements: pd.DataFrame, staffing: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """Days without a coordinator an agreement and year."""
    spans = staffing[staffing["role"] == "district_coordinator"].merge(agreements, on="agreement")
    spans["a"] = spans[["since", "first"]].max(axis=1)
    spans["b"] = spans["until"].fillna(LAST).clip(upper=spans["last"])
    spans = spans[(spans["a"] <= spans["b"])].sort_values(["agreement", "a"])
    reached = spans.groupby("agreement")["b"].cummax()
    before = reached.groupby(spans["agreement"]).shift()
    gaps = pd.DataFrame({"agreement": spans["agreement"], "ga": (before + DAY).fillna(spans["first"]), "gb": spans["a"] - DAY})
    ends = spans.groupby("agreement").agg(b=("b", "max"), last=("last", "first")).reset_index()
    tails = pd.DataFrame({"agreement": ends["agreement"], "ga": ends["b"] + DAY, "gb": ends["last"]})
    none = agreements[~agreements["agreement"].isin(spans["agreement"])].rename(columns={"first": "ga", "last": "gb"})
    gaps = pd.concat([gaps, tails, none])
    gaps = gaps[gaps["ga"] <= gaps["gb"]].merge(agreement_years[["agreement", "y", "win_from", "win_to"]], on="agreement")
    gaps["days"] = (gaps[["gb", "win_to"]].min(axis=1) - gaps[["ga", "win_from"]].max(axis=1)).dt.days + 1
    vacant = gaps[gaps["days"] > 0].groupby(["agreement", "y"])["days"].sum().rename("n")
    found = agreement_years.merge(vacant, how="left", left_on=["agreement", "y"], right_index=True)
    n = found["n"].fillna(0)
    known = until(declared, "staffing", found, "district_coordinator")
    status = np.select([~known, n <= 30], ["undetermined", "fulfilled"], "deviation")
    return found.assign(obligation="district-coordinator", site=None, value=n, status=status)


def consent(site_years: pd.DataFrame, tables: dict[str, pd.DataFrame], declared: pd.DataFrame) -> pd.DataFrame:
    """What was spent without an earlier consent that covers it, a site and year; in cents."""
    consents = tables["consents"].merge(tables["meetings"][["rid", "body", "status", "site", "date"]].add_prefix("m_"), how="left", left_on="meeting", right_on="m_rid")
    consents = consents.merge(tables["measures"][["rid", "site"]].add_prefix("x_"), how="left", left_on="measure", right_on="x_rid")
    held = (consents["m_body"] == "steering_round") & (consents["m_status"] == "held") & (consents["m_site"] == consents["x_site"]) & (consents["m_date"] <= LAST)
    consents = consents[(consents["meeting"].isna() | held) & (consents["date"] <= LAST)]
    granted = consents["decision"] == "granted"
    cents = (consents["amount"] * 100).round()
    change = np.where(granted, cents.fillna(1e12), -cents.fillna(1e14))  # any amount, everything: beyond all sums, and exact as floats
    steps = pd.concat([
        pd.DataFrame({"measure": consents["measure"], "date": consents["date"], "paid": 0, "rid": consents["rid"], "site": None, "change": change}),
        pd.DataFrame({
            "measure": tables["expenditures"]["measure"], "date": tables["expenditures"]["date"], "paid": 1, "rid": tables["expenditures"]["rid"],
            "site": tables["expenditures"]["site"], "change": -(tables["expenditures"]["amount"] * 100).round(),
        }),
    ])
    steps = steps[steps["date"] <= LAST].sort_values(["measure", "date", "paid", "rid"])
    total = steps.groupby("measure")["change"].cumsum()
    floor = total.groupby(steps["measure"]).cummin().clip(upper=0)
    fall = floor.groupby(steps["measure"]).shift(fill_value=0) - floor
    spent = steps.assign(fall=fall)[(steps["paid"] == 1) & (fall > 0)]
    spent = spent.assign(y=spent["date"].dt.year).merge(site_years[["site", "y", "win_from", "win_to"]], on=["site", "y"])
    spent = spent[(spent["date"] >= spent["win_from"]) & (spent["date"] <= spent["win_to"])]
    uncovered = spent.groupby(["site", "y"])["fall"].sum().rename("n") / 100
    found = site_years.merge(uncovered, how="left", left_on=["site", "y"], right_index=True)
    n = found["n"].fillna(0)
    consented, spending = until(declared, "consents", found), until(declared, "expenditures", found)
    status = np.select([(n > 0) & consented, n > 0, spending], ["deviation", "undetermined", "fulfilled"], "undetermined")
    return found.assign(obligation="consent-before-spend", value=n, status=status)


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    columns = {
        "agreements": None, "sites": None, "declared": None, "staffing": ["agreement", "role", "since", "until"], "measures": ["rid", "site"],
        "meetings": ["rid", "site", "date", "body", "status"], "consents": ["rid", "measure", "meeting", "date", "decision", "amount"],
        "expenditures": ["rid", "measure", "site", "date", "amount"],
    }
    tables = {name: pd.read_parquet(f"{data}/{name}.parquet", columns=wanted) for name, wanted in columns.items()}
    for table in tables.values():
        for name in table.columns.intersection(["date", "first", "last", "since", "until"]):
            table[name] = pd.to_datetime(table[name])
        if "amount" in table:
            table["amount"] = table["amount"].astype(float)
    loaded = time.perf_counter()
    site_years, agreement_years = years_of(tables["sites"]), years_of(tables["agreements"])
    found = pd.concat([
        steering(site_years, tables["meetings"], tables["declared"]), coordinator(agreement_years, tables["agreements"], tables["staffing"], tables["declared"]),
        consent(site_years, tables, tables["declared"]),
    ])
    measured = time.perf_counter()
    found["label"] = found["y"].astype(str)
    found[["obligation", "agreement", "site", "label", "value", "status"]].to_parquet(out, index=False)
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
