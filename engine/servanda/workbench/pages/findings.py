"""A finding and a consequence of a run: what was found, on what evidence, what speaks for whom, what the ledger holds on it, and what to do."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from servanda.desk.actions import CaseState, case_state
from servanda.desk.runs import run_of
from servanda.dossier.case import dossier_of
from servanda.ledger.entries import Entry
from servanda.ledger.read import entries
from servanda.problems import InvalidInput
from servanda.report.html.page import finding_body
from servanda.workbench.desk_view import run_entry
from servanda.workbench.names import names_of
from servanda.workbench.visit import Visit, number_of, page
from servanda.workbench.wording import consequence_id


def finding(visit: Visit) -> Response:
    """One finding with its dossier; where the run cannot be repeated any more, with what the ledger holds."""
    workspace = visit.bench.workspace
    entry = run_entry(workspace, number_of(visit.request.path_params["run"]))
    wanted = visit.request.path_params["finding"]
    found = next((one for one in run_of(entry)["findings"] if one["id"] == wanted), None)
    if found is None:
        raise HTTPException(404)
    history = entries(workspace.ledger, subject=wanted)
    return page(
        visit, "finding.html", entry=entry, finding=found, names=names_of(workspace), history=history, state=_state(visit, history),
        body=_body(visit, entry, wanted), actions=_actions(visit, entry, found),
    )


def consequence(visit: Visit) -> Response:
    """One consequence, with the findings that it rests on."""
    workspace = visit.bench.workspace
    entry = run_entry(workspace, number_of(visit.request.path_params["run"]))
    wanted, report = visit.request.path_params["consequence"], run_of(entry)
    found = next((one for one in report["consequences"] for pack in report["packs"] if consequence_id(one, pack) == wanted), None)
    if found is None:
        raise HTTPException(404)
    named = set(found["findings"])
    findings = [one for one in report["findings"] if one["id"] in named]
    history = entries(workspace.ledger, subject=wanted)
    actions = [(kind, _link(kind, entry, **{name: wanted})) for kind, name in (("hearing", "subject"), ("proposal", "consequence")) if visit.may(kind)]
    return page(
        visit, "consequence.html", entry=entry, consequence=found, subject=wanted, findings=findings, names=names_of(workspace), history=history,
        state=_state(visit, history), actions=actions,
    )


def _state(visit: Visit, history: tuple[Entry, ...]) -> CaseState:
    return case_state(history, visit.bench.settings.clock().date())


def _body(visit: Visit, entry: Entry, wanted: str) -> str | None:
    """The dossier as the report words it; None where today's files give another result than the ledger's."""
    try:
        run = visit.bench.runs.again(visit.bench.workspace, entry)
    except InvalidInput:
        return None
    dossier = dossier_of(run, wanted)
    return finding_body(dossier, visit.lang, lambda identity: f"/runs/{entry.number}/findings/{quote(identity, safe='/')}") if dossier else None


def _actions(visit: Visit, entry: Entry, found: dict) -> list[tuple[str, str]]:
    """(kind, link to its form) of what makes sense for a finding and the role may do."""
    wanted = []
    if found["material"]:
        wanted += ["assessment"]
    if found["missing"]:
        wanted += ["request"]
    if found["status"] == "deviation":
        wanted += ["hearing", "remedy", "waiver"]
    if found["kind"] == "attested" and found["status"] in ("deviation", "pending", "undetermined"):
        wanted += ["attestation"]
    about = {"hearing": "subject"}
    return [(kind, _link(kind, entry, **{about.get(kind, "finding"): found["id"]})) for kind in wanted if visit.may(kind)]


def _link(kind: str, entry: Entry, **about: str) -> str:
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in about.items())
    return f"/enter/{kind}?run={entry.number}&{said}"
