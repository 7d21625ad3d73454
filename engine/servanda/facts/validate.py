"""The one validator: types the columns of a text table, whatever file it came from.

Works a column at a time and types every distinct text once, so that its cost follows the distinct values. All
problems are found, each with its row and column; records with a problem are marked, never dropped here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from servanda.conditions import Condition
from servanda.facts.tables import Place, TextTable
from servanda.facts.values import Invalid, are_ids, parser, to_decimal
from servanda.pack_shapes import FactType, FieldType
from servanda.problems import Problems


@dataclass(slots=True)
class TypedTable:
    """A table whose columns hold values (None: empty), with the places of its records and the marked ones."""

    type: str
    file: str
    columns: dict[str, list]
    ids: list[str]
    rows: Sequence[int]
    at: Callable[[int, str | None], Place]
    bad: set[int] = field(default_factory=set)
    encoding: str | None = None

    def named(self, record: int) -> str:
        """The place of a record in words: `meetings.csv:7`, `report.xlsx:Sitzungen!7`."""
        place = self.at(record, None)
        sheet = place.get("sheet")
        return f"{self.file}:{f'{sheet}!' if sheet else ''}{self.rows[record]}"


def validate(table: TextTable, fact_type: FactType, sites: frozenset[str] | None, obligations: frozenset[str], problems: Problems) -> TypedTable:
    """The typed table. `sites` are those of the submission's agreement, `obligations` those of the pack."""
    columns: dict[str, list] = {}
    bad = set(table.bad)
    for name, declared in fact_type.fields.items():
        known = sites if declared.type == "site" else obligations if declared.type == "obligation" else None
        columns[name] = _column(table, name, declared, known, bad, problems)
    for name in columns if table.shifted else ():
        if name not in fact_type.key:
            _blank(columns[name], table.shifted)
    unkeyed = _unkeyed(table, fact_type, columns)
    for name, declared in fact_type.fields.items():
        if declared.empty is not None:
            meaning = _empty(declared)
            if None in columns[name]:
                columns[name] = [meaning if value is None else value for value in columns[name]]
    for name, declared in fact_type.fields.items():
        if declared.required or declared.required_where:
            _require(table, name, declared, columns, bad, problems)
        if declared.not_before:
            _order(table, name, declared.not_before, columns, bad, problems)
    ids = _ids(fact_type.key, columns, len(table.rows))
    typed = TypedTable(table.type, table.file, columns, ids, table.rows, table.at, bad, table.encoding)
    _unique(typed, fact_type.key, unkeyed, problems)
    for name in fact_type.key if table.shifted else ():
        _blank(columns[name], table.shifted)
    return typed


def _column(table: TextTable, name: str, declared: FieldType, known: frozenset[str] | None, bad: set[int], problems: Problems) -> list:
    texts = table.columns[name]
    parse = parser(declared)
    values: dict[str | None, object] = {None: None}
    wrong: dict[str, Invalid] = {}
    distinct = set(texts)
    same = declared.type in ("id", "reference") and are_ids(distinct)
    for text in () if same else distinct:
        stripped = _stripped(text)
        if not stripped:
            values[text] = None
            continue
        try:
            values[text] = _parsed(stripped, parse, declared, known)
        except Invalid as error:
            wrong[text], values[text] = error, None
    if wrong:
        for record, text in enumerate(texts):
            if text in wrong and record not in table.shifted:
                error = wrong[text]
                problems.add(error.code, table.file, column=name, found=text, **table.at(record, name), **error.args_)
                bad.add(record)
    if same or not wrong and all(values[text] is text for text in distinct):
        return list(texts) if not distinct & {None, ""} else [text or None for text in texts]
    return [values[text] for text in texts]


def _parsed(stripped: str, parse: Callable[[str], object], declared: FieldType, known: frozenset[str] | None) -> object:
    value = parse(stripped)
    if known is not None and value not in known:
        code = "unknown-site" if declared.type == "site" else "unknown-obligation"
        raise Invalid(code, known=", ".join(sorted(known)), near=stripped)
    return value


def typed_text(text: str, declared: FieldType, known: frozenset[str] | None) -> object:
    """The value of a cell of a field (None: empty); `Invalid` where it has none. `known` are the sites or obligations that there are (None: any)."""
    stripped = _stripped(text)
    return _parsed(stripped, parser(declared), declared, known) if stripped else None


def _stripped(text: str | None) -> str:
    """A cell's text without the blanks around it; "" where it is empty."""
    return text.strip(" \t\r\n") if text is not None else ""


def _blank(column: list, records: set[int]) -> None:
    for record in records:
        column[record] = None


def _unkeyed(table: TextTable, fact_type: FactType, columns: dict[str, list]) -> set[int]:
    """The records whose identity is not known, because a part of their key is wrong or missing."""
    found = set(table.shifted)
    for name in fact_type.key:
        if None in columns[name]:
            texts, required = table.columns[name], fact_type.fields[name].required
            found |= {record for record, value in enumerate(columns[name]) if value is None and (required or _stripped(texts[record]))}
    return found


def meaning_of_empty(declared: FieldType) -> object:
    """What an empty field means; None where it means nothing."""
    return None if declared.empty is None else _empty(declared)


def _empty(declared: FieldType) -> object:
    return to_decimal(declared.empty) if declared.type in ("amount", "number") else parser(declared)(declared.empty)


def _require(table: TextTable, name: str, declared: FieldType, columns: dict[str, list], bad: set[int], problems: Problems) -> None:
    if declared.required and name in table.missing:
        return
    if None not in columns[name]:
        return
    condition = declared.required_where
    label = declared.label.de
    for record, value in enumerate(columns[name]):
        if value is not None or record in table.shifted or (record, name) in table.refused or _stripped(table.columns[name][record]):
            continue
        if declared.required or holds(condition, columns, record):
            problems.add("missing-value", table.file, column=name, label=label, **table.at(record, name))
            bad.add(record)


def holds(condition: Condition, columns: dict[str, list], record: int) -> bool:
    """Whether a condition of plain comparisons is surely true of a record."""
    return all(_written(columns[test.path][record]) in test.values for test in condition.tests)


def _written(value: object) -> object:
    """A value as a rule writes it."""
    return ("false", "true")[value] if isinstance(value, bool) else str(value) if isinstance(value, int) else value


def _order(table: TextTable, name: str, earlier: str, columns: dict[str, list], bad: set[int], problems: Problems) -> None:
    for record, (value, first) in enumerate(zip(columns[name], columns[earlier], strict=True)):
        if value is not None and first is not None and value < first:
            problems.add("dates-out-of-order", table.file, column=name, found=value, first=first, **table.at(record, name))
            bad.add(record)


def _ids(key: Sequence[str], columns: dict[str, list], count: int) -> list[str]:
    """The identity of each record: its key's parts that are not empty, joined by `/`."""
    if len(key) == 1:
        column = columns[key[0]]
        return list(column) if None not in column else [value or "" for value in column]
    parts = [columns[name] for name in key]
    return ["/".join(str(value) for value in record if value is not None) for record in zip(*parts, strict=True)] if count else []


def _unique(table: TypedTable, key: Sequence[str], unkeyed: set[int], problems: Problems) -> None:
    if len(set(table.ids)) == len(table.ids):
        return
    first: dict[str, int] = {}
    for record, identity in enumerate(table.ids):
        if record not in unkeyed and first.setdefault(identity, record) != record:
            column = key[0] if len(key) == 1 else None
            place = table.at(record, key[0])
            if column is None:
                place = {**table.at(record, None), "row": place["row"]}
            problems.add("duplicate-id", table.file, column=column, found=identity, first=table.named(first[identity]).rpartition("/")[2], **place)
            table.bad.add(record)
