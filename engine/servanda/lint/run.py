"""Linting packs: everything that reading them finds, everything that the checks find, and what the packs set aside."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from servanda.agreements import read_agreements
from servanda.kinds import BY_NAME
from servanda.lint import bounds, clauses, conditions, dated, duties, judgements, reasons, unused
from servanda.lint.aside import Aside, read_asides, unmatched
from servanda.lint.codes import level_of
from servanda.lint.places import Places
from servanda.lint.source import Noted, PackSource
from servanda.pack import shape_pack
from servanda.pack_checks import check_pack
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problem, Problems
from servanda.record_checks import check_records
from servanda.shapes import Words
from servanda.working_days import Holidays
from servanda.yaml_source import decode, line_of, read_yaml

CHECKS = tuple(check for group in (bounds, dated, conditions, duties, judgements, clauses, reasons, unused) for check in group.CHECKS)


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A problem of a pack, how much it matters, and the character of its line at which it begins (1 is the first).

    `problem.row` is the line, `problem.column` the name of the place. `aside` is the pack's reason for leaving it as it is.
    """

    problem: Problem
    level: str
    character: int
    aside: Words | None = None


@dataclass(frozen=True, slots=True)
class LintedPack:
    """A pack's folder, its name (the folder's where pack.yaml cannot be read), and its findings in the order of their places."""

    folder: str
    name: str
    findings: tuple[LintFinding, ...]

    @property
    def open(self) -> tuple[LintFinding, ...]:
        """The findings that are not set aside."""
        return tuple(one for one in self.findings if one.aside is None)

    @property
    def set_aside(self) -> tuple[LintFinding, ...]:
        """The findings that the pack leaves as they are, with its reasons."""
        return tuple(one for one in self.findings if one.aside is not None)


def lint_packs(folders: Sequence[Path], agreements: Path | None = None) -> list[LintedPack]:
    """The findings of several packs; ids that two of them share are one, too."""
    packs: list[LintedPack] = []
    first: dict[str, str] = {}
    for pack in (lint_pack(folder, agreements) for folder in folders):
        if first.setdefault(pack.name, pack.folder) != pack.folder:
            twice = Problem("duplicate-id", f"{pack.folder}/pack.yaml", 1, "id", pack.name, args={"first": first[pack.name]})
            pack = LintedPack(pack.folder, pack.name, (*pack.findings, _told(twice, {})))
        packs.append(pack)
    return packs


def lint_pack(folder: Path, agreements: Path | None = None) -> LintedPack:
    """Every finding about the pack in a folder; `agreements` may hold agreements that rest on it, for the days on which terms begin."""
    read, asides_read = Problems(), Problems()
    pack, trees = shape_pack(folder, BY_NAME, read)
    found: list[Noted] = []
    if pack is not None:
        check_pack(pack, BY_NAME, trees, read)
        if not read:
            check_records(pack, BY_NAME, read)
        _check_calendar(pack, trees, read)
        start = None if read or agreements is None else _first_start(pack, agreements)
        source = PackSource(pack, {path.as_posix(): read_yaml(path, path.as_posix(), Problems()) for path in _files(folder)}, start)
        found = [one for check in CHECKS for one in check(source)]
    asides = read_asides(folder, asides_read)
    # What the checks place more exactly is not told twice.
    exact = {(one.code, one.at[0], None if one.found is None else str(one.found)) for one in found}
    problems = [one for one in (*read.sorted(), *asides_read.sorted()) if (one.code, one.file, one.found) not in exact]
    findings = _placed(found, problems, asides, folder, pack is not None and not asides_read)
    return LintedPack(folder.as_posix(), pack.id if pack else folder.name, tuple(sorted(findings, key=_order)))


def _check_calendar(pack: Pack, trees: Mapping[str, object], problems: Problems) -> None:
    """The calendar's country has known holidays: a run asks for them only where it counts working days."""
    file = f"{pack.folder}/pack.yaml"
    try:
        Holidays(pack.head.calendar).between(2000, 2000)
    except InvalidInput as unknown:
        for one in unknown.problems:
            problems.add(one.code, file, line_of(trees[file], ("calendar",)), "calendar", one.found, **one.args)


def _files(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.yaml"), *(folder / "obligations").glob("*.yaml")])


def _first_start(pack: Pack, folder: Path) -> datetime.date | None:
    """The earliest day on which a term under the pack begins; agreements with problems of their own are left to `check`."""
    agreements, _ = read_agreements(folder, {pack.id: pack}, Problems()) if folder.is_dir() else ({}, None)
    return min((one.start for one in agreements.values() if one.pack == pack.id), default=None)


def _placed(
    found: Sequence[Noted], problems: Iterable[Problem], asides: Sequence[Aside], folder: Path, complete: bool
) -> list[LintFinding]:
    """All findings with their places. Entries without a finding are named only where all checks could run."""
    places: dict[str, Places] = {}
    findings = [_told(problem, places) for problem in problems]
    used: set[Aside] = set()
    by_place = {(aside.code, aside.where): aside for aside in asides}
    for one in found:
        aside = by_place.get((one.code, one.where))
        used |= {aside} if aside else set()
        findings.append(_exact(one, places, aside.reason if aside else None))
    findings += [_exact(one, places, None) for one in unmatched(folder, asides, used)] if complete else []
    return findings


def _exact(one: Noted, places: dict[str, Places], aside: Words | None) -> LintFinding:
    file, path = one.at
    row, character = _places(file, places).of(path)
    problems = Problems()
    problems.add(one.code, file, row, one.where, one.found, **one.args)
    return LintFinding(problems.sorted()[0], level_of(one.code), character, aside)


def _told(problem: Problem, places: dict[str, Places]) -> LintFinding:
    """A problem of reading, at the exact place of what it names, where that can be told."""
    if problem.file is None or not problem.file.endswith(".yaml") or problem.code.endswith("yaml") or problem.row is None:
        return LintFinding(problem, "error", 1)
    row, character = _places(problem.file, places).near(problem.row, problem.column, problem.found)
    moved = Problem(problem.code, problem.file, row, problem.column, problem.found, problem.sheet, problem.cell, problem.args)
    return LintFinding(moved, "error", character)


def _places(file: str, known: dict[str, Places]) -> Places:
    """Where things stand in a file; nothing of one that is no sound YAML."""
    if file not in known:
        problems = Problems()
        path = Path(file)
        sound = path.is_file() and read_yaml(path, file, problems) is not None and not problems
        text = decode(path.read_bytes(), file, problems) if sound else None
        known[file] = Places(text[0] if text else "")
    return known[file]


def _order(one: LintFinding) -> tuple:
    problem = one.problem
    return problem.file or "", problem.row or 0, one.character, problem.code, problem.column or "", problem.found or ""
