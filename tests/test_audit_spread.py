"""The audit over a real scheduler and worker processes, one of which is killed in the middle: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import contextlib
import datetime
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT, RULES
from servanda.audit import spread as spread_module
from servanda.audit.run import Wanted, audit
from servanda.audit.spread import spread_over
from servanda.problems import InvalidInput
from test_audit import content

AS_OF = datetime.date(2021, 9, 30)
SAMPLE = ([ROOT / "facts"], ROOT / "agreements", RULES, AS_OF)
WANTED = Wanted(bucket=1)


def started(*arguments: str) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    return subprocess.Popen([sys.executable, "-m", *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler's address and its two worker processes, without nannies: who is killed stays dead."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    processes = [started("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")]
    processes += [started("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]
    try:
        yield address, processes[1:]
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("alone") / "audit"
    audit(*SAMPLE, out, wanted=WANTED)
    return out


def test_a_worker_may_be_killed_in_the_middle(cluster: tuple[str, list[subprocess.Popen]], alone: Path, tmp_path: Path) -> None:
    from distributed import Client

    address, workers = cluster
    done: list[int] = []
    with Client(address, timeout="30s") as client:
        client.wait_for_workers(2, timeout=30)

    def killing(work, items) -> Iterator[tuple[int, object]]:
        with spread_over(None, address) as spread:
            for number, one in spread(work, items):
                done.append(number)
                if len(done) == 3:
                    workers[0].send_signal(signal.SIGKILL)
                    workers[0].wait()
                yield number, one

    found = audit(*SAMPLE, tmp_path / "audit", wanted=WANTED, spread=killing)
    assert sorted(done) == list(range(16)), "each bucket comes once"
    assert (found.measured, workers[0].returncode, workers[1].poll()) == (16, -signal.SIGKILL, None)
    assert content(tmp_path / "audit") == content(alone)


def test_workers_here_give_the_same_bytes(alone: Path, tmp_path: Path) -> None:
    with spread_over(2, None) as spread:
        audit(*SAMPLE, tmp_path / "audit", wanted=WANTED, spread=spread)
    assert content(tmp_path / "audit") == content(alone)


def test_a_scheduler_that_does_not_answer_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread_module, "ANSWER", "1s")
    with pytest.raises(InvalidInput) as refused, spread_over(None, "tcp://127.0.0.1:9"):
        pass
    assert [problem.code for problem in refused.value.problems] == ["no-scheduler"]


def test_a_worker_of_another_version_is_refused(tmp_path: Path) -> None:
    from dataclasses import replace

    def other(work, items) -> Iterator[tuple[int, object]]:
        for number, item in enumerate(items):
            yield number, replace(work(item), engine={"servanda": "9.9"})

    with pytest.raises(InvalidInput) as refused:
        audit(*SAMPLE, tmp_path / "audit", spread=other)
    assert [problem.code for problem in refused.value.problems] == ["other-engine"]
    assert not (tmp_path / "audit").exists()


def test_a_killed_audit_goes_on(alone: Path, tmp_path: Path) -> None:
    """`kill -9` of the command itself, at the first moments of its writing; then the same command again."""
    command = [
        sys.executable, "-m", "servanda", "audit", str(ROOT / "facts"), "--rules", str(RULES), "--agreements", str(ROOT / "agreements"),
        "--as-of", "2021-09-30", "--bucket", "1", "--out", str(tmp_path / "audit"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    records = tmp_path / "audit.unfinished" / "buckets"
    for wanted in (1, 4, 9):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while process.poll() is None and sum(1 for _ in records.rglob("*.json")) < wanted and time.monotonic() < deadline:
            pass
        process.kill()
        process.wait()
        assert not (tmp_path / "audit").exists()
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, "audit.unfinished" in result.stdout or "unterbrochen" in result.stdout) == (1, True), result.stdout
    assert content(tmp_path / "audit") == content(alone)
