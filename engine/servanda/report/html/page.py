"""The page: an overview, a section for each agreement, every finding, the obligations, and the receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from servanda import problem_texts
from servanda.dossier.case import dossiers
from servanda.dossier.contents import Dossier, Overview
from servanda.dossier.curves import curves
from servanda.dossier.overview import overviews
from servanda.dossier.timelines import timelines
from servanda.problems import Problem
from servanda.receipt import receipt
from servanda.report.charts.curve import curve_chart
from servanda.report.charts.matrix import matrix_chart
from servanda.report.charts.timeline import timeline_chart
from servanda.report.html.look import BEHAVIOUR, STYLE, policy
from servanda.report.html.views import SHORT, consequence_views, element_id, short_view, view_of
from servanda.report.html.words import word
from servanda.report.json_report import json_report
from servanda.report.style import Style
from servanda.report.words import STATUS_SIGNS, STATUS_WORDS, amount, day, parties, status_word
from servanda.run import PackRun, Run

if TYPE_CHECKING:
    from markupsafe import Markup

_WORST = ("deviation", "undetermined", "unmet", "pending", "tolerated", "waived", "fulfilled", "not_applicable")


def html_report(run: Run, style: Style, checkpoint: tuple[int, str] | None = None) -> str:
    """The report of a run as one page; `checkpoint` is the length and head of the ledger that holds the run."""
    lang = style.lang
    by_agreement: dict[tuple[str, str | None], list[Dossier]] = defaultdict(list)
    for dossier in dossiers(run):
        by_agreement[dossier.pack.id, dossier.finding.agreement].append(dossier)
    seen = overviews(run)
    sections = [_section(run, one, by_agreement[one.pack.id, one.agreement.id if one.agreement else None], lang) for one in seen]
    return _rendered("report.html.j2", lang, run=run, counts=run.summary(), overviews=[_line(one, lang) for one in seen], sections=sections,
                     packs=[_pack(part, lang) for part in run.packs], receipt=_receipt(run), checkpoint=checkpoint, choices=_choices(run, seen, lang),
                     problems=[_problem(problem, lang) for problem in run.problems], totals=_totals(seen, lang), STATUS_WORDS=STATUS_WORDS)


def html_problems(problems: Sequence[Problem], style: Style) -> str:
    """Problems as one page."""
    return _rendered("problems.html.j2", style.lang, problems=[_problem(problem, style.lang) for problem in problems])


def finding_body(dossier: Dossier, lang: str, href: Callable[[str], str]) -> Markup:
    """All that is said of a finding, to be shown in another page; `href` gives the address of another finding."""
    from markupsafe import Markup

    def said(name: str, **values: object) -> str:
        return word(name, lang, **values)

    return Markup(_templates().get_template("fragment.html.j2").render(lang=lang, t=said, href=href, one=view_of(dossier, lang)))


@lru_cache(maxsize=1)
def _templates():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("servanda.report.html"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _rendered(template: str, lang: str, **given: object) -> str:
    def said(name: str, **values: object) -> str:
        return word(name, lang, **values)

    return _templates().get_template(template).render(
        lang=lang, t=said, href=lambda identity: "#" + element_id("f-", identity), day=lambda one: day(one, lang), style=STYLE, script=BEHAVIOUR,
        policy=policy(STYLE, BEHAVIOUR),
        status_word=lambda name: status_word(name, lang), SIGNS=STATUS_SIGNS, **given,
    ) + "\n"


def _name(overview: Overview, lang: str) -> str:
    return overview.agreement.title if overview.agreement else word("programme", lang)


def _anchor(overview: Overview) -> str:
    return element_id("a-", f"{overview.pack.id}/{overview.agreement.id if overview.agreement else '-'}")


def _line(one: Overview, lang: str) -> dict:
    """A line of the comparison on the first page."""
    return {
        "name": _name(one, lang), "anchor": _anchor(one), "deviations": sum(year.statuses.get("deviation", 0) for year in one.years),
        "material": sum(year.material for year in one.years), "unknown": sum(year.statuses.get("undetermined", 0) for year in one.years),
        "at_stake": amount(one.at_stake, lang) if one.consequences else "–", "latest": one.latest, "new": len(one.new), "mended": len(one.mended),
    }


def _totals(seen: Sequence[Overview], lang: str) -> dict:
    concerned = [one for one in seen if one.consequences]
    return {
        "at_stake": amount(sum(one.at_stake for one in concerned), lang) if concerned else None, "agreements": len(concerned),
        "new": sum(len(one.new) for one in seen), "mended": sum(len(one.mended) for one in seen), "latest": max((one.latest or 0 for one in seen), default=0),
    }


def _section(run: Run, one: Overview, mine: Sequence[Dossier], lang: str) -> dict:
    """Everything that is told of an agreement, or of the programme."""
    part = next(part for part in run.packs if part.pack.id == one.pack.id)
    name, anchor = one.agreement.id if one.agreement else None, _anchor(one)
    mine = sorted(mine, key=lambda dossier: (_WORST.index(dossier.finding.status), not dossier.finding.material, dossier.finding.start))
    # shares of meetings stand in the matrix; their meetings are those of the lines that count them
    lines = [line for line in timelines(run, name) if line.obligation.kind != "attended" and (line.points or line.vacancies)]
    return {
        "name": _name(one, lang), "anchor": anchor, "agreement": one.agreement, "years": [_year(year, lang) for year in one.years], "line": _line(one, lang),
        "new": [(element_id("f-", finding.id), _short(finding, one, lang)) for finding in one.new],
        "mended": [(element_id("f-", finding.id), _short(finding, one, lang)) for finding in one.mended],
        "consequences": consequence_views(part, name, amount, lang), "clauses": _clauses(part, mine, lang),
        "matrix": matrix_chart([dossier.finding for dossier in mine], one.agreement, lang, f"{anchor}-m"),
        "timelines": [timeline_chart(line, lang, f"{anchor}-t{number}") for number, line in enumerate(lines)],
        "curves": [curve_chart(curve, lang, f"{anchor}-c{number}") for number, curve in enumerate(curves(run, name))],
        "told": [view_of(dossier, lang) for dossier in mine if dossier.finding.status not in SHORT],
        "kept": [short_view(dossier, lang) for dossier in mine if dossier.finding.status in SHORT],
        "one_sided": [waiver for waiver in part.one_sided_waivers if waiver.agreement == name],
    }


def _short(finding, one: Overview, lang: str) -> str:
    title = one.pack.obligation(finding.obligation).title.of(lang)
    return f"{title}, {finding.site} {finding.label}" if finding.site else f"{title} {finding.label}"


def _year(year, lang: str) -> dict:
    statuses = [(name, status_word(name, lang), year.statuses[name]) for name in _WORST if year.statuses.get(name)]
    return {"label": str(year.year) if year.year else word("of_term", lang), "statuses": statuses, "material": year.material}


def _clauses(part: PackRun, mine: Sequence[Dossier], lang: str) -> list[dict]:
    """The duties in the order of the register: for each obligation its results by year, each with a link to its finding."""
    by_obligation: dict[str, list[Dossier]] = defaultdict(list)
    for dossier in mine:
        by_obligation[dossier.finding.obligation].append(dossier)
    place = {anchor: number for number, anchor in enumerate(clause.anchor for clause in part.pack.clauses)}
    order = sorted(by_obligation, key=lambda name: min((place.get(anchor, len(place)) for anchor in part.pack.obligation(name).clauses), default=0))
    found = []
    for name in order:
        obligation = part.pack.obligation(name)
        results: dict[str, list[dict]] = defaultdict(list)
        for dossier in sorted(by_obligation[name], key=lambda one: (one.finding.start, one.finding.site or "")):
            results[dossier.finding.label].append(short_view(dossier, lang))
        found.append({
            "anchors": obligation.clauses, "title": obligation.title.of(lang), "link": element_id("o-", f"{part.pack.id}/{name}"),
            "owed": parties(part.pack, obligation.bearer, lang),
            "results": [(word("term", lang) if label == "term" else label, of) for label, of in results.items()],
        })
    return found


def _pack(part: PackRun, lang: str) -> dict:
    """The obligations of a pack that were measured, with their clauses."""
    register = {clause.anchor: clause for clause in part.pack.clauses}
    measured = {finding.obligation for finding in part.findings}
    return {
        "title": part.pack.head.title.of(lang),
        "obligations": [
            {"id": element_id("o-", f"{part.pack.id}/{one.id}"), "name": one.id, "title": one.title.of(lang), "rule": one.rule.of(lang),
             "owed": parties(part.pack, one.bearer, lang), "assumption": one.assumption.of(lang) if one.assumption else None,
             "places": [(anchor, register[anchor].place.of(lang), register[anchor].words.of(lang)) for anchor in one.clauses if anchor in register]}
            for one in part.pack.obligations if one.id in measured
        ],
    }


def _choices(run: Run, seen: Sequence[Overview], lang: str) -> Mapping[str, list[tuple[str, str]]]:
    """What the filter offers: (value, text)."""
    clauses = [clause.anchor for part in run.packs for clause in part.pack.clauses]
    used = {anchor for finding in run.findings for anchor in finding.clauses}
    statuses = {finding.status for finding in run.findings}
    return {
        "agreement": [(one.agreement.id if one.agreement else "-", _name(one, lang)) for one in sorted(seen, key=lambda one: _name(one, lang))],
        "clause": [(anchor, anchor) for anchor in dict.fromkeys(clauses) if anchor in used],
        "status": [("material", word("material", lang)), *((name, status_word(name, lang)) for name in _WORST if name in statuses)],
        "year": [(year, year) for year in sorted({f.label for f in run.findings if f.label.isdecimal()}, reverse=True)],
    }


def _receipt(run: Run) -> dict:
    return receipt(run, json_report(run, Style("de")))


def _problem(problem: Problem, lang: str) -> dict:
    place = [problem.sheet, problem.cell or (str(problem.row) if problem.row else None), problem.column]
    return {
        "file": problem.file or "–", "place": " · ".join(part for part in place if part) or "–", "found": problem.found or "–",
        "expected": problem_texts.expected(problem, lang), "message": problem_texts.message(problem, lang),
    }
