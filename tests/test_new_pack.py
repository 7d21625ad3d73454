"""`servanda init`: a pack that checks green at once, whose cases hold, whose files meet their schemas; and nothing is ever overwritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from pack_cases import broken_cases
from servanda.cli import _run
from servanda.new_pack import id_from, new_files, schema_places
from servanda.schema import KINDS
from servanda.yaml_source import read_yaml
from test_schema import core


@pytest.fixture(params=["de", "en"])
def laid_out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "Hafen Süd"
    assert _run(["init", str(folder), "--lang", request.param]) == 0
    return folder


def test_it_is_green_at_once(laid_out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(laid_out)
    capsys.readouterr()
    assert _run(["check", "facts/", "--as-of", "2025-12-31", "--fail-on", "deviation", "--fail-on", "undetermined", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = [(one["id"], one["status"], one["value"]) for one in report["findings"]]
    assert found == [("hafen-sued/hafen-sued-example/-/reports-delivered/2025", "fulfilled", 4)]
    assert _run(["test"]) == 0 and _run(["lint", "--fail-on", "notice"]) == 0 and _run(["trace"]) == 0
    assert _run(["list", "parameters"]) == 0 and _run(["explain", "reports-delivered"]) == 0




def test_its_cases_hold_and_keep_and_break_the_rule(laid_out: Path) -> None:
    broken, seen = broken_cases(laid_out / "rules" / "hafen-sued")
    assert broken == []
    assert seen == {("reports-delivered", status) for status in ("fulfilled", "deviation", "undetermined")}


def test_every_file_meets_the_schema_that_it_names(laid_out: Path) -> None:
    seen = set()
    for path in laid_out.rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(core(read_yaml(path, path.name, [])))
        seen.add(schema.stem)
    assert seen == set(KINDS) - {"lint", "survivors", "text"}


def test_nothing_is_overwritten(laid_out: Path, capsys: pytest.CaptureFixture) -> None:
    before = {path: path.read_bytes() for path in laid_out.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert _run(["init", str(laid_out)]) == 2
    assert "agreements/hafen-sued/example.yaml" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in laid_out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["file", "folder", "dangling"])
def test_one_file_in_the_way_stops_all(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    for place in (*new_files("x", "de"), *schema_places("x").values()):
        folder = tmp_path / place.as_posix().replace("/", "_")
        taken = folder / place
        taken.parent.mkdir(parents=True)
        if kind == "file":
            taken.write_text("mine")
        elif kind == "folder":
            taken.mkdir()
        else:
            os.symlink(tmp_path / "nowhere", taken)
        assert _run(["init", str(folder), "--id", "x", "--lang", "en"]) == 2
        assert f"there is already: {place}" in capsys.readouterr().err
        assert [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()] == ([] if kind == "folder" else [taken])
    assert not (tmp_path / "nowhere").exists()


def test_two_packs_lie_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    assert _run(["init", str(tmp_path), "--id", "one"]) == 0 and _run(["init", str(tmp_path), "--id", "two"]) == 0
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert _run(["check", "facts/", "--as-of", "2025-12-31", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 2


@pytest.mark.parametrize(("name", "id"), [("Hafen Süd", "hafen-sued"), ("my_pack.2", "my-pack-2"), ("…", None), ("Straße", "strasse"), ("x" * 300, "x" * 60)])
def test_the_id_is_made_from_the_folder(name: str, id: str | None) -> None:
    assert id_from(name) == id


@pytest.mark.parametrize("id", ["a b", "..", "", "a/b", "ä", "x" * 101])
def test_an_id_that_is_none(id: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert _run(["init", str(tmp_path / "new"), "--id", id]) == 2
    assert "--id" in capsys.readouterr().err and not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert _run(["init", str(tmp_path / "file" / "below")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_comments_are_of_one_language() -> None:
    german, english = (new_files("x", lang) for lang in ("de", "en"))
    assert german.keys() == english.keys()
    for place, text in german.items():
        assert "#de" not in text + english[place] and "#en" not in text + english[place] and "__id__" not in text
        stripped = [[line for line in one.splitlines() if not line.lstrip().startswith("#")] for one in (text, english[place])]
        assert stripped[0] == stripped[1]
        assert text != english[place] or place.suffix == ".csv"
