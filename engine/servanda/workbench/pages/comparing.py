"""Two runs side by side: what is new, gone or changed, and why."""

from __future__ import annotations

from starlette.responses import Response

from servanda.desk.compare import Comparison, compare
from servanda.workbench.desk_view import run_entry, runs
from servanda.workbench.names import names_of
from servanda.workbench.visit import Visit, number_of, page

SHOWN = 300


def compared(visit: Visit) -> Response:
    """The form to choose two runs, and their comparison once they are chosen."""
    workspace = visit.bench.workspace
    known = [(str(one.number), one) for one in runs(workspace)]
    default = {"from": known[1][0], "to": known[0][0]} if len(known) > 1 else {"from": "", "to": ""}
    asked = {name: visit.asked(name) or default[name] for name in ("from", "to")}
    found: Comparison | None = None
    if visit.asked("from") and visit.asked("to"):
        before, after = (run_entry(workspace, number_of(visit.asked(name))) for name in ("from", "to"))
        found = compare(before, after, workspace)
    return page(visit, "compare.html", runs=known, asked=asked, found=found, names=names_of(workspace), shown=SHOWN)
