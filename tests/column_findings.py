"""Rows of an audit's findings and Finding objects, brought into one form to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from servanda.run import Run

SAME = (
    "obligation", "kind", "modality", "agreement", "site", "label", "status", "open", "at_risk", "value", "lower", "upper", "unit", "material", "deadline",
    "evidence_total",
)


def of_files(files: Iterable[Path]) -> list[dict]:
    """The rows of findings files, in their order."""
    found = duckdb.sql(f"SELECT * FROM read_parquet({[str(file) for file in files]})")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def of_run(run: Run) -> list[dict]:
    """The findings of a run as such rows, without what is not in columns."""
    return [
        {
            "id": one.id, "pack": one.id.partition("/")[0], **{name: getattr(one, name) for name in SAME},
            "clauses": list(one.clauses), "bearer": list(one.bearer),
            "window_from": one.start, "window_to": one.end, "judgements": list(one.judgements),
            "evidence": [{"type": e.type, "id": e.id, "submission": e.submission, "file": e.file, "row": e.row} for e in one.evidence],
            "missing": [
                {"type": m.type, "role": m.role, "field": m.field, "record": m.record, "until": m.until, "holder": list(m.holder)} for m in one.missing
            ],
            "follows": one.details.get("follows"), "repaired": one.details.get("repaired"), "repairs": list(one.details.get("repairs", ())),
        }
        for one in run.findings
    ]


def differing(rows: Sequence[dict], others: Sequence[dict]) -> list[tuple]:
    """Where two lists of findings differ: (id, column, one, other); a difference in number first."""
    if [row["id"] for row in rows] != [row["id"] for row in others]:
        return [("ids", len(rows), len(others), {row["id"] for row in rows} ^ {row["id"] for row in others})]
    return [(row["id"], name, row[name], other[name]) for row, other in zip(rows, others, strict=True) for name in other if row[name] != other[name]]
