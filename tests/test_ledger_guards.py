"""What SQLite itself refuses, asked with plain sqlite3; and that `verify` finds any bit that was changed behind the guards."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers import LATE, filled, new
from servanda.ledger.append import append
from servanda.ledger.entries import FIRST, Checkpoint, hashed_form, sha256
from servanda.ledger.read import head
from servanda.ledger.store import Ledger, open_ledger
from servanda.ledger.verify import verify

FIRST_ROW = "number, at, author, kind, previous, hash, canonical"
SAME = "SELECT number, at, author, 'remedy', previous, hash, canonical FROM entry WHERE number = 3"
NEXT = "SELECT 13, at, author, kind, (SELECT hash FROM entry WHERE number = 12), {hash}, canonical FROM entry WHERE number = 3"
KEPT = "SELECT hash FROM entry WHERE number = 4"
REFUSED = [
    "UPDATE entry SET author = 'x'", "UPDATE entry SET author = author WHERE number = 2", "UPDATE OR REPLACE entry SET number = 1 WHERE number = 2",
    "UPDATE OR IGNORE entry SET at = 'x'", "DELETE FROM entry", "DELETE FROM entry WHERE number = 12", "UPDATE entry SET number = 99 WHERE number = 12",
    *(f"INSERT {how} INTO entry ({FIRST_ROW}) {SAME}" for how in ("", "OR REPLACE", "OR IGNORE", "OR ABORT", "OR FAIL", "OR ROLLBACK")),
    f"REPLACE INTO entry ({FIRST_ROW}) {SAME}",
    f"INSERT INTO entry ({FIRST_ROW}) {SAME} ON CONFLICT (number) DO UPDATE SET kind = 'remedy'",
    f"INSERT INTO entry ({FIRST_ROW}) {SAME} ON CONFLICT DO NOTHING",
    f"INSERT OR REPLACE INTO entry ({FIRST_ROW}) {NEXT.format(hash='(' + KEPT + ')')}",  # the next number, but the hash of entry 4
    f"INSERT OR REPLACE INTO entry ({FIRST_ROW}) SELECT 13, at, author, kind, previous, 'ab', canonical FROM entry WHERE number = 3",
    f"INSERT INTO entry ({FIRST_ROW}) SELECT 14, at, author, kind, (SELECT hash FROM entry WHERE number = 12), 'ab', canonical FROM entry WHERE number = 3",
    f"INSERT INTO entry ({FIRST_ROW}) SELECT NULL, at, author, kind, (SELECT hash FROM entry WHERE number = 12), 'ab', canonical FROM entry WHERE number = 3",
    f"INSERT INTO entry ({FIRST_ROW}) SELECT 0, at, author, kind, '{FIRST}', 'ab', canonical FROM entry WHERE number = 3",
    f"INSERT INTO entry ({FIRST_ROW}) SELECT 13, at, author, kind, '{FIRST}', 'ab', canonical FROM entry WHERE number = 3",
    "UPDATE entry_subject SET subject = 'x'", "DELETE FROM entry_subject", "INSERT INTO entry_subject VALUES (2, 1, 'more')",
    "INSERT INTO entry_subject VALUES (12, 1, 'more')", "INSERT INTO entry_subject VALUES (13, 0, 'more')", "INSERT INTO entry_subject VALUES (12, -1, 'more')",
    "INSERT OR REPLACE INTO entry_subject SELECT number, position, subject FROM entry_subject WHERE number = 2",
    "INSERT OR REPLACE INTO entry_subject VALUES (2, 0, 'other')", "INSERT OR IGNORE INTO entry_subject VALUES (2, 7, 'other')",
    "REPLACE INTO entry_subject VALUES (2, 7, '" + LATE + "')",
    "INSERT INTO entry_subject VALUES (2, 0, 'other') ON CONFLICT DO UPDATE SET subject = 'other'",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with an entry of every kind."""
    path = tmp_path_factory.mktemp("made") / "l.sqlite"
    filled(path)[0].close()
    return path


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as raw:
        return list(raw.iterdump())


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses(made: Path, statement: str, recursive: str) -> None:
    before = dump(made)
    raw = sqlite3.connect(made, isolation_level=None)
    raw.execute(f"PRAGMA recursive_triggers = {recursive}")
    with pytest.raises(sqlite3.IntegrityError, match="^servanda: "):
        raw.execute(statement)
    raw.close()
    assert dump(made) == before


def test_without_the_guard_of_the_insert_replace_would_pass(made: Path, tmp_path: Path) -> None:
    """Why the insert is guarded: the triggers on update and delete alone let `INSERT OR REPLACE` through."""
    shutil.copy(made, tmp_path / "l.sqlite")
    with sqlite3.connect(tmp_path / "l.sqlite") as raw:
        raw.execute("DROP TRIGGER entry_follows")
        raw.execute(f"INSERT OR REPLACE INTO entry ({FIRST_ROW}) {SAME}")
        assert raw.execute("SELECT kind FROM entry WHERE number = 3").fetchone() == ("remedy",)


def test_what_follows_the_last_entry_may_be_entered_by_hand(made: Path, tmp_path: Path) -> None:
    """The guards let through what `append` does, and no more: `verify` then asks whether it may be there."""
    shutil.copy(made, tmp_path / "l.sqlite")
    ledger = open_ledger(tmp_path / "l.sqlite")
    end = head(ledger)
    forged = new("confirmation", {"proposal": 10, "confirmed": True, "reasons": "x"})
    text = hashed_form(forged, end.length + 1, end.hash)
    with sqlite3.connect(tmp_path / "l.sqlite") as raw:
        row = (end.length + 1, "2021-09-30T10:00:00.000123Z", "anna", "confirmation", end.hash, sha256(text), text)
        raw.execute(f"INSERT INTO entry ({FIRST_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    assert {problem.code for problem in verify(ledger)} == {"own-proposal", "proposal-decided", "receipt-differs", "entry-changed"}


def guards(raw: sqlite3.Connection) -> list[tuple[str, str]]:
    return raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()


def columns() -> Iterator[tuple[str, str]]:
    for name in ("number", "at", "author", "kind", "previous", "hash", "canonical"):
        yield "entry", name
    for name in ("number", "position", "subject"):
        yield "entry_subject", name


def changed(raw: sqlite3.Connection, table: str, column: str, row: int, bit: int) -> None:
    """Flip a bit of a stored value, with the guards away meanwhile."""
    found = guards(raw)
    for name, _ in found:
        raw.execute(f"DROP TRIGGER {name}")
    keys = "number" if table == "entry" else "number, position"
    rows = raw.execute(f"SELECT {keys}, {column}, typeof({column}), CAST({column} AS BLOB) FROM {table} ORDER BY {keys}").fetchall()
    *key, value, kind, text = rows[row % len(rows)]
    if kind == "integer":
        new_value: object = value ^ (1 << bit % 63)
        said = "?"
    else:
        flipped = bytearray(text)
        flipped[bit // 8 % len(text)] ^= 1 << bit % 8
        new_value, said = bytes(flipped), "CAST(? AS TEXT)"
    where = " AND ".join(f"{name} = ?" for name in keys.split(", "))
    raw.execute(f"UPDATE OR IGNORE {table} SET {column} = {said} WHERE {where}", [new_value, *key])
    for _, sql in found:
        raw.execute(sql)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(list(columns())), row=st.integers(0, 99), bit=st.integers(0, 40_000))
def test_any_changed_bit_is_found(made: Path, tmp_path: Path, where: tuple[str, str], row: int, bit: int) -> None:
    path = tmp_path / "l.sqlite"
    shutil.copy(made, path)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.text_factory = bytes
    before = raw.execute("SELECT total_changes()").fetchone()[0]
    raw.text_factory = str
    changed(raw, *where, row, bit)
    done = raw.execute("SELECT total_changes()").fetchone()[0] > before
    raw.close()
    ledger = open_ledger(path, create=False)
    found = verify(ledger)
    assert bool(found) == done, (where, row, bit)
    assert all(problem.code != "guard-changed" for problem in found)


def test_every_bit_of_a_short_entry_is_found(tmp_path: Path) -> None:
    """The property without chance, for the author, the kind and the hash of one entry."""
    filled(tmp_path / "l.sqlite", 2)[0].close()
    for column, bits in (("author", 32), ("kind", 80), ("hash", 40)):
        for bit in range(0, bits, 3):
            shutil.copy(tmp_path / "l.sqlite", tmp_path / "copy.sqlite")
            raw = sqlite3.connect(tmp_path / "copy.sqlite", isolation_level=None)
            changed(raw, "entry", column, 1, bit)
            raw.close()
            assert 2 in {problem.row for problem in verify(open_ledger(tmp_path / "copy.sqlite"))}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 0.999), bit=st.integers(0, 7))
def test_a_bit_of_the_file_never_ends_in_anything_but_problems(made: Path, tmp_path: Path, place: float, bit: int) -> None:
    """A bit of the file outside of the values may mean nothing; whatever it means, it is no crash."""
    from servanda.problems import InvalidInput

    content = bytearray(made.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    (tmp_path / "l.sqlite").write_bytes(content)
    try:
        ledger = open_ledger(tmp_path / "l.sqlite", create=False)
        verify(ledger)
    except InvalidInput:
        pass


def rewritten(ledger: Ledger, path: Path, upto: int) -> None:
    """What an owner of the file can do: a whole new ledger that is sound in itself, with another end."""
    path.unlink()
    again, _ = filled(path, upto)
    append(again, new("correction", {"of": 1, "text": "another history"}))
    again.close()


def test_a_checkpoint_finds_a_cut_off_and_an_exchanged_end(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    ledger, made = filled(path)
    kept = head(ledger)
    append(ledger, new("correction", {"of": 1, "text": "later"}))
    assert verify(ledger, kept) == () == verify(ledger, Checkpoint(0, FIRST)) == verify(ledger, Checkpoint(3, made[2].hash))
    ledger.close()
    rewritten(ledger, path, 8)
    shorter = open_ledger(path)
    assert verify(shorter) == () and [problem.code for problem in verify(shorter, kept)] == ["checkpoint-short"]
    shorter.close()
    rewritten(shorter, path, 11)
    other = open_ledger(path)
    assert verify(other) == () and [(problem.code, problem.row) for problem in verify(other, kept)] == [("checkpoint-differs", 12)]
    assert [problem.code for problem in verify(other, Checkpoint(0, "ab" * 32))] == ["checkpoint-differs"]


def test_an_empty_ledger_is_sound(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "l.sqlite")
    assert head(ledger) == Checkpoint(0, FIRST) and verify(ledger, head(ledger)) == ()


def test_all_problems_are_said_at_once(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    shutil.copy(made, path)
    raw = sqlite3.connect(path, isolation_level=None)
    found = guards(raw)
    for name, _ in found:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE entry SET author = 'x' WHERE number = 2")
    raw.execute("UPDATE entry SET canonical = replace(canonical, '999.99', '111.11') WHERE number = 10")
    raw.execute("UPDATE entry SET canonical = '[1, 2' WHERE number = 4")
    raw.execute("UPDATE entry_subject SET subject = 'x' WHERE number = 7")
    raw.close()
    rows = {(problem.row, problem.column) for problem in verify(open_ledger(path)) if problem.code == "entry-changed"}
    assert rows >= {(2, "author"), (4, "canonical"), (7, "subjects"), (10, "canonical")}
