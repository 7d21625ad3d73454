"""Rules about single records that cannot be kept apart, dated or compared are refused when the pack is read, with their line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from servanda.kinds import BY_NAME
from servanda.pack import read_pack
from servanda.problem_texts import expected
from servanda.problems import Problems

PACK = Path(__file__).parent / "packs" / "workshop"
RULES, WORDS = "obligations/all.yaml", "vocabulary.yaml"
GROUP = "{red: {de: rot, en: red}, blue: {de: blau, en: blue}}, label: {de: Gruppe, en: Group}}\n    size"
ONE_LIMIT = "one of days, working_days (not of delivered), day, and months (with days, too)"
# (what, file, old, new, the column, what was expected)
BROKEN = [
    ("a record's duty that names no records", RULES, "  for_each: {facts: orders}\n  period: calendar_year\n", "  period: calendar_year\n", "for_each",
     "for_each with scope: record, and only there"),
    ("records of a duty of the agreement", RULES, "  scope: agreement\n  period: calendar_year\n  unfinished: true\n",
     "  scope: agreement\n  for_each: {facts: orders}\n  period: calendar_year\n", "for_each", "for_each with scope: record, and only there"),
    ("records of a type that does not exist", RULES, "for_each: {facts: orders}\n  period: agreement_year",
     "for_each: {facts: ordres}\n  period: agreement_year", "for_each.facts", "a fact type of the vocabulary"),
    ("a condition that may be unknown", RULES, "wanted_on: {given: true}}}", "urgent: true}}", "for_each.where", "conditions over fields that are never empty"),
    ("a condition over a field that does not exist", RULES, "{price: {above: 50}, ", "{prise: {above: 50}, ", "for_each.where",
     "conditions over fields that are never empty"),
    ("a kind that knows no single records", RULES, "count: {facts: steps, lower: 2}", "sites: {lower: 2}", "for_each",
     "scope: record only of count, answered, delivered, each, preceded and within_budget"),
    ("records that do not name theirs", WORDS, "    order: {type: reference, to: orders, required: true, label: {de: Auftrag, en: Order}}\n    done_on",
     "    order: {type: reference, to: orders, label: {de: Auftrag, en: Order}}\n    done_on", "for_each",
     "records that name theirs in one required reference"),
    ("unfinished of a whole term", RULES, "  period: calendar_year\n  unfinished: true\n", "  period: term\n  unfinished: true\n", "unfinished",
     "unfinished only of yearly duties"),
    ("a breach of nothing", RULES, "after_breach_of: dunned\n", "after_breach_of: duned\n", "after_breach_of", "an obligation of the pack"),
    ("a breach without a due day", RULES, "after_breach_of: dunned\n", "after_breach_of: steps-affordable\n", "after_breach_of",
     "an obligation with a due day (answered or delivered) for the same records and the term"),
    ("a breach for other records", RULES, "after_breach_of: dunned\n", "after_breach_of: paid-in-groups\n", "after_breach_of",
     "an obligation with a due day (answered or delivered) for the same records and the term"),
    ("a circle", RULES, "after_breach_of: paid-for-each", "after_breach_of: dunned-again", "after_breach_of", "a chain without a circle"),
    ("an amount on one side", RULES, "facts: orders, amount: price, by: {facts: payments, same", "facts: orders, by: {facts: payments, same", "answered.amount",
     "amounts on both sides, each a required field"),
    ("an amount that may be empty", WORDS, "amount: {type: amount, required: true", "amount: {type: amount", "answered.amount",
     "amounts on both sides, each a required field"),
    ("a part of no amount", RULES, "by: {facts: payments, where: {clear: true}, refers: order}, within: {day", "by: wanted_on, times: 2, within: {day",
     "answered.amount", "amounts on both sides, each a required field"),
    ("answers of nothing", RULES, "by: {facts: payments, where: {clear: true}, refers: order}, within: {day", "by: {facts: payments}, within: {day",
     "answered.by", "same, or refers, or an amount"),
    ("answers that refer to something else", RULES, "by: {facts: payments, where: {clear: true}, refers: order}, within: {day",
     "by: {facts: payments, refers: group}, within: {day", "answered.by.refers", "a reference to the case"),
    ("a key that may be empty", WORDS, f"group: {{type: choice, required: true, of: {GROUP}", f"group: {{type: choice, of: {GROUP}", "answered.by.same",
     "fields that are never empty"),
    ("cases of which nobody may know the order", WORDS, "placed_on: {type: date, required: true", "placed_on: {type: date", "answered.facts",
     "cases whose own date is never empty, because earlier ones are settled first"),
    ("no time at all", RULES, "within: {days: 14}", "within: {years_later: 1}", "within", ONE_LIMIT),
    ("two times", RULES, "within: {working_days: 7}", "within: {working_days: 7, days: 7}", "within",
     ONE_LIMIT),
    ("working days for a delivery", RULES, "within: {days: 14}", "within: {working_days: 14}", "within",
     ONE_LIMIT),
    ("the end of a month without months", RULES, "within: {days: 14}", "within: {days: 14, end_of_month: true}", "within.end_of_month",
     "end_of_month only with months"),
    ("an answer counted from the end", RULES, "within: {months: 1}", "within: {months: 1, counted_from: end}", "within.counted_from",
     "counted_from: end only of delivered"),
]


def read(folder: Path) -> Problems:
    problems = Problems()
    read_pack(folder, BY_NAME, problems)
    return problems


def test_the_pack_holds_as_it_stands() -> None:
    assert not read(PACK).sorted()


@pytest.mark.parametrize(("what", "file", "old", "new", "column", "phrase"), BROKEN, ids=[one[0] for one in BROKEN])
def test_broken(what: str, file: str, old: str, new: str, column: str, phrase: str, tmp_path: Path) -> None:
    shutil.copytree(PACK, tmp_path / "workshop")
    path = tmp_path / "workshop" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = read(tmp_path / "workshop").sorted()
    assert found and all(one.code == "invalid-definition" and one.row for one in found)
    assert (column, phrase) in {(one.column, expected(one, "en")) for one in found}
    assert all(expected(one, "de") != expected(one, "en") for one in found), "said in German, too"


def test_spending_and_consents_that_name_different_things_are_refused(tmp_path: Path, rules: Path) -> None:
    shutil.copytree(rules / "benn", tmp_path / "benn")
    file = tmp_path / "benn" / "obligations" / "section-5.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("amount: amount, purpose: measure}", "amount: amount, purpose: category}"), encoding="utf-8")
    problems = Problems()
    assert read_pack(tmp_path / "benn", BY_NAME, problems) is None
    (problem,) = problems.sorted()
    assert (problem.code, problem.column, problem.found) == ("invalid-definition", "consented.spending.purpose", "category")
    assert expected(problem, "en") == "references to the same fact type, in spending and in consents"
