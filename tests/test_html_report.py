"""The HTML report: one self-contained page in which every finding stands, every link leads somewhere and no text of a fact can speak."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conftest import ROOT, RULES
from servanda import check
from servanda.dossier.case import dossiers
from servanda.dossier.overview import overviews
from servanda.problems import Problem
from servanda.report.html.page import html_problems, html_report
from servanda.report.html.views import element_id
from servanda.report.html.words import WORDS
from servanda.report.json_report import json_report
from servanda.report.style import Style
from servanda.report.words import status_word
from servanda.run import Run, only_year
from small_world import mitte, present, rounds

VOID = {"meta", "br", "input", "link", "hr", "img", "col"}
HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; --", "{{ 7*7 }}", "‮abc", "x" * 400, "&lt;b&gt;", "javascript:alert(1)"]


class Page(HTMLParser):
    """The elements of a page, each with its attributes, and the texts; every element must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@lru_cache(maxsize=1)
def sample() -> Run:
    return check(ROOT / "facts", ROOT / "agreements", RULES, "2021-09-30")


@lru_cache(maxsize=2)
def page(lang: str) -> tuple[str, Page]:
    text = html_report(sample(), Style(lang))
    return text, Page(text)


def small(folder: Path) -> Run:
    world = mitte(folder)
    held = rounds(6)
    world.submit(meetings=held, attendance=present(held, state="absent"))
    return check(world.facts, world.agreements, world.rules, "2020-01-31")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_finding_and_consequence_stands_there_once(lang: str) -> None:
    _, parsed = page(lang)
    shown = Counter(attributes["id"] for _, attributes in parsed.elements if (attributes.get("class") or "").startswith("finding "))
    assert shown == Counter(element_id("f-", finding.id) for finding in sample().findings)
    stakes = [f"{one.amount_at_stake:,.2f}" for one in sample().consequences]
    strong = " ".join(parsed.texts["strong"])
    if lang == "de":
        stakes = [one.translate(str.maketrans(",.", ".,")) for one in stakes]
    assert all(one in strong for one in stakes)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_ids_are_unique_and_every_link_leads_somewhere(lang: str) -> None:
    _, parsed = page(lang)
    ids = Counter(attributes["id"] for _, attributes in parsed.elements if attributes.get("id"))
    assert max(ids.values()) == 1
    links = [attributes["href"] for attributes in parsed.of("a")]
    assert links and all(link.startswith("#") and link[1:] in ids for link in links)
    for _, attributes in parsed.elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert all(one in ids for one in (attributes.get(name) or "").split()), attributes


def test_nothing_is_asked_of_the_outside_and_nothing_else_may_run() -> None:
    text, parsed = page("de")
    for tag, attributes in parsed.elements:
        assert not {"src", "srcset", "action", "style", "data", "background"} & set(attributes) or tag == "meta", (tag, attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert not parsed.of("link") and not parsed.of("img") and not parsed.of("iframe") and not re.search(r"url\(|@import", text)
    (policy,) = [one["content"] for one in parsed.of("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    for name, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    outside = set(re.findall(r"https?://[^\"' <]+", text))
    assert outside <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_headings_follow_each_other_and_tables_have_captions(lang: str) -> None:
    _, parsed = page(lang)
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert len(parsed.of("caption")) == len(parsed.of("table")) > 0 and all(one.get("scope") in ("col", "row") for one in parsed.of("th"))
    assert parsed.of("html")[0]["lang"] == lang and len(parsed.of("main")) == 1


def test_a_finding_says_everything_that_its_dossier_holds() -> None:
    text, _ = page("de")
    wanted = [one for one in dossiers(sample()) if one.finding.material]
    assert wanted
    for one in wanted:
        start = text.index(f'id="{element_id("f-", one.finding.id)}" data-status')
        body = re.sub(r"&#3[49];", "'", text[start : text.index("</details>", start)])
        for judgement in one.judgements:
            assert judgement.title.de in body
        assert all(clause.place.de in body and clause.words.de in body for clause in one.clauses)
        assert all(row.record.id in body and f"{row.record.file}:{row.record.row}" in body for row in one.rows)
        assert all(assumption.reason.de in body for assumption in one.assumptions)
        assert all(f'href="#{element_id("f-", c.finding.id)}"' in body for c in one.circumstances if c.finding)


def test_the_sums_of_the_first_page_are_those_of_the_run() -> None:
    text, _ = page("de")
    counts = sample().summary()
    tallies = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd></div>", text)
    assert dict(tallies)["Abweichungen"] == str(counts["deviation"]) and dict(tallies)["möglicherweise wesentlich"] == str(counts["material"])
    rows = re.findall(r'<tr><th scope="row"><a href="#a-[^>]+><bdi>[^<]+</bdi></a></th><td class="number">(\d+)</td><td class="number">(\d+)</td>', text)
    assert sum(int(one) for one, _ in rows) == counts["deviation"] and sum(int(one) for _, one in rows) == counts["material"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_texts_of_facts_are_only_texts(hostile: str, tmp_path: Path) -> None:
    name = hostile if hostile.isprintable() else "x"
    world = mitte(tmp_path, {"id": "s-1", "name": name, "kind": "benn_team", "from": "2017-09-01"}, district=name)
    release = {"id": "p-1", "date": "2019-03-01", "title": hostile, "concerns_district": True, "agreed_on": "2019-04-01"}
    world.submit(press_releases=[release], meetings=rounds(2))
    run = check(world.facts, world.agreements, world.rules, "2020-01-31")
    parsed = Page(html_report(run, Style("de")))
    plain = Page(html_report(small(tmp_path / "plain"), Style("de")))
    also = {"dd", "dt", "bdi", "h4", "a", "td", "li", "ul", "polygon", "path", "circle"}
    assert {tag for tag, _ in parsed.elements} <= {tag for tag, _ in plain.elements} | also
    assert len(parsed.of("script")) == 1 and not any(name.startswith("on") for _, attributes in parsed.elements for name in attributes)
    assert any(hostile[:300] in text for texts in parsed.texts.values() for text in texts)


def test_a_checkpoint_of_the_ledger_is_printed(tmp_path: Path) -> None:
    run = small(tmp_path)
    assert "Prüfpunkt 7:" + "ab" * 32 in html_report(run, Style("de", checkpoint=(7, "ab" * 32)))
    assert "Journal" not in html_report(run, Style("de"))


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = []
    for name in ("a", "b"):
        small(tmp_path / name)
        monkeypatch.chdir(tmp_path / name)
        pages.append(html_report(check("facts", "agreements", RULES, "2020-01-31"), Style("de")))
    assert pages[0] == pages[1]


def test_problems_are_a_page_of_their_own() -> None:
    found = [Problem("invalid-date", "a/<b>.csv", 7, "date", "<i>31.02.2019</i>"), Problem("invalid-date", "m.xlsx", 3, "date", "x", "Blatt", "B3")]
    text = html_problems(found, Style("de"))
    parsed = Page(text)
    assert "<i>" not in text and "<b>" not in text and "Blatt · B3 · date" in text and len(parsed.of("tr")) == 3


def test_every_word_is_used_and_none_is_missing() -> None:
    folder = ROOT / "engine" / "servanda"
    source = "\n".join(path.read_text(encoding="utf-8") for place in (folder / "report" / "html", folder / "workbench") for path in sorted(place.rglob("*.*"))
                       if path.suffix in (".py", ".j2"))
    for name, (german, english) in WORDS.items():
        assert german and english and re.search(rf"""\b(?:t|said|word)\(["']{name}["']""", source), name


def test_the_receipt_names_what_the_result_rests_on_and_how_to_repeat_it() -> None:
    text, _ = page("de")
    result = hashlib.sha256(json_report(sample(), Style("de")).encode()).hexdigest()
    assert result in text and "servanda check … --as-of 2021-09-30 --lang de --format json" in text
    hashes = [one.sha256 for part in sample().packs for one in (part.pack, *part.agreements)] + [one.sha256 for one in sample().submissions]
    assert all(one and one in text for one in hashes)


def test_a_selection_is_said_to_be_one(tmp_path: Path) -> None:
    text = html_report(replace(small(tmp_path), selection=(("text", "<b>x</b>"),)), Style("de"))
    assert "Auswahl: Text: &lt;b&gt;x&lt;/b&gt;" in text and "Wiederholen mit" not in text


@pytest.mark.parametrize("year", [2017, 2019, 2021])
def test_links_lead_somewhere_in_a_report_of_one_year(year: int) -> None:
    parsed = Page(html_report(only_year(sample(), year), Style("en")))
    ids = {attributes.get("id") for _, attributes in parsed.elements}
    assert all(attributes["href"][1:] in ids for attributes in parsed.of("a"))


def test_the_first_page_names_who_deviates_most_at_stake_first() -> None:
    text, _ = page("de")
    says = text[text.index('<ul class="says">') :]
    says = says[: says.index("</ul>")]
    first, *_ = says.split("</li>")
    named = [one.agreement.title for one in overviews(sample()) if sum(year.material for year in one.years)]
    assert re.findall(r"<bdi>([^<]+)</bdi>", first) == named and str(sample().summary()["material"]) in first
    stake = sum(one.at_stake for one in overviews(sample()) if one.consequences)
    assert f"{stake:,.2f}".translate(str.maketrans(",.", ".,")) in says and "Obergrenze" in says
    assert f"Feststellung): {sample().summary()['undetermined']}" in says


def test_marks_of_duties_by_clause_stand_under_their_period_in_the_order_of_the_sites() -> None:
    _, parsed = page("de")
    labels = {attributes["href"][1:]: attributes["aria-label"] for attributes in parsed.of("a") if (attributes.get("class") or "").startswith("mark ")}
    assert set(labels) == {element_id("f-", finding.id) for finding in sample().findings}
    for finding in sample().findings:
        label = labels[element_id("f-", finding.id)]
        assert label.startswith(status_word(finding.status, "de")) and label.endswith("Laufzeit" if finding.label == "term" else finding.label)
        assert ("wesentlich" in label) == finding.material
