"""Hostile and damaged files end in problems or success, within bounded memory, and never lose a record in silence.

Each file of `hostile_files` and each costly text is validated in a process of its own, whose memory the system measures. Damaged files are read
in this process, so that many can be tried (`--planted 200`).
"""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import bad_books
import hostile_files
from conftest import ROOT, RULES
from servanda import json_source
from servanda.facts import json_reader, parquet_reader, workbook_reader
from servanda.facts.binary import messages as saying
from servanda.facts.binary import parquet_rows, worker
from servanda.facts.binary.messages import Refused
from servanda.facts.tables import Source
from servanda.intake import validate
from servanda.pack_shapes import FactType
from servanda.problems import InvalidInput, Problems

WORLDS = Path(__file__).resolve().parent / "bad" / "worlds"
PARENT_MIB, CHILD_MIB = 900, 2_200
_MEASURE = """
import json, resource, subprocess, sys
child = subprocess.run([sys.executable, "-m", "servanda", *sys.argv[1:]], capture_output=True, check=False)
print(json.dumps([child.returncode, child.stdout.decode(), child.stderr.decode()[-2000:], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]))
"""


def validated(folder: Path) -> tuple[int, dict, int]:
    """(exit status, JSON, MiB of the largest process) of `servanda validate` on the facts in a folder."""
    command = [sys.executable, "-c", _MEASURE, "validate", "facts", "--rules", str(RULES), "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=120)
    status, out, err, memory = json.loads(result.stdout)
    assert "Traceback" not in err
    return status, json.loads(out), memory


COSTLY = {
    "bomb": "archive-bomb", "lying sizes": "not-a-workbook", "lying strings": "not-a-workbook", "far cells in many sheets": "sheet-too-large",
    "widest": "unknown-column", "huge texts": "file-too-costly", "error cells": "error-cell", "merged everywhere": "merged-cells",
    "deep": "missing-header", "deep ods": None, "repeated rows": "sheet-too-large",
}


@pytest.mark.parametrize("name", COSTLY)
def test_costly_workbooks_stay_bounded(name: str, tmp_path: Path) -> None:
    shutil.copytree(WORLDS / "benn", tmp_path, dirs_exist_ok=True)
    data = hostile_files.FILES[name]()
    ending = "ods" if "ods" in name or "repeated" in name else "xlsx"
    (tmp_path / f"facts/benn/a/2019/meldung.{ending}").write_bytes(data)
    status, report, memory = validated(tmp_path)
    codes = {problem["code"] for problem in report["problems"]}
    assert (status, codes) == (0, set()) if COSTLY[name] is None else status == 2 and COSTLY[name] in codes
    assert memory < CHILD_MIB


def test_a_long_text_in_very_many_rows_of_parquet_stays_bounded(tmp_path: Path) -> None:
    shutil.copytree(WORLDS / "benn", tmp_path, dirs_exist_ok=True)
    path = tmp_path / "facts/benn/a/2019/press_releases.parquet"
    duckdb.connect().sql("SELECT repeat('x', 20000) AS title FROM range(100000)").write_parquet(str(path))
    assert path.stat().st_size < 10 * 1024**2
    status, report, memory = validated(tmp_path)
    assert (status, [problem["code"] for problem in report["problems"]]) == (2, ["file-too-costly"])
    assert memory < CHILD_MIB


@pytest.mark.parametrize(("form", "text"), [("json", "[[1, 2], [3]]"), ("jsonl", "1\n2\n3\n4\n5\n")])
def test_values_of_json_are_bounded(form: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (json_source, json_reader):
        monkeypatch.setattr(module, "MAX_VALUES", 4)
    (tmp_path / f"meetings.{form}").write_text(text)
    problems = Problems()
    read = json_reader.read_json_table if form == "json" else json_reader.read_json_lines
    table = read(Source(tmp_path / f"meetings.{form}", "f"), "meetings", FactType.model_construct(fields={}), problems)
    assert "table-too-large" in [problem.code for problem in problems.sorted()]
    assert table is None or table.cut


def test_parquet_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_reader, "MAX_BYTES", 7)
    (tmp_path / "x.parquet").write_bytes(b"PAR1PAR1")
    problems = Problems()
    assert parquet_reader.read_parquet(Source(tmp_path / "x.parquet", "x.parquet"), "x", None, problems) is None
    assert [(problem.code, problem.found) for problem in problems.sorted()] == [("file-too-large", "8")]


def test_problems_beyond_a_hundred_thousand_are_counted(tmp_path: Path) -> None:
    shutil.copytree(WORLDS / "benn", tmp_path, dirs_exist_ok=True)
    (tmp_path / "facts/benn/a/2019/press_releases.csv").write_text("id,date,title\n" + "a b,x,\n" * 50_000)
    status, report, memory = validated(tmp_path)
    assert status == 2 and memory < PARENT_MIB
    assert len(report["problems"]) == 100_001
    assert {key: report["problems"][-1][key] for key in ("code", "file", "found")} == {"code": "too-many-problems", "file": None, "found": "50000"}


def test_what_a_child_says_is_bounded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(saying, "SAID", 100)
    monkeypatch.setattr(saying, "_said", 0)
    saying.say(["x" * 90])
    with pytest.raises(Refused, match="file-too-costly"):
        saying.say(["x" * 90])
    assert len(capsys.readouterr().out) < 100


def in_this_process(arguments: list[str], data: bytes):
    """What `run_worker` gives, without the process: quick, but without its limits."""
    messages: list[object] = []
    out, sys.stdout = sys.stdout, io.StringIO()
    saying._said = 0
    try:
        parquet_rows.read_parquet(arguments[1]) if arguments[0] == "parquet" else worker.read_workbook(data, arguments[0])
    except Refused as refused:
        messages = [refused.facts]
    except BaseException as error:  # noqa: BLE001 - as the child does
        messages = [{"problem": "unreadable-file", "found": type(error).__name__}]
    finally:
        said, sys.stdout = sys.stdout.getvalue(), out
    yield from map(json.loads, said.splitlines())
    yield from messages


ROWS = [["id", "date", "body", "site", "status"], *([f"m-{n}", f"2019-03-{n + 1:02}", "steering_round", "s-1", "held"] for n in range(8))]
TYPED = [ROWS[0], *([row[0], {"date": row[1]}, {"shared": "0"}, row[3], {"formula": "A1", "value": "held", "type": "str"}] for row in ROWS[1:])]


def _table(folder: Path, form: str) -> bytes:
    if form in ("xlsx", "ods"):
        return bad_books.book(f"x.{form}", {"meetings": TYPED if form == "xlsx" else ROWS})
    if form == "parquet":
        path = folder / "made.parquet"
        columns = "'m-' || n AS id, DATE '2019-03-01' + n::INTEGER AS date, 'steering_round' AS body, 's-1' AS site"
        duckdb.connect().sql(f"SELECT {columns} FROM range(8) t(n)").write_parquet(str(path))
        return path.read_bytes()
    records = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    return ("\n".join(map(json.dumps, records)) if form == "jsonl" else json.dumps(records, indent=1)).encode()


def flip(data: bytes, chance: random.Random) -> bytes:
    """One to three bytes changed."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end, or a piece, left out."""
    start = chance.randrange(len(data))
    return data[:start] + (data[start + chance.randint(1, 20) :] if chance.random() < 0.5 else b"")


def put(data: bytes, chance: random.Random) -> bytes:
    """A piece of the same file, or signs that mean something, put in between."""
    start = chance.randrange(len(data))
    piece = chance.choice((b"<", b">", b"&", b'"', b"\0", b"</row>", b"<c/>", b"<v>1</v>", b"]]>", b",", b"}", b"9" * 30, data[start : start + 40]))
    place = chance.randrange(len(data))
    return data[:place] + piece + data[place:]


def repacked(data: bytes, chance: random.Random, change: Callable[[bytes, random.Random], bytes]) -> bytes:
    """The archive with one of its parts changed, and sizes and sums that fit again."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    name = chance.choice([name for name in parts if "sheet1" in name or "content.xml" in name] * 4 + list(parts))
    return bad_books.archive({**parts, name: change(parts[name], chance)})


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The world, its rules read once, workbooks opened without a process of their own."""
    import servanda.intake

    read, packs = servanda.intake.read_packs, {}

    def read_once(folder: Path, kinds: object, problems: object) -> object:
        if not packs:
            packs.update(read(folder, kinds, problems))
        return dict(packs)

    monkeypatch.setattr(servanda.intake, "read_packs", read_once)
    for module in (workbook_reader, parquet_reader):
        monkeypatch.setattr(module, "run_worker", in_this_process)
    shutil.copytree(WORLDS / "benn", tmp_path, dirs_exist_ok=True)
    return tmp_path


def outcome(world: Path, path: Path, data: bytes) -> int | None:
    """How many meetings were read (None: there were problems)."""
    path.write_bytes(data)
    try:
        intake = validate([world / "facts"], world / "agreements", RULES)
    except InvalidInput as invalid:
        assert invalid.problems
        return None
    finally:
        path.unlink()
    return sum(len(table.rows) for tables in intake.loaded.tables for table in tables if table.type == "meetings")


@pytest.mark.parametrize("form", ["xlsx", "ods", "parquet", "json", "jsonl"])
def test_damaged_files_are_refused_or_read_whole(form: str, world: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    """Whole: as many records as before. Where a piece is cut out or put in, it may be a record; nobody can tell that from the file."""
    path = world / f"facts/benn/a/2019/meetings.{form}"
    data = _table(tmp_path_factory.mktemp("made"), form)
    assert outcome(world, path, data) == 8
    chance = random.Random(form)
    counts: dict[str, set[int | None]] = {change.__name__: set() for change in (flip, cut, put)}
    for turn, change in itertools.product(range(request.config.getoption("--planted") * (3 if form == "parquet" else 10)), (flip, cut, put)):
        damaged = repacked(data, chance, change) if form in ("xlsx", "ods") and turn % 2 else change(data, chance)
        counts[change.__name__].add(outcome(world, path, damaged))
    assert None in counts["flip"] | counts["cut"] | counts["put"]
    assert counts["flip"] <= {None, 8}
    if form == "parquet":
        assert counts["cut"] | counts["put"] <= {None, 8}


@pytest.mark.parametrize("form", ["xlsx", "ods", "parquet"])
def test_files_cut_at_every_tenth_byte_are_refused(form: str, world: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = world / f"facts/benn/a/2019/meetings.{form}"
    data = _table(tmp_path_factory.mktemp("made"), form)
    assert [size for size in range(0, len(data) - 1, 10) if outcome(world, path, data[:size]) is not None] == []


def test_bytes_flipped_in_an_archive_never_change_what_is_read(world: Path) -> None:
    """The sums of the archive cover every part that is read."""
    data = hostile_files.valid()
    path = world / "facts/benn/a/2019/meldung.xlsx"
    path.write_bytes(data)
    sound = workbook_reader.read_workbook(path, "x", Problems())
    for place in range(0, len(data), 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        found = workbook_reader.read_workbook(path, "x", Problems())
        assert found is None or found == sound, place
