"""Two runs side by side: which findings are new, gone or changed, and why (facts, rules, date, or what was selected).

Each run's receipt says what it rests on. Where several of these differ, the run in between is evaluated: the earlier one with one cause of
the later one. What is enough alone to bring the later finding is its cause; where that cannot be told, all possible causes are named.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from servanda.desk.runs import evaluated, submissions_of
from servanda.desk.workspace import Workspace
from servanda.differences import Change, Comparison, compared
from servanda.ledger.entries import Entry
from servanda.ledger.reports import report_of
from servanda.problems import InvalidInput
from servanda.receipt import receipt
from servanda.report.json_report import json_report
from servanda.report.style import Style

FIELDS = ("status", "value", "lower", "upper", "material", "judgements", "missing", "evidence")
CAUSES = ("facts", "rules", "date", "selection")


def differences(before: Mapping, after: Mapping) -> Comparison:
    """What differs between two JSON reports, without causes, in the order of the later one (what is gone in the order of the earlier)."""
    old, new = ({one["id"]: one for one in report["findings"]} for report in (before, after))
    return compared(old, new, _fields)


def compare(before: Entry, after: Entry, workspace: Workspace | None = None) -> Comparison:
    """Two runs of a ledger with causes. With a workspace, runs in between are evaluated where several causes are possible."""
    found = differences(report_of(before.body), report_of(after.body))
    between = _Between(before, after, workspace)

    def told(changes: tuple[Change, ...]) -> tuple[Change, ...]:
        return tuple(replace(one, causes=_causes(one, between)) for one in changes)

    return Comparison(told(found.new), told(found.gone), told(found.changed), found.same)


def possible_causes(change: Change, before: Mapping, after: Mapping) -> tuple[str, ...]:
    """Which of `CAUSES` differ between two receipts as far as a finding can rest on them."""
    finding = change.after or change.before
    agreement, pack = finding["agreement"], change.id.partition("/")[0]
    found = []
    if _facts(before, agreement) != _facts(after, agreement):
        found.append("facts")
    if _rules(before, pack, agreement) != _rules(after, pack, agreement):
        found.append("rules")
    if (before["as_of"], before["known_on"]) != (after["as_of"], after["known_on"]):
        found.append("date")
    if before["year"] != after["year"]:
        found.append("selection")
    return tuple(found)


def _fields(was: Mapping, now: Mapping) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if was[name] != now[name] or name == "evidence" and was["evidence_total"] != now["evidence_total"])


def _alike(one: Mapping | None, other: Mapping | None) -> bool:
    return one is other is None or one is not None and other is not None and not _fields(one, other)


def _facts(told: Mapping, agreement: str | None) -> Counter:
    """The submissions that a finding can rest on: its agreement's and the programme's; of a finding of the programme, all."""
    return Counter(one["sha256"] for one in told["submissions"] if agreement is None or one["agreement"] in (None, agreement))


def _rules(told: Mapping, pack: str, agreement: str | None) -> tuple:
    agreements = told["agreements"]
    own = agreements.get(agreement) if agreement is not None else sorted(agreements.items())
    return told["engine"], told["packs"].get(pack), own


@dataclass(slots=True)
class _Between:
    """Runs in between, each evaluated once: by whose facts, date and selection it is (True: the later run's). None where it cannot be evaluated."""

    before: Entry
    after: Entry
    workspace: Workspace | None
    made: dict[tuple[bool, bool, bool], tuple[Mapping, Mapping] | None] = field(default_factory=dict)

    def outcome(self, change: Change, later: frozenset[str]) -> str | None:
        """Which finding comes out with the causes `later` of the later run and the others of the earlier one.

        `after` or `before`, `other`, or None where that cannot be evaluated any more.
        """
        key = ("facts" in later, "date" in later, "selection" in later)
        if key not in self.made:
            self.made[key] = self._evaluated(*key)
        if self.made[key] is None:
            return None
        told, findings = self.made[key]
        pack, agreement = change.id.partition("/")[0], (change.after or change.before)["agreement"]
        wanted = self.after if "rules" in later else self.before
        if told["packs"].get(pack) and _rules(told, pack, agreement) != _rules(wanted.body["receipt"], pack, agreement):
            return None  # those rules are not here any more
        found = findings.get(change.id)
        return "after" if _alike(found, change.after) else "before" if _alike(found, change.before) else "other"

    def _evaluated(self, facts: bool, date: bool, selection: bool) -> tuple[Mapping, Mapping] | None:
        if self.workspace is None:
            return None
        days, chosen = ((self.after if later else self.before).body["receipt"] for later in (date, selection))
        day = datetime.date.fromisoformat
        known_on = day(days["known_on"]) if days["known_on"] else None
        try:
            kept = submissions_of(self.workspace, self.after if facts else self.before)
            run = evaluated(self.workspace, kept, day(days["as_of"]), known_on=known_on, year=chosen["year"])
        except InvalidInput:
            return None
        report = json.loads(json_report(run, Style("de")))
        return receipt(run, ""), {one["id"]: one for one in report["findings"]}


def _causes(change: Change, between: _Between) -> tuple[str, ...]:
    """What is enough alone; else what cannot be left out; else everything that is possible.

    Where it cannot be evaluated without a cause (the rules of then are gone), one that changes nothing by itself is not named.
    """
    possible = possible_causes(change, between.before.body["receipt"], between.after.body["receipt"])
    if len(possible) < 2:
        return possible
    alone = {one: between.outcome(change, frozenset({one})) for one in possible}
    enough = tuple(one for one in possible if alone[one] == "after")
    if enough:
        return enough
    without = {one: between.outcome(change, frozenset(possible) - {one}) for one in possible}
    needed = tuple(one for one in possible if without[one] != "after" and not (without[one] is None and alone[one] == "before"))
    return needed or possible
