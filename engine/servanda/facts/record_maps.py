"""Records that are maps, as YAML and JSON have them: one a record, every value with its own line."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.facts.tables import TextTable
from servanda.pack_shapes import FactType, fold
from servanda.problems import Problems
from servanda.yaml_source import List, Map, Scalar


def table_of_tree(tree: object, file: str, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The table of a file's content, which must be a list of maps (nothing at all is an empty list)."""
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
    shifted: set[int] = set()
    refused: set[tuple[int, str]] = set()
    for number, record in enumerate(tree):
        row = tree.lines.get(number, 1)
        rows.append(row)
        values: dict[str, str | None] = {}
        if isinstance(record, Map):
            wrong = _read_record(record, names, (type_name, fact_type), file, values, problems)
            if wrong is not None:
                bad.add(number)
                refused.update((number, name) for name in wrong)
        else:
            problems.add("not-a-map", file, row, found="null" if record is None else str(record)[:80])
            bad.add(number)
            shifted.add(number)
        for name, column in columns.items():
            column.append(values.get(name))

    def place(record: int, column: str | None) -> dict[str, object]:
        value = None if column is None else columns[column][record]
        return {"row": value.line if isinstance(value, Scalar) else rows[record]}

    return TextTable(type_name, file, columns, rows, place=place, bad=bad, shifted=shifted, refused=refused)


def _read_record(record: Map, names: Mapping[str, str], typed: tuple, file: str, values: dict, problems: Problems) -> list[str] | None:
    """Fill `values`; None where the record can be read, else the fields whose values cannot."""
    type_name, fact_type = typed
    before, refused = len(problems), []
    for key, value in record.items():
        line = record.lines[key]
        name = names.get(fold(key))
        if name is None:
            problems.add("unknown-column", file, line, key.strip() or None, found=key, type=type_name, **fact_type.columns, near=key)
        elif name in values:
            problems.add("duplicate-column", file, line, name, found=key)
        elif isinstance(value, List) and fact_type.fields[name].type == "choices" and all(isinstance(item, Scalar) and "|" not in item for item in value):
            joined = Scalar("|".join(value))
            joined.line, joined.plain = line, True
            values[name] = joined
        elif value is None or isinstance(value, Scalar):
            values[name] = value
        else:
            problems.add("not-a-value", file, line, name, found="a list" if isinstance(value, List) else "a map")
            refused.append(name)
    return refused if len(problems) > before else None
