"""Due dates: what of a run is still to be done, by when, by whom.

In the calendar stand duties that can still be kept: a delivery before its deadline, a minimum (count, share, attestations, sites) before
the window's last day, and every running case of kind `answered`, each with a day of its own. Where it is not known whether they are done
already (contract section 4: `undetermined`, or records that are not declared complete), they stand there as uncertain. What deviates
already is in the report and not here, nor are duties without anything to do (a limit that is not to be passed).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from servanda.model import Agreement, Evidence, Finding, Site
from servanda.pack_shapes import Obligation, Pack
from servanda.problems import InvalidInput
from servanda.run import PackRun, Run
from servanda.working_days import Holidays, next_working_day


@dataclass(frozen=True, slots=True)
class DueDate:
    """One thing to be done: `day` is the last day as the agreement says, `working_day` the same or the next working day of the pack's calendar.

    `left` is what is missing to the lower bound (a number of records, attestations or sites; None for a share or a case), `record` the
    case that waits for an answer. `waived`: by a waiver of both parties nothing is owed. `agreement` is None for duties of the programme.
    """

    finding: Finding
    obligation: Obligation
    pack: Pack
    agreement: Agreement | None
    site: Site | None
    day: datetime.date
    working_day: datetime.date
    left: int | Decimal | None
    record: Evidence | None
    uncertain: bool
    waived: bool

    @property
    def key(self) -> str:
        """The same thing to be done has the same key in every run: the finding's id, and the record of a case."""
        return self.finding.id if self.record is None else f"{self.finding.id}/{self.record.type}:{self.record.id}"

    @property
    def bearer(self) -> tuple[str, ...]:
        """Who owes it; of an attestation, those who have not attested yet."""
        done = {party for party, in self.finding.details.get("attested_by", ())}
        return tuple(party for party in self.finding.bearer if party not in done) or self.finding.bearer

    @property
    def moved(self) -> bool:
        """Whether the agreed day is no working day."""
        return self.working_day != self.day

    @property
    def at_risk(self) -> bool:
        """Whether the duty is behind schedule."""
        return self.finding.at_risk


def due_dates(run: Run) -> tuple[DueDate, ...]:
    """Everything of a run that is still to be done, by day, agreement, site and obligation.

    `InvalidInput` where the pack's calendar names a country without known holidays.
    """
    found = [due for part in run.packs for due in _of_pack(part, run.as_of)]
    return tuple(sorted(found, key=lambda due: (due.working_day, due.day, due.finding.agreement or "", due.finding.site or "", due.key)))


def selected(
    due: Iterable[DueDate], agreements: Collection[str] = (), parties: Collection[str] = (), until: datetime.date | None = None
) -> tuple[DueDate, ...]:
    """The due dates of the named agreements and parties (none named: of all), due up to a day as the agreement says it."""
    return tuple(
        one for one in due
        if (not agreements or one.finding.agreement in agreements) and (not parties or set(one.bearer) & set(parties))
        and (until is None or one.day <= until)
    )


def _of_pack(part: PackRun, as_of: datetime.date) -> list[DueDate]:
    open_ones = [one for finding in part.findings for one in _open(finding, as_of)]
    if not open_ones:
        return []
    last = max(day for _, day, *_ in open_ones)
    try:
        off = frozenset(Holidays(part.pack.head.calendar).between(as_of.year, last.year + 1))
    except InvalidInput as invalid:
        raise InvalidInput(replace(problem, file=f"{part.pack.folder}/pack.yaml") for problem in invalid.problems) from invalid
    agreements = {agreement.id: agreement for agreement in part.agreements}
    sites = {(agreement.id, site.id): site for agreement in part.agreements for site in agreement.sites}
    obligations = {obligation.id: obligation for obligation in part.pack.obligations}
    return [
        DueDate(
            finding, obligations[finding.obligation], part.pack, agreements.get(finding.agreement), sites.get((finding.agreement, finding.site)), day,
            next_working_day(day, off), left, record, uncertain, waived,
        )
        for finding, day, left, record, uncertain, waived in open_ones
    ]


def _open(finding: Finding, as_of: datetime.date) -> list[tuple]:
    """(finding, day, left, record, uncertain, waived) of what a finding leaves to be done."""
    if finding.kind == "answered":
        return [(finding, case.due_on, None, case.record, not case.known, case.waived) for case in finding.details["running"]]
    day = finding.deadline or finding.end
    if finding.status not in ("pending", "undetermined") or finding.lower is None or day <= as_of:
        return []
    if finding.status == "undetermined" and finding.kind != "attended" and finding.value >= finding.lower:
        return []  # the minimum is reached; what is unknown is whether a maximum was passed
    owed = finding.details["owed"]
    left = None if finding.kind == "attended" else max(0, owed - finding.value)
    uncertain = finding.status == "undetermined" or not finding.details["declared"]
    return [(finding, day, left, None, uncertain, finding.details["freed"] or left == 0)]
