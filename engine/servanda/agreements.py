"""Agreements: one YAML file each, or rows of tables, checked against their pack."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from servanda.agreement_tables import Listed, listed_agreements, placed
from servanda.model import Agreement, Site
from servanda.pack_checks import check_threshold, thresholds
from servanda.pack_shapes import Pack
from servanda.problems import Problem, Problems
from servanda.shapes import CONTROL, Day, Figure, FigureField, Id, Name, Shape, Text, said, shaped
from servanda.yaml_source import MAX_BYTES, List, Map, decode, line_of, parse_yaml, read_bytes


class Term(Shape):
    """The first and the last day."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")


class SiteOf(Shape):
    """A site of an agreement; its other fields are those that the pack declares."""

    id: Id
    name: Text
    kind: Name
    start: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")


class AgreementFile(Shape):
    """An agreement; its other fields are those that the pack declares."""

    id: Id
    pack: Id
    term: Term
    sites: Annotated[tuple[dict, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value), said("sites")]
    parameters: dict[Name, Annotated[FigureField, said("own_figure")]] = Field(default_factory=dict)
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    """An agreement as it is written: its tree (None: unreadable), its file, how else it may be called, its SHA-256, and its row of a table."""

    tree: object
    file: str
    called: str
    sha256: str
    listed: Listed | None = None


def read_agreements(
    folder: Path, packs: Mapping[str, Pack], problems: Problems, apart: dict[str, list[Problem]] | None = None
) -> tuple[dict[str, Agreement], frozenset[str]]:
    """All agreements below `folder` by id, and the ids of those whose files have problems; ids are unique, site ids unique in a pack.

    Where problems are to be told `apart`, those of an agreement are put there by its id instead of being noted.
    """
    agreements: dict[str, Agreement] = {}
    broken: set[str] = set()
    sites: dict[tuple[str, str], str] = {}
    for written, own in _written(folder, problems):
        agreement = _read(written, packs, own) if not own else None
        named = written.tree.get("id") if isinstance(written.tree, Map) else None
        if agreement is None:
            broken |= {written.called, str(named)} if isinstance(written.tree, Map) else {written.called}
        elif agreement.id in agreements:
            own.add("duplicate-id", written.file, line_of(written.tree, ("id",)), "id", found=agreement.id, first=agreements[agreement.id].file)
        else:
            agreements[agreement.id] = agreement
            _unique_sites(agreement, written, sites, own)
        found = [placed(problem, written.listed) for problem in own.since(0)] if written.listed else own.since(0)
        if apart is None:
            problems.extend(found)
        elif found:
            apart.setdefault(str(named or written.called), []).extend(found)
    return agreements, frozenset(broken - set(agreements))


def _written(folder: Path, problems: Problems) -> Iterator[tuple[_Written, Problems]]:
    """Each agreement as it is written, with a collector of its own that holds what is wrong with the writing."""
    for path in definition_files(folder):
        own = Problems()
        file = path.as_posix()
        data = read_bytes(path, file, MAX_BYTES, own)
        text = None if data is None else decode(data, file, own)
        tree = None if text is None else parse_yaml(text[0], file, own)
        digest = "" if data is None or own else hashlib.sha256(data).hexdigest()  # of the bytes that were read, whatever lies there by now
        yield _Written(tree, file, path.stem, digest), own
    for listed in listed_agreements(folder, problems):
        yield _Written(listed.tree, listed.file, f"{listed.file}:{listed.tree.line}", listed.sha256, listed), Problems()


def _unique_sites(agreement: Agreement, written: _Written, sites: dict[tuple[str, str], str], problems: Problems) -> None:
    at = f"{written.file}:{line_of(written.tree, ())}" if written.listed else written.file
    for number, site in enumerate(agreement.sites):
        first = sites.setdefault((agreement.pack, site.id), at)
        if first != at:
            problems.add("duplicate-id", written.file, line_of(written.tree, ("sites", number, "id")), f"sites.{number}.id", found=site.id, first=first)


def definition_files(folder: Path) -> list[Path]:
    """The YAML files below a folder, in a stable order."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())


def _read(written: _Written, packs: Mapping[str, Pack], problems: Problems) -> Agreement | None:
    tree, file = written.tree, written.file
    if not isinstance(tree, Map):
        problems.add("not-a-map", file, 1, found="nothing" if tree is None else "a list or a text")
        return None
    pack = packs.get(str(tree.get("pack")))
    if tree.get("pack") is None:
        problems.add("missing-key", file, tree.line, "pack")
        return None
    if pack is None:
        problems.add("unknown-pack", file, line_of(tree, ("pack",)), "pack", found=tree.get("pack"), known=", ".join(sorted(packs)), near=str(tree.get("pack")))
        return None
    own = pack.head.agreement.fields
    common = Map({key: value for key, value in tree.items() if key not in own})
    common.line, common.lines = tree.line, tree.lines
    if not pack.head.sites.kinds:
        common.setdefault("sites", List())
    shape = shaped(AgreementFile, common, file, problems, root=tree, also=own)
    fields = _own_fields(tree, own, file, (), tree, problems)
    if shape is None:
        _sites(tree, None, pack, file, problems)
        return None
    if shape.term.end < shape.term.start:
        problems.add("dates-out-of-order", file, line_of(tree, ("term", "to")), "term.to", found=shape.term.end, first=shape.term.start)
    sites = _sites(tree, shape.term if shape.term.start <= shape.term.end else None, pack, file, problems)
    _check_parameters(tree, shape.parameters, pack, file, problems)
    title = fields.get(pack.head.agreement.name) or shape.id
    return Agreement(shape.id, pack.id, title, shape.term.start, shape.term.end, sites, fields, shape.parameters, file, written.sha256)


def _own_fields(tree: Map, declared: Mapping, file: str, at: tuple, root: object, problems: Problems) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for name, field in declared.items():
        value = tree.get(name)
        if isinstance(value, str) and CONTROL.search(value):
            problems.add("control-character", file, line_of(root, (*at, name)), name, found=repr(value)[1:-1])
        elif isinstance(value, str) and value.strip():
            values[name] = str(value)
        elif value is None or isinstance(value, str):
            values[name] = None
            if field.required:
                problems.add("missing-key", file, line_of(root, (*at, name)), ".".join(map(str, (*at, name))))
        else:
            problems.add("not-a-value", file, line_of(root, (*at, name)), name, found="a list or a map")
    return values


def _sites(tree: Map, term: Term | None, pack: Pack, file: str, problems: Problems) -> tuple[Site, ...]:
    """The sites; those of a term that does not hold are only looked through."""
    sites: list[Site] = []
    seen: set[str] = set()
    declared = pack.head.sites.fields
    listed = tree.get("sites")
    for number, raw in enumerate(listed if isinstance(listed, List) else ()):
        at = ("sites", number)
        if not isinstance(raw, Map):
            continue
        common = Map({key: value for key, value in raw.items() if key not in declared})
        common.line, common.lines = raw.line, raw.lines
        site = shaped(SiteOf, common, file, problems, at=at, root=tree, also=declared)
        fields = _own_fields(raw, declared, file, at, tree, problems)
        if site is None:
            continue
        if site.kind not in pack.head.sites.kinds:
            known = ", ".join(pack.head.sites.kinds)
            problems.add("unknown-value", file, line_of(tree, (*at, "kind")), f"sites.{number}.kind", found=site.kind, known=known, near=site.kind)
        if site.id in seen:
            problems.add("duplicate-id", file, line_of(tree, (*at, "id")), f"sites.{number}.id", found=site.id, first=file)
        seen.add(site.id)
        if term is None:
            continue
        end = site.end or term.end
        if not term.start <= site.start <= end <= term.end:
            found = f"{site.start} … {end}"
            problems.add("site-outside-term", file, line_of(tree, (*at, "from")), f"sites.{number}", found=found, start=term.start, end=term.end)
        sites.append(Site(site.id, site.name, site.kind, site.start, end, fields))
    return tuple(sites)


def _check_parameters(tree: Map, parameters: Mapping[str, Figure], pack: Pack, file: str, problems: Problems) -> None:
    compared = thresholds(pack)
    for name, figure in parameters.items():
        row = line_of(tree, ("parameters", name))
        if name not in pack.head.parameters:
            known = ", ".join(sorted(pack.head.parameters))
            problems.add("unknown-key", file, row, f"parameters.{name}", found=name, known=known, near=name)
        elif figure.parameter:
            problems.add("invalid-definition", file, row, f"parameters.{name}", found=f"${figure.parameter}", expected="a number")
        elif name in compared:
            check_threshold(figure, (file, row, f"parameters.{name}"), problems)


def scope_days(start: datetime.date, end: datetime.date, ended_on: datetime.date | None) -> tuple[datetime.date, datetime.date] | None:
    """The days of a scope under a termination that ends the term on `ended_on`; None where no day is left."""
    last = min(end, ended_on) if ended_on else end
    return (start, last) if start <= last else None


