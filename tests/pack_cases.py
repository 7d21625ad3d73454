"""Runs the cases of a pack that stands on a `tests/agreement.yaml` of its own."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import yaml

from servanda.evaluate import evaluate
from test_cases import expand


def read(path: Path) -> object:
    """A YAML file, every scalar as its text."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def broken_cases(pack: Path, work: Path) -> tuple[list[str], set[tuple[str, str]]]:
    """What does not hold, as text, and the (obligation, status) pairs that are expected somewhere."""
    agreement = read(pack / "tests" / "agreement.yaml")
    by = agreement.pop("submitted_by")
    broken, seen = [], set()
    cases = [case for path in sorted((pack / "tests").glob("*.yaml")) if path.stem != "agreement" for case in read(path)]
    for number, case in enumerate(cases):
        folder = work / str(number)
        submission = folder / "facts" / "1"
        submission.mkdir(parents=True)
        (folder / "agreements").mkdir()
        (folder / "agreements" / "a.yaml").write_text(json.dumps(agreement), encoding="utf-8")
        manifest = {"agreement": agreement["id"], "submitted_on": case["as_of"], "submitted_by": by, "complete": case.get("complete", case["as_of"])}
        (submission / "submission.yaml").write_text(json.dumps(manifest), encoding="utf-8")
        for name, records in case["facts"].items():
            (submission / f"{name}.yaml").write_text(json.dumps(expand(records)), encoding="utf-8")
        run = evaluate([folder / "facts"], folder / "agreements", pack.parent, datetime.date.fromisoformat(case["as_of"]))
        for expected in case["expect"]:
            seen.add((expected["obligation"], expected["status"]))
            found = next(one for one in run.findings if (one.obligation, one.label) == (expected["obligation"], expected["period"]))
            got = {"status": found.status, "value": str(found.value), "lower": str(found.lower)}
            broken += [f"{case['case']}: {name} {got[name]}" for name in got if name in expected and got[name] != expected[name]]
    return broken, seen
