"""A visit: one request with who makes it, in which language, and its form; and the answers that pages give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import Engine
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from servanda.desk.roles import may
from servanda.desk.runs import Runs
from servanda.desk.workspace import Workspace
from servanda.model import LANGUAGES
from servanda.workbench.login_limits import LoginLimits
from servanda.workbench.sessions import Session, csrf_token, leave_notice, take_notice
from servanda.workbench.settings import Settings
from servanda.workbench.users import User
from servanda.workbench.wording import FILTERS, GLOBALS
from servanda.workbench.words import words

HERE = Path(__file__).resolve().parent
LANGUAGE_COOKIE = "servanda_language"
TEMPLATES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
TEMPLATES.filters["path"] = lambda text: quote(str(text), safe="/")
TEMPLATES.filters.update(FILTERS)
TEMPLATES.globals.update(GLOBALS)
TEMPLATES.globals["query"] = lambda **pairs: urlencode({name: value for name, value in pairs.items() if value not in (None, "")})


def subject_link(subject: str) -> Markup:
    """A subject of the ledger as a link to what it is about."""
    if re.fullmatch(r"run:[1-9][0-9]{0,8}", subject):
        return Markup('<a href="/runs/{}">{}</a>').format(subject[4:], subject)
    return Markup('<a href="/cases/{}">{}</a>').format(quote(subject, safe="/"), subject)


TEMPLATES.globals["subject_link"] = subject_link


@dataclass(frozen=True, slots=True)
class Workbench:
    """What all requests share."""

    workspace: Workspace
    users: Engine
    limits: LoginLimits
    settings: Settings
    runs: Runs = field(default_factory=Runs)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `person` is None for nobody; `secret` is what the cookie holds (or will); `form` holds the fields of an unsafe request."""

    request: Request
    bench: Workbench
    lang: str
    secret: str
    person: User | None = None
    session: Session | None = None
    form: FormData = field(default_factory=FormData)

    def text(self, name: str) -> str:
        """A field of the form as text, without blanks around it; "" where it is missing or a file."""
        value = self.form.get(name)
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def asked(self, name: str) -> str:
        """A parameter of the address as text, at most 200 characters; "" where it is missing."""
        return self.request.query_params.get(name, "").strip()[:200]

    def may(self, action: str) -> bool:
        """Whether who asks may do this."""
        return self.person is not None and may(self.person.role, action)


def language(request: Request, settings: Settings) -> str:
    """The language that the visitor chose, else the workbench's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else settings.lang


def page(visit: Visit, template: str, status: int = 200, **context: object) -> Response:
    """A page from a template, with the layout around it."""
    notice = take_notice(visit.bench.users, visit.session) if visit.session and status == 200 and "fragment" not in context else None
    here = visit.request.url.path + ("?" + visit.request.url.query if visit.request.url.query else "")
    text = TEMPLATES.get_template(template).render(
        t=words(visit.lang), lang=visit.lang, visit=visit, person=visit.person, may=visit.may, csrf=csrf_token(visit.secret), here=here,
        notice=notice, via_header=visit.session is not None and visit.session.via == "header", **context,
    )
    return HTMLResponse(text, status)


def go(visit: Visit, to: str, notice: str | None = None, **names: object) -> Response:
    """On to another page after something was done (Post/Redirect/Get), with a message there."""
    if notice is not None and visit.session is not None:
        leave_notice(visit.bench.users, visit.session, words(visit.lang)(notice, **names))
    return RedirectResponse(to, 303)


def local_path(text: str) -> str:
    """An address within the workbench; "/" in place of anything that could lead elsewhere."""
    return text if re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", text) and "\\" not in text else "/"


def number_of(text: str) -> int:
    """A number in an address; there is no page for anything else."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text, re.ASCII):
        raise HTTPException(404)
    return int(text)


def chosen(visit: Visit, names: Mapping[str, tuple[str, ...] | None]) -> dict[str, str]:
    """Filters in the address: a name with its allowed values (None: any text); "" where there is none, or none that is allowed."""
    found = {name: visit.asked(name) for name in names}
    return {name: value if names[name] is None or value in names[name] else "" for name, value in found.items()}
