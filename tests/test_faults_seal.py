"""Sealing under faults: whatever kills it or leaves it without room, a bundle is there whole or not at all."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from conftest import ROOT
from faults import KILLS, SERVANDA, content, kill, may_mount, on_small_disk, timed, with_limit
from servanda.whole_files import UNFINISHED


@pytest.fixture
def command(tmp_path: Path, undisturbed: tuple) -> tuple:
    """The command that seals an audit, but for its output."""
    for name, data in undisturbed[0].items():
        (tmp_path / "audit" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "audit" / name).write_bytes(data)
    where = ("--rules", ROOT / "rules", "--agreements", ROOT / "agreements/sale", "--lang", "en")
    return (*SERVANDA, "seal", tmp_path / "audit", "--facts", ROOT / "facts/sale", *where, "--output")


def test_a_killed_seal_is_whole_or_absent(tmp_path: Path, command: tuple, pytestconfig: pytest.Config) -> None:
    done, seconds = timed(*command, tmp_path / "undisturbed.tar")
    assert done.returncode == 0, done.stderr
    whole, chance, wanted = (tmp_path / "undisturbed.tar").read_bytes(), random.Random(5), pytestconfig.getoption("kills")
    (tmp_path / "place").mkdir()
    out = tmp_path / "place" / "b.tar"
    for _ in range(wanted if wanted > KILLS else 1):
        kill((*command, out), out.parent, chance, seconds)
        assert all(name == out.name or name.endswith(UNFINISHED) for name in os.listdir(out.parent))
        assert not out.exists() or out.read_bytes() == whole
        out.unlink(missing_ok=True)
    assert timed(*command, out)[0].returncode == 0 and out.read_bytes() == whole


def test_a_seal_without_room_is_not_there(tmp_path: Path, command: tuple) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if may_mount():
        done, left = on_small_disk(disk, 32, (*command, disk / "b.tar"), tmp_path / "left"), tmp_path / "left"
    else:
        done, left = with_limit(32, (*command, disk / "b.tar")), disk
    assert done.returncode == 2 and "[no-room]" in done.stderr and "b.tar" in done.stderr and not content(left)


def test_a_bundle_is_not_verified_without_room_to_unpack_it(tmp_path: Path, command: tuple) -> None:
    assert timed(*command, tmp_path / "b.tar")[0].returncode == 0
    disk = tmp_path / "disk"
    disk.mkdir()
    done = on_small_disk(disk, 32, (*SERVANDA, "verify", tmp_path / "b.tar", "--lang", "en"), tmp_path / "left", more={"TMPDIR": str(disk)})
    assert done.returncode == 2 and "[no-temporary-room]" in done.stderr and not content(tmp_path / "left"), done.stdout + done.stderr
