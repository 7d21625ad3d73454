"""Runs: their list, a new one, and one with its findings to choose from."""

from __future__ import annotations

import datetime

from starlette.responses import Response

from servanda.desk.actions import Person
from servanda.desk.runs import run_check, run_of
from servanda.facts.values import Invalid, to_date
from servanda.problems import InvalidInput
from servanda.report.json_report import problem_object
from servanda.report.style import Style
from servanda.report.words import status_word
from servanda.workbench.desk_view import run_entry, runs
from servanda.workbench.exporting import findings_csv
from servanda.workbench.listing import OPEN, options, paged, selected
from servanda.workbench.names import Names, names_of
from servanda.workbench.visit import Visit, chosen, go, number_of, page
from servanda.workbench.wording import consequence_id
from servanda.workbench.words import words


def listed(visit: Visit) -> Response:
    """All runs, the latest first."""
    return page(visit, "runs.html", runs=paged(runs(visit.bench.workspace), visit.asked("page")))


def form(visit: Visit) -> Response:
    """The form for a new run, filled in for today."""
    day = visit.bench.settings.clock().date()
    return _form(visit, {"as_of": day.isoformat(), "year": "", "agreements": ()}, {})


def make(visit: Visit) -> Response:
    """Run a check and keep it in the ledger; mistakes go beside their fields, problems of the submissions below the form."""
    t, workspace = words(visit.lang), visit.bench.workspace
    given = {"as_of": visit.text("as_of")[:40], "year": visit.text("year")[:40], "agreements": tuple(_texts(visit, "agreements"))}
    mistakes: dict[str, str] = {}
    as_of = _day(given["as_of"])
    if as_of is None:
        mistakes["as_of"] = t("bad-day")
    year = given["year"]
    if year and not (year.isascii() and year.isdigit() and 2000 <= int(year[:5]) <= 2100):
        mistakes["year"] = t("bad-year")
    if not set(given["agreements"]) <= set(names_of(workspace).agreements):
        mistakes["agreements"] = t("bad-agreement")
    if mistakes or as_of is None or visit.person is None:
        return _form(visit, given, mistakes, 422)
    who = Person(visit.person.name, visit.person.role)
    try:
        entry = run_check(
            workspace, who, visit.bench.settings.clock(), submissions=given["agreements"] or None, as_of=as_of, year=int(year) if year else None,
        )
    except InvalidInput as invalid:
        return _form(visit, given, {}, 422, [problem_object(problem, Style(visit.lang)) for problem in invalid.problems[:200]])
    return go(visit, f"/runs/{entry.number}", "run-made", number=entry.number)


def run(visit: Visit) -> Response:
    """A run: what came out, and its findings by district, clause, status, year, materiality and text."""
    workspace = visit.bench.workspace
    entry = run_entry(workspace, number_of(visit.request.path_params["run"]))
    report = run_of(entry)
    filters, found = _found(visit, report)
    names = names_of(workspace)
    ids = [consequence_id(one, report["packs"][0]) for one in report["consequences"]]
    return page(
        visit, "run.html", entry=entry, report=report, choices=_choices(visit, options(report["findings"]), names), filters=filters,
        found=paged(found, visit.asked("page")), names=names, consequence_ids=ids,
    )


def export(visit: Visit) -> Response:
    """The findings that the filters choose, as CSV: German with semicolons, English with commas; no cell is a formula."""
    entry = run_entry(visit.bench.workspace, number_of(visit.request.path_params["run"]))
    rows = _found(visit, run_of(entry))[1]
    name = f"servanda-run-{entry.number}.csv"
    return Response(findings_csv(rows, visit.lang), media_type="text/csv; charset=utf-8", headers={"content-disposition": f'attachment; filename="{name}"'})


def _found(visit: Visit, report: dict) -> tuple[dict[str, str], list]:
    filters = chosen(visit, {**options(report["findings"]), "q": None})
    return filters, selected(report["findings"], filters)


def _choices(visit: Visit, known: dict[str, tuple[str, ...]], names: Names) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, in words."""
    t, lang = words(visit.lang), visit.lang
    return {
        "agreement": sorted(((one, t("programme") if one == "-" else names.agreement(one)) for one in known["agreement"]), key=lambda pair: pair[1]),
        "clause": [(one, one) for one in known["clause"]],
        "status": [(one, t("status-open") if one == OPEN else status_word(one, lang)) for one in known["status"]],
        "year": [(one, t("year-term") if one == "term" else one) for one in known["year"]],
        "material": [(one, t("material-" + one)) for one in known["material"]],
    }


def _form(visit: Visit, given: dict, mistakes: dict[str, str], status: int = 200, problems: list | None = None) -> Response:
    agreements = names_of(visit.bench.workspace).agreements
    choices = sorted(((identity, one.title) for identity, one in agreements.items()), key=lambda one: one[1])
    return page(visit, "run_new.html", status, given=given, mistakes=mistakes, agreements=choices, problems=problems or [])


def _texts(visit: Visit, name: str) -> list[str]:
    return [value for value in visit.form.getlist(name) if isinstance(value, str)]


def _day(text: str) -> datetime.date | None:
    try:
        return to_date(text)
    except Invalid:
        return None
