"""The history of a case: everything that the ledger holds on a finding or a consequence."""

from __future__ import annotations

from starlette.responses import Response

from servanda.ledger.read import entries
from servanda.workbench.visit import Visit, page


def history(visit: Visit) -> Response:
    """The entries of a subject, in their order."""
    subject = visit.request.path_params["subject"][:500]
    return page(visit, "case.html", subject=subject, entries=entries(visit.bench.workspace.ledger, subject=subject))
