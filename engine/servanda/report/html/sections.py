"""A section of the report: what is told of one agreement or of the programme, and of the obligations of a pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from servanda.dossier.contents import Dossier, Overview, Timeline, YearCounts
from servanda.dossier.curves import curves
from servanda.dossier.timelines import timelines
from servanda.model import Finding, Site
from servanda.pack_shapes import Pack
from servanda.report.charts.curve import curve_chart
from servanda.report.charts.matrix import matrix_chart
from servanda.report.charts.timeline import timeline_chart
from servanda.report.html.summary import anchor_of, line_view, name_of
from servanda.report.html.views import SHORT, consequence_views, element_id, short_view, view_of
from servanda.report.html.words import counted, word
from servanda.report.words import parties, place_name
from servanda.run import PackRun, Run

ROWS_ON_PAPER = 8
WORST = ("deviation", "undetermined", "unmet", "pending", "tolerated", "waived", "fulfilled", "not_applicable")


def section_view(run: Run, one: Overview, mine: Sequence[Dossier], lang: str, brief: bool = False) -> dict:
    """Everything that is told of an agreement, or of the programme; `brief` as in `page.html_report`."""
    part = next(part for part in run.packs if part.pack.id == one.pack.id)
    name, anchor = one.agreement.id if one.agreement else None, anchor_of(one)
    labels = {name: kind.label.of(lang) for name, kind in one.pack.vocabulary.items()}
    sites = {site.id: site for site in one.agreement.sites} if one.agreement else {}
    mine = sorted(mine, key=lambda dossier: (WORST.index(dossier.finding.status), not dossier.finding.material, dossier.finding.start))
    lines = [line for line in timelines(run, name) if _told(line, one.pack) and (not brief or any(f.status == "deviation" for f in line.findings))]
    in_short = (*SHORT, "pending") if brief else SHORT
    told = [dossier for dossier in mine if dossier.finding.status not in in_short]
    short = [dossier for dossier in mine if dossier.finding.status in in_short and (not brief or dossier.finding.status not in SHORT)]
    concerned = {dossier.finding.obligation for dossier in (told if brief else mine)}
    return {
        "name": name_of(one, lang), "anchor": anchor, "agreement": name or "-", "years": [_year(year, lang) for year in one.years],
        "line": line_view(one, lang), "sites": [site.name for site in sites.values()],
        "new": [(element_id("f-", finding.id), title_of(finding, one.pack, sites, lang)) for finding in one.new],
        "mended": [(element_id("f-", finding.id), title_of(finding, one.pack, sites, lang)) for finding in one.mended],
        "consequences": consequence_views(part, one.agreement, lang),
        **_by_clause(part, [dossier for dossier in mine if dossier.finding.obligation in concerned], lang),
        "matrix": matrix_chart([dossier.finding for dossier in mine], one.agreement, lang, f"{anchor}-m", labels),
        "timelines": [timeline_chart(line, lang, f"{anchor}-t{number}") for number, line in enumerate(lines)],
        "curves": [curve_chart(curve, lang, f"{anchor}-c{number}") for number, curve in enumerate(curves(run, name))],
        "told": [view_of(dossier, lang, ROWS_ON_PAPER if brief else None) for dossier in told],
        "short": [short_view(dossier, lang) for dossier in short], "brief": brief, "kept_count": sum(one.finding.status in SHORT for one in mine),
        "one_sided": [_waiver(waiver, part.pack, sites, lang) for waiver in part.one_sided_waivers if waiver.agreement == name],
    }


def pack_view(part: PackRun, lang: str) -> dict:
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


def title_of(finding: Finding, pack: Pack, sites: Mapping[str, Site], lang: str) -> str:
    """A finding's name in a list: obligation, site, period."""
    site = sites[finding.site].name if finding.site in sites else place_name(finding.site, pack, lang)
    label = word("term", lang) if finding.label == "term" else finding.label
    return ", ".join(text for text in (pack.obligation(finding.obligation).title.of(lang), site, label) if text)


def _told(line: Timeline, pack: Pack) -> bool:
    """Meetings and vacancies. Without a word of the pack what its meetings are, everything that is counted.

    Shares of meetings stand in the matrix; their meetings are those of the lines that count them.
    """
    if line.obligation.kind == "staffed":
        return bool(line.vacancies)
    if line.obligation.kind == "attended" or not line.points:
        return False
    attendance = pack.head.attendance
    return attendance is None or pack.vocabulary[attendance.facts].fields[attendance.meeting].to == line.findings[0].unit


def _year(year: YearCounts, lang: str) -> dict:
    statuses = [(name, counted(name, year.statuses[name], lang)) for name in WORST if year.statuses.get(name)]
    return {"label": str(year.year) if year.year else word("of_term", lang), "statuses": statuses, "material": year.material}


def _by_clause(part: PackRun, mine: Sequence[Dossier], lang: str) -> dict:
    """The duties in the order of the register; for each obligation and period its results by site, each with a link to its finding."""
    by_obligation: dict[str, list[Dossier]] = defaultdict(list)
    starts: dict[str, object] = {}
    for dossier in mine:
        finding = dossier.finding
        by_obligation[finding.obligation].append(dossier)
        starts[finding.label] = min(starts.get(finding.label, finding.start), finding.start)
    labels = sorted(starts, key=lambda label: (label == "term", not label.isdecimal(), starts[label], label))
    place = {clause.anchor: (number, clause.place.of(lang)) for number, clause in enumerate(part.pack.clauses)}
    last = (len(place), "")
    clauses = {name: sorted(part.pack.obligation(name).clauses, key=lambda anchor: place.get(anchor, last)[0]) for name in by_obligation}
    order = sorted(by_obligation, key=lambda name: min((place.get(anchor, last)[0] for anchor in clauses[name]), default=0))
    found = []
    for name in order:
        obligation = part.pack.obligation(name)
        results: dict[str, list[dict]] = {label: [] for label in labels}
        for dossier in sorted(by_obligation[name], key=lambda one: one.finding.site or ""):
            results[dossier.finding.label].append(short_view(dossier, lang))
        found.append({
            "places": [(anchor, place.get(anchor, last)[1]) for anchor in clauses[name]], "title": obligation.title.of(lang),
            "link": element_id("o-", f"{part.pack.id}/{name}"), "owed": parties(part.pack, obligation.bearer, lang), "results": list(results.values()),
        })
    return {"labels": [word("term", lang) if label == "term" else label for label in labels], "clauses": found}


def _waiver(waiver, pack: Pack, sites: Mapping[str, Site], lang: str) -> dict:
    known = {obligation.id: obligation.title.of(lang) for obligation in pack.obligations}
    site = sites[waiver.site].name if waiver.site in sites else waiver.site
    evidence = waiver.evidence
    return {
        "text": ", ".join(text for text in (known.get(waiver.obligation, waiver.obligation), site) if text),
        "source": f"{evidence.submission}/{evidence.file}:{evidence.row}",
    }
