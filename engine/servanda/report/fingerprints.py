"""By what a later run recognises a finding or a problem again: never by a line, nor by words that depend on language or version."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from servanda.model import Finding
from servanda.problems import Problem


def duty_print(finding: Finding) -> str:
    """The duty's fingerprint: its id, the same in every run."""
    return _digest("duty", finding.id)


def records_print(finding: Finding) -> str:
    """The fingerprint of the duty and of the records that it rests on (type:id, in any order).

    Of the duty alone where a report shows not all of them: which ones it shows depends on their rows.
    """
    whole = finding.evidence_total <= len(finding.evidence)
    return _digest("records", finding.id, *sorted(f"{one.type}:{one.id}" for one in finding.evidence if whole))


def problem_prints(problems: Sequence[Problem]) -> list[str]:
    """A fingerprint a problem, from code, file, sheet, column and what was found; equal ones are numbered in their order.

    Rows above a problem change neither its number nor its fingerprint.
    """
    seen: Counter[tuple[str | None, ...]] = Counter()
    prints = []
    for problem in problems:
        key = (problem.code, problem.file, problem.sheet, problem.column, problem.found)
        seen[key] += 1
        prints.append(_digest("problem", *key, seen[key]))
    return prints


def _digest(*parts: str | int | None) -> str:
    """SHA-256 over JSON, so that no two lists of parts read the same."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
