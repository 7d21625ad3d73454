"""LibreOffice for tests: re-saves workbooks as another person's program would."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
FILTERS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods", "pdf": "pdf"}


def resave(path: Path, form: str, folder: Path) -> Path:
    """The workbook as LibreOffice saves it in another format. Without LibreOffice the test is skipped, but fails where the project is tested for good."""
    if PROGRAM is None:
        if os.environ.get("SERVANDA_CI"):
            pytest.fail("LibreOffice (soffice) is missing; .ci/run installs it")
        pytest.skip("LibreOffice (soffice) is not installed; on Debian: apt-get install libreoffice-calc")
    folder.mkdir(parents=True, exist_ok=True)
    profile = (folder / "profile").resolve().as_uri()
    command = [PROGRAM, f"-env:UserInstallation={profile}", "--headless", "--convert-to", FILTERS[form], "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    saved = folder / f"{path.stem}.{form}"
    assert saved.is_file(), done.stdout + done.stderr
    return saved
