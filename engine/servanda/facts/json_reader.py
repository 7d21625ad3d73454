"""JSON tables: a list of objects (`.json`), or one object a line (`.jsonl`); every value keeps its own line."""

from __future__ import annotations

from servanda.facts.record_maps import table_of_maps, table_of_tree
from servanda.facts.tables import Source, TextTable, read_text
from servanda.json_source import MAX_VALUES, parse_json
from servanda.pack_shapes import FactType
from servanda.problems import Problems
from servanda.yaml_source import List

MAX_BYTES = 64 * 1024 * 1024


def read_json_table(source: Source, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The table of a JSON file; None where it is no list of objects."""
    before = len(problems)
    read = read_text(source, MAX_BYTES, problems)
    tree = None if read is None else parse_json(_lines(read[0]), source.file, problems)
    if read is None or len(problems) > before:
        return None
    table = None
    if tree is None:
        problems.add("not-a-list", source.file, 1, found="null")
    else:
        table = table_of_tree(tree, source.file, type_name, fact_type, problems)
    if table is not None:
        table.encoding = read[1]
    return table


def read_json_lines(source: Source, type_name: str, fact_type: FactType, problems: Problems) -> TextTable | None:
    """The table of a file with one object a line; empty lines are passed over, a line that is no JSON is named and the others are read."""
    read = read_text(source, MAX_BYTES, problems)
    if read is None:
        return None
    records = List()
    records.line, records.lines = 1, {}
    cut = False
    for number, line in enumerate(_lines(read[0]).split("\n"), 1):
        if not line.strip(" \t\r"):
            continue
        before = len(problems)
        record = parse_json(line, source.file, problems, number)
        if len(problems) > before:
            cut = True
            continue
        if len(records) >= MAX_VALUES:
            problems.add("table-too-large", source.file, number, found=f"> {MAX_VALUES}", limit=MAX_VALUES)
            cut = True
            break
        records.lines[len(records)] = number
        records.append(record)
    table = table_of_maps(records, source.file, type_name, fact_type, problems)
    table.encoding, table.cut = read[1], cut
    return table


def _lines(text: str) -> str:
    """A text whose lines end as in Unix; a line end can stand in no JSON text."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
