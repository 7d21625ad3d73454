"""What cases cover: each obligation and judgement kept and broken, the statuses that a kind can give, bounds met and just missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from servanda.cases.contents import Case, Found
from servanda.kinds import BY_NAME
from servanda.model import STATUSES, Finding
from servanda.pack_shapes import Obligation, Pack

KEPT, BROKEN = ("fulfilled",), ("deviation", "unmet")
AT, BESIDE = "at", "beside"


@dataclass(frozen=True, slots=True)
class Coverage:
    """By obligation: the statuses that cases expect, those that it could have as well, and which of its bounds (`lower`, `upper`) a case meets
    exactly or misses; by judgement: whether a case expects it, and whether one that could have had it expects none. `without_condition`: lines
    of conditions that are never true, or never false, of a record of the cases that look at the obligation.
    """

    statuses: Mapping[str, frozenset[str]]
    without_status: Mapping[str, tuple[str, ...]]
    without_bound: Mapping[str, tuple[str, ...]]
    not_kept: tuple[str, ...]
    not_broken: tuple[str, ...]
    not_fired: tuple[str, ...]
    not_spared: tuple[str, ...]
    without_condition: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def gaps(self) -> tuple[tuple[str, str], ...]:
        """(what is missing, of which obligation or judgement): what makes a run of the cases fail."""
        named = (("not-kept", self.not_kept), ("not-broken", self.not_broken), ("not-fired", self.not_fired), ("not-spared", self.not_spared))
        return tuple((kind, name) for kind, names in named for name in names)


def coverage(pack: Pack, cases: Sequence[Case], found: Mapping[str, Found]) -> Coverage:
    """What the cases of a pack cover, by what they expect (not by what happens beside it)."""
    statuses: dict[str, set[str]] = defaultdict(set)
    fired: set[str] = set()
    spared: set[str] = set()
    met: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for case in cases:
        findings = {(one.obligation, one.label, one.site): one for one in found[case.name].findings}
        for one in case.expect:
            statuses[one.obligation].add(str(one.values["status"]))
            finding = findings.get((one.obligation, one.period, one.site))
            if finding is not None:
                met[one.obligation] |= _bounds_met(finding)
            if "judgements" in one.values and one.values["status"] == "deviation":
                named = frozenset(one.values["judgements"])
                fired |= named
                spared |= {judgement.id for judgement in pack.judgements if judgement.id not in named}
    judgements = [judgement.id for judgement in pack.judgements]
    ids = [obligation.id for obligation in pack.obligations]
    return Coverage(
        {name: frozenset(statuses[name]) for name in ids},
        {o.id: missing for o in pack.obligations if (missing := tuple(s for s in _possible(o) if s not in statuses[o.id]))},
        {o.id: missing for o in pack.obligations if (missing := tuple(_unmet(o, met[o.id], pack)))},
        tuple(name for name in ids if not statuses[name] & {*KEPT}), tuple(name for name in ids if not statuses[name] & {*BROKEN}),
        tuple(name for name in judgements if name not in fired), tuple(name for name in judgements if name not in spared),
    )


def _possible(obligation: Obligation) -> list[str]:
    """The statuses that an obligation can have."""
    never = {"unmet"} if obligation.modality not in ("intention", "procedure") else {"deviation"} if obligation.modality == "intention" else {"unmet"}
    if not getattr(obligation.params, "approximate", False):
        never.add("tolerated")
    if not BY_NAME[obligation.kind].HAS_CASES:
        never.add("not_applicable")
    return [status for status in STATUSES if status not in never]


def _bounds_met(finding: Finding) -> set[tuple[str, str]]:
    """Which bounds the value meets exactly, and which it just misses (counts: by one)."""
    found = set()
    if finding.value is not None:
        for name, bound, beyond in (("lower", finding.lower, -1), ("upper", finding.upper, 1)):
            if bound is not None and finding.value == bound:
                found.add((name, AT))
            if bound is not None and (finding.value - bound) * beyond > 0:
                found.add((name, BESIDE))
    return found


def _unmet(obligation: Obligation, met: set[tuple[str, str]], pack: Pack):
    for name in ("lower", "upper"):
        if name in BY_NAME[obligation.kind].figures(obligation, pack.head):
            for place in (AT, BESIDE):
                if (name, place) not in met:
                    yield f"{name} {place}"
