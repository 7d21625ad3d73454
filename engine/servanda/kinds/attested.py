"""attested: every bearer has attested the obligation for the year (and the site).

    attested: {}

Where attestations are recorded stands in the pack (`attestations`). Pending while the window is open.
"""

from __future__ import annotations

from servanda.conditions import Condition, Test
from servanda.kinds.params import own_place
from servanda.pack_shapes import Obligation, PackShape
from servanda.selection import Rest, Selection
from servanda.shapes import Figure, Shape, figure_of

NAME, UNIT, HAS_CASES = "attested", "parties", False


class Params(Shape):
    """Nothing: the bearers and the pack say it all."""


def parts(obligation: Obligation, head: PackShape) -> dict[str, Selection]:
    """The attestations; those of a duty without a site name none."""
    kept = head.attestations
    where = Condition() if obligation.scope == "site" else Condition((Test("site", "given", ("false",)),))
    return {"facts": Selection(kept.facts, where, own_place(obligation), key=(kept.obligation, kept.party))}


def rests(obligation: Obligation, head: PackShape) -> tuple[Rest, ...]:
    """A breach rests on the attestations."""
    return (Rest("below", head.attestations.facts),)


def figures(obligation: Obligation, head: PackShape) -> dict[str, Figure]:
    """All bearers."""
    return {"lower": figure_of(len(obligation.bearer))}


CASES = ""

_MATCHING = "FROM taken t JOIN bearer b ON b.rule = t.rule AND t.key = t.obligation || chr(31) || b.party WHERE t.kind = 'attested'"

MEASURE = f"""
SELECT t.run, count(DISTINCT b.party) FILTER (t.holds) AS value, count(DISTINCT b.party) FILTER (t.holds) AS lo, count(DISTINCT b.party) AS hi
{_MATCHING} GROUP BY t.run
"""

# Who has attested surely, by run: the others are the ones to be reminded.
ATTESTED = f"SELECT DISTINCT t.run, b.party {_MATCHING} AND t.holds ORDER BY t.run, b.party"

EVIDENCE = f"SELECT t.run, t.rid, CASE WHEN t.holds THEN 'counted' ELSE 'unknown' END AS part {_MATCHING}"
