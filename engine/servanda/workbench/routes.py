"""The table of routes: everything that the workbench answers, and which action of `desk.roles` each one is. Nothing else exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from servanda.desk.roles import ENTERED
from servanda.workbench.pages import api, cases, comparing, entries, exports, files, findings, ledger, runs, signing_in, start, submissions
from servanda.workbench.visit import Visit


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `action` None is open to everybody, also without signing in; `upload` takes files."""

    method: str
    path: str
    action: str | None
    handler: Callable[[Visit], Response]
    upload: bool = False


ROUTES = (
    Route("GET", "/login", None, signing_in.login_form),
    Route("POST", "/login", None, signing_in.login),
    Route("POST", "/logout", None, signing_in.logout),
    Route("POST", "/language", None, signing_in.choose_language),
    Route("GET", "/static/{name}", None, files.static),
    Route("GET", "/", "read", start.start),
    Route("GET", "/submissions", "read", submissions.listed),
    Route("GET", "/submissions/new", "submit", submissions.form),
    Route("POST", "/submissions", "submit", submissions.upload, upload=True),
    Route("GET", "/submissions/uploads/{upload}", "submit", submissions.received),
    Route("POST", "/submissions/uploads/{upload}/keep", "submit", submissions.keep),
    Route("POST", "/submissions/uploads/{upload}/discard", "submit", submissions.discard),
    Route("GET", "/runs", "read", runs.listed),
    Route("GET", "/runs/new", "run", runs.form),
    Route("POST", "/runs", "run", runs.make),
    Route("GET", "/runs/{run}", "read", runs.run),
    Route("GET", "/runs/{run}/findings.csv", "read", runs.export),
    Route("GET", "/runs/{run}/findings/{finding:path}", "read", findings.finding),
    Route("GET", "/runs/{run}/consequences/{consequence:path}", "read", findings.consequence),
    Route("GET", "/runs/{run}/findings.xlsx", "read", exports.table),
    Route("GET", "/runs/{run}/report.{form}", "read", exports.report),
    Route("GET", "/submissions/uploads/{upload}/feedback/{file}", "submit", exports.feedback),
    *(Route("GET", f"/enter/{kind}", kind, entries.form(kind)) for kind in (*ENTERED, "confirmation")),
    *(Route("POST", f"/enter/{kind}", kind, entries.enter(kind)) for kind in (*ENTERED, "confirmation")),
    Route("GET", "/compare", "read", comparing.compared),
    Route("GET", "/cases/{subject:path}", "read", cases.history),
    Route("GET", "/case-files/{subject:path}", "read", cases.file),
    Route("GET", "/ledger", "read", ledger.listed),
    Route("GET", "/ledger/{number}", "read", ledger.one),
    Route("POST", "/ledger/verify", "read", ledger.verified),
    Route("GET", "/api/openapi.json", "read", api.openapi),
    Route("GET", "/api/v1/me", "read", api.me),
    Route("GET", "/api/v1/submissions", "read", api.submissions),
    Route("POST", "/api/v1/submissions", "submit", api.upload, upload=True),
    Route("GET", "/api/v1/uploads/{upload}", "submit", api.received),
    Route("POST", "/api/v1/uploads/{upload}/keep", "submit", api.keep),
    Route("POST", "/api/v1/uploads/{upload}/discard", "submit", api.discard),
    Route("GET", "/api/v1/runs", "read", api.run_list),
    Route("POST", "/api/v1/runs", "run", api.make_run),
    Route("GET", "/api/v1/runs/{run}", "read", api.run),
    Route("GET", "/api/v1/runs/{run}/report", "read", api.report),
    Route("GET", "/api/v1/runs/{run}/findings", "read", api.findings),
    Route("GET", "/api/v1/compare", "read", api.compared),
    Route("GET", "/api/v1/entries", "read", api.entry_list),
    Route("GET", "/api/v1/entries/{number}", "read", api.one_entry),
    *(Route("POST", f"/api/v1/entries/{kind}", kind, api.enter(kind)) for kind in (*ENTERED, "confirmation")),
    Route("GET", "/api/v1/cases/{subject:path}", "read", api.case),
    Route("GET", "/api/v1/ledger", "read", api.ledger),
    Route("POST", "/api/v1/ledger/verify", "read", api.verified),
)
