"""Completion in real shells, and that it stays silent whatever is broken."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from conftest import ROOT, RULES
from servanda.cli import COMMANDS
from servanda.kinds import BY_NAME
from servanda.pack import read_pack
from servanda.problems import Problems
from test_bad_inputs import write

PACK = read_pack(RULES / "benn", BY_NAME, Problems())
WORLD = ["--rules", str(RULES / "benn"), "--agreements", str(ROOT / "agreements" / "benn")]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `servanda` is this checkout's, as it would be installed."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "servanda"
    program.write_text(f"#!/bin/sh\nPYTHONPATH='{ROOT / 'engine'}' exec '{sys.executable}' -m servanda \"$@\"\n")
    program.chmod(0o755)
    return {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PS1": "$ "}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """The small world, as the current folder."""
    folder = tmp_path / "world"
    write({"world": "mini"}, folder)
    return folder


def shell(name: str) -> str:
    """The path of a shell; without it the test fails where all are to be there (.ci/run), and is skipped elsewhere."""
    found = shutil.which(name)
    if found is None and os.environ.get("SERVANDA_CI"):
        pytest.fail(f"{name} is not installed, but .ci/run is to install it")
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install {name})")
    return found


def completed(environment: dict[str, str], here: Path, *words: str, of: str = "bash") -> list[str]:
    """What the program answers when the last of the words is completed; never anything on standard error."""
    asked = {"bash": (" ".join(words), len(words) - 1), "fish": (" ".join(words[:-1]) + " ", words[-1])}[of]
    asking = {**environment, "_SERVANDA_COMPLETE": f"{of}_complete", "COMP_WORDS": asked[0], "COMP_CWORD": str(asked[1])}
    done = subprocess.run(["servanda"], env=asking, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == "", done
    return done.stdout.splitlines()


def values(environment: dict[str, str], here: Path, *words: str) -> list[str]:
    """The completed words themselves."""
    return [line.partition(",")[2] for line in completed(environment, here, "servanda", *words) if line]


# (what is typed, what stands there after a tab), in the small world
TYPED = [
    ("servanda explain visits-m", "visits-made "), ("servanda explain attes", "attested "), ("servanda expl", "explain "),
    ("servanda check --year 201", "2019 "), ("servanda check --fail-on dev", "deviation "), ("servanda check --fail-on material,dev", "material,deviation "),
    ("servanda check --format js", "json "), ("servanda list obl", "obligations "), ("servanda check fac", "facts/"), ("servanda completion zs", "zsh "),
    ("servanda check --keep-g", "--keep-going "), ("servanda check --rules ru", "rules/"),
]


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_tab_in_a_shell(name: str, environment: dict[str, str], world: Path) -> None:
    command = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[name]
    child = pexpect.spawn(shell(name), command, env=environment, cwd=str(world), encoding="utf-8", timeout=30, dimensions=(50, 200))
    try:
        if name == "zsh":
            child.sendline("PROMPT='$ '; bindkey -e; autoload -Uz compinit; compinit -u -D; echo rea''dy")
        else:
            child.sendline("echo rea''dy")
        child.expect("[\r\n]ready")
        child.sendline(f'eval "$(servanda completion {name})"; echo do""ne')
        child.expect("[\r\n]done")
        for typed, wanted in TYPED:
            child.send(f"{typed}\t\x01echo \x05 END\r")  # complete, then let the shell say what stands there
            line = f"{typed.rpartition(' ')[0]} {wanted.strip().rstrip('/')}"
            child.expect(rf"[\r\n]{re.escape(line)}{'/?' if wanted.endswith('/') else ''} +END")  # zsh drops the slash again
    finally:
        child.close(force=True)


def test_a_tab_in_fish(environment: dict[str, str], world: Path) -> None:
    lines = ["servanda completion fish | source"] + [f"echo (complete -C '{typed}' | string split -f1 \\t)" for typed, _ in TYPED]
    done = subprocess.run([shell("fish"), "--no-config", "-c", "\n".join(lines)], env=environment, cwd=world, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [wanted.strip() for _, wanted in TYPED]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_is_of_the_shell(name: str, environment: dict[str, str], world: Path, tmp_path: Path) -> None:
    script = subprocess.run(["servanda", "completion", name], env=environment, cwd=world, capture_output=True, text=True, check=True).stdout
    (tmp_path / "script").write_text(script)
    assert "_SERVANDA_COMPLETE" in script
    subprocess.run([shell(name), "-n", str(tmp_path / "script")], check=True)  # reads it without running it


def test_what_can_be_explained(environment: dict[str, str], tmp_path: Path) -> None:
    ids = {*BY_NAME, *(o.id for o in PACK.obligations), *(j.id for j in PACK.judgements), *(c.anchor for c in PACK.clauses)}
    assert set(values(environment, tmp_path, "explain", *WORLD, "")) == ids
    said = completed(environment, tmp_path, "servanda", "explain", *WORLD, "steering-rounds-h", of="fish")
    assert said == [f"plain,steering-rounds-held\t{PACK.obligation('steering-rounds-held').title.de}"]
    said = completed(environment, tmp_path, "servanda", "explain", *WORLD, "--lang", "en", "steering-rounds-h", of="fish")
    assert said == [f"plain,steering-rounds-held\t{PACK.obligation('steering-rounds-held').title.en}"]


def test_years_are_those_of_the_agreements(environment: dict[str, str], tmp_path: Path, world: Path) -> None:
    assert values(environment, tmp_path, "check", *WORLD, "--year", "") == ["2017", "2018", "2019", "2020", "2021"]
    assert values(environment, world, "check", "--year", "") == ["2019", "2020"]
    assert values(environment, world, "check", "--year", "x") == []


def test_agreements() -> None:
    import click

    from servanda.cli.completion import complete_agreements

    context = click.Context(click.Command("x"))
    context.params = {"agreements": ROOT / "agreements"}
    found = [item.value for item in complete_agreements(context, click.Option(["--agreement"]), "benn-m")]
    assert found == ["benn-marzahn-hellersdorf", "benn-mitte"]


def test_commands_choices_levels_and_folders(environment: dict[str, str], tmp_path: Path) -> None:
    assert values(environment, tmp_path, "") == [name for name, _ in COMMANDS]
    assert values(environment, tmp_path, "list", "") == ["obligations", "clauses", "judgements", "parameters"]
    assert values(environment, tmp_path, "check", "--fail-on", "material,un") == ["material,unmet", "material,undetermined"]
    assert values(environment, tmp_path, "check", "--fail-on", "unmet,un") == ["unmet,undetermined"]
    assert "table" in values(environment, tmp_path, "check", "--format", "")
    assert completed(environment, tmp_path, "servanda", "check", "--agreements", "x") == ["dir,x"]
    assert completed(environment, tmp_path, "servanda", "check", "f") == ["dir,f"]
    assert values(environment, tmp_path, "--la") == ["--lang"] and values(environment, tmp_path, "check", "--conf") == ["--config"]
    assert "Lieferungen" in completed(environment, tmp_path, "servanda", "che", of="fish")[0]
    assert "Evaluate" in completed(environment, tmp_path, "servanda", "--lang", "en", "che", of="fish")[0]


def test_the_folders_of_a_config_are_used(environment: dict[str, str], world: Path) -> None:
    (world / "rules").rename(world / "other")
    (world / "servanda.toml").write_text('rules = "other"\n')
    assert "visits-made" in values(environment, world, "explain", "v")


BROKEN = {
    "rules/mini/obligations/garden.yaml": ["- id: [", "- 3\n- {id: 4}\n- {id: {a: b}}\n- ~\n", "id: x\n", ""],
    "rules/mini/clauses.yaml": ["a: &a b", "- {anchor: ~}\n", "\x00"], "rules/mini/judgements.yaml": ["judgements: 3\n", "- x\n"],
    "agreements/a.yaml": ["term: 3\n", "term: {from: soon, to: 2020-12-31}\n", "[", "id: [x]\nterm: {from: ~}\n"],
    "servanda.toml": ["rules = 3\n", "[", "lang = 'xx'\nrules = '../..'\n"],
}


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in BROKEN.items() for text in texts])
def test_what_is_broken_completes_nothing_and_says_nothing(path: str, text: str, environment: dict[str, str], world: Path) -> None:
    (world / path).write_text(text)
    values(environment, world, "explain", "")
    if path == "agreements/a.yaml":
        assert values(environment, world, "check", "--year", "") == []
    assert "attested" in values(environment, world, "explain", "a")


def test_nothing_is_said_where_nothing_is_there(environment: dict[str, str], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "file").write_text("x")
    for words in (["check", "--agreements", "nowhere", "--year", ""], ["check", "--agreements", "file", "--year", ""], ["explain", "--rules", "nowhere", "v"],
                  ["nothing", "x"], ["check", "--year", "soon", "--fail-on", ""], ["explain", "'x"], ["check", "--config", "nowhere", "--year", ""]):
        values(environment, empty, *words)


def test_the_installed_command_completes(tmp_path: Path) -> None:
    """The entry point of the package, not `python -m`."""
    program = Path(sys.executable).with_name("servanda")
    if not program.exists():
        assert not os.environ.get("SERVANDA_CI"), "the package is not installed beside Python"
        pytest.skip("the package is not installed")
    asking = {"_SERVANDA_COMPLETE": "bash_complete", "COMP_WORDS": "servanda expl", "COMP_CWORD": "1", "PATH": os.environ["PATH"]}
    done = subprocess.run([program], env=asking, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "plain,explain\n", "")
