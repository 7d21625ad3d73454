"""The Markdown report: rendered by markdown-it and by GitHub's own parser, in which no hostile text becomes markup, and bounded."""

from __future__ import annotations

import dataclasses
import html
import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from report_worlds import HOSTILE, changed, hostile_problems, hostile_run, sample
from servanda.report.markdown import MARKER, markdown_problems, markdown_report
from servanda.report.markdown_text import markdown_text
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from small_world import mitte, rounds

PLAIN = {"paragraph", "heading", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "strong"}
INLINE = {"inline", "text", "text_special", "softbreak", "hardbreak"}


def renderer() -> MarkdownIt:
    """GitHub's dialect as far as the library goes: tables, strike-through, bare addresses."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False})


def tokens(text: str) -> list:
    flat = []
    for token in renderer().parse(text):
        flat.append(token)
        flat += token.children or []
    return flat


def assert_plain(text: str) -> list:
    """Nothing but headings, paragraphs, lists, tables and bold; the marker is the only HTML."""
    found = tokens(text)
    assert [token.content.strip() for token in found if token.type.startswith("html")] == [MARKER]
    kinds = {token.type for token in found} - {"html_block"} - INLINE
    assert kinds <= {f"{name}_{end}" for name in PLAIN for end in ("open", "close")}, kinds
    return found


def shape(text: str) -> list[str]:
    return [token.type for token in tokens(text) if token.type not in INLINE]


def test_the_sample_is_what_it_says() -> None:
    run, data = sample()
    counts = data["summary"]
    text = markdown_report(run, Style())
    assert text == markdown_report(run, Style())
    assert text.splitlines()[0] == MARKER
    head = text.splitlines()[1]
    assert head.startswith(f"## ⚑ {counts['deviation']} Abweichungen, davon {counts['material']} möglicherweise wesentlich")
    assert f"{counts['undetermined']} nicht feststellbar" in head
    assert f"= {counts['duties']} Pflichten" in text
    rendered = renderer().render(text)
    assert rendered.count("<tr>") - 2 == len({f["agreement"] for f in data["findings"]}) + counts["consequences"]
    late = [finding for finding in data["findings"] if finding["at_risk"]]
    assert late and f"### Im Rückstand ({len(late)})" in text
    assert text.count("\n- **") == counts["deviation"] + counts["unmet"] + len(late)
    assert "ein Mensch entscheidet" in text and "weitere, hier gekürzt" not in text
    for consequence in data["consequences"]:
        amount = f"{float(consequence['amount_at_stake']):,.2f}".translate(str.maketrans(",.", ".,"))
        assert f"{amount} €" in text
    assert_plain(text)
    assert "possibly material" in markdown_report(run, Style("en")) and "wesentlich" not in markdown_report(run, Style("en")).split("###")[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_change_no_structure(text: str) -> None:
    honest = changed(lambda word: "x")
    run = hostile_run(text)
    assert_plain(markdown_report(run, Style()))
    if len(text) < 100:  # a long text may leave entries out
        assert shape(markdown_report(run, Style())) == shape(markdown_report(honest, Style()))
    assert_plain(markdown_problems(hostile_problems(text), Style()))
    assert shape(markdown_problems(hostile_problems(text), Style())) == shape(markdown_problems(hostile_problems("x"), Style()))


MARKUP = {"link_open", "image", "html_inline", "html_block", "code_inline", "fence", "code_block", "em_open", "s_open", "heading_open", "hr", "blockquote_open"}
SIGNS = st.text(st.sampled_from("\\`*_{}[]()<>#+-.!|~&:@\"'$^=/ \t\n0123abcdefghwxw;,?%"), max_size=30) | st.text(st.characters(), max_size=30)


@given(SIGNS)
@settings(max_examples=500, deadline=None)
def test_any_text_shows_as_it_was_written_and_is_nothing_else(text: str) -> None:
    written = markdown_text(text)
    for before, after in (("", ""), ("- ", ""), ("- **a ", "**: b"), ("| a |\n|---|\n| ", " |"), ("- a\\\n  ", "\\\n  b")):
        assert not MARKUP & {token.type for token in tokens(f"{before}{written}{after}")}
    rendered = html.unescape(re.sub(r"</?p>|\n", "", renderer().render(f"x {written}"))).removeprefix("x")
    shown = " ".join(safe_text(text).split()).encode("utf-8", "replace").decode()
    assert rendered.replace("\u200b", "").strip() == shown.replace("\u200b", "").strip()


def tags(text: str) -> set[str]:
    """The elements that GitHub's own parser makes, with its extensions and nothing filtered."""
    return set(re.findall(r"<([\w!]+)", cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)))


@given(SIGNS)
@settings(max_examples=500, deadline=None)
def test_github_s_parser_makes_nothing_of_any_text(text: str) -> None:
    written = markdown_text(text)
    assert tags(f"- **a {written} · b**: {written}\\\n  {written}.\n") == {"ul", "li", "strong", "br"}
    rendered = cmarkgfm.github_flavored_markdown_to_html(f"| a | b |\n|---|---|\n| {written} | x |\n", Options.CMARK_OPT_UNSAFE)
    assert rendered.count("<td>") == 2 and set(re.findall(r"<(\w+)", rendered)) == {"table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("text", HOSTILE)
def test_github_s_parser_makes_a_plain_report(text: str) -> None:
    for report in (markdown_report(hostile_run(text), Style()), markdown_problems(hostile_problems(text), Style())):
        assert tags(report.removeprefix(MARKER)) <= {"h2", "h3", "p", "ul", "li", "strong", "br", "table", "thead", "tbody", "tr", "th", "td"}


@given(SIGNS | st.text(st.sampled_from("01ae "), max_size=30))
@settings(max_examples=800, deadline=None)
@example("0000000a")
@example("deadbeef" * 5)
def test_no_reference_or_mention_is_left(text: str) -> None:
    """What GitHub and GitLab look for in the rendered text (mentions, references, emoji, addresses) is parted."""
    rendered = html.unescape(markdown_text(text))
    for pattern in (r"[@#$^~]\w", r"[!%&*]\w", r"://", r"www\.", r"(?i)\bG[HL]-\d", r":[a-zA-Z+_-]\w*:", r"\[\[", r"\b(?=\d*[a-f])[0-9a-f]{7,40}\b"):
        assert not re.search(pattern, rendered), pattern


@given(st.sampled_from(["https://", "http://", "www.", "ftp://", "mailto:"]), st.text(st.sampled_from("abc./@:-"), min_size=1, max_size=12))
@settings(max_examples=120, deadline=None)
def test_bare_addresses_are_no_links(start: str, rest: str) -> None:
    """A linkifier that follows schemes and `www.`, as GitHub's does."""
    strict = MarkdownIt("gfm-like", {"linkify": True})
    strict.linkify.set({"fuzzy_link": False, "fuzzy_email": True})
    assert "<a " not in strict.render(f"x {markdown_text(start + rest)} y")


def test_a_comment_on_github_holds_it() -> None:
    run, _ = sample()
    part = run.packs[0]
    many = tuple(dataclasses.replace(f, status="deviation", at_risk=False, material=n % 3 == 0) for n, f in enumerate(part.findings))
    packs = (dataclasses.replace(part, findings=many, consequences=part.consequences * 300),)
    big = dataclasses.replace(run, packs=packs, problems=hostile_problems("|" * 250) * 400)
    for lang in ("de", "en"):
        text = markdown_report(big, Style(lang))
        assert len(text.encode("utf-8")) <= 65_000
        assert_plain(text)
        assert text.count("hier gekürzt" if lang == "de" else "left out here") == 4  # problems, both sorts of deviations, consequences
    left = sum(int(number) for number in re.findall(r"- … (\d+) weitere", markdown_report(big, Style())))
    assert left + markdown_report(big, Style()).count("\n- **") == len(many)
    problems = markdown_problems(hostile_problems("`" * 250) * 5000, Style())
    assert len(problems.encode("utf-8")) <= 65_000 and "weitere, hier gekürzt" in problems
    assert_plain(problems)


def test_what_is_unknown_never_reads_as_kept() -> None:
    run, _ = sample()
    part = run.packs[0]

    def headline(**kept: str) -> str:
        findings = tuple(f for f in part.findings if f.status in kept.values())
        return markdown_report(dataclasses.replace(run, packs=(dataclasses.replace(part, findings=findings, consequences=()),)), Style()).splitlines()[1]

    assert headline(a="fulfilled").startswith("## ✓ nichts weicht ab")
    assert headline(a="fulfilled", b="undetermined").startswith("## ? 33 nicht feststellbar")
    assert headline(a="fulfilled", b="pending").startswith("## … nichts weicht ab · 160 noch offen")
    assert headline(a="fulfilled", b="unmet").startswith("## ○ ")


def test_problems_are_a_table(tmp_path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[{**rounds(1)[0], "date": "31.02.2019"}])
    outcome = world.run("check", str(world.facts), *world.base(), "--format", "markdown")
    assert outcome.status == 2
    row = renderer().render(outcome.out).split("<tbody>")[1]
    assert "meetings.csv" in row and "2 · date" in row and "31.02.2019" in row and "ein Datum wie 2019-03-31" in row
    assert "nicht geprüft" in outcome.out
    sound = world.run("validate", str(world.submit(meetings=rounds(6))), "--agreements", str(world.agreements), "--format", "markdown")
    assert sound.status == 0 and "Kein Problem" in sound.out and "Bewertet wurde nichts" in sound.out
