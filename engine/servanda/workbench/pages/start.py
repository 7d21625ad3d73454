"""The first page: what is waiting for whom."""

from __future__ import annotations

from starlette.responses import Response

from servanda.workbench.desk_view import runs, waiting
from servanda.workbench.names import names_of
from servanda.workbench.visit import Visit, page

_MOST = 20


def start(visit: Visit) -> Response:
    """Open requests, undecided proposals, and what nobody has assessed yet."""
    workspace = visit.bench.workspace
    made = runs(workspace)
    latest = made[0] if made else None
    today = visit.bench.settings.clock().date().isoformat()
    return page(visit, "start.html", latest=latest, waiting=waiting(workspace, latest), today=today, names=names_of(workspace), most=_MOST)
