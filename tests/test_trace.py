"""servanda trace: clauses found in a signed text, changed figures named, moved and new clauses told, and the matrix both ways in four forms."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browsers import axe, needs_chromium
from conftest import ROOT, RULES
from servanda.cli import _run
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problems
from servanda.trace.fingerprints import read_fingerprints
from servanda.trace.signed_text import plain, read_text
from servanda.trace_texts import TRACE_TEXTS

CLAUSES = """\
- anchor: "1"
  place: {de: § 1, en: Section 1}
  words: {de: Der Garten wird gepflegt., en: The garden is tended.}
  phrases: ["2-8 mal im Jahr", "Besuche"]
  obligations: [visits-made]
- anchor: "2.1"
  place: {de: "§ 2, 1. Punkt", en: "Section 2, item 1"}
  words: {de: Kosten im Rahmen, en: Costs within bounds}
  phrases: ["nicht mehr als 500 Euro"]
  obligations: [costs-covered]
- anchor: "2.2"
  place: {de: "§ 2, 2. Punkt", en: "Section 2, item 2"}
  words: {de: Wer nicht pflegt, en: Who does not tend}
  phrases: ["Zuschuss"]
  nothing_checked: {de: Hier steht nur die Folge., en: This only names what follows.}
"""
SIGNED = """\
Vereinbarung über die Pflege des Gartens

§ 1 Pflege

Die Mieter machen 2-8 mal im Jahr Besuche im Garten.

§ 2 Geld

- Sie geben nicht mehr als 500 Euro aus.
- Wer nicht pflegt, erhält keinen Zuschuss.

Ort, Datum
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The smallest pack with a register of three clauses, and what it knows of the text above."""
    shutil.copytree(ROOT / "tests" / "bad" / "worlds" / "mini" / "rules", tmp_path / "rules")
    (tmp_path / "rules" / "mini" / "clauses.yaml").write_text(CLAUSES, encoding="utf-8")
    obligations = tmp_path / "rules" / "mini" / "obligations" / "garden.yaml"
    text = obligations.read_text(encoding="utf-8").replace('clauses: ["1"]', 'clauses: ["2.1"]')
    obligations.write_text(text.replace('clauses: ["2.1"]', 'clauses: ["1"]', 1), encoding="utf-8")
    judgements = tmp_path / "rules" / "mini" / "judgements.yaml"
    judgements.write_text(judgements.read_text(encoding="utf-8").replace('clause: "2"', 'clause: "2.2"'), encoding="utf-8")
    return tmp_path / "rules"


def told(rules: Path, text: str | bytes, capsys: pytest.CaptureFixture, *more: str, status: int = 0, name: str = "signed.txt") -> dict:
    path = rules.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    capsys.readouterr()
    assert _run(["trace", "--rules", str(rules), "--text", str(path), "--format", "json", *more]) == status
    return json.loads(capsys.readouterr().out)


def clauses(report: dict) -> dict[str, dict]:
    return {one["anchor"]: one["text"] for one in report["clauses"]}


@pytest.fixture
def known(rules: Path, capsys: pytest.CaptureFixture) -> Path:
    told(rules, SIGNED, capsys, "--write-fingerprints")
    return rules


def test_the_signed_text_has_everything(known: Path, capsys: pytest.CaptureFixture) -> None:
    report = told(known, SIGNED, capsys)
    assert report["sound"] and report["new"] == [] and [one["line"] for one in clauses(report).values()] == [5, 9, 10]
    assert all(one["same"] and one["sound"] for one in clauses(report).values())
    prints = (known / "mini" / "text.yaml").read_text(encoding="utf-8")
    assert "Garten" not in prints and "Besuche" not in prints and '"500"' in prints


@pytest.mark.parametrize(
    ("old", "new", "anchor", "before", "now"),
    [("2-8 mal", "2-6 mal", "1", ["2", "8"], ["2", "6"]), ("2-8 mal", "3 – 8 mal", "1", ["2", "8"], ["3", "8"]),
     ("500 Euro", "5.000 Euro", "2.1", ["500"], ["5.000"])],
)
def test_a_changed_figure_is_found_and_named(known: Path, capsys: pytest.CaptureFixture, old: str, new: str, anchor: str, before: list, now: list) -> None:
    report = told(known, SIGNED.replace(old, new), capsys, status=1)
    found = clauses(report)[anchor]
    assert (found["figures_before"], found["figures"]) == (before, now) and not found["sound"] and found["same"] is False
    assert [one["figures"] for one in found["phrases"] if one["state"] == "changed"] == [now]
    assert all(one["sound"] for name, one in clauses(report).items() if name != anchor)
    assert _run(["trace", "--rules", str(known), "--text", str(known.parent / "signed.txt")]) == 1
    out = capsys.readouterr().out
    assert f"Zahlen jetzt {', '.join(now)}, vorher {', '.join(before)}" in out


@pytest.mark.parametrize(
    ("text", "anchor", "states", "line"),
    [(SIGNED.replace("- Sie geben nicht mehr als 500 Euro aus.\n", ""), "2.1", ["missing"], None),
     (SIGNED.replace("keinen Zuschuss", "kein Geld"), "2.2", ["missing"], None),
     (SIGNED.replace("Besuche", "Gänge") + "\nBesuche sind anzumelden.\n", "1", ["found", "elsewhere"], 5)],
)
def test_what_is_gone_or_moved_is_told(known: Path, capsys: pytest.CaptureFixture, text: str, anchor: str, states: list, line: int | None) -> None:
    found = clauses(told(known, text, capsys, status=1))[anchor]
    assert [one["state"] for one in found["phrases"]] == states and found["line"] == line


def test_other_words_are_named_and_are_no_fault(known: Path, capsys: pytest.CaptureFixture) -> None:
    report = told(known, SIGNED.replace("Die Mieter machen", "Die Mieter des Hauses machen") + "\nEs wird nichts gespritzt.\n", capsys)
    assert [name for name, one in clauses(report).items() if one["same"] is False] == ["1"] and report["sound"]
    assert report["new"] == [{"line": 14, "text": "Es wird nichts gespritzt."}]


def test_a_pack_that_knows_no_text_checks_phrases_all_the_same(rules: Path, capsys: pytest.CaptureFixture) -> None:
    assert all(one["same"] is None for one in clauses(told(rules, SIGNED, capsys)).values())
    assert not clauses(told(rules, SIGNED.replace("2-8", "2-6"), capsys, status=1))["1"]["sound"]
    told(rules, SIGNED.replace("Zuschuss", "Geld"), capsys, status=1)
    assert _run(["trace", "--rules", str(rules), "--text", str(rules.parent / "signed.txt"), "--write-fingerprints"]) == 2
    assert "2.2" in capsys.readouterr().err and not (rules / "mini" / "text.yaml").exists()


@pytest.mark.parametrize(
    "text",
    [SIGNED.replace("\n", "\r\n"), "\ufeff" + SIGNED, SIGNED.replace("2-8 mal im", "2\u2009–\u20098\u00a0mal\nim"), SIGNED.replace("Besuche", "Be\u00adsuche"),
     SIGNED.replace("Zuschuss", "Zu-\nschuss"), SIGNED.replace("2-8 mal", "**2-8** mal"), SIGNED.replace("- ", "• "), SIGNED.replace("§ 1", "## § 1")],
)
def test_the_same_words_in_another_form_are_the_same(known: Path, capsys: pytest.CaptureFixture, text: str) -> None:
    assert all(one["same"] and one["sound"] for one in clauses(told(known, text, capsys)).values())


def docx(*paragraphs: str) -> bytes:
    body = "".join(f"<w:p>{one}</w:p>" for one in paragraphs)
    document = f'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
    return out.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_docx_is_read_with_its_tracked_changes_as_they_stand(known: Path, capsys: pytest.CaptureFixture) -> None:
    gone = "<w:del><w:r><w:delText>4-</w:delText><w:t>4-</w:t></w:r></w:del>"
    kept = f'{run("Die Mieter machen ")}{gone}<w:ins>{run("2-8 mal im Jahr ")}</w:ins>{run("Besuche im Garten.")}'
    table = f"</w:p><w:tbl><w:tr><w:tc><w:p>{run('- Sie geben nicht mehr als 500 Euro aus.')}</w:p></w:tc></w:tr></w:tbl><w:p>"
    report = told(known, docx(kept, table, run("Wer nicht pflegt, erhält keinen Zuschuss.")), capsys, name="signed.docx")
    assert all(one["same"] and one["sound"] for one in clauses(report).values())


BOMB = docx("<w:r><w:t>" + "x" * (33 * 1024 * 1024) + "</w:t></w:r>")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "no-text"), ("Größe".encode("latin-1"), "not-utf8"), (b"PK\x03\x04nothing", "not-a-docx"), (docx()[:-30], "not-a-docx"), (BOMB, "file-too-large"),
     (docx(run("x")).replace(b"word/document.xml", b"word/documant.xml"), "not-a-docx"), (b"a\n\n" * 20_001, "text-too-long-to-trace")],
)
def test_what_is_no_text_is_refused(rules: Path, capsys: pytest.CaptureFixture, content: bytes, code: str) -> None:
    report = told(rules, content, capsys, status=2, name="signed.docx")
    assert [one["code"] for one in report["problems"]] == [code]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(rules: Path, capsys: pytest.CaptureFixture, encoding: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(encoding))
    assert told(rules, out.getvalue(), capsys, status=2)["problems"][0]["code"] == "not-a-docx"


def test_the_matrix_goes_both_ways(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    world = ROOT / "tests" / "bad" / "worlds" / "mini"
    arguments = ["--rules", str(known), "--agreements", str(world / "agreements"), "--as-of", "2020-01-31"]
    assert _run(["check", str(world / "facts"), *arguments, "--format", "json", "--output", str(tmp_path / "report.json"), "--fail-on", "never"]) == 0
    assert _run(["trace", str(world / "facts"), *arguments, "--format", "json"]) == 0
    by_run = json.loads(capsys.readouterr().out)
    assert _run(["trace", "--rules", str(known), "--report", str(tmp_path / "report.json"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == by_run
    assert [(one["id"], one["clauses"]) for one in by_run["rules"]] == [("visits-made", ["1"]), ("costs-covered", ["2.1"])]
    assert sum(by_run["rules"][0]["findings"].values()) == 2 and [one["rules"] for one in by_run["clauses"]] == [["visits-made"], ["costs-covered"], []]
    assert by_run["clauses"][2]["judgements"] == ["half-missed", "stop"] and not by_run["clauses"][2]["open"]
    assert _run(["trace", "--rules", str(known), "--format", "csv", "--lang", "en"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows] == ["Clause", "1", "2.1", "2.2"] and rows[1][2] == "visits-made"
    (tmp_path / "none.json").write_text('{"schema": "other"}', encoding="utf-8")
    assert _run(["trace", "--rules", str(known), "--report", str(tmp_path / "none.json")]) == 2
    assert set(TRACE_TEXTS) == {"no-text", "not-a-docx", "text-too-long-to-trace", "not-a-report"}


@pytest.mark.parametrize("arguments", [["--write-fingerprints"], ["facts", "--report", "x.json"], ["--pack", "nobody"], ["--text", "nowhere.txt"]])
def test_wrong_usage(rules: Path, arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    assert _run(["trace", "--rules", str(rules), *arguments]) == 2 and capsys.readouterr().err


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_asks_for_nothing(known: Path, chrome, tmp_path: Path, scheme: str) -> None:
    needs_chromium()
    signed = known.parent / "signed.txt"
    signed.write_text(SIGNED.replace("2-8", "2-6").replace("Garten.", "<b>Garten</b>.") + "\n<script>alert(1)</script>\n", encoding="utf-8")
    assert _run(["trace", "--rules", str(known), "--text", str(signed), "--format", "html", "--output", str(tmp_path / "trace.html")]) == 1
    context = chrome.new_context(color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "trace.html").as_uri())
    assert len(asked) == 1 and page.locator("script").count() == 0 and "<script>" in page.inner_text("main")
    assert axe(page) == []
    context.close()


def test_the_packs_know_the_text_that_they_were_written_for() -> None:
    problems = Problems()
    for pack in read_packs(RULES, BY_NAME, problems).values():
        prints = read_fingerprints(pack, problems)
        if prints is not None:
            assert set(prints.clauses) == {clause.anchor for clause in pack.clauses}
    assert not problems.sorted()


@given(st.text(max_size=200))
def test_a_comparable_form_is_its_own(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=300))
def test_any_text_can_be_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(text.encode("utf-8", "replace"))
    items = read_text(path, Problems())
    assert all(item.text and item.line >= 1 for item in items) and [item.line for item in items] == sorted(item.line for item in items)
