"""Contract, section 7: paths, options, exit statuses and the JSON report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from small_world import NORTH, World, mitte, process, rounds, two_agreements

ROOT = Path(__file__).resolve().parent.parent
PRESS = {"id": "r-1", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-03-04", "answered_on": "2019-03-20"}


def agreements(report: Any) -> set[str]:
    return {finding["agreement"] for finding in report.findings if finding["agreement"]}


def test_paths(tmp_path: Path) -> None:
    # "(a submission folder, an agreement's folder, or the whole `facts/`)"
    world = two_agreements(tmp_path)
    one = world.check(paths=[world.facts / "benn-mitte" / "2018"])
    assert len(one.data["submissions"]) == 1
    assert one.one("steering-rounds-held", "s-1", "2018")["value"] == 5
    assert one.one("steering-rounds-held", "s-1", "2019")["value"] == 0
    folder = world.check(paths=[world.facts / "benn-mitte"])
    assert (len(folder.data["submissions"]), agreements(folder)) == (2, {"benn-mitte"})
    whole = world.check()
    assert (len(whole.data["submissions"]), agreements(whole)) == (3, {"benn-mitte", "benn-pankow"})


def test_several_and_overlapping_paths(tmp_path: Path) -> None:
    # "`servanda check PATH…`": a submission named twice is one submission
    world = two_agreements(tmp_path)
    report = world.check(paths=[world.facts / "benn-mitte", world.facts / "benn-mitte" / "2019", world.facts / "benn-pankow"])
    assert len(report.data["submissions"]) == 3
    assert report.one("steering-rounds-held", "s-1", "2019")["value"] == 6


def test_agreements_without_a_submission(tmp_path: Path) -> None:
    # "Agreements without any submission among the paths are not evaluated, unless `--all` asks for them."
    world = two_agreements(tmp_path)
    path = [world.facts / "benn-mitte"]
    assert agreements(world.check(paths=path)) == {"benn-mitte"}
    everything = world.check("--all", paths=path)
    assert agreements(everything) == {"benn-mitte", "benn-pankow"}
    assert everything.one("steering-rounds-held", "p-1", "2019")["status"] == "undetermined"


def test_a_year(tmp_path: Path) -> None:
    # "`--year Y`", decided: the yearly duties of that year only
    world = two_agreements(tmp_path)
    report = world.check("--year", "2018")
    assert {finding["period"]["label"] for finding in report.findings} == {"2018"}
    assert report.data["summary"]["duties"] == len(report.findings)


def test_languages(tmp_path: Path) -> None:
    # "`--lang de|en`", decided: German unless asked otherwise
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5))
    messages = [world.check(*more).one("steering-rounds-held", "s-1", "2019")["message"] for more in ((), ("--lang", "de"), ("--lang", "en"))]
    assert messages[0] == messages[1] != messages[2]
    assert "Abweichung" in world.table().out
    assert "deviation" in world.table("--lang", "en").out.lower()
    assert "Abweichung" not in world.table("--lang", "en").out


def test_one_run_several_reports(tmp_path: Path) -> None:
    # "`--format F` with `--output FILE` may be repeated: one run, several reports"
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5))
    first, second, third = (tmp_path / name for name in ("a.json", "b.json", "c.txt"))
    outcome = world.table("--format", "json", "--output", str(first), "--format", "table", "--output", str(third), "--format", "json", "--output", str(second))
    assert outcome.out == ""
    assert first.read_bytes() == second.read_bytes() == world.check().out.encode()
    assert json.loads(first.read_text(encoding="utf-8"))["schema"] == "servanda.report/1"
    assert "Abweichung" in third.read_text(encoding="utf-8")


def test_a_file_and_the_screen(tmp_path: Path) -> None:
    # the same: JSON into a file, the table to standard output
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5))
    outcome = world.table("--format", "json", "--output", str(tmp_path / "a.json"), "--format", "table")
    assert "Abweichung" in outcome.out
    assert (tmp_path / "a.json").stat().st_size > 0


def clean(folder: Path, *, late: int = 0, silent: bool = False) -> World:
    """A world where nothing can be evaluated but requests: all else is undetermined."""
    world = World(folder)
    world.agreement(sites=[{**NORTH, "contractor": "V"}])
    rows = [{**PRESS, "id": f"r-{n}"} for n in range(late)] or [{**PRESS, "answered_on": "2019-03-05"}]
    if silent:
        rows.append({**PRESS, "id": "r-s", "topic": "information", "answered_on": "2019-12-30"})
    world.submit(requests=rows, complete={"requests": "2019-12-31"})
    return world


@pytest.mark.parametrize(
    ("late", "silent", "levels", "status"),
    [
        (0, False, [], 0),
        (1, False, [], 0),
        (1, True, [], 1),
        (1, True, ["material"], 1),
        (1, False, ["material"], 0),
        (1, False, ["deviation"], 1),
        (0, False, ["deviation"], 0),
        (0, False, ["undetermined"], 1),
        (0, False, ["unmet"], 1),
        (1, True, ["never"], 0),
        (1, False, ["material", "deviation"], 1),
        (0, False, ["material", "deviation"], 0),
        (1, True, ["unmet", "undetermined"], 1),
    ],
)
def test_fail_on(tmp_path: Path, late: int, silent: bool, levels: list[str], status: int) -> None:
    # "0 evaluated, nothing at a `--fail-on` level (default `material`; several may be named); 1 evaluated, something is"
    world = clean(tmp_path, late=late, silent=silent)
    outcome = world.check(*(word for level in levels for word in ("--fail-on", level)))
    assert outcome.status == status
    assert outcome.data["schema"] == "servanda.report/1"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fail-on", "anything"],
        ["--as-of", "31/01/2020"],
        ["--as-of", "2020-02-30"],
        ["--lang", "fr"],
        ["--format", "docx"],
        ["--nothing"],
        ["--year", "soon"],
        ["--known-on", "x"],
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    # "2 not evaluated: wrong usage"
    world = clean(tmp_path)
    outcome = world.run("check", str(world.facts), *world.base(), *arguments)
    assert outcome.status == 2
    assert outcome.err


def test_no_path_and_a_missing_path(tmp_path: Path) -> None:
    # the same: PATH… is needed, and has to be there
    world = clean(tmp_path)
    assert world.run("check", *world.base()).status == 2
    assert world.check(paths=[tmp_path / "nowhere"]).status == 2
    assert world.check("--rules", str(tmp_path / "nowhere")).status == 2
    assert world.check("--agreements", str(tmp_path / "nowhere")).status == 2


@pytest.mark.parametrize("form", ["json", "table"])
@pytest.mark.parametrize("case", ["no submission", "no agreement", "no duty", "no duty of the year", "none known"])
def test_nothing_to_evaluate(tmp_path: Path, case: str, form: str) -> None:
    # "or nothing to evaluate (no submission, no agreement, no duty: never a green light over nothing)"
    world = clean(tmp_path)
    more: list[str] = ["--fail-on", "never", "--format", form]
    if case == "no submission":
        (world.facts / "benn-mitte" / "2019" / "requests.csv").unlink()
        (world.facts / "benn-mitte" / "2019" / "submission.yaml").unlink()
        (world.facts / "benn-mitte" / "2019").rmdir()
    elif case == "no agreement":
        (world.agreements / "benn-mitte.yaml").unlink()
    elif case == "none known":
        more += ["--known-on", "2020-01-19"]
    elif case == "no duty of the year":
        more += ["--year", "2031"]
    outcome = world.run("check", str(world.facts), *world.base("2017-08-31" if case == "no duty" else "2020-01-31"), *more)
    assert outcome.status == 2
    if form == "json":
        assert outcome.data["schema"] == "servanda.problems/1"
        assert outcome.data["problems"]
    else:
        assert outcome.out == ""
        assert outcome.err


@pytest.mark.parametrize("where", ["missing folder", "folder"])
def test_an_output_that_cannot_be_written(tmp_path: Path, where: str) -> None:
    # "2 not evaluated: wrong usage"; not an error of the program itself, and no success without a report
    world = clean(tmp_path)
    target = tmp_path / "nowhere" / "a.json" if where == "missing folder" else tmp_path
    outcome = world.table("--format", "json", "--output", str(target))
    assert outcome.status == 2
    assert outcome.err
    assert "Traceback" not in outcome.err


def test_an_error_of_the_program_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # "101 an error of the program itself": here the checksum, which every report needs, fails
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    world = clean(tmp_path)
    monkeypatch.setattr("hashlib.sha256", fail)
    outcome = world.check()
    assert outcome.status == 101
    assert outcome.out == ""
    assert "Traceback" not in outcome.err


def test_interrupted(tmp_path: Path) -> None:
    # "130 interrupted": while it writes a long report into a pipe that nobody empties
    world = mitte(tmp_path, *[{**NORTH, "id": f"s-{n}"} for n in range(12)])
    world.submit(meetings=rounds(5, site="s-1"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    command = [sys.executable, "-m", "servanda", "check", str(world.facts), *world.base(), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running:
        assert running.stdout is not None
        os.read(running.stdout.fileno(), 1)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=120)
    assert running.returncode == 130
    assert b"Traceback" not in errors


def test_a_closed_pipe(tmp_path: Path) -> None:
    # a reader that stops early is no error of the program: never 101, and no trace
    world = mitte(tmp_path, *[{**NORTH, "id": f"s-{n}"} for n in range(12)])
    world.submit(meetings=rounds(5, site="s-1"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    command = [sys.executable, "-m", "servanda", "check", str(world.facts), *world.base(), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        os.read(running.stdout.fileno(), 1)
        running.stdout.close()
        errors = running.stderr.read()
        running.wait(timeout=120)
    assert running.returncode != 101
    assert b"Traceback" not in errors


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"NO_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "60"}])
def test_no_colours_in_a_pipe(tmp_path: Path, environment: dict[str, str]) -> None:
    # what users expect of NO_COLOR and pipes
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5))
    done = process(world, env=environment)
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout + done.stderr
    assert "Abweichung" in done.stdout.decode("utf-8")
