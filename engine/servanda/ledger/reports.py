"""What a stored run's report holds: its findings and consequences by their ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

SCHEMA = "servanda.report/1"


@dataclass(frozen=True, slots=True)
class Report:
    """The findings and the consequences of a run's report, by id; each as the report has it."""

    findings: Mapping[str, Mapping]
    consequences: Mapping[str, Mapping]


def report_of(body: Mapping) -> dict:
    """The data of the report in the body of a run; ValueError where it is none."""
    try:
        report = json.loads(body["report"])
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise ValueError("no report")
    return report


def indexed(body: Mapping) -> Report:
    """The report of a run's body by ids; ValueError where it is none."""
    report = report_of(body)
    try:
        for one in report["consequences"]:
            if not all(isinstance(name, str) for name in one["findings"]) or not Decimal(one["amount_at_stake"]).is_finite():
                raise TypeError("no consequence")
        return Report(
            {str(one["id"]): one for one in report["findings"]}, {consequence_id(one): one for one in report["consequences"]}
        )
    except (KeyError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        raise ValueError("no report") from error


def consequence_id(one: Mapping) -> str:
    """The id of a consequence of a report: pack/agreement/site or -/consequence/year or term/attribution; the pack is that of its findings."""
    pack = one["findings"][0].split("/")[0]
    parts = (pack, one["agreement"] or "-", one["site"] or "-", one["consequence"], one["year"] or "term", one["attribution"])
    return "/".join(map(str, parts))
