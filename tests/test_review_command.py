"""servanda review: users from the command line, passwords only from a prompt or standard input, and a server that really serves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pexpect
import pytest

from conftest import ROOT
from test_language import ENGLISH
from workbench_world import PASSWORD


def review(*arguments: str, given: str = "") -> subprocess.CompletedProcess:
    """Run `servanda review …`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    command = [sys.executable, "-m", "servanda", "review", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, check=False)


def test_users_are_added_changed_and_listed(tmp_path: Path) -> None:
    here = ("--workspace", str(tmp_path / "desk"))
    assert review("user", "add", "Anna", "--role", "reviewer", *here, given=PASSWORD + "\n").returncode == 0
    assert review("user", "add", "proxy.person", "--role", "reader", "--no-password", *here).returncode == 0
    assert review("user", "set-role", "anna", "--role", "confirmer", *here).returncode == 0
    assert review("user", "set-password", "anna", *here, given="ein anderes Passwort\n").returncode == 0
    assert review("user", "disable", "anna", *here).returncode == 0
    listed = review("user", "list", *here).stdout.splitlines()
    assert [line.split(maxsplit=2) for line in listed] == [["anna", "confirmer", "gesperrt"], ["proxy.person", "reader", "ohne Passwort"]]
    assert review("user", "disable", "anna", "--undo", *here).returncode == 0
    assert "gesperrt" not in review("user", "list", *here).stdout


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [(("add", "anna", "--role", "reader"), "kurz\n", "zu kurz"), (("add", "a b", "--role", "reader"), PASSWORD, "kein Name"),
     (("add", "anna", "--role", "king"), PASSWORD, "king"), (("add", "anna", "--role", "reader"), "", "zu kurz"),
     (("set-role", "nobody", "--role", "reader"), "", "niemanden"), (("add", "anna", "--role", "reader", "--password", "x"), "", "--password")],
)
def test_mistakes_are_told_in_german(tmp_path: Path, arguments: tuple[str, ...], given: str, said: str) -> None:
    result = review("user", *arguments, "--workspace", str(tmp_path), given=given)
    assert result.returncode == 2 and said in result.stderr and "Traceback" not in result.stderr and (PASSWORD not in result.stderr)


def test_help_speaks_german_down_to_the_last_command() -> None:
    for words in ((), ("serve",), ("user",), ("user", "add"), ("user", "disable")):
        result = review(*words, "--help")
        assert result.returncode == 0
        text = re.sub(r"--[a-z-]+|\[[^\]]*\]|reader\|\S+", "", result.stdout)
        assert not ENGLISH.search(text), (words, ENGLISH.search(text), result.stdout)


def test_the_prompt_asks_twice_and_shows_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    arguments = ["-m", "servanda", "review", "user", "add", "anna", "--role", "reader", "--workspace", str(tmp_path)]
    child = pexpect.spawn(sys.executable, arguments, cwd=str(ROOT), env=environment, encoding="utf-8", timeout=60)
    child.expect("Passwort")
    child.sendline(PASSWORD)
    child.expect("Passwort noch einmal")
    child.sendline(PASSWORD)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0 and PASSWORD not in (child.before or "")


@pytest.mark.parametrize(
    "options", [("--trusted-header", "X-User"), ("--trusted-proxy", "127.0.0.1"), ("--trusted-header", "X", "--trusted-proxy", "proxy.local")],
)
def test_half_a_proxy_is_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    result = review("--workspace", str(tmp_path), *options)
    assert result.returncode == 2 and "Traceback" not in result.stderr


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_the_server_serves(tmp_path: Path, free_port: int, host: str, warned: bool) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    arguments = ["-m", "servanda", "review", "--workspace", str(tmp_path), "--host", host, "--port", str(free_port),
                 "--ledger", f"sqlite:///{tmp_path}/elsewhere.sqlite"]
    child = pexpect.spawn(sys.executable, arguments, cwd=str(ROOT), env=environment, encoding="utf-8", timeout=60)
    try:
        child.expect("Der Prüfplatz läuft")
        assert ("Achtung" in child.before) is warned
        request = urllib.request.Request(f"http://127.0.0.1:{free_port}/login?next=/geheim")
        for _ in range(200):
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    assert answer.status == 200 and "server" not in answer.headers and "Anmeldung" in answer.read().decode()
                break
            except (ConnectionError, urllib.error.URLError):
                child.expect([pexpect.TIMEOUT, "GET"], timeout=0.1)
        else:
            pytest.fail("the server never answered")
        assert (tmp_path / "elsewhere.sqlite").exists() and not (tmp_path / "ledger.sqlite").exists()
        child.expect("GET /login 200")
        assert "geheim" not in child.before + child.after
    finally:
        child.sendintr()
        child.expect(pexpect.EOF)
        child.close()


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
