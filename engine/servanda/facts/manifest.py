"""Manifests: what a submission.yaml says of a submission."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from servanda.facts.values import Invalid, to_date
from servanda.model import Agreement, Submission
from servanda.pack_shapes import FactType, Pack
from servanda.problems import Problems
from servanda.yaml_source import List, Map, Scalar, line_of

_KEYS = ("agreement", "pack", "submitted_on", "submitted_by", "complete", "withdraws")


@dataclass(frozen=True, slots=True)
class Known:
    """What a submission may name: the packs and the agreements."""

    packs: Mapping[str, Pack]
    agreements: Mapping[str, Agreement]
    broken: frozenset[str] = frozenset()  # ids of agreements whose own file has problems; their submissions are passed over


def submission_of(
    tree: Map, file: str, origin: tuple[str, str, str], known: Known, problems: Problems
) -> tuple[Submission | None, Pack | None, str | None]:
    """The submission that a manifest's map describes, or None with problems; its pack and agreement as far as they are known.

    `origin` is the submission's path, its name (by which submissions of a day are ordered) and its hash.
    """
    before = len(problems)
    for key in tree:
        if key not in _KEYS:
            problems.add("unknown-key", file, tree.lines[key], key, found=key, known=", ".join(_KEYS), near=key)
    pack, agreement = _whose(tree, file, known, problems)
    submitted_on = _date(tree, ("submitted_on",), file, problems, required=True)
    submitted_by = tree.get("submitted_by")
    if submitted_by is None:
        problems.add("missing-key", file, tree.line, "submitted_by")
    elif not isinstance(submitted_by, Scalar):
        problems.add("not-a-value", file, tree.lines["submitted_by"], "submitted_by", found="a list or a map")
    elif pack and submitted_by not in pack.head.parties:
        choices = ", ".join(pack.head.parties)
        problems.add("unknown-value", file, tree.lines["submitted_by"], "submitted_by", found=submitted_by, known=choices, near=str(submitted_by))
    complete = _complete(tree, file, pack, submitted_on, problems) if pack else {}
    withdraws = _withdraws(tree, file, pack, problems) if pack else ()
    if len(problems) > before or pack is None:
        return None, pack, agreement
    path, name, sha256 = origin
    return Submission(path, name, pack.id, agreement, submitted_on, str(submitted_by), complete, withdraws, sha256, file), pack, agreement


def _whose(tree: Map, file: str, known: Known, problems: Problems) -> tuple[Pack | None, str | None]:
    agreement_id, pack_id = tree.get("agreement"), tree.get("pack")
    agreement = known.agreements.get(str(agreement_id)) if agreement_id is not None else None
    if agreement_id is None and pack_id is None:
        problems.add("missing-key", file, tree.line, "agreement")
        return None, None
    if agreement is None and str(agreement_id) in known.broken:
        return None, None
    if agreement_id is not None and agreement is None:
        near, choices = str(agreement_id), ", ".join(sorted(known.agreements))
        problems.add("unknown-agreement", file, tree.lines["agreement"], "agreement", found=agreement_id, known=choices, near=near)
        return None, None
    if pack_id is not None and str(pack_id) not in known.packs:
        problems.add("unknown-pack", file, tree.lines["pack"], "pack", found=pack_id, known=", ".join(sorted(known.packs)), near=str(pack_id))
        return None, None
    if agreement and pack_id is not None and agreement.pack != pack_id:
        problems.add("other-pack", file, tree.lines["pack"], "pack", found=pack_id, known=agreement.pack)
        return None, None
    return known.packs[agreement.pack if agreement else str(pack_id)], agreement.id if agreement else None


def _date(tree: object, path: tuple, file: str, problems: Problems, required: bool = False) -> datetime.date | None:
    value = tree
    for part in path:
        value = value.get(part) if isinstance(value, Map) else None
    column = ".".join(path)
    row = line_of(tree, path)
    if value is None:
        if required:
            problems.add("missing-key", file, row, column)
        return None
    try:
        if not isinstance(value, Scalar):
            raise Invalid("invalid-date")
        return to_date(value.strip())
    except Invalid as error:
        problems.add(error.code, file, row, column, found=value if isinstance(value, Scalar) else "a list or a map")
        return None


def _complete(tree: Map, file: str, pack: Pack, submitted_on: datetime.date | None, problems: Problems) -> dict:
    """Declarations as {(type, role or None): last day}."""
    declared = tree.get("complete")
    result: dict[tuple[str, str | None], datetime.date] = {}
    if declared is None:
        return result
    if isinstance(declared, Scalar):
        until = _until(tree, ("complete",), file, submitted_on, problems)
        return {(type_name, None): until for type_name in pack.vocabulary} if until else {}
    if not isinstance(declared, Map):
        problems.add("not-a-map", file, tree.lines["complete"], "complete", found="a list")
        return result
    for type_name, value in declared.items():
        path = ("complete", type_name)
        if type_name not in pack.vocabulary:
            choices = ", ".join(pack.vocabulary)
            problems.add("unknown-fact-type", file, line_of(tree, path), ".".join(path), found=type_name, known=choices, near=type_name)
        elif isinstance(value, Map):
            roles = _roles(tree, path, pack.vocabulary[type_name], file, problems)
            until = _until(tree, (*path, "until"), file, submitted_on, problems)
            if until:
                result.update({(type_name, role): until for role in roles})
        elif (until := _until(tree, path, file, submitted_on, problems)) is not None:
            result[(type_name, None)] = until
    return result


def _until(tree: Map, path: tuple, file: str, submitted_on: datetime.date | None, problems: Problems) -> datetime.date | None:
    until = _date(tree, path, file, problems, required=True)
    if until and submitted_on and until > submitted_on:
        problems.add("complete-after-submission", file, line_of(tree, path), ".".join(path), found=until, submitted_on=submitted_on)
        return None
    return until


def _roles(tree: Map, path: tuple, fact_type: FactType, file: str, problems: Problems) -> tuple[str | None, ...]:
    declared: Map = tree["complete"][path[1]]
    for key in declared:
        if key not in ("until", "roles"):
            problems.add("unknown-key", file, declared.lines[key], ".".join((*path, key)), found=key, known="until, roles", near=key)
    roles = declared.get("roles")
    if roles is None:
        return (None,)
    row, column = declared.lines["roles"], ".".join((*path, "roles"))
    if not isinstance(roles, List) or not fact_type.roles:
        problems.add("no-roles", file, row, column, found=roles if isinstance(roles, Scalar) else "roles")
        return ()
    for role in roles:
        if role not in fact_type.roles:
            found = role if isinstance(role, Scalar) else "a list or a map" if role else "null"
            problems.add("unknown-value", file, row, column, found=found, known=", ".join(fact_type.roles), near=str(role))
    return tuple(str(role) for role in roles)


def _withdraws(tree: Map, file: str, pack: Pack, problems: Problems) -> tuple[tuple[str, int], ...]:
    """`type:id` with its line."""
    listed = tree.get("withdraws")
    if listed is None:
        return ()
    if not isinstance(listed, List):
        problems.add("not-a-list", file, tree.lines["withdraws"], "withdraws", found=str(listed))
        return ()
    result = []
    for number, item in enumerate(listed):
        row = listed.lines[number]
        if not isinstance(item, Scalar) or ":" not in item or item.split(":", 1)[0] not in pack.vocabulary:
            near, choices = str(item).partition(":")[0] if isinstance(item, Scalar) else "", ", ".join(pack.vocabulary)
            problems.add("invalid-withdrawal", file, row, "withdraws", found=item if isinstance(item, Scalar) else "a list or a map", known=choices, near=near)
        else:
            result.append((str(item), row))
    return tuple(result)
