"""Reading a pack: its YAML files into one checked `Pack` (see docs/pack-format.md).

Broken definitions are problems with file and line, all at once; nothing is evaluated with a pack that has any.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from servanda.judgement_patterns import read_consequences, read_judgements
from servanda.pack_checks import check_pack
from servanda.pack_shapes import Clause, FactType, Obligation, ObligationShape, Pack, PackShape
from servanda.problems import Problems
from servanda.record_checks import check_records
from servanda.shapes import Shape, shaped
from servanda.yaml_source import List, Map, read_yaml

_COMMON = frozenset(ObligationShape.model_fields)


def read_packs(folder: Path, kinds: Mapping[str, object], problems: Problems) -> dict[str, Pack]:
    """Every pack below `folder` by id. `kinds` are the known kinds by name (modules with `Params` and `parts`)."""
    packs: dict[str, Pack] = {}
    for head in sorted(folder.rglob("pack.yaml")):
        pack = read_pack(head.parent, kinds, problems)
        if pack is None:
            continue
        if pack.id in packs:
            problems.add("duplicate-id", head.as_posix(), 1, "id", found=pack.id, first=packs[pack.id].folder)
        packs[pack.id] = pack
    return packs


def read_pack(folder: Path, kinds: Mapping[str, object], problems: Problems) -> Pack | None:
    """The pack in a folder; None with problems where a file of it does not hold."""
    before = len(problems)
    pack, trees = shape_pack(folder, kinds, problems)
    if pack is not None:
        check_pack(pack, kinds, trees, problems)
    if pack is not None and len(problems) == before:
        check_records(pack, kinds, problems)
    return pack if len(problems) == before else None


def shape_pack(folder: Path, kinds: Mapping[str, object], problems: Problems) -> tuple[Pack | None, dict[str, object]]:
    """The pack in a folder, each file by itself (what one file names in another is not looked up), and the trees of its single files.

    None in place of the pack, with problems, where a file does not have its shape.
    """
    before, digest = len(problems), _digest(folder)
    names = ("pack.yaml", "vocabulary.yaml", "clauses.yaml", "judgements.yaml")
    trees = dict(_tree(folder / name, problems) for name in names)
    head = _shape(PackShape, folder / "pack.yaml", trees, problems)
    vocabulary = _vocabulary((folder / "vocabulary.yaml").as_posix(), trees, problems)
    clauses = _clauses((folder / "clauses.yaml").as_posix(), trees, problems)
    obligations = [o for file, tree in _trees(folder, problems) for o in _obligations(tree, file, kinds, problems)]
    file = (folder / "judgements.yaml").as_posix()
    tree = _judgements(trees[file], file, problems)
    judgements = read_judgements(tree, file, problems)
    consequences = read_consequences(tree, file, problems)
    if _digest(folder) != digest:
        problems.add("changed-meanwhile", folder.as_posix())
    if len(problems) > before or head is None:
        return None, trees
    return Pack(head, vocabulary, tuple(obligations), judgements, consequences, clauses, folder.as_posix(), digest), trees


def _tree(path: Path, problems: Problems) -> tuple[str, object]:
    before = len(problems)
    if not path.is_file():
        problems.add("missing-file", path.as_posix())
        return path.as_posix(), _Unread()
    tree = read_yaml(path, path.as_posix(), problems)
    return path.as_posix(), tree if len(problems) == before else _Unread()


class _Unread:
    """Stands for the content of a file that has problems of its own."""


def _shape(shape: type[Shape], path: Path, trees: Mapping[str, object], problems: Problems) -> Shape | None:
    tree = trees[path.as_posix()]
    return None if isinstance(tree, _Unread) else shaped(shape, tree, path.as_posix(), problems)


def _vocabulary(file: str, trees: Mapping[str, object], problems: Problems) -> dict[str, FactType]:
    tree = trees[file]
    if not isinstance(tree, Map):
        if not isinstance(tree, _Unread):
            problems.add("not-a-map", file, 1, found="nothing" if tree is None else "a list or a text")
        return {}
    shapes = {str(name): shaped(FactType, raw, file, problems, at=(name,), root=tree) for name, raw in tree.items()}
    return {name: shape for name, shape in shapes.items() if shape is not None}


def _clauses(file: str, trees: Mapping[str, object], problems: Problems) -> tuple[Clause, ...]:
    return tuple(shape for _, shape in _listed(Clause, trees[file], file, problems))


def _judgements(tree: object, file: str, problems: Problems) -> object:
    """The tree of judgements and consequences; None where it is none."""
    if tree is None or isinstance(tree, _Unread):
        return None
    if not isinstance(tree, Map):
        problems.add("not-a-map", file, 1, found="a list or a text")
        return None
    known = ("judgements", "consequences")
    for key in tree:
        if key not in known:
            problems.add("unknown-key", file, tree.lines[key], key, found=key, known=", ".join(known), near=key)
    return tree


def _listed(shape: type[Shape], tree: object, file: str, problems: Problems) -> list[tuple[int, Shape]]:
    if not isinstance(tree, List):
        if tree is not None and not isinstance(tree, _Unread):
            problems.add("not-a-list", file, 1, found="a map or a text")
        return []
    found = [(tree.lines[number], shaped(shape, raw, file, problems, at=(number,), root=tree)) for number, raw in enumerate(tree)]
    return [(line, one) for line, one in found if one is not None]


def _trees(folder: Path, problems: Problems) -> list[tuple[str, object]]:
    paths = sorted((folder / "obligations").glob("*.yaml"))
    if not paths:
        problems.add("missing-file", (folder / "obligations").as_posix())
    return [_tree(path, problems) for path in paths]


def _obligations(tree: object, file: str, kinds: Mapping[str, object], problems: Problems) -> list[Obligation]:
    if not isinstance(tree, List):
        if tree is not None and not isinstance(tree, _Unread):
            problems.add("not-a-list", file, 1, found="a map or a text")
        return []
    found = [_obligation(tree, number, file, kinds, problems) for number in range(len(tree))]
    return [obligation for obligation in found if obligation is not None]


def _obligation(tree: List, number: int, file: str, kinds: Mapping[str, object], problems: Problems) -> Obligation | None:
    raw, row = tree[number], tree.lines[number]
    if not isinstance(raw, Map):
        problems.add("not-a-map", file, row, found="a list or a text")
        return None
    named = [key for key in raw if key in kinds]
    if len(named) != 1:
        unknown = [key for key in raw if key not in _COMMON and key not in kinds]
        found, near = ", ".join(named or unknown) or "–", "" if named else "".join(unknown[:1])
        problems.add("one-kind", file, row, None, found=found, known=", ".join(kinds), near=near)
        return None
    kind = named[0]
    common = Map({key: value for key, value in raw.items() if key != kind})
    common.line, common.lines = raw.line, raw.lines
    shape = shaped(ObligationShape, common, file, problems, at=(number,), root=tree)
    params = shaped(kinds[kind].Params, raw[kind], file, problems, at=(number, kind), root=tree)
    if shape is None or params is None:
        return None
    own = {name: getattr(shape, name) for name in ObligationShape.model_fields}
    return Obligation(**own, kind=kind, params=params, file=file, row=row)


def _digest(folder: Path) -> str:
    """SHA-256 over the pack's YAML files, by their path in the pack; its cases and what it says to the linter change no result."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml"), key=lambda found: found.relative_to(folder).as_posix()):
        if path.relative_to(folder).parts[0] not in ("tests", "lint.yaml", "text.yaml") and path.is_file():
            with contextlib.suppress(OSError):  # what cannot be read is told by whoever reads it
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


