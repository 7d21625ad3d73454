"""`servanda handbook`: everything of a pack in words, in one language, as Markdown and as one page that needs nothing else."""

from __future__ import annotations

import html.parser
import re
from pathlib import Path

import cmarkgfm
import pytest

from browsers import CHROMIUM, axe, needs_chromium
from conftest import RULES
from servanda.cli import _run
from servanda.handbook.contents import Handbook, handbook_of
from servanda.handbook.kind_words import SAID
from servanda.handbook.render import handbook_html, handbook_markdown
from servanda.kinds import BY_NAME
from servanda.pack import read_pack, read_packs
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from test_language import ENGLISH, GERMAN

PACKS = read_packs(RULES, BY_NAME, Problems())
BOOKS = [pytest.param(pack, lang, id=f"{pack.id}-{lang}") for pack in PACKS.values() for lang in ("de", "en")]


class Page(html.parser.HTMLParser):
    """The text, ids, links and headings of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.ids, self.links, self.tags = "", [], [], []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [(name, found[name]) for name in ("href", "src", "srcset", "action") if name in found]

    def handle_data(self, data: str) -> None:
        self.text += data


def said(book: Handbook) -> list[str]:
    """Everything that a handbook must say."""
    norms = [norm for passage in book.passages for norm in passage.norms]
    found = [book.title, *(words for _, words in book.parties)]
    found += [text for one in book.parameters for text in (one.name, one.unit, one.reason) if text]
    found += [text for one in book.passages for text in (one.anchor, one.place, one.words, one.nothing_checked, one.unmeasured, *one.phrases) if text]
    found += [text for one in norms for text in (one.id, one.title, one.rule, one.assumption, *(word for row in one.rows for word in row)) if text]
    found += [text for one in book.tables for text in (one.name, one.label, one.holders)]
    found += [text for table in book.tables for one in table.columns for text in (one.name, one.label, one.holds, one.needed, one.notes) if text]
    signs = (*book.judgements, *book.consequences)
    return found + [text for one in signs for text in (one.id, one.title, one.reason, one.assumption, *(word for row in one.rows for word in row)) if text]


@pytest.mark.parametrize(("pack", "lang"), BOOKS)
def test_every_definition_is_told_once(pack: Pack, lang: str) -> None:
    book = handbook_of(pack, lang)
    norms = [norm.id for passage in book.passages for norm in passage.norms]
    assert sorted(norms) == sorted(one.id for one in pack.obligations)
    assert [one.anchor for one in book.passages] == [one.anchor for one in pack.clauses]
    assert [one.name for one in book.parameters] == list(pack.head.parameters)
    assert {one.name: [c.name for c in one.columns] for one in book.tables} == {name: list(one.fields) for name, one in pack.vocabulary.items()}
    assert [one.id for one in book.judgements] == [one.id for one in pack.judgements]
    assert [one.id for one in book.consequences] == [one.id for one in pack.consequences]
    for norm in (norm for passage in book.passages for norm in passage.norms):
        assert len(norm.rows) == 6 and all(what and words for what, words in norm.rows), norm.id
        assert not re.search(r"\{|\}|None|Figure|Condition|Decimal", " ".join(words for _, words in norm.rows)), norm


@pytest.mark.parametrize(("pack", "lang"), BOOKS)
def test_html_says_all_of_it_and_needs_nothing_else(pack: Pack, lang: str) -> None:
    book = handbook_of(pack, lang)
    text = handbook_html(book)
    page = Page(text)
    plain = " ".join(page.text.split())
    assert not [one for one in said(book) if " ".join(one.split()) not in plain]
    assert len(set(page.ids)) == len(page.ids)
    assert all(name == "href" and link.startswith("#") and link[1:] in page.ids for name, link in page.links), page.links
    assert "script" not in page.tags and "@import" not in text and "url(" not in text
    assert text == handbook_html(handbook_of(pack, lang))


@pytest.mark.parametrize(("pack", "lang"), BOOKS)
def test_markdown_says_all_of_it(pack: Pack, lang: str) -> None:
    book = handbook_of(pack, lang)
    page = Page(cmarkgfm.github_flavored_markdown_to_html(handbook_markdown(book)))
    plain = " ".join(page.text.replace("\u200b", "").split())
    assert not [one for one in said(book) if " ".join(one.split()) not in plain]
    assert page.tags.count("h4") == len(pack.obligations) and page.tags.count("table") == len(pack.vocabulary) + bool(pack.head.parameters)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_it_is_of_one_language(lang: str) -> None:
    """Our own words: those of the pack are its own."""
    book = handbook_of(PACKS["benn"], lang)
    ours = " ".join(words for passage in book.passages for norm in passage.norms for row in norm.rows for words in row)
    assert not (ENGLISH if lang == "de" else GERMAN).search(ours)


def test_every_kind_has_words() -> None:
    assert set(SAID) == set(BY_NAME)


def test_what_an_official_reads() -> None:
    """By hand, from the rules: bounds, dated figures, a deadline, roles, and what "ca." allows."""
    norms = {norm.id: dict(norm.rows) for passage in handbook_of(PACKS["benn"], "en").passages for norm in passage.norms}
    assert norms["steering-rounds-held"]["How much"] == "at least 6, at most 12"
    assert norms["steering-rounds-held"]["Measured"] == "Counted are: Meetings (Body: Steering round; Status: held)"
    assert any('"ca.": 1 more or less is tolerated' in rows["How much"] for rows in norms.values())
    assert norms["district-coordinator"]["How much"] == "at most 30 vacant days"
    german = {norm.id: dict(norm.rows) for passage in handbook_of(PACKS["benn"], "de").passages for norm in passage.norms}
    assert german["steering-rounds-held"]["Wofür"] == "für jeden Standort, in jedem Kalenderjahr"
    assert german["district-coordinator"]["Bis wann"] == "durchgehend"


HOSTILE = "<script>alert(1)</script> | [x](y) `z` & \"q\" # *a*"


def test_a_pack_cannot_write_markup(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(RULES / "benn", tmp_path / "benn")
    file = tmp_path / "benn" / "clauses.yaml"
    text = file.read_text(encoding="utf-8")
    old = re.search(r"words: \{de: .*", text)[0] if re.search(r"words: \{de: .*", text) else re.search(r"(?m)^  words:\n    de: .*", text)[0]
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    new = f'words: {{de: "{quoted}", en: "{quoted}"}}' if old.startswith("words: {") else old.split("de:")[0] + f'de: "{quoted}"'
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = Problems()
    pack = read_pack(tmp_path / "benn", BY_NAME, problems)
    assert not problems, problems.sorted()
    book = handbook_of(pack, "de")
    for page in (Page(handbook_html(book)), Page(cmarkgfm.github_flavored_markdown_to_html(handbook_markdown(book)))):
        assert "script" not in page.tags and HOSTILE in " ".join(page.text.replace("\u200b", "").split())


def test_the_command_writes_by_the_name(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    for name, start in (("a.html", "<!DOCTYPE html>"), ("a.md", "# Handbook: "), ("b.markdown", "# Handbook: ")):
        assert _run(["handbook", "benn", "--rules", str(RULES), "--lang", "en", "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    capsys.readouterr()
    assert _run(["handbook", "benn", "--rules", str(RULES)]) == 0
    assert capsys.readouterr().out.startswith("# Handbuch: ")
    assert _run(["handbook", "benn", "--rules", str(RULES), "--format", "html", "-o", str(tmp_path / "c.txt")]) == 0
    assert (tmp_path / "c.txt").read_text(encoding="utf-8").startswith("<!DOCTYPE")


@pytest.mark.parametrize(("arguments", "meant"), [
    (["ben"], "benn"), (["benn", "--out", "a.docx"], "--format"),
    (["benn", "--out", "/nowhere/a.md"], "/nowhere/a.md"), (["benn", "--rules", "/nowhere"], "/nowhere"),
])
def test_wrong_usage(arguments: list[str], meant: str, capsys: pytest.CaptureFixture) -> None:
    assert _run(["handbook", *(arguments if "--rules" in arguments else [*arguments, "--rules", str(RULES)]), "--lang", "en"]) == 2
    captured = capsys.readouterr()
    assert not captured.out and meant in captured.err and "Traceback" not in captured.err


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, tmp_path: Path) -> None:
    needs_chromium()
    from playwright.sync_api import sync_playwright

    (small,) = read_packs(RULES.parent / "tests" / "bad" / "worlds" / "mini" / "rules", BY_NAME, Problems()).values()
    files = [tmp_path / "small.html", tmp_path / "large.html"]
    for file, pack in zip(files, (small, PACKS["benn"]), strict=True):
        file.write_text(handbook_html(handbook_of(pack, "de")), encoding="utf-8")
    asked: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 800}, bypass_csp=True)
        page.on("request", lambda request: asked.append(request.url))
        for file in files:
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            if file == files[0]:
                assert axe(page) == []
        browser.close()
    assert asked == [file.as_uri() for file in files]
