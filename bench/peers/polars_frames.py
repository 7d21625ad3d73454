"""Polars: the three obligations as its users would write them, lazily."""

from __future__ import annotations

import json
import sys
import time

import polars as pl

LAST = pl.date(2021, 12, 31)
YEARS = pl.LazyFrame({"y": list(range(2017, 2022))})


def years_of(frame: pl.LazyFrame) -> pl.LazyFrame:
    """A row a year of each row's days, with its window."""
    rows = frame.join(YEARS, how="cross").with_columns(year_from=pl.date(pl.col("y"), 1, 1), year_to=pl.date(pl.col("y"), 12, 31))
    rows = rows.filter(pl.col("first") <= pl.col("year_to"))
    return rows.with_columns(win_from=pl.max_horizontal("first", "year_from"), win_to=pl.min_horizontal("last", "year_to"))


def known(declared: pl.LazyFrame, rows: pl.LazyFrame, name: str, column: str, role: str = "") -> pl.LazyFrame:
    """With a column that says whether a type is declared complete to the end of each row's window."""
    wanted = declared.filter((pl.col("type") == name) & (pl.col("role") == role)).select("agreement", pl.col("until").alias(column))
    return rows.join(wanted, on="agreement", how="left").with_columns(pl.col(column) >= pl.col("win_to"))


def steering(site_years: pl.LazyFrame, meetings: pl.LazyFrame, declared: pl.LazyFrame) -> pl.LazyFrame:
    """Held steering rounds a site and year."""
    held = meetings.filter((pl.col("body") == "steering_round") & (pl.col("status") == "held")).select("site", "date", y=pl.col("date").dt.year().cast(pl.Int64))
    counts = held.join(site_years.select("site", "y", "win_from", "win_to"), on=["site", "y"])
    counts = counts.filter(pl.col("date").is_between(pl.col("win_from"), pl.col("win_to"))).group_by("site", "y").agg(n=pl.len().cast(pl.Int64))
    found = site_years.join(counts, on=["site", "y"], how="left").with_columns(pl.col("n").fill_null(0))
    found = found.with_columns(
        days=(pl.col("win_to") - pl.col("win_from")).dt.total_days() + 1, year=(pl.col("year_to") - pl.col("year_from")).dt.total_days() + 1
    )
    lower = 6 * pl.col("days") // pl.col("year")
    lower = pl.when(2 * pl.col("days") >= pl.col("year")).then(pl.max_horizontal(lower, pl.lit(1))).otherwise(lower)
    found = known(declared, found.with_columns(lower=lower, upper=(12 * pl.col("days") + pl.col("year") - 1) // pl.col("year")), "meetings", "complete")
    status = pl.when(pl.col("n") > pl.col("upper")).then(pl.lit("deviation")).when(pl.col("lower") == 0).then(pl.lit("not_applicable")).when(
        pl.col("n") >= pl.col("lower")
    ).then(pl.lit("fulfilled")).when(pl.col("complete")).then(pl.lit("deviation")).otherwise(pl.lit("undetermined"))
    return shown(found.with_columns(value=pl.col("n"), status=status), "steering-rounds-held", pl.col("site"))


def coordinator(agreement_years: pl.LazyFrame, agreements: pl.LazyFrame, staffing: pl.LazyFrame, declared: pl.LazyFrame) -> pl.LazyFrame:
    """Days without a coordinator an agreement and year."""
    spans = staffing.filter(pl.col("role") == "district_coordinator").join(agreements, on="agreement").select(
        "agreement", "first", "last", a=pl.max_horizontal("since", "first"), b=pl.min_horizontal(pl.col("until").fill_null(LAST), "last")
    ).filter(pl.col("a") <= pl.col("b")).sort("agreement", "a")
    day = pl.duration(days=1)
    before = spans.with_columns(reached=pl.col("b").cum_max().over("agreement")).with_columns(before=pl.col("reached").shift().over("agreement"))
    gaps = before.select("agreement", ga=(pl.col("before") + day).fill_null(pl.col("first")), gb=pl.col("a") - day)
    tails = spans.group_by("agreement").agg(ga=pl.col("b").max() + day, gb=pl.col("last").first())
    none = agreements.join(spans, on="agreement", how="anti").select("agreement", ga="first", gb="last")
    gaps = pl.concat([gaps, tails, none]).filter(pl.col("ga") <= pl.col("gb")).join(agreement_years.select("agreement", "y", "win_from", "win_to"), on="agreement")
    days = (pl.min_horizontal("gb", "win_to") - pl.max_horizontal("ga", "win_from")).dt.total_days() + 1
    vacant = gaps.with_columns(days=days).filter(pl.col("days") > 0).group_by("agreement", "y").agg(n=pl.col("days").sum())
    found = agreement_years.join(vacant, on=["agreement", "y"], how="left").with_columns(pl.col("n").fill_null(0))
    found = known(declared, found, "staffing", "complete", "district_coordinator")
    status = pl.when(~pl.col("complete")).then(pl.lit("undetermined")).when(pl.col("n") <= 30).then(pl.lit("fulfilled")).otherwise(pl.lit("deviation"))
    return shown(found.with_columns(value=pl.col("n"), status=status), "district-coordinator", pl.lit(None, pl.String))


def consent(site_years: pl.LazyFrame, tables: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """What was spent without an earlier consent that covers it, a site and year; in cents."""
    meetings = tables["meetings"].select(meeting="rid", m_body="body", m_status="status", m_site="site", m_date="date")
    measures = tables["measures"].select(measure="rid", x_site="site")
    consents = tables["consents"].join(meetings, on="meeting", how="left").join(measures, on="measure", how="left")
    held = (pl.col("m_body") == "steering_round") & (pl.col("m_status") == "held") & (pl.col("m_site") == pl.col("x_site")) & (pl.col("m_date") <= LAST)
    consents = consents.filter((pl.col("date") <= LAST) & (pl.col("meeting").is_null() | held))
    cents = (pl.col("amount") * 100).cast(pl.Int64)
    granted = pl.when(pl.col("decision") == "granted").then(cents.fill_null(10**12)).otherwise(-cents.fill_null(10**14))
    paid = tables["expenditures"].filter(pl.col("date") <= LAST)
    steps = pl.concat([
        consents.select("measure", "date", paid=pl.lit(0), rid="rid", site=pl.lit(None, pl.String), change=granted),
        paid.select("measure", "date", paid=pl.lit(1), rid="rid", site="site", change=-cents),
    ]).sort("measure", "date", "paid", "rid")
    steps = steps.with_columns(total=pl.col("change").cum_sum().over("measure"))
    steps = steps.with_columns(floor=pl.min_horizontal(pl.col("total").cum_min().over("measure"), pl.lit(0)))
    steps = steps.with_columns(fall=pl.col("floor").shift(fill_value=0).over("measure") - pl.col("floor"))
    spent = steps.filter((pl.col("paid") == 1) & (pl.col("fall") > 0)).with_columns(y=pl.col("date").dt.year().cast(pl.Int64))
    spent = spent.join(site_years.select("site", "y", "win_from", "win_to"), on=["site", "y"])
    spent = spent.filter(pl.col("date").is_between(pl.col("win_from"), pl.col("win_to"))).group_by("site", "y").agg(n=pl.col("fall").sum())
    found = site_years.join(spent, on=["site", "y"], how="left").with_columns(pl.col("n").fill_null(0))
    found = known(tables["declared"], known(tables["declared"], found, "consents", "consented"), "expenditures", "spent")
    status = pl.when((pl.col("n") > 0) & pl.col("consented")).then(pl.lit("deviation")).when(pl.col("n") > 0).then(pl.lit("undetermined")).when(
        pl.col("spent")
    ).then(pl.lit("fulfilled")).otherwise(pl.lit("undetermined"))
    return shown(found.with_columns(value=pl.col("n") / 100, status=status), "consent-before-spend", pl.col("site"))


def shown(found: pl.LazyFrame, obligation: str, site: pl.Expr) -> pl.LazyFrame:
    """The columns that every peer gives."""
    return found.select(obligation=pl.lit(obligation), agreement="agreement", site=site, label=pl.col("y").cast(pl.String), value=pl.col("value").cast(pl.Float64), status="status")


def main(data: str, out: str) -> None:
    """Measure, and write the rows."""
    start = time.perf_counter()
    names = ("agreements", "sites", "declared", "meetings", "measures", "consents", "expenditures", "staffing")
    tables = {name: pl.scan_parquet(f"{data}/{name}.parquet") for name in names}
    site_years, agreement_years = years_of(tables["sites"]), years_of(tables["agreements"])
    loaded = time.perf_counter()
    found = pl.collect_all([
        steering(site_years, tables["meetings"], tables["declared"]), coordinator(agreement_years, tables["agreements"], tables["staffing"], tables["declared"]),
        consent(site_years, tables),
    ])
    measured = time.perf_counter()
    pl.concat(found).write_parquet(out)
    print(json.dumps({"load": loaded - start, "measure": measured - loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
