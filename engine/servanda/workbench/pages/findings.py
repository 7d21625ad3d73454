"""A finding and a consequence of a run: what was found, on what evidence, and what the ledger holds on it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from servanda.desk.runs import run_of
from servanda.ledger.read import entries
from servanda.workbench.desk_view import run_entry
from servanda.workbench.names import names_of
from servanda.workbench.visit import Visit, number_of, page
from servanda.workbench.wording import consequence_id


def finding(visit: Visit) -> Response:
    """One finding."""
    workspace = visit.bench.workspace
    entry = run_entry(workspace, number_of(visit.request.path_params["run"]))
    wanted = visit.request.path_params["finding"]
    found = next((one for one in run_of(entry)["findings"] if one["id"] == wanted), None)
    if found is None:
        raise HTTPException(404)
    return page(visit, "finding.html", entry=entry, finding=found, names=names_of(workspace), history=entries(workspace.ledger, subject=wanted))


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
    return page(
        visit, "consequence.html", entry=entry, consequence=found, subject=wanted, findings=findings, names=names_of(workspace),
        history=entries(workspace.ledger, subject=wanted),
    )
