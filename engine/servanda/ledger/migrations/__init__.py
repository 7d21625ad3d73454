"""The migrations of the ledger's tables, in their order."""
