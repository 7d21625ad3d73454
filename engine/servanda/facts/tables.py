"""The one shape between readers and the validator: a table of text cells that know where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from servanda.pack_shapes import FactType, fold
from servanda.problems import Problems

Cell = str | None


@dataclass(slots=True)
class TextTable:
    """One fact type of one submission as read: columns of text by declared field, and the row of each record.

    `place(record, field)` gives (row, cell) of a value; `bad` holds the records that the reader itself refused;
    `shifted` are those of them whose cells may stand in the wrong column; `refused` are values that a reader refused;
    `missing` are declared fields without a column; `cut` says that the file could not be read to its end.
    """

    type: str
    file: str
    columns: dict[str, list[Cell]]
    rows: Sequence[int]
    sheet: str | None = None
    place: Callable[[int, str], tuple[int, str | None]] | None = None
    bad: set[int] = field(default_factory=set)
    shifted: set[int] = field(default_factory=set)
    refused: set[tuple[int, str]] = field(default_factory=set)
    missing: frozenset[str] = frozenset()
    cut: bool = False

    def where(self, record: int, column: str) -> int:
        """The row that a person sees for this value."""
        return self.place(record, column)[0] if self.place else self.rows[record]


def match_header(
    header: Sequence[str], fact_type: FactType, type_name: str, file: str, row: int, problems: Problems
) -> list[str | None]:
    """The declared field of each header cell (None where unknown), with a problem for each that is unknown, twice or missing."""
    names = fact_type.header_names
    fields: list[str | None] = []
    for written in header:
        name = names.get(fold(written))
        if name is None:
            problems.add("unknown-column", file, row, written.strip() or None, found=written, type=type_name, **fact_type.columns, near=written)
        elif name in fields:
            problems.add("duplicate-column", file, row, name, found=written)
            name = None
        fields.append(name)
    for name, declared in fact_type.fields.items():
        if declared.required and name not in fields:
            problems.add("missing-column", file, row, name, label=declared.label.de)
    return fields
