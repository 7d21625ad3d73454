"""The audit: plan → buckets → the programme → what it says as a whole → a receipt."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from servanda.audit import record
from servanda.audit.asked import Wanted
from servanda.audit.bucket import Bucket, Measured, measure_bucket
from servanda.audit.earlier import Earlier, joined, read_earlier
from servanda.audit.plan import Plan, Progress, plan_audit
from servanda.audit.programme import measure_programme
from servanda.audit.receipt import differences, receipt_of
from servanda.audit.record import Told
from servanda.audit.spread import Spread, here
from servanda.audit.tables import FINDINGS, RECEIPT, whole
from servanda.audit.workplace import finish, sha256_of, store, stored, workplace, write
from servanda.model import Consequence
from servanda.problems import InvalidInput, Problem
from servanda.receipt import digest, versions
from servanda.report.json_report import dump, problem_object
from servanda.report.style import Style

PROBLEMS = "problems.json"


@dataclass(frozen=True, slots=True)
class Audited:
    """How an audit ended: findings by status (with `duties`, `material` and `consequences`), the agreements that were measured, taken over and set
    aside (with their problems), and how many buckets an interrupted audit had left."""

    counts: Mapping[str, int]
    measured: int
    reused: tuple[str, ...]
    aside: Mapping[str, tuple[Problem, ...]]
    resumed: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A bucket of the plan: its name, its agreements, which of them are taken over, and the key of all that it depends on."""

    name: str
    pack: str
    agreements: tuple[str, ...]
    reused: tuple[str, ...]
    key: str


def audit(
    facts: Sequence[Path], agreements: Path, rules: Path, as_of: datetime.date, out: Path, *, known_on: datetime.date | None = None,
    encoding: str | None = None, since: Path | None = None, wanted: Wanted | None = None, repeated: Mapping | None = None, spread: Spread = here,
    progress: Progress | None = None,
) -> Audited:
    """Audit all agreements into the folder `out`, which appears when everything in it is there.

    Interrupted, it goes on where it was when it is called again in the same way. `since`: an earlier audit, from which unchanged agreements are
    taken over. `repeated`: the receipt of an audit that this one is to repeat; `InvalidInput` names every difference. `InvalidInput`, too, where
    something is wrong that belongs to no agreement.
    """
    wanted = wanted or Wanted()
    with workplace(out) as place:
        plan = plan_audit(facts, agreements, rules, as_of, known_on=known_on, encoding=encoding, progress=progress)
        earlier = read_earlier(since) if since else None
        keys = {one.id: plan.key(one) for pack in plan.packs for one in plan.evaluated(pack)}
        parts = _parts(plan, keys, earlier, wanted)
        told, resumed = _measure(place, plan, parts, earlier, wanted, spread, progress)
        aside = {name: tuple(found) for name, found in _aside(plan, told.values()).items()}
        told |= _programmes(place, plan, parts, told, aside)
        outcome = _whole(place, plan, parts, keys, told, aside, wanted)
        written = receipt_of(plan, wanted, aside, outcome.files, told.values())
        if repeated is not None and (found := differences(repeated, written)):
            raise InvalidInput(found)
        if not outcome.counts["duties"]:
            shutil.rmtree(place)
            raise InvalidInput([Problem("nothing-to-evaluate", args={"submissions": len(plan.found), "agreements": len(keys)})])
        write(place / RECEIPT, dump(written).encode())
        finish(place, out, {*outcome.files, RECEIPT})
    reused = tuple(name for part in parts for name in part.reused)
    return Audited(outcome.counts, len(keys) - len(reused) - len(set(aside) & set(keys)), reused, aside, resumed)


def _parts(plan: Plan, keys: Mapping[str, str], earlier: Earlier | None, wanted: Wanted) -> list[_Part]:
    parts = []
    for pack in sorted(plan.packs):
        names = [one.id for one in plan.evaluated(pack)]
        for number, start in enumerate(range(0, len(names), wanted.bucket), 1):
            mine = tuple(names[start : start + wanted.bucket])
            reused = tuple(name for name in mine if earlier and earlier.keys.get(name) == keys[name] and _has_reports(earlier, name, wanted))
            key = digest({"keys": [keys[name] for name in mine], "reused": list(reused), "reports": list(wanted.reports), "lang": wanted.lang})
            parts.append(_Part(f"{pack}/{number:05}", pack, mine, reused, key))
    return parts


def _has_reports(earlier: Earlier, agreement: str, wanted: Wanted) -> bool:
    return all((earlier.folder / report_file(agreement, name, wanted.lang)).is_file() for name in wanted.reports)


def report_file(agreement: str, name: str, lang: str) -> str:
    """Where an agreement's own report lies in an audit."""
    return f"reports/{agreement}.{lang}.{name}"


def _measure(
    place: Path, plan: Plan, parts: Sequence[_Part], earlier: Earlier | None, wanted: Wanted, spread: Spread, progress: Progress | None
) -> tuple[dict[str, Told], int]:
    """What every part told, and how many were there before."""
    told: dict[str, Told] = {}
    for part in parts:
        before = stored(place, part.name, part.key)
        if before is not None:
            told[part.name] = record.read(before)
    resumed = len(told)
    total, done = sum(len(part.agreements) for part in parts), sum(len(part.agreements) for part in parts if part.name in told)

    def keep(part: _Part, measured: Measured) -> None:
        nonlocal done
        told[part.name] = _keep(place, plan, part, measured, earlier, wanted)
        done += len(part.agreements)
        if progress:
            progress("audit", done, total)

    waiting = [part for part in parts if part.name not in told]
    for part in waiting:
        if len(part.reused) == len(part.agreements):
            keep(part, Measured({}, (), {}, {}))
    fresh = [part for part in waiting if len(part.reused) < len(part.agreements)]
    ranks = {name: number for number, name in enumerate(sorted(plan.agreements), 1)}
    for number, measured in spread(measure_bucket, _Buckets(plan, fresh, ranks, wanted)):
        if measured.engine != versions():
            raise InvalidInput([Problem("other-engine", found=str(dict(measured.engine)), args={"known": str(versions())})])
        keep(fresh[number], measured)
    return told, resumed


class _Buckets(Sequence):
    """The buckets of parts, made when they are asked for: all of them at once would fill the memory."""

    def __init__(self, plan: Plan, parts: Sequence[_Part], ranks: Mapping[str, int], wanted: Wanted) -> None:
        self._plan, self._parts, self._ranks, self._wanted = plan, parts, ranks, wanted

    def __len__(self) -> int:
        return len(self._parts)

    def __getitem__(self, number: int) -> Bucket:
        plan, part = self._plan, self._parts[number]
        names = [name for name in part.agreements if name not in part.reused]
        return Bucket(
            plan.packs[part.pack], plan.as_of, plan.encoding, plan.root, tuple(plan.agreements[name] for name in names),
            {name: plan.found.get(name, ()) for name in names}, plan.programme.get(part.pack, ()), {"": 0, **{name: self._ranks[name] for name in names}},
            self._wanted.reports, self._wanted.lang,
        )


def _keep(place: Path, plan: Plan, part: _Part, measured: Measured, earlier: Earlier | None, wanted: Wanted) -> Told:
    """Write what came of a part, together with what is taken over."""
    told = record.told_of(measured, plan.root)
    tables = dict(measured.tables)
    reports = {report_file(name, form, wanted.lang): content for (name, form), content in measured.reports.items()}
    if part.reused and earlier:
        tables = joined(earlier, part.pack, part.reused, measured.tables)
        old = [one for name in part.reused for one in earlier.consequences.get(name, ())]
        ended = {name: earlier.ended[name] for name in part.reused if name in earlier.ended}
        told = Told(tuple(sorted((*told.consequences, *old), key=Consequence.order)), {**told.ended, **ended}, told.aside, told.encodings)
        for file in (report_file(name, form, wanted.lang) for name in part.reused for form in wanted.reports):
            reports[file] = (earlier.folder / file).read_bytes()
    files = {f"{name}/{part.name}.parquet": content for name, content in tables.items()}
    store(place, part.name, part.key, {**files, **reports}, record.plain(told))
    return told


def _aside(plan: Plan, told: Sequence[Told]) -> dict[str, Sequence[Problem]]:
    found = {name: record.shortened(record.shortened(problems, plan.root), plan.above) for name, problems in plan.aside.items()}
    return {**found, **{name: problems for one in told for name, problems in one.aside.items()}}


def _programmes(place: Path, plan: Plan, parts: Sequence[_Part], told: Mapping[str, Told], aside: Mapping[str, object]) -> dict[str, Told]:
    """The duties of each pack's programme, over the agreements that were evaluated."""
    found: dict[str, Told] = {}
    for pack in sorted({part.pack for part in parts}):
        mine = [part for part in parts if part.pack == pack]
        agreements = [one for one in plan.evaluated(pack) if one.id not in aside]
        if not agreements:
            continue
        name = f"{pack}/{0:05}"
        key = digest({"parts": [part.key for part in mine]})
        before = stored(place, name, key)
        if before is None:
            ended = {agreement: day for part in mine for agreement, day in told[part.name].ended.items()}
            selected = [place / f"programme/{part.name}.parquet" for part in mine]
            measured = measure_programme(
                plan.packs[pack], agreements, plan.programme.get(pack, ()), ended, selected, plan.root, plan.encoding, plan.as_of
            )
            found[name] = record.told_of(measured, plan.root)
            store(place, name, key, {f"{FINDINGS}/{name}.parquet": measured.tables[FINDINGS]}, record.plain(found[name]))
        else:
            found[name] = record.read(before)
    return found


@dataclass(frozen=True, slots=True)
class _Outcome:
    files: Mapping[str, str]
    counts: Mapping[str, int]


def _whole(
    place: Path, plan: Plan, parts: Sequence[_Part], keys: Mapping[str, str], told: Mapping[str, Told], aside: Mapping[str, Sequence[Problem]], wanted: Wanted
) -> _Outcome:
    """Write what is said of all together; gives the hashes of all files that are results, and the counts."""
    consequences = [(name.rpartition("/")[0], one) for name in sorted(told) for one in told[name].consequences]
    ended = {name: day for one in told.values() for name, day in one.ended.items()}
    names = sorted(f"{FINDINGS}/{name}.parquet" for name in told)
    with tempfile.TemporaryDirectory(prefix="servanda-") as folder:
        made = whole(place, names, plan, keys, consequences, ended, {name: len(found) for name, found in aside.items()}, wanted.lang, folder)
    style = Style(wanted.lang)
    listed = [{"agreement": name, "problems": [problem_object(one, style) for one in aside[name]]} for name in sorted(aside)]
    files = {**made.files, PROBLEMS: dump({"schema": "servanda.audit-problems/1", "agreements": listed}).encode()}
    hashes = {name: write(place / name, content) for name, content in files.items()}
    kept = [f"{FINDINGS}/{name}.parquet" for name in told] + [f"programme/{part.name}.parquet" for part in parts]
    measured = {one.id for pack in plan.packs for one in plan.evaluated(pack)} - set(aside)
    kept += [report_file(name, form, wanted.lang) for name in measured for form in wanted.reports]
    hashes |= {name: sha256_of(place / name) for name in kept}
    counts = {**made.counts, "consequences": len(consequences)}
    return _Outcome(dict(sorted(hashes.items())), counts)
