"""The documentation site: it builds without a warning, names every command and option, and asks for nothing from outside."""

from __future__ import annotations

import html.parser
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from conftest import ROOT
from servanda.cli import COMMANDS

pytest.importorskip("sphinx")
LOADS = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "srcset", "object": "data"}


class Page(html.parser.HTMLParser):
    """What a page loads, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = dict(attrs)
        self.loads += [found[LOADS[tag]]] if found.get(LOADS.get(tag, "")) else []

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(out / "trees"), str(ROOT / "docs"), str(out / "html")]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return out / "html"


def test_every_page_is_there_and_loads_nothing_from_outside(site: Path) -> None:
    assert {path.stem for path in site.glob("*.html")} >= {path.stem for path in (ROOT / "docs").glob("*.md")}
    for path in site.glob("*.html"):
        outside = [load for load in Page(path.read_text(encoding="utf-8")).loads if re.match(r"(?i)([a-z]+:)?//", load)]
        assert outside == [], path.name
    for path in (site / "_static").rglob("*.css"):
        assert not re.search(r"(?i)@import\s+(url\()?['\"]?(https?:)?//|url\(['\"]?(https?:)?//", path.read_text(encoding="utf-8")), path.name


def test_every_command_and_option_is_told(site: Path) -> None:
    text = " ".join(Page((site / "commands.html").read_text(encoding="utf-8")).text.split())
    for name, _ in COMMANDS:
        command = importlib.import_module(f"servanda.cli.{name.replace('-', '_')}_command").command
        inner = getattr(command, "commands", {})
        assert all(f"servanda {name} {one}" in text for one in inner) and f"servanda {name}" in text
        for one in (command, *inner.values()):
            for parameter in one.params:
                if isinstance(parameter, click.Option) and not parameter.hidden:
                    assert max(parameter.opts, key=len) in text, (name, parameter.name)
                    assert " ".join((parameter.help or "").replace("`", "").split()) in text, (name, parameter.help)
