"""explain, list and demo, and what a check imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, RULES
from servanda.cli import _run
from servanda.facts.store import connect
from servanda.kinds import BY_NAME
from servanda.pack import read_pack
from servanda.problems import Problems

PACK = read_pack(RULES / "benn", BY_NAME, Problems())
FACTS = str(ROOT / "facts" / "benn" / "benn-pankow")
FINDING = "benn/benn-pankow/pankow-2/steering-rounds-held/2019"


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("ids", [
    [o.id for o in PACK.obligations], [c.anchor for c in PACK.clauses], [j.id for j in PACK.judgements], list(BY_NAME),
], ids=["obligations", "clauses", "judgements", "kinds"])
def test_everything_can_be_explained(ids: list[str], lang: str, capsys: pytest.CaptureFixture) -> None:
    for name in ids:
        assert _run(["explain", name, "--rules", str(RULES), "--lang", lang]) == 0
        assert name in capsys.readouterr().out


def test_obligation_is_explained_with_its_rule_its_clause_and_its_figures(capsys: pytest.CaptureFixture) -> None:
    assert _run(["explain", "district-coordinator", "--rules", str(RULES), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    obligation = PACK.obligation("district-coordinator")
    assert obligation.rule.en.split(".")[0] in out
    assert "4.district.1" in out and "max_vacancy_days = 30" in out and "Assumption" in out


def test_finding_is_explained_bound_by_bound_with_its_sql(capsys: pytest.CaptureFixture) -> None:
    arguments = ["explain", FINDING, FACTS, "--as-of", "2020-01-31", "--agreements", str(ROOT / "agreements"), "--rules", str(RULES)]
    assert _run([*arguments, "--sql", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "lower bound: 5 < 6" in out and "upper bound: 5 <= 12" in out
    assert "FROM taken WHERE kind = 'count'" in out and "steering_round" in out
    assert out.count("meetings.csv:") == 5


def test_unknown_ids_are_refused_with_the_nearest_names(capsys: pytest.CaptureFixture) -> None:
    assert _run(["explain", "steering-round-held", "--rules", str(RULES)]) == 2
    assert "steering-rounds-held" in capsys.readouterr().err
    assert _run(["explain", FINDING.replace("pankow-2", "pankow-9"), FACTS, "--agreements", str(ROOT / "agreements"), "--rules", str(RULES)]) == 2
    assert "pankow-2/steering-rounds-held" in capsys.readouterr().err
    assert _run(["explain", FINDING, "--lang", "en"]) == 2
    assert "name the facts" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["obligations", "clauses", "judgements", "parameters"])
def test_lists_are_complete(what: str, capsys: pytest.CaptureFixture) -> None:
    assert _run(["list", what, "--rules", str(RULES)]) == 0
    out = capsys.readouterr().out
    wanted = {
        "obligations": [o.id for o in PACK.obligations], "clauses": [c.anchor for c in PACK.clauses], "judgements": [j.id for j in PACK.judgements],
        "parameters": list(PACK.head.parameters),
    }[what]
    assert not [name for name in wanted if name not in out]


def test_list_refuses_a_folder_without_packs(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert _run(["list", "--rules", str(tmp_path)]) == 2
    assert "no-packs" in capsys.readouterr().err


def test_demo_runs_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(["demo", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "Charlottenburg-Wilmersdorf" in out and "3376 duties" in out


def test_python_gives_findings_frames_and_a_notebook_table() -> None:
    import servanda

    run = servanda.check(FACTS, agreements=ROOT / "agreements", rules=RULES, as_of="2020-01-31")
    frame = run.to_pandas()
    assert len(frame) == len(run.findings) and list(frame["status"]) == [finding.status for finding in run.findings]
    assert "2019" in run.matrix().columns
    assert repr(run).startswith("<Run as_of=2020-01-31 duties=")
    assert "<th>Pankow</th>" in run._repr_html_()


def test_data_frames_are_a_submission_like_any_other(tmp_path: Path) -> None:
    import csv
    import datetime
    from decimal import Decimal

    import pandas

    import servanda

    meetings = pandas.DataFrame({
        "id": ["m-1", "m-2"], "Datum": [datetime.date(2019, 3, 5), pandas.Timestamp("2019-04-02")], "body": "steering_round", "site": "pankow-1",
    })
    spent = pandas.DataFrame({"id": ["e-1", "e-2"], "site": "pankow-1", "date": ["2019-03-05", "06.03.2019"], "amount": [Decimal("12.50"), Decimal("7")]})
    manifest = {"agreement": "benn-pankow", "submitted_on": datetime.date(2020, 1, 20), "submitted_by": "district", "complete": "2019-12-31"}
    options = {"agreements": ROOT / "agreements", "rules": RULES, "as_of": "2020-01-31"}
    run = servanda.check({"meetings": meetings, "expenditures": spent}, submission=manifest, **options)
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "submission.yaml").write_text("".join(f"{key}: {value}\n" for key, value in manifest.items()), encoding="utf-8")
    for name, rows in (
        ("meetings", [["id", "date", "body", "site"],
                      ["m-1", "2019-03-05", "steering_round", "pankow-1"], ["m-2", "2019-04-02", "steering_round", "pankow-1"]]),
        ("expenditures", [["id", "site", "date", "amount"], ["e-1", "pankow-1", "2019-03-05", "12.50"], ["e-2", "pankow-1", "2019-03-06", "7"]]),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    same = servanda.check(tmp_path, **options)
    assert [(f.id, f.status, f.value) for f in run.findings] == [(f.id, f.status, f.value) for f in same.findings]


def test_problems_of_data_frames_name_row_and_column() -> None:
    import pandas

    import servanda
    from servanda.problems import InvalidInput

    frame = pandas.DataFrame({"id": ["m-1", None], "date": ["2019-02-31", "2019-01-01"], "body": "steering_round", "site": "pankow-1", "extra": 1.5})
    manifest = {"agreement": "benn-pankow", "submitted_on": "2020-01-20", "submitted_by": "district"}
    with pytest.raises(InvalidInput) as refused:
        servanda.check({"meetings": frame}, submission=manifest, agreements=ROOT / "agreements", rules=RULES, as_of="2020-01-31")
    found = [(problem.code, problem.file, problem.row, problem.column) for problem in refused.value.problems]
    assert found == [
        ("unknown-column", "<meetings>", 1, "extra"), ("invalid-date", "<meetings>", 2, "date"), ("missing-value", "<meetings>", 3, "id"),
    ]


@pytest.mark.parametrize("error", [RuntimeError("Query interrupted"), KeyboardInterrupt()])
def test_an_interrupted_query_is_an_interrupted_run(error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    from servanda import measure

    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(measure, "_run_kinds", stop)
    assert _run(["check", FACTS, "--agreements", str(ROOT / "agreements"), "--rules", str(RULES), "--lang", "en"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_error_of_the_program_is_no_judgement(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    from servanda import judge, judge_facts

    monkeypatch.setattr(judge, "judge_plainly", lambda *_: judge_facts.Verdict(frozenset({(-1, "silence")}), frozenset()))
    assert _run(["check", FACTS, "--agreements", str(ROOT / "agreements"), "--rules", str(RULES), "--as-of", "2021-09-30", "--format", "json"]) == 101
    captured = capsys.readouterr()
    assert captured.out == "" and "judgements differ" in captured.err


def test_a_csv_check_imports_neither_pandas_nor_a_web_framework() -> None:
    arguments = ["check", FACTS, "--agreements", str(ROOT / "agreements"), "--rules", str(RULES), "--as-of", "2020-01-31", "--format", "json"]
    program = f"import sys; from servanda.cli import _run; _run({arguments!r}); sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT / "engine")})
    loaded = set(done.stderr.split())
    assert "duckdb" in loaded
    assert not loaded & {"pandas", "numpy", "rich", "starlette", "fastapi", "flask", "jinja2", "pyarrow", "xlsxwriter", "openpyxl"}


def test_what_does_not_fit_into_memory_never_lands_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    con = connect(10**7)
    con.execute("SET memory_limit = '40MB'")
    con.execute("CREATE TABLE much AS SELECT range AS number, md5(range::VARCHAR) AS text FROM range(1500000)")
    assert con.execute("SELECT sum(size) > 0 FROM duckdb_temporary_files()").fetchone() == (True,)
    assert list(tmp_path.iterdir()) == []
    con.close()
