"""The receipt of an audit: all that its results depend on, and their hashes, so that anyone can repeat it years later and compare every byte."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from servanda.audit.asked import Wanted
from servanda.audit.plan import Plan
from servanda.audit.record import Told
from servanda.audit.tables import SCHEMA
from servanda.model import Submission
from servanda.problems import Problem
from servanda.receipt import versions

# What is compared first: where these differ, the results must.
_INPUTS = ("engine", "as_of", "known_on", "encoding", "wanted", "packs", "agreements", "submissions")


def receipt_of(plan: Plan, wanted: Wanted, aside: Collection[str], results: Mapping[str, str], told: Iterable[Told]) -> dict:
    """Plain values in a fixed order; `results` are the hashes of all files by path."""
    found = [one for group in (*plan.programme.values(), *plan.found.values()) for one, _ in group]
    return {
        "schema": SCHEMA,
        "engine": versions(),
        "as_of": plan.as_of.isoformat(),
        "known_on": plan.known_on.isoformat() if plan.known_on else None,
        "encoding": plan.encoding,
        "wanted": {"reports": list(wanted.reports), "lang": wanted.lang, "bucket": wanted.bucket},
        "packs": {name: pack.sha256 for name, pack in sorted(plan.packs.items())},
        "agreements": {name: plan.agreements[name].sha256 for name in sorted(plan.agreements)},
        "submissions": [_submission(one, plan) for one in sorted(found, key=lambda one: one.path)],
        "set_aside": sorted(aside),
        "encodings": sorted([file, encoding] for one in told for file, encoding in one.encodings),
        "results": dict(results),
    }


def _submission(one: Submission, plan: Plan) -> dict[str, str | None]:
    return {
        "path": plan.short(one.path), "pack": one.pack, "agreement": one.agreement, "submitted_on": one.submitted_on.isoformat(),
        "submitted_by": one.submitted_by, "sha256": one.sha256,
    }


def differences(before: Mapping, now: Mapping) -> list[Problem]:
    """Where an audit differs from one that it was to repeat: what went in, and only where that is the same, what came out."""
    found = [problem for name in _INPUTS for problem in _differing(name, before.get(name), now[name])]
    return found or _differing("results", before.get("results"), now["results"])


def _differing(name: str, before: object, now: object) -> list[Problem]:
    if isinstance(before, list):
        before, now = _by_path(before), _by_path(now)
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        keys = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
        return [_problem(f"{name}: {key}", before.get(key), now.get(key)) for key in keys]
    return [] if before == now else [_problem(name, before, now)]


def _by_path(listed: object) -> dict:
    return {one["path"]: one["sha256"] for one in listed if isinstance(one, Mapping) and {"path", "sha256"} <= one.keys()}


def _problem(what: str, before: object, now: object) -> Problem:
    return Problem("audit-differs", found="–" if now is None else str(now), args={"what": what, "known": "–" if before is None else str(before)})
