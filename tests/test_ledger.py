"""Entries: their canonical form, their chain, what is kept as it was given, and what is completed."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, RULES
from ledgers import AT, BODIES, CONSEQUENCE, GONE, LATE, OPEN, filled, new, run_body
from servanda.ledger.append import append
from servanda.ledger.bodies import KINDS
from servanda.ledger.case_words import FIELD_WORDS, KIND_WORDS
from servanda.ledger.entries import FIRST, Checkpoint, NotCanonical, at_of, at_text, canonical, checkpoint_of, entry_of, hashed_form
from servanda.ledger.read import each_entry, entries, entry, head, length
from servanda.ledger.reports import report_of
from servanda.ledger.store import open_ledger
from servanda.ledger.verify import verify

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4), max_leaves=12,
)


@given(PLAIN)
def test_canonical_form_says_the_same_and_is_its_own(value: object) -> None:
    text = canonical(value)
    assert json.loads(text) == value and canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [1.0, [{"a": [0.5]}], float("nan"), {1: 2}, {None: 1}, "\ud800", {"a": {1, 2}}, b"x", datetime.date(2021, 1, 1)])
def test_what_is_not_plain_has_no_canonical_form(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_canonical_form_is_as_written_down() -> None:
    assert canonical({"b": [1, True, None], "a": "ä\u0301\n\"<é"}) == '{"a":"ä\u0301\\n\\"<é","b":[1,true,null]}'


@given(st.datetimes(min_value=datetime.datetime(2000, 1, 1), max_value=datetime.datetime(2100, 1, 1)))
def test_moments_come_back(moment: datetime.datetime) -> None:
    aware = moment.replace(tzinfo=datetime.UTC)
    assert at_of(at_text(aware)) == aware
    assert at_text(aware.astimezone(datetime.timezone(datetime.timedelta(hours=2)))) == at_text(aware)


@settings(max_examples=200)
@given(st.data())
def test_another_text_is_another_hash(data: st.DataObject) -> None:
    text = st.text(st.characters(exclude_categories=["Cs"]))
    parts = {"kind": text, "author": text, "body": st.fixed_dictionaries({"a": PLAIN})}
    one = replace(new("run", {}), **{name: data.draw(part) for name, part in parts.items()})
    read = entry_of(hashed_form(one, 7, FIRST))
    assert (read.kind, read.author, read.body, read.at, read.number, read.previous) == (one.kind, one.author, one.body, one.at, 7, FIRST)
    other = replace(one, author=one.author + "x")
    assert entry_of(hashed_form(other, 7, FIRST)).hash != read.hash


def test_checkpoints_come_back() -> None:
    assert checkpoint_of(str(Checkpoint(17, "ab" * 32))) == Checkpoint(17, "ab" * 32)
    for text in ("", "17", "17:ab", "-1:" + "ab" * 32, "٣:" + "ab" * 32):
        with pytest.raises(ValueError):
            checkpoint_of(text)


def test_every_kind_is_entered_chained_and_read_back(tmp_path: Path) -> None:
    ledger, made = filled(tmp_path / "l.sqlite")
    assert {one.kind for one in made} == set(KINDS) == set(KIND_WORDS)
    assert [one.number for one in made] == list(range(1, len(BODIES) + 1))
    assert [one.previous for one in made] == [FIRST, *(one.hash for one in made[:-1])]
    for one in made:
        form = {"number": one.number, "at": "2021-09-30T10:00:00.000123Z", "author": one.author, "kind": one.kind, "subjects": list(one.subjects)}
        text = json.dumps(form | {"body": one.body, "previous": one.previous}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert one.hash == hashlib.sha256(text.encode()).hexdigest()
        assert set(one.body) - {"receipt", "receipt_sha256", "summary", "report"} <= set(FIELD_WORDS)
    assert entries(ledger) == tuple(made) == tuple(each_entry(ledger)) and entry(ledger, 3) == made[2] and entry(ledger, 99) is None
    assert head(ledger) == Checkpoint(len(made), made[-1].hash) and verify(ledger, head(ledger)) == ()
    assert ledger.name == str(tmp_path / "l.sqlite") and [path.name for path in tmp_path.iterdir()] == ["l.sqlite"]


def test_texts_are_kept_as_they_were_given(tmp_path: Path) -> None:
    ledger, _ = filled(tmp_path / "l.sqlite", 1)
    for reasons in ("e\u0301 ≠ é", "a\r\nb\tc", "  am Rand  ", "\u202eöffnen", "🙂 \\u0000 '; DROP TABLE entry; --"):
        made = append(ledger, new("assessment", {"finding": LATE, "run": 1, "material": False, "reasons": reasons}, "ä"))
        assert entry(ledger, made.number).body["reasons"] == reasons
    assert verify(ledger) == ()


def test_a_moment_is_kept_in_utc(tmp_path: Path) -> None:
    ledger, _ = filled(tmp_path / "l.sqlite", 1)
    zone = datetime.timezone(datetime.timedelta(hours=2))
    made = append(ledger, replace(new("correction", {"of": 1, "text": "x"}), at=AT.astimezone(zone)))
    assert made.at == AT and made.at.utcoffset() == datetime.timedelta(0) and entry(ledger, 2).at.tzinfo == datetime.UTC


def test_what_an_entry_concerns_is_completed(tmp_path: Path) -> None:
    ledger, made = filled(tmp_path / "l.sqlite")
    subjects = {one.number: one.subjects for one in made}
    assert subjects[1] == ("run:1",) and subjects[2] == (LATE,) and subjects[4] == (OPEN,) and subjects[6] == (CONSEQUENCE,)
    assert subjects[11] == (CONSEQUENCE,) and subjects[12] == (GONE,)
    for limit in (None, 9):
        assert [one.number for one in entries(ledger, subject=CONSEQUENCE, limit=limit)] == [5, 6, 10, 11]
    assert [one.number for one in entries(ledger, kind="answer")] == [4, 6] and length(ledger, kind="answer") == 2
    assert [one.number for one in entries(ledger, after=9, limit=2)] == [10, 11]
    more = append(ledger, new("remedy", {"finding": GONE, "on": "2021-11-03", "text": "x"}, "anna", "site:s-1"))
    assert more.subjects == ("site:s-1", GONE)


def test_every_decision_chains_to_the_receipt_that_it_rests_on(tmp_path: Path) -> None:
    _, made = filled(tmp_path / "l.sqlite")
    receipt = made[0].body["receipt_sha256"]
    resting = {one.kind for one in made if one.body.get("receipt_sha256") == receipt}
    assert resting == set(KINDS) - {"remedy", "waiver", "correction"}  # those name no run; the correction is of the remedy


def test_a_real_run_is_entered_with_its_report_byte_by_byte(tmp_path: Path) -> None:
    from servanda.evaluate import evaluate
    from servanda.receipt import digest, receipt
    from servanda.report.json_report import json_report
    from servanda.report.style import Style

    run = evaluate([ROOT / "facts/benn/benn-pankow"], ROOT / "agreements", RULES, datetime.date(2021, 9, 30))
    text = json_report(run, Style("de"))
    proof = receipt(run, text)
    ledger = open_ledger(str(tmp_path / "l.sqlite"))
    append(ledger, new("run", {"receipt": proof, "receipt_sha256": digest(proof), "summary": run.summary(), "report": text}))
    stored = entry(ledger, 1)
    assert stored.body["report"] == text and report_of(stored.body) == json.loads(text) and verify(ledger) == ()


def test_lookalike_runs_chain_to_their_own_receipts(tmp_path: Path) -> None:
    ledger, _ = filled(tmp_path / "l.sqlite", 1)
    append(ledger, new("run", run_body(BODIES[0][2]["report"] + "\n")))
    made = append(ledger, new("assessment", {"finding": LATE, "run": 2, "material": True, "reasons": "x"}))
    assert made.body["receipt_sha256"] == entry(ledger, 2).body["receipt_sha256"] != entry(ledger, 1).body["receipt_sha256"]
