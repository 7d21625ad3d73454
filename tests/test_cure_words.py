"""Cures in words: every one has a sentence in both languages, with its number, day and holder."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from report_worlds import sample
from servanda.dossier.contents import CURES, Cure
from servanda.report.cure_words import cure_words

DAY = datetime.date(2021, 12, 31)


def words(how: str, lang: str, **more: object) -> str:
    run, _ = sample()
    finding = next(one for one in run.findings if one.kind == "count" and one.unit == "meetings")
    return cure_words(Cure(how, **more), finding, run.packs[0].pack, lang)


@pytest.mark.parametrize("how", sorted(set(CURES) - {"declare", "complete_field"}))
def test_every_cure_is_worded_with_day_and_holder(how: str) -> None:
    said = words(how, "de", left=Decimal("12.50") if how == "refund" else 2, day=DAY, holder=("district",))
    assert said.endswith(" bis 31.12.2021 (Bezirksamt)") and "None" not in said and "?" not in said
    assert ("2" in said.partition(" bis ")[0]) == (how in ("more", "answer", "attest", "refund", "present"))
    assert words(how, "en", left=2, day=DAY).endswith(" by 2021-12-31")


def test_numbers_are_worded() -> None:
    assert words("more", "de", left=2, day=DAY) == "Sitzungen: noch 2 bis 31.12.2021"
    assert words("more", "de", left=2, tolerated=1, day=DAY) == "Sitzungen: noch 2 (mit 1 noch im „ca.“) bis 31.12.2021"
    assert words("present", "de") == "an allen weiteren Sitzungen teilnehmen" and words("present", "en", left=1) == "attend the next meeting"
    assert words("answer", "de", left=1, day=DAY) == "antworten (1 Fall) bis 31.12.2021"
    assert words("answer", "en", left=3, day=DAY).startswith("answer (3 cases)")
    assert words("answer", "de", left=2).startswith("überfällige Fälle beantworten (2)")
    assert words("refund", "de", left=Decimal("1234.5")) == "zurückzahlen: 1.234,50 €"


def test_what_is_missing_says_its_day_and_holder_once() -> None:
    run, _ = sample()
    finding = next(one for one in run.findings if one.missing and one.missing[0].until)
    (one, *_) = finding.missing
    said = cure_words(Cure("declare", day=one.until, holder=one.holder, missing=one), finding, run.packs[0].pack, "de")
    assert said.startswith("Vollständigkeit erklären: ") and said.count("vollständig bis") == 1 and said.count("(") <= 2
