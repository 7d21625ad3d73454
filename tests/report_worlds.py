"""Runs for the tests of reports: the sample, and one in which every text that comes from facts is hostile."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable

from conftest import ROOT, RULES
from servanda import check
from servanda.model import Evidence, Missing
from servanda.problems import Problem
from servanda.report.json_report import json_report
from servanda.report.style import Style
from servanda.run import Run

HOSTILE = (
    "<script>alert(1)</script>", "</td></table><img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](http://example.org/a.png)", "```", "~~~",
    "| a | b |", "--> <!-- x", "@octocat", "@org/team", "#1", "org/repo#12", "GH-12", "!7", "$5", "&3", "%2", "~bug",
    "https://example.org", "www.example.org", "a@example.org",
    "<https://example.org>", "[ref]: http://example.org", "*a* **b** __c__ _d_ ~~e~~", "`code`", "``", "\\", "\\|", "a\\", "# heading",
    "- item", "1. item", "> quote",
    "---", "===", ":smile:", "&lt;b&gt;", "&#60;b&#62;", "    code", "\tcode", "line\nbreak", "line\r\n\r\n# heading", "]]>", "&amp;", "\x00\x01\x0b\x1b[2J",
    "\u202egnp.exe", "\u2028x", "\ufffe\uffff", "=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "a;=1", 'a",=1', "'=1", "\ufeff=1", "$x^2$",
    "deadbeefcafe1234567890", "x" * 400, "😀", "[[page]]", "[ ] task", "^1", "[^1]",
)


@functools.cache
def sample(lang: str = "de") -> tuple[Run, dict]:
    """The synthetic sample as a run, and its JSON report."""
    run = check(ROOT / "facts", ROOT / "agreements", RULES, "2021-09-30")
    return run, json.loads(json_report(run, Style(lang)))


def hostile_run(text: str, every: int = 29) -> Run:
    """The sample, with `text` wherever a report shows what facts or agreements say: names, ids, paths, problems."""
    return changed(lambda _: text, every)


def changed(words: Callable[[str], str], every: int = 29) -> Run:
    """One of so many findings of the sample, with every text from facts replaced."""
    run, _ = sample()
    parts = []
    for part in run.packs:
        agreements = tuple(dataclasses.replace(one, title=words(one.title)) for one in part.agreements)
        findings = tuple(
            dataclasses.replace(
                one,
                evidence=tuple(Evidence(e.type, words(e.id), words(e.submission), words(e.file), e.row) for e in one.evidence),
                missing=tuple(Missing(m.type, m.role, m.field, words(m.record) if m.record else None, m.until, m.holder) for m in one.missing),
            )
            for one in part.findings[::every]
        )
        waivers = tuple(
            dataclasses.replace(w, evidence=dataclasses.replace(w.evidence, id=words(w.evidence.id), file=words(w.evidence.file)))
            for w in part.one_sided_waivers
        )
        parts.append(dataclasses.replace(part, agreements=agreements, findings=findings, one_sided_waivers=waivers))
    return dataclasses.replace(run, packs=tuple(parts), problems=hostile_problems(words("x")), encodings=((words("x"), "cp1252"),))


def hostile_problems(text: str) -> tuple[Problem, ...]:
    """Problems whose place and find are a hostile text."""
    return (
        Problem("invalid-date", text, 7, text, text),
        Problem("invalid-date", text, 7, text, text),
        Problem("unknown-column", text, 1, text, text, sheet=text, cell="B7", args={"type": text, "known": text, "near": text}),
        Problem("no-such-path"),
    )
