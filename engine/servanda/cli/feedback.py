"""Marked copies of workbooks with problems: written beside nothing of the submitter's, the originals untouched."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli.output import write_whole
from servanda.facts.submissions import WORKBOOKS
from servanda.problems import Problem
from servanda.template.marked_copy import definitions_of, marked_copy

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
    known = definitions_of(rules, agreements)
    copies = [(marked_copy(Path(file), own, known, lang), targets[file]) for file, own in by_file.items()]
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
