"""What people decide: a form for each kind of entry, its mistakes beside its fields, and the entry in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response

from servanda import problem_texts
from servanda.desk.actions import Person, act
from servanda.desk.letters import asked_for, hearing_letter, request_letter
from servanda.facts.values import Invalid, to_date
from servanda.ledger.entries import Entry
from servanda.ledger.read import entry as entry_in
from servanda.problems import InvalidInput
from servanda.workbench.desk_view import run_entry
from servanda.workbench.entering import ABOUT, FIELDS, about, back_to, body_of, first_values, referred
from servanda.workbench.names import names_of
from servanda.workbench.visit import Visit, go, page
from servanda.workbench.words import words


def form(kind: str) -> Callable[[Visit], Response]:
    """The handler that shows the form of a kind."""

    def shown(visit: Visit) -> Response:
        subject, other = _about(visit, kind, {name: visit.request.query_params.get(name, "") for name in ABOUT[kind]})
        today = visit.bench.settings.clock().date()
        values = {**first_values(kind, today), **_letter(visit, kind, subject)}
        return _page(visit, kind, subject, other, values, {})

    return shown


def enter(kind: str) -> Callable[[Visit], Response]:
    """The handler that enters what was typed, or shows the form again with its mistakes."""

    def entered(visit: Visit) -> Response:
        subject, other = _about(visit, kind, {name: visit.text(name) for name in ABOUT[kind]})
        typed = {field.name: _typed(visit, field.name, field.sort) for field in FIELDS[kind]}
        t = words(visit.lang)
        body, mistakes = body_of(kind, subject, typed, {sort: t(f"bad-{sort}") for sort in ("text", "day", "amount", "choice", "parties")})
        if not mistakes:
            try:
                if kind == "request":
                    body["missing"] = asked_for(run_entry(visit.bench.workspace, body["run"]), [body["finding"]])
                    body["findings"] = [body.pop("finding")]
                made = act(visit.bench.workspace, Person(visit.person.name, visit.person.role), kind, (), body, visit.bench.settings.clock())
                return go(visit, back_to(kind, subject, other), "entry-made", number=made.number, kind=t("kind-" + kind))
            except InvalidInput as invalid:
                mistakes = _mistakes(kind, invalid, visit.lang)
        return _page(visit, kind, subject, other, typed, mistakes, 422)

    return entered


def _about(visit: Visit, kind: str, asked: Mapping[str, str]) -> tuple[dict, Entry | None]:
    subject = about(kind, asked)
    if subject is None:
        raise HTTPException(404)
    if "run" in subject:
        run_entry(visit.bench.workspace, subject["run"])
    number = referred(kind, subject)
    other = entry_in(visit.bench.workspace.ledger, number) if number else None
    if number and other is None:
        raise HTTPException(404)
    return subject, other


def _letter(visit: Visit, kind: str, subject: Mapping) -> dict[str, str]:
    """The text of a letter that a form begins with."""
    if kind not in ("request", "hearing"):
        return {}
    workspace, run = visit.bench.workspace, run_entry(visit.bench.workspace, subject["run"])
    due_on = to_date(first_values(kind, visit.bench.settings.clock().date())["due_on"])
    try:
        if kind == "request":
            return {"text": request_letter(workspace, run, [subject["finding"]], due_on, visit.lang)}
        return {"text": hearing_letter(workspace, run, subject["subject"], due_on, visit.lang)}
    except (InvalidInput, Invalid):
        raise HTTPException(404) from None


def _typed(visit: Visit, name: str, sort: str) -> object:
    if sort == "parties":
        return [value for value in visit.form.getlist(name) if isinstance(value, str)]
    return visit.text(name)


def _mistakes(kind: str, invalid: InvalidInput, lang: str) -> dict[str, str]:
    """Problems by the field that they name; what names none stands at the top."""
    names = {field.name for field in FIELDS[kind]}
    found: dict[str, str] = {}
    for problem in invalid.problems:
        name = problem.column if problem.column in names else ""
        text = problem_texts.message(problem, lang)
        found[name] = f"{found[name]} {text}" if name in found else text
    return found


def _page(
    visit: Visit, kind: str, subject: Mapping, other: Entry | None, values: Mapping[str, object], mistakes: Mapping[str, str], status: int = 200
) -> Response:
    names = names_of(visit.bench.workspace)
    named = str(subject.get("finding") or subject.get("consequence") or subject.get("subject") or (other.subjects[0] if other and other.subjects else ""))
    pack = names.packs.get(named.partition("/")[0])
    parties = [(name, one.of(visit.lang)) for name, one in pack.head.parties.items()] if pack else []
    return page(
        visit, "enter.html", status, kind=kind, subject=subject, named=named, other=other, fields=FIELDS[kind], values=values, mistakes=mistakes,
        parties=parties, back=back_to(kind, subject, other), names=names,
    )
