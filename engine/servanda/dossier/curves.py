"""Curves: what was approved against what was spent at a site, day by day, as sums."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

from servanda.dossier.contents import Curve, Step
from servanda.pack_shapes import Obligation
from servanda.run import PackRun, Run

_ZERO = Decimal("0.00")
_EVENTS = """
SELECT DISTINCT s.rid, u.part, s.agreement, s.place, s.key, s.own_day, s.amount
FROM use u JOIN rule r ON r.rule = u.rule JOIN selected s ON s.selection = u.selection
WHERE r.obligation = $obligation AND s.agreement = $agreement AND u.part IN ('spending', 'granted', 'withdrawn') AND s.holds AND s.own_day IS NOT NULL
ORDER BY s.own_day, u.part = 'spending', s.rid
"""


def curves(run: Run, agreement: str | None) -> tuple[Curve, ...]:
    """The curves of an agreement's sites under each obligation of kind `consented`; sites without any record have none.

    Approved is what was granted less what was withdrawn (a withdrawal without an amount takes back all that was granted for its purpose;
    where a consent names no amount, what was spent for its purpose counts as approved). A consent belongs to the site for whose purpose
    money was spent, else to the site that its purpose names.
    """
    found = []
    for part in run.packs:
        names = dict.fromkeys(f.obligation for f in part.findings if f.kind == "consented" and f.agreement == agreement)
        found += [curve for name in names for curve in _of(part, part.pack.obligation(name), agreement)]
    return tuple(found)


def _of(part: PackRun, obligation: Obligation, agreement: str | None) -> list[Curve]:
    con = part.database.cursor()
    events = con.execute(_EVENTS, {"obligation": obligation.id, "agreement": agreement or ""}).fetchall()
    place = {key: where for _, name, _, where, key, _, _ in events if name == "spending" and key is not None}
    if obligation.scope == "site":
        place = {**_sites_of_purposes(con, part, obligation, agreement), **place}
    by_place: dict[str, list[tuple]] = defaultdict(list)
    for _, name, _, where, key, day, amount in events:
        by_place[where if name == "spending" else place.get(key, "")].append((name, key, day, amount))
    sites = {site.id: site for one in part.agreements if one.id == agreement for site in one.sites}
    uncovered: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    for finding in part.findings:
        if finding.obligation == obligation.id and finding.agreement == agreement:
            uncovered[finding.site or ""] += finding.value or _ZERO
    wanted = sorted(set(uncovered) & set(by_place))
    return [Curve(obligation, sites.get(where), tuple(_steps(by_place[where])), uncovered[where]) for where in wanted]


def _sites_of_purposes(con, part: PackRun, obligation: Obligation, agreement: str | None) -> dict[str, str]:
    spending = obligation.params.spending
    target = part.pack.vocabulary[spending.facts].fields[spending.purpose].to
    if target is None or "site" not in part.pack.vocabulary[target].fields:
        return {}
    query = f'SELECT rid::VARCHAR, v_site FROM "f_{target}" WHERE agreement = $agreement AND v_site IS NOT NULL'  # noqa: S608
    return dict(con.execute(query, {"agreement": agreement or ""}).fetchall())


def _steps(events: list[tuple]) -> list[Step]:
    """The sums at the end of each day."""
    granted: dict[str | None, Decimal] = defaultdict(lambda: _ZERO)
    spent: dict[str | None, Decimal] = defaultdict(lambda: _ZERO)
    unlimited: set[str | None] = set()
    by_day: dict[datetime.date, Step] = {}
    for name, key, day, amount in events:
        if name == "spending":
            spent[key] += amount or _ZERO
        elif name == "granted":
            granted[key] += amount or _ZERO
            unlimited |= set() if amount is not None else {key}
        else:
            granted[key] = max(_ZERO, granted[key] - amount) if amount is not None else _ZERO
            unlimited -= set() if amount is not None else {key}
        approved = sum((max(sum_, spent[one]) if one in unlimited else sum_ for one, sum_ in granted.items()), _ZERO)
        by_day[day] = Step(day, approved, sum(spent.values(), _ZERO), bool(unlimited))
    return list(by_day.values())
