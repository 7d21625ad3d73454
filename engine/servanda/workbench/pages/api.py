"""The JSON API: the same desk, answered with data. Programs sign in with HTTP Basic at every request and need no form token.

Mistakes of the input are 4xx with the problem objects of the command line (`servanda.problems/1`); what each route takes and gives stands in
`/api/openapi.json`, made from the same table of routes.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from servanda.desk import submissions as desk
from servanda.desk.actions import Person, act
from servanda.desk.compare import compare
from servanda.desk.runs import run_check, run_of
from servanda.facts.values import Invalid, to_date
from servanda.ledger.case_file import case_file
from servanda.ledger.entries import Entry, at_text
from servanda.ledger.read import entries, head
from servanda.ledger.read import entry as entry_in
from servanda.ledger.verify import verify
from servanda.problems import InvalidInput, Problem
from servanda.report.json_report import problem_object
from servanda.report.style import Style
from servanda.workbench.desk_view import run_entry, runs
from servanda.workbench.listing import options, paged, selected
from servanda.workbench.pages.submissions import upload_of
from servanda.workbench.visit import Visit, chosen, number_of

PROBLEMS = "servanda.problems/1"
MOST_ENTRIES = 200


def openapi(visit: Visit) -> Response:
    """What the API takes and gives (OpenAPI 3.1)."""
    from servanda.workbench.openapi import description

    return JSONResponse(description())


def me(visit: Visit) -> Response:
    """Who asks, and in which role: to try credentials."""
    person = visit.person
    return JSONResponse({"name": person.name, "role": person.role} if person else {})


def submissions(visit: Visit) -> Response:
    """The submissions that are kept."""
    return JSONResponse({"submissions": [_plain(dataclasses.asdict(one)) for one in desk.stored(visit.bench.workspace)]})


def upload(visit: Visit) -> Response:
    """Take the files of one submission into quarantine (multipart: `name`, `files`) and check them."""
    files = {one.filename: one.file.read() for one in visit.form.getlist("files") if isinstance(one, UploadFile) and one.filename}
    found = desk.receive(visit.bench.workspace, files, visit.text("name"))
    return JSONResponse(_upload(found, visit.lang), 201, headers={"location": f"/api/v1/uploads/{found.upload}"})


def received(visit: Visit) -> Response:
    """An upload in quarantine with its problems."""
    return JSONResponse(_upload(upload_of(visit), visit.lang))


def keep(visit: Visit) -> Response:
    """Keep a sound upload."""
    return JSONResponse(_plain(dataclasses.asdict(desk.keep(visit.bench.workspace, upload_of(visit).upload))))


def discard(visit: Visit) -> Response:
    """Throw an upload away."""
    desk.withdraw_upload(visit.bench.workspace, upload_of(visit).upload)
    return Response(status_code=204)


def run_list(visit: Visit) -> Response:
    """All runs, the latest first, without their reports."""
    return JSONResponse({"runs": [_entry(one) for one in runs(visit.bench.workspace)]})


def make_run(visit: Visit) -> Response:
    """Run a check: `{"as_of": "2021-09-30", "year": null, "agreements": null}`."""
    given = _fields(visit, {"as_of": str, "year": (int, type(None)), "agreements": (list, type(None))}, ("as_of",))
    problems = []
    try:
        as_of = to_date(given["as_of"])
    except Invalid:
        problems.append(Problem("invalid-date", column="as_of", found=given["as_of"][:80]))
    if given.get("year") is not None and not 2000 <= given["year"] <= 2100:
        problems.append(Problem("invalid-year", column="year", found=str(given["year"])[:80]))
    agreements = given.get("agreements")
    if agreements is not None and not all(isinstance(one, str) for one in agreements):
        problems.append(Problem("entry-field-type", column="agreements", args={"type": "list"}))
    if problems:
        raise InvalidInput(problems)
    who = Person(visit.person.name, visit.person.role)
    made = run_check(visit.bench.workspace, who, visit.bench.settings.clock(), submissions=agreements or None, as_of=as_of, year=given.get("year"))
    return JSONResponse(_entry(made), 201, headers={"location": f"/api/v1/runs/{made.number}"})


def run(visit: Visit) -> Response:
    """A run: who made it, its receipt and summary."""
    return JSONResponse(_entry(_run(visit)))


def report(visit: Visit) -> Response:
    """The JSON report of a run, byte for byte as the ledger holds it."""
    return Response(str(_run(visit).body["report"]), media_type="application/json")


def findings(visit: Visit) -> Response:
    """The findings of a run by agreement, clause, status, year, material and text (`q`), fifty on a `page`."""
    found = run_of(_run(visit))["findings"]
    page = paged(selected(found, chosen(visit, {**options(found), "q": None})), visit.asked("page"))
    return JSONResponse({"total": page.total, "page": page.number, "pages": page.pages, "findings": _plain(list(page.rows))})


def compared(visit: Visit) -> Response:
    """Two runs (`from`, `to`): which findings are new, gone or changed, and why."""
    workspace = visit.bench.workspace
    before, after = (run_entry(workspace, number_of(visit.asked(name))) for name in ("from", "to"))
    found = compare(before, after, workspace)

    def told(changes: tuple) -> list:
        return [{"id": one.id, "fields": list(one.fields), "causes": list(one.causes), "before": one.before, "after": one.after} for one in changes]

    return JSONResponse(_plain({"new": told(found.new), "gone": told(found.gone), "changed": told(found.changed), "same": found.same}))


def entry_list(visit: Visit) -> Response:
    """Entries of the ledger by `subject` and `kind`, after a number, at most 200."""
    after = visit.asked("after") or "0"
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise HTTPException(422)
    wanted = {"subject": visit.asked("subject") or None, "kind": visit.asked("kind") or None}
    found = entries(visit.bench.workspace.ledger, **wanted, after=int(after), limit=MOST_ENTRIES)
    return JSONResponse({"entries": [_entry(one) for one in found]})


def one_entry(visit: Visit) -> Response:
    """One entry of the ledger (of a run without its report)."""
    found = entry_in(visit.bench.workspace.ledger, number_of(visit.request.path_params["number"]))
    if found is None:
        raise HTTPException(404)
    return JSONResponse(_entry(found))


def enter(kind: str) -> Callable[[Visit], Response]:
    """The handler that enters what a person decided; the body is that of the kind of entry."""

    def entered(visit: Visit) -> Response:
        who = Person(visit.person.name, visit.person.role)
        made = act(visit.bench.workspace, who, kind, (), _object(visit), visit.bench.settings.clock())
        return JSONResponse(_entry(made), 201, headers={"location": f"/api/v1/entries/{made.number}"})

    return entered


def case(visit: Visit) -> Response:
    """The whole file of a case."""
    try:
        return JSONResponse(_plain(case_file(visit.bench.workspace.ledger, visit.request.path_params["subject"][:500])))
    except InvalidInput as invalid:
        if any(problem.code == "no-such-case" for problem in invalid.problems):
            raise HTTPException(404) from None
        raise


def ledger(visit: Visit) -> Response:
    """How long the ledger is and the hash of its last entry: a checkpoint to keep."""
    now = head(visit.bench.workspace.ledger)
    return JSONResponse({"length": now.length, "hash": now.hash})


def verified(visit: Visit) -> Response:
    """Go through the whole chain: the problems, none where it is sound."""
    found = verify(visit.bench.workspace.ledger)
    return JSONResponse({"schema": PROBLEMS, "problems": [problem_object(one, Style(visit.lang)) for one in found[:1000]]})


def _run(visit: Visit) -> Entry:
    return run_entry(visit.bench.workspace, number_of(visit.request.path_params["run"]))


def _entry(one: Entry) -> dict:
    body = {name: value for name, value in one.body.items() if name != "report"}
    return _plain({
        "number": one.number, "at": at_text(one.at), "author": one.author, "kind": one.kind, "subjects": list(one.subjects), "body": body,
        "previous": one.previous, "hash": one.hash,
    })


def _upload(found, lang: str) -> dict:
    return {
        "upload": found.upload, "name": found.name, "sound": not found.problems, "summary": str(found.summary) if found.summary else None,
        "problems": [problem_object(one, Style(lang)) for one in found.problems[:1000]],
    }


def _object(visit: Visit) -> dict:
    """The JSON object that the request carries; 415 for another type of content, 400 for what is no object."""
    if visit.request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415)
    try:
        given = json.loads(getattr(visit.request, "_body", b"").decode("utf-8"), parse_constant=_refused)
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(given, dict):
        raise HTTPException(400)
    return given


def _refused(name: str) -> object:
    raise ValueError(name)


def _fields(visit: Visit, types: Mapping[str, object], required: tuple[str, ...]) -> dict:
    given = _object(visit)
    problems = [Problem("entry-unknown-field", column=name[:80], found=name[:80], args={"known": ", ".join(types), "near": name[:80]})
                for name in given if name not in types]
    problems += [Problem("missing-value", column=name) for name in required if name not in given]
    problems += [
        Problem("entry-field-type", column=name, found=str(given[name])[:80], args={"type": "text"}) for name, kind in types.items()
        if name in given and (not isinstance(given[name], kind) or isinstance(given[name], bool))
    ]
    if problems:
        raise InvalidInput(problems)
    return given


def _plain(value: object) -> object:
    """Days and Decimals as texts and numbers of JSON."""
    return json.loads(json.dumps(value, default=str, ensure_ascii=False))
