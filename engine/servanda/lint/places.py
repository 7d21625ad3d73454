"""Lines and columns (1-based, in characters) of everything in a YAML file, by its path.

Only for files that `yaml_source` has read without a problem: so there are no aliases, and depth and size are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, takewhile

import yaml

_INDEX = re.compile("[0-9]{1,6}", re.ASCII)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Position = tuple[int, int]


@dataclass(frozen=True)
class Places:
    """Where things stand in a text."""

    text: str

    @cached_property
    def by_path(self) -> dict[tuple[object, ...], tuple[Position, str | None]]:
        """Position by path: of a key in a map, of an item in a list; and the scalar that stands there, if it is one."""
        node = yaml.compose(self.text, Loader=_Loader)
        return {} if node is None else dict(_walk(node, (), (1, 1)))

    def of(self, path: tuple[object, ...]) -> Position:
        """The position of a path, or of the nearest container that is there."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.by_path:
                return self.by_path[path[:length]][0]
        return 1, 1

    @cached_property
    def _order(self) -> tuple[list[tuple[object, ...]], dict[tuple[object, ...], int], dict[int, tuple[object, ...]]]:
        """The paths as they follow in the file, the number of each, and the outermost path on each line."""
        paths = list(self.by_path)
        outermost: dict[int, tuple[object, ...]] = {}
        for path, ((line, _), _) in self.by_path.items():
            if line not in outermost or len(path) < len(outermost[line]):
                outermost[line] = path
        return paths, {path: number for number, path in enumerate(paths)}, outermost

    def near(self, row: int | None, dotted: str | None, found: str | None) -> Position:
        """The position of a problem that names a line: by its dotted path, else by what was found, else the line's first thing."""
        path = tuple(int(part) if _INDEX.fullmatch(part) else part for part in (dotted or "").split("."))
        if path in self.by_path and row in (None, self.by_path[path][0][0], self._value_line(path)):
            return self.by_path[path][0]
        paths, numbers, outermost = self._order
        outer = outermost.get(row or 0)
        if outer is None:
            return row or 1, 1
        for inner in takewhile(lambda one: one[: len(outer)] == outer, islice(paths, numbers[outer], None)):
            at, value = self.by_path[inner]
            if found is not None and found in (value, inner[-1]):
                return at
        return self.by_path[outer][0]

    def _value_line(self, path: tuple[object, ...]) -> int | None:
        """The line of the first thing inside a container: problems name the line of the value, positions that of the key."""
        paths, numbers, _ = self._order
        following = paths[numbers[path] + 1 : numbers[path] + 2]
        return self.by_path[following[0]][0][0] if following and following[0][:-1] == path else None


def _walk(node: yaml.Node, path: tuple[object, ...], at: Position) -> Iterator[tuple[tuple[object, ...], tuple[Position, str | None]]]:
    if path:
        yield path, (at, node.value if isinstance(node, yaml.ScalarNode) else None)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _walk(value, (*path, key.value), _position(key))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _walk(value, (*path, number), _position(value))


def _position(node: yaml.Node) -> Position:
    return node.start_mark.line + 1, node.start_mark.column + 1
