"""Reading a pack's cases: tests/*.yaml, and tests/agreement.yaml, the agreement that they are laid over (see docs/rule-tests.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from servanda.cases.contents import FIELDS, Case, Expected, ExpectedConsequence, Part
from servanda.model import STATUSES
from servanda.pack_shapes import Pack, plain_choice
from servanda.problems import Problems, Unfit
from servanda.shapes import Bool, Day, Id, Ids, Name, Names, Shape, Text, Texts, shaped
from servanda.yaml_source import List, Map, Scalar, line_of, read_yaml

AGREEMENT, SURVIVORS = "agreement.yaml", "survivors.yaml"


def _mapped(value: object) -> object:
    if not isinstance(value, Map):
        raise Unfit("a map of keys and values")
    return value


def _day_or_map(value: object) -> object:
    if isinstance(value, (Map, Scalar)):
        return value
    raise Unfit("a day, or a map of fact types and days")


def _records(value: object) -> object:
    if not isinstance(value, Map) or not all(isinstance(one, List) and all(isinstance(record, Map) for record in one) for one in value.values()):
        raise Unfit("lists of records by fact type")
    return value


def _items(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _scalar(value: object) -> object:
    if isinstance(value, Scalar):
        return str(value)
    raise Unfit("a value")


Tree = Annotated[object, BeforeValidator(_mapped)]
Value = Annotated[str, BeforeValidator(_scalar)]
Facts = Annotated[object, BeforeValidator(_records)]
Maps = Annotated[tuple[dict, ...], BeforeValidator(_items)]


class PartShape(Shape):
    """A submission of a case."""

    facts: Facts = Field(default_factory=dict)
    complete: Annotated[object, BeforeValidator(_day_or_map)] = None
    submitted_by: Name | None = None
    submitted_on: Day | None = None
    withdraws: Texts = ()


class CaseShape(PartShape):
    """A case: either the facts of one submission, or `submissions`."""

    case: Text
    as_of: Day
    known_on: Day | None = None
    agreement: Tree = Field(default_factory=dict)
    submissions: Maps = ()
    programme: Tree | None = None
    expect: Maps
    consequences: Maps | None = None
    beside: Ids = ()


class ExpectedShape(Shape):
    """What is expected of a finding."""

    obligation: Id
    period: Text
    site: Text | None = None
    status: plain_choice(Literal[STATUSES])
    value: Value | None = None
    lower: Value | None = None
    upper: Value | None = None
    open: Bool | None = None
    at_risk: Bool | None = None
    material: Bool | None = None
    bearer: Names | None = None
    judgements: Ids | None = None


class ExpectedConsequenceShape(Shape):
    """What is expected of a consequence."""

    consequence: Id
    attribution: Name
    site: Text | None = None
    year: Text | None = None
    amount_at_stake: Value | None = None


def case_files(pack: Pack) -> list[Path]:
    """The files with cases of a pack, in a stable order."""
    return sorted(path for path in (Path(pack.folder) / "tests").glob("*.yaml") if path.name not in (AGREEMENT, SURVIVORS))


def read_cases(pack: Pack, problems: Problems) -> tuple[Case, ...]:
    """All cases of a pack; what is wrong with them is noted with file and line."""
    names: dict[str, str] = {}
    cases = [case for path in case_files(pack) for case in _file(path, pack, problems)]
    for case in cases:
        if case.name in names:
            problems.add("duplicate-id", case.file, case.row, "case", found=case.name, first=names[case.name])
        names.setdefault(case.name, f"{case.file}:{case.row}")
    return tuple(cases)


def read_agreement(pack: Pack, problems: Problems) -> Map:
    """The agreement that a pack's cases are laid over; an empty one with a problem where it is missing."""
    path = Path(pack.folder) / "tests" / AGREEMENT
    if not path.is_file():
        problems.add("missing-file", path.as_posix())
        return Map()
    tree = read_yaml(path, path.as_posix(), problems)
    if not isinstance(tree, Map):
        problems.add("not-a-map", path.as_posix(), 1, found="nothing" if tree is None else "a list or a text")
        return Map()
    return tree


def _file(path: Path, pack: Pack, problems: Problems) -> list[Case]:
    file, before = path.as_posix(), len(problems)
    tree = read_yaml(path, file, problems)
    if len(problems) > before:
        return []
    if not isinstance(tree, List):
        problems.add("not-a-list", file, 1, found="nothing" if tree is None else "a map or a text")
        return []
    found = [_case(tree, number, file, pack, problems) for number in range(len(tree))]
    return [case for case in found if case is not None]


def _case(tree: List, number: int, file: str, pack: Pack, problems: Problems) -> Case | None:
    before = len(problems)
    shape = shaped(CaseShape, tree[number], file, problems, at=(number,), root=tree)
    if shape is None:
        return None
    raw = tree[number]
    parts = [shaped(PartShape, one, file, problems, at=(number, "submissions", place), root=tree) for place, one in enumerate(shape.submissions)]
    programme = shaped(PartShape, shape.programme, file, problems, at=(number, "programme"), root=tree) if shape.programme is not None else None
    expect = _expected(shape.expect, raw, tree, number, file, problems)
    consequences = None if shape.consequences is None else tuple(_consequences(shape.consequences, tree, number, file, problems))
    _check(shape, [*parts, programme, shape], expect, pack, tree, number, file, problems)
    if len(problems) > before:
        return None
    own = () if parts else (_part(shape),)
    return Case(
        shape.case, file, tree.lines[number], shape.as_of, shape.known_on, shape.agreement, (*own, *(_part(one, {}) for one in parts)),
        _part(programme) if programme else None, tuple(expect), consequences, shape.beside,
    )


def _part(shape: PartShape, otherwise: object = None) -> Part:
    day = shape.submitted_on.isoformat() if shape.submitted_on else None
    return Part(shape.facts, otherwise if shape.complete is None else shape.complete, shape.submitted_by, day, shape.withdraws)


def _expected(items: Sequence[Map], raw: Map, tree: List, number: int, file: str, problems: Problems) -> list[Expected]:
    found = []
    for place, item in enumerate(items):
        shape = shaped(ExpectedShape, item, file, problems, at=(number, "expect", place), root=tree)
        if shape is not None:
            values = {name: getattr(shape, name) for name in FIELDS if name in shape.model_fields_set}
            found.append(Expected(shape.obligation, shape.period, shape.site, values, raw["expect"].lines[place]))
    return found


def _consequences(items: Sequence[Map], tree: List, number: int, file: str, problems: Problems):
    for place, item in enumerate(items):
        at = (number, "consequences", place)
        shape = shaped(ExpectedConsequenceShape, item, file, problems, at=at, root=tree)
        if shape is not None:
            values = {name: getattr(shape, name) for name in ("site", "year", "amount_at_stake") if name in shape.model_fields_set}
            yield ExpectedConsequence(shape.consequence, shape.attribution, values, line_of(tree, at) or 1)


def _check(
    shape: CaseShape, parts: Sequence[PartShape | None], expect: Sequence[Expected], pack: Pack, tree: List, number: int, file: str, problems: Problems,
) -> None:
    """Names that the pack does not know, and a case that has both facts of its own and submissions."""
    obligations = [obligation.id for obligation in pack.obligations]
    named: list[tuple[str, int]] = [(one.obligation, one.row) for one in expect]
    named += [(one, line_of(tree, (number, "beside")) or 1) for one in shape.beside]
    for name, row in named:
        if name not in obligations:
            problems.add("unknown-obligation", file, row, "obligation", found=name, known=", ".join(obligations), near=name)
    for part in parts:
        for name in part.facts if part else ():
            if name not in pack.vocabulary:
                row = line_of(tree, (number, "facts", name))
                problems.add("unknown-fact-type", file, row, "facts", found=name, known=", ".join(pack.vocabulary), near=name)
    if shape.submissions and (shape.facts or shape.complete is not None):
        problems.add("facts-and-submissions", file, tree.lines[number], "submissions")


def types_of(obligations: Mapping[str, object], kinds: Mapping[str, object], pack: Pack, about: frozenset[str]) -> tuple[str, ...]:
    """The fact types that some obligations rest on or select, in the vocabulary's order."""
    wanted: set[str] = set()
    for name in about:
        obligation = obligations[name]
        kind = kinds[obligation.kind]
        wanted |= {rest.facts for rest in kind.rests(obligation, pack.head)}
        wanted |= {selection.facts for selection in kind.parts(obligation, pack.head).values()}
    return tuple(name for name in pack.vocabulary if name in wanted)
