"""Defaults of options from a config: where it is looked for, what it may say, and that the command line has the last word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from servanda.cli import servanda as command_line
from servanda.cli.config import Config, read_config
from servanda.cli.settled import defaults
from test_bad_inputs import write

ENGLISH = 'lang = "en"\n'


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the small world, as the current folder; the home directory lies elsewhere."""
    (tmp_path / "home").mkdir()
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    write({"world": "mini"}, repository)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(repository)
    return repository


def run(*arguments: str) -> Result:
    """A command line with its status in `return_value` (or as click's error)."""
    return CliRunner().invoke(command_line, list(arguments), standalone_mode=False)


def check(*arguments: str) -> Result:
    return run("check", "facts", "--as-of", "2020-01-31", *arguments)


def found(here: Path, home: Path | None = None) -> Path | None:
    """The config that holds in a folder."""
    return read_config(None, here, home or here / "no" / "home").file


def test_without_a_config_nothing_changes(world: Path) -> None:
    assert check().return_value == 0
    assert run("config").stdout.startswith("Keine Vorgaben")


@pytest.mark.parametrize(("name", "head"), [("servanda.toml", ""), ("pyproject.toml", "[project]\nname = 'x'\n[tool.servanda]\n"),
                                            ("pyproject.toml", "[tool]\n[tool.'servanda']\n"), ("pyproject.toml", "[tool.ruff]\nx = 1\n[tool . servanda]\n")])
def test_every_key_is_a_default(world: Path, name: str, head: str) -> None:
    (world / "definitions").mkdir()
    (world / "rules").rename(world / "definitions" / "r")
    (world / "agreements").rename(world / "definitions" / "a")
    (world / name).write_text(f'{head}rules = "definitions/r"\nagreements = "definitions/a"\nlang = "en"\nformat = "json"\nfail-on = ["deviation", "unmet"]\n')
    result = check()
    assert result.return_value == 1  # the deviation
    assert json.loads(result.stdout)["findings"] and result.stdout == check("--lang", "en").stdout != check("--lang", "de").stdout
    assert run("config").stdout.splitlines()[1:] == [
        "  rules = definitions/r", "  agreements = definitions/a", "  lang = en", "  format = json", "  fail-on = deviation, unmet",
    ]
    assert run("check", "--help").stdout.startswith("Usage:")
    assert run("list").return_value == 0 and "obligation" in run("list").stdout


def test_the_command_line_has_the_last_word(world: Path) -> None:
    (world / "servanda.toml").write_text('lang = "en"\nformat = "json"\nfail-on = "deviation,unmet"\nrules = "nowhere"\n')
    assert "nowhere" in check("--format", "table").stderr
    result = check("--rules", "rules", "--format", "table", "--fail-on", "never", "--lang", "de")
    assert result.return_value == 0 and "Abweichung" in result.stdout
    assert check("--rules", "rules", "--output", "report.json").return_value == 1
    assert json.loads((world / "report.json").read_text())["schema"] == "servanda.report/1"
    assert check("--rules", "rules", "--config", "none").stdout.count("Abweichung")


def test_a_named_config_holds_instead_of_the_found_one(world: Path, tmp_path: Path) -> None:
    (world / "servanda.toml").write_text('fail-on = "never"\n')
    (tmp_path / "other.toml").write_text(f'fail-on = "deviation"\nrules = "{world / "rules"}"\n')
    for arguments in (("--config", "../other.toml"), (f"--config={tmp_path / 'other.toml'}",)):
        assert check(*arguments).return_value == 1
    assert run("--config", "../other.toml", "check", "facts", "--as-of", "2020-01-31").return_value == 1
    assert check("--fail-on", "never", "--config", "../other.toml").return_value == 0
    assert "missing.toml" in check("--config", "missing.toml").exception.message


def test_the_nearest_file_up_to_the_root_of_the_repository_holds(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "servanda.toml").write_text(ENGLISH)
    assert found(inner) is None  # outside of a repository only the current folder counts
    assert found(tmp_path) == tmp_path / "servanda.toml"
    (tmp_path / "repository" / ".git").write_text("gitdir: elsewhere\n")  # as in a worktree
    assert found(inner) is None  # never above the repository
    root = tmp_path / "repository"
    (root / "pyproject.toml").write_text("[tool.servanda]\n")
    assert found(inner) == root / "pyproject.toml"
    (root / "a" / "pyproject.toml").write_text("[tool.other]\nservanda = 1\n[tool]\n")  # no table of ours: passed over
    assert found(inner) == root / "pyproject.toml"
    (root / "servanda.toml").write_text("")
    assert found(inner) == root / "servanda.toml"
    (inner / "servanda.toml").write_text("")
    assert found(inner) == inner / "servanda.toml"


@pytest.mark.parametrize("root", ["home", "home/work", "."])
def test_never_in_or_above_the_home_directory(tmp_path: Path, root: str) -> None:
    home = tmp_path / "home"
    work = home / "work"
    work.mkdir(parents=True)
    (tmp_path / root / ".git").mkdir()
    for folder in (tmp_path, home):
        (folder / "servanda.toml").write_text(ENGLISH)
        (folder / "pyproject.toml").write_text("[tool.servanda]\n")
    assert found(home, home) is None
    assert found(work, home) is None
    (tmp_path / "link").symlink_to(home)
    assert found(tmp_path / "link", home) is None and found(home, tmp_path / "link") is None and found(tmp_path / "link" / "work", home) is None
    (work / "servanda.toml").write_text(ENGLISH)
    assert found(work, home) == work / "servanda.toml"


def test_links_are_resolved_and_lead_no_one_out(tmp_path: Path) -> None:
    root, outside = tmp_path / "repository", tmp_path / "outside"
    (root / ".git").mkdir(parents=True)
    (root / "conf").mkdir()
    (outside / "inner").mkdir(parents=True)
    (root / "entry").symlink_to(outside / "inner")
    (root / "servanda.toml").write_text(ENGLISH)
    assert found(root / "entry") is None  # where it leads to, there is no repository
    (root / "conf" / "ours.toml").write_text(ENGLISH)
    (root / "servanda.toml").unlink()
    (root / "servanda.toml").symlink_to("conf/ours.toml")
    assert read_config(None, root, outside).values == {"lang": "en"}
    (outside / "secret.toml").write_text("password = 1\n")
    (root / "servanda.toml").unlink()
    (root / "servanda.toml").symlink_to(outside / "secret.toml")
    config = read_config(None, root, tmp_path / "home")
    assert [problem.code for problem in config.problems] == ["link"] and not config.values


@pytest.mark.parametrize("path", ["..", "../outside", "/etc", "link", "rules/../../outside"])
def test_paths_of_a_found_config_stay_in_the_repository(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").mkdir()
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "servanda.toml").write_text(f'lang = "en"\nagreements = "{path}"\n')
    config = read_config(None, root, tmp_path / "home")
    assert [(one.code, one.row, one.column, one.found) for one in config.problems] == [("invalid-definition", 2, "agreements", path)]
    assert "agreements" not in config.values
    assert read_config(str(root / "servanda.toml"), root, tmp_path / "home").problems == ()  # who names a file trusts it


def test_paths_are_relative_to_the_config(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (world / "conf").mkdir()
    (world / "servanda.toml").write_text('rules = "conf/r"\n')
    (world / "rules").rename(world / "conf" / "r")
    (world / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(world / "deep" / "er")
    assert run("check", "../../facts", "--agreements", "../../agreements", "--as-of", "2020-01-31").return_value == 0


# (text of servanda.toml, code, line, key, what the German message says)
BROKEN = [
    ('lang = "en"\nlagn = "de"\n', "unknown-key", 2, "lagn", "Did you mean lang?"),
    ('fail-om = "never"\n', "unknown-key", 1, "fail-om", "Meinten Sie fail-on?"),
    ('fail_on = "never"\n', "unknown-key", 1, "fail_on", "Meinten Sie fail-on?"),
    ('output = "x"\n', "unknown-key", 1, "output", "gibt es hier nicht"),
    ('\n\nlang = "fr"\n', "unknown-value", 3, "lang", "nicht vorgesehen"),
    ('format = "jsn"\n', "unknown-value", 1, "format", "Meinten Sie json?"),
    ('fail-on = ["devation"]\n', "unknown-value", 1, "fail-on", "Meinten Sie deviation?"),
    ("fail-on = 3\n", "invalid-definition", 1, "fail-on", "eine Stufe oder eine Liste von Stufen"),
    ("fail-on = []\n", "invalid-definition", 1, "fail-on", "„eine Liste“"),
    ("rules = true\n", "invalid-definition", 1, "rules", "„true“ passt hier nicht"),
    ('[rules]\nx = 1\n', "invalid-definition", None, "rules", "Schlüssel mit Werten"),
    ('rules = ""\n', "invalid-definition", 1, "rules", "nicht leer"),
    ('lang = "de"\nrules = \n', "invalid-toml", 2, None, "kein gültiges TOML"),
    ('lang = "de"\nlang = "de"\n', "invalid-toml", 2, None, "kein gültiges TOML"),
    ('a = ' + '[' * 5000 + '\n', "invalid-toml", None, None, "kein gültiges TOML"),
]


@pytest.mark.parametrize(("text", "code", "row", "key", "words"), BROKEN, ids=[text[:20] for text, *_ in BROKEN])
def test_what_is_wrong_with_a_config(world: Path, text: str, code: str, row: int | None, key: str | None, words: str) -> None:
    (world / "servanda.toml").write_text(text)
    (problem,) = read_config(None, world, world.parent / "home").problems
    assert (problem.code, problem.file, problem.column) == (code, "servanda.toml", key)
    assert problem.row == row or code == "invalid-toml" and row is None
    result = check()
    said = " ".join(result.exception.message.split())
    assert result.exception.exit_code == 2 and code in said and any(word in said for word in words.split("|")), said
    assert run("check", "completion", "--output", "--help").exception.exit_code == 2  # words that only look like a call for help
    for harmless in (["--help"], ["check", "--help"], ["completion", "bash"]):
        assert run(*harmless).exception is None


def test_all_problems_of_a_config_at_once(world: Path) -> None:
    (world / "pyproject.toml").write_text('[tool.other]\nlang = "x"\n\n[tool.servanda]\nlang = "fr"\nformat = 1\nunknown = 2\n')
    problems = read_config(None, world, world.parent).problems
    assert {one.file for one in problems} == {"pyproject.toml"}
    assert [(one.row, one.column) for one in problems] == [(5, "lang"), (6, "format"), (7, "unknown")]


def test_a_table_of_another_sort(world: Path) -> None:
    (world / "pyproject.toml").write_text("[tool]\nservanda = 3\n")
    assert [one.code for one in read_config(None, world, world.parent).problems] == ["not-a-map"]


@pytest.mark.parametrize("data", [b"\xff = 1\n", b"lang = '\xe4'\n"])
def test_a_config_that_is_not_utf8(world: Path, data: bytes) -> None:
    (world / "servanda.toml").write_bytes(data)
    assert [(one.code, one.row) for one in read_config(None, world, world.parent).problems] == [("not-utf8", 1)]


def test_a_named_config_that_is_no_file(world: Path) -> None:
    os.mkfifo(world / "pipe.toml")
    for name in ("missing.toml", "rules", "pipe.toml", "x" * 300, "servanda.toml/x"):
        assert [one.code for one in read_config(name, world, world.parent).problems] == ["unreadable-file"], name


def test_a_default_holds_for_the_commands_that_offer_it() -> None:
    parameters = [click.Option(["--format", "name"], type=click.Choice(["ics", "csv"])), click.Option(["--lang"]), click.Argument(["rules"])]
    command = click.Command("x", params=parameters)
    assert defaults(command, Config(None, {"format": "json", "lang": "en", "rules": "r"}), None) == {"lang": "en"}
    assert defaults(command, Config(None, {"format": "csv", "lang": "en"}), "de") == {"name": "csv", "lang": "de"}


def test_no_config_loads_no_parser(world: Path) -> None:
    (world / "pyproject.toml").write_text("[project]\nname = 'servanda'\n[tool.ruff]\n")
    program = "import sys; from servanda.cli import _run; _run(['list']); sys.exit('tomllib' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")})
    assert read_config("none", world, world) == Config()


def test_a_current_folder_that_is_gone(tmp_path: Path) -> None:
    program = "import os, sys; os.rmdir(os.getcwd()); from servanda.cli import _run; sys.exit(_run(['list']))"
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run([sys.executable, "-c", program], cwd=gone, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "engine")}, check=False)
    assert done.returncode == 0, done.stderr
