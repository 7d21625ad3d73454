"""What every answer carries for the browser: nothing from elsewhere, no frame, no guessing of types, no copy kept of pages."""

from __future__ import annotations

from collections.abc import Iterable

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
    "frame-ancestors 'none'",
))
# The referrer stays within the workbench; `no-referrer` would make browsers send `Origin: null` with our own forms (Fetch, section 3.2).
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
)


def secured(headers: Iterable[tuple[bytes, bytes]], *, https: bool) -> list[tuple[bytes, bytes]]:
    """An answer's headers with ours; what the answer says itself about caching stays."""
    ours = list(HEADERS)
    given = list(headers)
    if not any(name.lower() == b"cache-control" for name, _ in given):
        ours.append(("cache-control", "no-store"))
    if https:
        ours.append(("strict-transport-security", "max-age=31536000"))
    names = {name.encode() for name, _ in ours}
    return [(name, value) for name, value in given if name.lower() not in names] + [(name.encode(), value.encode()) for name, value in ours]
