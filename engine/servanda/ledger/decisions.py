"""What may follow on what: each kind's rule against the entries before it, looked at inside the writing transaction.

The program proposes, people decide, and nobody decides alone: a material deviation is assessed by a person, the party is heard before its
funds are proposed for another use, and another person than the proposer confirms.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

from servanda.ledger.entries import Entry, NewEntry
from servanda.ledger.read import entries_in, entry_in, report_of
from servanda.problems import Problem
from servanda.receipt import digest


def refusals(connection, new: NewEntry) -> list[Problem]:
    """Why an entry may not be written now; empty where it may."""
    body = new.body
    if new.kind == "run":
        return _run(body)
    if new.kind in ("answer", "correction", "confirmation"):
        return _refers(connection, new)
    if "run" not in body:
        return []
    run = entry_in(connection, body["run"])
    if run is None or run.kind != "run":
        return [Problem("unknown-entry", column="run", found=str(body["run"]), args={"kinds": "run"})]
    report = report_of(run)
    findings = {finding["id"]: finding for finding in report["findings"]}
    if new.kind == "proposal":
        return _proposal(connection, new, report)
    named = body.get("findings") or [body.get("finding") or body["subject"]]
    known = {*findings, *(consequence_key(one) for one in report["consequences"])} if new.kind == "hearing" else set(findings)
    missing = [name for name in named if name not in known]
    if missing:
        return [Problem("not-in-run", column="subject" if new.kind == "hearing" else "finding", found=name, args={"run": run.number}) for name in missing]
    if new.kind == "assessment" and not findings[body["finding"]]["material"]:
        return [Problem("not-material", column="finding", found=body["finding"])]
    if new.kind == "attestation" and findings[body["finding"]]["kind"] != "attested":
        return [Problem("not-attestable", column="finding", found=body["finding"])]
    return []


def rests_on(connection, new: NewEntry) -> str | None:
    """The digest of the receipt of the run that an entry rests on, by itself or by the entry that it refers to."""
    if new.kind == "run":
        return new.body["receipt_sha256"]
    number = next((new.body[name] for name in ("run", "to", "proposal", "of") if name in new.body), None)
    found = entry_in(connection, number) if number else None
    return found.receipt if found else None


def consequence_key(one: dict) -> str:
    """The id of a consequence of a JSON report: pack, agreement, site, consequence, year, attribution; `-` where there is none."""
    pack = one["findings"][0].split("/", 1)[0]
    year = one["year"] if one["year"] is not None else "term"
    return "/".join((pack, one["agreement"] or "-", one["site"] or "-", one["consequence"], str(year), one["attribution"]))


def assessed(connection, finding: str) -> bool | None:
    """What the latest assessment says of a finding; None where nobody assessed it."""
    found = [one for one in entries_in(connection, subject=finding, kind="assessment") if one.body["finding"] == finding]
    return found[-1].body["material"] if found else None


def _run(body) -> list[Problem]:
    try:
        report = json.loads(body["report"])
    except ValueError:
        report = None
    if not isinstance(report, dict) or not isinstance(report.get("findings"), list) or not isinstance(report.get("consequences"), list):
        return [Problem("receipt-mismatch", column="report")]
    if digest(body["receipt"]) != body["receipt_sha256"]:
        return [Problem("receipt-mismatch", column="receipt_sha256")]
    if body["receipt"].get("result") != hashlib.sha256(body["report"].encode()).hexdigest():
        return [Problem("receipt-mismatch", column="receipt.result")]
    return []


def _refers(connection, new: NewEntry) -> list[Problem]:
    field, kinds = {"answer": ("to", ("request", "hearing")), "correction": ("of", ()), "confirmation": ("proposal", ("proposal",))}[new.kind]
    found = entry_in(connection, new.body[field])
    if found is None or kinds and found.kind not in kinds:
        return [Problem("unknown-entry", column=field, found=str(new.body[field]), args={"kinds": " / ".join(kinds) or "–"})]
    if new.kind != "confirmation":
        return []
    problems = []
    if found.author == new.author:
        problems.append(Problem("own-proposal", column="proposal", found=str(found.number)))
    decided = [one for one in entries_in(connection, subject=found.body["consequence"], kind="confirmation") if one.body["proposal"] == found.number]
    if decided:
        problems.append(Problem("already-decided", column="proposal", found=str(found.number), args={"first": decided[0].number}))
    return problems


def _proposal(connection, new: NewEntry, report: dict) -> list[Problem]:
    body = new.body
    found = next((one for one in report["consequences"] if consequence_key(one) == body["consequence"]), None)
    if found is None:
        return [Problem("not-in-run", column="consequence", found=body["consequence"], args={"run": body["run"]})]
    problems = []
    if Decimal(body["amount"]) > Decimal(found["amount_at_stake"]):
        problems.append(Problem("amount-over-limit", column="amount", found=body["amount"], args={"limit": found["amount_at_stake"]}))
    material = [finding for finding in found["findings"] if assessed(connection, finding)]
    if not material:
        problems.append(Problem("not-assessed", column="consequence", found=body["consequence"]))
    if not _heard(connection, new, (body["consequence"], *material)):
        problems.append(Problem("not-heard", column="consequence", found=body["consequence"]))
    return problems


def _heard(connection, new: NewEntry, subjects: tuple[str, ...]) -> bool:
    """Whether the party had its opportunity: it answered a hearing on one of the subjects, or the day for that is over."""
    from servanda.ledger.entries import moment

    hearings = {one.number: one for subject in subjects for one in entries_in(connection, subject=subject, kind="hearing")}
    answers: list[Entry] = [one for subject in subjects for one in entries_in(connection, subject=subject, kind="answer")]
    return any(one.body["to"] in hearings for one in answers) or any(one.body["due_on"] < moment(new.at)[:10] for one in hearings.values())
