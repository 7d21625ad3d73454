"""The JSON API: the same case as on the pages, every mistake a 4xx with its problems, and a description that holds (schemathesis)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from conftest import ROOT
from servanda.ledger.verify import verify
from servanda.workbench.openapi import description
from servanda.workbench.routes import ROUTES
from workbench_world import PASSWORD, World, world

AGREEMENT = "benn-friedrichshain-kreuzberg"


def basic(name: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = world(tmp_path_factory.mktemp("bench"), facts=AGREEMENT)
    answer = call(made, "anna", "POST", "/api/v1/runs", {"as_of": "2021-09-30"})
    assert answer.status_code == 201 and answer.headers["location"] == "/api/v1/runs/1", answer.text
    return made


def call(bench: World, who: str | None, method: str, path: str, body: object = None, **more):
    headers = {**(basic(who) if who else {}), **more.pop("headers", {})}
    if body is not None:
        return bench.browser().request(method, path, json=body, headers=headers, **more)
    return bench.browser().request(method, path, headers=headers, **more)


def test_a_case_as_data(bench: World) -> None:
    report = call(bench, "lena", "GET", "/api/v1/runs/1/report").json()
    one = report["consequences"][0]
    finding = one["findings"][0]
    year = one["year"] or "term"
    consequence = "/".join(("benn", AGREEMENT, one["site"] or "-", one["consequence"], str(year), one["attribution"]))

    def enter(who: str, kind: str, **body: object):
        return call(bench, who, "POST", f"/api/v1/entries/{kind}", body)

    proposal = {"consequence": consequence, "run": 1, "amount": "100.00", "purpose": "Fest", "reasons": "weil"}
    assert [problem["code"] for problem in enter("anna", "proposal", **proposal).json()["problems"]] == ["not-assessed-material", "not-heard"]
    assert enter("anna", "assessment", finding=finding, run=1, material=True, reasons="weil").status_code == 201
    hearing = enter("anna", "hearing", subject=consequence, run=1, text="Bitte äußern Sie sich.", due_on="2021-10-31").json()["number"]
    assert enter("anna", "answer", to=hearing, received_on="2021-10-01", text="Danke.").status_code == 201
    made = enter("anna", "proposal", **proposal)
    assert made.status_code == 201 and made.json()["author"] == "anna"
    number = made.json()["number"]
    assert enter("anna", "confirmation", proposal=number, confirmed=True, reasons="ja").status_code == 403
    assert enter("cora", "confirmation", proposal=number, confirmed=True, reasons="ja").status_code == 201
    again = enter("cora", "confirmation", proposal=number, confirmed=True, reasons="ja")
    assert again.status_code == 422 and again.json()["schema"] == "servanda.problems/1"
    case = call(bench, "lena", "GET", f"/api/v1/cases/{consequence}").json()
    assert [entry["kind"] for entry in case["entries"]] == ["assessment", "hearing", "answer", "proposal", "confirmation"]
    listed = call(bench, "lena", "GET", f"/api/v1/entries?kind=proposal&subject={consequence}").json()["entries"]
    assert [entry["number"] for entry in listed] == [number]
    assert call(bench, "lena", "POST", "/api/v1/ledger/verify").json()["problems"] == []
    assert call(bench, "lena", "GET", "/api/v1/ledger").json()["length"] >= number + 1


def test_submissions_as_data(tmp_path: Path) -> None:
    made = world(tmp_path)
    folder = ROOT / "facts" / "benn" / "benn-mitte" / "2019"
    files = [("files", (path.name, path.read_bytes())) for path in sorted(folder.iterdir())]
    bad = [("files", (name, content.replace(b"2019-0", b"2019-9", 1) if name == "meetings.csv" else content)) for _, (name, content) in files]
    answer = call(made, "anna", "POST", "/api/v1/submissions", data={"name": "2019"}, files=bad)
    assert answer.status_code == 201 and not answer.json()["sound"]
    assert {problem["file"].rsplit("/", 1)[-1] for problem in answer.json()["problems"]} == {"meetings.csv"}
    assert call(made, "anna", "POST", answer.headers["location"] + "/keep").status_code == 422
    assert call(made, "anna", "POST", answer.headers["location"] + "/discard").status_code == 204
    assert call(made, "anna", "GET", answer.headers["location"]).status_code == 404
    good = call(made, "anna", "POST", "/api/v1/submissions", data={"name": "2019"}, files=files)
    assert good.json()["sound"], good.text
    assert call(made, "anna", "POST", good.headers["location"] + "/keep").json()["agreement"] == "benn-mitte"
    assert [one["agreement"] for one in call(made, "lena", "GET", "/api/v1/submissions").json()["submissions"]] == ["benn-mitte"]
    assert call(made, "lena", "POST", "/api/v1/submissions", data={"name": "2019"}, files=files).status_code == 403


def test_findings_are_filtered_and_paged(bench: World) -> None:
    everything = call(bench, "lena", "GET", "/api/v1/runs/1/findings").json()
    some = call(bench, "lena", "GET", "/api/v1/runs/1/findings?status=deviation").json()
    assert everything["total"] > some["total"] > 0 and len(everything["findings"]) == 50
    assert all(one["status"] == "deviation" for one in some["findings"])
    assert call(bench, "lena", "GET", "/api/v1/compare?from=1&to=1").json()["changed"] == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"", "application/json", 400), (b"[1]", "application/json", 400), (b"{", "application/json", 400), (b"\xff", "application/json", 400),
     (b"[" * 100_000, "application/json", 400), (b'{"as_of": NaN}', "application/json", 400), (b"as_of=2021-09-30", "text/plain", 415),
     (b"{}", "application/json", 422), (b'{"as_of": 1}', "application/json", 422), (b'{"as_of": "2021-02-30"}', "application/json", 422),
     (b'{"as_of": "2021-09-30", "year": 1e9}', "application/json", 422), (b'{"as_of": "2021-09-30", "x": 1}', "application/json", 422),
     (b'{"as_of": "2021-09-30", "agreements": [1]}', "application/json", 422), (b'{"as_of": "2021-09-30", "year": true}', "application/json", 422)],
)
def test_wrong_runs_are_refused(bench: World, content: bytes, kind: str, status: int) -> None:
    answer = bench.browser().post("/api/v1/runs", content=content, headers={**basic("anna"), "content-type": kind})
    assert answer.status_code == status, answer.text
    if status == 422:
        assert all(problem["column"] and problem["message"] for problem in answer.json()["problems"])


def test_every_route_of_the_api_is_described(bench: World) -> None:
    told = {(method.upper(), path) for path, methods in description()["paths"].items() for method in methods}
    assert told == {(route.method, route.path.replace(":path", "")) for route in ROUTES if route.path.startswith("/api/")}
    assert call(bench, "lena", "GET", "/api/openapi.json").json() == json.loads(json.dumps(description()))
    assert call(bench, None, "GET", "/api/openapi.json").status_code == 401


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("fuzzed"), facts=AGREEMENT)
    assert call(made, "anna", "POST", "/api/v1/runs", {"as_of": "2021-09-30"}).status_code == 201
    yield made
    assert not verify(made.app.state.bench.workspace.ledger)


CHECKS = (not_a_server_error, response_schema_conformance, status_code_conformance)
SCHEMA = schemathesis.openapi.from_dict(description())
OPERATIONS = [operation.ok() for operation in SCHEMA.get_all_operations()]


FINDING = f"benn/{AGREEMENT}/-/district-coordinator/2019"
CASE = f"benn/{AGREEMENT}/-/reallocation/2019/district"
KNOWN: dict[str, list] = {
    "finding": [FINDING], "findings": [[FINDING]], "subject": [FINDING, CASE], "consequence": [CASE], "run": [1], "number": ["1"], "from": ["1"], "to": [1],
    "proposal": [1], "amount": ["100.00"], "due_on": ["2099-01-31"], "as_of": ["2021-09-30"], "agreed_by": [["senate", "district"]], "missing": [[]],
    "corrects": [1], "received_on": ["2021-10-01"], "agreed_on": ["2021-10-01"], "on": ["2021-10-01"], "year": [None, 2019], "agreements": [None, [AGREEMENT]],
}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
@settings(max_examples=4, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_ends_in_an_error_of_the_program(fuzzed: World, operation, mode: GenerationMode, data: st.DataObject) -> None:
    """schemathesis: whatever is sent, the answer is none of 5xx and has the shape that the description says; half of the times about things that exist."""
    case = data.draw(operation.as_strategy(generation_mode=mode))
    for place in (case.body, case.path_parameters, case.query):
        for name in sorted(KNOWN.keys() & place.keys()) if isinstance(place, Mapping) else ():
            if data.draw(st.booleans()):
                place[name] = data.draw(st.sampled_from(KNOWN[name]))
    who = "cora" if operation.path.endswith("/confirmation") else "anna"
    answer = case.call(app=fuzzed.app, headers={**basic(who), "host": "127.0.0.1"})
    assert answer.status_code < 500, (answer.status_code, answer.text)
    case.validate_response(answer, checks=CHECKS)
