"""Letters to a party, as plain text in German or English: a request for what is missing, and an opportunity to respond.

They name the facts, who holds them, the clauses and the last day. Sender, addressee and file number are places to fill in: `[…]`. The clauses
that the letters rest on are the pack's (`letters` in pack.yaml). Text from facts is untrusted and made harmless.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace

from servanda.desk.letter_words import WORDS
from servanda.desk.workspace import Workspace
from servanda.intake import read_definitions
from servanda.ledger.entries import Entry
from servanda.ledger.reports import consequence_id, report_of
from servanda.model import Agreement, Missing
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problem, Problems
from servanda.report import words
from servanda.report.safe_text import safe_text

MOST_RECORDS = 12


def asked_for(run: Entry, findings: Sequence[str]) -> list[dict]:
    """What findings of a run lack, each thing once, as the body of a request says it; `InvalidInput` where one lacks nothing."""
    asked = []
    for one, needing in _items(_findings(run, findings)):
        anchors = dict.fromkeys(anchor for finding in needing for anchor in finding["clauses"])
        asked.append({**one, "clause": ", ".join(anchors)[:400]})
    return asked


def _items(findings: Sequence[Mapping]) -> list[tuple[dict, list[Mapping]]]:
    """What findings lack, each thing once, with the findings that need it: who declares facts complete up to a day has done so for days before."""
    items: dict[tuple, tuple[dict, list[Mapping]]] = {}
    for finding in findings:
        if not finding["missing"]:
            raise InvalidInput([Problem("nothing-missing", column="findings", found=finding["id"])])
        for one in finding["missing"]:
            item, needing = items.setdefault((one["type"], one["role"], one["field"], one["record"], tuple(one["holder"])), (dict(one), []))
            item["until"] = max(filter(None, (item["until"], one["until"])), default=None)
            if finding not in needing:
                needing.append(finding)
    return list(items.values())


def request_letter(workspace: Workspace, run: Entry, findings: Sequence[str], due_on: datetime.date, lang: str = "de") -> str:
    """The letter that asks for what findings of one agreement lack; `InvalidInput` where they lack nothing, or are of several agreements."""
    found = _findings(run, findings)
    pack, agreement = _about(workspace, found)
    say, right = WORDS[lang], pack.head.letters.information_right if pack.head.letters else None
    lines = _head(say, pack, agreement, say["request_subject"].format(clause=_place(pack, right, lang)) if right else say["request_plain_subject"], lang)
    basis = say["request_basis"].format(clause=_place(pack, right, lang)) if right else say["request_plain_basis"]
    lines += [say["request_opening"], basis.format(day=words.day(due_on, lang)), ""]
    for number, (item, needing) in enumerate(_items(found), 1):
        until = datetime.date.fromisoformat(item["until"]) if item["until"] else None
        missing = Missing(item["type"], item["role"], item["field"], item["record"], until, ())
        lines.append(f"{number}. {_missing(missing, pack, lang)}")
        lines.append(f"   {say['holder']}: {_parties(pack, item['holder'], lang) or '–'}")
        lines += [f"   {say['for']}: {_duty(one, pack, agreement, lang)}" for one in needing] + [""]
    return _text([*lines, say["request_closing"], *_foot(say)])


def hearing_letter(workspace: Workspace, run: Entry, subject: str, due_on: datetime.date, lang: str = "de") -> str:
    """The letter that gives an opportunity to respond on a finding or a consequence of a run; `InvalidInput` where the run holds neither."""
    report = report_of(run.body)
    consequence = next((one for one in report["consequences"] if consequence_id(one) == subject), None)
    found = _findings(run, consequence["findings"] if consequence else [subject])
    pack, agreement = _about(workspace, found)
    say, basis = WORDS[lang], pack.head.letters.hearing if pack.head.letters else None
    lines = _head(say, pack, agreement, say["hearing_subject"], lang)
    lines += [say["hearing_opening"].format(day=words.day(datetime.date.fromisoformat(report["as_of"]), lang)), ""]
    for number, finding in enumerate(found, 1):
        lines += [f"{number}. {_duty(finding, pack, agreement, lang)}", f"   {_measured(finding, lang)}", *_evidence(finding, pack, say, lang), ""]
    if consequence:
        clause = basis or consequence["clause"]
        amount = words.amount(Decimal(consequence["amount_at_stake"]), lang)
        title = next((one.title.of(lang) for one in pack.consequences if one.id == consequence["consequence"]), consequence["consequence"])
        lines += [say["hearing_consequence"].format(clause=_place(pack, clause, lang), title=title, amount=amount), ""]
    elif basis:
        lines += [say["hearing_basis"].format(clause=_place(pack, basis, lang)), ""]
    lines += [say["hearing_until"].format(day=words.day(due_on, lang)), say["hearing_closing"]]
    return _text([*lines, *_foot(say)])


def _findings(run: Entry, wanted: Sequence[str]) -> list[Mapping]:
    """The findings of a run by id, in the order of its report."""
    known = {one["id"]: one for one in report_of(run.body)["findings"]}
    missing = [Problem("finding-not-in-run", column="finding", found=str(name)[:200], args={"run": run.number}) for name in wanted if name not in known]
    if missing:
        raise InvalidInput(missing)
    return [one for one in known.values() if one["id"] in set(wanted)]


def _about(workspace: Workspace, findings: Sequence[Mapping]) -> tuple[Pack, Agreement | None]:
    """The pack and the one agreement (None: the programme) of findings, as they are defined now."""
    owners = sorted({one["agreement"] or "–" for one in findings})
    if len(owners) > 1:
        raise InvalidInput([Problem("several-agreements", column="findings", found=", ".join(owners)[:200])])
    problems = Problems()
    known = read_definitions(workspace.rules, workspace.agreements, problems)
    name = findings[0]["id"].partition("/")[0]
    if name not in known.packs:
        raise InvalidInput([Problem("unknown-pack", found=name, args={"known": ", ".join(known.packs), "near": name})])
    return known.packs[name], known.agreements.get(owners[0])


def _head(say: Mapping[str, str], pack: Pack, agreement: Agreement | None, subject: str, lang: str) -> list[str]:
    to = safe_text(agreement.title) if agreement else say["programme"]
    return [
        say["sender"], "", f"{say['to']}: {say['addressee']}, {to}", f"{say['file']}: {say['number']}", "", subject, pack.head.title.of(lang), "",
        say["salutation"], "",
    ]


def _foot(say: Mapping[str, str]) -> list[str]:
    return ["", say["farewell"], say["signature"]]


def _duty(finding: Mapping, pack: Pack, agreement: Agreement | None, lang: str) -> str:
    """Which duty, under which clause, where and when."""
    obligation = next((one for one in pack.obligations if one.id == finding["obligation"]), None)
    site = next((one.name for one in agreement.sites if one.id == finding["site"]), finding["site"]) if agreement else finding["site"]
    title = obligation.title.of(lang) if obligation else finding["obligation"]
    clauses = "; ".join(_place(pack, anchor, lang) for anchor in finding["clauses"])
    label = finding["period"]["label"]
    return " · ".join(safe_text(part) for part in (f"{title} ({clauses})", site, WORDS[lang]["term"] if label == "term" else label) if part)


def _measured(finding: Mapping, lang: str) -> str:
    """What was measured, against the bounds."""
    if lang == "de":
        return safe_text(finding["message"], 1000)
    value, lower, upper = (None if finding[name] is None else Decimal(str(finding[name])) for name in ("value", "lower", "upper"))
    as_finding = SimpleNamespace(kind=finding["kind"], lower=lower, upper=upper)
    text = f"{words.status_word(finding['status'], lang)}: {words.figure(as_finding, value, lang)}"
    return f"{text}, agreed: {words.bounds(as_finding, lang)}" if lower is not None or upper is not None else text


def _evidence(finding: Mapping, pack: Pack, say: Mapping[str, str], lang: str) -> list[str]:
    """The first records that a finding rests on, where they stand."""
    shown = [f"{_type(pack, one['type'], lang)} {one['id']} ({one['file']}, {say['row']} {one['row']})" for one in finding["evidence"][:MOST_RECORDS]]
    more = finding["evidence_total"] - len(shown)
    shown += [say["more"].format(count=more)] if more > 0 and shown else []
    return [f"   {say['evidence']}: " + "; ".join(safe_text(one) for one in shown)] if shown else []


def _type(pack: Pack, name: str, lang: str) -> str:
    return pack.vocabulary[name].label.of(lang) if name in pack.vocabulary else name


def _missing(one: Missing, pack: Pack, lang: str) -> str:
    """A missing fact in the report's words; its holder stands on a line of its own."""
    known = pack.vocabulary.get(one.type)
    if known is None or one.field and one.field not in known.fields or one.role and one.role not in known.roles:
        return safe_text(" ".join(part for part in (one.type, one.role, one.record, one.field) if part))
    return safe_text(words.missing(one, pack, lang).replace(" ()", ""))


def _parties(pack: Pack, names: Sequence[str], lang: str) -> str:
    return ", ".join(pack.head.parties[name].of(lang) if name in pack.head.parties else safe_text(name) for name in names)


def _place(pack: Pack, anchor: str, lang: str) -> str:
    """Where in the text a clause stands."""
    return next((clause.place.of(lang) for clause in pack.clauses if clause.anchor == anchor), safe_text(anchor))


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
