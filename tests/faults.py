"""Faults for the tests: processes killed at some moment, disks that are full or read-only, and what is left afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KILLS = 8  # of a process in the default run
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{ROOT / 'engine'}:{ROOT / 'tests'}", "SERVANDA_CONFIG": "none"}
SERVANDA = (sys.executable, "-m", "servanda")
WHERE = ("--rules", ROOT / "rules", "--agreements", ROOT / "agreements", "--as-of", "2021-09-30", "--lang", "en", "--fail-on", "never")


SALE = (ROOT / "facts/sale", *WHERE, "--agreements", ROOT / "agreements/sale", "--as-of", "2026-09-30")
CHECK, AUDIT = (*SERVANDA, "check", *SALE), (*SERVANDA, "audit", *SALE, "--bucket", "1", "--report", "json")


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The files of an audit that nothing disturbed, and how many seconds it took."""
    out = tmp_path_factory.mktemp("undisturbed") / "audit"
    done, seconds = timed(*AUDIT, "--out", out)
    assert done.returncode == 0, done.stderr
    return content(out), seconds


@pytest.fixture
def thorough(pytestconfig: pytest.Config) -> None:
    """Only where --kills asks for many."""
    if pytestconfig.getoption("kills") <= KILLS:
        pytest.skip("one of many: --kills 200")


def content(folder: Path) -> dict[str, bytes]:
    """What lies below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run(*command: object, **more: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([str(one) for one in command], env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=300, **more)


def timed(*command: object) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run a command to its end; how many seconds it took."""
    begun = time.monotonic()
    return run(*command), time.monotonic() - begun


def kill(command: Sequence[object], watched: Path, chance: random.Random, seconds: float) -> bool:
    """Kill a command (SIGKILL) at some moment: of its whole time, or shortly after it began to write below `watched`. Whether it was still at work."""
    one = subprocess.Popen(
        [str(part) for part in command], env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    if chance.random() < 0.3:
        _wait(one, seconds * chance.random())
    else:
        before, changes = _names(watched), chance.randint(1, 12)
        while changes and one.poll() is None:
            now = _names(watched)
            changes -= now != before
            before = now
        _wait(one, chance.random() * 0.005)
    killed = one.poll() is None
    one.send_signal(signal.SIGKILL)
    one.wait(60)
    return killed


def _wait(one: subprocess.Popen, seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        one.wait(seconds)


def _names(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(os.path.join(*pair) for where, _, names in os.walk(folder) for pair in ((where, name) for name in names)))
    except OSError:
        return ()


@cache
def _unshare() -> tuple[str, ...] | None:
    """What runs a program where it may mount, or None."""
    for options in (("-m",), ("-r", "-m")):
        with tempfile.TemporaryDirectory() as folder:
            command = ["unshare", *options, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
            if shutil.which("unshare") and subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return ("unshare", *options)
    return None


def may_mount() -> bool:
    """Whether disks can be made here. Where not, a limit on the size of files stands for a full one, which works everywhere."""
    return _unshare() is not None


def _mounting(script: str, *arguments: object, cwd: Path | None = None, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a shell script where it may mount; skips loudly where nobody may."""
    unshare = _unshare()
    if unshare is None:
        pytest.skip("MOUNTING IS NOT PERMITTED: small and read-only disks are NOT TESTED here (limits on file sizes are)")
    command = [*unshare, "sh", "-c", script, "sh", *map(str, arguments)]
    return subprocess.run(command, env=ENVIRONMENT | (more or {}), capture_output=True, text=True, check=False, timeout=300, cwd=cwd)


def on_small_disk(
    disk: Path, kib: int, command: Sequence[object], left: Path, *, roomy: Path | None = None, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command while `disk` is a disk of so many KiB with what lay there; `left` gets what lies there then.

    `roomy` gets what lies there after the same command ran once more, with room.
    """
    script = (
        'disk="$1"; kib="$2"; left="$3"; roomy="$4"; shift 4; kept=$(env -u TMPDIR mktemp -d); cp -a "$disk/." "$kept";'
        ' mount -t tmpfs -o "size=${kib}k" tmpfs "$disk" || exit 99; cp -a "$kept/." "$disk"; rm -r "$kept";'
        ' "$@"; status=$?; mkdir "$left"; cp -a "$disk/." "$left"; [ "$roomy" ] || exit $status;'
        ' mount -o remount,size=64m "$disk"; "$@" >/dev/null && mkdir "$roomy" && cp -a "$disk/." "$roomy"; exit $status'
    )
    return _mounting(script, disk, kib, left, roomy or "", *command, more=more)


def on_read_only_disk(disk: Path, command: Sequence[object]) -> subprocess.CompletedProcess[str]:
    """Run a command while nothing can be written below `disk`."""
    return _mounting('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; shift; exec "$@"', disk, *command)


def without_any_temporary_folder(command: Sequence[object], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command while no folder for temporary files can be written."""
    script = 'for one in /tmp /var/tmp "$PWD"; do mount --bind "$one" "$one" && mount -o remount,bind,ro "$one" || exit 99; done; cd "$PWD"; exec "$@"'
    return _mounting(script, *command, cwd=cwd, more={"TMPDIR": str(cwd)})


def with_limit(kib: int, command: Sequence[object]) -> subprocess.CompletedProcess[str]:
    """Run a command that may write no file above so many KiB."""
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, kib * 1024))

    return run(*command, preexec_fn=limited)
