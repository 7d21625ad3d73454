"""What a bucket's record tells of it besides its files: plain values there and back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

from servanda.audit.bucket import Measured
from servanda.model import Consequence
from servanda.problems import Problem


@dataclass(frozen=True, slots=True)
class Told:
    """Consequences, last days of ended terms, the problems of agreements that were set aside, and files that were not UTF-8."""

    consequences: tuple[Consequence, ...] = ()
    ended: Mapping[str, datetime.date] = field(default_factory=dict)
    aside: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    encodings: tuple[tuple[str, str], ...] = ()


def told_of(measured: Measured, root: str) -> Told:
    """What is told of a bucket, its files named from `root` on."""
    aside = {name: shortened(problems, root) for name, problems in measured.aside.items()}
    return Told(measured.consequences, measured.ended, aside, tuple((file.removeprefix(root), encoding) for file, encoding in measured.encodings))


def shortened(problems: Iterable[Problem], root: str) -> tuple[Problem, ...]:
    """Problems with the files in them named from `root` on."""
    def short(value: object) -> object:
        return value.removeprefix(root) if isinstance(value, str) else value

    return tuple(replace(one, file=short(one.file), args={key: short(value) for key, value in one.args.items()}) for one in problems)


def plain(told: Told) -> dict[str, object]:
    """As JSON can hold it."""
    return {
        "consequences": [
            {**asdict(one), "findings": list(one.findings), "amount_at_stake": str(one.amount_at_stake)} for one in told.consequences
        ],
        "ended": {name: day.isoformat() for name, day in told.ended.items()},
        "aside": {name: [{**asdict(one), "args": {key: str(value) for key, value in one.args.items()}} for one in found] for name, found in told.aside.items()},
        "encodings": [list(one) for one in told.encodings],
    }


def read(told: Mapping) -> Told:
    """Out of JSON."""
    return Told(
        tuple(
            Consequence(**{**one, "findings": tuple(one["findings"]), "amount_at_stake": Decimal(one["amount_at_stake"])}) for one in told["consequences"]
        ),
        {name: datetime.date.fromisoformat(day) for name, day in told["ended"].items()},
        {name: tuple(Problem(**one) for one in found) for name, found in told["aside"].items()},
        tuple((file, encoding) for file, encoding in told["encodings"]),
    )
