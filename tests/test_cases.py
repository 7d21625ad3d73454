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

AGREEMENT = "agreement.yaml"  # a pack's own: the agreement on which its cases stand, and who submits


def read(path: Path) -> object:
    """A YAML file with every scalar as text."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


PACKS = sorted(path.parent.name for path in RULES.glob("*/pack.yaml"))
DEFAULTS = {pack: read(RULES / pack / "tests" / AGREEMENT) for pack in PACKS}
FILES = [(path.parent.parent.name, path) for path in sorted(RULES.glob("*/tests/*.yaml")) if path.name != AGREEMENT]
CASES = [(pack, path.stem, case) for pack, path in FILES for case in read(path)]


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


def write_submission(folder: Path, pack: str, agreement: str | None, submission: dict, as_of: str) -> None:
    folder.mkdir(parents=True)
    complete = submission.get("complete", {} if "case" not in submission and agreement else as_of)
    days = [as_of] if "submitted_on" not in submission else []
    days += [*([complete] if isinstance(complete, str) else [v if isinstance(v, str) else v["until"] for v in complete.values()])]
    manifest = {
        "submitted_on": submission.get("submitted_on", max(days, default=as_of)), "submitted_by": submission["submitted_by"],
        "complete": complete, "withdraws": submission.get("withdraws", []), **({"agreement": agreement} if agreement else {"pack": pack}),
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


def run_case(pack: str, case: dict, folder: Path):
    """The run over a case's files."""
    default = dict(DEFAULTS[pack])
    by = {"submitted_by": default.pop("submitted_by")}
    programme = {"submitted_by": default.pop("programme_submitted_by", by["submitted_by"])}
    agreement = {**default, **case.get("agreement", {})}
    (folder / "agreements").mkdir()
    agreement = {**agreement, "parameters": _numbers(agreement.get("parameters", {}))}
    (folder / "agreements" / "a.yaml").write_text(yaml.dump(agreement, allow_unicode=True, Dumper=_Plain), encoding="utf-8")
    submissions = case.get("submissions") or [case]
    for number, submission in enumerate(submissions, 1):
        write_submission(folder / "facts" / pack / agreement["id"] / f"{number:02d}", pack, agreement["id"], {**by, **submission}, case["as_of"])
    if "programme" in case:
        write_submission(folder / "facts" / pack / "programme" / "01", pack, None, {**programme, **case["programme"]}, case["as_of"])
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


@pytest.mark.parametrize(("pack", "file", "case"), CASES, ids=[f"{pack} {file}: {case['case']}" for pack, file, case in CASES])
def test_case(pack: str, file: str, case: dict, tmp_path: Path) -> None:
    run = run_case(pack, case, tmp_path)
    for expected in case["expect"]:
        finding = found_by(run, expected)
        for name in ("status", "value", "lower", "upper", "open", "at_risk", "material", "judgements"):
            if name in expected:
                assert same(name, getattr(finding, name), expected[name]), (finding.id, name, getattr(finding, name), expected[name])


@pytest.mark.parametrize("pack", PACKS)
def test_case_names_are_unique(pack: str) -> None:
    names = [case["case"] for of, _, case in CASES if of == pack]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("pack", PACKS)
def test_every_obligation_is_kept_and_broken_by_a_case(pack: str) -> None:
    seen: dict[str, set[str]] = {}
    judged: set[str] = set()
    for of, _, case in CASES:
        for expected in case["expect"] if of == pack else ():
            seen.setdefault(expected["obligation"], set()).add(expected.get("status", ""))
            judged |= set(expected.get("judgements", []))
    names = [one["id"] for path in (RULES / pack / "obligations").glob("*.yaml") for one in read(path)]
    assert not [name for name in names if "fulfilled" not in seen.get(name, ())], "no case keeps it"
    assert not [name for name in names if not {"deviation", "unmet"} & seen.get(name, set())], "no case breaks it"
    assert judged >= {one["id"] for one in read(RULES / pack / "judgements.yaml")["judgements"]}
