"""docs/tutorial.md: every command runs, every output is as shown, and what comes out is a green pack. Mend with `python tests/tutorial.py`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import tutorial
from pack_cases import broken_cases
from servanda.cli import COMMANDS
from servanda.yaml_source import read_yaml
from test_schema import core


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tutorial.Said]]:
    folder = tmp_path_factory.mktemp("tutorial")
    return folder / "work" / "garden", list(tutorial.run(folder))


def test_every_output_is_as_shown(done: tuple[Path, list[tutorial.Said]]) -> None:
    _, said = done
    assert len(said) > 12
    for one in said:
        assert tutorial.plain(one.printed) == tutorial.plain(one.shown), one.command


def test_a_command_fails_only_where_the_page_says_so(done: tuple[Path, list[tutorial.Said]]) -> None:
    _, said = done
    for one, after in zip(said, [*said[1:], None], strict=True):
        assert one.status == 0 or after is not None and after.command == "echo $?", one.command
    assert [one.printed for one in said if one.command == "echo $?"] == ["2\n", "0\n"]


def test_only_commands_that_are_not_there_yet_are_passed_over(done: tuple[Path, list[tutorial.Said]]) -> None:
    names = {name for name, _ in COMMANDS}
    assert {one.command.split()[1] for one in done[1] if not one.ran} == {"test", "lint"} - names


def test_the_cases_hold_and_keep_and_break_every_rule(done: tuple[Path, list[tutorial.Said]], tmp_path: Path) -> None:
    broken, seen = broken_cases(done[0] / "rules" / "garden")
    assert broken == []
    assert {(name, status) for name in ("garden-open", "grant-paid", "meetings-held") for status in ("fulfilled", "deviation")} <= seen


def test_its_files_meet_the_schemas_that_they_name(done: tuple[Path, list[tutorial.Said]]) -> None:
    files = sorted(done[0].rglob("*.yaml"))
    assert len(files) >= 9
    for path in files:
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(core(read_yaml(path, path.name, [])))
    assert (done[0] / "handbook.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
