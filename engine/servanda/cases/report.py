"""The outcome of rule tests as text, JSON and JUnit XML, German or English."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as xml

from servanda.cases.contents import Failure
from servanda.cases.cover import Coverage
from servanda.cases.mutate import Mutation
from servanda.cases.outcome import Outcome
from servanda.report.safe_text import safe_text
from servanda.report.words import status_word

SCHEMA = "servanda.tests/1"
_WORDS: dict[str, tuple[str, str]] = {
    "title": ("servanda test · Regelwerk {pack} · {count} Fälle", "servanda test · pack {pack} · {count} cases"),
    "no-finding": ("{name}: keine Feststellung; es gibt {found}", "{name}: no finding; there are {found}"),
    "differs": ("{name}: {field} erwartet {expected}, gefunden {found}", "{name}: {field} expected {expected}, found {found}"),
    "unexpected": ("{name}: {found}, nicht erwartet (unter expect oder beside nennen)", "{name}: {found}, not expected (name it under expect or beside)"),
    "needless": ("{name}: steht unter beside, weicht aber nicht ab", "{name}: stands under beside and does not deviate"),
    "no-consequence": ("Folge {expected}: nicht gefunden; es gibt {found}", "consequence {expected}: not found; there are {found}"),
    "unexpected-consequence": ("Folge {found}, nicht erwartet", "consequence {found}, not expected"),
    "not-kept": ("kein Fall, der sie einhält", "no case that keeps it"),
    "not-broken": ("kein Fall, der sie verletzt", "no case that breaks it"),
    "not-fired": ("kein Fall, der diesen Anhaltspunkt auslöst", "no case in which this judgement fires"),
    "not-spared": ("kein Fall, der ihn bei einer Abweichung nicht auslöst", "no case in which a deviation does not make it fire"),
    "statuses": ("Zur Kenntnis, Ergebnisse ohne Fall:", "To note: statuses without a case:"),
    "bounds": ("Zur Kenntnis, Grenzen, die kein Fall genau trifft (at) oder knapp verfehlt (beside):",
               "To note: bounds that no case meets exactly (at) or just misses (beside):"),
    "conditions": ("Zur Kenntnis, Zeilen von Bedingungen, die in keinem Fall zutreffen (never true) oder in jedem (never false):",
                   "To note: lines of conditions that are true in no case (never true), or in every one (never false):"),
    "mutants": ("Mutanten: {killed} von {wanted} bemerkt ({share} %), {excused} mit Begründung ausgenommen",
                "Mutants: {killed} of {wanted} noticed ({share} %), {excused} left out with a reason"),
    "survivor": ("unbemerkt: {name}", "not noticed: {name}"),
    "stale": ("steht in tests/survivors.yaml, wird aber bemerkt oder gibt es nicht: {name}",
              "stands in tests/survivors.yaml and is noticed, or is none: {name}"),
    "covered": ("Jede der {obligations} Pflichten wird eingehalten und verletzt, jeder der {judgements} Anhaltspunkte ausgelöst und vermieden.",
                "Each of the {obligations} obligations is kept and broken, each of the {judgements} judgements fires and does not."),
    "covered-rules": ("Jede der {obligations} Pflichten wird eingehalten und verletzt.", "Each of the {obligations} obligations is kept and broken."),
    "passed": ("{passed} von {count} Fällen bestanden", "{passed} of {count} cases passed"),
    "some": ("Nicht alle Fälle ausgewählt: die Abdeckung wurde nicht geprüft.", "Not all cases were chosen: coverage was not looked at."),
}


def _said(which: str, lang: str, /, **values: object) -> str:
    return _WORDS[which][lang == "en"].format(**{key: safe_text("–" if value is None else value) for key, value in values.items()})


def failure_text(failure: Failure, lang: str) -> str:
    """A failure in a line."""
    name = " ".join(part for part in (failure.obligation, failure.period, failure.site) if part)
    found = status_word(failure.found, lang) if failure.kind == "unexpected" and failure.found else failure.found
    return _said(failure.kind, lang, name=name, field=failure.field, expected=failure.expected, found=found)


def text_report(outcome: Outcome, lang: str, details: bool = False) -> str:
    """The outcome for a terminal; `details` adds what is only for information."""
    lines = [_said("title", lang, pack=outcome.pack.id, count=len(outcome.cases))]
    by_case: dict[tuple[str, int, str], list[Failure]] = defaultdict(list)
    for failure in outcome.failures:
        by_case[failure.case.file, failure.case.row, failure.case.name].append(failure)
    for (file, row, name), found in by_case.items():
        lines += ["", f"✗ {safe_text(file)}:{row}  {safe_text(name)}"]
        lines += [f"    {failure.row}: {failure_text(failure, lang)}" for failure in found]
    lines.append("")
    lines += _coverage_lines(outcome, lang, details) if outcome.coverage else [_said("some", lang)]
    if outcome.mutation:
        lines += _mutation_lines(outcome.mutation, lang)
    passed = len(outcome.cases) - len(outcome.failed)
    lines.append(("✓ " if outcome.sound else "✗ ") + _said("passed", lang, passed=passed, count=len(outcome.cases)))
    return "\n".join(lines) + "\n"


def _coverage_lines(outcome: Outcome, lang: str, details: bool) -> Iterator[str]:
    covered: Coverage = outcome.coverage
    for kind, name in covered.gaps:
        yield f"✗ {safe_text(name)}: {_said(kind, lang)}"
    if not covered.gaps and not outcome.pack.judgements:
        yield _said("covered-rules", lang, obligations=len(outcome.pack.obligations))
    elif not covered.gaps:
        yield _said("covered", lang, obligations=len(outcome.pack.obligations), judgements=len(outcome.pack.judgements))
    for title, missing in (
        ("statuses", covered.without_status), ("bounds", covered.without_bound), ("conditions", covered.without_condition),
    ) if details else ():
        if missing:
            yield _said(title, lang)
            yield from (f"    {safe_text(name)}: {', '.join(what)}" for name, what in missing.items())


def _mutation_lines(mutation: Mutation, lang: str) -> Iterator[str]:
    wanted = mutation.total - len(mutation.excused)
    yield _said("mutants", lang, killed=mutation.killed, wanted=wanted, share=f"{100 * mutation.share:.1f}", excused=len(mutation.excused))
    yield from (f"✗ {_said('survivor', lang, name=name)}" for name in mutation.survivors)
    yield from (f"✗ {_said('stale', lang, name=name)}" for name in mutation.stale)
    yield from (f"  {safe_text(name)}: {safe_text(reason.of(lang), 2000)}" for name, reason in mutation.excused)


def json_tests(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as JSON (`servanda.tests/1`)."""
    return json.dumps({"schema": SCHEMA, "packs": [_pack_object(outcome) for outcome in outcomes]}, ensure_ascii=False, indent=1) + "\n"


def _pack_object(outcome: Outcome) -> dict:
    covered, mutation = outcome.coverage, outcome.mutation
    return {
        "pack": outcome.pack.id, "pack_sha256": outcome.pack.sha256, "sound": outcome.sound, "cases": len(outcome.cases), "failed": len(outcome.failed),
        "failures": [
            {"kind": one.kind, "case": one.case.name, "file": one.case.file, "row": one.row, "obligation": one.obligation, "period": one.period,
             "site": one.site, "field": one.field, "expected": one.expected, "found": one.found, "message": failure_text(one, "en")}
            for one in outcome.failures
        ],
        "coverage": None if covered is None else {
            "gaps": [{"kind": kind, "id": name} for kind, name in covered.gaps], "without_status": covered.without_status,
            "without_bound": covered.without_bound, "without_condition": covered.without_condition,
            "statuses": {name: sorted(statuses) for name, statuses in covered.statuses.items()},
        },
        "mutation": None if mutation is None else {
            "total": mutation.total, "killed": mutation.killed, "survivors": list(mutation.survivors), "stale": list(mutation.stale),
            "excused": [{"mutant": name, "reason": reason.en} for name, reason in mutation.excused],
        },
    }


def junit_tests(outcomes: Sequence[Outcome], lang: str) -> str:
    """The outcomes as JUnit XML: a suite a file, a test case a case, and a suite of what is not covered."""
    root = xml.Element("testsuites", {"name": "servanda test"})
    for outcome in outcomes:
        by_case: dict[str, list[Failure]] = defaultdict(list)
        for failure in outcome.failures:
            by_case[failure.case.name].append(failure)
        for file in dict.fromkeys(case.file for case in outcome.cases):
            mine = [case for case in outcome.cases if case.file == file]
            failed = sum(1 for case in mine if by_case[case.name])
            suite = xml.SubElement(root, "testsuite", {"name": _legal(file), "tests": str(len(mine)), "failures": str(failed)})
            for case in mine:
                shown = xml.SubElement(suite, "testcase", {"classname": _legal(f"{outcome.pack.id}.{file}"), "name": _legal(case.name), "time": "0"})
                if by_case[case.name]:
                    said = "\n".join(f"{one.case.file}:{one.row}: {failure_text(one, lang)}" for one in by_case[case.name])
                    xml.SubElement(shown, "failure", {"message": _legal(said.splitlines()[0])}).text = _legal(said)
        gaps = outcome.coverage.gaps if outcome.coverage else ()
        suite = xml.SubElement(root, "testsuite", {"name": f"{outcome.pack.id}: coverage", "tests": str(max(1, len(gaps))), "failures": str(len(gaps))})
        for kind, name in gaps:
            shown = xml.SubElement(suite, "testcase", {"classname": f"{outcome.pack.id}.coverage", "name": _legal(name), "time": "0"})
            xml.SubElement(shown, "failure", {"message": _said(kind, lang)})
        if not gaps:
            xml.SubElement(suite, "testcase", {"classname": f"{outcome.pack.id}.coverage", "name": "all", "time": "0"})
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _legal(text: str) -> str:
    return "\n".join(re.sub("[\ud800-\udfff\ufffe\uffff]", "�", safe_text(line, 4000)) for line in text.split("\n"))
