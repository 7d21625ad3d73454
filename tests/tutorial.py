"""Runs docs/tutorial.md: files are written where the line before their block says, commands run in order, and their output is returned.

    python tests/tutorial.py      writes the outputs into the page, as they are now; read the difference before it is kept
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT
from servanda.cli import COMMANDS

PAGE = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_KNOWN = {name for name, _ in COMMANDS}


@dataclass(frozen=True, slots=True)
class Said:
    """A command of the page, what the page shows, what was printed, and its status; `ran` is false where servanda has no such command (yet)."""

    command: str
    shown: str
    printed: str
    status: int
    ran: bool


def run(folder: Path) -> Iterator[Said]:
    """Run the whole page in a folder."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "servanda"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m servanda "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if key in ("HOME", "TMPDIR", "LANG")}
    environment = {**kept, "PATH": f"{folder / 'bin'}:/usr/bin:/bin", "PYTHONPATH": str(ROOT / "engine"), "PYTHONIOENCODING": "utf-8"}
    here, status, work = folder / "work", 0, folder / "work"
    here.mkdir()
    for block in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["file"]:
            place = work / block["file"] if block["file"].startswith("garden/") else here / block["file"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block["body"], encoding="utf-8")
        elif block["kind"] == "console":
            for command, shown in _commands(block["body"]):
                words = shlex.split(command)
                ran = words[0] != "servanda" or words[1] in _KNOWN
                if words == ["echo", "$?"]:
                    yield Said(command, shown, f"{status}\n", 0, True)
                elif words[0] == "cd":
                    here = here / words[1]
                    yield Said(command, shown, "", 0, True)
                elif not ran:
                    yield Said(command, shown, shown, 0, False)
                else:
                    done = subprocess.run(
                        ["/bin/sh", "-c", command], cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
                    )
                    status = done.returncode
                    yield Said(command, shown, done.stdout, status, True)


def _commands(body: str) -> list[tuple[str, str]]:
    """The commands of a block, each with what is shown below it."""
    parts = re.split(r"(?m)^\$ ", body)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def plain(text: str) -> str:
    """An output without blanks at the ends of lines and of the whole."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n" if text.strip() else ""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        said = iter(list(run(Path(temporary))))

    def renewed(block: re.Match) -> str:
        """A block with its outputs."""
        if block["kind"] != "console" or block["file"]:
            return block[0]
        found = [next(said) for _ in _commands(block["body"])]
        return "```console\n" + "".join(f"$ {one.command}\n{plain(one.printed)}" for one in found) + "```"

    PAGE.write_text(_BLOCK.sub(renewed, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
