"""Comparing runs: what is new, gone and changed, each cause alone and mixed; narrowing a run down, in every format."""

from __future__ import annotations

import datetime
import json
import shutil
from itertools import product
from pathlib import Path

import pytest

from desks import ANNA, AT, DAY, checked, files, kept, workspace
from servanda.desk.compare import FIELDS, Change, compare, differences, possible_causes
from servanda.desk.export import narrowed
from servanda.desk.runs import run_again, run_check, run_of
from servanda.desk.submissions import keep, receive
from servanda.desk.workspace import Workspace, open_workspace
from servanda.ledger.entries import Entry
from servanda.report.formats import NAMES, report_in
from servanda.report.style import Style

ROUNDS = "benn/benn-mitte/-/district-rounds-held/2019"
COORDINATOR = "benn/benn-mitte/-/district-coordinator/2019"
ROUNDS_2020 = "benn/benn-mitte/-/district-rounds-held/2020"
MORE = "".join(f"br-{n},2019-0{n}-20,district_round,,district\n" for n in range(3, 9))


@pytest.fixture
def bench(tmp_path: Path) -> Workspace:
    made = workspace(tmp_path)
    rules = tmp_path / "rules"
    shutil.copytree(made.rules, rules)
    made = open_workspace(made.folder, made.agreements, rules)
    kept(made)
    return made


def more_meetings(bench: Workspace) -> None:
    """The district submits more meetings of 2019."""
    manifest = "agreement: benn-mitte\nsubmitted_on: 2020-02-01\nsubmitted_by: district\ncomplete: 2020-01-31\n"
    found = receive(bench, {"submission.yaml": manifest.encode(), "meetings.csv": ("id,date,body,site,organiser\n" + MORE).encode()}, "more")
    assert not found.problems, found.problems
    keep(bench, found.upload)


def eased(bench: Workspace) -> None:
    """The pack asks for two meetings only."""
    path = next(path for path in (bench.rules / "benn" / "obligations").glob("*.yaml") if "id: district-rounds-held" in path.read_text())
    before, name, after = path.read_text().partition("id: district-rounds-held")
    head, lower, rest = after.partition("lower: ")
    path.write_text(before + name + head + lower + "2" + rest.lstrip("0123456789"))


def causes(found) -> dict[str, tuple[str, ...]]:
    return {one.id: one.causes for one in (*found.new, *found.gone, *found.changed)}


def test_the_same_run_twice(bench: Workspace) -> None:
    found = compare(checked(bench), checked(bench), bench)
    assert (found.new, found.gone, found.changed) == ((), (), ()) and found.same == run_of(checked(bench))["summary"]["duties"]


def test_facts_alone(bench: Workspace) -> None:
    before = checked(bench)
    more_meetings(bench)
    found = compare(before, checked(bench), bench)
    change = next(one for one in found.changed if one.id == ROUNDS)
    assert (change.before["value"], change.after["value"]) == (2, 8) and {"value", "evidence"} <= set(change.fields)
    assert set(causes(found).values()) == {("facts",)}


def test_rules_alone(bench: Workspace) -> None:
    before = checked(bench)
    eased(bench)
    found = compare(before, checked(bench), bench)
    assert causes(found)[ROUNDS] == ("rules",) and set(causes(found).values()) == {("rules",)}
    assert next(one for one in found.changed if one.id == ROUNDS).fields[:2] == ("status", "lower")


def test_the_date_alone(bench: Workspace) -> None:
    found = compare(checked(bench), checked(bench, as_of=datetime.date(2019, 9, 30)), bench)
    assert set(causes(found).values()) == {("date",)} and found.changed and found.gone and not found.new
    found = compare(checked(bench), checked(bench, known_on=datetime.date(2020, 1, 25)), bench)
    assert (found.new, found.gone, found.changed) == ((), (), ())


def test_a_selection_alone(bench: Workspace) -> None:
    found = compare(checked(bench), checked(bench, year=2019), bench)
    assert found.gone and not found.changed and set(causes(found).values()) == {("selection",)}


def test_an_agreement_of_its_own_changes_nothing_elsewhere(tmp_path: Path) -> None:
    """Another agreement's file and submissions are no cause for a finding of this one."""
    bench = workspace(tmp_path)
    kept(bench)
    before = checked(bench)
    text = (bench.agreements / "benn-mitte.yaml").read_text()
    other = text.replace("benn-mitte", "benn-pankow").replace("s-1", "p-1").replace("s-2", "p-2")
    (bench.agreements / "benn-pankow.yaml").write_text(other)
    pankow = {name: data.replace(b"benn-mitte", b"benn-pankow").replace(b"s-1", b"p-1") for name, data in files().items()}
    keep(bench, receive(bench, pankow, "p").upload)
    found = compare(before, checked(bench), bench)
    assert {one.id.split("/")[1] for one in found.new} == {"benn-pankow"}
    assert not [one.id for one in found.changed if "/benn-mitte/" in one.id]
    assert all("facts" in one for name, one in causes(found).items() if "/benn-pankow/" in name)


def test_mixed_causes_are_told_apart(bench: Workspace) -> None:
    """Later, with more facts: what the day alone brings is the day's, what the facts alone bring is theirs."""
    before = checked(bench, as_of=datetime.date(2019, 12, 31))
    more_meetings(bench)
    found = causes(compare(before, checked(bench, as_of=datetime.date(2020, 12, 31)), bench))
    assert found[ROUNDS] == ("facts",)
    assert found[ROUNDS_2020] == ("date",)
    assert {one for cause in found.values() for one in cause} <= {"facts", "date"}
    without = causes(compare(before, checked(bench, as_of=datetime.date(2020, 12, 31))))
    assert set(without.values()) == {("facts", "date")}, "without the inputs, all that is possible is named"


def test_facts_and_rules_together(bench: Workspace) -> None:
    """New rules and new facts: the rules of then are gone, but with the rules of now the old facts show what the facts did."""
    before = checked(bench)
    more_meetings(bench)
    eased(bench)
    found = compare(before, checked(bench), bench)
    both = next(one for one in found.changed if one.id == ROUNDS)
    assert both.causes == ("facts", "rules") and {"value", "lower"} <= set(both.fields)
    assert {cause for name, cause in causes(found).items() if "district-rounds" not in name} == {("facts",)}


def test_causes_where_the_inputs_are_gone(bench: Workspace) -> None:
    before = checked(bench, as_of=datetime.date(2019, 12, 31))
    more_meetings(bench)
    after = checked(bench, as_of=datetime.date(2020, 12, 31))
    shutil.rmtree(next(bench.submissions.glob("benn-mitte/*-2019")))
    assert causes(compare(before, after, bench))[ROUNDS] == ("facts", "date")


def test_comparing_is_the_same_both_ways(bench: Workspace) -> None:
    before, after = checked(bench), checked(bench, as_of=datetime.date(2019, 9, 30))
    forth, back = differences(run_of(before), run_of(after)), differences(run_of(after), run_of(before))
    assert {one.id for one in forth.new} == {one.id for one in back.gone} and forth.same == back.same
    assert {(one.id, one.fields) for one in forth.changed} == {(one.id, one.fields) for one in back.changed}


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_counts(bench: Workspace, field: str) -> None:
    before = run_of(checked(bench))
    after = json.loads(json.dumps(before))
    one = next(one for one in after["findings"] if one["id"] == ROUNDS)
    one[field] = "something else"
    assert [(one.id, one.fields) for one in differences(before, after).changed] == [(ROUNDS, (field,))]


def test_possible_causes_of_receipts() -> None:
    told = {
        "engine": {"a": "1"}, "packs": {"p": "1"}, "agreements": {"a": "1", "b": "1"}, "as_of": "2020-01-31", "known_on": None, "year": None,
        "submissions": [{"agreement": "a", "sha256": "1"}, {"agreement": "b", "sha256": "2"}, {"agreement": None, "sha256": "3"}],
    }
    of_a = Change("p/a/-/x/2019", {"agreement": "a"}, {"agreement": "a"})
    programme = Change("p/-/-/x/2019", {"agreement": None}, {"agreement": None})

    def possible(change: Change, **more: object) -> tuple[str, ...]:
        return possible_causes(change, told, {**told, **more})

    b_only = [told["submissions"][0], {"agreement": "b", "sha256": "9"}, told["submissions"][2]]
    wide = [*told["submissions"][:2], {"agreement": None, "sha256": "9"}]
    assert possible(of_a) == () and possible(of_a, submissions=b_only) == () and possible(programme, submissions=b_only) == ("facts",)
    assert possible(of_a, submissions=wide) == ("facts",) == possible(of_a, submissions=[*told["submissions"], told["submissions"][0]])
    assert possible(of_a, packs={"p": "2"}) == possible(of_a, engine={"a": "2"}) == possible(of_a, agreements={"a": "2", "b": "1"}) == ("rules",)
    assert possible(of_a, agreements={"a": "1", "b": "2"}) == () and possible(programme, agreements={"a": "1"}) == ("rules",)
    assert possible(of_a, known_on="2020-01-01") == ("date",) == possible(of_a, as_of="2020-02-01") and possible(of_a, year=2019) == ("selection",)


def test_a_run_is_narrowed_down(bench: Workspace) -> None:
    run = run_again(bench, checked(bench))
    everything = run.summary()["duties"]
    chosen = narrowed(run, agreement="benn-mitte", status="deviation", year=2019, material=True)
    assert {one.id for one in chosen.findings} == {ROUNDS, COORDINATOR}
    assert chosen.summary()["duties"] == 2 and chosen.selection == (
        ("agreement", "benn-mitte"), ("status", "deviation"), ("year", "2019"), ("material", "yes"),
    )
    assert [one.year for one in chosen.consequences] == [2019] and narrowed(run) is run
    assert narrowed(narrowed(run, year=2019), status="deviation").summary() == narrowed(run, year=2019, status="deviation").summary()
    split = [narrowed(run, status=name).summary()["duties"] for name in ("fulfilled", "tolerated", "deviation", "unmet", "pending", "undetermined")]
    assert sum(split) + narrowed(run, status="not_applicable").summary()["duties"] == everything
    settled = {"fulfilled", "tolerated", "not_applicable", "waived"}
    assert narrowed(run, status="open").summary()["duties"] == sum(one.status not in settled for one in run.findings)
    assert {one.agreement for one in narrowed(run, agreement="-").findings} == {None} and {one.site for one in narrowed(run, site="s-1").findings} == {"s-1"}
    assert {one.obligation for one in narrowed(run, text="district-rounds HELD".replace(" HELD", "-held")).findings} == {"district-rounds-held"}
    assert {anchor for one in narrowed(run, clause="3.team.8").findings for anchor in one.clauses} >= {"3.team.8"}
    assert {one.label for one in narrowed(run, year="term").findings} == {"term"} and not narrowed(run, text="gibtesnicht").findings


@pytest.mark.parametrize("chosen", [{"status": "deviation", "year": 2019}, {"text": "gibtesnicht"}, {"site": "s-1", "material": True}])
def test_every_format_takes_a_selection(bench: Workspace, chosen: dict) -> None:
    run = narrowed(run_again(bench, checked(bench)), **chosen)
    for name, (lang, word) in product((name for name in NAMES if name != "pdf"), (("de", "Auswahl"), ("en", "Selection"))):
        report = report_in(name, run, Style(lang))
        assert report or not run.findings
        if name in ("table", "markdown"):
            assert word in report
        if name == "json":
            assert json.loads(report)["selection"] == {key: str(value).replace("True", "yes") for key, value in chosen.items()}


def test_a_selection_is_harmless_text(bench: Workspace) -> None:
    run = narrowed(run_again(bench, checked(bench)), text="\x1b[31m<script>| *x* =1+1")
    assert "\x1b" not in report_in("table", run, Style("de")) and "<script>" not in report_in("markdown", run, Style("de"))


def test_who_runs_a_check_is_written_down(bench: Workspace) -> None:
    entry: Entry = run_check(bench, ANNA, AT, as_of=DAY)
    assert (entry.author, entry.at, entry.body["receipt"]["as_of"]) == ("anna", AT, "2020-01-31")
