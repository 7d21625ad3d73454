"""The schemas that are kept in the repository, and the first line of every YAML file that names its own.

    python tests/schemas.py      writes the schemas again, and the line wherever it is missing (submission.yaml: python bench/make_samples.py)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT, RULES
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problems
from servanda.schema import KINDS, OF_A_PACK
from servanda.schema.build import schema_text

GENERAL = ROOT / "engine" / "servanda" / "schema" / "files"
MARK = "# yaml-language-server: $schema="


def wanted() -> dict[Path, str]:
    """Every schema that is kept, with its content: the general ones, and those of each pack."""
    problems = Problems()
    packs = read_packs(RULES, BY_NAME, problems)
    assert not problems, problems.sorted()
    files = {GENERAL / f"{kind}.json": schema_text(kind) for kind in KINDS}
    return files | {Path(pack.folder) / "schemas" / f"{kind}.json": schema_text(kind, pack) for pack in packs.values() for kind in OF_A_PACK}


def kind_of(path: Path) -> str:
    """What kind of file a YAML file of the repository is."""
    place = path.relative_to(ROOT).parts
    if place[0] == "rules":
        if place[2:] == ("tests", "agreement.yaml"):
            return "case-agreement"
        if place[2:] == ("tests", "survivors.yaml"):
            return "survivors"
        return {"obligations": "obligations", "tests": "cases"}.get(place[2], path.stem)
    return "agreement" if place[0] == "agreements" else "manifest"


def schema_for(path: Path) -> Path:
    """The schema that a YAML file names: its pack's own, where there is one."""
    kind = kind_of(path)
    if kind not in OF_A_PACK:
        return GENERAL / f"{kind}.json"
    return RULES / path.relative_to(ROOT).parts[1] / "schemas" / f"{kind}.json"


def marked() -> Iterator[Path]:
    """The YAML files that carry the line."""
    yield from sorted([*RULES.rglob("*.yaml"), *(ROOT / "agreements").rglob("*.yaml"), *(ROOT / "facts").rglob("submission.yaml")])


def line_for(path: Path) -> str:
    """The line that names the file's schema."""
    return MARK + Path(os.path.relpath(schema_for(path), path.parent)).as_posix()


if __name__ == "__main__":
    for file, text in wanted().items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for path in marked():
        lines = path.read_text(encoding="utf-8").split("\n")
        if lines[0] != line_for(path):
            path.write_text("\n".join([line_for(path), *(lines[1:] if lines[0].startswith(MARK) else lines)]), encoding="utf-8")
