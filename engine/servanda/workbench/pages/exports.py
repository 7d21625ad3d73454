"""What is taken away: a run's report in the formats of the command line, what is filtered as a table, marked copies of workbooks."""

from __future__ import annotations

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response

from servanda.desk import submissions as desk
from servanda.desk.runs import run_of
from servanda.ledger.read import head
from servanda.report.formats import report_in
from servanda.report.style import Style
from servanda.run import Run
from servanda.workbench.desk_view import run_entry
from servanda.workbench.listing import options, selected
from servanda.workbench.visit import Visit, chosen, number_of

_TYPES = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def report(visit: Visit) -> Response:
    """The report of a run: made again from the same submissions (JSON: as the ledger holds it), with the ledger's checkpoint printed in it."""
    entry = run_entry(visit.bench.workspace, number_of(visit.request.path_params["run"]))
    form = visit.request.path_params["form"]
    if form not in _TYPES:
        raise HTTPException(404)
    if form == "json":
        return _attached(str(entry.body["report"]), f"servanda-run-{entry.number}.json", form)
    run = visit.bench.runs.again(visit.bench.workspace, entry)
    checkpoint = head(visit.bench.workspace.ledger)
    style = Style(visit.lang, checkpoint=(checkpoint.length, checkpoint.hash))
    return _attached(report_in(form, run, style), f"servanda-run-{entry.number}.{form}", form)


def table(visit: Visit) -> Response:
    """The findings that the filters choose, as a workbook."""
    entry = run_entry(visit.bench.workspace, number_of(visit.request.path_params["run"]))
    found = run_of(entry)["findings"]
    filters = chosen(visit, {**options(found), "q": None})
    run = narrowed(visit.bench.runs.again(visit.bench.workspace, entry), frozenset(one["id"] for one in selected(found, filters)))
    run = replace(run, selection=tuple(("text" if name == "q" else name, value) for name, value in filters.items() if value))
    return _attached(report_in("xlsx", run, Style(visit.lang)), f"servanda-run-{entry.number}-auswahl.xlsx", "xlsx")


def narrowed(run: Run, wanted: frozenset[str]) -> Run:
    """The run with only the wanted findings, and the consequences that rest on one of them."""
    parts = tuple(
        replace(
            part, findings=tuple(one for one in part.findings if one.id in wanted),
            consequences=tuple(one for one in part.consequences if wanted & set(one.findings)),
        )
        for part in run.packs
    )
    return replace(run, packs=parts)


def feedback(visit: Visit) -> Response:
    """A copy of an uploaded workbook with its problems marked; the upload stays as it is."""
    upload, file = visit.request.path_params["upload"], visit.request.path_params["file"]
    copy = desk.feedback_copy(visit.bench.workspace, upload, file, visit.lang)
    if copy is None:
        raise HTTPException(404)
    return _attached(copy, "rueckmeldung.xlsx", "xlsx")


def _attached(content: str | bytes, name: str, form: str) -> Response:
    return Response(content, media_type=_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}"'})
