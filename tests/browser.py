"""Debian's Chromium, driven by Playwright; `.ci/run` installs it, elsewhere a test that lacks it is skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "EN-301-549", "best-practice"]


def chromium() -> str:
    """Where Chromium is; skips where there is none, and fails where the project is tested for good."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("SERVANDA_CI"):
        pytest.fail("Chromium is missing; .ci/run installs it")
    if found is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    return found


@contextmanager
def browser() -> Iterator[object]:
    """A browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = chromium()
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def complaints(page: object) -> list[tuple[str, str]]:
    """What axe finds on a page against WCAG 2.1 A and AA, EN 301 549 and its own advice: (rule, the first element)."""
    from axe_playwright_python.sync_playwright import Axe

    response = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}}).response
    assert response["passes"], "axe saw nothing"
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in response["violations"]]
