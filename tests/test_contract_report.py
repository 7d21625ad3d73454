"""Contract, section 7: the JSON report."""

from __future__ import annotations

import json
from pathlib import Path

from small_world import NORTH, SOUTH, csv_text, mitte, present, process, rounds, two_agreements

OFFICE = {"id": "a", "role": "district_coordinator", "from": "2017-09-01"}
PRESS = {"id": "r-1", "from": "senate", "to": "district", "topic": "press", "received_on": "2019-03-04", "answered_on": "2019-03-20"}
FINDING = {
    "id",
    "obligation",
    "kind",
    "clauses",
    "bearer",
    "modality",
    "agreement",
    "site",
    "period",
    "status",
    "open",
    "at_risk",
    "value",
    "lower",
    "upper",
    "unit",
    "material",
    "judgements",
    "message",
    "missing",
    "evidence",
    "evidence_total",
}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    # "The same input gives the same bytes."
    world = two_agreements(tmp_path)
    world.submit(agreement=None, by="senate", meetings=rounds(3, site=None, body="jour_fixe"))
    runs = {process(world, "--format", form, env={"PYTHONHASHSEED": seed}).stdout for form in ("json",) for seed in ("1", "2")}
    assert len(runs) == 1
    assert runs == {world.check().out.encode()}


def test_the_shape_of_a_report(tmp_path: Path) -> None:
    # the example of `--format json, one object`
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(meetings=rounds(5))
    data = world.check().data
    assert {"schema", "as_of", "packs", "summary", "findings", "consequences", "submissions"} <= set(data)
    assert (data["schema"], data["as_of"], data["packs"]) == ("servanda.report/1", "2020-01-31", ["benn"])
    assert {"duties", "fulfilled", "tolerated", "deviation", "unmet", "pending", "undetermined", "not_applicable", "waived", "material", "consequences"} <= set(
        data["summary"]
    )
    for finding in data["findings"]:
        assert set(finding) >= FINDING
        assert set(finding["period"]) >= {"label", "from", "to"}
        assert finding["modality"] in {"obligation", "task", "intention", "procedure"}
        assert isinstance(finding["evidence_total"], int)
        assert finding["message"]
        for name in ("lower", "upper"):
            assert finding[name] is None or (isinstance(finding[name], int | float) and not isinstance(finding[name], bool))
        if finding["kind"] in {"consented", "within_budget"} and finding["value"] is not None:
            assert isinstance(finding["value"], str)
            assert len(finding["value"].split(".")[1]) == 2
    for item in data["consequences"]:
        assert {"consequence", "clause", "attribution", "agreement", "site", "year", "findings", "amount_at_stake"} <= set(item)
        assert set(item["findings"]) <= {finding["id"] for finding in data["findings"] if finding["material"]}
    assert [set(item) >= {"path", "agreement", "submitted_on", "submitted_by", "sha256"} for item in data["submissions"]] == [True]


def test_a_finding_as_in_the_example(tmp_path: Path) -> None:
    # the finding of the example, with one round less than in it counted
    world = mitte(tmp_path)
    world.submit(meetings=rounds(4))
    finding = world.check().one("steering-rounds-held", "s-1", "2019")
    expected = {
        "kind": "count",
        "clauses": ["3.team.8", "3.qm.8"],
        "bearer": ["team"],
        "modality": "task",
        "agreement": "benn-mitte",
        "site": "s-1",
        "period": {"label": "2019", "from": "2019-01-01", "to": "2019-12-31"},
        "status": "deviation",
        "open": False,
        "at_risk": False,
        "value": 4,
        "lower": 6,
        "upper": 12,
        "unit": "meetings",
        "material": False,
        "judgements": [],
        "missing": [],
        "evidence_total": 4,
    }
    assert {name: finding[name] for name in expected} == expected
    assert [(item["type"], item["id"], item["file"], item["row"]) for item in finding["evidence"]] == [
        ("meetings", f"steering_round-s-1-2019-{n}", "meetings.csv", n + 2) for n in range(4)
    ]


def test_null_where_there_is_nothing_to_measure(tmp_path: Path) -> None:
    # "null where there is nothing to measure (a share of no meetings)"; a duty of the programme has no agreement and no site
    world = mitte(tmp_path)
    world.submit()
    report = world.check()
    assert report.one("district-in-networks", label="2019")["value"] is None
    fixes = report.one("jour-fixes-held", label="2019")
    assert (fixes["agreement"], fixes["site"]) == (None, None)
    assert report.one("district-coordinator", label="2019")["site"] is None


def test_what_is_missing(tmp_path: Path) -> None:
    # "`missing` says for an undetermined finding which fact type (role, field, record) is missing up to when, and who holds it"
    world = mitte(tmp_path)
    world.submit(meetings=[*rounds(5), {"id": "db-1", "date": "2019-05-06", "body": "district_body"}], complete={"meetings": "2019-12-31"})
    report = world.check()
    text = json.dumps(report.one("district-attends-steering-rounds", "s-1", "2019")["missing"])
    assert all(word in text for word in ("attendance", "district_coordinator", "2019-12-31")), text
    assert all(finding["missing"] for finding in report.findings if finding["status"] == "undetermined")
    assert "concerns_senate" in json.dumps(report.one("senate-attends-district-bodies", label="2019")["missing"])
    assert "db-1" in json.dumps(report.one("senate-attends-district-bodies", label="2019")["missing"])


def test_ids_are_stable(tmp_path: Path) -> None:
    # "A finding's id is stable: the same duty has the same id in every run."
    alone = mitte(tmp_path / "alone")
    alone.submit(meetings=rounds(5))
    more = two_agreements(tmp_path / "more")
    key = ("obligation", "agreement", "site")
    ids = [
        {(*(finding[name] for name in key), finding["period"]["label"]): finding["id"] for finding in report.findings}
        for report in (alone.check(), more.check(as_of="2021-06-01"), more.check("--lang", "en", "--year", "2019"))
    ]
    for other in ids[1:]:
        shared = ids[0].keys() & other.keys()
        assert shared
        assert all(ids[0][duty] == other[duty] for duty in shared)
    for found in ids:
        assert len(set(found.values())) == len(found)


def test_the_order_of_findings(tmp_path: Path) -> None:
    # "Findings are ordered by agreement, site, obligation, window."
    world = two_agreements(tmp_path)
    world.agreement(sites=[SOUTH, NORTH])
    findings = world.check().findings
    keys = [(f["agreement"], f["site"], f["obligation"], f["period"]["from"]) for f in findings if f["agreement"] and f["site"]]
    assert keys == sorted(keys)
    wide = [(f["agreement"], f["obligation"], f["period"]["from"]) for f in findings if f["agreement"] and not f["site"]]
    assert wide == sorted(wide)
    blocks = [f["agreement"] for f in findings]
    assert sum(one != two for one, two in zip(blocks, blocks[1:], strict=False)) == len(set(blocks)) - 1


def test_shuffled_rows_and_other_formats_change_no_answer(tmp_path: Path) -> None:
    # the facts are the same: only files, rows and checksums may differ
    meetings = rounds(8, status="held")
    reports = []
    for name, rows, form in (("a", meetings, "csv"), ("b", meetings[::-1], "csv"), ("c", meetings[3:] + meetings[:3], "yaml")):
        world = mitte(tmp_path / name)
        folder = world.submit(folder=f"folder-{name}", attendance=present(rows[:5] if name == "a" else [row for row in rows if row in meetings[:5]]))
        text = csv_text(rows) if form == "csv" else "".join(f"- {json.dumps(row)}\n" for row in rows)
        (folder / f"meetings.{form}").write_text(text, encoding="utf-8")
        findings = world.check().findings
        for finding in findings:
            for item in finding["evidence"]:
                item.pop("row"), item.pop("file"), item.pop("submission", None)
        reports.append(findings)
    assert reports[0] == reports[1] == reports[2]


def test_checksums_follow_the_content(tmp_path: Path) -> None:
    # "sha256" of a submission
    world = two_agreements(tmp_path)
    first = {item["path"]: item["sha256"] for item in world.check().data["submissions"]}
    world.submit(meetings=rounds(7))
    second = {item["path"]: item["sha256"] for item in world.check().data["submissions"]}
    assert all(len(text) == 64 and set(text) <= set("0123456789abcdef") for text in first.values())
    assert [path for path in first if first[path] != second[path]] == [path for path in first if path.endswith("benn-mitte/2019")]


def test_evidence_of_shares_and_of_others(tmp_path: Path) -> None:
    # "For `count` and `attended` the evidence lists what was counted; for the others, what breaks the bound."
    world = mitte(tmp_path)
    world.submit(meetings=rounds(5), attendance=present(rounds(4)), requests=[PRESS, {**PRESS, "id": "r-2", "answered_on": "2019-03-05"}], staffing=[OFFICE])
    report = world.check()
    assert report.one("district-attends-steering-rounds", "s-1", "2019")["evidence_total"] >= 4
    late = report.one("requests-answered", label="2019")
    assert [(item["type"], item["id"]) for item in late["evidence"]] == [("requests", "r-1")]
    assert report.one("district-coordinator", label="2019")["evidence"] == []
