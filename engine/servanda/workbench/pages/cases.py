"""The history of a case: everything that the ledger holds on a finding or a consequence, and its whole file to take away."""

from __future__ import annotations

import json
import re

from starlette.exceptions import HTTPException
from starlette.responses import Response

from servanda.desk.actions import case_state
from servanda.ledger.case_file import case_file
from servanda.ledger.case_pdf import case_pdf
from servanda.ledger.read import entries
from servanda.problems import InvalidInput
from servanda.workbench.visit import Visit, page


def history(visit: Visit) -> Response:
    """The entries of a subject, in their order."""
    subject = visit.request.path_params["subject"][:500]
    found = entries(visit.bench.workspace.ledger, subject=subject)
    return page(visit, "case.html", subject=subject, entries=found, state=case_state(found, visit.bench.settings.clock().date()))


def file(visit: Visit) -> Response:
    """The whole file of a case, as JSON or PDF."""
    subject, form = visit.request.path_params["subject"][:500], visit.asked("format") or "json"
    if form not in ("json", "pdf"):
        raise HTTPException(404)
    try:
        case = case_file(visit.bench.workspace.ledger, subject)
    except InvalidInput as invalid:
        if any(problem.code == "no-such-case" for problem in invalid.problems):
            raise HTTPException(404) from None
        raise
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", subject)[:120]
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"'}
    if form == "pdf":
        return Response(case_pdf(case, visit.lang), media_type="application/pdf", headers=headers)
    return Response(json.dumps(case, ensure_ascii=False, indent=1, default=str) + "\n", media_type="application/json", headers=headers)
