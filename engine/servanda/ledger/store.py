"""Where a ledger lies: a SQLite file, or a PostgreSQL database by its URL. Opening it brings its tables up to date.

The tables refuse by themselves what would rewrite them (`migrations`). Who owns the database can take these guards away;
`verify` finds that they are gone, and what was changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servanda.problems import InvalidInput, Problem

_URL = re.compile(r"[a-z][a-z0-9+]*://")
BUSY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger that was opened; `name` is what may be shown of where it lies (never a password)."""

    engine: object
    name: str

    @property
    def sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"


def open_ledger(where: str | Path, create: bool = True) -> Ledger:
    """The ledger at a path or URL, with its tables up to date; `InvalidInput` where that is none, or cannot be reached.

    Without `create`, a file that is not there is a problem.
    """
    sqlalchemy = _library(where)
    text = str(where)
    try:
        url = sqlalchemy.make_url(text if _URL.match(text) else f"sqlite:///{text}")
        name = url.render_as_string(hide_password=True) if _URL.match(text) else text
        file = url.database if url.get_backend_name() == "sqlite" else None
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise InvalidInput([Problem("no-such-ledger", name, found=url.get_backend_name())])
        if file and not create and not Path(file).is_file():
            raise InvalidInput([Problem("no-such-ledger", name, found="–")])
        engine = _sqlite(sqlalchemy, url) if file else sqlalchemy.create_engine(url)
    except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError, ImportError) as error:
        raise InvalidInput([Problem("no-such-ledger", re.sub(r"//[^/@]*@", "//", text), found=type(error).__name__)]) from error
    ledger = Ledger(engine, name)
    _up_to_date(ledger, sqlalchemy)
    return ledger


def _library(where: object):
    try:
        import sqlalchemy
        import sqlalchemy.exc
    except ImportError:
        raise InvalidInput([Problem("missing-library", str(where), found="sqlalchemy", args={"extra": "review"})]) from None
    return sqlalchemy


def _sqlite(sqlalchemy, url):
    """An engine whose writes begin at once with the lock, and reach the disk before they count."""
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, poolclass=sqlalchemy.pool.NullPool)

    @sqlalchemy.event.listens_for(engine, "connect")
    def _connected(connection, _record) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA foreign_keys = ON")

    @sqlalchemy.event.listens_for(engine, "begin")
    def _begun(connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


@contextmanager
def writing(ledger: Ledger) -> Iterator[object]:
    """A connection inside one transaction in which nobody else can write."""
    with ledger.engine.connect().execution_options(writes=True) as connection, connection.begin():
        if not ledger.sqlite:
            connection.exec_driver_sql("LOCK TABLE entry IN EXCLUSIVE MODE")
        yield connection


@contextmanager
def reading(ledger: Ledger) -> Iterator[object]:
    """A connection that sees the ledger as it was at one moment."""
    with ledger.engine.connect() as connection:
        if not ledger.sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _up_to_date(ledger: Ledger, sqlalchemy) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    try:
        with ledger.engine.connect() as connection:
            now = MigrationContext.configure(connection).get_current_revision()
        if now == script.get_current_head():
            return
        if now is not None and now not in {revision.revision for revision in script.walk_revisions()}:
            raise InvalidInput([Problem("newer-ledger", ledger.name, found=now)])
        with ledger.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if not ledger.sqlite:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7305512)")  # two programs that create it at once
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except sqlalchemy.exc.DBAPIError as error:
        reason = str(error.orig).splitlines()[0][:200] if str(error.orig).strip() else type(error.orig).__name__
        raise InvalidInput([Problem("no-such-ledger", ledger.name, found=reason)]) from error
