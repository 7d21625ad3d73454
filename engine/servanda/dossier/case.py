"""Dossiers: everything about each finding of a run that a person who decides needs."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from servanda.dossier.assumptions import assumptions
from servanda.dossier.circumstances import Index, circumstances, index_of
from servanda.dossier.contents import Dossier, EvidenceRow
from servanda.dossier.cures import cures
from servanda.dossier.rows import evidence_rows
from servanda.model import Agreement, Finding, Site
from servanda.readings.search import readings
from servanda.run import PackRun, Run

ROWS_SHOWN = 100
_DAY = datetime.timedelta(days=1)
_HIDDEN = ("open",)  # a case that is not late yet is no evidence of a breach


def dossiers(run: Run) -> Iterator[Dossier]:
    """One for each finding, in the run's order. Rows are those of the finding's evidence, at most 100; `evidence_total` counts all."""
    about = {part.pack.id: _About(part, run) for part in run.packs}
    for finding in run.findings:
        yield about[run.pack_of(finding).pack.id].dossier(finding)


def dossier_of(run: Run, identity: str) -> Dossier | None:
    """The dossier of one finding, with its readings; None where the run has none of that id."""
    for part in run.packs:
        for finding in part.findings:
            if finding.id == identity:
                return replace(_About(part, run).dossier(finding), readings=readings(run, {identity}).get(identity, ()))
    return None


class _About:
    """What is looked up for the findings of a pack's part of a run, gathered once."""

    def __init__(self, part: PackRun, run: Run) -> None:
        self.part, self.as_of = part, run.as_of
        self.rows: Mapping[int, tuple[EvidenceRow, ...]] = evidence_rows(part, run.submissions)
        self.index: Index = index_of(part, run.submissions)
        self.agreements: Mapping[str, Agreement] = {agreement.id: agreement for agreement in part.agreements}
        self.sites: Mapping[str, Site] = {site.id: site for agreement in part.agreements for site in agreement.sites}
        self.obligations = {obligation.id: obligation for obligation in part.pack.obligations}
        self.clauses = {clause.anchor: clause for clause in part.pack.clauses}
        self.judgements = {judgement.id: judgement for judgement in part.pack.judgements}
        self.neighbours = _neighbours(part)

    def dossier(self, finding: Finding) -> Dossier:
        """The dossier of a finding."""
        pack, obligation = self.part.pack, self.obligations[finding.obligation]
        agreement = self.agreements.get(finding.agreement or "")
        rows = self.rows.get(finding.details["run"], ())
        judgements = tuple(self.judgements[name] for name in finding.judgements)
        shown = rows if finding.status == "undetermined" or finding.kind in ("count", "attended") else [row for row in rows if row.state not in _HIDDEN]
        before, after = self.neighbours.get(finding.id, (None, None))
        return Dossier(
            finding, pack, obligation, tuple(self.clauses[anchor] for anchor in finding.clauses if anchor in self.clauses), agreement,
            self.sites.get(finding.site or ""), tuple(shown[:ROWS_SHOWN]), judgements, assumptions(finding, pack, obligation, judgements, agreement),
            cures(finding, pack, rows, self.as_of), circumstances(finding, rows, self.index), before, after,
        )


def _neighbours(part: PackRun) -> dict[str, tuple[Finding | None, Finding | None]]:
    """By a finding's id, the findings of the same duty in the window before and after it, where these follow each other without a gap."""
    series: dict[tuple, list[Finding]] = defaultdict(list)
    for finding in part.findings:
        series[finding.obligation, finding.agreement, finding.site].append(finding)
    found: dict[str, tuple[Finding | None, Finding | None]] = {}
    for windows in series.values():
        windows.sort(key=lambda finding: finding.start)
        for number, finding in enumerate(windows):
            before = windows[number - 1] if number else None
            after = windows[number + 1] if number + 1 < len(windows) else None
            found[finding.id] = (
                before if before and before.end + _DAY == finding.start else None, after if after and finding.end + _DAY == after.start else None,
            )
    return found
