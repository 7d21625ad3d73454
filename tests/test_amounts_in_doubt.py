"""What is settled by amounts, where records may be empty in what counts: drawn orders and payments as the oracle reads them."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest

import agreeing
import looser_packs
from test_amounts import WORKSHOP, world

CASES, DAYS = 30, (10, 11, 12, 18, 21, 28)
AS_OF = (datetime.date(2019, 2, 10), datetime.date(2019, 12, 31))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return looser_packs.write(WORKSHOP, tmp_path_factory.mktemp("rules"), ("payments.paid_on", "letters.sent_on"))


def drawn(seed: int) -> dict:
    """A few orders, and payments that may settle them, on a few days; each of what counts is now and then unknown."""
    draw = random.Random(seed)
    doubt = draw.choice((0.0, 0.1, 0.3))

    def perhaps(*values: object) -> object:
        return None if draw.random() < doubt else draw.choice(values)

    def day(month: int) -> datetime.date | None:
        return perhaps(*(datetime.date(2019, month, number) for number in DAYS))

    names = [f"o-{number}" for number in range(1, draw.randint(1, 3) + 1)]
    orders = [
        {"id": name, "placed_on": datetime.date(2019, 1, draw.choice(DAYS)), "group": draw.choice(("red", "red", "blue")),
         "size": draw.choice(("small", "large")), "price": draw.choice((100, 100, 60, 0)), "urgent": perhaps(True, True, False),
         "wanted_on": draw.choice((None, None, datetime.date(2019, 2, 1)))}
        for name in names
    ]
    payments = [
        {"paid_on": day(draw.choice((1, 1, 2))), "amount": draw.choice((100, 60, 40, 10, -40)), "clear": perhaps(True, True, False),
         "group": draw.choice(("red", "red", "blue")), "order": draw.choice((None, *names, *names))}
        for _ in range(draw.randint(0, 4))
    ]
    letters = [{"order": draw.choice(names), "sent_on": day(2), "ends": perhaps(True, False)} for _ in range(draw.randint(0, 2))]
    steps = [{"order": draw.choice(names), "done_on": datetime.date(2019, 2, draw.choice(DAYS))} for _ in range(draw.randint(0, 2))]
    known = draw.choice((datetime.date(2020, 12, 31), datetime.date(2020, 12, 31), datetime.date(2019, 2, 5)))
    facts = {"orders": orders, "payments": payments, "letters": letters, "steps": steps}
    complete = {name: draw.choice((known, known, datetime.date(2020, 12, 31))) for name in facts}
    return {**facts, "complete": complete, "as_of": AS_OF[seed // CASES % len(AS_OF)]}


@pytest.mark.parametrize("block", range(2))
def test_drawn_orders_are_reckoned_as_the_oracle_reckons_them(pack: Path, block: int) -> None:
    found = agreeing.differences(pack, world([drawn(block * CASES + number) for number in range(CASES)]))
    assert not found, found[:5]
