"""The one shape between readers and the validator: a table of text cells that know where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from servanda.pack_shapes import FactType, fold
from servanda.problems import Problems
from servanda.yaml_source import decode, read_bytes

Cell = str | None
Place = Mapping[str, object]  # row, and in a workbook sheet and cell, as `Problems.add` takes them


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: where it lies, how problems name it, and the encoding that text is in where it is not UTF-8 (None: refused)."""

    path: Path
    file: str
    encoding: str | None = None


@dataclass(slots=True)
class TextTable:
    """One fact type of one submission as read: columns of text by declared field, and the row of each record.

    `place(record, field)` gives the place of a value where it is not just the record's row (`field` None: of the record); `bad` holds the
    records that the reader itself refused; `shifted` are those of them whose cells may stand in the wrong column; `refused` are values
    that a reader refused; `missing` are declared fields without a column; `cut` says that the file could not be read to its end;
    `encoding` is what text was in, where it was not UTF-8.
    """

    type: str
    file: str
    columns: dict[str, list[Cell]]
    rows: Sequence[int]
    place: Callable[[int, str | None], Place] | None = None
    bad: set[int] = field(default_factory=set)
    shifted: set[int] = field(default_factory=set)
    refused: set[tuple[int, str]] = field(default_factory=set)
    missing: frozenset[str] = frozenset()
    cut: bool = False
    encoding: str | None = None

    def at(self, record: int, column: str | None) -> Place:
        """Where a person finds this value (or, without a column, the record)."""
        return self.place(record, column) if self.place else {"row": self.rows[record]}


def read_text(source: Source, limit: int, problems: Problems) -> tuple[str, str | None] | None:
    """(text, its encoding where it is not UTF-8) of a file of at most `limit` bytes; None with a problem where it cannot be read."""
    data = read_bytes(source.path, source.file, limit, problems)
    return None if data is None else decode(data, source.file, problems, source.encoding)


def match_header(
    header: Sequence[str], fact_type: FactType, type_name: str, file: str, problems: Problems, place: Callable[[int | None], Place] | None = None
) -> list[str | None]:
    """The declared field of each header cell (None where unknown), with a problem for each that is unknown, twice or missing.

    `place(position)` is where a header cell stands (None: the header as a whole), where that is not just row 1.
    """
    at = place or (lambda _: {"row": 1})
    names = fact_type.header_names
    fields: list[str | None] = []
    for position, written in enumerate(header):
        name = names.get(fold(written))
        if name is None:
            known = ", ".join(fact_type.fields)
            problems.add("unknown-column", file, column=written.strip() or None, found=written, type=type_name, near=written, known=known, **at(position))
        elif name in fields:
            problems.add("duplicate-column", file, column=name, found=written, **at(position))
            name = None
        fields.append(name)
    for name, declared in fact_type.fields.items():
        if declared.required and name not in fields:
            problems.add("missing-column", file, column=name, label=declared.label.de, **at(None))
    return fields
