"""Forged requests: an unsafe request that rests on a cookie (or a proxy's header) must come from our own page and carry the session's token."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from servanda.workbench.sessions import token_fits
from servanda.workbench.settings import Settings

SAFE = frozenset({"GET", "HEAD"})


def same_origin(request: Request, settings: Settings) -> bool:
    """Whether a browser says that the request comes from this workbench; where it says nothing, the token alone decides."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        named = urlsplit(origin)
    except ValueError:
        return False
    if named.scheme not in ("http", "https"):  # also `null`
        return False
    if settings.base_url and origin.rstrip("/") == settings.base_url.rstrip("/"):
        return True
    return not settings.secure and named.netloc.lower() == request.headers.get("host", "").strip().lower()


def forged(request: Request, identity: str | None, token: str | None, settings: Settings) -> bool:
    """Whether an unsafe request must be refused."""
    return not same_origin(request, settings) or not token_fits(identity, token)
