"""The overview: each agreement at a glance, and what changed since the year before."""

from __future__ import annotations

from collections import Counter, defaultdict

from servanda.dossier.contents import Overview, YearCounts
from servanda.model import Finding
from servanda.run import PackRun, Run


def overviews(run: Run) -> tuple[Overview, ...]:
    """One for each agreement, and one for the duties of the programme (agreement None), most at stake first, then most deviations, then title."""
    found = [overview for part in run.packs for overview in _of_part(part, run)]
    return tuple(sorted(found, key=lambda one: (-one.at_stake, -_deviations(one), one.agreement.title if one.agreement else "", one.pack.id)))


def _deviations(overview: Overview) -> int:
    return sum(year.statuses.get("deviation", 0) for year in overview.years)


def _of_part(part: PackRun, run: Run) -> list[Overview]:
    by_agreement: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in part.findings:
        by_agreement[finding.agreement].append(finding)
    agreements = {agreement.id: agreement for agreement in part.agreements}
    consequences = Counter(consequence.agreement for consequence in part.consequences)
    found = []
    for name in [None, *agreements]:
        findings = by_agreement.get(name, [])
        if not findings and name is None:
            continue
        latest = max((_year(f) for f in findings if _year(f) is not None and not f.open and f.end.month == 12), default=None)
        new, mended = _changes(findings, latest)
        at_stake = run.at_stake(name) if name else run.at_stake("")
        found.append(Overview(part.pack, agreements.get(name or ""), _years(findings), at_stake, consequences[name], latest, new, mended))
    return found


def _year(finding: Finding) -> int | None:
    """The calendar year of a finding; None for those of the term and of agreement years."""
    return int(finding.label) if finding.label.isdecimal() else None


def _years(findings: list[Finding]) -> tuple[YearCounts, ...]:
    by_year: dict[int | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_year[_year(finding)].append(finding)
    return tuple(
        YearCounts(year, dict(Counter(f.status for f in mine)), sum(f.material for f in mine))
        for year, mine in sorted(by_year.items(), key=lambda item: item[0] or 0)
    )


def _changes(findings: list[Finding], latest: int | None) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The latest year's findings that deviate and did not in the year before, and those that did and are kept now."""
    if latest is None:
        return (), ()
    before = {(f.obligation, f.site): f.status for f in findings if _year(f) == latest - 1}
    now = [f for f in findings if _year(f) == latest and (f.obligation, f.site) in before]
    new = tuple(f for f in now if f.status == "deviation" and before[f.obligation, f.site] != "deviation")
    mended = tuple(f for f in now if f.status in ("fulfilled", "tolerated") and before[f.obligation, f.site] == "deviation")
    return new, mended
