"""Small worlds for any pack without sites, drawn from its vocabulary alone: few days, few amounts, many coincidences."""

from __future__ import annotations

import datetime
import json
import random
from decimal import Decimal
from pathlib import Path

DAY = datetime.timedelta(days=1)
AMOUNTS = tuple(Decimal(text) for text in ("10", "100", "100", "40", "60", "50.01", "49.99", "110", "1", "9.99", "-40", "900", "801", "0.01"))
STEPS = (0, 1, 2, 7, 9, 10, 11, 13, 14, 15, 30, 31, 41, 42, 43, 59, 60, 61, 62, 90, 180)


def make_world(pack, seed: int) -> dict:
    """A world for a pack as the oracle reads it."""
    rng = random.Random(seed)
    agreements = []
    for name in ("a-1", "b.2")[: rng.choice((1, 1, 2))]:
        first = rng.choice((datetime.date(2019, 1, 1), datetime.date(2019, 3, 15), datetime.date(2019, 10, 31)))
        last = rng.choice((datetime.date(2020, 12, 31), datetime.date(2020, 6, 30), datetime.date(2020, 2, 29), first + 200 * DAY))
        own = dict.fromkeys(pack.head["agreement"]["fields"], name)
        agreements.append({"id": name, "pack": pack.id, **own, "term": {"from": first, "to": last}, "sites": [], "parameters": {}})
    pool = sorted({agreements[0]["term"]["from"] + shift * DAY + step * DAY for shift in (-20, 0, 100, 300, 420) for step in rng.sample(STEPS, 4)})
    as_of = rng.choice((*pool[3:], datetime.date(2020, 12, 31), datetime.date(2021, 3, 31), datetime.date(2021, 12, 31)))
    as_of = max(as_of, agreements[0]["term"]["from"])
    submissions = [one for agreement in agreements for one in told(rng, pack, agreement["id"], pool, as_of)]
    return {"agreements": agreements, "submissions": submissions, "as_of": as_of}


def told(rng: random.Random, pack, owner: str, pool: list, as_of: datetime.date) -> list[dict]:
    """An agreement's submissions: everything in the first or the second, types in an order in which references can be kept."""
    rows: dict[str, list[dict]] = {}
    for name in in_order(pack):
        rows[name] = [row(rng, pack, name, f"{name[:2]}-{number}", pool, rows) for number in range(rng.choice((0, 1, 2, 3, 3, 4, 6)))]
        rows[name] = [one for one in rows[name] if one is not None]
    found = []
    for number, day in enumerate((as_of + 40 * DAY, as_of + 41 * DAY)):
        complete = {name: day for name in rows if rng.random() < 0.8}
        complete.update({name: min(day, rng.choice((day, as_of, as_of - DAY, rng.choice(pool)))) for name in rows if rng.random() < 0.15})
        found.append({
            "folder": f"0{number}", "agreement": owner, "pack": pack.id, "submitted_on": day, "submitted_by": next(iter(pack.head["parties"])),
            "complete": complete if number or rng.random() < 0.5 else None, "withdraws": [], "facts": rows if number == 0 else {},
        })
    return found


def in_order(pack) -> list[str]:
    """Fact types, those that are referred to first."""
    order: list[str] = []
    while len(order) < len(pack.vocabulary):
        order += [
            name for name, kind in pack.vocabulary.items()
            if name not in order and all(spec.get("to") in (None, *order) for spec in kind["fields"].values())
        ]
    return order


def row(rng: random.Random, pack, name: str, identity: str, pool: list, rows: dict) -> dict | None:
    """A record; None where it would need a reference to nothing."""
    found: dict[str, object] = {}
    for field, spec in pack.vocabulary[name]["fields"].items():
        if spec.get("required") != "true" and rng.random() < 0.25:
            continue
        value = identity if spec["type"] == "id" else drawn(rng, spec, pool, rows, found)
        if value is None and spec.get("required") == "true":
            return None
        if value is not None:
            found[field] = value
    return found


def drawn(rng: random.Random, spec: dict, pool: list, rows: dict, so_far: dict) -> object:
    kind = spec["type"]
    if kind == "date":
        days = [day for day in pool if "not_before" not in spec or day >= so_far[spec["not_before"]]]
        return rng.choice(days) if days else None
    if kind in ("amount", "number"):
        least = Decimal(spec.get("min", spec.get("above", "-9999")))
        return rng.choice([amount for amount in AMOUNTS if amount >= least and ("above" not in spec or amount > least)])
    if kind == "reference":
        return rng.choice(rows[spec["to"]])["id"] if rows[spec["to"]] else None
    if kind == "choice":
        return rng.choice(list(spec["of"]))
    if kind == "year":
        return rng.choice((2019, 2020))
    return rng.choice((True, True, False)) if kind == "bool" else "x"


def write_world(world: dict, folder: Path) -> None:
    """The files that the engine reads."""
    (folder / "agreements").mkdir()
    for agreement in world["agreements"]:
        (folder / "agreements" / f"{agreement['id']}.yaml").write_text(json.dumps(agreement, default=str), encoding="utf-8")
    for submission in world["submissions"]:
        place = folder / "facts" / submission["agreement"] / submission["folder"]
        place.mkdir(parents=True)
        names = ("agreement", "submitted_on", "submitted_by", "complete")
        manifest = {name: submission[name] for name in names if submission[name]}
        (place / "submission.yaml").write_text(json.dumps(manifest, default=str), encoding="utf-8")
        for name, rows in submission["facts"].items():
            if rows:
                (place / f"{name}.yaml").write_text(json.dumps(rows, default=str), encoding="utf-8")
