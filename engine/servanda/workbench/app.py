"""The application: built from the table of routes and from nothing else."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from servanda.desk.workspace import Workspace
from servanda.workbench.database import open_users
from servanda.workbench.dispatch import endpoint, refused
from servanda.workbench.gate import Gate
from servanda.workbench.login_limits import LoginLimits
from servanda.workbench.routes import ROUTES
from servanda.workbench.sessions import cookie_name, new_id
from servanda.workbench.settings import Settings
from servanda.workbench.users import dummy_hash
from servanda.workbench.visit import Visit, Workbench, language


def create_app(workspace: Workspace, settings: Settings) -> FastAPI:
    """The workbench over a workspace. What is not in the table of routes does not exist."""
    app = FastAPI(
        title="servanda", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, middleware=[Middleware(Gate, settings=settings)],
        exception_handlers={HTTPException: _http_error},
    )
    app.state.bench = Workbench(workspace, open_users(workspace.folder / "users.sqlite"), LoginLimits(settings), settings)
    for route in ROUTES:
        answer = endpoint(route.action, route.handler, upload=route.upload)
        app.add_route(route.path, answer, methods=[route.method], name=f"{route.method} {route.path}", include_in_schema=False)
    dummy_hash()  # now, not at the first wrong login, which would take longer
    return app


async def _http_error(request: Request, error: HTTPException) -> Response:
    """There is no such page, or not with this method; whoever asks."""
    bench: Workbench = request.app.state.bench
    secret = request.cookies.get(cookie_name(bench.settings)) or new_id()
    headers = {name.lower(): value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return refused(Visit(request, bench, language(request, bench.settings), secret), error.status_code, **headers)
