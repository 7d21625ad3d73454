"""Faults planted in valid facts are found, all of them and nothing else, each where an independent reader finds it; in every format.

Without faults there is no problem, and every format gives the same evaluation. More examples: `--planted 200`.
"""

from __future__ import annotations

import datetime
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import servanda.evaluate
from servanda.intake import validate
from servanda.problems import InvalidInput
from servanda.report.json_report import json_report
from servanda.report.style import Style
from table_files import WRITERS, Facts, find

WORLD = Path(__file__).resolve().parent / "bad" / "worlds" / "mini"
SUBMISSION = Path("facts/mini/a/2019")
VOCABULARY = yaml.safe_load((WORLD / "rules/mini/vocabulary.yaml").read_text(encoding="utf-8"))
LABELS = {name: {field: one["label"]["de"] for field, one in declared["fields"].items()} for name, declared in VOCABULARY.items()}
DAYS = st.dates(datetime.date(2019, 3, 1), datetime.date(2019, 11, 30))
AMOUNTS = st.integers(-9_999_999, 9_999_999).map(lambda cents: Decimal(cents) / 100)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Valid facts of three types."""
    visits, presence, costs = [], [], []
    for number in range(draw(st.integers(3, 5))):
        day = draw(DAYS)
        done = draw(st.none() | st.integers(0, 20).map(lambda days, day=day: day + datetime.timedelta(days)))
        visits.append({"id": f"v-{number}x", "date": day, "site": "s-1", "sort": draw(st.sampled_from(["mowing", "talk", None])), "done_on": done})
        presence.append({"visit": f"v-{number}x", "role": draw(st.sampled_from(["gardener", "owner"])), "state": draw(st.sampled_from(["there", None]))})
    for number in range(draw(st.integers(3, 5))):
        costs.append({"id": f"c-{number}x", "site": "s-1", "date": draw(DAYS), "amount": draw(AMOUNTS), "hours": draw(st.sampled_from([None, Decimal("1.5")]))})
    return {"visits": visits, "presence": presence, "costs": costs}


# (fact type, field, problem, the value that is planted in the n-th place; all differ from one another and from what is valid)
FAULTS = (
    ("visits", "date", "invalid-date", lambda n: f"31.02.201{n}"),
    ("costs", "date", "invalid-date", lambda n: f"2019-13-0{n + 1}"),
    ("visits", "sort", "unknown-value", lambda n: f"dancing{n}"),
    ("presence", "role", "unknown-value", lambda n: f"Gärtner{n}"),
    ("visits", "site", "unknown-site", lambda n: f"s-9{n}"),
    ("costs", "site", "unknown-site", lambda n: f"S-{n}"),
    ("costs", "amount", "invalid-amount", lambda n: Decimal(f"7{n}.125")),
    ("costs", "amount", "invalid-amount", lambda n: f"zwölf{n}"),
    ("costs", "date", "missing-value", lambda n: None),
    ("costs", "amount", "missing-value", lambda n: None),
    ("visits", "date", "missing-value", lambda n: None),
    ("costs", "id", "duplicate-id", lambda n: "c-0x"),
    ("presence", "visit", "unknown-reference", lambda n: f"v-40{n}"),
    ("visits", "done_on", "dates-out-of-order", lambda n: datetime.date(2019, 1, n + 1)),
)


@st.composite
def planted(draw: st.DrawFn) -> tuple[Facts, list[tuple]]:
    """Facts with one to three faults in different records: (type, field, problem, value, identity of the record)."""
    sound = draw(facts())
    places = [(name, number) for name, records in sound.items() for number in range(1, len(records))]
    chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    faults, doubled = [], False
    for turn, (name, number) in enumerate(chosen):
        fitting = [one for one in FAULTS if one[0] == name and not (doubled and one[2] == "duplicate-id")]
        _, field, code, make = draw(st.sampled_from(fitting))
        record = sound[name][number]
        identity = record["visit"] if name == "presence" else record["id"]
        if code == "dates-out-of-order":
            record["date"] = record["date"] or datetime.date(2019, 5, 1)
        record[field] = make(turn)
        doubled = doubled or code == "duplicate-id"
        faults.append((name, field, code, record[field], identity))
    return sound, faults


@contextmanager
def submission(form: str, held: Facts, seed: int) -> Iterator[Path]:
    """A folder with the mini world whose submission holds the facts in a format."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(WORLD, folder, dirs_exist_ok=True)
        (folder / SUBMISSION / "visits.csv").unlink()
        WRITERS[form](folder / SUBMISSION, held, LABELS, random.Random(seed))
        yield folder


def examples(request: pytest.FixtureRequest, share: int = 1) -> settings:
    """As many examples as were asked for, the same in every default run."""
    count = max(2, request.config.getoption("--planted") // share)
    return settings(max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("form", WRITERS)
def test_planted_faults_are_found_where_they_are(form: str, request: pytest.FixtureRequest) -> None:
    @examples(request)
    @given(planted(), st.integers(0, 1_000_000))
    def check(case: tuple[Facts, list[tuple]], seed: int) -> None:
        held, faults = case
        with submission(form, held, seed) as folder:
            wanted = []
            for name, field, code, value, identity in faults:
                file, row, sheet, cell = find(folder / SUBMISSION, name, field, LABELS[name][field], value, identity)
                wanted.append((code, file, row, field, sheet, cell))
            with pytest.raises(InvalidInput) as invalid:
                validate([folder / "facts"], folder / "agreements", folder / "rules")
        seen = [(p.code, Path(p.file).name, p.row, p.column, p.sheet, p.cell) for p in invalid.value.problems]
        assert sorted(seen, key=str) == sorted(wanted, key=str)

    check()


def _evaluated(folder: Path) -> dict:
    """The JSON report without what may differ: files, rows, hashes."""
    run = servanda.evaluate.evaluate([folder / "facts"], folder / "agreements", folder / "rules", datetime.date(2020, 1, 31))
    report = json.loads(json_report(run, Style("de")).replace(folder.as_posix(), ""))
    for finding in report["findings"]:
        finding["evidence"] = [{key: one[key] for key in ("type", "id")} for one in finding["evidence"]]
    return {**report, "submissions": [{**one, "sha256": ""} for one in report["submissions"]]}


def test_every_format_gives_the_same_evaluation(request: pytest.FixtureRequest) -> None:
    @examples(request, 4)
    @given(facts(), st.integers(0, 1_000_000))
    def check(held: Facts, seed: int) -> None:
        reports = {}
        for form in WRITERS:
            with submission(form, held, seed) as folder:
                reports[form] = _evaluated(folder)
        first = reports["csv with commas"]
        assert first["findings"] and sum(finding["evidence_total"] for finding in first["findings"]) > 0
        for form, report in reports.items():
            assert report == first, form

    check()
