"""YAML tables: a list of maps, one a record; every value keeps its own line."""

from __future__ import annotations

from pathlib import Path

from servanda.facts.tables import TextTable
from servanda.pack_shapes import FactType, fold
from servanda.problems import Problems
from servanda.yaml_source import List, Map, Scalar, read_yaml


def read_yaml_table(path: Path, file: str, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The table of a YAML file; None where it is no list of maps."""
    before = len(problems)
    tree = read_yaml(path, file, problems)
    if len(problems) > before:
        return None
    if tree is None:
        tree = List()
    if not isinstance(tree, List):
        problems.add("not-a-list", file, getattr(tree, "line", 1), found=type(tree).__name__.lower())
        return None
    return table_of_maps(tree, file, type_name, fact_type, problems)


def table_of_maps(tree: List, file: str, type_name: str, fact_type: FactType, problems: Problems) -> TextTable:
    """A table from records that are maps; lists of scalars become `|`-separated text."""
    names = fact_type.header_names
    columns: dict[str, list[str | None]] = {name: [] for name in fact_type.fields}
    rows: list[int] = []
    bad: set[int] = set()
    for number, record in enumerate(tree):
        row = tree.lines.get(number, 1)
        rows.append(row)
        values: dict[str, str | None] = {}
        if isinstance(record, Map):
            _read_record(record, names, (type_name, fact_type), file, values, bad, number, problems)
        else:
            problems.add("not-a-map", file, row, found="null" if record is None else str(record)[:80])
            bad.add(number)
        for name, column in columns.items():
            column.append(values.get(name))

    def place(record: int, column: str) -> tuple[int, None]:
        value = columns[column][record]
        return (value.line if isinstance(value, Scalar) else rows[record]), None

    return TextTable(type_name, file, columns, rows, place=place, bad=bad)


def _read_record(record: Map, names, typed: tuple, file: str, values: dict, bad: set[int], number: int, problems: Problems) -> None:
    type_name, fact_type = typed
    for key, value in record.items():
        line = record.lines[key]
        name = names.get(fold(key))
        if name is None:
            problems.add("unknown-column", file, line, key, found=key, type=type_name, near=key)
            bad.add(number)
        elif name in values:
            problems.add("duplicate-column", file, line, name, found=key)
            bad.add(number)
        elif isinstance(value, List) and fact_type.fields[name].type == "choices" and all(isinstance(item, Scalar) and "|" not in item for item in value):
            joined = Scalar("|".join(value))
            joined.line, joined.plain = line, True
            values[name] = joined
        elif value is None or isinstance(value, Scalar):
            values[name] = value
        else:
            problems.add("not-a-value", file, line, name, found="a list" if isinstance(value, List) else "a map")
            bad.add(number)
