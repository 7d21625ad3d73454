"""SARIF 2.1.0 (OASIS, with errata 01): a result a finding, a run a district.

Each district (and the programme, and the input) is a run with an id of its own, `servanda/<pack>/<agreement>/`: a platform that keeps alerts by
that id closes no other district's when one is checked alone. `kind` says what SARIF has a word for (fail, pass, open, review, notApplicable);
`properties.status` says the status itself. Waived findings are suppressed failures. A result is recognised again by `partialFingerprints`,
from the duty and the records' keys, never by a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from servanda import problem_texts
from servanda.model import Finding
from servanda.problems import Problem
from servanda.report.fingerprints import duty_print, problem_prints, records_print
from servanda.report.safe_text import safe_text
from servanda.report.sarif_rules import obligation_rule, problem_rule
from servanda.report.severity import level
from servanda.report.style import Style
from servanda.report.whereabouts import Spot, cell_name, duty_title, problem_spot, spots, uri
from servanda.report.words import message
from servanda.run import PackRun, Run

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
KINDS = {
    "fulfilled": "pass", "tolerated": "pass", "deviation": "fail", "unmet": "fail", "waived": "fail", "pending": "open", "undetermined": "review",
    "not_applicable": "notApplicable",
}
INPUT = "servanda/input/"
SPOTS = 100
_LONG = 4_000
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def sarif_report(run: Run, style: Style) -> str:
    """Every finding of a run, in the order of the JSON report."""
    runs = []
    for part in run.packs:
        for agreement, findings in by_agreement(part).items():
            results = [finding_result(part, finding, style) for finding in findings]
            asked = {finding.obligation for finding in findings}
            rules = [obligation_rule(one, part.pack, style.lang, _rule_level(one.modality)) for one in part.pack.obligations if one.id in asked]
            runs.append(a_run(run_id(part, agreement), rules, results, style, {"executionSuccessful": True}, facts_of(run, part)))
    return written([*runs, input_run(run.problems, style, {"executionSuccessful": True})])


def sarif_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems with the input: results of a run that did not succeed."""
    return written([input_run(problems, style, {"executionSuccessful": not problems, "exitCode": 2 if problems else 0})])


def by_agreement(part: PackRun) -> dict[str | None, list[Finding]]:
    """The findings of each agreement of a pack, in the report's order; the programme's own under None."""
    found: dict[str | None, list[Finding]] = {agreement.id: [] for agreement in part.agreements}
    for finding in sorted(part.findings, key=lambda f: (f.agreement or "", f.site or "", f.obligation, f.start, f.label, f.id)):
        found.setdefault(finding.agreement, []).append(finding)
    return dict(sorted(found.items(), key=lambda item: item[0] or ""))


def run_id(part: PackRun, agreement: str | None) -> str:
    """What names a district's run for good; the slash at its end means that the runs are not told apart any further."""
    return f"servanda/{part.pack.id}/{agreement or 'programme'}/"


def facts_of(run: Run, part: PackRun) -> dict[str, object]:
    """What the results of a run rest on."""
    facts: dict[str, object] = {"asOf": run.as_of.isoformat(), "pack": part.pack.id, "packSha256": part.pack.sha256}
    facts |= {"rulesAsOf": run.rules_as_of.isoformat()} if run.rules_as_of else {}
    return facts | ({"year": run.year} if run.year else {})


def finding_result(part: PackRun, finding: Finding, style: Style, most: int = SPOTS) -> dict[str, object]:
    """A finding as a result with at most so many places: `level` is `none` wherever `kind` is not `fail` (section 3.27.10)."""
    found = spots(part, finding)[:most]
    words = f"{duty_title(part, finding, style.lang)}: {message(finding, part.pack, style.lang)}"
    if finding.material:
        words = f"{'Possibly material' if style.lang == 'en' else 'Möglicherweise wesentlich'}: {words}"
    kind = KINDS[finding.status]
    result: dict[str, object] = {
        "ruleId": finding.obligation, "kind": kind, "level": level(finding) if kind == "fail" else "none", "message": {"text": _message(words)},
        "locations": [_location(found[0], part, finding)],
    }
    if len(found) > 1:
        result["relatedLocations"] = [{"id": number, **_physical(spot)} for number, spot in enumerate(found[1:], 1)]
    result["partialFingerprints"] = {
        # The only one by which GitHub recognises an alert; its own is made of the line's text.
        "primaryLocationLineHash": f"{duty_print(finding)}:1", "servandaDuty/v1": duty_print(finding), "servandaRecords/v1": records_print(finding),
    }
    # All results of a run say it or none does (section 3.27.23): empty means "not suppressed".
    reason = "Covered by a waiver of both parties." if style.lang == "en" else "Von einer beidseitig vereinbarten Ausnahme gedeckt."
    result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}] if finding.status == "waived" else []
    result["properties"] = {
        "id": finding.id, "status": finding.status, "material": finding.material, "judgements": list(finding.judgements), "atRisk": finding.at_risk,
        "windowOpen": finding.open, "from": finding.start.isoformat(), "to": finding.end.isoformat(), "evidenceTotal": finding.evidence_total,
    }
    return result


def input_run(problems: Sequence[Problem], style: Style, invocation: Mapping[str, object]) -> dict[str, object]:
    """The run of the input: a result a problem; without any, a run without results, which closes what an earlier one opened."""
    results = [_problem_result(problem, key, style) for problem, key in zip(problems, problem_prints(problems), strict=True)]
    rules = [problem_rule(code, style.lang) for code in sorted({problem.code for problem in problems})]
    return a_run(INPUT, rules, results, style, invocation, {})


def a_run(
    name: str, rules: Sequence[dict[str, object]], results: Sequence[dict[str, object]], style: Style, invocation: Mapping[str, object],
    properties: Mapping[str, object],
) -> dict[str, object]:
    """A run of the log. `ruleIndex` is added to the results; text columns are not used, so `columnKind` is only said."""
    root = (
        "The folder in which the check ran: the root of the repository." if style.lang == "en"
        else "Der Ordner, in dem geprüft wurde: die Wurzel des Repositorys."
    )
    places = {rule["id"]: number for number, rule in enumerate(rules)}
    return {
        "tool": {"driver": {"name": "servanda", **_version(), "language": style.lang, "rules": list(rules)}},
        "automationDetails": {"id": name},
        "invocations": [dict(invocation)],
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": root}}},
        "columnKind": "unicodeCodePoints",
        "language": style.lang,
        **({"properties": dict(properties)} if properties else {}),
        "results": [{"ruleId": result["ruleId"], "ruleIndex": places[result["ruleId"]], **result} for result in results],
    }


def written(runs: Iterable[dict[str, object]]) -> str:
    """The log, a result a line, so that two logs compare line by line."""
    texts = []
    for run in runs:
        results = run.pop("results")
        lines = ",".join(f"\n{_ENCODER.encode(result)}" for result in results)
        texts.append(f'{_ENCODER.encode(run)[:-1]}, "results": [{lines}\n]}}')
    log = f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [\n' + ",\n".join(texts) + "\n]}\n"
    return log.encode("utf-8", "replace").decode("utf-8")


def _problem_result(problem: Problem, key: str, style: Style) -> dict[str, object]:
    english = style.lang == "en"
    spot, cell = problem_spot(problem), cell_name(problem)
    place = " · ".join(word for word in (cell, problem.column) if word)
    expected = f"{'expected' if english else 'erwartet'}: {problem_texts.expected(problem, style.lang)}"
    words = f"{f'{place}: ' if place else ''}{problem_texts.message(problem, style.lang)} ({expected})"
    location = _physical(spot or Spot(".", 1))  # GitHub takes no result without a place
    if cell:
        name, kind = (problem.cell, "cell") if problem.cell else (problem.sheet, "sheet")
        location["logicalLocations"] = [{"name": safe_text(name), "fullyQualifiedName": safe_text(cell), "kind": kind}]
    return {
        "ruleId": f"problem/{problem.code}", "kind": "fail", "level": "error", "message": {"text": _message(words)},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": f"{key}:1", "servandaProblem/v1": key},
    }


def _location(spot: Spot, part: PackRun, finding: Finding) -> dict[str, object]:
    agreement = finding.agreement or "programme"
    logical = [{"name": agreement, "fullyQualifiedName": f"{part.pack.id}/{agreement}", "kind": "agreement" if finding.agreement else "programme"}]
    if finding.site:
        logical.append({"name": finding.site, "fullyQualifiedName": f"{part.pack.id}/{agreement}/{finding.site}", "kind": "site"})
    return {**_physical(spot), "logicalLocations": logical}


def _physical(spot: Spot) -> dict[str, object]:
    address = uri(spot.path)
    artifact = {"uri": address} if address.startswith("file:") else {"uri": address, "uriBaseId": "SRCROOT"}
    physical: dict[str, object] = {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": spot.row}}}
    return physical | ({"message": {"text": _message(spot.record)}} if spot.record else {})


def _message(text: str) -> str:
    """Text of a message: brackets would be links (section 3.11.6)."""
    return safe_text(text, _LONG).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _rule_level(modality: str) -> str:
    return "note" if modality == "intention" else "warning"


def _version() -> dict[str, str]:
    """The installed version; nothing where the package runs from its sources."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return {"version": version("servanda"), "semanticVersion": version("servanda")}
    except PackageNotFoundError:
        return {}
