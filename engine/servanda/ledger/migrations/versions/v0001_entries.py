"""The ledger's two tables, and the guards that keep them append-only."""

from __future__ import annotations

from alembic import op

from servanda.ledger.guards import install

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    install(op.get_bind())


def downgrade() -> None:
    """A ledger is never taken apart."""
    raise NotImplementedError("a ledger is append-only")
