"""Who may do what: the one table of roles and actions, for pages, for the API and for `act`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

READING = frozenset({"read"})
REVIEWING = frozenset({
    "submit", "run", "assessment", "request", "hearing", "answer", "remedy", "waiver", "proposal", "attestation", "correction",
})
CONFIRMING = frozenset({"confirmation"})
ACTIONS = READING | REVIEWING | CONFIRMING

# A confirmer decides on proposals and does nothing else, so that no role alone can bring a case from its beginning to its end.
ROLES: Mapping[str, frozenset[str]] = MappingProxyType({
    "reader": READING, "reviewer": READING | REVIEWING, "confirmer": READING | CONFIRMING,
})


def may(role: str, action: str) -> bool:
    """Whether a role may do something; what the table does not name, nobody may."""
    return action in ROLES.get(role, frozenset())
