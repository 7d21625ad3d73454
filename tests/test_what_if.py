"""What-if: what changes is what an evaluation by changed files finds, case by case, in every format; and what cannot be set is said."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
import yaml

from conftest import RULES
from servanda import check
from servanda.kinds import BY_NAME
from servanda.pack import read_pack
from servanda.problem_texts import expected, message
from servanda.problems import InvalidInput, Problems
from servanda.run import Run
from servanda.whatif.compare import what_if, with_settings
from servanda.whatif.places import places
from servanda.whatif.rules import rule_changes
from servanda.whatif.setting import set_in
from servanda.whatif.text import place_words
from small_world import World, mitte, present, rounds
from what_if_worlds import edited, run_of

HERE = Path(__file__).parent
CASES, WRONG = (yaml.load((HERE / f"what_if_{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for name in ("cases", "problems"))
PACK = read_pack(RULES / "benn", BY_NAME, Problems())
DAY = "2020-01-31"


def world_of(case: dict, folder: Path) -> World:
    world = mitte(folder, parameters={name: float(value) for name, value in case["parameters"].items()} if "parameters" in case else None)
    held = rounds(int(case["rounds"]))
    absent = int(case.get("absent", 0))
    came = [*present(held[:absent], state="absent"), *present(held[absent:]), *present(held, role="senate_office")]
    world.submit(meetings=held, attendance=came, staffing=[{"id": "s-0", "role": "district_coordinator", "from": "2017-09-01"}])
    return world


def outcome(finding) -> str:
    return "gone" if finding is None else finding.status + ("!" if finding.material else "")


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_changes(case: dict, tmp_path: Path) -> None:
    world = world_of(case, tmp_path)
    run = check(world.facts, world.agreements, RULES, DAY)
    found = what_if(run, with_settings(run, case["set"]), 2019)
    assert [place_words(one, "en") for one in found.rules] == case["rules"]
    changed = [one for one in (*found.findings.changed, *found.findings.gone, *found.findings.new) if outcome(one.before) != outcome(one.after)]
    said = [f"{one.before.obligation}/{one.before.site}: {outcome(one.before)} → {outcome(one.after)}" for one in changed]
    assert said == case["moves"]
    counts = found.findings
    assert len(counts.changed) + len(counts.gone) + counts.same == len(found.before.findings)
    assert len(counts.changed) + len(counts.new) + counts.same == len(found.after.findings)


@pytest.mark.parametrize("case", WRONG, ids=[" ".join(case["set"]) for case in WRONG])
def test_what_cannot_be_set(case: dict) -> None:
    with pytest.raises(InvalidInput) as raised:
        set_in({"benn": PACK}, case["set"])
    problems = raised.value.problems
    assert sorted(one.code for one in problems) == sorted(case["problems"])
    assert all(one.file == "--set" and one.row is None for one in problems)
    assert any(case["says"] in expected(one, "en") + message(one, "en") for one in problems)
    assert all(expected(one, "de") and message(one, "de") != message(one, "en") for one in problems)


CHANGES = [
    {"attendance_share": "0.6", "max_vacancy_days": "10"}, {"steering-rounds-held.lower": "3", "steering-rounds-held.upper": "5"},
    {"answer_working_days": "4", "minimum_working_days": "6"}, {"ca_tolerance": "0", "half_missed_share": "0.9", "accumulated_obligations": "1"},
    {"yearly_measures_per_goal": "{2017-01-01: 2, 2020-01-01: 0}", "start_phase_days": "400", "unconsented_amount": "0"},
]


@pytest.mark.parametrize("changes", CHANGES, ids=[" ".join(changes) for changes in CHANGES])
@pytest.mark.parametrize("seed", [3, 7])
def test_it_is_what_changed_files_would_give(seed: int, changes: dict[str, str], tmp_path: Path) -> None:
    """The facts as they were loaded, measured anew, and everything read again by rules with the figures written into them: one result."""
    run = run_of(seed, tmp_path)
    assert run
    tried = with_settings(run, [f"{place}={value}" for place, value in changes.items()])
    told = run_of(seed, tmp_path, edited(tmp_path, changes))
    assert plain(tried) == plain(told)
    assert what_if(tried, told).findings.changed == ()
    assert plain(run) == plain(run_of(seed, tmp_path)), "the run that was tried on must stay as it was"


def plain(run: Run) -> list:
    findings = [(f.id, f.status, f.at_risk, f.value, f.lower, f.upper, f.deadline, f.judgements, f.evidence, f.missing) for f in run.findings]
    return [*findings, *run.consequences]


def test_every_place_can_be_set_to_what_it_is() -> None:
    """And the packs are the same then; the places name everything that a rule's figures are."""
    known = places(PACK)
    assert len(known) > 150
    for name, place in known.items():
        if place.now is not None and not isinstance(place.now, tuple):
            value = {True: "true", False: "false"}.get(place.now) if isinstance(place.now, bool) else None
            text = value or (f"${place.now.parameter}" if getattr(place.now, "parameter", None) else f"{place.now.values[0][1]:f}" if hasattr(
                place.now, "values") else str(place.now))
            changed, settings = set_in({"benn": PACK}, [f"{name}={text}"])
            assert len(settings) == 1 and rule_changes(PACK, changed["benn"]) == (), name


def test_formats_agree_and_are_the_same_every_time(tmp_path: Path) -> None:
    world = world_of({"rounds": "7", "absent": "3"}, tmp_path)
    base = ["what-if", str(world.facts), *world.base(DAY), "--set", "steering-rounds-held.lower=8", "--set", "judgement.accumulated.accumulates.at_least=1"]
    outs = {name: world.run(*base, "--format", name, "--lang", "en") for name in ("table", "json", "csv")}
    assert all(one.status == 0 and not one.err for one in outs.values())
    assert all(world.run(*base, "--format", name, "--lang", "en").out == one.out for name, one in outs.items())
    told = outs["json"].data
    assert told["schema"] == "servanda.what-if/1" and told["summary"]["findings"]["changed"] == len(told["findings"]) > 1
    rows = list(csv.DictReader(io.StringIO(outs["csv"].out.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == [one["id"] for one in (*told["findings"], *told["consequences"])]
    for one in told["findings"]:
        assert set(one["before"]) == set(one["after"]) and one["before"] != one["after"] and one["fields"]
        assert one["before"]["status"] == one["after"]["status"] or one["id"].split("/")[3] in outs["table"].out
    assert told["consequences"] and told["at_stake"] == [] or told["at_stake"]
    assert "fulfilled → deviation" in outs["table"].out and "deviation → deviation ⚑" in outs["table"].out
    assert world.run(*base, "--exit-code").status == 1
    assert world.run("what-if", str(world.facts), *world.base(DAY), "--set", "steering-rounds-held.lower=6", "--exit-code").status == 0


def test_problems_in_the_format_asked_for(tmp_path: Path) -> None:
    world = world_of({"rounds": "7"}, tmp_path)
    wrong = world.run("what-if", str(world.facts), *world.base(DAY), "--set", "steering-rounds.lower=8", "--format", "json")
    assert wrong.problems[0]["code"] == "unknown-setting" and "Meinten Sie" in wrong.problems[0]["message"]
    asked = world.run("what-if", str(world.facts), *world.base(DAY), "--readings", "--obligation", "stering-rounds-held", "--format", "json")
    assert asked.problems[0]["code"] == "no-such-obligation" and "steering-rounds-held" in asked.problems[0]["message"]


@pytest.mark.parametrize(("arguments", "says"), [
    (["x"], "--set, --against-rules"), ([], "facts"), (["x", "--set", "a"], "PLACE=VALUE"), (["x", "--readings", "--set", "a=1"], "leave one of them out"),
    (["x", "--obligation", "a", "--set", "a=1"], "leave one of them out"),
])
def test_wrong_usage(arguments: list[str], says: str, tmp_path: Path) -> None:
    wrong = World(tmp_path).run("what-if", *arguments, "--lang", "en")
    assert wrong.status == 2 and says in wrong.err and "Traceback" not in wrong.err


def test_another_version_of_the_rules(tmp_path: Path) -> None:
    world = world_of({"rounds": "7", "absent": "1"}, tmp_path / "w")
    other = edited(tmp_path, {"steering-rounds-held.lower": "9", "attendance_share": "0.95"})
    judgements = other / "benn" / "judgements.yaml"
    judgements.write_text(judgements.read_text(encoding="utf-8").replace("year_before: true", "year_before: false"), encoding="utf-8")
    found = world.run("what-if", str(world.facts), *world.base(DAY), "--against-rules", str(other), "--format", "json", "--year", "2019").data
    named = {(one["what"], one["id"], one["place"], one["before"], one["after"]) for one in found["rules_changed"]}
    assert named == {
        ("parameter", "attendance_share", "attendance_share", "0.8", "0.95"), ("judgement", "repeated", "year_before", None, None),
        ("obligation", "steering-rounds-held", "steering-rounds-held.lower", "6", "9"),
    }
    moved = {one["id"].split("/")[3]: (one["before"]["status"], one["after"]["status"]) for one in found["findings"] if "status" in one["fields"]}
    assert moved == {"steering-rounds-held": ("fulfilled", "deviation"), "district-attends-steering-rounds": ("fulfilled", "deviation")}
    same = world.run("what-if", str(world.facts), *world.base(DAY), "--against-rules", str(RULES), "--format", "json").data
    assert same["rules_changed"] == [] and same["findings"] == []


def test_rules_that_are_new_or_gone_are_named(tmp_path: Path) -> None:
    other = edited(tmp_path, {})
    section = other / "benn" / "obligations" / "section-8.yaml"
    section.write_text(section.read_text(encoding="utf-8").replace("modality: obligation", "modality: intention", 1), encoding="utf-8")
    changed = read_pack(other / "benn", BY_NAME, Problems())
    assert [(one.what, one.id, one.place) for one in rule_changes(PACK, changed)] == [("obligation", "termination-for-cause", "modality")]
    fewer = set_in({"benn": PACK}, [])[0]["benn"]
    assert rule_changes(PACK, fewer) == ()
    assert [(one.what, one.before, one.after) for one in rule_changes(PACK, None)] == [("pack", "benn", None)]




def test_the_rules_of_an_earlier_day(tmp_path: Path) -> None:
    """What was amended with effect from a later day is not known: as if it had never been written."""
    world = world_of({"rounds": "7"}, tmp_path / "w")
    amended = edited(tmp_path, {"steering-rounds-held.lower": "{2017-01-01: 6, 2019-01-01: 9}", "attendance_share": "{2017-01-01: 0.8, 2018-06-01: 0.2}"})
    section = amended / "benn" / "obligations" / "section-4.yaml"
    text = section.read_text(encoding="utf-8").replace("- id: jour-fixes-held\n", "- id: jour-fixes-held\n  in_force: {from: 2019-01-01, to: 2019-12-31}\n")
    section.write_text(text, encoding="utf-8")
    world.rules = amended
    now, then = world.check(), world.check("--rules-as-of", "2018-12-31")
    assert now.one("steering-rounds-held", "s-1", "2019")["lower"] == 9 and then.one("steering-rounds-held", "s-1", "2019")["lower"] == 6
    assert now.one("district-attends-steering-rounds", "s-1", "2019")["lower"] == then.one("district-attends-steering-rounds", "s-1", "2019")["lower"] == 0.2
    assert [one["period"]["label"] for one in now.all_of("jour-fixes-held")] == ["2019"] and then.all_of("jour-fixes-held") == []
    assert then.data["rules_as_of"] == "2018-12-31" and "rules_as_of" not in now.data
    assert "nach dem Stand vom 31.12.2018" in world.table("--rules-as-of", "2018-12-31").out
    open_end = world.check("--rules-as-of", "2019-06-30", as_of="2020-12-31")
    assert [one["period"]["label"] for one in open_end.all_of("jour-fixes-held")] == ["2019", "2020"], "an end that lies ahead is not known"
    found = world.run("what-if", str(world.facts), *world.base(DAY), "--rules-as-of", "2018-12-31", "--format", "json").data
    assert {(one["id"], one["place"]) for one in found["rules_changed"]} == {("steering-rounds-held", "steering-rounds-held.lower"), ("jour-fixes-held", None)}
    assert found["rules"]["after"]["as_of"] == "2018-12-31"


def test_an_agreements_own_values_have_a_history_too(tmp_path: Path) -> None:
    world = mitte(tmp_path, parameters={"attendance_share": {"2017-01-01": 0.9, "2019-01-01": 0.5}})
    world.submit(meetings=rounds(6), attendance=present(rounds(6)))
    assert world.check().one("district-attends-steering-rounds", "s-1", "2019")["lower"] == 0.5
    assert world.check("--rules-as-of", "2018-01-01").one("district-attends-steering-rounds", "s-1", "2019")["lower"] == 0.9


def test_the_receipt_says_by_the_rules_of_which_day(tmp_path: Path) -> None:
    from servanda.receipt import receipt

    world = world_of({"rounds": "7"}, tmp_path)
    plain_, dated = (check(world.facts, world.agreements, RULES, DAY, rules_as_of=day) for day in (None, "2019-01-01"))
    assert receipt(dated, "")["rules_as_of"] == "2019-01-01" and "rules_as_of" not in receipt(plain_, "")


def test_readings_for_people_and_programs(tmp_path: Path) -> None:
    world = world_of({"rounds": "6", "absent": "1"}, tmp_path)
    base = ["what-if", str(world.facts), *world.base(DAY), "--readings", "--year", "2019", "--lang", "en"]
    told = world.run(*base, "--format", "json").data
    (share,) = [one for one in told["findings"] if one["obligation"] == "district-attends-steering-rounds"]
    (reading,) = [one for one in share["readings"] if one["name"] == "attendance_share"]
    assert (share["stands"], reading["from"], reading["to"], reading["above"]) == (
        False, "0", "0.8333", {"at": "0.8334", "status": "deviation", "material": False})
    text = " ".join(world.run(*base).out.split())
    assert "attendance_share = 0.8 share of the meetings: stands for every value up to 0.8333; turns “deviation” at 0.8334" in text
    few = world.run(*base, "--obligation", "steering-rounds-held", "--all-readings").out
    assert "no “about” stands here" not in few, "what would be the same is not said"
    every = world.run(*base, "--all-readings", "--format", "json").data
    assert len(every["findings"]) > len(told["findings"]) and every["summary"] == told["summary"]
    wide = world.run(*base, "--within", "50", "--format", "json").data
    assert {one["id"] for one in told["findings"]} <= {one["id"] for one in wide["findings"]}
    assert world.run(*base, "--exit-code").status == 1 and world.run(*base, "--format", "csv").status == 2


def test_a_strict_count_says_what_about_would_make_of_it(tmp_path: Path) -> None:
    world = world_of({"rounds": "5"}, tmp_path)
    finding = "benn/benn-mitte/s-1/steering-rounds-held/2019"
    out = world.run("explain", finding, str(world.facts), *world.base(DAY), "--lang", "en").out
    assert "no “about” stands here; with it: ±1 tolerated · ±2 tolerated" in out
    told = world.run("what-if", str(world.facts), *world.base(DAY), "--readings", "--format", "json").data
    assert finding not in {one["id"] for one in told["findings"]}, "the rule is strict: that is no reading of it"


def test_every_place_is_listed(tmp_path: Path) -> None:
    out = World(tmp_path).run("what-if", "--list", "--rules", str(RULES)).out
    assert not [name for name in places(PACK) if name not in out.replace("\n", "")]


def test_a_check_loads_nothing_of_it() -> None:
    import subprocess
    import sys

    code = "import sys; sys.argv=['servanda','check','facts','--as-of','2020-01-31']; import servanda.cli.check_command;" \
        " print([name for name in sys.modules if 'whatif' in name or 'readings.search' in name or 'rules_history' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parent, env={"PYTHONPATH": "engine"})
    assert json.loads(done.stdout.replace("'", '"')) == ["servanda.whatif_texts"] or done.stdout.strip() == "[]"


def test_copies_of_rules_are_the_tests_own(tmp_path: Path) -> None:
    """`edited` finds what it changes, so that a test cannot pass because nothing was changed."""
    with pytest.raises(AssertionError):
        edited(tmp_path, {"no-such-parameter": "1"})
    shutil.rmtree(tmp_path / "rules")


PAGE = (HERE.parent / "docs" / "what-if.md").read_text(encoding="utf-8")
COMMANDS = [line for line in PAGE.splitlines() if line.startswith("servanda ") and "then" not in line]


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_of_the_page_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parent)
    ran = World(tmp_path).run(*line.split()[1:], "--format", "json")
    assert ran.status in (0, 1) and ran.data["schema"], ran.err


def test_the_page_names_every_key(tmp_path: Path) -> None:
    world = world_of({"rounds": "7", "absent": "3"}, tmp_path)
    base = ["what-if", str(world.facts), *world.base(DAY), "--format", "json", "--year", "2019"]

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {name for one in value.values() for name in keys(one)}
        return {name for one in value for name in keys(one)} if isinstance(value, list) else set()

    told = world.run(*base, "--set", "steering-rounds-held.lower=8").data
    readings = world.run(*base, "--all-readings").data
    for report in (told, readings):
        report["summary"] = dict.fromkeys(report["summary"])
        report.get("rules", {}).clear()
        report["consequences"] = []
        for one in report["findings"]:
            for when in ("before", "after"):
                one.get(when, {}).pop("missing", None)
    assert not [name for name in keys(told) | keys(readings) if f"`{name}`" not in PAGE and name not in ("schema", "rules")]
