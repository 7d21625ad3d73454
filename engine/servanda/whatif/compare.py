"""A run under other rules against a run under the rules as they are: what differs in rules, findings, consequences and amounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from servanda.differences import Comparison, compared
from servanda.evaluate import under_other_rules
from servanda.model import Agreement, Consequence, Finding
from servanda.pack_shapes import Pack
from servanda.run import Run, consequence_id, only_year
from servanda.whatif.rules import RuleChange, rule_changes
from servanda.whatif.setting import Setting, set_in

FIELDS = ("status", "open", "at_risk", "value", "lower", "upper", "unit", "deadline", "material", "judgements", "missing", "evidence", "evidence_total")
OF_CONSEQUENCES = ("findings", "amount_at_stake")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Two runs over the same facts. `at_stake` holds the agreements whose largest amount at stake differs, before and after."""

    before: Run
    after: Run
    rules: tuple[RuleChange, ...]
    findings: Comparison
    consequences: Comparison
    at_stake: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def moves(self) -> tuple[tuple[str, str, int], ...]:
        """How many findings went from one status to another (also possibly material ones: `deviation!`), the most frequent first."""
        counts = Counter((outcome(one.before), outcome(one.after)) for one in self.findings.changed if outcome(one.before) != outcome(one.after))
        return tuple((was, now, count) for (was, now), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def outcome(finding: Finding) -> str:
    """The status; with an exclamation mark where the finding is possibly material."""
    return finding.status + ("!" if finding.material else "")


def with_settings(run: Run, asked: Sequence[str]) -> Run:
    """The run, measured anew over the same facts with everything set that is asked for; `InvalidInput` where that cannot be."""
    packs, settings = set_in({part.pack.id: part.pack for part in run.packs}, asked)
    parts = []
    for part in run.packs:
        mine = tuple(one for one in settings if one.pack == part.pack.id)
        same = packs[part.pack.id] is part.pack
        parts.append(part if same else under_other_rules(part, run, packs[part.pack.id], _without_own(part.agreements, mine)))
    return replace(run, packs=tuple(parts))


def what_if(before: Run, after: Run, year: int | None = None) -> WhatIf:
    """What differs between two whole runs, of a year or of all years."""
    was, now = ({part.pack.id: part.pack for part in run.packs} for run in (before, after))
    rules = tuple(one for name in sorted(set(was) | set(now)) for one in rule_changes(was.get(name), now.get(name)))
    before, after = only_year(before, year), only_year(after, year)
    findings = compared({one.id: one for one in before.findings}, {one.id: one for one in after.findings}, _fields)
    consequences = compared(_consequences(before), _consequences(after), lambda one, other: _differing(one, other, OF_CONSEQUENCES))
    names = sorted({one.id for run in (before, after) for part in run.packs for one in part.agreements})
    stakes = [(name, before.at_stake(name), after.at_stake(name)) for name in names]
    return WhatIf(before, after, rules, findings, consequences, tuple(one for one in stakes if one[1] != one[2]))


def _fields(one: Finding, other: Finding) -> tuple[str, ...]:
    return _differing(one, other, FIELDS)


def _differing(one: object, other: object, fields: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in fields if getattr(one, name) != getattr(other, name))


def _consequences(run: Run) -> dict[str, Consequence]:
    by_agreement: Mapping[str, Pack] = {one.id: part.pack for part in run.packs for one in part.agreements}
    return {consequence_id(by_agreement[one.agreement].id if one.agreement in by_agreement else "-", one): one for one in run.consequences}


def _without_own(agreements: Sequence[Agreement], settings: Sequence[Setting]) -> list[Agreement]:
    """The agreements; where a parameter is set, an agreement's own value of it gives way."""
    names = {one.place.id for one in settings if one.place.owner == "parameter"}
    return [replace(one, parameters={name: figure for name, figure in one.parameters.items() if name not in names}) for one in agreements]


