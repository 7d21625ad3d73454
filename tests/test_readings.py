"""Readings: what is said of other values is what an evaluation with those values finds."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from markupsafe import escape

from servanda.dossier.case import dossier_of, dossiers
from servanda.readings.contents import Outcome, Reading
from servanda.readings.search import readings
from servanda.report.html.page import finding_body
from servanda.report.reading_words import reading_words
from servanda.run import Run
from servanda.whatif.compare import with_settings
from what_if_worlds import run_of

SEEDS = (4, 6)  # 45 were tried by hand; each takes seconds


def setting(reading: Reading, obligation: str, value: Decimal) -> list[str]:
    """How the value is set for the whole pack, as a person would."""
    if reading.kind == "about":
        return [f"tolerance={value:f}"]
    return [f"{obligation}.approximate=true", f"{obligation}.tolerance={value:f}"] if reading.kind == "if_about" else [f"{reading.name}={value:f}"]


def outcomes(run: Run) -> dict[str, Outcome]:
    return {one.id: Outcome(one.status, one.material) for one in run.findings}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reading_is_what_an_evaluation_finds(seed: int, tmp_path: Path) -> None:
    """Inside of the range everything stands; at its ends the finding turns into what is said; tried in the engine as a whole."""
    run = run_of(seed, tmp_path)
    if run is None:
        return
    by_finding = readings(run)
    found = [(one.obligation, reading) for one in run.findings for reading in by_finding.get(one.id, ())]
    rng = random.Random(seed)
    turning = [pair for pair in found if pair[1].below or pair[1].above]
    for obligation, reading in rng.sample(turning, min(3, len(turning))) + rng.sample(found, min(1, len(found))):
        step = Decimal(1).scaleb(max(reading.low.as_tuple().exponent, reading.high.as_tuple().exponent, -4))
        inside = {reading.low, reading.high, reading.low + step * rng.randint(0, max(0, int((reading.high - reading.low) / step)))}
        wanted = {value: reading.outcome for value in inside if reading.low <= value <= reading.high}
        wanted |= {turn.at: turn.outcome for turn in (reading.below, reading.above) if turn}
        for value, outcome in (wanted | dict(reading.others)).items():
            again = outcomes(with_settings(run, setting(reading, obligation, value)))
            assert again[reading.finding] == outcome, (reading, value)



def test_the_dossier_of_one_finding_says_its_readings(tmp_path: Path) -> None:
    """Also in the page that the workbench shows of it; those of a whole report do not measure again."""
    run = run_of(2, tmp_path)
    name = next(name for name, found in readings(run).items() if any(not one.stands for one in found))
    dossier = dossier_of(run, name)
    assert dossier.readings == readings(run, {name})[name] == readings(run)[name]
    body = finding_body(dossier, "en", lambda identity: "#")
    assert "Under other readings" in body and all(str(escape(reading_words(one, "en"))) in body for one in dossier.readings)
    assert not any(one.readings for one in dossiers(run))
