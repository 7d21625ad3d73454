"""Agreements as tables: thousands of them in two CSV files, `agreements.csv` and, in the same folder, `sites.csv`.

`agreements.csv`: id, pack, from, to, text, the fields that the pack declares for its agreements, and `parameters.<name>` for parameters of an
agreement's own. `sites.csv`: agreement, id, name, kind, from, to, and the fields that the pack declares for sites. A row says what a YAML
file would say, and is checked in the same way; an empty cell is a key that is left out. Header names are those of the YAML files. A parameter that
changes over time needs YAML.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from servanda.problems import Problem, Problems
from servanda.yaml_source import List, Map, decode, map_on, read_bytes, scalar

AGREEMENTS, SITES = "agreements.csv", "sites.csv"
MAX_BYTES = 256 * 1024 * 1024
_TERM = ("from", "to")
_PARAMETER = "parameters."


@dataclass(frozen=True, slots=True)
class Listed:
    """An agreement as a YAML file would say it, where it stands, and the SHA-256 of its rows. `sites_file` is where its sites stand."""

    tree: Map
    file: str
    sites_file: str
    sha256: str


def listed_agreements(folder: Path, problems: Problems) -> Iterator[Listed]:
    """The agreements of all tables below a folder; problems of a table as a whole are noted, and then nothing of it is given."""
    for path in sorted(folder.rglob(AGREEMENTS)):
        before = len(problems)
        beside = path.parent / SITES
        rows = _rows(path, problems)
        known = {row["id"] for _, row in rows if "id" in row}
        sites = _sites(beside, known, problems) if beside.is_file() and len(problems) == before else {}
        if len(problems) == before:
            for line, row in rows:
                yield _listed(line, row, sites.get(row.get("id", ""), []), path.as_posix(), beside.as_posix())


def placed(problem: Problem, listed: Listed) -> Problem:
    """A problem of a tree at the cell of the table where its value stands."""
    column = problem.column or ""
    if column.startswith("sites."):
        return replace(problem, file=listed.sites_file, column=column.split(".", 2)[2] if column.count(".") > 1 else None)
    return replace(problem, column=column.removeprefix("term.") or None)


def _listed(line: int, row: Mapping[str, str], sites: Sequence[tuple[int, Mapping[str, str]]], file: str, sites_file: str) -> Listed:
    plain = {name: value for name, value in row.items() if name not in _TERM and not name.startswith(_PARAMETER)}
    tree = _map(line, plain)
    tree["term"] = _map(line, {name: row[name] for name in _TERM if name in row})
    own = {name.removeprefix(_PARAMETER): value for name, value in row.items() if name.startswith(_PARAMETER)}
    if own:
        tree["parameters"] = _map(line, own)
    listed = List(_map(number, {name: value for name, value in site.items() if name != "agreement"}) for number, site in sites)
    listed.line, listed.lines = line, {position: number for position, (number, _) in enumerate(sites)}
    tree["sites"] = listed
    tree.lines.update(dict.fromkeys(("term", "parameters", "sites"), line))
    digest = hashlib.sha256()
    for cells in (row, *(site for _, site in sites)):
        digest.update("\x1e".join(f"{name}\x1f{value}" for name, value in sorted(cells.items())).encode() + b"\x1d")
    return Listed(tree, file, sites_file, digest.hexdigest())


def _map(line: int, cells: Mapping[str, str]) -> Map:
    return map_on(line, {scalar(name, line): scalar(value, line) for name, value in cells.items()})


def _sites(path: Path, known: set[str], problems: Problems) -> dict[str, list[tuple[int, Mapping[str, str]]]]:
    """The rows of sites by agreement."""
    found: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for line, row in _rows(path, problems):
        name = row.get("agreement")
        if name is None:
            problems.add("missing-key", path.as_posix(), line, "agreement")
        elif name not in known:
            problems.add("not-in-table", path.as_posix(), line, "agreement", found=name, table=AGREEMENTS)
        else:
            found.setdefault(name, []).append((line, row))
    return found


def _rows(path: Path, problems: Problems) -> list[tuple[int, dict[str, str]]]:
    """(line, its cells by header, without the empty ones) of a CSV file with commas or semicolons."""
    file = path.as_posix()
    data = read_bytes(path, file, MAX_BYTES, problems)
    read = None if data is None else decode(data, file, problems)
    if read is None:
        return []
    first = read[0].partition("\n")[0]
    reader = csv.reader(io.StringIO(read[0], newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for name in {name for name in header if header.count(name) > 1 or not name}:
            problems.add("duplicate-column" if name else "missing-header", file, 1, name or None, found=name)
        last = reader.line_num
        for cells in reader:
            line, last = last + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problems.add("wrong-cell-count", file, line, found=len(cells), expected=len(header))
                continue
            rows.append((line, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}))
    except csv.Error as error:
        problems.add("invalid-csv", file, reader.line_num, found=str(error))
    return rows
