"""A new pack: one rule with its cases, an agreement and a submission, to be changed into one's own.

`files/` holds the templates: `__id__` stands for the pack's id, and lines that begin with `#de ` or `#en ` are comments in one language.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problems
from servanda.schema import KINDS, OF_A_PACK
from servanda.schema.build import schema_text

_FILES = Path(__file__).resolve().parent / "files"
_COMMENT = re.compile(r"^( *)#(de|en) ")


def id_from(name: str) -> str | None:
    """The id of a pack from the name of a folder; None where nothing of it can stand in an id."""
    plain = name.casefold().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:60] or None


def new_files(id: str, lang: str) -> dict[PurePosixPath, str]:
    """The files of a new pack by their path, with comments in `lang`; its schemas are not among them."""
    found = {}
    for path in sorted(_FILES.rglob("*.*")):
        first, *rest = path.relative_to(_FILES).parts
        place = PurePosixPath(first, id, *(("example",) if first == "facts" else ()), *rest)
        found[place] = _written(path.read_text(encoding="utf-8"), id, lang)
    return found


def schema_places(id: str) -> dict[str, PurePosixPath]:
    """Where a new pack's schemas lie, by the kind of file."""
    return {kind: PurePosixPath("rules", id, "schemas", f"{kind}.json") for kind in KINDS}


def new_schemas(rules: Path, id: str) -> dict[PurePosixPath, str]:
    """The schemas of a pack that has just been laid out below `rules`."""
    pack = read_packs(rules / id, BY_NAME, Problems())[id]
    return {place: schema_text(kind, pack if kind in OF_A_PACK else None) for kind, place in schema_places(id).items()}


def _written(text: str, id: str, lang: str) -> str:
    lines = []
    for line in text.replace("__id__", id).splitlines():
        comment = _COMMENT.match(line)
        if comment is None:
            lines.append(line)
        elif comment[2] == lang:
            lines.append(f"{comment[1]}# {line[comment.end():]}")
    return "\n".join(lines) + "\n"
