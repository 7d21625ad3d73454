"""What speaks for those who owe: others' own breaches, waivers that one side signed, later consents and refunds, vacant posts."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from servanda.dossier.contents import Circumstance, EvidenceRow
from servanda.dossier.rows import own_submissions, records_at
from servanda.duties import Rule
from servanda.measure import rules_of
from servanda.model import Finding, Submission
from servanda.run import PackRun

_CONCERNED = ("deviation", "unmet", "undetermined", "tolerated", "waived")
_LATER = """
SELECT c.run, s.rid, u.part, min(s.amount) AS amount, min(s.own_day) AS day
FROM consented_case c
JOIN duty d ON d.run = c.run AND d.run % 2 = 0
JOIN selected spent ON spent.rid = c.rid AND spent.key IS NOT NULL
JOIN use a ON a.rule = d.rule AND a.part = 'spending' AND a.selection = spent.selection
JOIN use u ON u.rule = d.rule AND u.part IN ('granted', 'spending')
JOIN selected s ON s.selection = u.selection AND s.key = spent.key AND s.agreement = spent.agreement AND s.own_day >= spent.own_day AND s.holds
WHERE c.holds AND c.uncovered > 0 AND s.rid <> c.rid AND (u.part = 'granted' AND s.own_day > spent.own_day OR u.part = 'spending' AND s.amount < 0)
GROUP BY c.run, s.rid, u.part ORDER BY c.run, s.rid
"""


@dataclass(frozen=True, slots=True)
class Index:
    """What is looked up for each finding, gathered once for a pack's part of a run."""

    deviations: Mapping[tuple[str | None, str], Sequence[Finding]]
    waivers: Mapping[tuple[str | None, str], Sequence[tuple[str | None, EvidenceRow]]]
    later: Mapping[int, Sequence[tuple[str, EvidenceRow, Decimal | None]]]
    vacancies: Mapping[tuple[str | None, str | None, str], Sequence[tuple[datetime.date, datetime.date]]]
    rules: Sequence[Rule]


def index_of(part: PackRun, submissions: Sequence[Submission]) -> Index:
    """The index of a pack's part of a run."""
    rules = rules_of(part.pack)
    deviations: dict[tuple[str | None, str], list[Finding]] = defaultdict(list)
    vacancies: dict[tuple[str | None, str | None, str], list[tuple]] = defaultdict(list)
    for finding in part.findings:
        if finding.status == "deviation" and finding.modality == "obligation":
            deviations[finding.agreement, finding.label].append(finding)
        if finding.kind == "staffed":
            for role in rules[finding.details["rule"]].obligation.params.roles:
                vacancies[finding.agreement, finding.site, role].extend(finding.details.get("vacancies", ()))
    return Index(deviations, _waivers(part, submissions), _later(part, submissions), vacancies, rules)


def circumstances(finding: Finding, rows: Sequence[EvidenceRow], index: Index) -> tuple[Circumstance, ...]:
    """What speaks for those who owe, where a finding is not simply kept. (A contractor's task is no party's: parties' breaches do not answer it.)"""
    if finding.status not in _CONCERNED:
        return ()
    found = [
        Circumstance("counterparty_deviates", finding=other)
        for other in (index.deviations.get((finding.agreement, finding.label), ()) if finding.modality != "task" else ())
        if not set(other.bearer) & set(finding.bearer) and (other.site is None or finding.site in (None, other.site))
    ]
    signed = [
        row for site, row in index.waivers.get((finding.agreement, finding.obligation), ())
        if site in (None, finding.site) and row.day <= finding.end and row.due_on >= finding.start
    ]
    found += [Circumstance("one_sided_waiver", rows=(row,)) for row in signed]
    later = index.later.get(finding.details["run"], ())
    for part, kind in (("granted", "later_consent"), ("spending", "refund")):
        mine = [(row, amount) for name, row, amount in later if name == part]
        if mine:
            known = [abs(amount) for _, amount in mine if amount is not None]
            found.append(Circumstance(kind, rows=tuple(row for row, _ in mine), amount=sum(known, Decimal("0.00")) if known else None))
    return (*found, *_vacant(finding, rows, index))


def _vacant(finding: Finding, rows: Iterable[EvidenceRow], index: Index) -> list[Circumstance]:
    """Of the meetings that were missed, those on days on which every role that could have come was vacant or unknown to be filled."""
    if finding.kind != "attended":
        return []
    missed = [row.day for row in rows if row.state == "absent" and row.day]
    spans = [
        span for role in index.rules[finding.details["rule"]].obligation.params.roles for site in {None, finding.site}
        for span in index.vacancies.get((finding.agreement, site, role), ())
    ]
    days = sum(any(first <= day <= last for first, last in spans) for day in missed)
    return [Circumstance("vacancy", days=days, of=len(missed))] if days else []


def _waivers(part: PackRun, submissions: Sequence[Submission]) -> dict:
    """By agreement and obligation, the one-sided waivers: their site, and their record whose `due_on` is the last day."""
    kept = part.pack.head.waivers
    if kept is None or part.database is None or not part.one_sided_waivers:
        return {}
    con = part.database.cursor()
    rows = records_at(con, part.pack, own_submissions(part, submissions), "SELECT rid FROM waiver WHERE NOT effective")
    found: dict[tuple[str | None, str], list] = defaultdict(list)
    query = "SELECT rid, agreement, obligation, site, last FROM waiver WHERE NOT effective ORDER BY rid"
    for rid, agreement, obligation, site, last in con.execute(query).fetchall():
        found[agreement or None, obligation].append((site, replace(rows[rid], due_on=last)))
    return found


def _later(part: PackRun, submissions: Sequence[Submission]) -> dict[int, list]:
    """By run, grants after an uncovered payment for the same purpose, and refunds of it, on or before the day of evaluation."""
    if part.database is None or not any(finding.kind == "consented" for finding in part.findings):
        return {}
    con = part.database.cursor()
    rows = records_at(con, part.pack, own_submissions(part, submissions), f"SELECT DISTINCT rid FROM ({_LATER})")  # noqa: S608
    found: dict[int, list] = defaultdict(list)
    for run, rid, name, amount, _ in con.execute(_LATER).fetchall():
        found[run].append((name, rows[rid], amount))
    return found
