"""Defaults of options from `servanda.toml` or `[tool.servanda]` in `pyproject.toml`.

Looked for from the current folder upwards to the root of its repository (the folder with `.git`), outside of one in the current
folder only, and never in or above the home directory. A file that was found, not named, may not lead out of the repository:
neither as a link nor by a path in it. It may not name outputs, facts or days.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from servanda.cli.choices import LEVELS
from servanda.model import LANGUAGES
from servanda.problems import Problem, Problems

OWN, SHARED = "servanda.toml", "pyproject.toml"
KEYS = ("rules", "agreements", "lang", "format", "fail-on")
NONE = "none"
_LIMIT = 1024 * 1024
# Whether a pyproject.toml may hold our table, without parsing it.
_MENTIONED = re.compile(rb"tool[\"']?\s*\.\s*[\"']?servanda|\[\s*[\"']?tool[\"']?\s*\]|^\s*[\"']?tool[\"']?\s*=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Config:
    """The file in use (None: none), its values by key, and what is wrong with it."""

    file: Path | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_config(named: str | None, here: Path, home: Path) -> Config:
    """The config that is named (`none`: none), or the one found from `here` upwards."""
    if named == NONE:
        return Config()
    if named is not None:
        return _read(Path(named), None) or Config(Path(named))
    here, home = _real(here), _real(home)
    folders = list(_folders(here, home))
    for folder in folders:
        for name in (OWN, SHARED):
            if os.path.isfile(folder / name):
                config = _read(folder / name, folders[-1])
                if config is not None:
                    return config
    return Config()


def _folders(here: Path, home: Path) -> Iterator[Path]:
    """Where a config may lie, the nearest first; the last one is as far as it may reach."""
    upwards = [here, *here.parents]
    root = next((folder for folder in upwards if os.path.lexists(folder / ".git")), here)
    for folder in upwards:
        if folder == home:
            return
        yield folder
        if folder == root:
            return


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _read(path: Path, within: Path | None) -> Config | None:
    """What a file says; None where a pyproject.toml has no table for us. `within` is the folder that it may not lead out of."""
    problems, file = Problems(), _shown(path)
    if within is not None and not _real(path).is_relative_to(within):
        problems.add("link", file)
        return Config(path, problems=tuple(problems.sorted()))
    from servanda.yaml_source import read_bytes

    data = read_bytes(path, file, _LIMIT, problems)
    if data is None:
        return Config(path, problems=tuple(problems.sorted()))
    table: object = None
    if path.name != SHARED or _MENTIONED.search(data):
        table = _table(data, file, path.name == SHARED, problems)
    if table is None:
        return Config(path, problems=tuple(problems.sorted())) if problems else None
    values = _values(table, _Place(file, data.decode("utf-8", "replace").splitlines(), path, within), problems)
    return Config(path, values, tuple(problems.sorted()))


def _shown(path: Path) -> str:
    """The path as it is said: below the current folder without it."""
    return Path(os.path.relpath(path)).as_posix() if path.is_absolute() else path.as_posix()


def _table(data: bytes, file: str, shared: bool, problems: Problems) -> object:
    """Our table of a TOML file; None where it has none or cannot be read."""
    import tomllib  # only where a file is there

    try:
        tree = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        problems.add("not-utf8", file, data[: error.start].count(b"\n") + 1, found=f"0x{data[error.start]:02x}", byte=error.start + 1)
        return None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        problems.add("invalid-toml", file, int(line[1]) if line else None, found=str(error).partition(" (at ")[0])
        return None
    if not shared:
        return tree
    tool = tree.get("tool")
    return tool.get("servanda") if isinstance(tool, dict) else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a config stands: for naming lines, and for what its paths are relative to."""

    file: str
    lines: list[str]
    path: Path
    within: Path | None

    def line(self, key: str) -> int | None:
        """The line that begins with a key, in our table (TOML's parser names none)."""
        inside = self.path.name != SHARED
        for number, line in enumerate(self.lines, 1):
            if line.lstrip().startswith("["):
                inside = self.path.name != SHARED or re.match(r"\s*\[\s*[\"']?tool[\"']?\s*\.\s*[\"']?servanda", line) is not None
            elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
                return number
        return None


def _values(table: object, place: _Place, problems: Problems) -> dict[str, object]:
    if not isinstance(table, dict):
        problems.add("not-a-map", place.file, None, "tool.servanda", found=str(table))
        return {}
    found: dict[str, object] = {}
    for key, value in table.items():
        row = place.line(key)
        if key not in KEYS:
            problems.add("unknown-key", place.file, row, key, found=key, known=", ".join(KEYS), near=key)
        elif key == "fail-on":
            found[key] = _levels(value, (place.file, row, key), problems)
        elif not isinstance(value, str) or not value.strip():
            problems.add("invalid-definition", place.file, row, key, found=_said(value), expected="a text that is not empty")
        elif key in ("rules", "agreements"):
            found[key] = _path(value, key, row, place, problems)
        else:
            found[key] = _one_of(value, _known(key), (place.file, row, key), problems)
    return {key: value for key, value in found.items() if value is not None}


def _known(key: str) -> tuple[str, ...]:
    if key == "lang":
        return LANGUAGES
    from servanda.report.formats import NAMES

    return NAMES


def _one_of(value: str, known: tuple[str, ...], place: tuple, problems: Problems) -> str | None:
    if value in known:
        return value
    problems.add("unknown-value", *place, found=value, known=", ".join(known), near=value)
    return None


def _levels(value: object, place: tuple, problems: Problems) -> tuple[str, ...] | None:
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        problems.add("invalid-definition", *place, found=_said(value), expected="a level, or a list of levels")
        return None
    return tuple(name for name in names if _one_of(name, LEVELS, place, problems))


def _path(value: str, key: str, row: int | None, place: _Place, problems: Problems) -> str | None:
    """A folder, relative to the config's own; one that was found may not lead out of the repository."""
    path = place.path.parent / value
    if place.within is not None and not _real(path).is_relative_to(place.within):
        problems.add("invalid-definition", place.file, row, key, found=value, expected="a folder inside the repository")
        return None
    return _shown(path)


def _said(value: object) -> str:
    return "a list" if isinstance(value, list) else "a map" if isinstance(value, dict) else str(value).lower() if isinstance(value, bool) else str(value)
