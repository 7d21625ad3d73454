"""Sealed audits: inputs, rules, results, receipt and ledger extract in one archive that anyone can check and repeat."""
