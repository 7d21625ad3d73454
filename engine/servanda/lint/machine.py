"""The linter's report for programs: JSON with problem objects, and annotations of GitHub Actions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from servanda.lint.codes import LEVELS
from servanda.lint.run import LintedPack, LintFinding
from servanda.lint.words import LEVEL_WORDS, said, sum_of
from servanda.report.github import escape_data, escape_property
from servanda.report.json_report import problem_object
from servanda.report.safe_text import safe_text
from servanda.report.style import Style

_LONG = 2_000


def lint_json(packs: Sequence[LintedPack], style: Style) -> str:
    """A problem object a finding, with `level`, `line` and `character`; what is set aside stands apart, with its `reason`."""
    counts = Counter(one.level for pack in packs for one in pack.open)
    report = {
        "schema": "servanda.lint/1",
        "packs": [{"id": pack.name, "folder": pack.folder} for pack in packs],
        "counts": {**{level: counts[level] for level in LEVELS}, "set_aside": sum(len(pack.set_aside) for pack in packs)},
        "problems": [_object(one, pack, style) for pack in packs for one in pack.open],
        "set_aside": [{**_object(one, pack, style), "reason": one.aside.of(style.lang)} for pack in packs for one in pack.set_aside],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _object(one: LintFinding, pack: LintedPack, style: Style) -> dict[str, object]:
    """`row` and `column` are those of every problem object (the line, and the name of the place); `line` and `character` are for editors."""
    place = {"line": one.problem.row, "character": one.character if one.problem.row else None}
    return {"level": one.level, "pack": pack.name, **problem_object(one.problem, style), **place}


def lint_github(packs: Sequence[LintedPack], style: Style) -> str:
    """A workflow command a finding (docs.github.com, "Workflow commands"), the worst first, and a notice with the sum of each pack."""
    found = sorted((one for pack in packs for one in pack.open), key=lambda one: LEVELS.index(one.level))
    lines = [_command(one, style) for one in found]
    lines += [f"::notice title=servanda lint::{escape_data(safe_text(f'{pack.name}: {sum_of(pack, style.lang)}', _LONG))}" for pack in packs]
    return "".join(f"{line}\n" for line in lines)


def _command(one: LintFinding, style: Style) -> str:
    properties = {"file": safe_text(one.problem.file or ".", 4_096), "line": str(one.problem.row or 1), "col": str(one.character)}
    properties["title"] = f"{LEVEL_WORDS[one.level][style.lang == 'en']}: {one.problem.code}"
    listed = ",".join(f"{name}={escape_property(value)}" for name, value in properties.items())
    text = f"{one.problem.column}: {said(one, style.lang)}" if one.problem.column else said(one, style.lang)
    return f"::{one.level} {listed}::{escape_data(safe_text(text, _LONG))}"
