"""How bad a finding is for a reader of CI output: one order and one set of levels for every format."""

from __future__ import annotations

from collections.abc import Iterable

from servanda.model import Finding

# What somebody has to look at. Missing data stands here: it is no breach, and never green.
OPEN = ("deviation", "undetermined", "unmet")
_ORDER = ("deviation", "undetermined", "unmet", "pending", "tolerated", "waived", "fulfilled", "not_applicable")


def is_open(finding: Finding) -> bool:
    """Whether somebody has to look at it."""
    return finding.status in OPEN


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Possibly material deviations first, then the others, then what is undetermined, then unmet intentions; the report's order within each."""
    return sorted(findings, key=lambda finding: (not finding.material, _ORDER.index(finding.status)))


def level(finding: Finding) -> str:
    """`error` where a deviation may be material, `note` for intentions, else `warning`."""
    if finding.material:
        return "error"
    return "note" if finding.modality == "intention" else "warning"
