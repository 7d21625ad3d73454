"""The workspace: one folder with the submissions that are kept, uploads in quarantine and the ledger, beside agreements and rules."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from servanda.ledger.store import Ledger, open_ledger

LEDGER_FILE = "ledger.sqlite"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything lies; the folders of agreements and rules may lie elsewhere and are only read."""

    folder: Path
    agreements: Path
    rules: Path
    ledger: Ledger

    @property
    def submissions(self) -> Path:
        """The folder of kept submissions, laid out like any folder of facts."""
        return self.folder / "submissions"

    @property
    def incoming(self) -> Path:
        """The folder of uploads that nobody has kept yet; no check looks there."""
        return self.folder / "incoming"


def open_workspace(folder: Path, agreements: Path, rules: Path, ledger_url: str | None = None) -> Workspace:
    """The workspace in a folder, made where it is missing; `InvalidInput` where its ledger cannot be opened."""
    folder = Path(os.path.abspath(folder))
    for path in (folder, folder / "submissions", folder / "incoming"):
        os.makedirs(path, exist_ok=True)
    return Workspace(folder, agreements, rules, open_ledger(ledger_url or folder / LEDGER_FILE))


def is_name(text: str) -> bool:
    """Whether a text may name a file or a folder here: letters, digits, `.`, `_`, `-`; none that leads anywhere else."""
    return _NAME.fullmatch(text) is not None and ".." not in text
