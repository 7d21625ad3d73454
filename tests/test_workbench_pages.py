"""What the workbench shows: signing in, runs and their filters, mistakes beside their fields, and texts of others rendered harmless."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conftest import ROOT
from servanda.desk.actions import Person, act
from servanda.workbench.action_words import ACTION_WORDS
from servanda.workbench.page_words import PAGE_WORDS
from servanda.workbench.routes import ROUTES
from servanda.workbench.visit import HERE
from servanda.workbench.words import WORDS
from workbench_world import World, post, sign_in, token, world

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "javascript:alert(1)", "' onfocus='alert(1)", "\u202eevil")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = world(tmp_path_factory.mktemp("bench"), facts="benn-mitte")
    answer = post(made.browser("anna"), "/runs", "/runs/new", as_of="30.09.2021", year="", agreements="benn-mitte")
    assert answer.headers["location"] == "/runs/1", answer.text
    return made


class Outline(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


def pages(bench: World) -> dict[str, str]:
    """A page of every sort, as a reviewer sees it."""
    client = bench.browser("anna")
    run = client.get("/runs/1").text
    first = re.search(r'href="(/runs/1/findings/[^"]+)"', run.partition('id="list"')[2])[1]
    addresses = ("/", "/login?next=/runs", "/runs", "/runs/new", "/runs/1", "/runs/1?q=nichts+davon", first, "/ledger", "/ledger/1", "/cases/a/b", "/runs/77")
    return {address: client.get(address, follow_redirects=True).text for address in addresses}


def test_pages_are_well_formed_for_everybody(bench: World) -> None:
    for address, text in pages(bench).items():
        outline = Outline(text)
        assert outline.all("html")[0]["lang"] == "de" and len(outline.all("h1")) == 1 and len(outline.all("main")) == 1, address
        identities = [one["id"] for _, one in outline.elements if "id" in one]
        assert len(identities) == len(set(identities)), address
        for tag in ("input", "select", "textarea"):
            for one in outline.all(tag):
                assert one.get("type") == "hidden" or any(label.get("for") == one["id"] for label in outline.all("label")), (address, one)
        for _, one in outline.elements:
            assert set(one.get("aria-describedby", "").split()) <= set(identities), address
            assert not [name for name in one if name.startswith("on") or name == "style"], "the policy forbids it"


def test_pages_load_nothing_from_elsewhere(bench: World) -> None:
    for address, text in pages(bench).items():
        for tag, one in Outline(text).elements:
            for name in ("src", "href", "action", "hx-get"):
                assert one.get(name, "/").startswith(("/", "#")) and not one.get(name, "/").startswith("//"), (address, tag, one)


def test_everything_linked_exists(bench: World) -> None:
    client = bench.browser("anna")
    found = {one["href"].partition("#")[0] for text in pages(bench).values() for one in Outline(text).all("a")} - {""}
    assert len(found) > 50
    for address in sorted(found):
        assert client.get(address).status_code == 200, address


def test_a_new_run_says_what_is_wrong_beside_the_field(bench: World) -> None:
    client = bench.browser("anna")
    answer = post(client, "/runs", "/runs/new", as_of="31.02.2021", year="abc", agreements="benn-nowhere")
    outline = Outline(answer.text)
    assert answer.status_code == 422
    field = next(one for one in outline.all("input") if one.get("id") == "as_of")
    assert field["aria-invalid"] == "true" and "as_of-mistake" in field["aria-describedby"] and field["value"] == "31.02.2021"
    assert [one["href"] for one in outline.all("a") if one["href"].startswith("#")] == ["#content", "#as_of", "#year", "#agreements"]
    assert any("autofocus" in one and one.get("role") == "alert" for one in outline.all("div"))


@pytest.mark.parametrize("day", ["", "20210930", "2021-09-31", "x" * 1000, "<b>", "\x00", "٣٠.٠٩.٢٠٢١"])
@pytest.mark.parametrize("year", ["", "1999", "2²", "-1", "99999999999999999999"])
def test_odd_days_and_years_are_mistakes(bench: World, day: str, year: str) -> None:
    assert post(bench.browser("anna"), "/runs", "/runs/new", as_of=day, year=year).status_code == 422


def test_filters_choose(bench: World) -> None:
    client = bench.browser("lena")

    def total(query: str) -> int:
        return int(re.search(r'<p role="status">(\d+) Feststellung', client.get("/runs/1?" + query).text)[1])

    everything = total("")
    assert everything == int(re.search(r"<b>(\d+)</b>Pflichten", client.get("/runs/1").text)[1])
    statuses = re.findall(r'<option value="(\w+)">', client.get("/runs/1").text.partition('id="status"')[2].partition("</select>")[0])
    assert sum(total("status=" + one) for one in statuses if one != "open") == everything and 0 < total("status=open") < everything
    assert 0 < total("year=2019") < everything and total("year=2019&clause=3.team.8") <= total("year=2019")
    assert total("material=yes") + total("material=no") == everything
    assert 0 < total("q=Steuerungsrunden") + total("q=steering-rounds") < everything
    assert total("status=nonsense&agreement=%00&page=-7&clause=%27") == everything
    assert "Keine Feststellung" in client.get("/runs/1?q=gibtesnicht").text


def test_pages_of_a_list_hold_fifty(bench: World) -> None:
    client = bench.browser("lena")
    seen: list[str] = []
    address: str | None = "/runs/1"
    while address:
        text = client.get(address).text
        rows = re.findall(r'<tr><th scope="row"><a href="/runs/1/findings/([^"]+)"', text)
        assert len(rows) <= 50
        seen += rows
        following = [one["href"] for one in Outline(text).all("a") if one.get("rel") == "next"]
        address = following[0] if following else None
    assert len(seen) == len(set(seen)) == int(re.search(r"<b>(\d+)</b>Pflichten", text)[1])


def test_what_is_filtered_is_exported(bench: World) -> None:
    client = bench.browser("lena")
    answer = client.get("/runs/1/findings.csv?status=deviation")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert answer.headers["content-disposition"].startswith("attachment") and rows[0][0] == "Kennung"
    shown = client.get("/runs/1?status=deviation").text.count('<tr><th scope="row"><a href="/runs/1/f')
    assert {row[6] for row in rows[1:]} == {"deviation"} and len(rows) == 1 + shown


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_others_are_harmless(bench: World, text: str) -> None:
    client = bench.browser("anna")
    workspace = bench.app.state.bench.workspace
    subject = "benn/benn-mitte/mitte-1/steering-rounds-held/2019"
    act(workspace, Person("anna", "reviewer"), "remedy", (subject,), {"finding": subject, "on": "2021-01-01", "text": "Zeile\n" + text}, bench.clock())
    number = re.search(r'href="/ledger/(\d+)"', client.get("/ledger").text)[1]
    answers = [
        client.get("/runs/1", params={"q": text}), client.get("/login", params={"next": text}), client.get("/cases/" + subject),
        client.get(f"/ledger/{number}"), client.get("/cases/" + text.replace("/", "")), sign_in(bench.browser(), text, text),
        post(client, "/runs", "/runs/new", as_of=text, year=text),
        client.post("/language", data={"csrf_token": token(client, "/"), "language": text, "back": text}),
    ]
    for answer in answers:
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text and "<img" not in answer.text and ">49<" not in answer.text
        for _, one in Outline(answer.text).elements:
            assert not [name for name in one if name.startswith("on")] and not one.get("href", "").startswith("javascript")
        assert answer.headers.get("location", "/").startswith("/")


def send(client, name: str, *files: tuple[str, bytes]):
    """Upload files as a browser does."""
    return client.post("/submissions", data={"csrf_token": token(client, "/submissions/new"), "name": name}, files=[("files", one) for one in files])


def folder_of(path: Path) -> list[tuple[str, bytes]]:
    return [(one.name, one.read_bytes()) for one in sorted(path.iterdir())]


def test_a_sound_upload_is_kept_when_asked(tmp_path: Path) -> None:
    made = world(tmp_path)
    client = made.browser("anna")
    answer = send(client, "2019-team", *folder_of(ROOT / "facts" / "benn" / "benn-mitte" / "2019"))
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    assert "Kein Problem gefunden" in client.get(address).text and "Mitte" not in client.get("/submissions").text.partition("<main")[2]
    assert made.browser("lena").get(address).status_code == 403
    kept = post(client, address + "/keep", address)
    text = client.get(kept.headers["location"]).text
    assert "Mitte" in text and "2019-team" in text and client.get(address).status_code == 404


def test_a_bad_upload_shows_its_cells_and_is_not_kept(tmp_path: Path) -> None:
    client = world(tmp_path).browser("anna")
    files = dict(folder_of(ROOT / "facts" / "benn" / "benn-mitte" / "2019"))
    table = "meetings.csv"
    lines = files[table].decode().splitlines()
    files[table] = "\n".join([lines[0], re.sub(r"\d{4}-\d\d-\d\d", "2019-02-31", lines[1], count=1), *lines[2:]]).encode()
    address = send(client, "2019-team", *files.items()).headers["location"]
    text = client.get(address).text
    assert "2019-02-31" in text and table in text and 'class="bad"' in text and f"{address}/keep" not in text
    assert post(client, address + "/keep", "/").status_code == 422
    assert post(client, address + "/discard", address).headers["location"] == "/submissions" and client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "files"),
    [("ok", ()), ("../up", (("a.csv", b"x"),)), ("", (("a.csv", b"x"),)), ("ok", ((".hidden", b"x"),)), ("ok", (("a.csv", b"x"), ("b/a.csv", b"y"))),
     ("ok", (("..", b"x"),)), ("ok", (("x" * 300, b"x"),)), ("o k", (("C:\\a\\.x", b"x"),))],
)
def test_odd_uploads_are_mistakes(bench: World, name: str, files: tuple) -> None:
    assert send(bench.browser("anna"), name, *files).status_code == 422


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"PK\x03\x04broken", "ä;ö\n1;2".encode("utf-16"), b"agreement: [" * 50])
@pytest.mark.parametrize("file", ["submission.yaml", "meetings.csv", "meldung.xlsx", "meetings.parquet", "x.exe", "a.json"])
def test_hostile_files_are_problems(bench: World, file: str, content: bytes) -> None:
    client = bench.browser("anna")
    answer = send(client, "odd", (file, content))
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        shown = client.get(answer.headers["location"])
        assert shown.status_code == 200 and "Behalten</button>" not in shown.text


def test_no_upload_is_a_path(bench: World) -> None:
    for identity in ("%2e%2e", "..%2f..", "a%00b", "x" * 500):
        assert bench.browser("anna").get(f"/submissions/uploads/{identity}").status_code == 404


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "\\\\evil", "/ok?x=1\r\nset-cookie: a=b"])
def test_no_redirect_leads_elsewhere(bench: World, target: str) -> None:
    client = bench.browser()
    answer = client.post("/login", data={"csrf_token": token(client), "name": "anna", "password": "ein langes Passwort", "next": target})
    assert answer.status_code == 303 and answer.headers["location"] == "/"


@pytest.mark.parametrize("path", ["/runs/0", "/runs/-1", "/runs/1e3", "/runs/99999999999999999999", "/runs/²", "/runs/1/findings/x", "/runs/1/consequences/x",
                                  "/ledger/99999999999", "/ledger/x", "/static/..%2f..%2fapp.py", "/runs/1/findings/%00", "/static/%00"])
def test_odd_addresses_are_not_found(bench: World, path: str) -> None:
    assert bench.browser("anna").get(path).status_code == 404


def test_the_language_is_kept(bench: World) -> None:
    client = bench.browser("anna")
    answer = client.post("/language", data={"csrf_token": token(client, "/"), "language": "en", "back": "/runs?page=1"})
    assert answer.headers["location"] == "/runs?page=1"
    text = client.get("/runs").text
    assert '<html lang="en">' in text and "Runs" in text and "Prüfläufe" not in text


def test_words_are_complete_and_used() -> None:
    """Every word has both languages, and every page asks for words that exist."""
    both = {**WORDS, **PAGE_WORDS, **ACTION_WORDS}
    assert len(both) == len(WORDS) + len(PAGE_WORDS) + len(ACTION_WORDS)
    assert not [key for key, texts in both.items() if len(texts) != 2 or not all(texts)]
    for path in (HERE / "templates").glob("*.html"):
        for key in re.findall(r"\bt\('([a-z0-9-]+)'", path.read_text(encoding="utf-8")):
            assert key in both or key.endswith("-"), (path.name, key)


def test_errors_say_nothing_of_the_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from servanda.workbench.pages import start

    made = world(tmp_path)
    client = made.browser("anna")
    monkeypatch.setattr(start, "runs", lambda workspace: 1 / 0)
    answer = client.get("/?secret=geheim")
    assert answer.status_code == 500 and "ZeroDivision" not in answer.text and "default-src 'none'" in answer.headers["content-security-policy"]
    number = re.search(r"[0-9a-f]{8}", answer.text)[0]
    assert number in caplog.text and "ZeroDivisionError" in caplog.text and "geheim" not in caplog.text


def test_htmx_is_whole_and_named() -> None:
    text = (HERE / "static" / "htmx.min.js").read_text(encoding="utf-8")
    assert 'version:"2.0.11"' in text and (HERE / "static" / "htmx.LICENSE.txt").exists()
    assert {route.method for route in ROUTES} == {"GET", "POST"}


def test_a_changed_ledger_is_told_not_hidden(tmp_path: Path) -> None:
    made = world(tmp_path, facts="benn-mitte")
    client = made.browser("anna")
    assert post(client, "/runs", "/runs/new", as_of="30.09.2021", agreements="benn-mitte").status_code == 303
    assert post(client, "/ledger/verify", "/ledger").headers["location"] == "/ledger"
    assert "Die Kette ist unversehrt: 1 Einträge." in client.get("/ledger").text
    connection = sqlite3.connect(tmp_path / "ledger.sqlite")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("UPDATE entry SET canonical = replace(canonical, 'anna', 'bert')")
    connection.commit()
    connection.close()
    for answer in (post(client, "/ledger/verify", "/login"), client.get("/ledger"), client.get("/ledger/1"), client.get("/runs"), client.get("/")):
        assert answer.status_code in (200, 422) and "ledger.sqlite" in answer.text, answer.text
    assert "Die Kette ist verletzt" in client.get("/ledger").text
