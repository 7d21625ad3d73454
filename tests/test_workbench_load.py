"""A few people at once for a few seconds in the real workbench: nothing fails and nothing is lost.

How long things take is no matter here; bench/WORKBENCH.md says it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import workbench_load  # noqa: E402


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, workbench_load.Told]:
    """A workspace in which three people worked, and what they saw."""
    folder = tmp_path_factory.mktemp("load") / "desk"
    told, wrong = workbench_load.load(folder, 3, 2, 0.1)
    assert told.wrong + wrong == []
    return folder, told


def test_nobody_is_refused_and_nothing_is_lost(worked: tuple[Path, workbench_load.Told]) -> None:
    _, told = worked
    assert told.entered and told.runs >= 2 and set(told.statuses) <= {200, 303, 404, 422}
    assert "| **all** |" in workbench_load.latencies(told, 4)


def test_a_lost_entry_would_be_found(worked: tuple[Path, workbench_load.Told]) -> None:
    folder, told = worked
    told.entered.add("mark-nobody-00001-end")
    told.runs += 1
    told.kept.add("u999999-00000000")
    refused = next(iter(told.entered - {"mark-nobody-00001-end"}))
    told.refused.add(refused)
    found = workbench_load._lost(folder, told, None)
    assert [line.partition(":")[0].split(",")[0].split(" runs")[0] for line in found] == [
        "lost or twice in the ledger", "refused", str(told.runs), "kept",
    ], found
