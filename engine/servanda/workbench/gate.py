"""The gate around the whole application (plain ASGI): who may call it by which name, how much it takes, what it says of its own errors.

It adds the security headers to every answer, also to refusals and errors, and writes one line a request to the log: method, path and status,
never a query, a form, a cookie or a header.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servanda.workbench.security_headers import secured
from servanda.workbench.settings import Settings, host_of

ACCESS, ERRORS = logging.getLogger("servanda.workbench.access"), logging.getLogger("servanda.workbench.errors")


class Gate:
    """The outermost layer; see the module."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._hosts = settings.known_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        told: list[int] = []

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                told.append(message["status"])
                message = {**message, "headers": secured(message.get("headers", ()), https=self._settings.secure)}
            await send(message)

        try:
            await self._answer(scope, receive, guarded)
        except Exception:  # noqa: BLE001 - the last resort: a plain page with a number, the trace to the log only
            number = secrets.token_hex(4)
            ERRORS.error("error %s\n%s", number, traceback.format_exc())
            if not told:
                text = f"Fehler des Programms / error of the program itself: {number}\n"
                await PlainTextResponse(text, 500)(scope, receive, guarded)
        finally:
            ACCESS.info("%s %s %s", scope["method"], ascii(scope["path"])[1:-1][:300], told[0] if told else "-")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or host_of(hosts[0]) not in self._hosts:
            await PlainTextResponse("Unbekannter Host. / Unknown host.\n", 421)(scope, receive, send)
            return
        for name, value in scope["headers"]:
            if name == b"content-length" and (not value.isdigit() or len(value) > 15 or int(value) > self._settings.upload_limit):
                await PlainTextResponse("Zu groß. / Too large.\n", 413)(scope, receive, send)
                return
        await self._app(scope, limited(receive, self._settings.upload_limit), send)


def limited(receive: Receive, most: int) -> Receive:
    """The body of a request up to so many bytes, counted as they arrive; more is a 413."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
        return message

    return counted
