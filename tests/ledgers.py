"""Small ledgers: a run whose report is written by hand, and entries of every kind on it."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path

from servanda.ledger.append import append
from servanda.ledger.entries import Entry, NewEntry
from servanda.ledger.store import Ledger, open_ledger
from servanda.receipt import digest

AT = datetime.datetime(2021, 9, 30, 10, 0, 0, 123, tzinfo=datetime.UTC)
LATE, GONE, SAID, OPEN = (f"p/a/s-1/{name}/2019" for name in ("late", "gone", "said", "open"))
CONSEQUENCE = "p/a/s-1/elsewhere/2019/district"


def finding(name: str, **more: object) -> dict:
    """A finding as a report has it."""
    return {
        "id": name, "obligation": name.split("/")[3], "kind": "count", "clauses": ["3.1"], "bearer": ["district"], "modality": "obligation", "agreement": "a",
        "site": "s-1", "period": {"label": "2019", "from": "2019-01-01", "to": "2019-12-31"}, "status": "deviation", "open": False, "at_risk": False,
        "value": 3, "lower": 6, "upper": None, "unit": "meetings", "material": True, "judgements": ["often"], "message": "Abweichung: 3 von 6",
        "missing": [], "evidence": [{"type": "meetings", "id": "m-1", "file": "meetings.csv", "row": 2, "submission": "facts/a"}], "evidence_total": 1,
    } | more


def report(*findings: dict, stake: str = "1000.00") -> str:
    """The text of a report, with a share in it that is no whole number."""
    found = findings or (
        finding(LATE), finding(GONE, kind="attended", value=0.4275, lower=0.8, unit="share"), finding(SAID, kind="attested", material=False, status="unmet"),
        finding(OPEN, material=False, status="undetermined", missing=[
            {"type": "meetings", "role": None, "field": None, "record": None, "until": "2019-12-31", "holder": ["district"]},
        ]),
    )
    one = {
        "consequence": "elsewhere", "clause": "7.2", "attribution": "district", "agreement": "a", "site": "s-1", "year": 2019, "findings": [GONE, LATE],
        "amount_at_stake": stake,
    }
    return json.dumps({"schema": "servanda.report/1", "as_of": "2021-09-30", "findings": found, "consequences": [one]}, ensure_ascii=False)


def run_body(text: str | None = None) -> dict:
    """The body of a run with a receipt that fits its report."""
    text = report() if text is None else text
    receipt = {"schema": "servanda.receipt/1", "as_of": "2021-09-30", "result": hashlib.sha256(text.encode()).hexdigest()}
    return {"receipt": receipt, "receipt_sha256": digest(receipt), "summary": {"duties": 4}, "report": text}


def new(kind: str, body: dict, author: str = "anna", *subjects: str) -> NewEntry:
    """An entry to be made."""
    return NewEntry(kind, author, AT, subjects, body)


BODIES = (
    ("run", "anna", run_body()),
    ("assessment", "anna", {"finding": LATE, "run": 1, "material": True, "reasons": "Drei von sechs Runden,\r\nzum zweiten Mal – „wesentlich“."}),
    ("request", "anna", {
        "findings": [OPEN], "run": 1, "text": "Bitte legen Sie die Protokolle vor.", "due_on": "2021-10-31",
        "missing": [{"type": "meetings", "until": "2019-12-31", "holder": ["district"], "clause": "7.1"}],
    }),
    ("answer", "anna", {"to": 3, "received_on": "2021-10-20", "text": "Anbei."}),
    ("hearing", "anna", {"subject": CONSEQUENCE, "run": 1, "text": "Sie können bis zum Ablauf der Frist Stellung nehmen.", "due_on": "2021-11-30"}),
    ("answer", "anna", {"to": 5, "received_on": "2021-11-20", "text": "Wir bitten um Nachsicht."}),
    ("remedy", "anna", {"finding": GONE, "on": "2021-11-01", "text": "Nachgeholt."}),
    ("waiver", "anna", {"finding": GONE, "agreed_on": "2021-11-02", "agreed_by": ["senate", "district"], "text": "Einvernehmlich."}),
    ("attestation", "anna", {"finding": SAID, "run": 1, "note": "Vor Ort gesehen."}),
    ("proposal", "anna", {"consequence": CONSEQUENCE, "run": 1, "amount": "999.99", "purpose": "Ein anderer Standort", "reasons": "Siehe Eintrag 2."}),
    ("confirmation", "berta", {"proposal": 10, "confirmed": True, "reasons": "Geprüft."}),
    ("correction", "anna", {"of": 7, "text": "Am 2., nicht am 1. November."}),
)


def filled(place: str | Path, upto: int = len(BODIES)) -> tuple[Ledger, list[Entry]]:
    """A ledger with an entry of every kind, or the first of them."""
    ledger = open_ledger(str(place))
    return ledger, [append(ledger, new(kind, body, author)) for kind, author, body in BODIES[:upto]]
