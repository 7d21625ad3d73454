"""SARIF 2.1.0 of the linter: a run a pack, a result a finding; what is set aside is a suppressed result with its justification.

A result is recognised again by its code and the name of its place, never by a line.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from servanda import lint_texts
from servanda.lint.codes import level_of
from servanda.lint.run import LintedPack, LintFinding
from servanda.lint.words import said
from servanda.report.safe_text import safe_text
from servanda.report.sarif import a_run, written
from servanda.report.style import Style
from servanda.report.whereabouts import uri

_LEVELS = {"error": "error", "warning": "warning", "notice": "note"}
_LONG = 4_000


def lint_sarif(packs: Sequence[LintedPack], style: Style) -> str:
    """The log of all packs."""
    return written([_run(pack, style) for pack in packs])


def _run(pack: LintedPack, style: Style) -> dict[str, object]:
    seen: Counter[tuple[str, str]] = Counter()
    results = []
    for one in pack.findings:
        key = (one.problem.code, one.problem.column or "")
        seen[key] += 1
        results.append(_result(one, _print(pack.name, *key, seen[key]), style))
    rules = [_rule(code, style.lang) for code in sorted({one.problem.code for one in pack.findings})]
    return a_run(f"servanda/lint/{pack.name}/", rules, results, style, {"executionSuccessful": True}, {"pack": pack.name})


def _print(*parts: str | int) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _result(one: LintFinding, key: str, style: Style) -> dict[str, object]:
    problem = one.problem
    address = uri(problem.file or ".")
    artifact = {"uri": address} if address.startswith("file:") else {"uri": address, "uriBaseId": "SRCROOT"}
    region = {"startLine": max(problem.row or 1, 1), "startColumn": one.character}
    location: dict[str, object] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if problem.column:
        location["logicalLocations"] = [{"fullyQualifiedName": safe_text(problem.column)}]
    suppressions = [] if one.aside is None else [{"kind": "external", "status": "accepted", "justification": safe_text(one.aside.of(style.lang), _LONG)}]
    return {
        "ruleId": f"lint/{problem.code}", "kind": "fail", "level": _LEVELS[one.level], "message": {"text": _message(said(one, style.lang))},
        "locations": [location], "partialFingerprints": {"primaryLocationLineHash": f"{key}:1", "servandaLint/v1": key}, "suppressions": suppressions,
    }


def _rule(code: str, lang: str) -> dict[str, object]:
    """A code as a rule. What codes of reading a pack mean is said by their results."""
    english = lang == "en"
    wanted = lint_texts.LINT_TEXTS.get(code)
    full = (
        f"{'Expected' if english else 'Erwartet'}: {wanted[english][0]}." if wanted
        else "The pack's files must be readable as they are meant." if english else "Die Dateien des Regelwerks müssen so lesbar sein, wie sie gemeint sind."
    )
    short = "Static analysis of the rules" if english else "Statische Prüfung der Regeln"
    name = "".join(part[:1].upper() + part[1:] for part in ("lint", *code.split("-")))
    return {
        "id": f"lint/{code}", "name": name, "shortDescription": {"text": f"{short}: {code}."},
        "fullDescription": {"text": full}, "defaultConfiguration": {"level": _LEVELS[level_of(code)]}, "help": {"text": full}, "properties": {"tags": ["lint"]},
    }


def _message(text: str) -> str:
    """Brackets would be links (section 3.11.6)."""
    return safe_text(text, _LONG).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
