"""The commands of docs/api.md, run as they stand there against the installed command and a server of their own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

PAGE = ROOT / "docs" / "api.md"


def test_the_case_in_the_page_runs_as_written(tmp_path: Path) -> None:
    if not (shutil.which("curl") and shutil.which("bash")):
        assert "SERVANDA_CI" not in os.environ, "curl is missing"
        pytest.skip("THE API'S PAGE IS NOT TRIED: curl is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    script = "set -e\ntrap 'kill $(jobs -p)' EXIT\n" + "\necho '=== next'\n".join(blocks)
    script = script.replace("8711", port).replace("DESK=desk", f"DESK='{tmp_path}/desk'")
    command = tmp_path / "bin" / "servanda"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m servanda "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    ran = subprocess.Popen(
        ["bash", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "engine"), "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"},
    )
    try:
        out, err = ran.communicate(timeout=120)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(ran.pid, signal.SIGKILL)
    assert ran.returncode == 0, f"{out[-2000:]}\n{err[-2000:]}"
    parts = out.split("=== next\n")
    assert parts[2].count('"kind":"run"') == 1 and '"district-coordinator' not in parts[1]
    assert "district-coordinator/2019" in parts[2]
    assert re.findall(r'"kind":"(\w+)"', parts[3]) == ["assessment", "hearing", "answer", "proposal", "confirmation"]
    assert '"problems":[]' in parts[4]
