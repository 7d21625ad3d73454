"""How far each figure may move before a finding comes out otherwise, found by measuring and judging anew with other values.

For one figure, many values are measured at once: the obligations that use it stand in a pack as often as there are values. First come the
values near the one in force, further ones in doubled steps, and those at which something is known to turn (measured values); then every gap
in which a finding turns is divided until the turn is known to the step. Statuses follow a bound in one direction, so that no turn is missed;
where materiality depends on other findings it can turn back and forth, and the nearest turn is found among the values tried.
"""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from servanda.findings import deviations_of, finding_id, result_rows
from servanda.judge_facts import Deviation
from servanda.judge_plain import judge_plainly
from servanda.measure import measure, rules_of
from servanda.model import Agreement, Finding
from servanda.pack_checks import by_site_kind
from servanda.pack_shapes import Obligation, Pack
from servanda.readings.contents import Outcome, Reading, Turn
from servanda.readings.levers import FINE, WHOLE, Lever, levers, now_in
from servanda.readings.trial import trial
from servanda.run import PackRun, Run
from servanda.shapes import FIRST_DAY, Figure

MARGIN = Decimal("0.1")
NAMED = (Decimal(0), Decimal(1), Decimal(2))
_AT_ONCE, _CLOSE, _PARTS, _MOST_VALUES = 1_500, 8, 8, 400


def readings(run: Run, findings: Collection[str] | None = None, margin: Decimal = MARGIN) -> dict[str, tuple[Reading, ...]]:
    """By a finding's id, how it stands under other readings (`findings`: of these only; else of all of the run).

    A reading in the margin is a value that differs by at most that share of the figure in force, and one step of a whole number in any case.
    """
    found: dict[str, list[Reading]] = defaultdict(list)
    for part in run.packs:
        wanted = [one for one in part.findings if findings is None or one.id in findings]
        if part.database is None or not wanted:
            continue
        trials = _Trials(part, run.as_of, wanted)
        searches = [one for lever in levers(part.pack) if (one := _Search(lever, trials, list(_concerned(lever, trials, wanted)))).concerned]
        while asked := [(one, value) for one in searches for value in sorted(one.needed)]:
            for (one, value), outcome in zip(asked, trials.outcomes([(one.lever, value) for one, value in asked]), strict=True):
                one.known[value] = outcome
            for one in searches:
                one.go_on()
        for one in searches:
            for reading in one.found(margin):
                found[reading.finding].append(reading)
    return {one.id: tuple(found[one.id]) for one in run.findings if one.id in found}


@dataclass(slots=True)
class _Trials:
    """The rows and deviations of a part of a run as they are, and what they would be under other values."""

    part: PackRun
    as_of: datetime.date
    wanted: Sequence[Finding]
    agreements: Sequence[Agreement] = ()
    rows: Mapping[str, dict] = field(default_factory=dict)
    deviations: Mapping[str, list[Deviation]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        part = self.part
        named = {one.agreement for one in self.wanted}
        self.agreements = part.agreements if None in named else [one for one in part.agreements if one.id in named]
        own = {one.id for one in self.agreements} | ({""} if None in named else set())
        rows = [row for row in result_rows(part.database.cursor()) if row["agreement"] in own]
        self.rows = {finding_id(part.pack.id, row): {**row, "duty": number} for number, row in enumerate(rows)}
        self.deviations = defaultdict(list)
        for one in deviations_of(list(self.rows.values()), rules_of(part.pack)):
            self.deviations[one.words["obligation"]].append(one)

    def outcomes(self, asked: Sequence[tuple[Lever, Decimal]]) -> list[dict[str, Outcome]]:
        """For each figure at a value, how the findings come out that can come out otherwise: those of its users, and all deviations."""
        found: list[dict[str, Outcome]] = []
        start = 0
        while start < len(asked):
            size, end = 0, start
            while end < len(asked) and (end == start or size + len(asked[end][0].users) <= _AT_ONCE):
                size += len(asked[end][0].users)
                end += 1
            chunk = asked[start:end]
            found += [self._judged(*one, *measured) for one, measured in zip(chunk, self._measured(chunk), strict=True)]
            start = end
        return found

    def _measured(self, asked: Sequence[tuple[Lever, Decimal]]) -> list[tuple[list[dict], list[Deviation]]]:
        variants = [(number, lever.moved(one, value)) for number, (lever, value) in enumerate(asked) for one in lever.users]
        if not variants:
            return [([], []) for _ in asked]
        pack = replace(self.part.pack, obligations=tuple(one for _, one in variants))
        with trial(self.part) as (con, present):
            rules = measure(con, pack, self.agreements, self.part.ended, present, self.as_of)
            rows = result_rows(con)
        of_rule = [number for number, one in variants for _ in by_site_kind(one)]
        found: list[list[dict]] = [[] for _ in asked]
        for row in rows:
            base = self.rows.get(finding_id(pack.id, row))
            if base is not None:
                found[of_rule[row["rule"]]].append({**row, "duty": base["duty"]})
        return [(mine, deviations_of(mine, rules)) for mine in found]

    def _judged(self, lever: Lever, value: Decimal, rows: Sequence[dict], moved: Sequence[Deviation]) -> dict[str, Outcome]:
        pack, users = self.part.pack, {one.id for one in lever.users}
        deviations = [one for name, own in self.deviations.items() if name not in users for one in own] + list(moved)
        overrides = {one.id: {name: figure for name, figure in one.parameters.items() if name != lever.name} for one in self.agreements}
        verdict = judge_plainly(_with(pack, lever, value) if lever.judged else pack, deviations, overrides)
        material = {duty for duty, _ in verdict.material}
        statuses = {finding_id(pack.id, row): (row["status"], row["duty"]) for row in rows}
        if lever.judged:
            statuses |= {name: (row["status"], row["duty"]) for name, row in self.rows.items() if row["status"] == "deviation" and name not in statuses}
        return {name: Outcome(status, duty in material) for name, (status, duty) in statuses.items()}


def _with(pack: Pack, lever: Lever, value: Decimal) -> Pack:
    """The pack with a parameter at a value, for the thresholds of its judgements."""
    parameter = lever.parameter.model_copy(update={"value": Figure(((FIRST_DAY, value),))})
    return replace(pack, head=pack.head.model_copy(update={"parameters": {**pack.head.parameters, lever.name: parameter}}))


@dataclass(slots=True)
class _Search:
    """The search for the turns of one figure: what is known of its values, and which are `needed` next."""

    lever: Lever
    trials: _Trials
    concerned: Sequence[Finding]
    centers: Mapping[str, Decimal] = field(default_factory=dict)
    limits: Mapping[Decimal, tuple[Decimal, Decimal]] = field(default_factory=dict)
    known: dict[Decimal, Mapping[str, Outcome]] = field(default_factory=dict)
    needed: set[Decimal] = field(default_factory=set)
    turns: dict[tuple[str, int], tuple[Decimal, Turn | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.concerned:
            return
        self.centers = _centers(self.lever, self.trials, self.concerned)
        self.limits = {center: self.lever.limits(center) for center in set(self.centers.values())}
        lowest, highest = min(low for low, _ in self.limits.values()), max(high for _, high in self.limits.values())
        self.needed = {value for value in _grid(self.lever, self.trials, set(self.limits)) if lowest <= value <= highest}

    def go_on(self) -> None:
        """Take note of what is known now; where a gap between two values is wider than a step, name values in it."""
        order, step = sorted(self.known), self.lever.step
        self.needed = set()
        for one in self.concerned:
            center = self.centers[one.id]
            for side in (-1, 1):
                if (one.id, side) in self.turns:
                    continue
                last, turn = _nearest(one, side, center, self.limits[center], order, self.known)
                if turn is not None and abs(turn.at - last) > step:
                    self.needed |= _between(last, turn.at, step) - set(self.known)
                else:
                    self.turns[one.id, side] = (last, turn)

    def found(self, margin: Decimal) -> Iterator[Reading]:
        """The readings, once nothing is needed any more."""
        for one in self.concerned:
            center = self.centers[one.id]
            reading = _reading(self.lever, one, center, self.limits[center], self.turns[one.id, -1], self.turns[one.id, 1], self.known, margin)
            if self.lever.kind != "if_about" or any(outcome != reading.outcome for _, outcome in reading.others):
                yield reading


def _concerned(lever: Lever, trials: _Trials, wanted: Sequence[Finding]) -> Iterator[Finding]:
    """The findings that can rest on a figure: of the obligations that use it, and deviations that a judgement compares with it."""
    users = {one.id for one in lever.users}
    judged = {name for name, _ in lever.judged}
    patterns = [pattern for one in trials.part.pack.judgements if one.id in judged for pattern in one.when]
    words = {one.duty: one.words for own in trials.deviations.values() for one in own}
    for one in wanted:
        if one.obligation in users:
            yield one
        elif patterns and one.status == "deviation":
            said = words.get(trials.rows[one.id]["duty"])
            if said and any(_fits(pattern, said) for pattern in patterns):
                yield one


def _fits(pattern, words: Mapping[str, str]) -> bool:
    return all((not wanted or words[name] in wanted) and words[name] not in excluded for name, (wanted, excluded) in pattern.words.items())


def _centers(lever: Lever, trials: _Trials, concerned: Iterable[Finding]) -> dict[str, Decimal]:
    """The value in force for each finding: its agreement's own, on the first day of its window."""
    agreements = {one.id: one for one in trials.agreements}
    obligations: Mapping[str, Obligation] = {one.id: one for one in lever.users}
    found = {}
    for one in concerned:
        figure = now_in(lever, trials.part.pack, obligations.get(one.obligation))(agreements.get(one.agreement))
        in_force = [number for day, number in figure.values if day <= one.start] or [figure.values[0][1]]
        found[one.id] = in_force[-1]
    return found


def _grid(lever: Lever, trials: _Trials, centers: Collection[Decimal]) -> set[Decimal]:
    """The values that are tried first."""
    step = lever.step
    found = set(NAMED) if lever.parameter is None else set()
    for center in centers:
        low, high = lever.limits(center)
        found |= {center, low, high}
        found |= {center + side * count * step for side in (-1, 1) for count in range(1, _CLOSE + 1)}
        far = _CLOSE * step
        while far < max(high - center, center - low):
            far *= 2
            found |= {center - far, center + far}
    users = {one.id for one in lever.users}
    values = {row["value"] for row in trials.rows.values() if row["obligation"] in users and row["value"] is not None}
    names = {name for _, name in lever.judged}
    numbers = {one.numbers[name] for own in trials.deviations.values() for one in own for name in names if name in one.numbers}
    values |= {Decimal(math.floor(number / step.as_integer_ratio()[0] * step.as_integer_ratio()[1])) * step for number in numbers}
    if len(values) <= _MOST_VALUES and step in (WHOLE, FINE):
        found |= {value // step * step + side * step for value in values for side in (-1, 0, 1)}
    return {value.quantize(step) for value in found}


def _nearest(
    one: Finding, side: int, center: Decimal, limits: tuple[Decimal, Decimal], order: Sequence[Decimal], known: Mapping[Decimal, Mapping[str, Outcome]]
) -> tuple[Decimal, Turn | None]:
    """The last value on a side of the center up to which the finding stands, and the first of the known ones at which it does not."""
    now, last = Outcome(one.status, one.material), center
    for value in order if side > 0 else reversed(order):
        if (value - center) * side > 0 and limits[0] <= value <= limits[1]:
            outcome = known[value].get(one.id, now)
            if outcome != now:
                return last, Turn(value, outcome)
            last = value
    return last, None


def _between(first: Decimal, second: Decimal, step: Decimal) -> set[Decimal]:
    """Values that divide a gap, in whole steps."""
    low, steps = min(first, second), int(abs(first - second) / step)
    return {low + step * (steps * part // _PARTS) for part in range(1, _PARTS)} - {first, second} or {low + step}


def _reading(
    lever: Lever, one: Finding, center: Decimal, limits: tuple[Decimal, Decimal], down: tuple, up: tuple, known: Mapping, margin: Decimal
) -> Reading:
    now = Outcome(one.status, one.material)
    about = lever.parameter is None
    near = max(center * margin, Decimal(1) if lever.step == WHOLE else Decimal(0))
    if about:
        stands = lever.kind == "if_about" or all(known[value].get(one.id, now) == now for value in NAMED)
    else:
        stands = not any(turn and abs(turn.at - center) <= near for _, turn in (down, up))
    others = tuple((value, known[value].get(one.id, now)) for value in NAMED) if about else ()
    words = lever.parameter
    return Reading(
        one.id, lever.kind, lever.name, center, now, down[0], up[0], down[1], up[1], limits, stands, words.unit if words else None,
        words.assumption if words else None, others,
    )
