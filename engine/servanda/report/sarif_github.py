"""SARIF for GitHub code scanning: only what is open, worst first, within GitHub's limits.

GitHub makes an alert of every result, whatever its `kind`, so only deviations, undetermined duties and unmet intentions are given; waived ones,
those that are kept and those that can still be kept are not. An undetermined duty is of kind `review` and has no level of its own: GitHub shows
its rule's, a note. A district without anything open has a run without results, which closes its alerts. Limits (docs.github.com, "SARIF support for
code scanning"): 20 runs a file, 25 000 results a run of which 5 000 are kept, 10 MB compressed. What is left out is counted in the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from servanda.problems import Problem
from servanda.report.sarif import a_run, by_agreement, facts_of, finding_result, input_run, run_id, written
from servanda.report.sarif_rules import obligation_rule
from servanda.report.severity import is_open, worst_first
from servanda.report.style import Style
from servanda.run import PackRun, Run

RUNS = 20
RESULTS = 5_000
ALL_RESULTS = 25_000
SPOTS = 10  # a result: 25 000 results with a hundred each would pass 10 MB


def sarif_github_report(run: Run, style: Style) -> str:
    """The open findings of a run."""
    shown = _shown(run)
    groups = [(run_id(part, agreement), part, findings) for part in run.packs for agreement, findings in by_agreement(part).items()]
    if len(groups) + 1 > RUNS:
        groups = [(f"servanda/{part.pack.id}/", part, list(part.findings)) for part in run.packs]
    runs = [_run(name, part, [finding for finding in findings if is_open(finding)], shown, run, style) for name, part, findings in groups]
    return written([*runs, _input(run.problems, style, {"executionSuccessful": True})])


def sarif_github_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems with the input."""
    return written([_input(problems, style, {"executionSuccessful": not problems, "exitCode": 2 if problems else 0})])


def _shown(run: Run) -> frozenset[str]:
    """The findings that fit into one file, the worst of all."""
    return frozenset(finding.id for finding in worst_first(finding for finding in run.findings if is_open(finding))[:ALL_RESULTS])


def _run(name: str, part: PackRun, findings: list, shown: frozenset[str], run: Run, style: Style) -> dict[str, object]:
    kept = [finding for finding in worst_first(findings) if finding.id in shown][:RESULTS]
    results = [finding_result(part, finding, style, SPOTS) for finding in kept]
    for result in results:
        if result["kind"] != "fail":
            del result["level"]
    asked = {finding.obligation for finding in kept}
    rules = [obligation_rule(one, part.pack, style.lang, "note") for one in part.pack.obligations if one.id in asked]
    invocation = {"executionSuccessful": True, **_left(len(findings) - len(kept), style)}
    return a_run(name, rules, results, style, invocation, facts_of(run, part))


def _input(problems: Sequence[Problem], style: Style, invocation: dict[str, object]) -> dict[str, object]:
    kept = problems[:RESULTS]
    return input_run(kept, style, {**invocation, **_left(len(problems) - len(kept), style)})


def _left(count: int, style: Style) -> dict[str, object]:
    """How many results are left out, as a notification of the run."""
    if not count:
        return {}
    text = f"{count} results are left out for GitHub's limits; the formats sarif and json hold all." if style.lang == "en" else (
        f"{count} Ergebnisse sind wegen der Grenzen von GitHub ausgelassen; die Formate sarif und json enthalten alle."
    )
    return {"toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}]}
