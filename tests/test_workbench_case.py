"""A whole case over HTTP: from an upload with a fault to the confirmation by another person, every step refused where it must be."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pypdf
import pytest

from conftest import ROOT
from servanda.ledger.read import entries, head
from servanda.ledger.verify import verify
from workbench_world import World, post, token, world

AGREEMENT = "benn-friedrichshain-kreuzberg"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = world(tmp_path_factory.mktemp("bench"), facts=AGREEMENT)
    assert post(made.browser("anna"), "/runs", "/runs/new", as_of="30.09.2021", year="").headers["location"] == "/runs/1"
    return made


def report(bench: World, number: int = 1) -> dict:
    return json.loads(bench.browser("lena").get(f"/runs/{number}/report.json").text)


def address(kind: str, **about: object) -> str:
    return f"/enter/{kind}?" + "&".join(f"{name}={quote(str(value), safe='')}" for name, value in about.items())


def entered(bench: World, who: str, kind: str, about: dict, **typed: object):
    """Send a form as its page gives it, with what is typed."""
    client = bench.browser(who)
    page = client.get(address(kind, **about))
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text.partition(f'action="/enter/{kind}"')[2]))
    letter = re.search(r'<textarea id="text"[^>]*>\n?(.*?)</textarea>', page.text, re.S)
    given = {"text": letter[1]} if letter and letter[1].strip() else {}
    return client.post(f"/enter/{kind}", data={**hidden, **given, **typed})


def test_a_case_from_the_assessment_to_the_confirmation(bench: World) -> None:
    consequence = report(bench)["consequences"][0]
    finding = consequence["findings"][0]
    year = consequence["year"] or "term"
    subject = "/".join(("benn", AGREEMENT, consequence["site"] or "-", consequence["consequence"], str(year), consequence["attribution"]))
    about = {"run": 1, "consequence": subject}
    typed = {"amount": "1.000,00", "purpose": "Fest", "reasons": "weil"}
    refused = entered(bench, "anna", "proposal", about, **typed)
    assert refused.status_code == 422 and "als wesentlich bewertet" in refused.text and "angehört" in refused.text
    assert entered(bench, "anna", "assessment", {"run": 1, "finding": finding}, material="yes", reasons="").status_code == 422
    made = entered(bench, "anna", "assessment", {"run": 1, "finding": finding}, material="yes", reasons="Zwei Jahre in Folge.")
    assert made.headers["location"] == f"/runs/1/findings/{finding}"
    assert "Als wesentlich beurteilt" in bench.browser("lena").get(made.headers["location"]).text
    heard = entered(bench, "anna", "hearing", {"run": 1, "subject": subject}, due_on="31.10.2021")
    assert heard.status_code == 303, heard.text
    early = entered(bench, "anna", "proposal", about, **typed)
    assert early.status_code == 422 and "angehört" in early.text and "als wesentlich bewertet" not in early.text
    hearing = entries(bench.app.state.bench.workspace.ledger, kind="hearing")[-1]
    assert "Gelegenheit" in hearing.body["text"] and hearing.body["due_on"] == "2021-10-31" and finding in hearing.subjects
    assert entered(bench, "bert", "answer", {"to": hearing.number}, received_on="01.10.2021", text="Wir bitten um Nachsicht.").status_code == 303
    too_much = entered(bench, "anna", "proposal", about, **{**typed, "amount": "99.999.999,00"})
    assert too_much.status_code == 422 and 'id="amount-mistake"' in too_much.text
    assert entered(bench, "anna", "proposal", about, **typed).status_code == 303
    proposal = entries(bench.app.state.bench.workspace.ledger, kind="proposal")[-1]
    assert proposal.body["amount"] == "1000.00"
    assert "/enter/confirmation" in bench.browser("cora").get(f"/cases/{subject}").text
    assert "/enter/confirmation" not in bench.browser("anna").get(f"/cases/{subject}").text
    assert bench.browser("anna").get(address("confirmation", proposal=proposal.number)).status_code == 403
    assert entered(bench, "cora", "confirmation", {"proposal": proposal.number}, confirmed="yes", reasons="einverstanden").status_code == 303
    again = entered(bench, "cora", "confirmation", {"proposal": proposal.number}, confirmed="no", reasons="doch nicht")
    assert again.status_code == 422
    assert "ist bestätigt" in bench.browser("lena").get(f"/cases/{subject}").text
    assert not verify(bench.app.state.bench.workspace.ledger)


def test_a_request_lists_what_is_missing(bench: World) -> None:
    made = post(bench.browser("anna"), "/runs", "/runs/new", as_of="31.12.2022", year="")
    number = int(made.headers["location"].rsplit("/", 1)[1])
    lacking = next(one for one in report(bench, number)["findings"] if one["missing"])
    answer = entered(bench, "anna", "request", {"run": number, "finding": lacking["id"]}, due_on="2023-01-31")
    assert answer.status_code == 303, answer.text
    request = entries(bench.app.state.bench.workspace.ledger, kind="request")[-1]
    assert {one["type"] for one in request.body["missing"]} == {one["type"] for one in lacking["missing"]} and "§ 7" in request.body["text"]
    kept = next(one for one in report(bench, number)["findings"] if not one["missing"])
    assert bench.browser("anna").get(address("request", run=number, finding=kept["id"])).status_code == 404


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("remedy", {"on": "01.09.2021", "text": "Nachgeholt."}),
     ("waiver", {"agreed_on": "01.09.2021", "agreed_by": ["senate", "district"], "text": "Vereinbart."})],
)
def test_other_entries(bench: World, kind: str, typed: dict) -> None:
    finding = next(one["id"] for one in report(bench)["findings"] if one["status"] == "deviation")
    assert entered(bench, "anna", kind, {"run": 1, "finding": finding}, **typed).status_code == 303
    entry = entries(bench.app.state.bench.workspace.ledger, kind=kind)[-1]
    assert finding in entry.subjects and entry.author == "anna"
    broken = entered(bench, "anna", kind, {"run": 1, "finding": finding}, **{name: "" if name != "agreed_by" else [] for name in typed})
    assert broken.status_code == 422 and broken.text.count('class="mistake"') == len(typed)
    correction = entered(bench, "bert", "correction", {"of": entry.number}, text="Es war der 2. September.")
    assert correction.headers["location"].startswith("/cases/")


def test_an_attestation(bench: World) -> None:
    finding = next(one for one in report(bench)["findings"] if one["kind"] == "attested" and one["status"] == "pending")
    page = bench.browser("anna").get(f"/runs/1/findings/{finding['id']}")
    assert "/enter/attestation" in page.text
    assert entered(bench, "anna", "attestation", {"run": 1, "finding": finding["id"]}, note="Gesehen am 3.9.").status_code == 303
    counted = next(one["id"] for one in report(bench)["findings"] if one["kind"] == "count")
    assert entered(bench, "anna", "attestation", {"run": 1, "finding": counted}, note="x").status_code == 422


@pytest.mark.parametrize("wrong", ["run=0", "run=x&finding=a", "run=99&finding=a", "", "to=99", "proposal=99", "of=77", "run=1", "run=1&finding="])
@pytest.mark.parametrize("kind", ["assessment", "request", "hearing", "answer", "proposal", "correction"])
def test_forms_about_nothing_do_not_exist(bench: World, kind: str, wrong: str) -> None:
    assert bench.browser("anna").get(f"/enter/{kind}?{wrong}").status_code == 404


def test_hostile_texts_stay_texts(bench: World) -> None:
    finding = next(one["id"] for one in report(bench)["findings"] if one["material"])
    for text in ("<script>alert(1)</script>", "{{ 7*7 }}", "\x00", "a\u202eb", "x" * 20_001, "\x1b[31m"):
        answer = entered(bench, "anna", "assessment", {"run": 1, "finding": finding}, material="no", reasons=text)
        assert answer.status_code in (303, 422)
        assert "<script>alert(1)" not in bench.browser("lena").get(f"/runs/1/findings/{finding}").text


def test_a_finding_is_told_with_its_dossier(bench: World) -> None:
    found = next(one for one in report(bench)["findings"] if one["material"])
    text = bench.browser("lena").get(f"/runs/1/findings/{found['id']}").text
    assert "Was noch hilft" in text and "Annahmen" in text and "Belege" in text and "Anhaltspunkt" in text
    assert all(one["id"] in text for one in found["evidence"][:5])


def test_reports_are_taken_away_with_the_checkpoint(bench: World) -> None:
    client = bench.browser("lena")
    page = client.get("/runs/1/report.html")
    now = head(bench.app.state.bench.workspace.ledger)
    assert page.headers["content-disposition"].startswith("attachment") and f"Prüfpunkt {now.length}:{now.hash}" in page.text
    book = openpyxl.load_workbook(io.BytesIO(client.get("/runs/1/report.xlsx").content))
    assert book.sheetnames
    chosen = openpyxl.load_workbook(io.BytesIO(client.get("/runs/1/findings.xlsx?status=deviation").content))
    wanted = sum(one["status"] == "deviation" for one in report(bench)["findings"])
    sheet = chosen["Feststellungen"]
    assert sum(1 for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]) == wanted
    assert client.get("/runs/1/report.exe").status_code == 404 and client.get("/runs/99/report.html").status_code == 404


def test_the_file_of_a_case_is_taken_away(bench: World) -> None:
    finding = report(bench)["consequences"][0]["findings"][0]
    client = bench.browser("lena")
    case = client.get(f"/case-files/{finding}?format=json").json()
    assert case["schema"] == "servanda.case/1" and case["checkpoint"]["length"] == head(bench.app.state.bench.workspace.ledger).length
    pdf = client.get(f"/case-files/{finding}?format=pdf")
    assert pdf.headers["content-type"] == "application/pdf" and len(pypdf.PdfReader(io.BytesIO(pdf.content)).pages) >= 1
    assert client.get("/case-files/a/b?format=json").status_code == 404 and client.get(f"/case-files/{finding}?format=exe").status_code == 404


def test_two_runs_are_compared_with_causes(bench: World) -> None:
    post(bench.browser("anna"), "/runs", "/runs/new", as_of="30.09.2020", year="")
    runs = entries(bench.app.state.bench.workspace.ledger, kind="run")
    text = bench.browser("lena").get(f"/compare?from={runs[-1].number}&to=1").text
    assert "anderer Stichtag" in text and "Neu hinzugekommen" in text and "andere Tatsachen" not in text
    assert "in keiner Feststellung" in bench.browser("lena").get("/compare?from=1&to=1").text
    assert bench.browser("lena").get("/compare?from=1&to=999").status_code == 404


def test_a_faulty_workbook_comes_back_marked(tmp_path: Path) -> None:
    from servanda.cli import _run

    made = world(tmp_path / "bench")
    book = tmp_path / "meldung.xlsx"
    folders = ["--rules", str(ROOT / "rules"), "--agreements", str(ROOT / "agreements")]
    assert _run(["template", "--agreement", "benn-mitte", "--year", "2021", *folders, "-o", str(book)]) == 0
    opened = openpyxl.load_workbook(book)
    sheet = opened["Sitzungen"]
    sheet["A2"], sheet["B2"] = "m-1", "31.02.2021"
    opened.save(book)
    client = made.browser("anna")
    data = {"csrf_token": token(client, "/submissions/new"), "name": "2021"}
    answer = client.post("/submissions", data=data, files=[("files", ("meldung.xlsx", book.read_bytes()))])
    page = client.get(answer.headers["location"])
    assert "31.02.2021" in page.text and 'class="bad"' in page.text
    marked = client.get(answer.headers["location"] + "/feedback/meldung.xlsx")
    assert marked.status_code == 200 and openpyxl.load_workbook(io.BytesIO(marked.content))["Sitzungen"]["B2"].comment
    assert client.get(answer.headers["location"] + "/feedback/other.xlsx").status_code == 404
    assert made.browser("lena").get(answer.headers["location"] + "/feedback/meldung.xlsx").status_code == 403
