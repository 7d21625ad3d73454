"""Same input, same bytes: twice, with shuffled rows, renamed folders of equal order, split submissions, other settings."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import worlds
from conftest import ROOT, RULES
from servanda import check
from servanda.report.json_report import json_report
from servanda.report.style import Style
from servanda.report.table import table_report


def report(folder: Path, world: dict) -> str:
    run = check(folder / "facts", folder / "agreements", RULES, world["as_of"], known_on=world["known_on"])
    return json_report(run, Style())


def without_places(text: str) -> object:
    """A report without what a place changes: rows and file hashes."""
    found = json.loads(text)
    for submission in found["submissions"]:
        submission["sha256"] = ""
    for finding in found["findings"]:
        for one in finding["evidence"]:
            one["row"] = 0
    return found


def shuffle_rows(path: Path, chance: random.Random) -> None:
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    if not any('"' in row for row in rows):
        chance.shuffle(rows)
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("seed", range(12))
def test_row_order_changes_nothing_but_rows(seed: int, tmp_path: Path) -> None:
    world = worlds.make_world(seed)
    worlds.write_world(world, tmp_path / "w")
    before = report(tmp_path / "w", world)
    assert report(tmp_path / "w", world) == before
    chance = random.Random(seed)
    for path in (tmp_path / "w" / "facts").rglob("*.csv"):
        shuffle_rows(path, chance)
    assert without_places(report(tmp_path / "w", world)) == without_places(before)


@pytest.mark.parametrize("seed", range(3))
def test_column_order_changes_nothing(seed: int, tmp_path: Path) -> None:
    import csv

    world = worlds.make_world(seed)
    worlds.write_world(world, tmp_path / "w")
    before = report(tmp_path / "w", world)
    for path in (tmp_path / "w" / "facts").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows(row[::-1] for row in rows)
    assert without_places(report(tmp_path / "w", world)) == without_places(before)


def test_environment_changes_no_byte(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(ROOT / "facts" / "benn" / "benn-spandau", folder / "facts" / "benn" / "benn-spandau")
    command = [sys.executable, "-m", "servanda", "check", "facts", "--agreements", str(ROOT / "agreements"), "--rules", str(RULES), "--as-of", "2021-09-30"]
    outputs = set()
    for settings in ({"TZ": "Pacific/Apia", "PYTHONHASHSEED": "1"}, {"TZ": "UTC", "PYTHONHASHSEED": "2", "NO_COLOR": "1"}, {"LC_ALL": "C", "COLUMNS": "40"}):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), **settings}
        done = subprocess.run([*command, "--format", "json"], cwd=folder, env=environment, capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_a_duty_does_not_depend_on_other_agreements() -> None:
    """Except for the programme's own duties."""
    alone = check(ROOT / "facts" / "benn" / "benn-pankow", ROOT / "agreements", RULES, "2021-09-30")
    together = check(ROOT / "facts", ROOT / "agreements", RULES, "2021-09-30")
    mine = {f.id: (f.status, f.value, f.judgements) for f in alone.findings if f.agreement == "benn-pankow"}
    assert mine == {f.id: (f.status, f.value, f.judgements) for f in together.findings if f.agreement == "benn-pankow"}


def test_terminal_report_has_no_escape_without_colour_and_keeps_its_width() -> None:
    run = check(ROOT / "facts", ROOT / "agreements", RULES, "2021-09-30")
    for width in (40, 60, 80, 100, 160):
        for lang in ("de", "en"):
            text = table_report(run, Style(lang, width))
            assert "\x1b" not in text
            assert max(map(len, text.splitlines())) <= width
    coloured = table_report(run, Style("de", 100, colour=True))
    plain = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    assert plain == table_report(run, Style("de", 100)).splitlines()
