"""A marked copy of a workbook with problems: its cells coloured and commented; the original is only read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from servanda.facts.manifest import Known
from servanda.facts.submissions import Place, read_manifest
from servanda.intake import read_definitions
from servanda.problems import InvalidInput, Problem, Problems


def definitions_of(rules: Path, agreements: Path) -> Known:
    """What is known for drop-downs; nothing where the definitions are broken."""
    try:
        return read_definitions(rules, agreements, Problems())
    except InvalidInput:
        return Known({}, {})


def marked_copy(path: Path, problems: Sequence[Problem], known: Known, lang: str) -> bytes | None:
    """The marked copy of a workbook; None where it cannot be opened at all."""
    from servanda.facts.workbook_reader import read_workbook
    from servanda.template.feedback import feedback_workbook, whose

    book = read_workbook(path, path.as_posix(), Problems(), typed=True)
    if book is None:
        return None
    pack, agreement = whose(book.sheets, known.packs, known.agreements)
    if pack is None:
        _submission, pack, name = read_manifest(Place(path.parent), known, Problems())
        agreement = known.agreements.get(name or "")
    return feedback_workbook(book.sheets, problems, lang, file=path.name, pack=pack, agreement=agreement)
