"""All formats of one run tell the same: nothing lost, nothing unknown that looks green, the same bytes every time."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import junitparser
import openpyxl
import pypdf
import pytest

from conftest import ROOT
from report_worlds import sample
from servanda.report.formats import BINARY, NAMES, problems_in, report_in
from servanda.report.severity import OPEN
from servanda.report.style import Style
from small_world import mitte, rounds

WORDS = {
    "deviation": "deviation", "unmet": "intention unmet", "undetermined": "undetermined", "waived": "waived", "tolerated": "tolerated", "pending": "pending",
    "fulfilled": "fulfilled", "not_applicable": "no case",
}


def of_sarif(text: str) -> Counter[str]:
    return Counter(result["properties"]["status"] for one in json.loads(text)["runs"] for result in one["results"])


def of_junit(text: str) -> Counter[str]:
    cases = [case for suite in junitparser.JUnitXml.fromstring(text.encode()) for case in suite]
    return Counter((case.result[0].text if case.result else case.system_out).split(":")[0] for case in cases)


def of_csv(text: str) -> Counter[str]:
    return Counter(row["status"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def of_sums(text: str) -> Counter[str]:
    """A line of sums: 3 deviation + 2 pending = 5 duties."""
    line = next(line for line in text.splitlines() if re.search(r"= \d+ duties", line))
    return Counter({word: int(number) for number, word in re.findall(r"(\d+) ([a-z][a-z ]*?)(?= \+| =)", line)})


def of_gitlab(text: str) -> Counter[str]:
    status = {"critical": "deviation", "major": "deviation", "minor": "undetermined", "info": "unmet"}
    return Counter(status[issue["severity"]] for issue in json.loads(text))


def of_xlsx(content: bytes) -> Counter[str]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(content))["Findings"].iter_rows(values_only=True)
    return Counter(row[head.index("Status")] for row in rows)


def of_html(text: str) -> Counter[str]:
    return Counter(re.findall(r'<(?:details|p) class="finding s-\w+(?: is-material)?" id="[^"]+" data-status="(\w+)"', text))


def text_of(name: str, content: str | bytes) -> str:
    """All text of a report, also of a binary one."""
    if isinstance(content, str):
        return content
    if content.startswith(b"%PDF"):
        return "\n".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages)
    return "\n".join(str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row)


READERS = {
    "json": lambda text: Counter(finding["status"] for finding in json.loads(text)["findings"]), "sarif": of_sarif, "sarif-github": of_sarif, "csv": of_csv,
    "gitlab": of_gitlab, "junit": of_junit, "github": of_sums, "markdown": of_sums, "table": of_sums, "xlsx": of_xlsx,
    "html": of_html,
}
ONLY_OPEN = {"sarif-github", "gitlab"}
COUNTED_ELSEWHERE = {"ics", "pdf"}  # a calendar of what is still to be done, and the HTML report on pages; their own tests say what stands in them
IN_WORDS = {"junit", "github", "markdown", "table", "xlsx"}


@pytest.mark.parametrize("name", sorted(set(NAMES) - COUNTED_ELSEWHERE))
def test_no_format_loses_a_finding(name: str) -> None:
    run, report = sample("en")
    wanted = Counter(finding["status"] for finding in report["findings"])
    assert set(wanted) == set(WORDS)
    if name in ONLY_OPEN:
        wanted = Counter({status: count for status, count in wanted.items() if status in OPEN})
    if name in IN_WORDS:
        wanted = Counter({WORDS[status]: count for status, count in wanted.items()})
    text = report_in(name, run, Style("en", width=400))
    assert READERS[name](text if name in BINARY else re.sub(r"\n(?=\d)", " ", text)) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_no_format_loses_a_problem(name: str, tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[{**one, "date": f"32.01.{2010 + number}"} for number, one in enumerate(rounds(6))])
    file = tmp_path / "report"
    text = world.run("check", str(world.facts), *world.base(), "--format", name, *(("--output", str(file)) if name in BINARY else ()))
    shown = text_of(name, file.read_bytes()) if name in BINARY else re.sub(r"\r\n ", "", text.out or text.err)  # iCalendar folds its lines
    assert text.status == 2 and all(f"32.01.{2010 + number}" in shown.replace("\\", "") for number in range(6))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_to_be_kept_where_nothing_was_evaluated(name: str) -> None:
    assert "fulfilled" not in re.sub(r"<style>.*?</style>", "", text_of(name, problems_in(name, (), Style("en"))), flags=re.S)


def test_the_same_run_gives_the_same_bytes_in_all_formats(tmp_path: Path) -> None:
    folders = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        reports = [word for name in sorted(set(NAMES) - {"pdf"}) for word in ("--format", name, "--output", str(folder / name))]  # test_pdf tries PDF
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "PYTHONHASHSEED": seed, "TZ": "Pacific/Apia" if seed == "1" else "UTC"}
        command = [sys.executable, "-m", "servanda", "check", "facts", "--as-of", "2021-09-30", *reports]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, ""), done.stderr
        folders.append(folder)
    for name in sorted(set(NAMES) - {"pdf"}):
        first, second = ((folder / name).read_bytes() for folder in folders)
        assert first == second and first, name


def test_every_format_is_read_here() -> None:
    assert set(READERS) == set(NAMES) - COUNTED_ELSEWHERE


def test_json_loads_no_other_format() -> None:
    script = "import sys; from servanda.report.formats import _function as load; load('json', 2); print(*(m for m in sys.modules if '.report.' in m))"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT / "engine")}, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {f"servanda.report.{name}" for name in ("formats", "json_report", "style", "words")}
