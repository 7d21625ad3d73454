"""The HTML report in a real browser: what axe says, that nothing is fetched, how it reads on a phone, on paper and without JavaScript."""

from __future__ import annotations

import io
import re
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from browsers import axe
from conftest import ROOT, RULES
from servanda import check
from servanda.report.html.page import html_problems, html_report
from servanda.report.html.views import element_id
from servanda.report.style import Style
from servanda.run import Run

sys.path.insert(0, str(ROOT / "bench"))
LARGEST = 8_000_000  # bytes of a report over 6 000 findings


@lru_cache(maxsize=1)
def run() -> Run:
    """A district with deviations, consequences and unknown things."""
    return check(ROOT / "facts" / "benn" / "benn-pankow", ROOT / "agreements", RULES, "2021-09-30")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html_report(run(), Style("de", checkpoint=(7, "ab" * 32))), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize(("scheme", "media", "width"), [("light", "screen", 1280), ("dark", "screen", 1280), ("light", "screen", 360), ("light", "print", 800)])
def test_axe_finds_nothing(chrome, address: str, scheme: str, media: str, width: int) -> None:
    page = chrome.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address)
    page.emulate_media(media=media, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('main > section > details, details.finding').forEach((one) => { one.open = true; })")
    assert axe(page) == []
    page.close()


def test_axe_finds_nothing_where_nothing_was_evaluated(chrome, tmp_path: Path) -> None:
    from servanda.problems import Problem

    path = tmp_path / "problems.html"
    path.write_text(html_problems([Problem("invalid-date", "m.xlsx", 3, "date", "x", "Blatt", "B3")], Style("en")), encoding="utf-8")
    page = chrome.new_page()
    page.goto(path.as_uri())
    assert axe(page) == []
    page.close()


def test_nothing_is_fetched_and_nothing_is_refused(chrome, address: str) -> None:
    page = chrome.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.locator("#by-text").fill("x")
    assert asked == [address] and said == []
    page.close()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_screen(chrome, address: str, width: int) -> None:
    page = chrome.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def _shows(page, count: int) -> None:
    """The line below the filter says so, in time. The page's policy lets Playwright evaluate no text of its own, so it is asked of the element."""
    from playwright.sync_api import expect

    expect(page.locator("#shown")).to_have_text(re.compile(rf"^{count} von "))


def test_findings_are_chosen_by_keyboard(chrome, address: str) -> None:
    page = chrome.new_page()
    page.goto(address)
    page.locator("#by-status").focus()
    page.keyboard.type("Abw")
    deviations = sum(finding.status == "deviation" for finding in run().findings)
    _shows(page, deviations)
    assert page.locator(".finding:visible").count() == deviations > 0
    page.locator("#by-year").focus()
    page.keyboard.type("2020")
    of_the_year = sum(finding.status == "deviation" and finding.label == "2020" for finding in run().findings)
    _shows(page, of_the_year)
    page.locator("button[type=reset]").press("Enter")
    _shows(page, len(run().findings))
    page.locator("#by-clause").select_option("4.district.4")
    of_the_clause = sum("4.district.4" in finding.clauses for finding in run().findings)
    _shows(page, of_the_clause)
    page.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_link_to_a_finding_opens_it(chrome, address: str, script: bool) -> None:
    kept = next(finding for finding in run().findings if finding.status == "fulfilled")
    context = chrome.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{address}#{element_id('f-', kept.id)}")
    assert page.locator(f'[id="{element_id("f-", kept.id)}"]').is_visible()
    context.close()


def test_without_javascript_all_is_there_and_no_filter_that_does_nothing(chrome, address: str) -> None:
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.locator("#filter").is_visible()
    first = page.locator("details.finding").first
    first.locator("summary").press("Enter")
    assert first.locator(".body").is_visible()
    context.close()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_the_overview_has_a_page_of_its_own_and_what_is_folded_is_printed(chrome, address: str, script: bool, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    path = tmp_path / "report.html"
    facts = [ROOT / "facts" / "benn" / name for name in ("benn-friedrichshain-kreuzberg",)]
    path.write_text(html_report(check(facts, ROOT / "agreements", RULES, "2021-09-30"), Style("de")), encoding="utf-8")
    context = chrome.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(path.as_uri())
    first = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, page_ranges="1-2")))
    texts = [sheet.extract_text() for sheet in first.pages]
    assert "Friedrichshain" in texts[0] and "Überblick" in texts[0] and "Vorbehaltene Folgen" in texts[1] and "Überblick" not in texts[1]
    page.goto(address)
    whole = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages)
    evidence = next(finding.evidence[0] for finding in run().findings if finding.status == "deviation" and finding.evidence)
    assert f"{evidence.file}:{evidence.row}" in "".join(whole.split()) and "Feststellungen auswählen" not in whole
    context.close()


def test_six_thousand_findings_stay_small() -> None:
    from tempfile import TemporaryDirectory

    from many_findings import multiplied

    with TemporaryDirectory() as folder:
        multiplied(Path(folder), 2)
        many = check(Path(folder, "facts"), Path(folder, "agreements"), RULES, "2021-09-30")
    assert len(many.findings) > 6_000 and len({finding.id for finding in many.findings}) == len(many.findings)
    assert len(html_report(many, Style("de")).encode()) < LARGEST
