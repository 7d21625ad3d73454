"""The page: an overview, a section for each agreement, every finding, the obligations, and the receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from servanda import problem_texts
from servanda.dossier.case import dossiers
from servanda.dossier.contents import Dossier, Overview
from servanda.dossier.overview import overviews
from servanda.problems import Problem
from servanda.receipt import receipt
from servanda.report.html.look import BEHAVIOUR, STYLE, policy
from servanda.report.html.sections import WORST, pack_view, section_view
from servanda.report.html.summary import line_view, name_of, sentences, totals_view
from servanda.report.html.views import element_id, view_of
from servanda.report.html.words import number, word
from servanda.report.json_report import json_report
from servanda.report.style import Style
from servanda.report.words import STATUS_SIGNS, day, parties, selection, status_word
from servanda.run import Run

if TYPE_CHECKING:
    from markupsafe import Markup


def html_report(run: Run, style: Style, brief: bool = False) -> str:
    """The report of a run as one page.

    `brief` is for paper: what is kept is counted, what is open is a line, timelines stand only where something deviates, and of long evidence
    the beginning.
    """
    lang = style.lang
    by_agreement: dict[tuple[str, str | None], list[Dossier]] = defaultdict(list)
    for dossier in dossiers(run):
        by_agreement[dossier.pack.id, dossier.finding.agreement].append(dossier)
    seen = overviews(run)
    sections = [section_view(run, one, by_agreement[one.pack.id, one.agreement.id if one.agreement else None], lang, brief) for one in seen]
    return _rendered(
        "report.html.j2", lang, run=run, counts=run.summary(), overviews=[line_view(one, lang) for one in seen], sentences=sentences(seen, lang),
        sections=sections, packs=[pack_view(part, lang) for part in run.packs], receipt=receipt(run, json_report(run, Style("de"))),
        checkpoint=style.checkpoint, repeat=_command(run), submissions=_submissions(run, lang), choices=_choices(run, seen, lang),
        totals=totals_view(seen, lang), problems=[_problem(problem, lang) for problem in run.problems], selected=selection(run.selection, lang),
    )


def html_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems as one page."""
    return _rendered("problems.html.j2", style.lang, problems=[_problem(problem, style.lang) for problem in problems])


def finding_body(dossier: Dossier, lang: str, href: Callable[[str], str]) -> Markup:
    """All that is said of a finding, to be shown in another page; `href` gives the address of another finding."""
    from markupsafe import Markup

    def said(name: str, **values: object) -> str:
        return word(name, lang, **values)

    return Markup(_templates().get_template("fragment.html.j2").render(lang=lang, t=said, href=href, one=view_of(dossier, lang)))  # nosec B704  # escaped by the template


@lru_cache(maxsize=1)
def _templates():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("servanda.report.html"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _rendered(template: str, lang: str, **given: object) -> str:
    def said(name: str, **values: object) -> str:
        return word(name, lang, **values)

    return _templates().get_template(template).render(
        lang=lang, t=said, href=lambda identity: "#" + element_id("f-", identity), day=lambda one: day(one, lang), number=lambda one: number(one, lang),
        style=STYLE, script=BEHAVIOUR, policy=policy(STYLE, BEHAVIOUR),
        status_word=lambda name: status_word(name, lang), SIGNS=STATUS_SIGNS, **given,
    ) + "\n"


def _choices(run: Run, seen: Sequence[Overview], lang: str) -> Mapping[str, list[tuple[str, str]]]:
    """What the filter offers: (value, text)."""
    places = {clause.anchor: f"{clause.anchor} · {clause.place.of(lang)}" for part in run.packs for clause in part.pack.clauses}
    used = {anchor for finding in run.findings for anchor in finding.clauses}
    statuses = {finding.status for finding in run.findings}
    return {
        "agreement": sorted(((one.agreement.id if one.agreement else "-", name_of(one, lang)) for one in seen), key=lambda choice: choice[::-1]),
        "clause": [(anchor, place) for anchor, place in places.items() if anchor in used],
        "status": [("material", word("material", lang)), *((name, status_word(name, lang)) for name in WORST if name in statuses)],
        "year": [(year, year) for year in sorted({f.label for f in run.findings if f.label.isdecimal()}, reverse=True)],
    }


def _command(run: Run) -> str | None:
    """How to make the hashed result again, but for the folders, which are the reader's own; None for a selection, which no command makes."""
    if run.selection:
        return None
    words = ["servanda check …", f"--as-of {run.as_of}"]
    words += [f"--known-on {run.known_on}"] if run.known_on else []
    words += [f"--rules-as-of {run.rules_as_of}"] if run.rules_as_of else []
    words += [f"--year {run.year}"] if run.year else []
    words += ["--keep-going"] if run.problems else []
    return " ".join([*words, "--lang de --format json"])


def _submissions(run: Run, lang: str) -> list[dict]:
    """What was handed in, by whom and when, with its hash."""
    packs = {part.pack.id: part.pack for part in run.packs}
    known = {pack: one.head.parties for pack, one in packs.items()}
    return [
        {"path": one.path, "day": day(one.submitted_on, lang), "sha256": one.sha256,
         "by": parties(packs[one.pack], (one.submitted_by,), lang) if one.submitted_by in known.get(one.pack, {}) else one.submitted_by}
        for one in run.submissions
    ]


def _problem(problem: Problem, lang: str) -> dict:
    place = [problem.sheet, problem.cell or (str(problem.row) if problem.row else None), problem.column]
    return {
        "file": problem.file or "–", "place": " · ".join(part for part in place if part) or "–", "found": problem.found or "–",
        "expected": problem_texts.expected(problem, lang), "message": problem_texts.message(problem, lang),
    }
