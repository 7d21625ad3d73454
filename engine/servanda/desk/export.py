"""What is filtered, in any format of the reports: a run narrowed down to some of its findings."""

from __future__ import annotations

from dataclasses import replace

from servanda.model import Consequence, Finding
from servanda.report.words import message
from servanda.run import PackRun, Run

OPEN = "open"  # all that somebody should look at
_SETTLED = frozenset({"fulfilled", "tolerated", "not_applicable", "waived"})


def narrowed(
    run: Run, *, agreement: str | None = None, clause: str | None = None, status: str | None = None, year: int | str | None = None,
    site: str | None = None, material: bool | None = None, text: str | None = None,
) -> Run:
    """The run with only the findings that fit everything given; its summary is that of the selection, and `selection` says what was chosen.

    `agreement` is an id, or `-` for duties of the programme; `status` may be `open` (neither kept nor settled); `year` may be `term`; each
    word of `text` must stand in the finding's id, clauses or (German) sentence. Consequences stay with the findings of theirs that are left.
    """
    flag = {True: "yes", False: "no", None: None}[material]
    chosen = {"agreement": agreement, "clause": clause, "status": status, "year": year, "site": site, "material": flag, "text": text}
    selection = tuple((name, str(value)) for name, value in chosen.items() if value not in (None, ""))
    if not selection:
        return run
    tests = dict(selection)
    packs = []
    for part in run.packs:
        findings = tuple(one for one in part.findings if _fits(one, part, tests))
        ids = {one.id for one in findings}
        consequences = [replace(one, findings=tuple(name for name in one.findings if name in ids)) for one in part.consequences]
        packs.append(replace(part, findings=findings, consequences=tuple(one for one in consequences if _left(one))))
    return replace(run, packs=tuple(packs), selection=(*run.selection, *selection))


def _left(consequence: Consequence) -> bool:
    return bool(consequence.findings)


def _fits(finding: Finding, part: PackRun, tests: dict[str, str]) -> bool:
    period = "term" if finding.label == "term" else str(finding.start.year)
    own = {
        "agreement": finding.agreement or "-", "status": finding.status, "year": period, "site": finding.site or "-",
        "material": "yes" if finding.material else "no",
    }
    for name, wanted in tests.items():
        if name == "clause":
            fits = wanted in finding.clauses
        elif name == "text":
            said = " ".join((finding.id, *finding.clauses, message(finding, part.pack, "de"))).casefold()
            fits = all(word in said for word in wanted.casefold().split())
        elif name == "status" and wanted == OPEN:
            fits = finding.status not in _SETTLED
        else:
            fits = own[name] == wanted
        if not fits:
            return False
    return True
