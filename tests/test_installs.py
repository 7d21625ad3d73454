"""The hooks and the action as their users get them: installed by pre-commit and by the action's own step, from a repository with this checkout.

This installs from a package registry, so it runs where the project is tested for good, and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import ROOT
from small_world import World, mitte, rounds

pytestmark = pytest.mark.skipif(not os.environ.get("SERVANDA_CI"), reason="installs from a package registry; .ci/run sets SERVANDA_CI")
PARTS = ("engine", "rules", "agreements", "facts", "pyproject.toml", "README.md", "action.yml", ".pre-commit-hooks.yaml")
NAME = {"NAME": "a", "EMAIL": "a@example.org"}
OUTSIDE = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
ENVIRONMENT = OUTSIDE | {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in NAME.items()}


def run(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT | more, capture_output=True, text=True, check=False, timeout=900)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds what pip needs of this checkout."""
    folder = tmp_path_factory.mktemp("servanda")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for command in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "all"]):
        done = run(command, folder)
        assert done.returncode == 0, done.stderr
    return folder


def submitted(folder: Path, count: int) -> World:
    world = mitte(folder)
    world.submit(meetings=rounds(count))
    return world


def test_pre_commit_installs_and_runs_the_hooks(repository: Path, tmp_path: Path) -> None:
    world = submitted(tmp_path / "user", 6)
    revision = run(["git", "rev-parse", "HEAD"], repository).stdout.strip()
    hooks = [{"id": "servanda-validate"}, {"id": "servanda-check", "args": ["facts", "--as-of", "2020-01-31", "--fail-on", "never"]}]
    config = {"repos": [{"repo": str(repository), "rev": revision, "hooks": hooks}]}
    (world.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def hook() -> str:
        for command in (["git", "init", "-q"], ["git", "add", "-A"]):
            assert run(command, world.folder).returncode == 0
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
        done = run(command, world.folder, PRE_COMMIT_HOME=str(tmp_path / "home"))
        return done.stdout + done.stderr

    said = hook()
    assert re.search(r"servanda validate\.+Passed", said) and re.search(r"servanda check\.+Passed", said), said
    world.submit(meetings=[{**rounds(1)[0], "date": "31.02.2019"}])
    said = hook()
    assert re.search(r"servanda validate\.+Failed", said) and "31.02.2019" in said and "- exit code: 2" in said, said


def test_the_action_installs_and_checks(repository: Path, tmp_path: Path) -> None:
    world = submitted(tmp_path / "work", 5)
    steps = {step["id"]: step for step in yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"] if "id" in step}
    defaults = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))["inputs"]
    given = {name: str(one.get("default", "")) for name, one in defaults.items()} | {"as-of": "2020-01-31", "fail-on": "deviation"}
    environment = {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(repository)}
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        environment[name] = str(tmp_path / name)
    environment |= {name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], text) for name, text in steps["check"]["env"].items()}
    for name, status in (("install", 0), ("check", 1)):
        script = tmp_path / f"{name}.sh"
        script.write_text(steps[name]["run"], encoding="utf-8")
        done = run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], world.folder, **environment)
        assert done.returncode == status, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("::error file=agreements/benn-mitte.yaml,line=1,title=Mitte") and lines[-1].startswith("::notice title=servanda::")
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    assert "Steuerungsrunden" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert (world.folder / "servanda.sarif").stat().st_size and "exit-status=1" in (tmp_path / "GITHUB_OUTPUT").read_text(encoding="utf-8")
