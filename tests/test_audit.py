"""The audit: the same findings as a check, whole or not there, resumable, repeatable, and the same bytes however it was made."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import oracle
import record_worlds
import worlds
from column_findings import differing, of_files, of_run
from conftest import ROOT, RULES
from servanda.audit import bucket
from servanda.audit.run import Audited, Wanted, audit
from servanda.audit.spread import here
from servanda.audit.workplace import UNFINISHED
from servanda.evaluate import evaluate
from servanda.facts import load, store
from servanda.problems import InvalidInput

AS_OF = datetime.date(2021, 9, 30)
SAMPLE = ([ROOT / "facts"], ROOT / "agreements", RULES, AS_OF)
DISTRICTS = ("mitte", "neukoelln", "pankow", "spandau")  # of whom the smaller sample has the facts
Given = tuple[list[Path], Path, Path, datetime.date]  # facts, agreements, rules, day


def finding_files(out: Path) -> list[Path]:
    return sorted((out / "findings").rglob("*.parquet"))


def content(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """A part of the samples: four districts, and what is not of districts."""
    folder = tmp_path_factory.mktemp("few")
    for name in ("facts", "agreements"):
        shutil.copytree(ROOT / name, folder / name)
    for path in [*(folder / "facts" / "benn").glob("benn-*"), *(folder / "agreements" / "benn").glob("benn-*")]:
        if path.stem.removeprefix("benn-") not in DISTRICTS:
            path.unlink() if path.is_file() else shutil.rmtree(path)
    return [folder / "facts"], folder / "agreements", RULES, AS_OF


@pytest.fixture(scope="module")
def sample(few: Given, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit of the smaller sample, three agreements a bucket."""
    out = tmp_path_factory.mktemp("sample") / "audit"
    audit(*few, out, wanted=Wanted(bucket=3))
    return out


@pytest.mark.parametrize(("as_of", "streamed", "whole"), [("2019-05-05", 0, False), ("2021-09-30", 1_000_000, False), ("2026-09-30", 0, True)])
def test_an_audit_finds_what_a_check_finds(
    as_of: str, streamed: int, whole: bool, few: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SAMPLE if whole else few
    monkeypatch.setattr(bucket, "STREAMED", streamed)
    day = datetime.date.fromisoformat(as_of)
    run = evaluate(*given[:3], day, every=True, root=given[1].parent)
    found = audit(*given[:3], day, tmp_path / "audit", wanted=Wanted(bucket=3))
    rows = sorted(of_files(finding_files(tmp_path / "audit")), key=lambda row: row["id"])
    assert not differing(rows, sorted(of_run(run), key=lambda row: row["id"]))[:5]
    assert found.counts == {name: count for name, count in run.summary().items() if name in found.counts}
    con = duckdb.sql(f"SELECT * EXCLUDE pack FROM '{tmp_path}/audit/consequences.parquet'")
    wanted = [tuple(getattr(one, name) for name in con.columns) for one in run.consequences]
    assert sorted(map(str, con.fetchall())) == sorted(str((*one[:6], list(one[6]), one[7])) for one in wanted)


def test_an_audit_finds_what_a_check_finds_in_generated_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(4):
        monkeypatch.setattr(store, "PLAN_AS_WRITTEN", 0 if seed % 2 else 5_000)
        monkeypatch.setattr(bucket, "STREAMED", 0 if seed % 4 < 2 else 1_000_000)
        monkeypatch.setattr(load, "LARGE", 0 if seed % 3 == 1 else 8 * 1024**2)
        world = worlds.make_world(seed)
        worlds.write_world(world, tmp_path / str(seed))
        facts, agreements = [tmp_path / str(seed) / "facts"], tmp_path / str(seed) / "agreements"
        compared(facts, agreements, RULES, world["as_of"], world["known_on"], tmp_path / f"audit-{seed}")


@pytest.mark.parametrize("pack", ["sale", "zuwendung", "workshop"])
def test_an_audit_follows_chains_and_records(pack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RULES / pack if pack != "workshop" else Path(__file__).parent / "packs" / pack
    for seed in range(4):
        monkeypatch.setattr(bucket, "STREAMED", 0 if seed % 2 else 1_000_000)
        world = record_worlds.make_world(oracle.read_pack(str(folder)), seed)
        (tmp_path / str(seed)).mkdir()
        record_worlds.write_world(world, tmp_path / str(seed))
        rules = RULES if folder.parent == RULES else folder
        compared([tmp_path / str(seed) / "facts"], tmp_path / str(seed) / "agreements", rules, world["as_of"], None, tmp_path / f"audit-{seed}")


def compared(facts: list[Path], agreements: Path, rules: Path, as_of: datetime.date, known_on: datetime.date | None, out: Path) -> None:
    """Hold an audit, one agreement a bucket, against a check of all."""
    try:
        run = evaluate(facts, agreements, rules, as_of, known_on=known_on, every=True, root=facts[0].parent)
    except InvalidInput as invalid:
        with pytest.raises(InvalidInput) as refused:
            audit(facts, agreements, rules, as_of, out, known_on=known_on)
        assert [problem.code for problem in refused.value.problems] == [problem.code for problem in invalid.problems]
        return
    audit(facts, agreements, rules, as_of, out, known_on=known_on, wanted=Wanted(bucket=1))
    rows = sorted(of_files(finding_files(out)), key=lambda row: row["id"])
    assert not differing(rows, sorted(of_run(run), key=lambda row: row["id"]))[:5]


def test_findings_come_in_the_order_of_a_report(sample: Path) -> None:
    rows = of_files(sorted((sample / "findings" / "benn").iterdir()))
    order = [(row["agreement"] or "", row["site"] or "", row["obligation"], row["window_from"], row["label"]) for row in rows]
    assert order == sorted(order)


def test_the_same_audit_has_the_same_bytes(few: Given, sample: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    for name in ("facts", "agreements"):
        shutil.copytree(few[1].parent / name, moved / name)
    audit([moved / "facts"], moved / "agreements", RULES, AS_OF, tmp_path / "audit", wanted=Wanted(bucket=3))
    assert content(tmp_path / "audit") == content(sample)


class Interrupted(Exception):
    """Stands for a machine that stops."""


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_interrupted_audit_goes_on_where_it_was(few: Given, after: int, sample: Path, tmp_path: Path) -> None:
    asked: list[int] = []

    def stopping(work, items) -> Iterator[tuple[int, object]]:
        for number, one in here(work, items):
            if number == after:
                raise Interrupted
            yield number, one

    def counting(work, items) -> Iterator[tuple[int, object]]:
        asked.append(len(items))
        yield from here(work, items)

    out = tmp_path / "audit"
    with pytest.raises(Interrupted):
        audit(*few, out, wanted=Wanted(bucket=3), spread=stopping)
    assert not out.exists()
    found = audit(*few, out, wanted=Wanted(bucket=3), spread=counting)
    assert (found.resumed, asked) == (after, [4 - after])
    assert content(out) == content(sample)
    assert not out.with_name(out.name + UNFINISHED).exists()


def test_a_bucket_that_does_not_fit_any_more_is_measured_again(few: Given, sample: Path, tmp_path: Path) -> None:
    def stopping(work, items) -> Iterator[tuple[int, object]]:
        for number, one in here(work, items):
            yield number, one
            if number == 2:
                raise Interrupted

    out = tmp_path / "audit"
    with pytest.raises(Interrupted):
        audit(*few, out, wanted=Wanted(bucket=3), spread=stopping)
    unfinished = out.with_name(out.name + UNFINISHED)
    (unfinished / "findings" / "benn" / "00001.parquet").write_bytes(b"damaged")
    (unfinished / "buckets" / "benn" / "00002.json").write_bytes(b"{")
    found = audit(*few, out, wanted=Wanted(bucket=3))
    assert found.resumed == 1
    assert content(out) == content(sample)


def test_what_other_buckets_left_is_not_taken_for_a_result(few: Given, sample: Path, tmp_path: Path) -> None:
    def stopping(work, items) -> Iterator[tuple[int, object]]:
        for number, one in here(work, items):
            yield number, one
            if number == 4:
                raise Interrupted

    with pytest.raises(Interrupted):
        audit(*few, tmp_path / "audit", wanted=Wanted(bucket=1), spread=stopping)
    audit(*few, tmp_path / "audit", wanted=Wanted(bucket=3))
    assert content(tmp_path / "audit") == content(sample)


def test_a_submission_that_changes_meanwhile_sets_its_agreement_aside(few: Given, tmp_path: Path) -> None:
    for name in ("facts", "agreements"):
        shutil.copytree(few[1].parent / name, tmp_path / name)

    def changing(work, items) -> Iterator[tuple[int, object]]:
        table = sorted((tmp_path / "facts" / "benn" / "benn-mitte").glob("*/meetings.csv"))[0]
        table.write_text(table.read_text(encoding="utf-8").replace(",held", ",cancelled", 1), encoding="utf-8")
        yield from here(work, items)

    found = audit([tmp_path / "facts"], tmp_path / "agreements", RULES, AS_OF, tmp_path / "audit", wanted=Wanted(bucket=3), spread=changing)
    assert {name: [problem.code for problem in problems] for name, problems in found.aside.items()} == {"benn-mitte": ["changed-meanwhile"]}


def changed_world(few: Given, folder: Path) -> None:
    """The smaller sample with one more meeting of one district."""
    for name in ("facts", "agreements"):
        shutil.copytree(few[1].parent / name, folder / name)
    table = sorted((folder / "facts" / "benn" / "benn-mitte").glob("*/meetings.csv"))[0]
    first, second = table.read_text(encoding="utf-8").splitlines()[:2]
    values = dict(zip(first.split(","), second.split(","), strict=True)) | {"id": "one-more"}
    table.write_text(table.read_text(encoding="utf-8") + ",".join(values.values()) + "\n", encoding="utf-8")


def test_unchanged_agreements_are_taken_over(few: Given, sample: Path, tmp_path: Path) -> None:
    measured: list[str] = []

    def watching(work, items) -> Iterator[tuple[int, object]]:
        for number, one in here(work, items):
            measured.extend(agreement.id for agreement in items[number].agreements)
            yield number, one

    same = audit(*few, tmp_path / "same", since=sample, wanted=Wanted(bucket=3), spread=watching)
    assert (same.measured, len(same.reused), measured) == (0, 8, [])
    assert content(tmp_path / "same") == content(sample)
    changed_world(few, tmp_path / "changed")
    changed = ([tmp_path / "changed" / "facts"], tmp_path / "changed" / "agreements", RULES, AS_OF)
    found = audit(*changed, tmp_path / "since", since=sample, wanted=Wanted(bucket=3), spread=watching)
    assert (found.measured, measured) == (1, ["benn-mitte"])
    audit(*changed, tmp_path / "afresh", wanted=Wanted(bucket=3))
    assert content(tmp_path / "since") == content(tmp_path / "afresh")
    assert content(tmp_path / "since") != content(sample)


def test_nothing_is_taken_over_under_another_day(few: Given, sample: Path, tmp_path: Path) -> None:
    found = audit(*few[:3], datetime.date(2021, 9, 29), tmp_path / "audit", since=sample)
    assert (found.measured, found.reused) == (8, ())


def test_bad_facts_set_one_agreement_aside(few: Given, sample: Path, tmp_path: Path) -> None:
    for name in ("facts", "agreements"):
        shutil.copytree(few[1].parent / name, tmp_path / name)
    table = sorted((tmp_path / "facts" / "benn" / "benn-mitte").glob("*/meetings.csv"))[0]
    table.write_text(table.read_text(encoding="utf-8").replace(",2017-", ",2017/", 1), encoding="utf-8")
    (tmp_path / "agreements" / "benn" / "benn-spandau.yaml").write_text("id: benn-spandau\npack: benn\n", encoding="utf-8")
    found = audit([tmp_path / "facts"], tmp_path / "agreements", RULES, AS_OF, tmp_path / "audit", wanted=Wanted(bucket=3))
    assert set(found.aside) == {"benn-mitte", "benn-spandau"}
    assert [problem.code for problem in found.aside["benn-mitte"]] == ["invalid-date"]
    problems = json.loads((tmp_path / "audit" / "problems.json").read_bytes())
    assert [one["agreement"] for one in problems["agreements"]] == ["benn-mitte", "benn-spandau"]
    assert problems["agreements"][0]["problems"][0]["file"].startswith("facts/benn/benn-mitte/")
    before = {row["id"]: row for row in of_files(finding_files(sample)) if row["agreement"] not in (None, "benn-mitte", "benn-spandau")}
    now = {row["id"]: row for row in of_files(finding_files(tmp_path / "audit")) if row["agreement"]}
    assert now == before
    states = dict(duckdb.sql(f"SELECT agreement, state FROM '{tmp_path}/audit/agreements.parquet'").fetchall())
    assert [name for name, state in states.items() if state == "set aside"] == ["benn-mitte", "benn-spandau"]


@pytest.mark.parametrize(
    ("what", "code"),
    [("programme", "unknown-reference"), ("nobody", "missing-key"), ("pack", "invalid-yaml")],
)
def test_what_belongs_to_no_agreement_stops_the_audit(few: Given, what: str, code: str, tmp_path: Path) -> None:
    for name in ("facts", "agreements"):
        shutil.copytree(few[1].parent / name, tmp_path / name)
    shutil.copytree(RULES, tmp_path / "rules")
    if what == "programme":
        table = sorted((tmp_path / "facts" / "benn" / "programme").glob("*/meetings.csv"))[0]
        table.write_text(table.read_text(encoding="utf-8").replace("jf-", "jour-", 1), encoding="utf-8")
    elif what == "nobody":
        (tmp_path / "facts" / "stray").mkdir()
        (tmp_path / "facts" / "stray" / "submission.yaml").write_text("submitted_on: 2020-01-01\n", encoding="utf-8")
    else:
        (tmp_path / "rules" / "benn" / "pack.yaml").write_text("id: [\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        audit([tmp_path / "facts"], tmp_path / "agreements", tmp_path / "rules", AS_OF, tmp_path / "audit")
    assert code in {problem.code for problem in refused.value.problems}
    assert not list(tmp_path.glob("audit*")), "nothing stays where nothing was done"


def test_a_folder_that_is_there_is_never_touched(few: Given, sample: Path) -> None:
    before = content(sample)
    with pytest.raises(InvalidInput) as refused:
        audit(*few, sample)
    assert [problem.code for problem in refused.value.problems] == ["audit-exists"]
    assert content(sample) == before


def test_two_audits_do_not_work_in_one_folder(few: Given, tmp_path: Path) -> None:
    def within(work, items) -> Iterator[tuple[int, object]]:
        with pytest.raises(InvalidInput) as refused:
            audit(*few, tmp_path / "audit")
        assert [problem.code for problem in refused.value.problems] == ["audit-running"]
        yield from here(work, items)

    assert isinstance(audit(*few, tmp_path / "audit", spread=within), Audited)


@pytest.mark.parametrize("change", ["findings/benn/00001.parquet", "receipt.json", "summary.csv"])
def test_a_changed_earlier_audit_is_refused(few: Given, change: str, sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "earlier")
    file = tmp_path / "earlier" / change
    file.write_bytes(b"{}" if change == "receipt.json" else file.read_bytes() + b"x")
    with pytest.raises(InvalidInput) as refused:
        audit(*few, tmp_path / "audit", since=tmp_path / "earlier")
    assert [problem.code for problem in refused.value.problems] == ["no-audit" if change == "receipt.json" else "audit-changed"]
    assert not (tmp_path / "audit").exists()


def run(*arguments: object) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "servanda", *map(str, arguments)]
    result = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")}, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout, result.stderr


def test_the_command_audits_repeats_and_names_what_differs(few: Given, sample: Path, tmp_path: Path) -> None:
    where = ("--rules", RULES, "--agreements", few[1])
    code, out, _ = run("audit", few[0][0], *where, "--out", tmp_path / "again", "--repeat", sample / "receipt.json", "--lang", "en")
    assert (code, "every file is the same, byte for byte" in out) == (1, True)
    assert content(tmp_path / "again") == content(sample)
    changed_world(few, tmp_path / "changed")
    code, _, err = run(
        "audit", tmp_path / "changed" / "facts", "--rules", RULES, "--agreements", tmp_path / "changed" / "agreements", "--out", tmp_path / "other",
        "--repeat", sample / "receipt.json", "--lang", "en",
    )
    assert (code, "facts/benn/benn-mitte/" in err, (tmp_path / "other").exists()) == (2, True, False)


def test_the_command_says_what_was_set_aside(few: Given, tmp_path: Path) -> None:
    for name in ("facts", "agreements"):
        shutil.copytree(few[1].parent / name, tmp_path / name)
    (tmp_path / "agreements" / "benn" / "benn-mitte.yaml").write_text("id: benn-mitte\npack: benn\n", encoding="utf-8")
    code, out, err = run("audit", tmp_path / "facts", "--rules", RULES, "--agreements", tmp_path / "agreements", "--as-of", AS_OF,
                         "--out", tmp_path / "a")
    assert (code, "problems.json" in out, "benn-mitte.yaml" in err) == (2, True, True)


def test_reports_of_districts_are_those_of_a_check(few: Given, tmp_path: Path) -> None:
    audit(*few, tmp_path / "audit", wanted=Wanted(("json", "html"), "de", 100))
    facts = few[0][0] / "benn"
    run = evaluate([facts / "benn-mitte", facts / "programme"], *few[1:], root=facts.parent.parent)
    report = json.loads((tmp_path / "audit" / "reports" / "benn-mitte.de.json").read_bytes())
    assert [one["id"] for one in report["findings"]] == [one.id for one in run.findings if one.agreement]
    counts = [one.value for one in run.findings if one.agreement and one.kind == "count"]
    assert [one["value"] for one in report["findings"] if one["kind"] == "count"] == counts
    assert "<html" in (tmp_path / "audit" / "reports" / "benn-mitte.de.html").read_text(encoding="utf-8")
