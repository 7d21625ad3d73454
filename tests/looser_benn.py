"""BENN with fields that may be empty, so that what is unknown can be tried where BENN has no need of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from conftest import RULES


def write(folder: Path, optional: Iterable[str]) -> Path:
    """The pack in a new folder `benn` in `folder`; `optional` names fields that it requires, as `measures.site`."""
    shutil.copytree(RULES / "benn", folder / "benn")
    path = folder / "benn" / "vocabulary.yaml"
    vocabulary = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in optional:
        fact_type, field = name.split(".")
        del vocabulary[fact_type]["fields"][field]["required"]
    path.write_text(yaml.safe_dump(vocabulary, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder / "benn"
