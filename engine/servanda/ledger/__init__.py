"""The ledger: an append-only, hash-chained record of runs and of what people decided on them."""
