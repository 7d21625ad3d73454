"""What an entry may say, given what the ledger holds before it: the rules by kind, four eyes among them.

`append` asks inside the transaction that writes; `verify` asks again for every entry as of its place.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection, select

from servanda.ledger.bodies import body_of
from servanda.ledger.entries import Entry, NewEntry, canonical, entry_of, sha256
from servanda.ledger.reports import Report, indexed
from servanda.ledger.tables import ENTRY, ENTRY_SUBJECT
from servanda.problems import Problem, Problems

RECEIPT = "receipt_sha256"


@dataclass(frozen=True, slots=True)
class Past:
    """The entries before a number (all where it is None). `reports` keeps the report that was read last: entries of one run follow each other.

    `on` is the day of the entry that is looked at.
    """

    connection: Connection
    before: int | None = None
    reports: dict[int, Report] = field(default_factory=dict)
    on: str = ""

    def entry(self, number: int) -> Entry | None:
        """The entry of a number, None where there is none (or, where the ledger was changed, none whose body fits)."""
        found = self._read(select(ENTRY.c.canonical).where(ENTRY.c.number == number))
        return found[0] if found else None

    def of_subject(self, subject: str, kind: str) -> list[Entry]:
        """The entries of a kind on a subject, in order."""
        numbers = select(ENTRY_SUBJECT.c.number).where(ENTRY_SUBJECT.c.subject == subject)
        return self._read(select(ENTRY.c.canonical).where(ENTRY.c.kind == kind, ENTRY.c.number.in_(numbers)).order_by(ENTRY.c.number))

    def report(self, run: Entry) -> Report:
        """The report of a run; one without findings where it cannot be read."""
        if run.number not in self.reports:
            self.reports.clear()
            try:
                self.reports[run.number] = indexed(run.body)
            except ValueError:
                self.reports[run.number] = Report({}, {})
        return self.reports[run.number]

    def _read(self, query) -> list[Entry]:
        query = query if self.before is None else query.where(ENTRY.c.number < self.before)
        found = []
        for (text,) in self.connection.execute(query):
            try:
                entry = entry_of(text)
            except ValueError:
                continue
            if body_of(entry.kind, given(entry))[0] is not None:
                found.append(entry)
        return found


def given(entry: Entry) -> dict:
    """The body of an entry without what `completed` added to it."""
    return entry.body if entry.kind == "run" else {name: value for name, value in entry.body.items() if name != RECEIPT}


def completed(new: NewEntry, body: Mapping, number: int, past: Past) -> tuple[tuple[str, ...], dict]:
    """The subjects and the body as they are entered: with all that the entry concerns, and the digest of the receipt that it rests on."""
    concerned: list[str] = [f"run:{number}"] if new.kind == "run" else []
    concerned += [body[name] for name in ("finding", "consequence", "subject") if name in body]
    concerned += body.get("findings", ())
    full = dict(body)
    for name in ("run", "to", "proposal", "of"):
        referred = past.entry(body[name]) if name in body else None
        if referred is not None:
            concerned += () if name == "run" else referred.subjects
            if RECEIPT in referred.body:
                full[RECEIPT] = referred.body[RECEIPT]
    return tuple(dict.fromkeys((*new.subjects, *concerned))), full


def broken_rules(kind: str, author: str, body: Mapping, past: Past) -> list[Problem]:
    """What keeps an entry with a fitting body from being entered."""
    problems = Problems()
    run = _referred(body, "run", ("run",), past, problems) if "run" in body else None
    report = past.report(run) if run else None
    if kind == "request" and report:
        for finding in body["findings"]:
            if finding not in report.findings:
                problems.add("finding-not-in-run", column="findings", found=finding, run=run.number)
    elif kind in _RULES:
        _RULES[kind](author, body, past, report, problems)
    return problems.sorted()


def _referred(body: Mapping, field_name: str, kinds: tuple[str, ...], past: Past, problems: Problems) -> Entry | None:
    """The entry that a body refers to; a problem where there is none of these kinds (any where they are empty)."""
    found = past.entry(body[field_name])
    if found is None or kinds and found.kind not in kinds:
        problems.add("entry-refers-elsewhere" if kinds else "entry-unknown", column=field_name, found=body[field_name], kinds="/".join(kinds))
        return None
    return found


def _finding(body: Mapping, report: Report | None, problems: Problems) -> Mapping | None:
    """The finding that a body names; a problem where the run's report has none."""
    if report is None:
        return None
    if body["finding"] not in report.findings:
        problems.add("finding-not-in-run", column="finding", found=body["finding"], run=body["run"])
    return report.findings.get(body["finding"])


def _run(author: str, body: Mapping, past: Past, report: Report | None, problems: Problems) -> None:
    if sha256(canonical(body["receipt"])) != body[RECEIPT]:
        problems.add("receipt-differs", column=RECEIPT, found=body[RECEIPT])
    try:
        indexed(body)
    except ValueError:
        problems.add("report-unreadable", column="report")
        return
    if hashlib.sha256(body["report"].encode()).hexdigest() != body["receipt"].get("result"):
        problems.add("receipt-differs", column="receipt.result", found=body["receipt"].get("result"))


def _assessment(author: str, body: Mapping, past: Past, report: Report | None, problems: Problems) -> None:
    finding = _finding(body, report, problems)
    if finding is not None and finding.get("material") is not True:
        problems.add("finding-not-material", column="finding", found=body["finding"], run=body["run"])


def _attestation(author: str, body: Mapping, past: Past, report: Report | None, problems: Problems) -> None:
    finding = _finding(body, report, problems)
    if finding is not None and finding.get("kind") != "attested":
        problems.add("finding-not-attested", column="finding", found=body["finding"], run=body["run"])


def _answer(author: str, body: Mapping, past: Past, report: Report | None, problems: Problems) -> None:
    _referred(body, "to", ("request", "hearing"), past, problems)


def _correction(author: str, body: Mapping, past: Past, report: Report | None, problems: Problems) -> None:
    _referred(body, "of", (), past, problems)


def _proposal(author: str, body: Mapping, past: Past, report: Report | None, problems: Problems) -> None:
    """The funds are those of the consequence, and people found its deviations material.

    The last assessment of each finding counts: one at least is material, and none that was has since been found immaterial.
    """
    if report is None:
        return
    consequence = report.consequences.get(body["consequence"])
    if consequence is None:
        problems.add("consequence-not-in-run", column="consequence", found=body["consequence"], run=body["run"])
        return
    if Decimal(body["amount"]) > Decimal(consequence["amount_at_stake"]):
        problems.add("amount-over-stake", column="amount", found=body["amount"], limit=consequence["amount_at_stake"])
    said = {name: [one.body.get("material") for one in past.of_subject(name, "assessment") if one.body.get("finding") == name]
            for name in consequence["findings"]}
    overturned = [name for name, verdicts in said.items() if True in verdicts and verdicts[-1] is not True]
    for name in overturned:
        problems.add("assessed-immaterial", column="consequence", found=name)
    if not overturned and not any(verdicts and verdicts[-1] is True for verdicts in said.values()):
        problems.add("not-assessed-material", column="consequence", found=body["consequence"])
    if not _heard((body["consequence"], *consequence["findings"]), past):
        problems.add("not-heard", column="consequence", found=body["consequence"])


def _heard(subjects: tuple[str, ...], past: Past) -> bool:
    """Whether the party had its opportunity to respond on one of the subjects: it answered, or the day for that is over."""
    hearings = {one.number: one for subject in subjects for one in past.of_subject(subject, "hearing")}
    answers = [one for subject in subjects for one in past.of_subject(subject, "answer")]
    return any(one.body.get("to") in hearings for one in answers) or any(str(one.body.get("due_on")) < past.on for one in hearings.values())


def _confirmation(author: str, body: Mapping, past: Past, report: Report | None, problems: Problems) -> None:
    """Four eyes, and one decision a proposal."""
    proposal = _referred(body, "proposal", ("proposal",), past, problems)
    if proposal is None:
        return
    if _person(proposal.author) == _person(author):
        problems.add("own-proposal", column="author", found=author, number=proposal.number)
    for earlier in past.of_subject(proposal.body["consequence"], "confirmation"):
        if earlier.body.get("proposal") == proposal.number:
            problems.add("proposal-decided", column="proposal", found=proposal.number, number=earlier.number)


def _person(author: str) -> str:
    """An author's name without what does not tell two people apart: case, blanks around it, and forms of the same letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", author).casefold()).strip()


_RULES: Mapping[str, Callable[[str, Mapping, Past, Report | None, Problems], None]] = {
    "run": _run, "assessment": _assessment, "attestation": _attestation, "answer": _answer, "correction": _correction, "proposal": _proposal,
    "confirmation": _confirmation,
}
