"""JSON: the report as one object, in the pinned shape `servanda.report/1`; problems as `servanda.problems/1`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from servanda import problem_texts
from servanda.model import Consequence, Evidence, Finding, Missing
from servanda.problems import Problem
from servanda.report.style import Style
from servanda.report.words import message
from servanda.run import Run

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def json_report(run: Run, style: Style) -> str:
    """The report of a run."""
    report: dict[str, object] = {
        "schema": "servanda.report/1",
        "as_of": run.as_of.isoformat(),
        "packs": sorted(part.pack.id for part in run.packs),
        "summary": run.summary(),
        "findings": [finding_object(finding, run, style) for finding in run.findings],
        "consequences": [consequence_object(one) for one in run.consequences],
        "submissions": [
            {
                "path": s.path, "agreement": s.agreement, "submitted_on": s.submitted_on.isoformat(), "submitted_by": s.submitted_by, "sha256": s.sha256,
            }
            for s in run.submissions
        ],
    }
    if run.rules_as_of:
        report["rules_as_of"] = run.rules_as_of.isoformat()
    if run.selection:
        report["selection"] = dict(run.selection)
    if run.problems:
        report["problems"] = [problem_object(problem, style) for problem in run.problems]
    if run.encodings:
        report["encodings"] = [{"file": file, "encoding": encoding} for file, encoding in run.encodings]
    return dump(report)


def json_problems(problems: Sequence[Problem], style: Style) -> str:
    """The problems that kept the input from being evaluated."""
    return dump({"schema": "servanda.problems/1", "problems": [problem_object(problem, style) for problem in problems]})


def problem_object(problem: Problem, style: Style) -> dict[str, object]:
    """A problem as data."""
    return {
        "code": problem.code, "file": problem.file, "sheet": problem.sheet, "cell": problem.cell, "row": problem.row, "column": problem.column,
        "found": problem.found, "expected": problem_texts.expected(problem, style.lang), "message": problem_texts.message(problem, style.lang),
    }


def finding_object(finding: Finding, run: Run, style: Style) -> dict[str, object]:
    """A finding as data."""
    return {
        "id": finding.id, "obligation": finding.obligation, "kind": finding.kind, "clauses": list(finding.clauses), "bearer": list(finding.bearer),
        "modality": finding.modality, "agreement": finding.agreement, "site": finding.site,
        "period": {"label": finding.label, "from": finding.start.isoformat(), "to": finding.end.isoformat()},
        "status": finding.status, "open": finding.open, "at_risk": finding.at_risk, "value": _value(finding), "lower": _number(finding.lower),
        "upper": _number(finding.upper), "unit": finding.unit, "material": finding.material, "judgements": list(finding.judgements),
        "message": message(finding, run.pack_of(finding).pack, style.lang), "missing": [_missing(one) for one in finding.missing],
        "evidence": [_evidence(one) for one in finding.evidence], "evidence_total": finding.evidence_total, **_chain(finding),
    }


def consequence_object(one: Consequence) -> dict[str, object]:
    """A consequence as data."""
    return {
        "consequence": one.consequence, "clause": one.clause, "attribution": one.attribution, "agreement": one.agreement, "site": one.site,
        "year": one.year, "findings": list(one.findings), "amount_at_stake": f"{one.amount_at_stake:.2f}",
    }


def _chain(finding: Finding) -> dict[str, object]:
    """What joins a finding to its chain, where there is one: `repaired` and by which findings (`repairs`), or which breach it `follows`."""
    names = ("repaired", "repairs", "follows")
    return {name: list(value) if isinstance(value := finding.details[name], tuple) else value for name in names if name in finding.details}


def _value(finding: Finding) -> object:
    if finding.kind in ("consented", "within_budget"):
        return None if finding.value is None else f"{finding.value:.2f}"
    return _number(finding.value)


def _number(number: int | Decimal | None) -> object:
    """Bounds and shares as JSON numbers: whole ones without a fraction."""
    if number is None or isinstance(number, int):
        return number
    return int(number) if number == number.to_integral_value() else float(number)


def _missing(one: Missing) -> dict[str, object]:
    until = one.until.isoformat() if one.until else None
    return {"type": one.type, "role": one.role, "field": one.field, "record": one.record, "until": until, "holder": list(one.holder)}


def _evidence(one: Evidence) -> dict[str, object]:
    return {"type": one.type, "id": one.id, "file": one.file, "row": one.row, "submission": one.submission}


def dump(report: Mapping[str, object]) -> str:
    """One line a finding (or problem), so that two reports compare line by line."""
    parts = []
    for name, value in report.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n  " + ",\n  ".join(_ENCODER.encode(one) for one in value) + "\n ]"
        else:
            text = _ENCODER.encode(value)
        parts.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
