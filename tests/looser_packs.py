"""A pack with fields that may be empty, so that what is unknown can be tried where the pack itself has no need of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml


def write(pack: Path, folder: Path, optional: Iterable[str]) -> Path:
    """A copy of a pack within a folder; `optional` names fields that the pack requires or reads when empty, as `measures.site`: here they may be unknown."""
    copy = folder / pack.name
    shutil.copytree(pack, copy)
    path = copy / "vocabulary.yaml"
    vocabulary = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in optional:
        fact_type, field = name.split(".")
        declared = vocabulary[fact_type]["fields"][field]
        assert {"required", "empty"} & set(declared), name
        vocabulary[fact_type]["fields"][field] = {key: value for key, value in declared.items() if key not in ("required", "empty")}
    path.write_text(yaml.safe_dump(vocabulary, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return copy
