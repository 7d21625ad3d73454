"""servanda calendar and `check --format ics`: against a slow plain reading of the sample, and through independent parsers."""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import icalendar
import pytest
import vobject
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import worlds
from conftest import ROOT, RULES
from servanda import check
from servanda.due_dates import due_dates, selected
from servanda.pack_shapes import CalendarShape
from servanda.problems import InvalidInput, Problem
from servanda.report.due_report import due_json, due_table
from servanda.report.ics import folded, ics_calendar, ics_problems, ics_report
from servanda.report.style import Style
from servanda.run import Run
from servanda.shapes import Words
from small_world import NORTH, SOUTH, World, add_obligation, mitte, rounds, two_agreements

DAYS = ("2018-06-30", "2019-11-15", "2020-12-01", "2021-09-30")
ONE = datetime.timedelta(days=1)
REQUEST = {"id": "r-1", "from": "senate", "to": "district", "topic": "press"}


def calendar(world: World, *more: str, as_of: str = "2019-06-30", form: str = "json"):
    return world.run("calendar", str(world.facts), *world.base(as_of), "--format", form, *more)


def due(world: World, *more: str, as_of: str = "2019-06-30") -> list[dict]:
    outcome = calendar(world, *more, as_of=as_of)
    assert outcome.status == 0, outcome.err
    return outcome.data["due"]


def of(rows: list[dict], obligation: str) -> dict:
    (row,) = [row for row in rows if row["obligation"] == obligation]
    return row


def events(text: str) -> list:
    """The events by a parser of the icalendar project; every line as RFC 5545 wants it."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    parsed = icalendar.Calendar.from_ical(text)
    assert not parsed.errors and not any(part.errors for part in parsed.walk())
    assert len(list(vobject.readComponents(text))) == 1
    return list(parsed.walk("VEVENT"))


# ---------------------------------------------------------------- a plain reading of the sample


def easter(year: int) -> datetime.date:
    """Anonymous Gregorian algorithm (Nature, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = (19 * a + b - b // 4 - ((b - (b + 8) // 25 + 1) // 3) + 15) % 30, 0
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return datetime.date(year, f // 31, f % 31 + 1)


def working(day: datetime.date) -> bool:
    """Monday to Friday without the public holidays of Berlin (Gesetz über die Sonn- und Feiertage)."""
    fixed = {(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)} | ({(3, 8)} if day.year >= 2019 else set())
    once = {datetime.date(2017, 10, 31), datetime.date(2020, 5, 8)}
    moving = {easter(day.year) + n * ONE for n in (-2, 1, 39, 50)}
    return day.weekday() < 5 and (day.month, day.day) not in fixed and day not in once | moving


def later(day: datetime.date, number: int) -> datetime.date:
    while number:
        day += ONE
        number -= working(day)
    return day


def rolled(day: datetime.date) -> datetime.date:
    return day if working(day) else later(day, 1)


WAIVED = "benn/benn-reinickendorf/reinickendorf-1/steering-rounds-held/2020"  # a waiver of both parties leaves four rounds of six
VOCABULARY = yaml.safe_load((RULES / "benn" / "vocabulary.yaml").read_text(encoding="utf-8"))
LABELS = {name: {field["label"]["de"]: key for key, field in table["fields"].items()} for name, table in VOCABULARY.items()}


def records(agreement: str, name: str) -> list[dict]:
    """The table of an agreement over all its submissions: a later one replaces, or withdraws."""
    found: dict[str, dict] = {}
    for folder in sorted((ROOT / "facts" / "benn" / agreement).iterdir()):
        manifest = yaml.safe_load((folder / "submission.yaml").read_text(encoding="utf-8"))
        for withdrawn in manifest.get("withdraws") or ():
            type_name, identity = withdrawn.split(":")
            if type_name == name:
                found.pop(identity, None)
        written = folder / f"{name}.yaml"
        for row in yaml.load(written.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) if written.exists() else ():
            found[row["id"]] = row
        path = folder / f"{name}.csv"
        if path.exists():
            text = path.read_text(encoding="utf-8-sig")
            for raw in csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.partition("\n")[0] else ","):
                row = {LABELS[name].get(header, header): re.sub(r"^(\d\d)\.(\d\d)\.(\d{4})$", r"\3-\2-\1", cell) for header, cell in raw.items()}
                found[row["id"]] = row
    return list(found.values())


def running(as_of: datetime.date) -> Counter:
    """(obligation, agreement, record, due day) of every case that is open, from the CSV files and the contract's words."""
    found: Counter = Counter()

    def note(obligation: str, agreement: str, row: dict, began: str, answered: str, last) -> None:
        start = datetime.date.fromisoformat(row[began])
        end = row.get(answered) or None
        if start <= as_of and not (end and datetime.date.fromisoformat(end) <= as_of) and last(start) > as_of:
            found[(obligation, agreement, row["id"], last(start).isoformat())] += 1

    def within(number: int):
        return lambda start: start + number * ONE

    for folder in sorted((ROOT / "facts" / "benn").glob("benn-*")):
        name = folder.name
        documents = records(name, "documents")
        for row in records(name, "requests"):
            if (row["from"], row["to"]) == ("senate", "district"):
                wanted = row.get("due_on")
                obligation = "information-right" if row["topic"] == "information" else "requests-answered"
                note(obligation, name, row, "received_on", "answered_on",
                     (lambda s, w=wanted: max(datetime.date.fromisoformat(w), later(s, 3))) if wanted else lambda s: later(s, 10))
        for row in records(name, "conflicts"):
            note("conflict-mediation", name, row, "reported_on", "mediation_offered_on", lambda s: later(s, 20))
            note("conflicts-settled", name, row, "reported_on", "settled_on", within(90))
        for row in documents:
            if row["kind"] in ("action_concept", "integrated_concept_contribution"):
                note("action-concept-agreed", name, row, "submitted_on", "agreed_by_district_on", within(90))
            if row["kind"] == "action_plan":
                note("action-plan-agreed", name, row, "submitted_on", "agreed_by_district_on", within(90))
            if row["kind"] == "proof_of_use":
                note("proof-of-use-checked", name, row, "submitted_on", "checked_by_senate_on", within(180))
        for row in records(name, "funds"):
            proofs = [d["submitted_on"] for d in documents if d["kind"] == "proof_of_use" and (d["site"], d["year"]) == (row["site"], row["year"])]
            note("proof-of-use", name, {**row, "proof": min(proofs, default="")}, "provided_on", "proof",
                 lambda s, y=int(row["year"]): datetime.date(y + 1, 6, 30))
    return found


@pytest.fixture(scope="module", params=DAYS)
def sample(request: pytest.FixtureRequest) -> Run:
    return check(ROOT / "facts", ROOT / "agreements", RULES, request.param)


def test_every_pending_finding_and_every_running_request_of_the_sample_once(sample: Run) -> None:
    from servanda.report.json_report import json_report

    findings = json.loads(json_report(sample, Style()))["findings"]
    rows = json.loads(due_json(due_dates(sample), sample))["due"]
    pending = sorted(f["id"] for f in findings if f["status"] == "pending" and f["kind"] != "answered")
    assert pending
    assert sorted(row["finding"] for row in rows if row["record"] is None and row["status"] == "pending") == pending
    cases = Counter((row["obligation"], row["agreement"], row["record"]["id"], row["day"]) for row in rows if row["record"])
    assert cases == running(sample.as_of) and sum(cases.values())
    assert {f["id"] for f in findings if f["status"] == "pending" and f["kind"] == "answered"} <= {row["finding"] for row in rows}
    rest = [row for row in rows if row["record"] is None and row["status"] != "pending"]
    assert all(row["status"] == "undetermined" and row["uncertain"] for row in rest)
    by_id = {f["id"]: f for f in findings}
    for row in rows:
        day = datetime.date.fromisoformat(row["day"])
        assert day > sample.as_of and row["working_day"] == rolled(day).isoformat()
        finding = by_id[row["finding"]]
        if row["kind"] in ("count", "attested", "sites"):
            assert row["day"] == finding["period"]["to"]
            freed = row["finding"] == WAIVED
            assert 0 < row["left"] <= finding["lower"] - finding["value"] and (freed or row["left"] == finding["lower"] - finding["value"])


def test_calendars_of_the_sample_parse_and_say_the_same(sample: Run) -> None:
    everything = due_dates(sample)
    for lang in ("de", "en"):
        found = events(ics_report(sample, Style(lang)))
        assert len(found) == len(everything) == len({str(event["UID"]) for event in found})
        for event, one in zip(found, everything, strict=True):
            assert event.decoded("DTSTART") == one.working_day and event.decoded("DTEND") == one.working_day + ONE
            assert event["DTSTART"].params["VALUE"] == event["DTEND"].params["VALUE"] == "DATE"
            assert event.decoded("DTSTAMP").date() == sample.as_of and event["TRANSP"] == "TRANSPARENT"
            assert one.obligation.title.of(lang) in event["SUMMARY"] and one.finding.id in event["DESCRIPTION"]
            assert one.obligation.rule.of(lang) in event["DESCRIPTION"]
            alarms = [event.decoded("DTSTART") + alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")]
            assert alarms == ([] if one.waived else [one.day - 14 * ONE, one.day - 3 * ONE])
            parties = [one.pack.head.parties[name].of(lang) for name in one.bearer]
            assert list(event.categories) == parties


def test_uids_stay_from_run_to_run() -> None:
    by_key: dict[str, set[str]] = {}
    for day in (*DAYS, "2021-10-01"):
        run = check(ROOT / "facts", ROOT / "agreements", RULES, day)
        for event, one in zip(events(ics_report(run, Style())), due_dates(run), strict=True):
            by_key.setdefault(one.key, set()).add(str(event["UID"]))
    assert all(len(uids) == 1 and re.fullmatch(r"[0-9a-f]{32}@servanda\.invalid", *uids) for uids in by_key.values())
    assert len(set().union(*by_key.values())) == len(by_key)


def test_table_names_the_next_thing_first_and_keeps_its_width(sample: Run) -> None:
    everything = due_dates(sample)
    for lang in ("de", "en"):
        for width in (40, 60, 84, 100, 160):
            text = due_table(everything, sample, Style(lang, width))
            assert max(map(len, text.splitlines())) <= width and "\x1b" not in text
        lines = text.splitlines()
        first = everything[0]
        assert lines[2].startswith("Next: " if lang == "en" else "Als Nächstes: ")
        assert (first.working_day.isoformat() if lang == "en" else f"{first.working_day:%d.%m.%Y}") in lines[2]
        coloured = due_table(everything, sample, Style(lang, 100, colour=True))
        assert "\x1b[" in coloured
        plain = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
        assert plain == due_table(everything, sample, Style(lang, 100)).splitlines()
    flat = re.sub(r"\s+", "", text)
    assert all(one.site is None or one.site.id in flat for one in everything)
    assert all(one.record is None or one.record.id in flat for one in everything)


@pytest.mark.parametrize("seed", range(24))
def test_generated_worlds(seed: int, tmp_path: Path) -> None:
    world = worlds.make_world(seed)
    worlds.write_world(world, tmp_path)
    run = check(tmp_path / "facts", tmp_path / "agreements", RULES, world["as_of"], known_on=world["known_on"])
    everything = due_dates(run)
    assert len({one.key for one in everything}) == len(everything) == len(events(ics_report(run, Style("en"))))
    alone = [one.finding.id for one in everything if one.record is None]
    pending = {f.id for f in run.findings if f.status == "pending" and f.kind != "answered"}
    assert pending <= set(alone) and len(set(alone)) == len(alone)
    named = {one.finding.id for one in everything}
    assert {f.id for f in run.findings if f.status == "pending"} <= named
    for finding in run.findings:
        cases = [one for one in everything if one.finding is finding and one.record]
        assert finding.kind != "answered" or sum(not one.uncertain for one in cases) <= finding.details["open_cases"] <= len(cases)
        assert finding.status in ("pending", "undetermined") or len(cases) == sum(one.finding is finding for one in everything)
    for one in everything:
        assert run.as_of < one.day <= one.working_day < one.day + 7 * ONE and one.working_day == rolled(one.day)
    assert due_table(everything, run, Style("de", 60)) and json.loads(due_json(everything, run))["count"] == len(everything)


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("due_on", "moved"),
    [
        ("2019-05-01", "2019-05-02"),  # 1 May
        ("2019-10-03", "2019-10-04"),  # 3 October
        ("2019-04-22", "2019-04-23"),  # Easter Monday
        ("2019-04-19", "2019-04-23"),  # Good Friday
        ("2019-06-08", "2019-06-11"),  # the Saturday before Whit Monday
        ("2019-03-08", "2019-03-11"),  # International Women's Day in Berlin, a Friday
        ("2019-05-30", "2019-05-31"),  # Ascension
        ("2019-10-31", "2019-10-31"),  # no holiday in Berlin
        ("2020-05-08", "2020-05-11"),  # once, in 2020
        ("2020-02-29", "2020-03-02"),  # a leap day on a Saturday
        ("2020-12-31", "2020-12-31"),
        ("2022-12-31", "2023-01-02"),  # the turn of the year on a Saturday, New Year's Day on a Sunday
        ("2023-12-31", "2024-01-02"),  # a Sunday, then a holiday on Monday
    ],
)
def test_days_move_to_the_next_working_day(tmp_path: Path, due_on: str, moved: str) -> None:
    world = mitte(tmp_path)
    world.submit(complete="2019-01-31", requests=[{**REQUEST, "received_on": "2019-01-15", "due_on": due_on}])
    row = of(due(world, as_of="2019-01-31"), "requests-answered")
    assert (row["day"], row["working_day"]) == (due_on, moved)
    (event,) = [e for e in events(calendar(world, as_of="2019-01-31", form="ics").out) if "r-1" in e["SUMMARY"]]
    assert event.decoded("DTSTART") == datetime.date.fromisoformat(moved)
    assert ("Vereinbart ist" in event["DESCRIPTION"]) == (due_on != moved)
    assert f"{datetime.date.fromisoformat(due_on):%d.%m.%Y}" in event["DESCRIPTION"] or due_on == moved


def test_window_that_ends_on_a_sunday_is_due_in_january(tmp_path: Path) -> None:
    world = mitte(tmp_path, term={"from": "2017-09-01", "to": "2024-12-31"})
    world.submit(folder="2023", on="2024-01-20", complete="2023-06-30", meetings=rounds(3, 2023))
    row = of(due(world, as_of="2023-06-30"), "steering-rounds-held")
    assert (row["day"], row["working_day"], row["left"]) == ("2023-12-31", "2024-01-02", 3)


def test_what_ends_today_is_over(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=rounds(3), requests=[{**REQUEST, "received_on": "2019-12-02", "due_on": "2019-12-31"}])
    assert {"steering-rounds-held", "requests-answered"} <= {row["obligation"] for row in due(world, as_of="2019-12-30")}
    left = due(world, as_of="2019-12-31")
    assert not {"steering-rounds-held", "requests-answered"} & {row["obligation"] for row in left}
    assert all(row["day"] > "2019-12-31" for row in left)


def test_terminated_agreement_ends_its_windows(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    notice = {"id": "n-1", "kind": "termination", "date": "2019-03-01", "written": True, "important_cause": True, "effective_on": "2019-06-01"}
    world.submit(meetings=rounds(1), notices=[notice])
    assert "steering-rounds-held" in {row["obligation"] for row in due(world, as_of="2019-05-31")}
    assert "steering-rounds-held" not in {row["obligation"] for row in due(world, as_of="2019-06-01")}


# ---------------------------------------------------------------- what is left, and for whom


def test_minimum_left_and_what_is_not_known(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(complete="2019-06-30", on="2019-07-01", meetings=rounds(2))
    row = of(due(world), "steering-rounds-held")
    assert (row["left"], row["uncertain"], row["at_risk"], row["day"]) == (4, False, False, "2019-12-31")
    row = of(due(world, as_of="2019-08-31"), "steering-rounds-held")
    assert (row["uncertain"], row["at_risk"]) == (True, True)  # complete up to June only
    assert "6" in row["left_words"]["de"]
    outcome = calendar(world, as_of="2019-08-31", form="table")
    assert "!? Steuerungsrunden" in outcome.out and "nicht feststellbar, ob schon erledigt" in outcome.out


def test_minimum_that_is_reached_is_not_due(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(complete="2019-06-30", on="2019-07-01", meetings=rounds(6))
    assert "steering-rounds-held" not in {row["obligation"] for row in due(world)}


def test_attestation_is_asked_of_who_has_not_given_it(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    said = {"id": "a-1", "obligation": "integrated-structures", "party": "senate", "year": 2019, "date": "2019-03-01", "note": "."}
    world.submit(attestations=[said])
    row = of(due(world), "integrated-structures")
    assert (row["bearer"], row["left"]) == (["district"], 1)
    assert "integrated-structures" not in {row["obligation"] for row in due(world, "--party", "senate")}


def test_waiver_of_both_parties_leaves_nothing_to_do(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    waiver = {"id": "w-1", "obligation": "steering-rounds-held", "site": "s-1", "from": "2019-01-01", "to": "2019-12-31", "agreed_on": "2019-01-01",
              "agreed_by": "both", "reason": "."}
    half = {**waiver, "from": "2019-07-01"}
    other = {**waiver, "id": "w-2", "obligation": "requests-answered", "site": None, "to": "2019-06-30"}
    world.submit(waivers=[waiver, other], requests=[{**REQUEST, "received_on": "2019-06-28"}])
    rows = due(world)
    assert of(rows, "steering-rounds-held")["waived"] and of(rows, "requests-answered")["waived"]
    (event,) = [e for e in events(calendar(world, form="ics").out) if "Steuerungsrunden ·" in e["SUMMARY"]]
    assert "ausgenommen" in event["SUMMARY"] and not event.walk("VALARM")
    world.submit(waivers=[half])
    row = of(due(world, as_of="2019-07-31"), "steering-rounds-held")
    assert (row["waived"], row["left"]) == (False, 2)  # floor(6 × 181 / 365)


def test_running_case_of_a_duty_that_deviates_already(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    late = {**REQUEST, "received_on": "2019-02-01"}
    world.submit(requests=[late, {**REQUEST, "id": "r-2", "received_on": "2019-06-28"}])
    assert world.check(as_of="2019-06-30").one("requests-answered", None, "2019")["status"] == "deviation"
    row = of(due(world), "requests-answered")
    assert (row["record"]["id"], row["day"], row["uncertain"]) == ("r-2", "2019-07-12", False)


def test_running_case_is_uncertain_where_answers_are_not_declared(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(complete=None, requests=[{**REQUEST, "received_on": "2019-06-28"}])
    assert of(due(world), "requests-answered")["uncertain"] is True
    (event,) = [e for e in events(calendar(world, form="ics").out) if "r-1" in e["SUMMARY"]]
    assert event["STATUS"] == "TENTATIVE" and event["SUMMARY"].startswith("? ")


def test_case_that_may_be_one_is_uncertain(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    add_obligation(
        world, "asks", scope="agreement",
        answered={"facts": "requests", "where": {"due_on": {"not_after": "as_of"}}, "by": "answered_on", "within": {"days": 40}},
    )
    world.submit(requests=[{**REQUEST, "received_on": "2019-06-28"}])
    row = of(due(world), "asks")
    assert (row["day"], row["uncertain"], row["status"]) == ("2019-08-07", True, "undetermined")


def test_duties_of_the_programme(tmp_path: Path) -> None:
    world = two_agreements(tmp_path)
    row = of(due(world), "jour-fixes-held")
    assert (row["agreement"], row["site"], row["bearer"]) == (None, None, ["senate"])
    (event,) = [e for e in events(calendar(world, form="ics").out) if "Jour fixe" in e["SUMMARY"]]
    assert "Programm" in event["SUMMARY"]


# ---------------------------------------------------------------- the command


def test_choice_of_agreement_party_and_day(tmp_path: Path) -> None:
    world = two_agreements(tmp_path)
    rows = due(world)
    assert {row["agreement"] for row in rows} == {None, "benn-mitte", "benn-pankow"}
    assert due(world, "--agreement", "benn-pankow") == [row for row in rows if row["agreement"] == "benn-pankow"]
    assert due(world, "--agreement", "benn-pankow", "--agreement", "benn-mitte") == [row for row in rows if row["agreement"]]
    assert due(world, "--party", "team") == [row for row in rows if "team" in row["bearer"]]
    until = sorted(row["day"] for row in rows)[len(rows) // 2]
    assert due(world, "--until", until) == [row for row in rows if row["day"] <= until]
    german = datetime.date.fromisoformat(until)
    assert due(world, "--until", f"{german:%d.%m.%Y}") == due(world, "--until", until)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--agreement", "benn-mite"], "Did you mean benn-mitte"),
        (["--party", "distric"], "Did you mean district"),
        (["--party", "zzz"], "Known: district, senate, team"),
        (["--until", "2019-06-30"], "Nothing can be due"),
        (["--until", "31.02.2019"], "is not a date"),
        (["--format", "csv"], "csv"),
        (["--format", "ics", "--format", "json"], "standard output"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], words: str) -> None:
    world = two_agreements(tmp_path)
    outcome = world.run("calendar", str(world.facts), *world.base("2019-06-30"), *arguments, "--lang", "en")
    assert outcome.status == 2 and words in outcome.err and not outcome.out


def test_files_are_written_in_pairs(tmp_path: Path) -> None:
    world = two_agreements(tmp_path)
    ics, table = tmp_path / "due.ics", tmp_path / "due.txt"
    outputs = ("--format", "ics", "--output", str(ics), "--format", "table", "--output", str(table))
    outcome = world.run("calendar", str(world.facts), *world.base("2019-06-30"), *outputs)
    assert (outcome.status, outcome.out) == (0, "")
    assert ics.read_bytes().decode() == calendar(world, form="ics").out
    assert table.read_text(encoding="utf-8") == calendar(world, form="table").out


def test_check_gives_the_same_calendar(tmp_path: Path) -> None:
    world = mitte(tmp_path, NORTH, SOUTH)
    world.submit(meetings=rounds(3))
    outcome = world.run("check", str(world.facts), *world.base("2019-06-30"), "--format", "ics", "--fail-on", "never")
    assert outcome.out == calendar(world, form="ics").out and events(outcome.out)


def test_nothing_due_is_said(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=rounds(3))
    day = ("--until", "2019-07-01")
    outcome = calendar(world, *day, form="table")
    assert outcome.status == 0 and "Nichts ist fällig" in outcome.out
    assert "Nothing is due" in calendar(world, *day, "--lang", "en", form="table").out
    assert due(world, *day) == []
    text = calendar(world, *day, form="ics").out
    assert events(text) == []
    (entry,) = icalendar.Calendar.from_ical(text).walk("VJOURNAL")  # RFC 5545, 3.6: at least one component
    assert "nichts ist fällig" in entry["SUMMARY"] and entry.decoded("DTSTART") == datetime.date(2019, 6, 30)


def test_bad_facts_give_their_problems_and_no_due_date(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[{**rounds(1)[0], "date": "31.02.2019"}], requests=[{**REQUEST, "received_on": "2019-06-28"}])
    outcome = calendar(world)
    assert outcome.problem("meetings.csv")["code"] == "invalid-date"
    outcome = calendar(world, form="table")
    assert (outcome.status, outcome.out) == (2, "") and "31.02.2019" in outcome.err
    for lang, words in (("de", "NICHT GEPRÜFT"), ("en", "NOT EVALUATED")):
        outcome = calendar(world, "--lang", lang, form="ics")
        assert outcome.status == 2
        (event,) = events(outcome.out)
        assert words in event["SUMMARY"] and "31.02.2019" in event["DESCRIPTION"] and event["RRULE"] == {"FREQ": ["DAILY"]}
        assert vobject.readOne(outcome.out).vevent.summary.value == event["SUMMARY"]


def test_left_out_records_are_named(tmp_path: Path) -> None:
    world = mitte(tmp_path)
    world.submit(meetings=[{**rounds(1)[0], "date": "31.02.2019"}, rounds(2)[1]])
    row = of(due(world, "--keep-going"), "steering-rounds-held")
    assert (row["left"], row["uncertain"]) == (5, True)
    assert "1 Problem: fehlerhafte Sätze wurden ausgelassen" in calendar(world, "--keep-going", form="table").out
    assert all("ausgelassen" in e["DESCRIPTION"] for e in events(calendar(world, "--keep-going", form="ics").out))


def test_calendar_without_known_holidays_is_a_problem_of_the_pack(small: Run) -> None:
    part = small.packs[0]
    head = part.pack.head.model_copy(update={"calendar": CalendarShape.model_construct(country="XX", subdivision=None)})
    with pytest.raises(InvalidInput) as raised:
        due_dates(replace(small, packs=(replace(part, pack=replace(part.pack, head=head)),)))
    (problem,) = raised.value.problems
    assert (problem.code, problem.column, problem.file) == ("invalid-definition", "calendar", f"{part.pack.folder}/pack.yaml")


# ---------------------------------------------------------------- hostile text


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=90) | st.sampled_from([
    "BEGIN:VEVENT\r\nSUMMARY:x", "a\\nb", "a;b,c\\", "\x00\x1b[2J", "\u202eabc", "END:VCALENDAR", "ü" * 80, "😀" * 40, '"x"', "\u2028", "\x85",
])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=HOSTILE, name=HOSTILE, record=HOSTILE, path=HOSTILE)
def test_hostile_text_stays_text(small: Run, title: str, name: str, record: str, path: str) -> None:
    everything = due_dates(small)
    words = Words.model_construct(de=title, en=title)
    evil = []
    for one in everything:
        site = one.site and replace(one.site, name=name, id=record)
        case = one.record and replace(one.record, id=record, submission=path, file=path)
        obligation = replace(one.obligation, title=words, rule=words)
        evil.append(replace(one, obligation=obligation, agreement=one.agreement and replace(one.agreement, title=name), site=site, record=case))
    found = events(ics_calendar(evil, small, Style()))
    assert len(found) == len(evil)
    for event, one in zip(found, everything, strict=True):
        assert event.decoded("DTSTART") == one.working_day and len(event.walk("VALARM")) == 2
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", event["SUMMARY"] + event["DESCRIPTION"])
        if title.isprintable() and title.strip() == title and title:
            assert title in event["SUMMARY"] and title in event["DESCRIPTION"]
    for width in (40, 100):
        text = due_table(evil, small, Style("de", width))
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", text)
    assert len(json.loads(due_json(evil, small))["due"]) == len(evil)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Run:
    world = mitte(tmp_path_factory.mktemp("small"))
    world.submit(meetings=rounds(3), requests=[{**REQUEST, "received_on": "2019-06-28"}])
    run = check(world.facts, world.agreements, RULES, "2019-06-30")
    assert any(one.record for one in selected(due_dates(run), ["benn-mitte"]))
    return run


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_hostile_problems_stay_text(found: list[tuple[str, str]]) -> None:
    problems = [Problem("invalid-date", file=file, row=3, column="date", found=text) for file, text in found]
    (event,) = events(ics_problems(problems, Style()))
    assert str(len(problems)) in event["SUMMARY"]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=300))
def test_folding_loses_nothing(text: str) -> None:
    line = folded(f"SUMMARY:{text}")
    assert line.replace("\r\n ", "") == f"SUMMARY:{text}\r\n"
    assert all(len(row.encode()) <= 75 for row in line.split("\r\n"))
