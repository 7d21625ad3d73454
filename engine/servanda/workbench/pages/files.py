"""The files that pages load: the style sheet, the mark and htmx. Nothing else is served, whatever the address says."""

from __future__ import annotations

from functools import cache

from starlette.exceptions import HTTPException
from starlette.responses import Response

from servanda.workbench.visit import HERE, Visit

_TYPES = {
    "workbench.css": "text/css; charset=utf-8", "htmx.min.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}


def static(visit: Visit) -> Response:
    """One of the files, kept by the browser for a while."""
    name = visit.request.path_params["name"]
    if name not in _TYPES:
        raise HTTPException(404)
    return Response(_content(name), media_type=_TYPES[name], headers={"cache-control": "public, max-age=3600"})


@cache
def _content(name: str) -> bytes:
    return (HERE / "static" / name).read_bytes()
