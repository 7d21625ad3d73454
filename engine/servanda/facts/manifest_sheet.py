"""The manifest sheet of a workbook: it says what a submission.yaml would say.

Keys (or their labels) in column A, values in B, roles in C; `Vollständig bis: Sitzungen` declares one fact type complete.
"""

from __future__ import annotations

from dataclasses import replace

from servanda.facts.manifest import Known, submission_of
from servanda.facts.workbook_layout import MANIFEST_HEADER, MANIFEST_KEYS, MANIFEST_LABELS, complete_key, types_by_sheet
from servanda.facts.workbook_reader import Sheet
from servanda.facts.workbook_tables import cell_text
from servanda.model import Submission
from servanda.pack_shapes import Pack, fold
from servanda.problems import Problem, Problems
from servanda.yaml_source import List, Map, Scalar

_HEADERS = {(fold(header[0]), fold(header[1])) for header in MANIFEST_HEADER.values()}


def submission_of_sheet(
    sheet: Sheet, file: str, origin: tuple[str, str, str], known: Known, problems: Problems
) -> tuple[Submission | None, Pack | None, str | None]:
    """As `submission_of`, of the manifest sheet of a workbook: keys in column A, values in B, roles in C; problems stand at their cells."""
    own = Problems()
    _note_unreadable(sheet, file, own)
    tree = _tree_of(sheet, file, known, own)
    submission, pack, agreement = submission_of(tree, file, origin, known, own)
    if own:
        submission = None
    problems.extend(replace(problem, sheet=sheet.name, cell=problem.cell or _cell_of(problem)) for problem in own.sorted())
    return replace(submission, manifest_sheet=sheet.name) if submission else None, pack, agreement


def _cell_of(problem: Problem) -> str | None:
    """The cell of a problem with the map: keys stand in A, values in B, roles in C; what is missing stands nowhere."""
    if problem.code == "missing-key":
        return None
    in_key = problem.code in ("unknown-key", "unknown-fact-type")
    return f"{'A' if in_key else 'C' if (problem.column or '').endswith('.roles') else 'B'}{problem.row}"


def _note_unreadable(sheet: Sheet, file: str, problems: Problems) -> None:
    """Hidden manifests, and cells in the three columns whose value nobody can be sure of."""
    if sheet.hidden:
        problems.add("hidden-sheet", file, 1, found=sheet.name, cell="A1")
    for cell, code, found in (*sheet.faults, *((area, "merged-cells", area) for area in sheet.merged)):
        first = cell.partition(":")[0]
        if first.rstrip("0123456789") in ("A", "B", "C"):
            problems.add(code, file, int(first.lstrip("ABC")), found=found, cell=first)


def _tree_of(sheet: Sheet, file: str, known: Known, problems: Problems) -> Map:
    """The map that a submission.yaml would hold, on the lines of the sheet's rows."""
    tree, of_types = Map(), Map()
    for held in (tree, of_types):
        held.line, held.lines = 1, {}
    for row, cells in enumerate(sheet.rows, 1):
        label, value, roles = (cell_text(cell).strip() for cell in (*cells, "", "", "")[:3])
        if row == 1 and (fold(label), fold(value)) in _HEADERS or not label and not value and not roles:
            continue
        type_label = complete_key(label)
        key = MANIFEST_KEYS.get(fold(label), label)
        if roles and (type_label is None or not value):
            problems.add("no-roles", file, row, key or None, found=roles, cell=f"C{row}")
        if not value and (key in MANIFEST_LABELS or type_label is not None):
            continue  # a line that was left empty
        held, name = (tree, key) if type_label is None else (of_types, type_label)
        scalar = _scalar(value, row)
        if key == "withdraws":
            _append(held.setdefault(key, _list(row)), scalar, row)
            held.lines.setdefault(key, row)
        elif name in held:
            problems.add("duplicate-key", file, row, name, found=label, first=held.lines[name], cell=f"A{row}")
        else:
            held[name] = _with_roles(scalar, roles, row) if roles and type_label is not None else scalar
            held.lines[name] = row
    if of_types:
        _complete_by_type(tree, of_types, file, known, problems)
    return tree


def _complete_by_type(tree: Map, of_types: Map, file: str, known: Known, problems: Problems) -> None:
    """Put days by fact type under `complete`, by the types' names; a day for everything holds for the types that have none of their own."""
    agreement = known.agreements.get(str(tree.get("agreement")))
    pack = known.packs.get(agreement.pack if agreement else str(tree.get("pack")))
    names = types_by_sheet(pack.vocabulary) if pack else {}
    result, everything = Map(), tree.get("complete")
    result.line, result.lines = of_types.line, {}
    for written, value in of_types.items():
        name = names.get(fold(written), written)
        if name in result:
            row = of_types.lines[written]
            problems.add("duplicate-key", file, row, f"complete.{name}", found=written, first=result.lines[name], cell=f"A{row}")
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
