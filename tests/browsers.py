"""Debian's Chromium for tests that look at pages as people do; a test that cannot have it is skipped with a loud word, and fails in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "EN-301-549"]


def needs_chromium() -> None:
    """Skip (or, where SERVANDA_CI is set, fail) without Chromium and Playwright."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        missing = "playwright"
    else:
        missing = None if CHROMIUM else "chromium"
    if missing and os.environ.get("SERVANDA_CI"):
        pytest.fail(f"{missing} is not installed")
    if missing:
        pytest.skip(f"NOT TRIED IN A BROWSER: {missing} is not installed (apt-get install chromium)")


def axe_script() -> str:
    """The axe-core script that comes with axe-playwright-python."""
    import axe_playwright_python

    (found,) = Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")
    return found.read_text(encoding="utf-8")


def axe(page) -> list[str]:
    """What axe finds on a page: rule, and the first element."""
    page.evaluate(axe_script())
    found = page.evaluate("async (tags) => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations", TAGS)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0].get('failureSummary', '')[:300]}" for one in found]


@pytest.fixture(scope="module")
def chrome() -> Iterator[object]:
    """A browser that is started once a module."""
    needs_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()
