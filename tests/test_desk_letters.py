"""Letters: fact, holder, clause, day and deadline in both languages; text from facts made harmless; a pack that names no clause."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from desks import ANNA, AT, DAY, DUE, codes, files, kept, workspace
from servanda.desk import actions
from servanda.desk.letter_words import WORDS
from servanda.desk.letters import asked_for, hearing_letter, request_letter
from servanda.desk.runs import run_check, run_of
from servanda.desk.submissions import keep, receive
from servanda.desk.workspace import Workspace, open_workspace
from servanda.ledger.entries import Entry
from small_world import NORTH, mitte

CONSEQUENCE = "benn/benn-mitte/-/reallocation/2019/district"
ROUNDS = "benn/benn-mitte/-/district-rounds-held/2019"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Entry]:
    bench = workspace(tmp_path_factory.mktemp("letters"))
    kept(bench)
    return bench, run_check(bench, ANNA, AT, as_of=datetime.date(2020, 12, 31))


def lacking(run: Entry, agreement: str | None = "benn-mitte") -> list[dict]:
    return [one for one in run_of(run)["findings"] if one["missing"] and one["agreement"] == agreement]


@pytest.mark.parametrize(("lang", "words"), [
    ("de", ("Bitte um Auskunft nach § 7, 3. Absatz", "bis zum 02.03.2020", "Vorhanden bei: ", "Gebraucht für: ", "vollständig bis 31.12.2020", "Bezirksamt")),
    ("en", ("Request for facts under Section 7, 3rd paragraph", "by 2020-03-02", "Held by: ", "Needed for: ", "complete up to 2020-12-31", "District Office")),
])
def test_a_request_names_fact_holder_clause_and_day(made: tuple[Workspace, Entry], lang: str, words: tuple[str, ...]) -> None:
    bench, run = made
    findings = lacking(run)
    text = request_letter(bench, run, [one["id"] for one in findings], DUE, lang)
    for word in (*words, *WORDS[lang]["sender"].splitlines(), WORDS[lang]["number"], WORDS[lang]["salutation"], "Mitte"):
        assert word in text, word
    items = {(one["type"], one["role"], one["field"], one["record"], tuple(one["holder"])) for finding in findings for one in finding["missing"]}
    assert text.count(WORDS[lang]["holder"] + ":") == len(items) == len(asked_for(run, [one["id"] for one in findings]))
    assert text.count(WORDS[lang]["for"] + ":") >= len(findings) and "()" not in text and "{" not in text and "None" not in text


def test_what_is_asked_for_fits_the_ledger(made: tuple[Workspace, Entry]) -> None:
    bench, run = made
    findings = [one["id"] for one in lacking(run)][:5]
    entry = actions.ask(bench, ANNA, AT, run=run.number, findings=findings, due_on=DUE, lang="en")
    assert entry.body["missing"] == asked_for(run, findings) and entry.body["text"] == request_letter(bench, run, findings, DUE, "en")
    assert all(one["clause"] and one["holder"] for one in entry.body["missing"]) and set(findings) <= set(entry.subjects)
    untils = {one["until"] for finding in lacking(run) if finding["id"] in findings for one in finding["missing"]}
    assert {one["until"] for one in entry.body["missing"]} <= untils
    assert actions.ask(bench, ANNA, AT, run=run.number, findings=findings, due_on=DUE, text="Kurz.").body["text"] == "Kurz."


def test_the_programme_is_asked_as_well(made: tuple[Workspace, Entry]) -> None:
    bench, run = made
    text = request_letter(bench, run, [lacking(run, None)[0]["id"]], DUE)
    assert "An: [Name], Programm" in text


@pytest.mark.parametrize(("lang", "words"), [
    ("de", ("Gelegenheit zur Stellungnahme", "nach dem Stand vom 31.12.2020", "§ 7, 2. Absatz", "bis zum 02.03.2020 zu äußern", "Entschieden ist darüber noch nichts",
            "Belege: ", "höchstens 50.000,00 €", "Fördermittel anderweitig einsetzen")),
    ("en", ("Opportunity to respond", "as of 2020-12-31", "Section 7, 2nd paragraph", "respond by 2020-03-02", "Nothing is decided yet", "Evidence: ", "EUR 50,000.00")),
])
def test_a_hearing_on_a_consequence(made: tuple[Workspace, Entry], lang: str, words: tuple[str, ...]) -> None:
    bench, run = made
    text = hearing_letter(bench, run, CONSEQUENCE, DUE, lang)
    for word in words:
        assert word in text, (word, text)
    consequence = next(one for one in run_of(run)["consequences"] if one["year"] == 2019)
    assert all(f"{number}. " in text for number in range(1, len(consequence["findings"]) + 1)) and "br-1" in text
    assert "wesentlich" not in text.lower() or "anhaltspunkt" in text.lower()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_hearing_on_every_finding(made: tuple[Workspace, Entry], lang: str) -> None:
    """Whatever its kind, a finding can be put into words."""
    bench, run = made
    seen = set()
    for finding in run_of(run)["findings"]:
        if (finding["kind"], finding["status"]) not in seen:
            seen.add((finding["kind"], finding["status"]))
            text = hearing_letter(bench, run, finding["id"], DUE, lang)
            assert "1. " in text and "None" not in text and "{" not in text
    assert len(seen) > 12


def test_letters_about_nothing(made: tuple[Workspace, Entry]) -> None:
    bench, run = made
    assert codes(lambda: hearing_letter(bench, run, "benn/x/-/y/2019", DUE)) == ["finding-not-in-run"]
    assert codes(lambda: request_letter(bench, run, [ROUNDS], DUE)) == ["nothing-missing"]
    both = [lacking(run)[0]["id"], lacking(run, None)[0]["id"]]
    assert codes(lambda: request_letter(bench, run, both, DUE)) == ["several-agreements"]


def test_hostile_text_is_made_harmless(tmp_path: Path) -> None:
    """Names of districts and sites come from files of others: no line of theirs can pass for one of the letter."""
    evil = "Mitte\u202e\u200bBis morgen zahlen"
    world = mitte(tmp_path / "world", {**NORTH, "name": "Nord\u202e\u200bSüd"}, district=evil)
    bench = open_workspace(tmp_path / "desk", world.agreements, world.rules)
    found = receive(bench, files(), "x")
    assert not found.problems, found.problems
    keep(bench, found.upload)
    run = run_check(bench, ANNA, AT, as_of=DAY)
    site = next(one["id"] for one in lacking(run) if one["site"])
    for text in (request_letter(bench, run, [site], DUE), hearing_letter(bench, run, site, DUE, "en")):
        assert not set(text) & set("\u202e\u2028\u200b\u2029") and "\\u202e" in text
        assert not [line for line in text.splitlines() if line.startswith("Bis morgen")]


def test_a_pack_without_clauses_for_letters(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    rules = tmp_path / "rules"
    shutil.copytree(bench.rules, rules)
    head = rules / "benn" / "pack.yaml"
    head.write_text(head.read_text().replace('letters: {information_right: "7.3", hearing: "7.2"}', ""))
    bench = open_workspace(bench.folder, bench.agreements, rules)
    kept(bench)
    run = run_check(bench, ANNA, AT, as_of=DAY)
    text = request_letter(bench, run, [lacking(run)[0]["id"]], DUE)
    assert "Bitte um Auskunft\n" in text and "§ 7, 3." not in text and "bis zum 02.03.2020 zu übermitteln" in text
    assert "§ 7, 2. Absatz" not in hearing_letter(bench, run, ROUNDS, DUE)
    assert "§ 7, 2. Absatz" in hearing_letter(bench, run, CONSEQUENCE, DUE), "the consequence's own clause"
