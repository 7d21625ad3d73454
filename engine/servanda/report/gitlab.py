"""GitLab Code Quality (the Code Climate shape): what is open, worst first, at its line.

GitLab knows neither statuses nor clauses: `check_name` is the obligation, the severity tells deviations that may be material (`critical`) from
others (`major`), undetermined (`minor`) and unmet intentions (`info`), and the text says which. Problems with the input are `blocker`s.
Merge requests compare by `fingerprint`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from servanda import problem_texts
from servanda.model import Finding
from servanda.problems import Problem
from servanda.report.fingerprints import duty_print, problem_prints
from servanda.report.safe_text import safe_text
from servanda.report.severity import is_open, worst_first
from servanda.report.style import Style
from servanda.report.whereabouts import Spot, cell_name, duty_title, problem_spot, spots
from servanda.report.words import message, places
from servanda.run import Run

_SEVERITY = {"deviation": "major", "undetermined": "minor", "unmet": "info"}
_LONG = 2_000


def gitlab_report(run: Run, style: Style) -> str:
    """The open findings of a run, and what was left out of it."""
    found = [_finding(finding, run, style) for finding in worst_first(finding for finding in run.findings if is_open(finding))]
    return _written([*_problems(run.problems, style), *found])


def gitlab_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems with the input."""
    return _written(_problems(problems, style))


def _finding(finding: Finding, run: Run, style: Style) -> dict[str, object]:
    part = run.pack_of(finding)
    text = f"{duty_title(part, finding, style.lang)}: {message(finding, part.pack, style.lang)}"
    text += f" ({places(part.pack.obligation(finding.obligation), style.lang, part.pack)})"
    if finding.material:
        text = f"{'Possibly material' if style.lang == 'en' else 'Möglicherweise wesentlich'}: {text}"
    severity = "critical" if finding.material else _SEVERITY[finding.status]
    return _issue(text, finding.obligation, duty_print(finding), severity, spots(part, finding)[0])


def _problems(problems: Sequence[Problem], style: Style) -> list[dict[str, object]]:
    issues = []
    for problem, fingerprint in zip(problems, problem_prints(problems), strict=True):
        place = " · ".join(word for word in (cell_name(problem), problem.column) if word)
        expected = f"{'expected' if style.lang == 'en' else 'erwartet'}: {problem_texts.expected(problem, style.lang)}"
        text = f"{f'{place}: ' if place else ''}{problem_texts.message(problem, style.lang)} ({expected})"
        # GitLab takes no issue without a path.
        issues.append(_issue(text, f"problem/{problem.code}", fingerprint, "blocker", problem_spot(problem) or Spot(".", 1)))
    return issues


def _issue(text: str, check: str, fingerprint: str, severity: str, spot: Spot) -> dict[str, object]:
    return {
        "description": safe_text(text, _LONG), "check_name": check, "fingerprint": fingerprint, "severity": severity,
        "location": {"path": safe_text(spot.path, 4_096), "lines": {"begin": spot.row}},
    }


def _written(issues: Sequence[dict[str, object]]) -> str:
    """One issue a line."""
    text = "[" + ",".join(f"\n {json.dumps(issue, ensure_ascii=False)}" for issue in issues) + "\n]\n"
    return text.encode("utf-8", "replace").decode("utf-8")
