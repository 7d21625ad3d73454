"""YAML tables: a list of maps, one a record."""

from __future__ import annotations

from servanda.facts.record_maps import table_of_tree
from servanda.facts.tables import Source, TextTable, read_text
from servanda.pack_shapes import FactType
from servanda.problems import Problems
from servanda.yaml_source import MAX_BYTES, parse_yaml


def read_yaml_table(source: Source, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The table of a YAML file; None where it is no list of maps."""
    before = len(problems)
    read = read_text(source, MAX_BYTES, problems)
    tree = None if read is None else parse_yaml(read[0], source.file, problems)
    if read is None or len(problems) > before:
        return None
    table = table_of_tree(tree, source.file, type_name, fact_type, problems)
    if table is not None:
        table.encoding = read[1]
    return table
