"""The whole story of a run of rule tests: read, run, compare, cover, and where it is wanted mutate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from servanda.cases.compare import failures
from servanda.cases.conditions import Line, never, seen
from servanda.cases.contents import Case, Failure
from servanda.cases.cover import Coverage, coverage
from servanda.cases.mutate import Mutation, chosen, mutate, read_survivors
from servanda.cases.read import read_cases
from servanda.cases.run import Prepared, prepare, run_cases
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problems
from servanda.run import PackRun


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the cases of a pack came out. `coverage` is None where only some of them ran, `mutation` where it was not asked for."""

    pack: Pack
    cases: tuple[Case, ...]
    failures: tuple[Failure, ...]
    coverage: Coverage | None
    mutation: Mutation | None

    @property
    def failed(self) -> frozenset[str]:
        """The names of the cases that fail."""
        return frozenset(failure.case.name for failure in self.failures)

    @property
    def sound(self) -> bool:
        """Whether all cases hold, every obligation and judgement is kept and broken, and no mutant survives without a reason."""
        survived = self.mutation is not None and (self.mutation.survivors or self.mutation.stale)
        return not (self.failures or survived or self.coverage and self.coverage.gaps)


def run_tests(
    pack: Pack, *, named: str | None = None, obligation: str | None = None, mutation: bool = False, details: bool = False,
    sample: int | None = None, seed: int = 0, progress: Callable[[str, int, int], None] | None = None,
) -> Outcome:
    """Run the cases of a pack: all, those whose name contains `named`, those that expect something of `obligation`.

    With `mutation` the cases are run against all mutants of the rules, or against a `sample` of them (the same for the same `seed`); `details` looks at every
    line of the conditions, too.
    `InvalidInput` with every problem where cases cannot be read, their facts do not hold, or there are none.
    """
    problems = Problems()
    cases = read_cases(pack, problems)
    survivors = read_survivors(pack, problems)
    wanted = [case for case in cases if (named is None or named.casefold() in case.name.casefold()) and (obligation is None or obligation in case.about)]
    prepared = prepare(pack, wanted, problems)
    if not wanted and not problems:
        problems.add("no-cases", f"{pack.folder}/tests", found=named or obligation)
    if problems:
        raise InvalidInput(problems.sorted())
    if progress:
        progress("measure", 0, len(wanted))
    lines: dict[Line, set[bool]] = defaultdict(set)

    def look(run: PackRun, batch: Sequence[Prepared]) -> None:
        about: dict[str, set[str]] = defaultdict(set)
        for one in batch:
            for name in one.case.about:
                about[name].add(one.agreement.id)
        for line, values in seen(pack, run.database, batch[0].case.as_of, about).items():
            lines[line] |= values

    found = run_cases(pack, prepared, look if details else None)
    failed = tuple(failure for case in wanted for failure in failures(case, found[case.name]))
    whole = len(wanted) == len(cases)
    mutated = None
    if mutation and not failed:
        changes = [one for one in chosen(pack, sample, seed) if obligation is None or one.obligation == obligation]
        complete = whole and sample is None
        mutated = mutate(changes, prepared, survivors, whole=complete, progress=_told(progress))
    covered = replace(coverage(pack, wanted, found), without_condition=never(pack, lines) if details else {}) if whole else None
    return Outcome(pack, tuple(wanted), failed, covered, mutated)


def _told(progress: Callable[[str, int, int], None] | None) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress("mutate", done, total)


def by_file(found: tuple[Failure, ...]) -> Mapping[str, list[Failure]]:
    """Failures by the file in which their case stands."""
    files: dict[str, list[Failure]] = {}
    for failure in found:
        files.setdefault(failure.case.file, []).append(failure)
    return files
