"""The clause matrix, both ways: clause → rules → cases → findings, and rule → clauses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from servanda.cases.contents import Case
from servanda.model import STATUSES
from servanda.pack_shapes import Clause, Obligation, Pack
from servanda.problems import Problems
from servanda.trace.align import Alignment, Placed
from servanda.yaml_source import read_bytes

LARGEST = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RuleRow:
    """An obligation: how many cases expect something of it, and how many findings of a run have which status (None: no run)."""

    obligation: Obligation
    cases: int
    findings: Mapping[str, int] | None
    material: int


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause with its rules, the judgements and consequences that rest on it, and where it stands in the text (None: no text given)."""

    clause: Clause
    rules: tuple[RuleRow, ...]
    judgements: tuple[str, ...]
    placed: Placed | None

    @property
    def open(self) -> bool:
        """Whether nothing checks the clause and nothing says why."""
        return not self.rules and not self.judgements and self.clause.nothing_checked is None


@dataclass(frozen=True, slots=True)
class Trace:
    """The matrix of a pack: `rules` name clauses, `clauses` name rules; `alignment` where a text was given, `text` its file; `cases`: how many there are."""

    pack: Pack
    clauses: tuple[ClauseRow, ...]
    rules: tuple[RuleRow, ...]
    alignment: Alignment | None
    text: str | None
    cases: int

    @property
    def sound(self) -> bool:
        """Whether each clause has a rule or a reason, and the text has all that rules rely on."""
        return not any(row.open or row.placed is not None and not row.placed.sound for row in self.clauses)


def trace(
    pack: Pack, cases: Sequence[Case], found: Iterable[tuple[str, str, bool]] | None, alignment: Alignment | None, text: str | None,
) -> Trace:
    """The matrix; `found` are (obligation, status, material) of a run's findings."""
    counted: dict[str, Counter[str]] = {obligation.id: Counter() for obligation in pack.obligations}
    material: Counter[str] = Counter()
    for obligation, status, heavy in found or ():
        if obligation in counted:
            counted[obligation][status] += 1
            material[obligation] += heavy
    tested = Counter(name for case in cases for name in case.about)
    rules = {
        one.id: RuleRow(one, tested[one.id], None if found is None else {s: counted[one.id][s] for s in STATUSES if counted[one.id][s]}, material[one.id])
        for one in pack.obligations
    }
    placed = {one.clause.anchor: one for one in alignment.placed} if alignment else {}
    rows = tuple(
        ClauseRow(
            clause, tuple(rules[name] for name in clause.obligations if name in rules),
            tuple(one.id for one in (*pack.judgements, *pack.consequences) if one.clause == clause.anchor), placed.get(clause.anchor),
        )
        for clause in pack.clauses
    )
    return Trace(pack, rows, tuple(rules.values()), alignment, text, len(cases))


def findings_of_report(path: Path, pack: Pack, problems: Problems) -> list[tuple[str, str, bool]]:
    """(obligation, status, material) of a JSON report (`servanda.report/1`) for a pack; a problem where the file is none."""
    data = read_bytes(path, path.as_posix(), LARGEST, problems)
    if data is None:
        return []
    try:
        report = json.loads(data)
        if report["schema"] != "servanda.report/1":
            raise ValueError(report["schema"])
        return [(str(one["obligation"]), str(one["status"]), bool(one["material"])) for one in report["findings"] if one["id"].split("/")[0] == pack.id]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        problems.add("not-a-report", path.as_posix(), found=type(error).__name__)
        return []
