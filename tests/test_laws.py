"""Laws that hold whatever the agreements, packs and facts are, tried on the worlds of the oracle.

What "closed" means: on `as_of`, a duty's window and its deadline are over, it is decided (neither pending nor undetermined), and none of its
cases is open. Such a finding never changes on a later day as long as no fact is dated in between (a fact known on the later day only, such as
an agreement that came late, is a new fact). Its judgements may: silence and a vacancy go on after the window, and the contract follows them.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import random
import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import world_files
import worlds
from conftest import RULES
from oracle.pack import Pack
from servanda.evaluate import evaluate
from servanda.model import Finding
from servanda.run import Run

BENN = RULES / "benn"
PACK = Pack(BENN)
SEEDS = st.integers(0, 2**40)
FEW = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DAY = datetime.timedelta(days=1)
AHEAD = {("staffing", "to"), ("waivers", "to"), ("requests", "due_on")}  # days that are known before they come


def run(world: dict, write=world_files.write_world) -> Run:
    """The run over a world that has something to evaluate."""
    with tempfile.TemporaryDirectory() as folder:
        write(world, Path(folder))
        return evaluate([Path(folder) / "facts"], Path(folder) / "agreements", BENN, world["as_of"], known_on=world["known_on"], root=Path(folder))


def by_id(done: Run) -> dict[str, Finding]:
    return {finding.id: finding for finding in done.findings}


def measured(finding: Finding) -> Finding:
    """The finding without what judgements made of it, and without the places of its evidence and the numbers of its rows."""
    evidence = tuple(dataclasses.replace(one, submission="", file="", row=0) for one in finding.evidence)
    return dataclasses.replace(finding, material=False, judgements=(), evidence=evidence, details={})


def numbered_anew(findings: dict[str, Finding], agreement: str) -> dict[str, Finding]:
    """An agreement's findings without the numbers that rows have within a run."""
    return {
        name: dataclasses.replace(one, details={key: value for key, value in one.details.items() if key not in ("run", "rule")})
        for name, one in findings.items() if one.agreement == agreement
    }


def without_places(done: Run) -> list:
    """Findings and consequences without the files and rows of their evidence, and without where its submission lies."""
    found = []
    for finding in done.findings:
        bare = sorted((one.type, one.id) for one in finding.evidence)
        found.append((dataclasses.replace(finding, evidence=(), details={}), bare))
    return [found, done.consequences]


# --- a duty's result does not depend on other agreements in the run


@FEW
@given(SEEDS)
def test_other_agreements_change_nothing(seed: int) -> None:
    world = worlds.make_world(seed)
    together = by_id(run(world))
    for agreement in world["agreements"] if len(world["agreements"]) > 1 else []:
        name = agreement["id"]
        mine = [one for one in world["submissions"] if one["agreement"] in (None, name)]
        known = [one for one in mine if one["agreement"] and (world["known_on"] is None or one["submitted_on"] <= world["known_on"])]
        if not known or agreement["term"]["from"] > world["as_of"]:
            continue
        alone = by_id(run({**world, "agreements": [agreement], "submissions": mine}))
        assert numbered_anew(alone, name) == numbered_anew(together, name)


# --- scaling all amounts scales all amounts


@FEW
@given(SEEDS, st.sampled_from((2, 7)))
def test_scaled_amounts_scale_amounts(seed: int, by: int) -> None:
    """But for thresholds in money, which stand in judgements only."""
    world = worlds.make_world(seed)
    scaled = copy.deepcopy(world)
    moved = {id(row): row for one in scaled["submissions"] for rows in one["facts"].values() for row in rows}  # a row may stand in one place only
    for row in moved.values():
        if "amount" in row:
            row["amount"] *= by
    before, after = by_id(run(world)), by_id(run(scaled))
    assert before.keys() == after.keys()
    for name, finding in before.items():
        times = by if finding.kind in ("consented", "within_budget") else 1
        assert after[name].status == finding.status, name
        assert after[name].value == (None if finding.value is None else finding.value * times), name
        assert (after[name].missing, after[name].evidence) == (finding.missing, finding.evidence)


# --- a later as_of never changes what was closed


def last_day(world: dict) -> datetime.date:
    """The last day of any fact, but for those that are known before they come."""
    return max((value for one in world["submissions"] for name, rows in one["facts"].items() for row in rows for field, value in row.items()
                if isinstance(value, datetime.date) and (name, field) not in AHEAD), default=world["as_of"])


def is_closed(finding: Finding, as_of: datetime.date) -> bool:
    over = finding.end <= as_of and (finding.deadline is None or finding.deadline <= as_of)
    return over and not finding.open and finding.status not in ("pending", "undetermined") and not finding.details.get("running")


@FEW
@given(SEEDS, st.integers(1, 900))
def test_later_days_change_nothing_that_was_closed(seed: int, later: int) -> None:
    world = worlds.make_world(seed)
    first = max(world["as_of"], last_day(world))
    before, after = run({**world, "as_of": first, "known_on": None}), by_id(run({**world, "as_of": first + later * DAY, "known_on": None}))
    for finding in before.findings:
        if is_closed(finding, first):
            now = after[finding.id]
            assert (now.status, now.value, now.lower, now.upper, now.missing, now.start, now.end) == (
                finding.status, finding.value, finding.lower, finding.upper, finding.missing, finding.start, finding.end
            ), finding.id
            assert now.evidence == finding.evidence


# --- facts of a type that is not declared complete


def told_once(world: dict) -> list[tuple[str, dict]]:
    """Records that nothing refers to and nobody corrects or withdraws, and that are no waiver and no termination."""
    rows = [(name, row) for one in world["submissions"] for name, found in one["facts"].items() for row in found]
    pointed = {
        (spec["to"], row[field]) for name, row in rows for field, spec in PACK.vocabulary[name]["fields"].items()
        if spec["type"] == "reference" and row.get(field)
    }
    withdrawn = {one.split(":")[0] for submission in world["submissions"] for one in submission["withdraws"]}
    names = [(name, row["id"]) for name, row in rows if "id" in row]
    return [
        (name, row) for name, row in rows
        if name not in ("waivers", "notices", "attendance") and name not in withdrawn
        and (name, row["id"]) not in pointed and names.count((name, row["id"])) == 1
        and row.get("amount", 1) >= 0  # a refund is money back, which cures spending
    ]


def undeclared(world: dict, name: str) -> dict:
    """The world in which that fact type is nowhere declared complete, all others as they were."""
    changed = copy.deepcopy(world)
    for one in changed["submissions"]:
        if one["complete"] and not isinstance(one["complete"], dict):
            one["complete"] = dict.fromkeys(PACK.vocabulary, one["complete"])
        if one["complete"]:
            one["complete"] = {other: said for other, said in one["complete"].items() if other != name} or None
    return changed


@settings(FEW, max_examples=5)
@given(SEEDS)
def test_undeclared_facts_never_undo_a_breach_and_rarely_make_one(seed: int) -> None:
    """What is decided rests on what is declared. Two things may be decided by a record that is not: a late answer stands as late until an
    earlier one is told, and an upper bound may be exceeded at any time (contract section 5)."""
    world = worlds.make_world(seed)
    chosen = told_once(world)
    if not chosen:
        return
    name, row = random.Random(seed).choice(chosen)
    after = undeclared(world, name)
    before = copy.deepcopy(after)
    for one in before["submissions"]:
        one["facts"] = {other: [kept for kept in rows if other != name or kept["id"] != row["id"]] for other, rows in one["facts"].items()}
    with_it, without = by_id(run(after)), by_id(run(before))
    obligations = {one["id"]: one for one in PACK.obligations}
    for finding in without.values():
        now, rule = with_it[finding.id], obligations[finding.obligation]
        if name not in str(rule) and not (name == "meetings" or name == "attestations" and "attested" in rule):  # nothing of that type is read
            assert measured(now) == measured(finding), finding.id
        if finding.status in ("deviation", "unmet") and finding.kind != "answered":
            assert now.status == finding.status, (finding.id, name, row)
        if finding.status in ("fulfilled", "tolerated", "not_applicable") and not (finding.kind == "count" and finding.upper is not None):
            assert now.status not in ("deviation", "unmet"), (finding.id, name, row)


# --- order, names and divisions of files


def shuffled(world: dict, folder: Path, seed: int) -> None:
    """The same records: rows in another order, every submission told in two on the same day, in other formats, workbooks under other names."""
    rng, other = random.Random(seed), copy.deepcopy(world)
    other["submissions"] = []
    for one in world["submissions"]:
        if len({o["folder"] for o in world["submissions"] if o["agreement"] == one["agreement"] and o["submitted_on"] == one["submitted_on"]}) > 1:
            parts = [one]  # order counts on such a day
        else:
            parts = [{**one, "folder": one["folder"] + end, "facts": {}, "withdraws": []} for end in ("-1", "-2")]
            parts[0]["withdraws"] = one["withdraws"]
            for name, rows in one["facts"].items():
                parts[rng.random() < 0.5]["facts"][name] = rng.sample(rows, len(rows))
        other["submissions"] += parts
    rng.shuffle(other["submissions"])
    world_files.write_world(other, folder, seed, 0.05)
    for number, book in enumerate(sorted((folder / "facts").rglob("meldung.*"))):
        book.rename(book.with_name(f"Blatt {number}{book.suffix}"))


@FEW
@given(SEEDS)
def test_order_names_and_divisions_of_files_change_nothing(seed: int) -> None:
    world = worlds.make_world(seed)
    assert without_places(run(world, lambda w, folder: shuffled(w, folder, seed))) == without_places(run(world))


def test_the_laws_are_tried_on_something() -> None:
    """Enough of the worlds above have what the laws are about."""
    several, closed, added, money = 0, 0, 0, 0
    for seed in range(12):
        world = worlds.make_world(seed)
        several += len(world["agreements"]) > 1
        added += bool(told_once(world))
        money += any(isinstance(value, Decimal) for one in world["submissions"] for rows in one["facts"].values() for row in rows for value in row.values())
        if seed < 3:
            closed += sum(is_closed(f, world["as_of"]) for f in run(world).findings)
    assert several > 2 and closed > 20 and added > 8 and money >= 6
