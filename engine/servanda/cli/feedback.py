"""Marked copies of workbooks with problems: written beside nothing of the submitter's, the originals untouched."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli.output import write_whole
from servanda.facts.manifest import Known
from servanda.facts.submissions import WORKBOOKS, Place, read_manifest
from servanda.intake import read_definitions
from servanda.problems import InvalidInput, Problem, Problems

COPY = "-rueckmeldung.xlsx"


def write_feedback(problems: Sequence[Problem], target: Path, agreements: Path, rules: Path, lang: str) -> list[Path]:
    """Write a marked copy of every workbook that `problems` name: to `target`, or into it where it is a folder. The files written.

    UsageError where several workbooks would go to one file, or a copy would replace a workbook that was checked.
    """
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.file and problem.file.endswith(WORKBOOKS):
            by_file.setdefault(problem.file, []).append(problem)
    targets = _targets(sorted(by_file), target)
    known = _definitions(rules, agreements)
    copies = [(_copy(Path(file), own, known, lang), targets[file]) for file, own in by_file.items()]
    written = [(data, path) for data, path in copies if data is not None]
    write_whole(written)
    return [path for _data, path in written]


def _targets(files: Sequence[str], target: Path) -> Mapping[str, Path]:
    """Where the copy of each workbook goes."""
    several = target.is_dir()
    targets = {file: target / (Path(file).stem + COPY) if several else target for file in files}
    if len(set(targets.values())) < len(files):
        raise click.UsageError(_("Several workbooks have problems; name a folder for their copies: --feedback FOLDER"))
    if target.suffix != ".xlsx" and not several:
        raise click.UsageError(_("A copy is an .xlsx file, or name a folder that exists."))
    if {os.path.realpath(file) for file in files} & {os.path.realpath(path) for path in targets.values()}:
        raise click.UsageError(_("A copy must not replace the workbook that was checked."))
    if existing := next((path for path in targets.values() if os.path.lexists(path)), None):
        raise click.UsageError(_("{file} exists already: corrections in it would be lost. Name another file.").format(file=existing))
    return targets


def _definitions(rules: Path, agreements: Path) -> Known:
    """What is known for drop-downs; nothing where the definitions are broken."""
    try:
        return read_definitions(rules, agreements, Problems())
    except InvalidInput:
        return Known({}, {})


def _copy(path: Path, problems: Sequence[Problem], known: Known, lang: str) -> bytes | None:
    """The marked copy of a workbook; None where it cannot be opened at all."""
    from servanda.facts.workbook_reader import read_workbook
    from servanda.template.feedback import feedback_workbook, whose

    book = read_workbook(path, path.as_posix(), Problems(), typed=True)
    if book is None:
        return None
    pack, agreement = whose(book.sheets, known.packs, known.agreements)
    if pack is None:
        _submission, pack, name = read_manifest(Place(path.parent), known, Problems())
        agreement = known.agreements.get(name or "")
    return feedback_workbook(book.sheets, problems, lang, file=path.name, pack=pack, agreement=agreement)
