"""What a report must not become, whatever text stands in it: checked by readers of the formats, not by the program."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import cmarkgfm
from cmarkgfm.cmark import Options

from report_worlds import hostile_problems, hostile_run
from servanda.report.formats import problems_in, report_in
from servanda.report.style import Style

EVERY = 251  # one of so many findings: a report must be quick to make


def report(name: str, text: str) -> tuple[str, str]:
    """A report of a run, and one of problems, with this text."""
    return made(name, "x") if text == "x" else _made(name, text)


def _made(name: str, text: str) -> tuple[str, str]:
    run = hostile_run(text, EVERY)
    if name == "html":  # whose charts take long
        part = min(run.packs, key=lambda one: len(one.agreements))
        run = dataclasses.replace(run, packs=(part,))
    return report_in(name, run, Style("en")), problems_in(name, hostile_problems(text), Style("en"))


made = cache(_made)


def check(name: str, found: tuple[str, str], plain: tuple[str, str]) -> None:
    """Each of two reports has the structure of the one with a plain text in its place."""
    for one, other in zip(found, plain, strict=True):
        FORMATS[name](one, other)


class _Elements(HTMLParser):
    """The elements of a page, each with the names of its attributes, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple] = []
        self.leads: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))
        self.leads |= {(value or "").strip().lower()[:1] for name, value in attrs if name in ("href", "src", "action", "formaction", "data", "xlink:href")}


def html(text: str, plain: str) -> None:
    """The same elements with the same attributes; every link stays on the page."""
    one, other = _Elements(), _Elements()
    one.feed(text)
    other.feed(plain)
    assert Counter(one.found) == Counter(other.found), Counter(one.found) - Counter(other.found)
    assert one.leads <= other.leads, one.leads


def json_like(text: str, plain: str) -> None:
    """JSON that loads, with the same names in the same places."""
    assert shape(json.loads(text)) == shape(json.loads(plain))


def shape(value: object) -> object:
    """The names and lengths of a value; what is text is only text."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value).__name__


def sarif(text: str, plain: str) -> None:
    """JSON that loads, with as many results."""
    one, other = json.loads(text), json.loads(plain)
    assert [len(run["results"]) for run in one["runs"]] == [len(run["results"]) for run in other["runs"]]
    assert one["runs"][0]["tool"] == other["runs"][0]["tool"]


def gitlab(text: str, plain: str) -> None:
    """A list as long as the other, whose fingerprints are hashes."""
    one = json.loads(text)
    assert len(one) == len(json.loads(plain)) and all(re.fullmatch("[0-9a-f]{40,64}", entry["fingerprint"]) for entry in one)


def junit(text: str, plain: str) -> None:
    """XML with the same elements in the same order."""
    assert [one.tag for one in ElementTree.fromstring(text).iter()] == [one.tag for one in ElementTree.fromstring(plain).iter()]


def tabular(text: str, plain: str) -> None:
    """As many rows and cells; none that a spreadsheet would calculate, however the line is split."""
    delimiter = ";" if plain.count(";") > plain.count(",") else ","
    rows = [list(csv.reader(io.StringIO(one.removeprefix("\ufeff"), newline=""), delimiter=delimiter)) for one in (text, plain)]
    assert [len(row) for row in rows[0]] == [len(row) for row in rows[1]]
    for cell in (cell for row in rows[0] for cell in row):
        start = unicodedata.normalize("NFKC", cell.lstrip("\ufeff \u00a0")[:1])
        assert start not in ("=", "+", "@", "\t", "\r") and not (start == "-" and not re.fullmatch(r"-[\d.,]+|-", cell)), cell


def markdown(text: str, plain: str) -> None:
    """GitHub's own parser makes nothing but lists, tables and emphasis of it: no link, picture, code or HTML."""
    tags = [Counter(re.findall(r"<(/?\w+|!)", cmarkgfm.github_flavored_markdown_to_html(one, Options.CMARK_OPT_UNSAFE))) for one in (text, plain)]
    assert not {"a", "img", "script", "code", "pre"} & set(tags[0]) and set(tags[0]) <= set(tags[1]) | {"br"}, tags[0] - tags[1]


def github(text: str, plain: str) -> None:
    """Every line is a command of ours, and there are no more of them."""
    lines = text.splitlines()
    assert len(lines) == len(text.split("\n")) - 1 and len(lines) == len(plain.splitlines())
    assert all(re.match("::(error|warning|notice|debug)( |::)", line) for line in lines)


def terminal(text: str, plain: str) -> None:
    """No control character, no change of direction, no command of a runner."""
    assert not [one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") and one not in "\n\u00ad"]
    assert not [line for line in text.split("\n") if line.lstrip().startswith(("::", "##["))]


def calendar(text: str, plain: str) -> None:
    """As many entries, lines of at most 75 bytes, no component that is not ours."""
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and "\n" not in text.replace("\r\n", "")
    components = [re.findall(r"^(BEGIN|END):(\w+)", one.replace("\r\n ", ""), re.MULTILINE) for one in (text, plain)]
    assert components[0] == components[1]


FORMATS: dict[str, Callable[[str, str], None]] = {
    "html": html, "json": json_like, "sarif": sarif, "sarif-github": sarif, "gitlab": gitlab, "junit": junit, "csv": tabular, "markdown": markdown,
    "github": github, "table": terminal, "ics": calendar,
}
