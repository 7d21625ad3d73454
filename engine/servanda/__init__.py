"""servanda: checks whether the parties to an agreement keep it (pacta sunt servanda).

    import servanda
    run = servanda.check("facts/", agreements="agreements", rules="rules", as_of="2022-01-31")
    run.findings, run.to_pandas()
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame

    from servanda.run import Run

__all__ = ["check"]


def check(
    facts: str | Path | Iterable[str | Path] | Mapping[str, DataFrame], agreements: str | Path = "agreements", rules: str | Path | None = None,
    as_of: str | datetime.date | None = None, *, submission: Mapping[str, object] | None = None, known_on: str | datetime.date | None = None,
    year: int | None = None, every: bool = False, keep_going: bool = False, encoding: str | None = None,
    rules_as_of: str | datetime.date | None = None,
) -> Run:
    """Evaluate submissions under the agreements and packs in the given folders, as of the end of a day (default: today in UTC).

    `facts` are folders, or DataFrames by fact type; these come with `submission`, the content of their submission.yaml
    (`{"agreement": …, "submitted_on": …, "submitted_by": …, "complete": …}`). `rules` defaults to the folder of that name, else to the
    packaged packs; `rules_as_of` takes them as they stood on that day. Text that is not UTF-8 is read in `encoding`, if that is given.
    Raises `servanda.problems.InvalidInput`, whose `problems` name everything that is wrong, where nothing can be evaluated.
    """
    from servanda.evaluate import evaluate
    from servanda.packaged_data import packaged
    from servanda.shapes import parse_day

    def day(value: str | datetime.date | None) -> datetime.date | None:
        return parse_day(value) if isinstance(value, str) else value

    given, paths = None, []
    if isinstance(facts, Mapping):
        from servanda.frames import given_frames

        given = given_frames(facts, submission or {})
    else:
        paths = [facts] if isinstance(facts, (str, Path)) else list(facts)
    folder = Path(rules) if rules is not None else Path("rules") if Path("rules").is_dir() else packaged("rules")
    today = datetime.datetime.now(datetime.UTC).date()
    return evaluate(
        [Path(path) for path in paths], Path(agreements), folder, day(as_of) or today, known_on=day(known_on), year=year, every=every,
        keep_going=keep_going, given=given, encoding=encoding, rules_as_of=day(rules_as_of),
    )
