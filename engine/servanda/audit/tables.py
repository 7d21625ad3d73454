"""What an audit says as a whole, out of the findings of its buckets: judgements, consequences, agreements, a summary and a matrix."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from servanda.audit.bucket import parquet
from servanda.audit.plan import Plan
from servanda.facts.store import connect, create, file_list
from servanda.model import STATUSES, Consequence
from servanda.report.csv_report import csv_table
from servanda.report.style import Style

FINDINGS, AGREEMENTS, JUDGEMENTS, CONSEQUENCES, RECEIPT = "findings", "agreements.parquet", "judgements.parquet", "consequences.parquet", "receipt.json"
SCHEMA = "servanda.audit/1"
_COUNTS = ", ".join(f"count(*) FILTER (status = '{status}') AS {status}" for status in STATUSES)
_SUMMARY = f"""
SELECT f.pack, f.agreement, a.title, f.label AS period, count(*) AS duties, {_COUNTS}, count(*) FILTER (material) AS material
FROM finding f LEFT JOIN agreement a ON a.pack = f.pack AND a.agreement = f.agreement
GROUP BY ALL ORDER BY f.pack, f.agreement NULLS FIRST, period
"""  # noqa: S608
_MATRIX = """
SELECT pack, agreement, site, label, count(*) FILTER (status = 'deviation') AS deviations
FROM finding WHERE label <> 'term' GROUP BY ALL ORDER BY pack, agreement NULLS FIRST, site NULLS FIRST, label
"""
_JUDGEMENTS = """
SELECT f.pack, f.judgement, j.clause, f.agreement, f.site, f.obligation, f.label, f.id AS finding
FROM (SELECT *, unnest(judgements) AS judgement FROM finding WHERE material) f JOIN judgement j ON j.pack = f.pack AND j.id = f.judgement
ORDER BY f.pack, f.agreement NULLS FIRST, f.site NULLS FIRST, f.obligation, f.window_from, f.label, f.judgement
"""
_WORDS = {
    "pack": "Regelwerk", "agreement": "Vereinbarung", "title": "Name der Vereinbarung", "site": "Standort", "period": "Zeitraum", "duties": "Pflichten",
    "fulfilled": "erfüllt", "tolerated": "hingenommen", "deviation": "Abweichung", "unmet": "nicht erreicht", "pending": "offen",
    "undetermined": "nicht feststellbar", "not_applicable": "nicht anwendbar", "waived": "ausgesetzt", "material": "möglicherweise wesentlich",
}


@dataclass(frozen=True, slots=True)
class Whole:
    """The files of an audit as a whole by name, and how many findings ended in each status (with `duties` and `material`)."""

    files: Mapping[str, bytes]
    counts: Mapping[str, int]


def whole(
    place: Path, parts: Sequence[str], plan: Plan, keys: Mapping[str, str], consequences: Sequence[tuple[str, Consequence]],
    ended: Mapping[str, datetime.date], aside: Mapping[str, int], lang: str, folder: str,
) -> Whole:
    """Make everything from the `parts` of findings below `place`; `consequences` with their packs, `aside` with the count of their problems.

    `folder` is for temporary files.
    """
    con = connect(10**6, [str(place), folder])
    con.execute("SET memory_limit = '2GB'")
    con.execute("CREATE VIEW finding AS SELECT * FROM read_parquet(" + file_list(place / part for part in parts) + ")")  # noqa: S608
    _load(con, plan, keys, consequences, ended, aside)
    files = {
        JUDGEMENTS: parquet(con, _JUDGEMENTS, Path(folder, "judgements")),
        CONSEQUENCES: parquet(con, "SELECT * FROM consequence", Path(folder, "consequences")),
        AGREEMENTS: parquet(con, "SELECT * FROM agreement ORDER BY pack, agreement", Path(folder, "agreements")),
        "summary.parquet": parquet(con, _SUMMARY, Path(folder, "summary")),
    }
    summary = _rows(con, _SUMMARY)
    files["summary.csv"] = csv_table({name: _WORDS[name] for name in summary[0]} if summary else {}, summary, Style(lang)).encode()
    files["matrix.csv"] = _matrix(_rows(con, _MATRIX), lang).encode()
    con.close()
    counts = {name: sum(row[name] for row in summary) for name in ("duties", *STATUSES, "material")}
    return Whole(files, counts)


def _matrix(rows: Sequence[dict], lang: str) -> str:
    """A row a site (or agreement, or programme), a column a year: how many duties deviate."""
    labels = sorted({row["label"] for row in rows})
    lines: dict[tuple, dict] = {}
    for row in rows:
        at = (row["pack"], row["agreement"], row["site"])
        line = lines.setdefault(at, {"pack": row["pack"], "agreement": row["agreement"], "site": row["site"], **dict.fromkeys(labels)})
        line[row["label"]] = row["deviations"]
    columns = {**{name: _WORDS[name] for name in ("pack", "agreement", "site")}, **{label: label for label in labels}}
    return csv_table(columns, list(lines.values()), Style(lang))


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    result = con.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _load(
    con: duckdb.DuckDBPyConnection, plan: Plan, keys: Mapping[str, str], consequences: Sequence[tuple[str, Consequence]],
    ended: Mapping[str, datetime.date], aside: Mapping[str, int],
) -> None:
    known = [plan.agreements[name] for name in sorted(plan.agreements)]
    broken = sorted(set(aside) - set(plan.agreements))
    blank = [None] * len(broken)
    create(con, "agreement", [
        ("pack", "VARCHAR", [*(one.pack for one in known), *blank]), ("agreement", "VARCHAR", [*(one.id for one in known), *broken]),
        ("title", "VARCHAR", [*(one.title for one in known), *blank]),
        ("term_from", "DATE", [*(one.start for one in known), *blank]), ("term_to", "DATE", [*(one.end for one in known), *blank]),
        ("state", "VARCHAR", ["set aside" if one in aside else "measured" for one in [*(one.id for one in known), *broken]]),
        ("problems", "BIGINT", [aside.get(one, 0) for one in [*(one.id for one in known), *broken]]),
        ("ended_on", "DATE", [*(ended.get(one.id) for one in known), *blank]), ("key", "VARCHAR", [*(keys.get(one.id) for one in known), *blank]),
    ])
    judgements = [(name, one) for name, pack in sorted(plan.packs.items()) for one in pack.judgements]
    create(con, "judgement", [
        ("pack", "VARCHAR", [name for name, _ in judgements]), ("id", "VARCHAR", [one.id for _, one in judgements]),
        ("clause", "VARCHAR", [one.clause for _, one in judgements]),
    ])
    plain = [
        (pack, one.consequence, one.clause, one.attribution, one.agreement, one.site, one.year, list(one.findings), one.amount_at_stake)
        for pack, one in consequences
    ]
    names = (
        ("pack", "VARCHAR"), ("consequence", "VARCHAR"), ("clause", "VARCHAR"), ("attribution", "VARCHAR"), ("agreement", "VARCHAR"), ("site", "VARCHAR"),
        ("year", "INTEGER"), ("findings", "VARCHAR[]"), ("amount_at_stake", "DECIMAL(18,2)"),
    )
    values = list(zip(*plain, strict=True)) if plain else [()] * len(names)
    create(con, "consequence", [(name, kind, list(one)) for (name, kind), one in zip(names, values, strict=True)])
