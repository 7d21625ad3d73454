"""servanda: checks whether the parties to an agreement keep it (pacta sunt servanda).

    import servanda
    run = servanda.check("facts/", agreements="agreements", rules="rules", as_of="2022-01-31")
    run.findings, run.to_pandas()
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servanda.run import Run

__all__ = ["check"]


def check(
    facts: str | Path | Iterable[str | Path], agreements: str | Path = "agreements", rules: str | Path = "rules",
    as_of: str | datetime.date | None = None, *, known_on: str | datetime.date | None = None, year: int | None = None, every: bool = False,
    keep_going: bool = False,
) -> Run:
    """Evaluate submissions: folders `facts` under the agreements and packs in the given folders, as of the end of a day (today in UTC).

    Raises `servanda.problems.InvalidInput`, whose `problems` name everything that is wrong, where nothing can be evaluated.
    """
    from servanda.evaluate import evaluate
    from servanda.shapes import parse_day

    def day(value: str | datetime.date | None) -> datetime.date | None:
        return parse_day(value) if isinstance(value, str) else value

    paths = [facts] if isinstance(facts, (str, Path)) else list(facts)
    today = datetime.datetime.now(datetime.UTC).date()
    return evaluate(
        [Path(path) for path in paths], Path(agreements), Path(rules), day(as_of) or today, known_on=day(known_on), year=year, every=every,
        keep_going=keep_going,
    )
