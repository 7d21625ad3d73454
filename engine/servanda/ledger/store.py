"""Where a ledger is kept: one SQLite file by default, PostgreSQL by URL. Opening creates and migrates it, under a lock.

SQLite: a rollback journal with synchronous=EXTRA (a commit that was reported survives a cut of power, and the ledger is one file),
writers queue by BEGIN IMMEDIATE. PostgreSQL: writers queue at an advisory lock of the transaction.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from servanda.ledger.tables import VERSIONS
from servanda.problems import InvalidInput, Problem

BUSY_SECONDS = 30
_LOCK = 0x5345_5256  # "SERV": the key of the advisory lock in PostgreSQL
_WRITING = "servanda_writing"
_DRIVER = "psycopg"
# What databases say where not the ledger is at fault, and which problem that is.
_SAID = {
    "database is locked": "ledger-busy", "database table is locked": "ledger-busy", "lock timeout": "ledger-busy",
    "disk is full": "no-room", "No space left on device": "no-room", "readonly database": "unwritable-output",
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger: the engine that reaches it, and its name for people (a path, or a URL without its password)."""

    engine: Engine
    name: str

    def close(self) -> None:
        """Give up the connections."""
        self.engine.dispose()


def open_ledger(url: str | Path, *, create: bool = True) -> Ledger:
    """The ledger at a path, `sqlite:///…` or `postgresql+psycopg://…`, created where it is missing (unless `create` is False) and migrated.

    InvalidInput where it cannot be reached, is no ledger, or is newer than this program.
    """
    parsed = _url(str(url))
    name = parsed.database if parsed.get_backend_name() == "sqlite" else parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite" and not create and not os.path.exists(parsed.database):
        raise InvalidInput([Problem("ledger-missing", name)])
    ledger = Ledger(_engine(parsed, name), name)
    try:
        with problems_of(name):
            _prepare(ledger, create)
    except InvalidInput:
        ledger.close()
        raise
    return ledger


@contextlib.contextmanager
def reading(ledger: Ledger) -> Iterator[Connection]:
    """A connection whose transaction sees one state of the ledger."""
    with problems_of(ledger.name), ledger.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextlib.contextmanager
def writing(ledger: Ledger) -> Iterator[Connection]:
    """A connection that is alone in writing until its transaction ends, which it does by a commit, or not at all where anything is raised."""
    with problems_of(ledger.name), ledger.engine.connect() as connection:
        connection = connection.execution_options(**{_WRITING: True})
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection


@contextlib.contextmanager
def problems_of(name: str) -> Iterator[None]:
    """Raises what the database complains of as InvalidInput (never with a password)."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
        code = next((code for words, code in _SAID.items() if words in said), "ledger-unreadable")
        raise InvalidInput([Problem(code, name, found=said[:200])]) from error
    except (SQLAlchemyError, UnicodeDecodeError) as error:  # a damaged schema need not be text
        raise InvalidInput([Problem("ledger-unreadable", name, found=type(error).__name__)]) from error


def _url(given: str) -> URL:
    """A URL as SQLAlchemy knows it; whatever names no scheme is a path."""
    if "://" not in given:
        return URL.create("sqlite", database=given)
    scheme = given.partition("://")[0]
    try:
        parsed = make_url(given)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
            raise ArgumentError(scheme)
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise ArgumentError("memory")
    except (ArgumentError, ValueError):
        raise InvalidInput([Problem("ledger-url", found=scheme[:50] + "://…")]) from None
    return parsed


def _engine(url: URL, name: str) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", hide_parameters=True)
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    except (ImportError, NoSuchModuleError):
        raise InvalidInput([Problem("missing-extra", name, found=_DRIVER, args={"extra": "postgres"})]) from None
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection, _record) -> None:
    """Settings of a SQLite connection; transactions are begun by `_begin`."""
    connection.isolation_level = None
    for pragma in ("synchronous = EXTRA", "foreign_keys = ON", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITING) else "BEGIN")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _prepare(ledger: Ledger, create: bool) -> None:
    """Check what is there, and take the steps that it lacks."""
    config = _config()
    known = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    with reading(ledger) as connection:
        version = _version(connection, ledger.name, create)
    if version == known[0]:
        return
    with writing(ledger) as connection:
        version = _version(connection, ledger.name, create)  # another may have been faster
        if version not in (None, *known):
            raise InvalidInput([Problem("ledger-newer", ledger.name, found=version, args={"known": known[0]})])
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(connection: Connection, name: str, create: bool) -> str | None:
    """The ledger's version, None where there is none yet; InvalidInput where something else is there."""
    tables = set(inspect(connection).get_table_names())
    if VERSIONS in tables:
        return connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()  # noqa: S608 - a constant
    if not create or "entry" in tables or connection.dialect.name == "sqlite" and tables:
        raise InvalidInput([Problem("ledger-foreign", name)])
    if connection.dialect.name == "postgresql":
        encoding = connection.execute(text("SHOW server_encoding")).scalar()
        if encoding != "UTF8":
            raise InvalidInput([Problem("ledger-unreadable", name, found=f"server_encoding {encoding}")])
    return None
