"""JUnit XML: a suite a district and year, a case a duty, so that a CI system lists duties as it lists tests.

A deviation is a `failure` (type `deviation`, or `material` where it may be material), `undetermined` an `error`; `skipped` says that no case
arose or that both parties agreed a waiver. JUnit has no word for what is still open, an unmet intention or a tolerated value: they are cases
without a result, and their name ends with the status in words, so that none of them reads like a kept duty. Names and numbers depend on the
input alone: no clock, no host; every `time` is 0. Shape: the junit-10 schema of Jenkins' xUnit plugin, and `skipped` on the root, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as xml

from servanda import problem_texts
from servanda.model import Finding
from servanda.problems import Problem
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import message, missing, parties, place_name, places, status_word
from servanda.run import PackRun, Run

_LONG = 4_000
# Signs that XML 1.0 cannot hold (section 2.2, Char) and that `safe_text` leaves.
_ILLEGAL = re.compile("[\ud800-\udfff\ufffe\uffff]")


def junit_report(run: Run, style: Style) -> str:
    """The findings of a run as test suites; records that were left out are a suite of errors of their own."""
    root = xml.Element("testsuites", {"name": "servanda"})
    suites: dict[tuple[str, ...], list[tuple[PackRun, Finding]]] = {}
    for part in run.packs:
        for finding in part.findings:
            suites.setdefault((finding.agreement or "", part.pack.id, finding.label), []).append((part, finding))
    for (agreement, pack, label), members in sorted(suites.items(), key=lambda item: (item[0][:2], min(f.start for _, f in item[1]), item[0])):
        part = members[0][0]
        classname = f"{pack}.{agreement or '-'}.{label}"
        suite = xml.SubElement(root, "testsuite", {"name": _text(f"{pack} · {_whose(part, agreement, style)} · {_period(label, style)}")})
        counts = Counter(finding.status for _, finding in members)
        _properties(suite, {"as_of": run.as_of.isoformat(), **{name: str(counts[name]) for name in sorted(counts)}})
        for _, finding in sorted(members, key=lambda member: (member[1].site or "", member[1].obligation, member[1].start, member[1].id)):
            _case(suite, classname, part, finding, style)
    if run.problems:
        _problem_suite(root, run.problems, "left out" if style.lang == "en" else "ausgelassen", style)
    return _written(root)


def junit_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems as one suite, an error a problem; without any, one case says so: an empty report would say nothing."""
    root = xml.Element("testsuites", {"name": "servanda"})
    english = style.lang == "en"
    if problems:
        _problem_suite(root, problems, "not evaluated" if english else "nicht geprüft", style)
    else:
        suite = xml.SubElement(root, "testsuite", {"name": "input" if english else "Eingabe"})
        name = "no problem; nothing was evaluated" if english else "kein Problem; bewertet wurde nichts"
        xml.SubElement(suite, "testcase", {"classname": "servanda.input", "name": name, "time": "0"})
    return _written(root)


def _case(suite: xml.Element, classname: str, part: PackRun, finding: Finding, style: Style) -> None:
    title = part.pack.obligation(finding.obligation).title.of(style.lang)
    where = place_name(finding.site, part.pack, style.lang) or finding.agreement or _whose(part, "", style)
    name = " · ".join((title, where, _period(finding.label, style), finding.obligation))
    if finding.status in ("tolerated", "unmet", "pending"):
        name += f" – {status_word(finding.status, style.lang)}"
    case = xml.SubElement(suite, "testcase", {"classname": _text(classname), "name": _text(name), "time": "0"})
    says = _text(message(finding, part.pack, style.lang), _LONG)
    if finding.status == "deviation":
        result = xml.SubElement(case, "failure", {"message": says, "type": "material" if finding.material else "deviation"})
    elif finding.status == "undetermined":
        result = xml.SubElement(case, "error", {"message": says, "type": "undetermined"})
    elif finding.status in ("not_applicable", "waived"):
        result = xml.SubElement(case, "skipped", {"message": says, "type": finding.status})
    else:
        result = xml.SubElement(case, "system-out")
    result.text = "\n".join(_text(line, _LONG) for line in (says, *_lines(part, finding, style)))


def _lines(part: PackRun, finding: Finding, style: Style) -> Iterable[str]:
    """What a person needs to follow a finding up: id, clause, bearer, reasons, gaps, evidence."""
    english = style.lang == "en"
    pack = part.pack
    yield finding.id
    yield f"{places(pack.obligation(finding.obligation), style.lang, pack)} · {parties(pack, finding.bearer, style.lang)}"
    for judgement in pack.judgements:
        if judgement.id in finding.judgements:
            indication = "possibly material" if english else "möglicherweise wesentlich"
            yield f"{indication}: {judgement.title.of(style.lang)} ({judgement.id}, § {judgement.clause}): {judgement.reason.of(style.lang)}"
    if finding.material:
        yield "This is an indication; a person decides." if english else "Das ist ein Anhaltspunkt; ein Mensch entscheidet."
    for one in finding.missing:
        yield f"{'missing' if english else 'es fehlt'}: {missing(one, pack, style.lang)}"
    if finding.status in ("deviation", "unmet", "undetermined"):
        for one in finding.evidence:
            yield f"{one.type}:{one.id} ({one.submission}/{one.file}:{one.row})"
        if finding.evidence_total > len(finding.evidence):
            yield f"… +{finding.evidence_total - len(finding.evidence)}"


def _whose(part: PackRun, agreement: str, style: Style) -> str:
    if not agreement:
        return "programme" if style.lang == "en" else "Programm"
    title = next((one.title for one in part.agreements if one.id == agreement), agreement)
    return f"{title} ({agreement})"


def _period(label: str, style: Style) -> str:
    return ("term" if style.lang == "en" else "Laufzeit") if label == "term" else label


def _problem_suite(root: xml.Element, problems: Sequence[Problem], what: str, style: Style) -> None:
    english = style.lang == "en"
    suite = xml.SubElement(root, "testsuite", {"name": f"{'input' if english else 'Eingabe'} · {what}"})
    seen: Counter[str] = Counter()
    for problem in problems:
        place = [problem.file or ("input" if english else "Eingabe"), problem.sheet, problem.cell or problem.row, problem.column]
        name = _text(f"{' · '.join(str(part) for part in place if part)} – {problem.code}", _LONG)
        seen[name] += 1
        name += f" ({seen[name]})" if seen[name] > 1 else ""
        case = xml.SubElement(suite, "testcase", {"classname": "servanda.input", "name": name, "time": "0"})
        says = _text(problem_texts.message(problem, style.lang), _LONG)
        error = xml.SubElement(case, "error", {"message": says, "type": problem.code})
        wanted = problem_texts.expected(problem, style.lang)
        error.text = f"{says}\n{'expected' if english else 'erwartet'}: {_text(wanted, _LONG)}"


def _properties(suite: xml.Element, values: dict[str, str]) -> None:
    properties = xml.SubElement(suite, "properties")
    for name, value in values.items():
        xml.SubElement(properties, "property", {"name": name, "value": value})


def _text(text: str, limit: int = 300) -> str:
    return _ILLEGAL.sub("\ufffd", safe_text(text, limit))


def _written(root: xml.Element) -> str:
    """The document, with the counts of cases and results on every suite and on the root."""
    total: Counter[str] = Counter()
    for suite in root:
        counts = {"tests": len(suite.findall("testcase"))}
        counts |= {name: len(suite.findall(f"testcase/{tag}")) for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))}
        total.update(counts)
        suite.attrib.update({name: str(count) for name, count in counts.items()} | {"time": "0"})
    root.attrib.update({name: str(total[name]) for name in ("tests", "failures", "errors", "skipped")} | {"time": "0"})
    xml.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"
