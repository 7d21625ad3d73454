"""The plan of an audit: which agreements there are, which submissions belong to each, and what their results depend on.

Everything that belongs to no agreement (a broken pack, a submission that nobody can be said to have made, the programme's own facts) must be sound
before anything is measured; what is wrong with one agreement or its submissions sets that agreement aside and stops nothing else.
"""

from __future__ import annotations

import datetime
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from servanda.agreements import read_agreements
from servanda.facts.load import load_found
from servanda.facts.manifest import Known
from servanda.facts.submissions import Place, find_submissions, read_manifest
from servanda.intake import check_all
from servanda.kinds import BY_NAME
from servanda.model import Agreement, Submission
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problem, Problems
from servanda.receipt import digest, versions

Progress = Callable[[str, int, int], None]
Found = tuple[Submission, Place]  # a submission, and where it lies


@dataclass(frozen=True, slots=True)
class Plan:
    """What an audit is to do. `found` holds the submissions of each agreement, `programme` those of each pack's programme; `aside` are the problems of
    agreements that are not evaluated; `root` is cut from the front of every path of facts, `above` from that of agreements."""

    as_of: datetime.date
    known_on: datetime.date | None
    encoding: str | None
    root: str
    above: str
    packs: Mapping[str, Pack]
    agreements: Mapping[str, Agreement]
    found: Mapping[str, Sequence[Found]]
    programme: Mapping[str, Sequence[Found]]
    aside: Mapping[str, Sequence[Problem]]

    def evaluated(self, pack: str) -> list[Agreement]:
        """The agreements of a pack that are sound so far, by id."""
        return [self.agreements[name] for name in sorted(self.agreements) if self.agreements[name].pack == pack and name not in self.aside]

    def key(self, agreement: Agreement) -> str:
        """A hash of everything that an agreement's result depends on: the same key, the same findings."""
        files = [*self.programme.get(agreement.pack, ()), *self.found.get(agreement.id, ())]
        return digest({
            "engine": versions(), "pack": self.packs[agreement.pack].sha256, "agreement": agreement.sha256, "as_of": self.as_of.isoformat(),
            "encoding": self.encoding,
            "submissions": [[self.short(one.path), one.folder, one.submitted_on.isoformat(), one.sha256] for one, _ in files],
        })

    def short(self, path: str) -> str:
        """A path as results name it."""
        return path.removeprefix(self.root)


def plan_audit(
    facts: Sequence[Path], agreements: Path, rules: Path, as_of: datetime.date, *, known_on: datetime.date | None = None, encoding: str | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Find out what is there. `InvalidInput` where something is wrong that belongs to no agreement, or where there is nothing to evaluate."""
    problems = Problems()
    for folder in (rules, agreements):
        if not folder.is_dir():
            problems.add("no-such-folder", folder.as_posix())
    packs = {} if problems else read_packs(rules, BY_NAME, problems)
    if not problems and not packs:
        problems.add("no-packs", rules.as_posix())
    if problems:
        raise InvalidInput(problems.sorted())
    apart: dict[str, list[Problem]] = {}
    known, broken = read_agreements(agreements, packs, problems, apart)
    submissions = _submissions(facts, Known(packs, known, frozenset({*broken, *apart})), known_on, apart, problems, progress)
    programme = {pack: _ordered(found) for (owner, pack), found in submissions.items() if owner == ""}
    for pack, found in programme.items():
        _check_programme(packs[pack], found, encoding, problems)
    found = {owner: _ordered(found) for (owner, _), found in submissions.items() if owner}
    roots = (_root(facts), _root([agreements]))
    plan = Plan(as_of, known_on, encoding, *roots, packs, known, found, programme, {name: tuple(found) for name, found in apart.items()})
    if not problems and (not submissions or not any(plan.evaluated(pack) for pack in packs)):
        problems.add("nothing-to-evaluate", submissions=len(submissions), agreements=len(known))
        problems.extend(problem for found in apart.values() for problem in found)
    if problems:
        raise InvalidInput(problems.sorted())
    return plan


def _submissions(
    facts: Iterable[Path], known: Known, known_on: datetime.date | None, apart: dict[str, list[Problem]], problems: Problems, progress: Progress | None
) -> dict[tuple[str, str], list[Found]]:
    """The submissions by agreement ("" is the programme) and pack; what is wrong goes to the agreement that it belongs to, or to `problems`."""
    found: dict[tuple[str, str], list[Found]] = defaultdict(list)
    own = Problems()
    places = find_submissions([Path(path) for path in facts], known, own)
    for problem in own.since(0):
        _blame(problem, _named(problem.file or "", known), apart, problems)
    for count, place in enumerate(places, 1):
        if progress:
            progress("plan", count, len(places))
        own = Problems()
        submission, _, agreement = read_manifest(place, known, own)
        for problem in own.since(0):
            _blame(problem, agreement or _named(place.path, known), apart, problems)
        if submission is not None and (known_on is None or submission.submitted_on <= known_on):
            found[submission.agreement or "", submission.pack].append((submission, replace(place, book=None, seen=())))
    return found


def _named(path: str, known: Known) -> str | None:
    """The agreement that a path names with one of its parts."""
    return next((part for part in reversed(PurePath(path).parts) if part in known.agreements or part in known.broken), None)


def _blame(problem: Problem, agreement: str | None, apart: dict[str, list[Problem]], problems: Problems) -> None:
    if agreement is None:
        problems.extend([problem])
    else:
        apart.setdefault(agreement, []).append(problem)


def _check_programme(pack: Pack, found: Sequence[Found], encoding: str | None, problems: Problems) -> None:
    loaded = load_found(found, Known({pack.id: pack}, {}), encoding, problems)
    check_all(pack, loaded.submissions, loaded.tables, loaded.unread, problems)


def _ordered(found: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(sorted(found, key=lambda one: one[0].path))


def _root(facts: Sequence[Path]) -> str:
    """The folder above the facts, with a slash at its end: results name files from there, wherever that folder lies."""
    above = {os.path.dirname(os.path.normpath(path)) for path in facts}
    return f"{Path(above.pop()).as_posix()}/" if len(above) == 1 and above != {""} else ""
