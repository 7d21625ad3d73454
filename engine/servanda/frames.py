"""Findings for pandas, and a run for a notebook. pandas is imported here only."""

from __future__ import annotations

import html

from servanda.model import STATUSES

_COLUMNS = (
    "id", "obligation", "kind", "modality", "agreement", "site", "label", "start", "end", "status", "open", "at_risk", "value", "lower", "upper", "unit",
    "material", "evidence_total", "deadline",
)


def findings_frame(run):
    """A row a finding; `clauses`, `bearer` and `judgements` are tuples, amounts Decimals, days dates."""
    import pandas

    rows = [{name: getattr(f, name) for name in (*_COLUMNS, "clauses", "bearer", "judgements")} for f in run.findings]
    return pandas.DataFrame(rows, columns=[*_COLUMNS, "clauses", "bearer", "judgements"])


def matrix_frame(run):
    """Sites (and agreements) by year: how many findings deviate."""
    import pandas

    rows = [(f.agreement or "", f.site or "", f.label, int(f.status == "deviation")) for f in run.findings if f.label != "term"]
    frame = pandas.DataFrame(rows, columns=["agreement", "site", "year", "deviations"])
    return frame.pivot_table(index=["agreement", "site"], columns="year", values="deviations", aggfunc="sum", fill_value=0)


def run_html(run) -> str:
    """A small table for a notebook: duties by agreement and status. Every text is escaped."""
    head = "".join(f"<th>{status}</th>" for status in STATUSES)
    rows = []
    for part in run.packs:
        for agreement in part.agreements:
            mine = [f for f in part.findings if f.agreement == agreement.id]
            cells = "".join(f"<td>{sum(f.status == status for f in mine)}</td>" for status in STATUSES)
            rows.append(f"<tr><th>{html.escape(agreement.title)}</th>{cells}<td>{sum(f.material for f in mine)}</td></tr>")
    counts = run.summary()
    caption = f"servanda, {run.as_of}: {counts['duties']} duties, {counts['deviation']} deviations"
    return f"<table><caption>{caption}</caption><thead><tr><th></th>{head}<th>material</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"


