"""The receipt of a run: everything that its result depends on, as hashes, so that anyone can repeat it and compare.

A receipt names the engine and what it rests on, the packs, agreements and submissions with the SHA-256 of their content, the parameters
of the run, and the hash of its result. The same files, named by the same paths, give the same receipt on any day and machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from servanda.run import Run

SCHEMA = "servanda.receipt/1"


def receipt(run: Run, result: str) -> dict:
    """The receipt of a run whose JSON report is `result`; plain values in a fixed order."""
    return {
        "schema": SCHEMA,
        "engine": versions(),
        "as_of": run.as_of.isoformat(),
        "known_on": run.known_on.isoformat() if run.known_on else None,
        "year": run.year,
        **({"rules_as_of": run.rules_as_of.isoformat()} if run.rules_as_of else {}),
        "packs": {part.pack.id: part.pack.sha256 for part in run.packs},
        "agreements": {agreement.id: agreement.sha256 for part in run.packs for agreement in part.agreements},
        "submissions": [
            {"agreement": s.agreement, "submitted_on": s.submitted_on.isoformat(), "submitted_by": s.submitted_by, "sha256": s.sha256}
            for s in run.submissions
        ],
        "records_left_out": bool(run.problems),
        "result": hashlib.sha256(result.encode()).hexdigest(),
    }


def versions() -> dict[str, str]:
    """The engine and what its results rest on, by distribution."""
    return {name: _version(name) for name in ("servanda", "duckdb", "durable-rules")}


def digest(value: Mapping) -> str:
    """The SHA-256 of a receipt (or another map of plain values) in canonical form: keys in order, no blanks, UTF-8."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0"
