"""pandas at the rim: tables in, findings out, and a run for a notebook. pandas is imported here only."""

from __future__ import annotations

import datetime
import html
from collections.abc import Mapping
from decimal import Decimal

from servanda.facts.load import Given
from servanda.facts.tables import TextTable, match_header
from servanda.model import STATUSES
from servanda.pack_shapes import FactType
from servanda.problems import Problems
from servanda.yaml_source import List, map_on, scalar

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




def given_frames(frames: Mapping[str, object], submission: Mapping[str, object]) -> Given:
    """A submission at hand: DataFrames by fact type, and the content of their submission.yaml."""
    return Given(_tree(submission), lambda vocabulary, problems: text_tables(frames, vocabulary, problems))


def _tree(value: object) -> object:
    """Python values as they would come from YAML, all on line 1."""
    if isinstance(value, Mapping):
        return map_on(1, {str(key): _tree(one) for key, one in value.items()})
    if isinstance(value, (list, tuple)):
        items = List(_tree(one) for one in value)
        items.line, items.lines = 1, dict.fromkeys(range(len(items)), 1)
        return items
    text = _cell(value)
    return None if text is None else scalar(text, 1)


def text_tables(frames: Mapping[str, object], vocabulary: Mapping[str, FactType], problems: Problems) -> list[TextTable]:
    """DataFrames by fact type as text tables for the one validator. Rows are numbered as in a file: the header is row 1.

    Days, decimals, booleans, lists and texts become what they would be in a CSV; an amount given as a float is written in
    its shortest form and must then have at most two decimals. Missing values (None, NaN, NaT) are empty.
    """
    tables = []
    for type_name, frame in frames.items():
        if type_name not in vocabulary:
            problems.add("unknown-fact-type", f"<{type_name}>", found=type_name, known=", ".join(vocabulary), near=type_name)
            continue
        fact_type, file = vocabulary[type_name], f"<{type_name}>"
        fields = match_header([str(name) for name in frame.columns], fact_type, type_name, file, problems)
        columns: dict[str, list[str | None]] = {name: [None] * len(frame) for name in fact_type.fields}
        for position, name in enumerate(fields):
            if name is not None:
                columns[name] = [_cell(value) for value in frame.iloc[:, position].tolist()]
        missing = frozenset(name for name in fact_type.fields if name not in fields)
        required = {name for name, declared in fact_type.fields.items() if declared.required}
        bad = set(range(len(frame))) if missing & required else set()
        tables.append(TextTable(type_name, file, columns, range(2, len(frame) + 2), bad=bad, missing=missing))
    return tables


def _cell(value: object) -> str | None:
    """A value of a DataFrame as it would stand in a CSV cell."""
    if value is None or value != value:  # NaN and NaT differ from themselves
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "|".join(str(item) for item in value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
