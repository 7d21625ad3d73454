"""Timelines: what happened under an obligation over all its windows, record by record, and when posts were vacant."""

from __future__ import annotations

from collections import defaultdict

from servanda.dossier.contents import Point, Timeline
from servanda.dossier.rows import evidence_rows
from servanda.model import Finding
from servanda.run import PackRun, Run

_KINDS = ("count", "attended", "staffed")


def timelines(run: Run, agreement: str | None) -> tuple[Timeline, ...]:
    """The timelines of an agreement (None: of the programme) for counted and attended records and staffed posts; the pack's order, then site."""
    return tuple(line for part in run.packs for line in _of_part(part, run, agreement))


def _of_part(part: PackRun, run: Run, agreement: str | None) -> list[Timeline]:
    mine: dict[tuple[str, str | None], list[Finding]] = defaultdict(list)
    for finding in part.findings:
        of_record = part.pack.obligation(finding.obligation).for_each is not None  # a line for each of thousands would show nothing
        if finding.agreement == agreement and finding.kind in _KINDS and not of_record:
            mine[finding.obligation, finding.site].append(finding)
    if not mine:
        return []
    rows = evidence_rows(part, run.submissions, agreement or "")
    sites = {site.id: site for one in part.agreements if one.id == agreement for site in one.sites}
    order = {obligation.id: number for number, obligation in enumerate(part.pack.obligations)}
    found = []
    for (name, site), findings in sorted(mine.items(), key=lambda item: (order[item[0][0]], item[0][1] or "")):
        findings.sort(key=lambda finding: finding.start)
        points = [] if findings[0].kind == "staffed" else [
            Point(row.day, row.state, row) for finding in findings for row in rows.get(finding.details["run"], ()) if row.day
        ]
        vacancies = sorted({span for finding in findings for span in finding.details.get("vacancies", ())})
        start, end = min(f.start for f in findings), max(f.end for f in findings)
        found.append(Timeline(
            part.pack.obligation(name), sites.get(site or ""), start, end, tuple(findings),
            tuple(sorted(points, key=lambda point: (point.day, point.row.record.id))), tuple(vacancies),
        ))
    return found
