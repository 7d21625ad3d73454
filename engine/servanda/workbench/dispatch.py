"""From a request to its handler: who asks, may they, is the request forged; then the handler, in a thread; then its mistakes as pages or data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from servanda.ledger.store import problems_of
from servanda.problems import InvalidInput
from servanda.report.json_report import problem_object
from servanda.report.style import Style
from servanda.whole_files import without_room
from servanda.workbench.csrf import SAFE, forged, same_origin
from servanda.workbench.gate import limited
from servanda.workbench.identity import Identity, identify
from servanda.workbench.sessions import cookie_name, new_id
from servanda.workbench.settings import Settings
from servanda.workbench.visit import Visit, Workbench, language, page
from servanda.workbench.words import words

_OURS = {"no-room", "no-temporary-room", "unwritable-output"}  # what whoever runs the workbench has to mend (RFC 4918, section 11.5)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def endpoint(action: str | None, handler: Callable[[Visit], Response], *, upload: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a route. `action` None is open to everybody; else the role decides before anything of the request's body is read."""

    async def answer(request: Request) -> Response:
        bench: Workbench = request.app.state.bench
        known = await run_in_threadpool(identify, request, bench.users, bench.limits, bench.settings)
        presented = request.cookies.get(cookie_name(bench.settings))
        secret = known.session.id if known.session else presented or new_id()
        visit = Visit(request, bench, language(request, bench.settings), secret, known.user, known.session)
        refusal = _refusal(visit, known, action)
        if refusal is not None:
            return refusal
        response = await _handled(visit, handler, _programs(request, known), upload)
        if (known.fresh or presented is None) and "set-cookie" not in response.headers and not _programs(request, known):
            set_cookie(response, secret, bench.settings)
        return response

    return answer


def set_cookie(response: Response, secret: str, settings: Settings) -> None:
    """The session's cookie: not for scripts, not for other sites' forms, gone with the browser."""
    response.set_cookie(cookie_name(settings), secret, path="/", httponly=True, samesite="lax", secure=settings.secure)


def refused(visit: Visit, status: int, **headers: str) -> Response:
    """A plain page (or, for the API, an object) that says why not."""
    key = f"error-{status}" if status in (400, 403, 404, 405, 413, 421, 422, 429) else "error-400"
    if visit.request.url.path.startswith("/api/"):
        return JSONResponse({"error": {"status": status, "message": words(visit.lang)(key)}}, status, headers=headers)
    response = page(visit, "error.html", status, key=key, code=status)
    response.headers.update(headers)
    return response


def _programs(request: Request, known: Identity) -> bool:
    """Whether the request brings its own credentials, so that no other site can make a browser send it."""
    return known.session is None and known.user is not None and request.url.path.startswith("/api/")


def _refusal(visit: Visit, known: Identity, action: str | None) -> Response | None:
    if known.wait:
        return refused(visit, 429, **{"retry-after": str(known.wait)})
    if action is None:
        return None
    if visit.person is None:
        if visit.request.url.path.startswith("/api/"):
            asked = {"www-authenticate": 'Basic realm="servanda", charset="UTF-8"'}
            return JSONResponse({"error": {"status": 401, "message": words(visit.lang)("error-401")}}, 401, headers=asked)
        target = visit.request.url.path + ("?" + visit.request.url.query if visit.request.url.query else "")
        back = "" if visit.request.method not in SAFE or target == "/" else "?next=" + quote(target, safe="/")
        return RedirectResponse("/login" + back, 303)
    return None if visit.may(action) else refused(visit, 403)


async def _handled(visit: Visit, handler: Callable[[Visit], Response], programs: bool, upload: bool) -> Response:
    settings = visit.bench.settings
    try:
        if visit.request.method not in SAFE:
            if not programs and not same_origin(visit.request, settings):
                return refused(visit, 403)
            visit = await _with_form(visit, upload)
            token = visit.request.headers.get("x-csrf-token") or visit.text("csrf_token")
            if not programs and forged(visit.request, visit.secret, token, settings):
                return refused(visit, 403)
        return await run_in_threadpool(_answered, handler, visit)
    except InvalidInput as invalid:
        return problems_answer(visit, invalid)
    except HTTPException as error:
        return refused(visit, error.status_code)
    except Exception as error:
        problem = without_room(error)
        if problem is None:
            raise
        return problems_answer(visit, InvalidInput([problem]))
    finally:
        await visit.form.close()


def _answered(handler: Callable[[Visit], Response], visit: Visit) -> Response:
    try:
        return handler(visit)
    except DBAPIError as error:  # of the users' database: the ledger's are problems already
        with problems_of("users.sqlite"):
            raise error


async def _with_form(visit: Visit, upload: bool) -> Visit:
    settings = visit.bench.settings
    request = Request(visit.request.scope, limited(visit.request.receive, settings.upload_limit if upload else settings.body_limit))
    visit = replace(visit, request=request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _FORMS:
        form = await request.form(max_files=settings.upload_files if upload else 0, max_fields=settings.form_fields, max_part_size=settings.body_limit)
        return replace(visit, form=form)
    if request.url.path.startswith("/api/"):
        await request.body()  # kept by the request, for the handler
    return visit


def problems_answer(visit: Visit, invalid: InvalidInput) -> Response:
    """Mistakes of the input as the command line tells them: 422 with every problem; 507 where this machine has no room."""
    status = 507 if {problem.code for problem in invalid.problems} & _OURS else 422
    problems = [problem_object(problem, Style(visit.lang)) for problem in invalid.problems[:1000]]
    if visit.request.url.path.startswith("/api/"):
        return JSONResponse({"schema": "servanda.problems/1", "problems": problems}, status)
    return page(visit, "problems.html", status, problems=problems)
