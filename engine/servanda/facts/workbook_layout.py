"""What a workbook is made of: the names of its sheets, headers and manifest keys, the same for writing and for reading.

A sheet of facts is named by its fact type's label or name. Beside them stand the manifest (it replaces submission.yaml),
instructions and feedback for people, and hidden lists for drop-downs. Source of the limits: ECMA-376 and Excel, which
take at most 31 characters in a sheet's name and none of []:*?/\\ .
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from servanda.pack_shapes import FactType, fold

INSTRUCTIONS = {"de": "Hinweise", "en": "Instructions"}
FEEDBACK = {"de": "Rückmeldung", "en": "Feedback"}
MANIFEST = {"de": "Lieferung", "en": "Submission"}
LISTS = "_Listen"
# Hidden sheets whose name starts with this are for drop-downs only; so are INSTRUCTIONS and FEEDBACK for people only.
HIDDEN_PREFIX = "_"
MANIFEST_HEADER = {"de": ("Angabe", "Wert", "Rollen"), "en": ("Key", "Value", "Roles")}
# Key of the manifest: its label in German and English.
MANIFEST_LABELS = {
    "agreement": {"de": "Vereinbarung", "en": "Agreement"},
    "pack": {"de": "Regelwerk", "en": "Pack"},
    "submitted_on": {"de": "Eingereicht am", "en": "Submitted on"},
    "submitted_by": {"de": "Eingereicht von", "en": "Submitted by"},
    "complete": {"de": "Vollständig bis", "en": "Complete until"},
    "withdraws": {"de": "Zurückgezogen", "en": "Withdrawn"},
}
# Folded key or label: key. `complete` may be followed by `: <fact type>`.
MANIFEST_KEYS = {fold(written): key for key, labels in MANIFEST_LABELS.items() for written in (key, *labels.values())}

MAX_SHEET_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
_RESERVED = frozenset(fold(name) for names in (INSTRUCTIONS, FEEDBACK, MANIFEST) for name in names.values()) | {fold(LISTS), "history"}


def is_instructions(name: str) -> bool:
    """Whether a sheet of this name is for people only."""
    return fold(name) in {fold(one) for names in (INSTRUCTIONS, FEEDBACK) for one in names.values()}


def is_manifest(name: str) -> bool:
    """Whether a sheet of this name is the manifest."""
    return fold(name) in {fold(one) for one in MANIFEST.values()}


def fits(name: str) -> bool:
    """Whether Excel and LibreOffice take this as a sheet's name, and it means nothing else here."""
    return (
        0 < len(name.encode("utf-16-le")) // 2 <= MAX_SHEET_NAME and name == name.strip() and not _FORBIDDEN.search(name)
        and not name.startswith(("'", HIDDEN_PREFIX)) and not name.endswith("'") and fold(name) not in _RESERVED
    )


def sheet_title(type_name: str, label: str) -> str:
    """The sheet's name of a fact type: its label where it fits, else the type's name, cut where even that is too long."""
    return next((name for name in (label, type_name) if fits(name)), type_name[:MAX_SHEET_NAME])


def sheet_titles(vocabulary: Mapping[str, FactType], lang: str) -> dict[str, str]:
    """Sheet's name by fact type, each only once (also without regard to case): labels where they fit and name no other type in any language, else names."""
    titles: dict[str, str] = {}
    taken = set(_RESERVED)
    for name, fact_type in vocabulary.items():
        label = fact_type.label.of(lang)
        others = {fold(one) for other, known in vocabulary.items() if other != name for one in (other, known.label.de, known.label.en)}
        wanted = sheet_title(name, name if fold(label) in others else label)
        title, number = wanted, 1
        while fold(title) in taken:
            number += 1
            title = f"{wanted[:MAX_SHEET_NAME - 4]}~{number}"
        taken.add(fold(title))
        titles[name] = title
    return titles


def types_by_sheet(vocabulary: Mapping[str, FactType]) -> dict[str, str]:
    """Fact type by what a sheet may be called, folded: its German or English label, the title of a template, or its own name."""
    names: dict[str, str] = {}
    for name, fact_type in vocabulary.items():
        for written in (fact_type.label.de, fact_type.label.en):
            names.setdefault(fold(written), name)
    for lang in ("en", "de"):
        names.update((fold(title), name) for name, title in sheet_titles(vocabulary, lang).items())
    names.update((fold(name), name) for name in vocabulary)
    return names


def complete_key(label: str) -> str | None:
    """What stands behind the colon of a manifest key such as `complete: meetings` or `Vollständig bis: Sitzungen`; None for other keys."""
    before, colon, after = label.partition(":")
    return after.strip() if colon and MANIFEST_KEYS.get(fold(before)) == "complete" else None
