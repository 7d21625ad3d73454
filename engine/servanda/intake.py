"""Intake: packs, agreements and submissions of a run, with everything that is wrong with them. Nothing is evaluated here."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.agreements import read_agreements
from servanda.facts.assemble import check_across
from servanda.facts.load import Given, Loaded, has_large, load_submissions
from servanda.facts.manifest import Known
from servanda.facts.validate import TypedTable
from servanda.kinds import BY_NAME
from servanda.model import Agreement, Submission
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problems

if TYPE_CHECKING:
    from servanda.facts.large_table import LargeTable


@dataclass(frozen=True, slots=True)
class Intake:
    """What was taken in; `undefined` where packs or agreements have problems of their own."""

    packs: Mapping[str, Pack]
    agreements: Mapping[str, Agreement]
    loaded: Loaded
    undefined: bool


def read_definitions(rules: Path, agreements: Path, problems: Problems) -> Known:
    """The packs and agreements in two folders; `InvalidInput` where there is no sound pack to read anything else by."""
    rules, agreements = _folder(rules, problems), _folder(agreements, problems)
    packs = {} if problems else read_packs(rules, BY_NAME, problems)
    if not problems and not packs:
        problems.add("no-packs", rules.as_posix())
    if problems:
        raise InvalidInput(problems.sorted())
    known, broken = read_agreements(agreements, packs, problems)
    return Known(packs, known, broken)


def take_in(
    facts: Iterable[Path], agreements: Path, rules: Path, known_on: datetime.date | None, encoding: str | None, given: Given | None, problems: Problems,
    progress: Callable[[str, int, int], None] | None = None,
) -> Intake:
    """Definitions and submissions, all problems noted; `InvalidInput` where there is no sound pack to read anything else by."""
    known = read_definitions(rules, agreements, problems)
    undefined = bool(problems)
    return Intake(known.packs, known.agreements, load_submissions(facts, given, known, known_on, encoding, problems, progress), undefined)


def validate(
    facts: Iterable[Path], agreements: Path, rules: Path, *, known_on: datetime.date | None = None, encoding: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Intake:
    """Check submissions without evaluating them; `InvalidInput` with every problem found, also where there is no submission at all."""
    problems = Problems()
    intake = take_in(facts, agreements, rules, known_on, encoding, None, problems, progress)
    assemble_all(intake, problems)
    if not problems and not intake.loaded.submissions:
        problems.add("nothing-to-validate")
    if problems:
        raise InvalidInput(problems.sorted())
    return intake


def assemble_all(intake: Intake, problems: Problems) -> None:
    """Look for problems across submissions as well, so that all are reported at once."""
    loaded = intake.loaded
    for pack in intake.packs.values():
        mine = [number for number, submission in enumerate(loaded.submissions) if submission.pack == pack.id]
        submissions, tables = [loaded.submissions[n] for n in mine], [loaded.tables[n] for n in mine]
        check_all(pack, submissions, tables, loaded.unread, problems)


def check_all(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable | LargeTable]], unread: Set[tuple[str, str]], problems: Problems
) -> None:
    """Note what is wrong between submissions of a pack, whether their tables are small or large."""
    if has_large(tables):
        from servanda.facts.large_assemble import hold

        hold(pack, submissions, tables, False, unread, problems)
    else:
        check_across(pack, submissions, tables, unread, problems)


def _folder(folder: Path, problems: Problems) -> Path:
    folder = Path(folder)
    if not os.path.isdir(folder):
        problems.add("no-such-folder", folder.as_posix())
    return folder
