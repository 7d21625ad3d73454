"""Signing in and out, and choosing the language."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from servanda.model import LANGUAGES
from servanda.workbench.dispatch import set_cookie
from servanda.workbench.identity import by_password
from servanda.workbench.sessions import cookie_name, end_session, start_session
from servanda.workbench.visit import LANGUAGE_COOKIE, Visit, local_path, page
from servanda.workbench.words import words


def login_form(visit: Visit) -> Response:
    """The form to sign in; who has signed in already goes on."""
    if visit.person is not None:
        return RedirectResponse(local_path(visit.asked("next")), 303)
    return _form(visit, local_path(visit.asked("next")), {}, bye=visit.asked("bye") == "1")


def login(visit: Visit) -> Response:
    """Sign in: a new session with a new id, whatever the browser held before."""
    t, bench = words(visit.lang), visit.bench
    name, target = visit.text("name")[:100], local_path(visit.text("next"))
    given = visit.form.get("password")
    password = given if isinstance(given, str) else ""
    mistakes = {} if name else {"name": t("login-empty-name")}
    if not password:
        mistakes["password"] = t("login-empty-password")
    if mistakes:
        return _form(visit, target, mistakes, 422)
    known = by_password(name, password, visit.request, bench.users, bench.limits, bench.settings)
    if known.wait:
        response = _form(visit, target, {"": t("login-limit", minutes=-(-known.wait // 60))}, 429)
        response.headers["retry-after"] = str(known.wait)
        return response
    if known.user is None:
        return _form(visit, target, {"name": t("login-wrong")}, 422)
    if visit.session is not None:
        end_session(bench.users, visit.session.id)
    session = start_session(bench.users, known.user.name, "password", bench.settings.clock(), bench.settings)
    response = RedirectResponse(target, 303)
    set_cookie(response, session.id, bench.settings)
    return response


def logout(visit: Visit) -> Response:
    """Sign out, on the server as well."""
    if visit.session is not None:
        end_session(visit.bench.users, visit.session.id)
    response = RedirectResponse("/login?bye=1", 303)
    settings = visit.bench.settings
    response.delete_cookie(cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.secure)
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


def choose_language(visit: Visit) -> Response:
    """Keep the language that was chosen, for a year."""
    response = RedirectResponse(local_path(visit.text("back")), 303)
    chosen = visit.text("language")
    if chosen in LANGUAGES:
        secure = visit.bench.settings.secure
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, path="/", httponly=True, samesite="lax", secure=secure)
    return response


def _form(visit: Visit, target: str, mistakes: dict[str, str], status: int = 200, *, bye: bool = False) -> Response:
    return page(visit, "login.html", status, next=target, mistakes=mistakes, name=visit.text("name")[:100], bye=bye)
