"""The ledger: its entries, one of them, and whether the chain is sound."""

from __future__ import annotations

import json
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response

from servanda.ledger.read import entries, head
from servanda.ledger.verify import verify
from servanda.problems import InvalidInput
from servanda.report.json_report import problem_object
from servanda.report.style import Style
from servanda.workbench.listing import paged
from servanda.workbench.visit import Visit, go, number_of, page


def listed(visit: Visit) -> Response:
    """The entries, the latest first, with the checkpoint to keep."""
    return _list(visit, [])


def verified(visit: Visit) -> Response:
    """Go through the whole chain."""
    problems = verify(visit.bench.workspace.ledger)
    if problems:
        return _list(visit, [problem_object(problem, Style(visit.lang)) for problem in problems[:200]])
    return go(visit, "/ledger", "ledger-sound", length=head(visit.bench.workspace.ledger).length)


def one(visit: Visit) -> Response:
    """One entry, wholly; of a run its receipt, as its report has a page of its own."""
    number = number_of(visit.request.path_params["number"])
    found = entries(visit.bench.workspace.ledger, after=number - 1, limit=1)
    if not found or found[0].number != number:
        raise HTTPException(404)
    entry = found[0]
    body = {name: value for name, value in entry.body.items() if name != "report"}
    return page(visit, "entry.html", entry=entry, body=json.dumps(body, ensure_ascii=False, indent=1, default=str))


def _list(visit: Visit, problems: list) -> Response:
    ledger = visit.bench.workspace.ledger
    checkpoint = head(ledger)
    found = paged(range(checkpoint.length, 0, -1), visit.asked("page"))  # numbers have no gaps: only those on the page are read
    try:
        rows = list(reversed(entries(ledger, after=found.rows[-1] - 1, limit=len(found.rows)))) if found.rows else []
    except InvalidInput as invalid:  # an entry was changed
        rows, problems = [], problems or [problem_object(problem, Style(visit.lang)) for problem in invalid.problems]
    return page(visit, "ledger.html", found=replace(found, rows=rows), checkpoint=checkpoint, problems=problems)
