"""The JSON API: the same visits, answered with data. Programs sign in with HTTP Basic at every request and need no form token."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from servanda.workbench.visit import Visit


def me(visit: Visit) -> Response:
    """Who asks, and in which role: to try credentials."""
    person = visit.person
    return JSONResponse({"name": person.name, "role": person.role} if person else {})
