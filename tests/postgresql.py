"""A real PostgreSQL for the tests: Debian's, in a folder of its own, reached by a unix socket only; gone when the tests are over."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def programs() -> Path | None:
    """Where initdb lies, or None."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _as_user() -> list[str] | None:
    """What runs a program as somebody who may run PostgreSQL (root may not), or None."""
    if os.getuid():
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return None
    return ["runuser", "-u", "postgres", "--"] if shutil.which("runuser") else None


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a running server's database; skips with a loud word where none can be had, and fails where the project is tested for good."""
    folder, user = programs(), _as_user()
    if folder is None or user is None:
        if os.environ.get("SERVANDA_CI"):
            pytest.fail("PostgreSQL is needed for these tests: apt-get install postgresql")
        pytest.skip("NO POSTGRESQL: the ledger in PostgreSQL is NOT TESTED here (apt-get install postgresql)")
    place = Path(tempfile.mkdtemp(prefix="servanda-pg-"))
    if user:
        shutil.chown(place, "postgres")
    data = place / "data"

    def run(*command: str) -> None:
        done = subprocess.run([*user, *command], cwd=place, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run(str(folder / "initdb"), "-D", str(data), "-U", "servanda", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories='{place}' -c fsync=off -c max_connections=30"
        # the log goes to a file: a server that holds the pipe's end would keep this process waiting
        with (place / "out").open("w") as out:
            command = [*user, str(folder / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start"]
            started = subprocess.run(command, cwd=place, stdout=out, stderr=out, check=False, timeout=120)
        assert started.returncode == 0, (place / "out").read_text() + (data / "log").read_text()
        yield f"postgresql+psycopg://servanda@/postgres?host={place}"
    finally:
        if (data / "postmaster.pid").exists():
            run(str(folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(place, ignore_errors=True)
