"""The GitHub action, the pre-commit hooks and the GitLab include: checked against their published schemas, and their scripts run for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import ROOT
from servanda.report.formats import NAMES
from servanda.report.markdown import MARKER
from small_world import mitte, rounds

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"] if "id" in step}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
INCLUDE = yaml.safe_load((ROOT / ".gitlab" / "servanda.yml").read_text(encoding="utf-8"))
# Formats that a checkout may still lack, and one it has that stands in for them here.
STAND_IN = {name: other for name, other in {"github": "table", "sarif-github": "json", "gitlab": "json"}.items() if name not in NAMES}


def program(folder: Path) -> Path:
    """A `servanda` that runs this checkout, as the installed one would."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "servanda"
    path.write_text(
        f"""#!{sys.executable}
import os, sys
stand_in = {STAND_IN!r}
arguments = []
for one in sys.argv[1:]:
    name = one.partition("=")[2]
    arguments.append("--format=" + stand_in[name] if one.startswith("--format=") and name in stand_in else one)
os.environ["PYTHONPATH"] = {str(ROOT / "engine")!r}
os.execv(sys.executable, [sys.executable, "-m", "servanda", *arguments])
""",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


class Runner:
    """What a runner sets before it runs a step, and what a step left behind."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self.temp = folder / "work space", folder / "temp"
        self.world = mitte(self.workspace)
        self.temp.mkdir()
        self.output, self.summary = folder / "output", folder / "summary"
        self.output.touch()
        self.summary.touch()
        program(self.temp / "servanda-venv" / "bin")

    def check(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step that checks, with the inputs' defaults where nothing else is said."""
        step = STEPS["check"]
        given = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()} | {"as-of": "2020-01-31"}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        environment = {name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], text) for name, text in step["env"].items()}
        return self.run(step["run"], {**environment, "SERVANDA_RULES": given["rules"] or str(ROOT / "rules")})

    def run(self, script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        file = self.temp / "script.sh"
        file.write_text(script, encoding="utf-8")
        own = {"RUNNER_TEMP": str(self.temp), "GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_ACTION_PATH": "/a b"}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)], cwd=self.workspace, env={"PATH": os.environ["PATH"], **own, **environment},
            capture_output=True, text=True, check=False, timeout=120,
        )

    def outputs(self) -> dict[str, str]:
        """The outputs as the runner reads them."""
        text, found = self.output.read_text(encoding="utf-8"), {}
        while text:
            line, _, text = text.partition("\n")
            name, mark, value = re.fullmatch(r"([\w-]+)(<<|=)(.*)", line).groups()
            if mark == "<<":
                value, _, text = text.partition(f"\n{value}\n")
            found[name] = value
        return found


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize(("schema", "file"), [("vendor.github-actions", "action.yml"), ("vendor.gitlab-ci", ".gitlab/servanda.yml")])
def test_published_schemas_hold(schema: str, file: str) -> None:
    assert schema_accepts(schema, ROOT / file)


def test_the_hook_manifest_is_valid_for_pre_commit() -> None:
    done = subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    assert [hook["id"] for hook in HOOKS] == ["servanda-validate", "servanda-check"]


def test_no_input_is_pasted_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", "a/b@" + "0" * 40))
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(ACTION["inputs"])


def test_the_format_names_are_known() -> None:
    text = STEPS["check"]["run"] + INCLUDE[".servanda"]["script"][0]
    assert set(re.findall(r"--format=([\w-]+)", text)) <= set(NAMES) | {"github", "sarif-github", "gitlab"}


def test_a_check_that_finds_nothing_material(runner: Runner) -> None:
    runner.world.submit(meetings=rounds(6), complete=None)
    done = runner.check(junit_file="junit.xml", json_file="out.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert runner.outputs() == {"exit-status": "0", "sarif-file": str(runner.workspace / "servanda.sarif")}
    summary = runner.summary.read_text(encoding="utf-8")
    assert summary.startswith(MARKER) and "nicht feststellbar" in summary.splitlines()[1]
    assert json.loads((runner.workspace / "servanda.sarif").read_text(encoding="utf-8"))
    assert json.loads((runner.workspace / "out.json").read_text(encoding="utf-8"))["schema"] == "servanda.report/1"
    assert "<testsuites" in (runner.workspace / "junit.xml").read_text(encoding="utf-8")
    assert not list(runner.workspace.glob("*.md"))


@pytest.mark.parametrize("levels", ["deviation", "material,deviation", " material \r\n\n deviation\n"])
def test_the_status_of_the_check_is_the_step_s(runner: Runner, levels: str) -> None:
    runner.world.submit(meetings=rounds(5))
    done = runner.check(fail_on=levels, lang="en", sarif_file="", summary="false")
    assert done.returncode == 1, done.stdout
    assert runner.outputs() == {"exit-status": "1", "sarif-file": ""}
    assert not (runner.workspace / "servanda.sarif").exists() and not runner.summary.read_text()


def test_problems_end_with_2_in_every_report(runner: Runner) -> None:
    runner.world.submit(meetings=[{**rounds(1)[0], "date": "::error::[31.02]"}], complete={"meetings": "2019-12-31"})
    done = runner.check()
    assert done.returncode == 2
    assert runner.outputs()["exit-status"] == "2"
    summary = runner.summary.read_text(encoding="utf-8")
    assert "nicht geprüft" in summary and "meetings.csv" in summary and "[31.02]" not in summary
    assert runner.check(keep_going="true").returncode == 0


@pytest.mark.parametrize("name", ["a b", "$(touch owned)", "`touch owned`", "; touch owned", "x'y\"z", "a && touch owned", "--help", "*", "${HOME}", "ä ö"])
def test_hostile_paths_are_names(runner: Runner, name: str) -> None:
    """Each input is one argument, whatever stands in it."""
    folder = runner.workspace / name
    runner.world.submit(meetings=rounds(6), complete=None)
    shutil.move(runner.world.facts / "benn-mitte", folder)
    done = runner.check(paths=f"\n  {name}  \r\n\n", agreements="agreements")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(runner.workspace.rglob("owned"))
    both = runner.check(paths=f"{name}\nno such folder")
    assert both.returncode == 2 and "no such folder" in both.stdout + runner.summary.read_text(encoding="utf-8")


HOSTILE_INPUTS = ["$(touch owned)", "`touch owned`", "; touch owned", "x\ntouch owned", "' ; touch owned #", '" ; touch owned "', "-h", "--keep-going", "a b"]


@pytest.mark.parametrize("text", HOSTILE_INPUTS)
@pytest.mark.parametrize("name", ["paths", "agreements", "rules", "as_of", "known_on", "year", "fail_on", "keep_going", "lang", "summary"])
def test_hostile_inputs_run_nothing(tmp_path: Path, name: str, text: str) -> None:
    """The script is run with a program that only notes its arguments: quicker, and every argument is seen."""
    runner = Runner(tmp_path)
    seen = runner.temp / "seen"
    fake = runner.temp / "servanda-venv" / "bin" / "servanda"
    fake.write_text(f"#!/bin/bash\nprintf '%s\\0' \"$@\" > '{seen}'\necho '::warning::told' >&2\nexit 1\n", encoding="utf-8")
    done = runner.check(**{name: text})
    assert done.returncode == 1, done.stderr
    assert not list(tmp_path.rglob("owned"))
    arguments = seen.read_text(encoding="utf-8").split("\0")[:-1]
    assert arguments[0] == "check"
    options, paths = arguments[1 : arguments.index("--")], arguments[arguments.index("--") + 1 :]
    if name == "paths":
        assert paths == text.split("\n")
    elif name in ("agreements", "rules", "as_of", "known_on", "year", "lang"):
        assert f"--{name.replace('_', '-')}={text}" in options
    elif name == "fail_on":
        assert [option for option in options if option.startswith("--fail-on=")] == [f"--fail-on={line}" for line in text.split("\n")]
    assert all(option.startswith("--") and "=" in option for option in options)


def test_messages_cannot_command_the_runner(runner: Runner) -> None:
    fake = runner.temp / "servanda-venv" / "bin" / "servanda"
    fake.write_text("#!/bin/bash\nprintf '::set-env name=A::b\\n##[add-mask]x' >&2\nexit 101\n", encoding="utf-8")
    done = runner.check()
    lines = done.stdout.splitlines()
    word = re.fullmatch(r"::stop-commands::(servanda-[0-9a-f]{32})", lines[0])[1]
    assert lines[1:] == ["::set-env name=A::b", "##[add-mask]x", f"::{word}::"]
    assert done.returncode == 101 and runner.outputs() == {"exit-status": "101", "sarif-file": ""}


def test_an_earlier_sarif_file_does_not_pass_for_this_run_s(runner: Runner) -> None:
    (runner.workspace / "servanda.sarif").write_text("{}")
    assert runner.check(year="never").returncode == 2
    assert runner.outputs()["sarif-file"] == "" and not (runner.workspace / "servanda.sarif").exists()


def test_the_installation_takes_the_action_s_folder_as_one_name(runner: Runner) -> None:
    """With a python3 that notes its arguments: what a fresh installation costs does not belong into a test."""
    seen, fake = runner.temp / "seen", runner.temp / "fake" / "python3"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/bash\nprintf '%s|' \"$@\" >> '{seen}'\necho >> '{seen}'\n", encoding="utf-8")
    fake.chmod(0o755)
    shutil.copy(fake, runner.temp / "servanda-venv" / "bin" / "python")
    done = runner.run(STEPS["install"]["run"], {"PATH": f"{fake.parent}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stderr
    venv, pip = seen.read_text(encoding="utf-8").splitlines()
    assert venv == f"-I|-m|venv|{runner.temp}/servanda-venv|" and pip.startswith("-I|-m|pip|install|") and pip.endswith("|/a b|")


def schema_accepts(schema: str, file: Path) -> bool:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_examples_of_the_page_are_valid(tmp_path: Path) -> None:
    """Each example of docs/ci.md against the published schema of its file, and what it names exists."""
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL)
    comment, workflow, hooks, pipeline = (tmp_path / name for name in ("comment.yml", "workflow.yml", ".pre-commit-config.yaml", ".gitlab-ci.yml"))
    comment.write_text("on: [pull_request]\njobs:\n  comment:\n    runs-on: ubuntu-latest\n" + re.sub(r"(?m)^", "    ", blocks[0]), encoding="utf-8")
    for file, block in zip((workflow, hooks, pipeline), blocks[1:], strict=True):
        file.write_text(block, encoding="utf-8")
    assert schema_accepts("vendor.github-workflows", comment) and schema_accepts("vendor.github-workflows", workflow)
    assert schema_accepts("vendor.gitlab-ci", pipeline) and not schema_accepts("vendor.gitlab-ci", comment)
    done = subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", str(hooks)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    used = next(step for step in yaml.safe_load(blocks[1])["jobs"]["servanda"]["steps"] if "servanda@" in step["uses"])
    assert set(used["with"]) <= set(ACTION["inputs"])
    assert {hook["id"] for hook in yaml.safe_load(blocks[2])["repos"][0]["hooks"]} == {hook["id"] for hook in HOOKS}
    assert set(yaml.safe_load(blocks[3])["facts"]["variables"]) <= set(INCLUDE[".servanda"]["variables"])
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*ACTION["inputs"], *ACTION["outputs"]))


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_the_gitlab_job_runs(runner: Runner, shell: str) -> None:
    job = INCLUDE[".servanda"]
    runner.world.submit(meetings=rounds(5))
    hostile = runner.workspace / "$(touch owned) ;b"
    shutil.move(runner.world.facts, hostile)
    program(runner.temp / ".servanda-7" / "bin")
    variables = {**job["variables"], "CI_BUILDS_DIR": str(runner.temp), "CI_JOB_ID": "7", "SERVANDA_RULES": str(ROOT / "rules"), "SERVANDA_AS_OF": "2020-01-31"}
    variables |= {"SERVANDA_PATHS": f"{hostile.name}\n", "SERVANDA_FAIL_ON": "deviation", "PATH": os.environ["PATH"], "SERVANDA_AGREEMENTS": "agreements"}
    done = subprocess.run([shell, "-e", "-c", job["script"][0]], cwd=runner.workspace, env=variables, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Steuerungsrunden" in done.stdout and not list(runner.workspace.rglob("owned"))
    for file in job["artifacts"]["paths"]:
        assert (runner.workspace / file).stat().st_size
    assert job["artifacts"]["when"] == "always" and set(job["artifacts"]["reports"].values()) < set(job["artifacts"]["paths"])
    unset = subprocess.run([shell, "-e", "-c", job["before_script"][0]], env={"SERVANDA_SOURCE": ""}, capture_output=True, text=True, check=False)
    assert unset.returncode == 2 and "SERVANDA_SOURCE" in unset.stdout


def test_pre_commit_runs_the_hooks(runner: Runner) -> None:
    """The hooks' own entry, arguments and files, run by pre-commit; only their installation is this checkout's."""
    keys = ("id", "name", "entry", "args", "files", "pass_filenames")
    hooks = [{**{key: hook[key] for key in keys}, "language": "system"} for hook in HOOKS]
    hooks[1]["args"] = ["facts", "--as-of", "2020-01-31", "--fail-on", "deviation"]
    shutil.copytree(ROOT / "rules", runner.workspace / "rules")
    (runner.workspace / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}), encoding="utf-8")
    (runner.workspace / "README.md").write_text("x", encoding="utf-8")
    runner.world.submit(meetings=rounds(5))
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = f"{runner.temp / 'servanda-venv' / 'bin'}:{os.environ['PATH']}"
    environment = {**outside, "PATH": path, "PRE_COMMIT_HOME": str(runner.temp / "home"), "HOME": str(runner.temp)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        for command in (["git", "init", "-q"], ["git", "add", "-A"]):
            subprocess.run(command, cwd=runner.workspace, env=environment, check=True)
        command = [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments]
        return subprocess.run(command, cwd=runner.workspace, env=environment, capture_output=True, text=True, check=False, timeout=120)

    done = run("--all-files")
    assert re.search(r"servanda validate\.+Passed", done.stdout) and re.search(r"servanda check\.+Failed", done.stdout), done.stdout + done.stderr
    assert "Steuerungsrunden" in done.stdout
    assert run("--files", "README.md").stdout.count("no files to check") == 2
    runner.world.submit(meetings=[{**rounds(1)[0], "date": "x"}])
    assert re.search(r"servanda validate\.+Failed", run("--all-files", "--hook-stage", "pre-commit").stdout)
