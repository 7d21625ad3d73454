"""How the tables of a ledger came to be, step by step (Alembic); `store.open_ledger` takes the steps that a ledger lacks."""
