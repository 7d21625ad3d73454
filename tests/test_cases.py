"""The packs' own cases (rules/*/tests/*.yaml): facts in, expected findings out; every obligation and judgement is kept and broken."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from conftest import RULES
from servanda.evaluate import evaluate

DEFAULT = {
    "id": "a", "pack": "benn", "district": "Mitte", "term": {"from": "2017-09-01", "to": "2021-12-31"},
    "sites": [{"id": "s-1", "name": "Standort 1", "kind": "benn_team", "from": "2017-09-01", "contractor": "Träger gGmbH"}],
}
FILES = sorted(RULES.glob("benn/tests/*.yaml"))
CASES = [(path.stem, case) for path in FILES for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)]


def expand(records: list[dict]) -> list[dict]:
    """`dates` makes one record a date, `meetings` (with a role) one a meeting."""
    found = []
    for record in records:
        if "dates" in record:
            rest = {key: value for key, value in record.items() if key != "dates"}
            found += [{**rest, "id": f"{record['id']}-{number}", "date": date} for number, date in enumerate(record["dates"], 1)]
        elif "meetings" in record:
            rest = {key: value for key, value in record.items() if key != "meetings"}
            found += [{**rest, "meeting": meeting} for meeting in record["meetings"]]
        else:
            found.append(record)
    return found


def write_submission(folder: Path, agreement: str | None, submission: dict, as_of: str) -> None:
    folder.mkdir(parents=True)
    complete = submission.get("complete", {} if "case" not in submission and agreement else as_of)
    days = [as_of] if "submitted_on" not in submission else []
    days += [*([complete] if isinstance(complete, str) else [v if isinstance(v, str) else v["until"] for v in complete.values()])]
    manifest = {
        "submitted_on": submission.get("submitted_on", max(days, default=as_of)), "submitted_by": submission.get("submitted_by", "district"),
        "complete": complete, "withdraws": submission.get("withdraws", []), **({"agreement": agreement} if agreement else {"pack": "benn"}),
    }
    (folder / "submission.yaml").write_text(json.dumps(manifest), encoding="utf-8")
    for name, records in submission.get("facts", {}).items():
        (folder / f"{name}.yaml").write_text(yaml.dump(expand(records), allow_unicode=True, Dumper=_Plain), encoding="utf-8")


class _Plain(yaml.SafeDumper):
    """No anchors: facts refuse them."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _numbers(value: object) -> object:
    """Numbers written as numbers: a quoted one is a text."""
    if isinstance(value, dict):
        return {key: _numbers(one) for key, one in value.items()}
    return float(value) if "." in value else int(value)


def run_case(case: dict, folder: Path):
    """The run over a case's files."""
    agreement = {**DEFAULT, **case.get("agreement", {})}
    (folder / "agreements").mkdir()
    agreement = {**agreement, "parameters": _numbers(agreement.get("parameters", {}))}
    (folder / "agreements" / "a.yaml").write_text(yaml.dump(agreement, allow_unicode=True, Dumper=_Plain), encoding="utf-8")
    submissions = case.get("submissions") or [case]
    for number, submission in enumerate(submissions, 1):
        write_submission(folder / "facts" / "benn" / agreement["id"] / f"{number:02d}", agreement["id"], submission, case["as_of"])
    if "programme" in case:
        write_submission(folder / "facts" / "benn" / "programme" / "01", None, {"submitted_by": "senate", **case["programme"]}, case["as_of"])
    day = datetime.date.fromisoformat
    known_on = day(case["known_on"]) if "known_on" in case else None
    return evaluate([folder / "facts"], folder / "agreements", RULES, day(case["as_of"]), known_on=known_on)


def found_by(run, expected: dict):
    programme_wide = {o.id for part in run.packs for o in part.pack.obligations if o.scope == "programme"}
    agreement = None if expected["obligation"] in programme_wide else "?"
    found = [
        f for f in run.findings
        if f.obligation == expected["obligation"] and f.site == expected.get("site") and f.label == expected["period"] and (agreement or f.agreement is None)
    ]
    assert len(found) == 1, (expected, [f.id for f in run.findings if f.obligation == expected["obligation"]])
    return found[0]


def same(name: str, got: object, expected: object) -> bool:
    if name == "judgements":
        return sorted(got) == sorted(expected)
    if isinstance(got, bool):
        return str(got).lower() == expected
    if got is None:
        return expected in ("", "null", "~")
    return Decimal(str(got)) == Decimal(expected) if isinstance(got, (int, Decimal)) else str(got) == expected


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}: {case['case']}" for file, case in CASES])
def test_case(file: str, case: dict, tmp_path: Path) -> None:
    run = run_case(case, tmp_path)
    for expected in case["expect"]:
        finding = found_by(run, expected)
        for name in ("status", "value", "lower", "upper", "open", "at_risk", "material", "judgements"):
            if name in expected:
                assert same(name, getattr(finding, name), expected[name]), (finding.id, name, getattr(finding, name), expected[name])


def test_case_names_are_unique() -> None:
    names = [case["case"] for _, case in CASES]
    assert len(set(names)) == len(names)


def test_every_obligation_is_kept_and_broken_by_a_case() -> None:
    seen: dict[str, set[str]] = {}
    judged: set[str] = set()
    for _, case in CASES:
        for expected in case["expect"]:
            seen.setdefault(expected["obligation"], set()).add(expected.get("status", ""))
            judged |= set(expected.get("judgements", []))
    names = [one["id"] for path in (RULES / "benn" / "obligations").glob("*.yaml") for one in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)]
    assert not [name for name in names if "fulfilled" not in seen.get(name, ())], "no case keeps it"
    assert not [name for name in names if not {"deviation", "unmet"} & seen.get(name, set())], "no case breaks it"
    judgements = yaml.load((RULES / "benn" / "judgements.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)["judgements"]
    assert judged >= {one["id"] for one in judgements}
