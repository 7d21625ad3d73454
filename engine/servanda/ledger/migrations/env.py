"""What Alembic runs: the steps, on the connection (and inside the transaction) that `store` hands over."""

from __future__ import annotations

from alembic import context

from servanda.ledger.tables import METADATA, VERSIONS

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, version_table=VERSIONS, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
