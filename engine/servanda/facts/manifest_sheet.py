"""The manifest sheet of a workbook: it says what a submission.yaml would say.

Keys (or their labels) in column A, values in B, roles in C; `Vollständig bis: Sitzungen` declares one fact type complete.
"""

from __future__ import annotations

from dataclasses import replace

from servanda.facts.manifest import Known, submission_of
from servanda.facts.workbook_layout import MANIFEST_KEYS, complete_key, types_by_sheet
from servanda.facts.workbook_reader import Sheet
from servanda.facts.workbook_tables import cell_text
from servanda.model import Submission
from servanda.pack_shapes import Pack, fold
from servanda.problems import Problems
from servanda.yaml_source import List, Map, Scalar


def submission_of_sheet(
    sheet: Sheet, file: str, origin: tuple[str, str, str], known: Known, problems: Problems
) -> tuple[Submission | None, Pack | None, str | None]:
    """As `submission_of`, of the manifest sheet of a workbook: keys in column A, values in B, roles in C; problems stand at their cells."""
    own = Problems()
    tree = _tree_of(sheet, file, known, own)
    submission, pack, agreement = (None, None, None) if own else submission_of(tree, file, origin, known, own)
    problems.extend(replace(problem, sheet=sheet.name, cell=problem.cell or f"B{problem.row}") for problem in own.sorted())
    return replace(submission, manifest_sheet=sheet.name) if submission else None, pack, agreement


def _tree_of(sheet: Sheet, file: str, known: Known, problems: Problems) -> Map:
    """The map that a submission.yaml would hold, on the lines of the sheet's rows."""
    tree, of_types = Map(), Map()
    for held in (tree, of_types):
        held.line, held.lines = 1, {}
    for row, cells in enumerate(sheet.rows, 1):
        label, value, roles = (cell_text(cell).strip() for cell in (*cells, "", "", "")[:3])
        if row == 1 and fold(label) not in MANIFEST_KEYS or not label or not value:
            continue
        type_label = complete_key(label)
        key = MANIFEST_KEYS.get(fold(label), label)
        held, name = (tree, key) if type_label is None else (of_types, type_label)
        scalar = _scalar(value, row)
        if key == "withdraws":
            _append(held.setdefault(key, _list(row)), scalar, row)
            held.lines.setdefault(key, row)
        elif name in held:
            problems.add("duplicate-key", file, row, name, found=label, first=held.lines[name], cell=f"A{row}")
        else:
            held[name] = scalar if not roles or type_label is None else _with_roles(scalar, roles, row)
            held.lines[name] = row
    if of_types:
        _complete_by_type(tree, of_types, known)
    return tree


def _complete_by_type(tree: Map, of_types: Map, known: Known) -> None:
    """Put days by fact type under `complete`, by the types' names; a day for everything holds for the types that have none of their own."""
    agreement = known.agreements.get(str(tree.get("agreement")))
    pack = known.packs.get(agreement.pack if agreement else str(tree.get("pack")))
    names = types_by_sheet(pack.vocabulary) if pack else {}
    result, everything = Map(), tree.get("complete")
    result.line, result.lines = of_types.line, {}
    for written, value in of_types.items():
        name = names.get(fold(written), written)
        result[name], result.lines[name] = value, of_types.lines[written]
    for name in pack.vocabulary if pack and everything is not None else ():
        if name not in result:
            result[name], result.lines[name] = everything, tree.lines["complete"]
    tree["complete"] = result
    tree.lines.setdefault("complete", min(result.lines.values()))


def _with_roles(until: Scalar, roles: str, row: int) -> Map:
    listed = _list(row)
    for role in roles.split("|"):
        _append(listed, _scalar(role.strip(), row), row)
    value = Map({"until": until, "roles": listed})
    value.line, value.lines = row, {"until": row, "roles": row}
    return value


def _scalar(text: str, row: int) -> Scalar:
    scalar = Scalar(text)
    scalar.line, scalar.plain = row, True
    return scalar


def _list(row: int) -> List:
    listed = List()
    listed.line, listed.lines = row, {}
    return listed


def _append(listed: List, scalar: Scalar, row: int) -> None:
    listed.lines[len(listed)] = row
    listed.append(scalar)
