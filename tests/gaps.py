"""Worlds with many gaps: optional fields are empty in every third record, and all types are declared complete, so that gaps alone decide."""

from __future__ import annotations

import random


def with_gaps(pack, world: dict, seed: int) -> dict:
    """The world with gaps, for a pack as the oracle reads it. What identifies a record, and what it refers to, stays."""
    rng = random.Random(seed)

    def gappy(fact_type: str, row: dict) -> dict:
        fields = pack.vocabulary[fact_type]["fields"]
        bound = {name for name, spec in fields.items() if needed(spec, row)} | set(pack.key(fact_type))
        return {name: value for name, value in row.items() if name in bound or rng.random() > 1 / 3}

    submissions = [
        {**one, "facts": {name: [gappy(name, row) for row in rows] for name, rows in one["facts"].items()},
         "complete": one["submitted_on"] if rng.random() < 0.8 else one["complete"]}
        for one in world["submissions"]
    ]
    return {**world, "submissions": submissions}


def needed(spec: dict, row: dict) -> bool:
    """Whether a field must be filled in a record, or says what it is."""
    where = spec.get("required_where", {})
    return spec.get("required") == "true" or spec["type"] in ("id", "reference") or any(row.get(name) in values for name, values in where.items())
