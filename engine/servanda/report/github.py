"""Workflow commands of GitHub Actions: annotations at the lines, worst first.

A step shows ten errors and ten warnings at most; the rest is counted in a last notice, which also carries the sum. Every line is a command, and
what comes from facts is escaped as GitHub's own toolkit does (`@actions/core`, command.ts), so that no cell begins a line or ends a property.
"""

from __future__ import annotations

from collections.abc import Sequence

from servanda import problem_texts
from servanda.model import STATUSES, Finding
from servanda.problems import Problem
from servanda.report.safe_text import safe_text
from servanda.report.severity import is_open, level, worst_first
from servanda.report.style import Style
from servanda.report.whereabouts import Spot, cell_name, duty_title, problem_spot, spots
from servanda.report.words import message, places, status_word
from servanda.run import Run

SHOWN = 10
_LONG = 2_000


def github_report(run: Run, style: Style) -> str:
    """Possibly material deviations as errors, other open findings as warnings; the sum as a notice."""
    found = worst_first(finding for finding in run.findings if is_open(finding))
    errors = [finding for finding in found if level(finding) == "error"]
    warnings = [finding for finding in found if level(finding) != "error"]
    lines = [_problem("error", problem, style) for problem in run.problems[:SHOWN]]
    lines += [_finding("error", finding, run, style) for finding in errors[: SHOWN - len(lines)]]
    lines += [_finding("warning", finding, run, style) for finding in warnings[:SHOWN]]
    counts = run.summary()
    named = [f"{counts[status]} {status_word(status, style.lang)}" for status in STATUSES if counts[status]]
    duties = "duties" if style.lang == "en" else "Pflichten"
    text = f"{' + '.join(named)} = {counts['duties']} {duties}"
    if counts["material"]:
        text += f"; {counts['material']} {'possibly material' if style.lang == 'en' else 'möglicherweise wesentlich'}"
    if run.problems:
        text += f"; {len(run.problems)} {'problems, bad records left out' if style.lang == 'en' else 'Probleme, fehlerhafte Sätze ausgelassen'}"
    return _written([*lines, _sum(text, len(run.problems) + len(found) - len(lines), style)])


def github_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems with the input, each an error."""
    lines = [_problem("error", problem, style) for problem in problems[:SHOWN]]
    english = style.lang == "en"
    if problems:
        text = f"{len(problems)} {'problems: not evaluated' if english else 'Probleme: nicht geprüft'}"
    else:
        text = "no problem; nothing was evaluated" if english else "kein Problem; bewertet wurde nichts"
    return _written([*lines, _sum(text, len(problems) - len(lines), style)])


def _finding(kind: str, finding: Finding, run: Run, style: Style) -> str:
    part = run.pack_of(finding)
    text = f"{message(finding, part.pack, style.lang)} · {places(part.pack.obligation(finding.obligation), style.lang, part.pack)} · {finding.id}"
    if finding.material:
        text = f"{'Possibly material' if style.lang == 'en' else 'Möglicherweise wesentlich'} · {text}"
    return _command(kind, spots(part, finding)[0], duty_title(part, finding, style.lang), text)


def _problem(kind: str, problem: Problem, style: Style) -> str:
    english = style.lang == "en"
    place = " · ".join(word for word in (cell_name(problem), problem.column) if word)
    expected = f"{'expected' if english else 'erwartet'}: {problem_texts.expected(problem, style.lang)}"
    text = f"{f'{place}: ' if place else ''}{problem_texts.message(problem, style.lang)} ({expected})"
    return _command(kind, problem_spot(problem), f"{'Input' if english else 'Eingabe'}: {problem.code}", text)


def _sum(text: str, left: int, style: Style) -> str:
    if left:
        text += f"; {left} {'of them not shown here' if style.lang == 'en' else 'davon hier nicht einzeln gezeigt'}"
    return _command("notice", None, "servanda", text)


def _command(kind: str, spot: Spot | None, title: str, text: str) -> str:
    properties = {"file": safe_text(spot.path, 4_096), "line": str(spot.row)} if spot else {}
    properties["title"] = safe_text(title)
    return f"::{kind} {','.join(f'{name}={escape_property(value)}' for name, value in properties.items())}::{escape_data(safe_text(text, _LONG))}"


def escape_data(text: str) -> str:
    """The text of a command on one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """The value of a command's property: nothing in it ends the property or the list."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def _written(lines: Sequence[str]) -> str:
    return "".join(line.encode("utf-8", "replace").decode("utf-8") + "\n" for line in lines)
