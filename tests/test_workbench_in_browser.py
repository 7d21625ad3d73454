"""The whole case in a real browser, by keyboard alone, two people, no outside request; axe on every page, in light, dark and print."""

from __future__ import annotations

import datetime
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from browsers import CHROMIUM, axe, needs_chromium
from conftest import ROOT
from servanda.desk.workspace import open_workspace
from servanda.ledger.read import entries
from servanda.ledger.verify import verify
from servanda.workbench.app import create_app
from servanda.workbench.settings import Settings
from servanda.workbench.users import add_user

PASSWORD = "ein langes Passwort"
AGREEMENT = "benn-friedrichshain-kreuzberg"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, object]]:
    """The workbench on a free port of loopback, with a sample agreement's submissions of the years before."""
    import uvicorn

    needs_chromium()
    folder = tmp_path_factory.mktemp("bench")
    workspace = open_workspace(folder, agreements=ROOT / "agreements", rules=ROOT / "rules")
    place(workspace)
    app = create_app(workspace, Settings(clock=lambda: datetime.datetime(2021, 10, 1, 9, tzinfo=datetime.UTC)))
    for name, role in (("anna", "reviewer"), ("cora", "confirmer")):
        add_user(app.state.bench.users, name, role, PASSWORD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        threading.Event().wait(0.02)
    yield f"http://127.0.0.1:{port}", workspace
    server.should_exit = True
    thread.join(10)


def place(workspace) -> None:
    """Keep the sample's submissions."""
    import shutil

    shutil.copytree(ROOT / "facts" / "benn" / AGREEMENT, workspace.submissions / AGREEMENT)


class Keys:
    """A browser that is only typed at: the keyboard moves the focus, nothing is clicked."""

    def __init__(self, page, base: str) -> None:
        self.page, self.base, self.outside = page, base, []
        page.on("request", lambda request: self.outside.append(request.url) if not request.url.startswith(base) else None)
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text) if message.type == "error" and "422" not in message.text else None)

    def reach(self, name: str, tag: str = "") -> None:
        """Press Tab until the focus is on the element with that name (its text, label or value)."""
        for _ in range(400):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(
                "() => { const e = document.activeElement; const l = e.labels && e.labels[0] ? e.labels[0].innerText : '';"
                " return [e.tagName.toLowerCase(), (l || e.getAttribute('aria-label') || e.innerText || e.value || '').trim()]; }")
            if focus[1].startswith(name) and (not tag or focus[0] == tag):
                return
        raise AssertionError(f"no way to {name!r} by keyboard on {self.page.url}")

    def press(self, name: str, tag: str = "", key: str = "Enter") -> None:
        """Go to a link or button and press it."""
        self.reach(name, tag)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(key)

    def type(self, name: str, text: str) -> None:
        """Go to a field and write over what stands there."""
        self.reach(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, letters: str) -> None:
        """Go to a list and choose by its first letters."""
        self.reach(name, "select")
        self.page.keyboard.type(letters)

    def go(self, path: str) -> None:
        """What a person types into the address line."""
        self.page.goto(self.base + path)

    def text(self) -> str:
        return self.page.inner_text("main")


def workbook(path: Path, day: str) -> Path:
    """A filled template whose one meeting is on that day."""
    from servanda.cli import _run

    if not path.exists():
        folders = ["--rules", str(ROOT / "rules"), "--agreements", str(ROOT / "agreements")]
        assert _run(["template", "--agreement", AGREEMENT, "--year", "2021", *folders, "-o", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    sheet = book["Sitzungen"]
    titles = [cell.value for cell in sheet[1]]
    row = {"Kennung": "neu-1", "Datum": day, "Gremium": "jour_fixe"}
    for number, title in enumerate(titles, 1):
        for name, value in row.items():
            if title and str(title).startswith(name):
                sheet.cell(2, number).value = value
    fill_manifest(book)
    book.save(path)
    return path


def fill_manifest(book) -> None:
    """Say in the manifest sheet who submits, and when."""
    sheet = book["Lieferung"]
    for row in sheet.iter_rows(min_col=1, max_col=2):
        label = str(row[0].value or "")
        if label.startswith("Eingereicht am"):
            row[1].value = datetime.datetime(2021, 9, 29)
        elif label.startswith("Eingereicht von"):
            row[1].value = "district"


def signed_in(context, base: str, name: str) -> Keys:
    keys = Keys(context.new_page(), base)
    keys.go("/login")
    keys.type("Name", name)
    keys.type("Passwort", PASSWORD)
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")
    return keys


def test_the_whole_case_by_keyboard(served: tuple[str, object], tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    base, workspace = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        anna = signed_in(browser.new_context(accept_downloads=True), base, "anna")
        seen = set()

        def sound(keys: Keys) -> None:
            """axe finds nothing on the page as it is, in light, dark and print."""
            for scheme, medium in (("light", "screen"), ("dark", "screen"), ("light", "print")):
                keys.page.emulate_media(color_scheme=scheme, media=medium)
                found = axe(keys.page)
                assert not found, (keys.page.url, scheme, medium, found)
            keys.page.emulate_media(color_scheme="light", media="screen")
            seen.add(keys.page.url.removeprefix(base).partition("?")[0])

        sound(anna)
        # a submission with a fault, then corrected
        for day, right in (("31.02.2021", False), ("03.08.2021", True)):
            anna.press("Lieferungen", "a")
            anna.press("Lieferung hochladen", "a")
            sound(anna)
            anna.type("Kurzname", "2021-neu")
            anna.reach("Dateien")
            anna.page.set_input_files("input[type=file]", str(workbook(tmp_path / "meldung.xlsx", day)))
            anna.press("Hochladen", "button")
            sound(anna)
            assert ("Kein Problem gefunden" in anna.text()) == right, anna.text()[:3000]
            if not right:
                assert "B2" in anna.text() and "31.02.2021" in anna.text()
        anna.press("Behalten", "button")
        # a run, its material finding, the assessment
        anna.press("Prüfläufe", "a")
        anna.press("Neuer Prüflauf", "a")
        sound(anna)
        anna.type("Stichtag", "30.09.2021")
        anna.press("Prüfen", "button")
        sound(anna)
        run = anna.page.url
        consequence = anna.page.locator("#consequences ~ div a").first.inner_text()
        anna.press(consequence, "a")
        sound(anna)
        place_of_consequence = anna.page.url
        anna.press(anna.page.locator("ul.waiting a").first.inner_text()[:20], "a")
        sound(anna)
        anna.press("Wesentlich oder nicht?", "a")
        sound(anna)
        anna.choose("Ist die Abweichung wesentlich?", "wes")
        anna.type("Gründe", "Zwei Jahre in Folge.")
        anna.press("Eintragen", "button")
        assert "Als wesentlich beurteilt" in anna.text()
        # what is missing is asked for, in a later run
        anna.page.goto(place_of_consequence)
        anna.press("Gelegenheit zur Stellungnahme", "a")
        sound(anna)
        anna.press("Eintragen", "button")
        anna.press("Antwort festhalten", "a")
        sound(anna)
        anna.type("Text", "Wir haben die Runden nachgeholt.")
        anna.press("Eintragen", "button")
        anna.page.goto(place_of_consequence)
        anna.press("Andere Verwendung", "a")
        sound(anna)
        anna.type("Betrag in Euro", "1.000,00")
        anna.type("Wofür", "Nachbarschaftsfest am anderen Standort")
        anna.type("Gründe", "Wiederholte Abweichung, angehört.")
        anna.press("Eintragen", "button")
        assert "wartet auf eine Entscheidung" in anna.text()
        # another person decides
        cora = signed_in(browser.new_context(), base, "cora")
        sound(cora)
        cora.page.goto(place_of_consequence)
        cora.press("Über den Vorschlag entscheiden", "a")
        sound(cora)
        cora.choose("Entscheidung", "bes")
        cora.type("Gründe", "Einverstanden.")
        cora.press("Eintragen", "button")
        assert "ist bestätigt" in cora.text()
        sound(cora)
        # the file of the case, the ledger, two runs compared
        cora.reach("JSON", "a")
        with cora.page.expect_download() as download:
            cora.page.keyboard.press("Enter")
        assert download.value.suggested_filename.endswith(".json")
        for path in ("/", "/submissions", "/runs", "/ledger", "/ledger/1", "/compare"):
            cora.go(path)
            sound(cora)
        cora.go("/ledger")
        cora.press("Kette prüfen", "button")
        assert "unversehrt" in cora.text()
        assert not anna.outside and not cora.outside and not anna.said and not cora.said, (anna.outside, anna.said, cora.said)
        assert run and len(seen) >= 14
        browser.close()
    kinds = [one.kind for one in entries(workspace.ledger)]
    assert kinds == ["run", "assessment", "hearing", "answer", "proposal", "confirmation"] and not verify(workspace.ledger)


def test_it_works_at_320_pixels_and_without_scripts(served: tuple[str, object]) -> None:
    from playwright.sync_api import sync_playwright

    base, workspace = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
        keys = Keys(context.new_page(), base)
        keys.go("/login")
        keys.page.fill("#name", "anna")
        keys.page.fill("#password", PASSWORD)
        keys.page.press("#password", "Enter")
        for path in ("/", "/runs", "/runs/1", "/ledger", "/submissions/new", "/compare"):
            keys.go(path)
            width = keys.page.locator("body").bounding_box()["width"]
            assert width <= 320, (path, width)
            assert keys.page.locator("h1").count() == 1
        browser.close()
