"""What would still mend a finding, or settle what is unknown, and by when (contract sections 4 and 5)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from servanda.dossier.contents import Cure, EvidenceRow
from servanda.model import Finding
from servanda.pack_shapes import Pack

MOST_MEETINGS = 366
_AMENDABLE = {"count": "more", "sites": "more", "attended": "present", "delivered": "deliver", "attested": "attest"}


def cures(finding: Finding, pack: Pack, rows: Sequence[EvidenceRow], as_of: datetime.date) -> tuple[Cure, ...]:
    """Everything that would still help, the next thing first; empty where nothing is needed or nothing helps.

    What is past cannot be mended by a later consent or answer; those only keep it from growing.
    """
    if finding.status in ("fulfilled", "not_applicable", "waived", "tolerated"):
        return ()
    found = [_lacking(one, as_of) for one in finding.missing]
    found += _in_time(finding, as_of)
    if finding.kind == "answered":
        found += _answers(finding, rows, as_of)
    if finding.status == "deviation":
        found += _from_now_on(finding, as_of)
        found += [Cure("waive")] if pack.head.waivers else []
    return tuple(found)


def _lacking(missing, as_of: datetime.date) -> Cure:
    if missing.field:
        return Cure("complete_field", day=None, holder=missing.holder, missing=missing)
    return Cure("declare", day=missing.until, holder=missing.holder, missing=missing)


def _in_time(finding: Finding, as_of: datetime.date) -> list[Cure]:
    """What a minimum still lacks while its window, or its deadline, is open."""
    day = finding.deadline or finding.end
    how = _AMENDABLE.get(finding.kind)
    if how is None or day <= as_of or finding.lower is None or finding.status not in ("pending", "undetermined"):
        return []
    if finding.kind == "attended":
        return [Cure(how, _meetings(finding), day, finding.bearer)] if finding.status == "pending" else []
    left = finding.details["owed"] - (finding.value or 0)
    done = {party for party, in finding.details.get("attested_by", ())}
    tolerance = finding.details["tolerance"]
    tolerated = max(0, left - tolerance) if tolerance and left > 0 else None
    return [Cure(how, left, day, tuple(party for party in finding.bearer if party not in done), tolerated=tolerated)] if left > 0 else []


def _meetings(finding: Finding) -> int | None:
    """How many meetings must be attended in a row to reach the share; None where a year's days would not do."""
    cases = finding.details["cases"]
    present = int((finding.value or 0) * cases + Decimal("0.5"))
    for more in range(1, MOST_MEETINGS + 1):
        held = cases + more
        if Decimal((20000 * (present + more) + held) // (2 * held)).scaleb(-4) >= finding.lower:  # four decimals, half up, as it is measured
            return more
    return None


def _answers(finding: Finding, rows: Sequence[EvidenceRow], as_of: datetime.date) -> list[Cure]:
    """Cases that wait for an answer, by their days; those that are late already can be answered, which keeps them from growing later."""
    waiting = [row for row in rows if row.answered_on is None and row.due_on]
    late = sum(row.due_on <= as_of for row in waiting)
    days = sorted({row.due_on for row in waiting if row.due_on > as_of})
    found = [Cure("answer", sum(row.due_on == day for row in waiting), day, finding.bearer) for day in days]
    return found + ([Cure("answer", late, None, finding.bearer)] if late else [])


def _from_now_on(finding: Finding, as_of: datetime.date) -> list[Cure]:
    """What lowers a breach, or keeps it from growing, while the window is open."""
    if finding.end <= as_of:
        return []
    if finding.kind == "within_budget":
        return [Cure("refund", finding.value, finding.end, finding.bearer)]
    return [Cure("consent_first", None, finding.end, finding.bearer)] if finding.kind == "consented" else []
