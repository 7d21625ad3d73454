"""The database of users and sessions: `users.sqlite` in the workspace, apart from the ledger, readable by its owner only."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, event

TABLES = MetaData()

USERS = Table(
    "users", TABLES,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("hash", String),  # None: known through a trusted header only
    Column("disabled", Integer, nullable=False, default=0),
)
# Moments are seconds since 1970 (UTC). Of the session's id only the SHA-256 is kept: who reads the file cannot take a session over.
SESSIONS = Table(
    "sessions", TABLES,
    Column("id_hash", String, primary_key=True),
    Column("user", String, nullable=False, index=True),
    Column("via", String, nullable=False),
    Column("started", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("notice", String),
)


def open_users(path: Path) -> Engine:
    """The database at a path; made where there is none."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    os.close(descriptor)
    engine = create_engine(f"sqlite:///{path.as_posix()}", hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    TABLES.create_all(engine)
    return engine


def _prepare(connection: object, _: object) -> None:
    """Wait for another writer instead of failing, and keep what was committed."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()
