"""Misspelt names: ids, fields, keys, choices, options; each is recognised, and long lists of known names stay short."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import RULES
from servanda.cli import servanda as command_line
from servanda.kinds import BY_NAME
from servanda.nearest import SHOWN, nearest, shortened
from servanda.pack import read_pack
from servanda.problem_texts import expected, message
from servanda.problems import Problem, Problems
from test_bad_inputs import SUBMISSION, write

PACK = read_pack(RULES / "benn", BY_NAME, Problems())
LABELS = [label for fact_type in PACK.vocabulary.values() for field in fact_type.fields.values() for label in (field.label.de, field.label.en)]
GROUPS = [
    [o.id for o in PACK.obligations], [c.anchor for c in PACK.clauses], [j.id for j in PACK.judgements], list(BY_NAME), list(PACK.vocabulary),
    list(PACK.head.parameters), [*PACK.vocabulary["meetings"].fields, *LABELS], list(PACK.head.parties),
    ["json", "table", "sarif", "undetermined", "deviation"],
]
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzäöü-_0123456789ABC")


def distance(one: str, other: str) -> int:
    """Optimal string alignment: insertions, deletions, changes and swaps of neighbours."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        rows.append([i])
        for j, b in enumerate(other, 1):
            cost = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            rows[i].append(cost)
    return rows[-1][-1]


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """(as written, as meant, all known names): one random edit of a name of five letters or more."""
    known = draw(st.sampled_from(GROUPS))
    name = draw(st.sampled_from([one for one in known if len(one) >= 5]))
    at = draw(st.integers(0, len(name) - 1))
    edit = draw(st.sampled_from(["drop", "swap", "change", "add", "case"]))
    written = {
        "drop": name[:at] + name[at + 1 :], "swap": name[:at] + name[at : at + 2][::-1] + name[at + 2 :], "add": name[:at] + draw(LETTERS) + name[at:],
        "change": name[:at] + draw(LETTERS) + name[at + 1 :], "case": name[:at] + name[at].swapcase() + name[at + 1 :],
    }[edit]
    return written, name, known


@settings(max_examples=1000)
@given(misspelt())
@example(("Datäm", "Datum", GROUPS[6]))
def test_one_edit_is_recognised(case: tuple[str, str, list[str]]) -> None:
    """The name that was meant is suggested, or another that is as near to what is written."""
    written, meant, known = case
    found = nearest(written, known)
    if written in known:
        assert not found
    else:
        assert found and (found[0] == meant or distance(found[0].casefold(), written.casefold()) <= distance(meant.casefold(), written.casefold()))


@pytest.mark.parametrize(("written", "meant"), [("Neukölln", "neukoelln"), ("steering rounds held", "steering-rounds-held"), ("DATE", "date")])
def test_spellings_of_the_same_name(written: str, meant: str) -> None:
    assert nearest(written, ["mitte", meant, "pankow"]) == [meant]


def test_nothing_is_suggested_for_what_is_far_away() -> None:
    assert nearest("zzz", ["meetings", "funds"]) == [] and nearest("", ["meetings"]) == [] and nearest("x", []) == []


def test_long_lists_are_shortened_and_keep_the_nearest() -> None:
    known = [f"name-{number:02}-{'x' * number}" for number in range(40)]
    text = shortened(known, "name-39-" + "x" * 38, "({count} in all)")
    assert text.startswith(known[39]) and text.endswith("… (40 in all)") and text.count(", ") < SHOWN
    assert shortened(known[:SHOWN], None, "") == ", ".join(known[:SHOWN])


def test_long_lists_in_problems() -> None:
    problem = Problem("unknown-obligation", found="x", args={"known": ", ".join(GROUPS[0]), "near": "steering-round-held"})
    assert "insgesamt" in expected(problem, "de") and "in all" in expected(problem, "en")
    assert message(problem, "de").endswith("Meinten Sie steering-rounds-held?") and message(problem, "en").endswith("Did you mean steering-rounds-held?")


# (file of the small world, as it is, misspelt, what is suggested); a path without a slash lies in the submission.
MISSPELT = [
    ("visits.csv", "site", "sites", "site"), ("visits.csv", "s-1", "s1", "s-1"), ("visits.csv", "mowing", "mowin", "mowing"),
    ("submission.yaml", "submitted_on", "submited_on", "submitted_on"), ("submission.yaml", "agreement: a", "agreement: A", "a"),
    ("submission.yaml", "agreement: a", "pack: minni", "mini"),
    ("agreements/a.yaml", "pack: mini", "pack: minni", "mini"), ("agreements/a.yaml", "term:", "trem:", "term"),
    ("agreements/a.yaml", "kind: garden", "kind: gaarden", "garden"), ("agreements/a.yaml", "name:", "nmae:", "name"),
    ("rules/mini/obligations/garden.yaml", "bearer: [tenant]\n  modality: obligation\n  scope: site\n  site_kind", "bearer: [tenent]\n  modality: obligation\n"
     "  scope: site\n  site_kind", "tenant"),
    ("rules/mini/obligations/garden.yaml", "site_kind: garden", "site_kind: gardn", "garden"),
    ("rules/mini/obligations/garden.yaml", "site_kind", "sitekind", "site_kind"),
    ("rules/mini/obligations/garden.yaml", "calendar_year\n  count", "calender_year\n  count", "calendar_year"),
    ("rules/mini/obligations/garden.yaml", "count: {facts: visits", "count: {facts: vists", "visits"),
    ("rules/mini/obligations/garden.yaml", "count: {facts: visits", "cuont: {facts: visits", "count"),
    ("rules/mini/obligations/garden.yaml", "where: {sort", "where: {srot", "sort"),
    ("rules/mini/obligations/garden.yaml", "sort: mowing", "sort: mowign", "mowing"),
    ("rules/mini/obligations/garden.yaml", "lower: 2", "lowre: 2", "lower"),
]


@pytest.mark.parametrize(("path", "old", "new", "meant"), MISSPELT, ids=[f"{path}-{new.splitlines()[0]}" for path, _, new, _ in MISSPELT])
def test_every_misspelt_name_of_a_file_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, old: str, new: str, meant: str) -> None:
    monkeypatch.chdir(tmp_path)
    file = path if "/" in path else SUBMISSION["mini"] + path
    write({"world": "mini"}, tmp_path)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1))
    arguments = ["check", "facts", "--rules", "rules", "--agreements", "agreements", "--as-of", "2020-01-31", "--format", "json"]
    for lang, question in (("de", f"Meinten Sie {meant}?"), ("en", f"Did you mean {meant}?")):
        result = CliRunner().invoke(command_line, [*arguments, "--lang", lang], standalone_mode=False)
        messages = [problem["message"] for problem in json.loads(result.stdout)["problems"]]
        assert any(one.endswith(question) for one in messages), messages


def _messages(here: Path, files: dict[str, str]) -> dict[str, str]:
    """What is suggested in English for what stands there, over the world of the project's own rules."""
    write({"world": "benn", "files": files}, here)
    arguments = ["check", "facts", "--rules", str(RULES), "--agreements", "agreements", "--as-of", "2020-01-31", "--format", "json", "--lang", "en"]
    problems = json.loads(CliRunner().invoke(command_line, arguments, standalone_mode=False).stdout)["problems"]
    return {one["found"]: one["message"].partition("Did you mean ")[2] for one in problems}


MEETING = "id,date,body,site\nmeeting-2019,2019-03-01,jour_fixe,\n"


def test_misspelt_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many wrong ones only the first are searched for."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{one},benn_team\n" for one in ("meeting-2091", *(f"meeting-2019-{number}" for number in range(40))))
    meant = _messages(tmp_path, {"attendance.csv": "meeting,role\n" + rows, "meetings.csv": MEETING})
    assert len(meant) == 41 and meant["meeting-2091"] == "meeting-2019?"
    assert len([one for one in meant.values() if one]) == 20


def test_misspelt_withdrawals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head = "agreement: a\nsubmitted_by: district\nsubmitted_on: "
    earlier = {"facts/benn/a/2018/submission.yaml": head + "2019-01-20\n", "facts/benn/a/2018/meetings.csv": MEETING}
    withdrawn = _messages(tmp_path, {**earlier, "submission.yaml": head + "2020-01-20\nwithdraws: [meetings:meeting-2O19]\n"})
    assert withdrawn == {"meetings:meeting-2O19": "meetings:meeting-2019?"}
    assert _messages(tmp_path, {"submission.yaml": head + "2020-01-20\nwithdraws: [metings:meeting-2019]\n"}) == {"metings:meeting-2019": "meetings?"}


def test_a_header_may_be_a_misspelt_label() -> None:
    label = PACK.vocabulary["meetings"].fields["date"].label.de
    problem = Problem("unknown-column", found=label + "x", args={"type": "meetings", "near": label + "x", **PACK.vocabulary["meetings"].columns})
    assert message(problem, "de").endswith(f"Meinten Sie {label}?")
