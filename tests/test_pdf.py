"""PDF: tagged, titled, in its language and in reading order, read by poppler, pypdf and a PDF/UA checker; nothing fetched, the same bytes."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pypdf
import pytest
from pdfua import validate

from conftest import ROOT
from report_worlds import HOSTILE, hostile_problems
from servanda import check
from servanda.cli import _run
from servanda.problems import InvalidInput
from servanda.report.charts.look import CHARTS_CSS
from servanda.report.pdf import pdf_problems, pdf_report, printed
from servanda.report.style import Style
from test_charts import charts

TABLE = '<table><tr><th scope="col">Klausel</th><th scope="col">Betrag</th></tr><tr><th scope="row">3.1</th><td>12.500,50 €</td></tr></table>'


def page(body: str, lang: str = "de", title: str = "Bericht über Straßen") -> str:
    head = f'<meta charset="utf-8"><title>{title}</title><style>{CHARTS_CSS}</style>'
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body><main><h1>{title}</h1>{body}</main></body></html>'


def of_charts(lang: str = "de") -> str:
    return page("".join(f"<h2>{name}</h2>{chart}" for name, chart in charts(lang).items()) + TABLE, lang)


@pytest.fixture(scope="module")
def document() -> bytes:
    return printed(of_charts())


def text_of(content: bytes) -> str:
    return "\n".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages)


def elements(content: bytes) -> list[dict]:
    """The structure tree in reading order."""
    found: list[dict] = []

    def walk(node) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            found.append(node)
            if "/K" in node:
                walk(node["/K"])

    walk(pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"])
    return found


def test_it_is_tagged_titled_and_in_its_language(document: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(document))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"] and root["/Lang"] == "de"
    assert reader.metadata.title == "Bericht über Straßen" and b"pdfuaid" in root["/Metadata"].get_data()
    assert "/CreationDate" not in reader.metadata and "/ModDate" not in reader.metadata
    assert pypdf.PdfReader(io.BytesIO(printed(page("<p>x</p>", "en")))).trailer["/Root"]["/Lang"] == "en"


def test_a_checker_of_pdf_ua_finds_nothing(document: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(document)
    assert [str(issue) for issue in validate(path).findings] == []


def test_pictures_have_their_whole_alternative_and_tables_their_headers(document: bytes) -> None:
    tree = elements(document)
    alternatives = [element.get("/Alt") for element in tree if element.get("/S") == "/Figure"]
    assert all(alternatives) and any("Mehr ausgegeben als bewilligt: vom 03.05.2018" in text for text in alternatives)
    headers = [element["/A"].get("/Scope") for element in tree if element.get("/S") == "/TH"]
    assert set(headers) == {"/Column", "/Row"}
    assert all(element["/A"].get("/Headers") for element in tree if element.get("/S") == "/TD")


def test_text_is_in_reading_order(document: bytes) -> None:
    text = re.sub(r"\s+", " ", text_of(document))
    wanted = ["Bericht über Straßen", "matrix", "Pflichten nach Standort und Jahr", "timeline", "curve", "12.500,50 €"]
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_poppler_reads_it(document: bytes) -> None:
    said = subprocess.run(["pdfinfo", "-"], input=document, capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged:\s+yes", said) and re.search(r"JavaScript:\s+no", said) and "A4" in said
    assert "deckt keine andere" in subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True).stdout.decode()


def test_a_closed_table_is_printed_open() -> None:
    assert "darin" in text_of(printed(page("<details><summary>Zahlen</summary><p>darin</p></details>")))


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    secret = tmp_path / "secret.txt"
    secret.write_text("GEHEIM")
    places = ("https://example.org/a.png", f"file://{secret}", str(secret), "//example.org/x.png")
    body = "".join(f'<img alt="Bild" src="{place}"><link rel="stylesheet" href="{place}"><link rel="attachment" href="{place}">' for place in places)
    content = printed(page(body + '<style>@import "https://example.org/a.css"; p { background: url(https://example.org/b.png) }</style><p>Text</p>'))
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert "Text" in text_of(content) and not reader.attachments and "GEHEIM" not in text_of(content)


def test_the_same_page_gives_the_same_bytes() -> None:
    script = "import sys; from test_pdf import of_charts; from servanda.report.pdf import printed; sys.stdout.buffer.write(printed(of_charts()))"
    found = []
    for seed, zone in (("1", "Pacific/Apia"), ("2", "UTC")):
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'engine'}{os.pathsep}{ROOT / 'tests'}", "PYTHONHASHSEED": seed, "TZ": zone}
        found.append(subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True).stdout)
    assert found[0] == found[1] and found[0].startswith(b"%PDF-1.7")


@pytest.fixture
def html(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page in place of the real one, with the attribute by which findings are told apart."""
    from html import escape

    from servanda.problem_texts import message

    def html_report(run, style: Style, checkpoint: object = None, brief: bool = False) -> str:
        items = "".join(f'<li data-status="{one.status}">{escape(one.id)}</li>' for one in run.findings[:400])
        return page(f"<ul>{items}</ul>", style.lang)

    def html_problems(problems, style: Style) -> str:
        return page("".join(f"<p>{escape(message(problem, style.lang))}</p>" for problem in problems), style.lang)

    module = types.ModuleType("servanda.report.html.page")
    module.html_report, module.html_problems = html_report, html_problems
    monkeypatch.setitem(sys.modules, "servanda.report.html", types.ModuleType("servanda.report.html"))
    monkeypatch.setitem(sys.modules, "servanda.report.html.page", module)


def test_what_is_kept_is_counted_and_what_is_not_is_told() -> None:
    run = check(ROOT / "facts" / "benn" / "benn-mitte", ROOT / "agreements", ROOT / "rules", "2021-09-30", year=2021)
    text = re.sub(r"\s+", "", text_of(pdf_report(run, Style("de"))))
    shown = [finding for finding in run.findings if finding.status not in ("fulfilled", "not_applicable")]
    assert f"von{len(run.findings)}Feststellungendie{len(shown)}," in text and "weiterePflichtensinderfüllt" in text
    for finding in shown:
        assert run.obligation(finding).title.de.replace(" ", "") in text


@pytest.mark.parametrize("text", HOSTILE[:4])
def test_problems_are_only_text(html: None, text: str) -> None:
    content = pdf_problems(hostile_problems(text), Style("en"))
    assert not [element for element in elements(content) if element.get("/S") in ("/Figure", "/Link")] and "date" in text_of(content)


def test_a_missing_weasyprint_is_a_problem_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(InvalidInput) as raised:
        printed(page(""))
    (problem,) = raised.value.problems
    assert problem.code == "missing-extra" and "weasyprint" in problem.found


@pytest.mark.parametrize("command", [["check", "facts", "--as-of", "2021-09-30"], ["validate", "facts"], ["check", "no-such-folder"], ["demo"]])
def test_the_command_line_says_how_to_install_it(
    command: list[str], html: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.chdir(ROOT)
    output = [] if command == ["demo"] else ["--output", str(tmp_path / "report.pdf")]
    assert _run([*command, "--format", "pdf", *output]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert ("pip install 'servanda[pdf]'" in said or command[1:] == ["no-such-folder"]) and "Traceback" not in said
    assert not list(tmp_path.iterdir())
