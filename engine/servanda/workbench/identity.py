"""Who makes a request: a trusted header from a trusted proxy, a session's cookie, or HTTP Basic (for programs, without a session)."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import threading
from dataclasses import dataclass

from sqlalchemy import Engine
from starlette.requests import Request

from servanda.workbench.login_limits import LoginLimits
from servanda.workbench.sessions import Session, cookie_name, session_of, start_session
from servanda.workbench.settings import Settings
from servanda.workbench.users import User, user, verified

# An attempt counts while it is tried: were all tried at once, an office that signs in at nine o'clock would look like guessing.
_TRYING = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of who asks. `user` is None for nobody, `session` for programs; `fresh`: the cookie is still to be set; `wait`: seconds refused."""

    user: User | None = None
    session: Session | None = None
    fresh: bool = False
    wait: int = 0


def identify(request: Request, users: Engine, limits: LoginLimits, settings: Settings) -> Identity:
    """Who asks. A header that names someone goes before a cookie; one that comes from anywhere but the proxy says nothing."""
    cookie = session_of(users, request.cookies.get(cookie_name(settings)), settings.clock(), settings)
    named = _by_header(request, settings)
    if named is not None:
        known = user(users, named)
        if known is None:
            return Identity()
        if cookie is not None and cookie.via == "header" and cookie.user == known.name:
            return Identity(known, cookie)
        return Identity(known, start_session(users, known.name, "header", settings.clock(), settings), fresh=True)
    basic = _basic(request)
    if basic is not None:
        return by_password(*basic, request, users, limits, settings)
    if cookie is None or cookie.via != "password":
        return Identity()
    known = user(users, cookie.user)
    return Identity(known, cookie if known else None)


def by_password(name: str, password: str, request: Request, users: Engine, limits: LoginLimits, settings: Settings) -> Identity:
    """The user whose name and password these are, within the limits on guessing."""
    address = client_address(request, settings)
    with _TRYING:
        wait = limits.attempt(name, address, settings.clock())
        if wait:
            return Identity(wait=wait)
        known = verified(users, name, password)
        if known is not None:
            limits.succeeded(name, address)
    return Identity(known)


def client_address(request: Request, settings: Settings) -> str:
    """The address that asks: the connection's, or behind a trusted proxy the last one it was told of that is no trusted proxy itself."""
    peer = request.client.host if request.client else ""
    if peer not in settings.trusted_proxies:
        return peer
    for told in reversed(",".join(request.headers.getlist("x-forwarded-for")).split(",")):
        address = _address(told)
        if address is None:
            return peer
        if address not in settings.trusted_proxies:
            return address
    return peer


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None


def _by_header(request: Request, settings: Settings) -> str | None:
    """The name in the trusted header; "" where it stands there twice."""
    if settings.trusted_header is None or request.client is None or request.client.host not in settings.trusted_proxies:
        return None
    names = request.headers.getlist(settings.trusted_header)
    if not names:
        return None
    return names[0] if len(names) == 1 else ""


def _basic(request: Request) -> tuple[str, str] | None:
    """Name and password of HTTP Basic (RFC 7617, UTF-8); only for programs: pages ask with a form."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or not request.url.path.startswith("/api/"):
        return None
    try:
        name, colon, password = base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return (name, password) if colon else ("", "")
