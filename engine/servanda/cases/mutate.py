"""Mutation: the cases against each mutant of the rules. A mutant that no case notices shows what the cases do not say."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from servanda.cases.compare import failures
from servanda.cases.mutants import Mutant, mutants
from servanda.cases.read import SURVIVORS
from servanda.cases.run import Prepared, batches, run_cases
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problems
from servanda.shapes import Shape, Text, Words, shaped
from servanda.yaml_source import List, read_yaml

NOTICED = ("no-finding", "differs", "unexpected", "no-consequence", "unexpected-consequence")


class SurvivorShape(Shape):
    """A mutant that may survive, with the reason."""

    mutant: Text
    reason: Words


@dataclass(frozen=True, slots=True)
class Mutation:
    """How the mutants fared: how many there are, which no case noticed without a reason, which survive with one, and reasons that no longer hold."""

    total: int
    survivors: tuple[str, ...]
    excused: tuple[tuple[str, Words], ...]
    stale: tuple[str, ...]

    @property
    def killed(self) -> int:
        """How many a case noticed."""
        return self.total - len(self.survivors) - len(self.excused)

    @property
    def share(self) -> float:
        """The killed ones among all that have no reason to survive."""
        wanted = self.total - len(self.excused)
        return self.killed / wanted if wanted else 1.0


def read_survivors(pack: Pack, problems: Problems) -> dict[str, tuple[Words, int]]:
    """The mutants that the pack lets survive: reason and line, from tests/survivors.yaml."""
    path = Path(pack.folder) / "tests" / SURVIVORS
    if not path.is_file():
        return {}
    tree = read_yaml(path, path.as_posix(), problems)
    if not isinstance(tree, List):
        problems.add("not-a-list", path.as_posix(), 1, found="nothing" if tree is None else "a map or a text")
        return {}
    shapes = [shaped(SurvivorShape, one, path.as_posix(), problems, at=(number,), root=tree) for number, one in enumerate(tree)]
    return {shape.mutant: (shape.reason, tree.lines[number]) for number, shape in enumerate(shapes) if shape is not None}


def chosen(pack: Pack, sample: int | None, seed: int) -> list[Mutant]:
    """All mutants, or a sample of them that is the same for the same seed."""
    everything = list(mutants(pack))
    if sample is None or sample >= len(everything):
        return everything
    places = sorted(random.Random(seed).sample(range(len(everything)), sample))  # nosec B311  # a sample, no secret
    return [everything[place] for place in places]


def mutate(
    wanted: Sequence[Mutant], prepared: Sequence[Prepared], survivors: Mapping[str, tuple[Words, int]], *, whole: bool,
    progress: Callable[[int, int], None] | None = None,
) -> Mutation:
    """Run the cases against mutants; `whole` where these are all of them, so that a survivor that is named but none can be told."""
    alive = []
    for number, mutant in enumerate(wanted, 1):
        if progress:
            progress(number, len(wanted))
        if not noticed(mutant, prepared):
            alive.append(mutant.id)
    excused = tuple((name, survivors[name][0]) for name in alive if name in survivors)
    stale = tuple(name for name in survivors if name not in alive) if whole else ()
    return Mutation(len(wanted), tuple(name for name in alive if name not in survivors), excused, stale)


def noticed(mutant: Mutant, prepared: Sequence[Prepared]) -> bool:
    """Whether a case fails under the mutant; a change that makes no rule is noticed by the engine itself."""
    looking = [one for one in prepared if _looks(mutant, one)]
    for batch in sorted(batches(looking), key=len, reverse=True):
        names = {name for one in batch for name in (*one.case.about, *one.case.beside)}
        pack = replace(mutant.pack, obligations=tuple(one for one in mutant.pack.obligations if one.id in names))
        try:
            found = run_cases(pack, batch)
        except (InvalidInput, KeyError, ValueError):
            return True
        if any(True for one in batch for _ in _noticing(one, found)):
            return True
    return False


def _looks(mutant: Mutant, one: Prepared) -> bool:
    if mutant.obligation is not None:
        return mutant.obligation in one.case.about
    if mutant.judgement is not None:
        return one.case.consequences is not None or any("judgements" in expected.values or "material" in expected.values for expected in one.case.expect)
    return True


def _noticing(one: Prepared, found: Mapping) -> Iterator[object]:
    return (failure for failure in failures(one.case, found[one.case.name]) if failure.kind in NOTICED)
