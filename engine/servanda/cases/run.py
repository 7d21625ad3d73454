"""Running cases: many in few runs, each as an agreement of its own; a case about the whole programme alone.

Agreements do not touch each other in a run (tests/test_rule_tests.py shows it for every case), so those of one day are measured together.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from servanda.agreements import read_agreements
from servanda.cases.contents import Case, Found
from servanda.cases.lay_out import lay_out
from servanda.cases.read import read_agreement, types_of
from servanda.evaluate import run_pack
from servanda.facts.load import Loaded, load_submissions
from servanda.facts.manifest import Known
from servanda.kinds import BY_NAME
from servanda.model import Agreement
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problem, Problems
from servanda.run import PackRun


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case that was read in: its agreement and what was submitted; `alone` where it looks at the whole programme."""

    case: Case
    agreement: Agreement
    loaded: Loaded
    alone: bool


def prepare(pack: Pack, cases: Sequence[Case], problems: Problems) -> tuple[Prepared, ...]:
    """Read the facts of all cases, as submissions are read; what is wrong with them is noted at the case."""
    base = read_agreement(pack, problems)
    if problems:
        return ()
    obligations = {obligation.id: obligation for obligation in pack.obligations}
    prepared = []
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases, 1):
            own = Problems()
            place = Path(folder) / f"case-{number:04d}"
            types = types_of(obligations, BY_NAME, pack, case.about)
            lay_out(case, place.name, base, pack, types, place)
            agreements, _ = read_agreements(place / "agreement", {pack.id: pack}, own)
            known = Known({pack.id: pack}, agreements, frozenset())
            loaded = Loaded() if own else load_submissions([place / "facts"], None, known, case.known_on, None, own, columnar=False)
            problems.extend(_at_case(case, folder, own.sorted()))
            if not own:
                wide = case.programme is not None or any(obligations[name].scope == "programme" for name in case.about)
                prepared.append(Prepared(case, next(iter(agreements.values())), loaded, wide))
    return tuple(prepared)


def _at_case(case: Case, folder: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems with the files that a case was written to, placed at the case."""
    for problem in problems:
        where = (problem.file or "").removeprefix(folder).lstrip("/").partition("/")[2]
        yield replace(problem, file=case.file, row=case.row, column=f"{where}: {problem.column}" if problem.column else where)


def batches(prepared: Sequence[Prepared]) -> list[list[Prepared]]:
    """Cases that can be measured together."""
    together: dict[object, list[Prepared]] = defaultdict(list)
    for number, one in enumerate(prepared):
        together[number if one.alone else one.case.as_of].append(one)
    return list(together.values())


def run_cases(
    pack: Pack, prepared: Sequence[Prepared], look: Callable[[PackRun, Sequence[Prepared]], None] | None = None,
) -> dict[str, Found]:
    """What is found for each case, by its name; `look` sees every run. `InvalidInput` where the facts of a case do not hold together."""
    found: dict[str, Found] = {}
    for batch in batches(prepared):
        found.update(_run_batch(pack, batch, look))
    return found


def _run_batch(
    pack: Pack, batch: Sequence[Prepared], look: Callable[[PackRun, Sequence[Prepared]], None] | None,
) -> dict[str, Found]:
    problems = Problems()
    submissions = [submission for one in batch for submission in one.loaded.submissions]
    tables = [table for one in batch for table in one.loaded.tables]
    run = run_pack(pack, [one.agreement for one in batch], submissions, tables, set(), False, batch[0].case.as_of, problems)
    if problems:
        raise InvalidInput(problems.sorted())
    if look:
        look(run, batch)
    mine: Mapping[str | None, list] = defaultdict(list)
    for finding in run.findings:
        mine[finding.agreement].append(finding)
    follow: Mapping[str | None, list] = defaultdict(list)
    for consequence in run.consequences:
        follow[consequence.agreement].append(consequence)
    return {
        one.case.name: Found(
            (*mine[one.agreement.id], *(mine[None] if one.alone else ())), (*follow[one.agreement.id], *(follow[None] if one.alone else ())),
        )
        for one in batch
    }
