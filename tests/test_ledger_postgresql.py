"""The ledger in a real PostgreSQL: the same entries and hashes, refusals by the database, writers at once, kills, and what `verify` finds."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

import postgresql
from ledgers import BODIES, CONSEQUENCE, filled, new
from servanda.ledger import store
from servanda.ledger.append import append
from servanda.ledger.case_file import case_file
from servanda.ledger.entries import Checkpoint
from servanda.ledger.read import entries, head
from servanda.ledger.store import open_ledger
from servanda.ledger.verify import verify
from servanda.problems import InvalidInput
from test_ledger_writers import check_kills, check_writers

ROW = "number, at, author, kind, previous, hash, canonical"
NEXT = "13, at, author, kind, (SELECT hash FROM entry WHERE number = 12)"
REFUSED = [
    "UPDATE entry SET author = 'x'", "UPDATE entry SET author = author WHERE number = 2", "DELETE FROM entry WHERE number = 12", "DELETE FROM entry",
    "TRUNCATE entry CASCADE", "TRUNCATE entry_subject", "UPDATE entry_subject SET subject = 'x'", "DELETE FROM entry_subject WHERE number = 2",
    f"INSERT INTO entry SELECT {ROW} FROM entry WHERE number = 3", f"INSERT INTO entry SELECT {ROW} FROM entry WHERE number = 3 ON CONFLICT DO NOTHING",
    f"INSERT INTO entry SELECT {ROW} FROM entry WHERE number = 3 ON CONFLICT (number) DO UPDATE SET kind = 'remedy'",
    f"INSERT INTO entry SELECT {NEXT}, 'ab', canonical FROM entry WHERE number = 3 ON CONFLICT (number) DO UPDATE SET kind = 'remedy'",
    "INSERT INTO entry SELECT 14, at, author, kind, (SELECT hash FROM entry WHERE number = 12), 'ab', canonical FROM entry WHERE number = 3",
    "INSERT INTO entry SELECT 13, at, author, kind, previous, 'ab', canonical FROM entry WHERE number = 3",
    "INSERT INTO entry_subject VALUES (2, 1, 'more')", "INSERT INTO entry_subject VALUES (12, -1, 'more')",
    "INSERT INTO entry_subject SELECT number, -1, subject FROM entry_subject WHERE number = 2",
    "INSERT INTO entry_subject SELECT number, position, 'x' FROM entry_subject WHERE number = 2 ON CONFLICT DO NOTHING",
    "MERGE INTO entry USING (SELECT 2 AS n) AS other ON number = n WHEN MATCHED THEN UPDATE SET kind = 'x'",
    "WITH gone AS (DELETE FROM entry_subject RETURNING number) SELECT count(*) FROM gone",
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql.cluster() as url:
        yield url


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    """A database of its own."""
    name = f"t{abs(hash(request.node.name)) % 10**12}"
    with plain(server) as raw:
        raw.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def plain(url: str) -> psycopg.Connection:
    """A connection as anybody has it who owns the database."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_the_same_entries_have_the_same_hashes(url: str, tmp_path) -> None:
    ledger, made = filled(url)
    _, in_a_file = filled(tmp_path / "l.sqlite")
    assert made == in_a_file and entries(ledger) == tuple(made) and verify(ledger, head(ledger)) == ()
    assert case_file(ledger, CONSEQUENCE)["checkpoint"]["length"] == len(BODIES)
    ledger.close()
    again = open_ledger(url, create=False)
    assert head(again).length == len(BODIES)
    again.close()


def test_the_database_refuses(url: str) -> None:
    ledger, made = filled(url)
    with plain(url) as raw:
        for statement in REFUSED:
            for replica in ("origin", "replica"):
                raw.execute(f"SET session_replication_role = {replica}")
                with pytest.raises(psycopg.DatabaseError, match="servanda: "):
                    raw.execute(statement)
    assert entries(ledger) == tuple(made) and verify(ledger) == ()
    ledger.close()


@pytest.mark.parametrize(("statement", "code"), [
    ("UPDATE entry SET author = 'x' WHERE number = 2", "entry-changed"),
    ("UPDATE entry SET canonical = replace(canonical, '999.99', '111.11')", "entry-changed"),
    ("UPDATE entry SET hash = repeat('a', 64) WHERE number = 12", "entry-changed"),
    ("UPDATE entry_subject SET subject = 'x' WHERE number = 2", "entry-changed"),
    ("DELETE FROM entry_subject WHERE number = 12", "entry-changed"),
    ("UPDATE entry SET previous = repeat('a', 64) WHERE number = 5", "chain-broken"),
    ("DELETE FROM entry WHERE number = 1 AND 0 < (SELECT count(*) FROM entry)", "entry-missing"),
    ("DELETE FROM entry WHERE number = 12", "checkpoint-short"),
])
def test_changes_behind_the_guards_are_found(url: str, statement: str, code: str) -> None:
    ledger, _ = filled(url)
    kept = head(ledger)
    with plain(url) as raw:
        raw.execute("ALTER TABLE entry_subject DROP CONSTRAINT entry_subject_number_fkey")
        for table in ("entry", "entry_subject"):
            raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        raw.execute(statement)
    assert code in {problem.code for problem in verify(ledger, kept)}
    ledger.close()


@pytest.mark.parametrize("statement", [
    "ALTER TABLE entry DISABLE TRIGGER entry_no_update", "DROP TRIGGER entry_follows ON entry", "ALTER TABLE entry ENABLE TRIGGER entry_no_delete",
    "CREATE OR REPLACE FUNCTION servanda_no_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE RULE quiet AS ON INSERT TO entry DO INSTEAD NOTHING", "ALTER TABLE entry DROP CONSTRAINT entry_previous_key",
    "ALTER TABLE entry ENABLE ROW LEVEL SECURITY",
])
def test_changed_guards_are_found(url: str, statement: str) -> None:
    ledger, _ = filled(url, 1)
    assert verify(ledger) == ()
    with plain(url) as raw:
        raw.execute(statement)
    assert {problem.code for problem in verify(ledger)} == {"guard-changed"}
    ledger.close()


def test_writers_at_once_lose_nothing(url: str) -> None:
    check_writers(url, 20)


def test_kill_at_any_moment_leaves_a_ledger_that_verifies(url: str, pytestconfig: pytest.Config) -> None:
    check_kills(url, max(3, pytestconfig.getoption("kills") // 5), 2)


def test_a_writer_that_never_ends_is_not_waited_for_without_end(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, made = filled(url, 1)
    monkeypatch.setattr(store, "BUSY_SECONDS", "0.2")
    with store.writing(ledger), pytest.raises(InvalidInput) as refused:
        append(ledger, new(*BODIES[1][::2], "anna"))
    assert [problem.code for problem in refused.value.problems] == ["ledger-busy"] and entries(ledger) == tuple(made)
    ledger.close()


def test_whoever_may_only_insert_and_select_can_write(url: str) -> None:
    """The role of the program needs no more, once the ledger is made."""
    ledger, _ = filled(url, 1)
    ledger.close()
    with plain(url) as raw:
        raw.execute("DROP ROLE IF EXISTS clerk")
        raw.execute("CREATE ROLE clerk LOGIN")
        raw.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk")
        raw.execute("GRANT INSERT ON entry, entry_subject TO clerk")
    ledger = open_ledger(url.replace("servanda@", "clerk@"))
    assert append(ledger, new(*BODIES[1][::2], "clerk")).number == 2 and verify(ledger) == ()
    ledger.close()


def test_a_password_is_never_said(server: str, tmp_path, capsys: pytest.CaptureFixture) -> None:
    from servanda.cli import _run

    for wrong in (server.replace("servanda@", "nobody:secret@"), f"postgresql://me:secret@/x?host={tmp_path}", "postgresql://me:secret@[::1/x",
                  "mysql://me:secret@host/x", server.replace("servanda@", "servanda:secret@").replace("/postgres?", "/none?")):
        with pytest.raises(InvalidInput) as refused:
            open_ledger(wrong)
        assert "secret" not in str(refused.value) + repr(refused.value.problems)
        assert _run(["ledger", "verify", "--ledger", wrong]) == 2
        said = capsys.readouterr()
        assert said.out == "" and "secret" not in said.err and said.err
    ledger = open_ledger(server.replace("servanda@", "servanda:secret@"))
    assert "secret" not in ledger.name + repr(ledger) and "servanda" in ledger.name
    assert _run(["ledger", "checkpoint", "--ledger", server.replace("servanda@", "servanda:secret@")]) == 0
    assert capsys.readouterr().out == str(Checkpoint(0, "0" * 64)) + "\n"
    ledger.close()


def test_without_a_server_the_tests_fail_where_they_must_not_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "programs", lambda: None)
    monkeypatch.setenv("SERVANDA_CI", "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install postgresql"), postgresql.cluster():
        pass
    monkeypatch.delenv("SERVANDA_CI")
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"), postgresql.cluster():
        pass
    assert "SERVANDA_CI" not in os.environ
