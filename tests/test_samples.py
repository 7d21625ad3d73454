"""The synthetic samples: made again byte for byte, valid, and showing every status and every judgement."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, RULES
from servanda import check
from servanda.model import STATUSES
from servanda.report.formats import report_in
from servanda.report.style import Style

# (as of, finding, status, judgement): the stories that the samples tell
STORIES = [
    ("2022-01-31", "benn-friedrichshain-kreuzberg/-/district-coordinator/2019", "deviation", "long-vacancy"),
    ("2022-01-31", "benn-pankow/-/district-rounds-held/2020", "deviation", "half-missed"),
    ("2022-01-31", "benn-neukoelln/neukoelln-1/district-attends-steering-rounds/2021", "deviation", "half-missed"),
    ("2022-01-31", "benn-marzahn-hellersdorf/-/district-rounds-held/2018", "deviation", None),
    ("2022-01-31", "benn-marzahn-hellersdorf/-/district-rounds-held/2019", "deviation", "repeated"),
    ("2022-01-31", "benn-marzahn-hellersdorf/-/district-rounds-held/2020", "tolerated", None),
    ("2022-01-31", "benn-tempelhof-schoeneberg/-/information-right/2019", "deviation", "silence"),
    ("2022-01-31", "benn-treptow-koepenick/treptow-koepenick-1/consent-before-spend/2018", "deviation", "unconsented-spending"),
    ("2022-01-31", "benn-lichtenberg/-/requests-answered/2019", "deviation", "accumulated"),
    ("2022-01-31", "benn-reinickendorf/reinickendorf-1/steering-rounds-held/2020", "waived", None),
    ("2022-01-31", "benn-neukoelln/neukoelln-1/steering-rounds-held/2020", "deviation", None),
    ("2022-01-31", "benn-pankow/pankow-1/opinions-obtained/2019", "undetermined", None),
    ("2022-01-31", "benn-spandau/spandau-1/on-site-office/term", "unmet", None),
    ("2022-01-31", "benn-charlottenburg-wilmersdorf/-/district-rounds-held/2019", None, None),
]


@pytest.fixture(scope="module")
def runs() -> dict:
    return {day: check(ROOT / "facts", ROOT / "agreements", RULES, day) for day in ("2021-09-30", "2022-01-31")}


def test_script_makes_the_samples_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "bench" / "make_samples.py"), "--out", str(tmp_path)], check=True, capture_output=True)
    for folder in ("agreements/benn", "facts/benn"):
        made = sorted(path.relative_to(tmp_path) for path in (tmp_path / folder).rglob("*") if path.is_file())
        kept = sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
        assert made == kept
        _, differing, failed = filecmp.cmpfiles(tmp_path, ROOT, [path.as_posix() for path in made], shallow=False)
        assert not differing and not failed


def test_every_status_and_judgement_occurs(runs: dict) -> None:
    for run in runs.values():
        assert {finding.status for finding in run.findings} == set(STATUSES)
    judged = {name for finding in runs["2022-01-31"].findings for name in finding.judgements}
    assert judged == {judgement.id for part in runs["2022-01-31"].packs for judgement in part.pack.judgements}
    assert {consequence.attribution for consequence in runs["2021-09-30"].consequences} == {"district", "team"}
    assert all(consequence.amount_at_stake > 0 for consequence in runs["2021-09-30"].consequences)


@pytest.mark.parametrize(("day", "name", "status", "judgement"), STORIES, ids=[story[1] for story in STORIES])
def test_story(runs: dict, day: str, name: str, status: str | None, judgement: str | None) -> None:
    found = {finding.id: finding for finding in runs[day].findings}
    if status is None:
        assert f"benn/{name}" not in found, "a district with one site owes no district rounds"
        return
    finding = found[f"benn/{name}"]
    assert finding.status == status
    assert finding.judgements == ((judgement,) if judgement else ())


def test_samples_have_twelve_districts_and_twenty_sites(runs: dict) -> None:
    agreements = runs["2022-01-31"].packs[0].agreements
    assert len(agreements) == 12
    assert sum(len(agreement.sites) for agreement in agreements) == 20
    assert {site.kind for agreement in agreements for site in agreement.sites} == {"benn_team", "quartiersmanagement"}


def test_packs_that_have_not_begun_are_not_in_a_run(runs: dict) -> None:
    """The main command looks at all of facts/: at its day only BENN has begun, and later packs change nothing in it."""
    run = runs["2021-09-30"]
    assert [part.pack.id for part in run.packs] == ["benn"] and len(run.submissions) == 79
    assert run.summary() == check(ROOT / "facts" / "benn", ROOT / "agreements", RULES, "2021-09-30").summary()
    later = check(ROOT / "facts", ROOT / "agreements", RULES, "2025-09-20")
    assert [part.pack.id for part in later.packs] == ["benn", "sale", "zuwendung"] and len(later.submissions) == 84


@pytest.mark.parametrize(("pack", "day", "attributions"), [("sale", "2025-09-29", {"buyer", "seller"}), ("zuwendung", "2025-09-20", {"grantee"})])
def test_the_other_packs_samples_show_what_they_say(pack: str, day: str, attributions: set) -> None:
    run = check(ROOT / "facts" / pack, ROOT / "agreements", RULES, day)
    assert {"fulfilled", "deviation", "pending", "undetermined"} <= {finding.status for finding in run.findings}
    assert {one.attribution for one in run.consequences} == attributions and not any(one.site for one in run.consequences)
    repaired = {finding.details["repaired"] for finding in run.findings if "repaired" in finding.details}
    assert repaired == {"yes", "no"}
    judged = {name for finding in run.findings for name in finding.judgements}
    assert judged == {judgement.id for judgement in run.packs[0].pack.judgements} - {"plan-exceeded"}
    assert "synthetic" in (ROOT / "facts" / pack / "README.md").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("name", ["table", "markdown", "html", "junit", "csv"])
def test_reports_name_a_record_and_what_followed(name: str) -> None:
    """A record is called by its kind, in both languages, and a breach says what became of what it made."""
    run = check(ROOT / "facts" / "sale", ROOT / "agreements", RULES, "2025-09-29")
    for lang, record, followed in (("de", "Rate r-06", "was daraus folgt, weicht ab"), ("en", "Instalment r-06", "what follows from it deviates")):
        text = report_in(name, run, Style(lang))
        text = text if isinstance(text, str) else text.decode("utf-8")
        assert record in text and followed in text


def test_samples_say_that_they_are_synthetic() -> None:
    assert "synthetic" in (ROOT / "facts" / "benn" / "README.md").read_text(encoding="utf-8").lower()
    for path in (ROOT / "facts").rglob("submission.yaml"):
        assert path.read_text(encoding="utf-8").splitlines()[0].startswith("#")
