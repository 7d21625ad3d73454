"""The ledger's two tables, and the guards that keep them append-only."""

from __future__ import annotations

from alembic import op

from servanda.ledger.guards import install

revision = "0001"
down_revision = None

_STRICT = {"sqlite": ") STRICT", "postgresql": ")"}
_NUMBER = {"sqlite": "INTEGER", "postgresql": "bigint"}


def upgrade() -> None:
    """Create everything. In SQLite the tables are strict: a column holds its type, and nothing else."""
    connection = op.get_bind()
    name = connection.dialect.name
    connection.exec_driver_sql(
        f"CREATE TABLE entry (number {_NUMBER[name]} NOT NULL PRIMARY KEY, at TEXT NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL,"
        f" previous TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE, canonical TEXT NOT NULL{_STRICT[name]}"
    )
    connection.exec_driver_sql(
        f"CREATE TABLE entry_subject (number {_NUMBER[name]} NOT NULL REFERENCES entry (number), position INTEGER NOT NULL, subject TEXT NOT NULL,"
        f" PRIMARY KEY (number, position), UNIQUE (number, subject){_STRICT[name]}"
    )
    connection.exec_driver_sql("CREATE INDEX entry_subject_by_subject ON entry_subject (subject, number)")
    connection.exec_driver_sql("CREATE INDEX entry_by_kind ON entry (kind, number)")
    install(connection)


def downgrade() -> None:
    """A ledger is never taken apart."""
    raise NotImplementedError("a ledger is append-only")
