"""Settings of a workbench: how long a session lasts, who may call it by which name, and how much it takes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two workbenches over the same workspace.

    `clock` gives the present moment (UTC, aware): nothing else reads the time. `idle` and `absolute` end a session. A login is refused after
    `user_attempts` failures of a name or `address_attempts` of an address within `window`. `trusted_header` names the user only where the
    connection itself comes from one of `trusted_proxies`. `base_url` is what people type; https in it makes cookies Secure. `hosts` are the
    names that the Host header may have (loopback only, as a page elsewhere could otherwise read this one by rebinding its name).
    Sizes are in bytes.
    """

    clock: Callable[[], datetime.datetime]
    lang: str = "de"
    idle: timedelta = timedelta(minutes=60)
    absolute: timedelta = timedelta(hours=10)
    user_attempts: int = 5
    address_attempts: int = 20
    window: timedelta = timedelta(minutes=15)
    trusted_header: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    base_url: str | None = None
    hosts: tuple[str, ...] = LOOPBACK
    body_limit: int = 256 * 1024
    upload_limit: int = 32 * 1024 * 1024
    upload_files: int = 60
    form_fields: int = 200

    @property
    def secure(self) -> bool:
        """Whether people reach the workbench over https (through a proxy): cookies are then Secure and bound to the host."""
        return self.base_url is not None and urlsplit(self.base_url).scheme == "https"

    @property
    def known_hosts(self) -> frozenset[str]:
        """The names that may call this workbench, lower case, without a port."""
        base = urlsplit(self.base_url).hostname if self.base_url else None
        return frozenset(name.lower() for name in (*self.hosts, *([_bracketed(base)] if base else ())))


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def host_of(header: str) -> str:
    """The name in a Host header, lower case, without its port."""
    text = header.strip().lower()
    if text.startswith("["):
        return "".join(text.partition("]")[:2])
    return text.partition(":")[0]
