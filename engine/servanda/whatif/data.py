"""What-if as data: JSON (`servanda.what-if/1`, see docs/what-if.md) and CSV, a row a finding that changes."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.differences import Change, Comparison
from servanda.model import Consequence, Finding
from servanda.report.csv_report import csv_table
from servanda.report.json_report import consequence_object, dump, finding_object
from servanda.report.style import Style
from servanda.run import Run
from servanda.whatif.compare import WhatIf

SCHEMA = "servanda.what-if/1"
SHOWN = ("status", "open", "at_risk", "value", "lower", "upper", "unit", "deadline", "material", "judgements", "missing", "evidence_total", "message")
COLUMNS = {
    "change": "Änderung", "id": "Kennung", "agreement": "Vereinbarung", "site": "Standort", "obligation": "Pflicht", "period": "Zeitraum",
    "fields": "geänderte Felder", "status_before": "Status vorher", "status_after": "Status nachher", "value_before": "Wert vorher",
    "value_after": "Wert nachher", "lower_before": "Untergrenze vorher", "lower_after": "Untergrenze nachher", "upper_before": "Obergrenze vorher",
    "upper_after": "Obergrenze nachher", "material_before": "möglicherweise wesentlich vorher", "material_after": "möglicherweise wesentlich nachher",
    "judgements_before": "Anhaltspunkte vorher", "judgements_after": "Anhaltspunkte nachher", "amount_before": "Betrag höchstens vorher",
    "amount_after": "Betrag höchstens nachher",
}


def what_if_json(found: WhatIf, style: Style) -> str:
    """The comparison as one object."""
    before, after = found.before, found.after
    told: dict[str, object] = {"schema": SCHEMA, "as_of": after.as_of.isoformat()}
    if after.known_on:
        told["known_on"] = after.known_on.isoformat()
    if after.year:
        told["year"] = after.year
    told["rules"] = {name: _rules(run) for name, run in (("before", before), ("after", after))}
    told["rules_changed"] = [{name: getattr(one, name) for name in one.__slots__} for one in found.rules]
    told["summary"] = {
        "before": before.summary(), "after": after.summary(), "findings": _counts(found.findings), "consequences": _counts(found.consequences),
    }
    told["moves"] = [{"from": was, "to": now, "findings": count} for was, now, count in found.moves]
    told["findings"] = [
        {"id": one.id, "change": kind, "fields": list(one.fields), "before": _finding(one.before, before, style), "after": _finding(one.after, after, style)}
        for kind, one in changes(found.findings)
    ]
    told["consequences"] = [
        {"id": one.id, "change": kind, "fields": list(one.fields), "before": _consequence(one.before), "after": _consequence(one.after)}
        for kind, one in changes(found.consequences)
    ]
    told["at_stake"] = [{"agreement": name, "before": f"{was:.2f}", "after": f"{now:.2f}"} for name, was, now in found.at_stake]
    return dump(told)


def what_if_csv(found: WhatIf, style: Style) -> str:
    """The findings that change, a row each, then the consequences."""
    rows: list[Mapping[str, object]] = []
    for kind, one in changes(found.findings):
        some = one.after or one.before
        row = {"change": kind, "id": one.id, "fields": ", ".join(one.fields), "period": some.label}
        row |= {name: getattr(some, name) for name in ("agreement", "site", "obligation")}
        for when, finding in (("before", one.before), ("after", one.after)):
            if finding is not None:
                row |= {f"{name}_{when}": getattr(finding, name) for name in ("status", "value", "lower", "upper", "material")}
                row[f"judgements_{when}"] = ", ".join(finding.judgements)
        rows.append(row)
    for kind, one in changes(found.consequences):
        some = one.after or one.before
        row = {"change": kind, "id": one.id, "fields": ", ".join(one.fields), "agreement": some.agreement, "site": some.site, "period": some.year or "term"}
        row |= {f"amount_{when}": each.amount_at_stake for when, each in (("before", one.before), ("after", one.after)) if each is not None}
        rows.append(row)
    return csv_table(COLUMNS, rows, style)


def changes(found: Comparison) -> list[tuple[str, Change]]:
    """Everything that differs, with how (`new`, `gone`, `changed`), in the order of the ids' own parts."""
    named = [("changed", one) for one in found.changed] + [("new", one) for one in found.new] + [("gone", one) for one in found.gone]
    return sorted(named, key=lambda item: item[1].id)


def _counts(found: Comparison) -> dict[str, int]:
    return {"new": len(found.new), "gone": len(found.gone), "changed": len(found.changed), "same": found.same}


def _rules(run: Run) -> dict[str, object]:
    return {
        "as_of": run.rules_as_of.isoformat() if run.rules_as_of else None,
        "packs": {part.pack.id: {"folder": part.pack.folder, "sha256": part.pack.sha256} for part in run.packs},
    }


def _finding(finding: Finding | None, run: Run, style: Style) -> dict[str, object] | None:
    if finding is None:
        return None
    told = {**finding_object(finding, run, style), "deadline": finding.deadline.isoformat() if finding.deadline else None}
    return {name: told[name] for name in SHOWN}


def _consequence(one: Consequence | None) -> dict[str, object] | None:
    return None if one is None else consequence_object(one)


