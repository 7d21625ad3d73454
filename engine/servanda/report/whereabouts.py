"""Where a finding or a problem stands, for programs that open files at a line.

Names of files come from whoever submitted them. In a URI they are percent-encoded (RFC 3986), so that none is taken for a scheme, a query or a
fragment; elsewhere each format escapes them in its own way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from servanda.model import Finding
from servanda.problems import Problem
from servanda.report.safe_text import safe_text
from servanda.report.words import place_name
from servanda.run import PackRun

_DRIVE = re.compile(r"[A-Za-z]:/")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file; `record` (type:id) where a record stands there."""

    path: str
    row: int
    record: str | None = None


def spots(part: PackRun, finding: Finding) -> tuple[Spot, ...]:
    """The records that a finding rests on; without any, the agreement's file, or for the programme's duties the rule's.

    Packaged rules lie outside of what was checked, where no reader could open them: then the first agreement's file stands for the programme.
    """
    found = tuple(Spot(_plain(f"{one.submission}/{one.file}"), max(one.row, 1), f"{one.type}:{one.id}") for one in finding.evidence)
    if found:
        return found
    file = next((one.file for one in part.agreements if one.id == finding.agreement), "")
    if file:
        return (Spot(_plain(file), 1),)
    obligation = part.pack.obligation(finding.obligation)
    if _absolute(obligation.file) and part.agreements:
        return (Spot(_plain(part.agreements[0].file), 1),)
    return (Spot(_plain(obligation.file), max(obligation.row, 1)),)


def problem_spot(problem: Problem) -> Spot | None:
    """A problem's file and row; the first row where it concerns the whole file, nothing where it concerns no file."""
    return Spot(_plain(problem.file), max(problem.row or 1, 1)) if problem.file else None


def cell_name(problem: Problem) -> str:
    """`Sheet!B7`, `Sheet` or nothing."""
    return "!".join(str(part) for part in (problem.sheet, problem.cell) if part)


def uri(path: str) -> str:
    """The path as a URI reference: relative as it is, absolute as a `file` URI."""
    encoded = path.encode("utf-8", "replace")
    if _DRIVE.match(path):
        return "file:///" + quote(encoded, safe="/:")
    return ("file://" if path.startswith("/") else "") + quote(encoded)


def duty_title(part: PackRun, finding: Finding, lang: str) -> str:
    """Whose duty it is: agreement, site, title of the obligation, period."""
    english = lang == "en"
    whose = next((one.title for one in part.agreements if one.id == finding.agreement), finding.agreement)
    period = ("term" if english else "Laufzeit") if finding.label == "term" else finding.label
    title, place = part.pack.obligation(finding.obligation).title.of(lang), place_name(finding.site, part.pack, lang)
    words = (whose or ("programme" if english else "Programm"), place, title, period)
    return " · ".join(safe_text(word) for word in words if word)


def _absolute(path: str) -> bool:
    return path.startswith("/") or bool(_DRIVE.match(path))


def _plain(path: str) -> str:
    """Without `.` and empty segments: programs compare paths as text."""
    segments = [segment for segment in path.split("/") if segment not in ("", ".")]
    return ("/" if path.startswith("/") else "") + "/".join(segments)
