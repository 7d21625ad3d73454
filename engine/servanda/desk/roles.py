"""Who may do what: the one table of roles and actions.

Everybody who signs in reads. A reviewer takes submissions in, runs checks and enters what people decide; a confirmer decides on proposals of
others and enters nothing else, so that proposing and confirming lie in different hands (the ledger also refuses one's own proposal).
"""

from __future__ import annotations

ROLES = ("reader", "reviewer", "confirmer")
ENTERED = ("assessment", "request", "hearing", "answer", "remedy", "waiver", "proposal", "attestation", "correction")
MAY = {
    "reader": frozenset({"read"}),
    "reviewer": frozenset({"read", "submit", "run", *ENTERED}),
    "confirmer": frozenset({"read", "confirmation"}),
}


def may(role: str, action: str) -> bool:
    """Whether a role may do an action: `read`, `submit`, `run`, or the kind of an entry of the ledger."""
    return action in MAY.get(role, frozenset())
