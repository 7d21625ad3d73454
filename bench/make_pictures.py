"""Take the pictures of the README again: the report and the workbench on the synthetic sample, in Debian's Chromium.

    python bench/make_pictures.py            # docs/report.png, docs/workbench.png; needs the extras `test` and `review`, and chromium
"""

from __future__ import annotations

import datetime
import shutil
import socket
import tempfile
import threading
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from servanda.desk.workspace import open_workspace
from servanda.evaluate import evaluate
from servanda.report.html.page import html_report
from servanda.report.style import Style
from servanda.workbench.app import create_app
from servanda.workbench.settings import Settings
from servanda.workbench.users import add_user

ROOT = Path(__file__).resolve().parent.parent
AS_OF = datetime.date(2021, 9, 30)
PASSWORD = "ein langes Passwort"
SIZE = {"width": 1180, "height": 900}


def take_report(browser: Browser, folder: Path) -> None:
    """The first screen of the HTML report."""
    page = folder / "report.html"
    page.write_text(html_report(evaluate([ROOT / "facts" / "benn"], ROOT / "agreements", ROOT / "rules", AS_OF), Style("de")), encoding="utf-8")
    tab = browser.new_page(viewport=SIZE)
    tab.goto(page.as_uri())
    tab.screenshot(path=ROOT / "docs" / "report.png")


def take_workbench(browser: Browser, folder: Path) -> None:
    """A finding as the reviewer sees it, with what can be done now."""
    workspace = open_workspace(folder / "desk", agreements=ROOT / "agreements", rules=ROOT / "rules")
    shutil.copytree(ROOT / "facts" / "benn", workspace.submissions / "benn")
    app = create_app(workspace, Settings(clock=lambda: datetime.datetime(2021, 10, 1, 9, tzinfo=datetime.UTC)))
    add_user(app.state.bench.users, "anna", "reviewer", PASSWORD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.05)
    tab, base = browser.new_page(viewport=SIZE), f"http://127.0.0.1:{port}"
    tab.goto(f"{base}/login")
    tab.fill("#name", "anna")
    tab.fill("#password", PASSWORD)
    tab.press("#password", "Enter")
    tab.wait_for_url(f"{base}/")
    tab.goto(f"{base}/runs/new")
    tab.fill("#as_of", "30.09.2021")
    tab.click("button.main")
    tab.wait_for_url("**/runs/1")
    tab.goto(f"{base}/")
    tab.locator("main").get_by_role("link").first.click()
    tab.wait_for_load_state()
    tab.screenshot(path=ROOT / "docs" / "workbench.png")
    server.should_exit = True
    thread.join(10)


def main() -> None:
    """Take both."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        take_report(browser, Path(folder))
        take_workbench(browser, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
