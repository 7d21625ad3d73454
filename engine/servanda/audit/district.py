"""Reports of single agreements out of an audit: here, and only where they are asked for, findings become objects."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from servanda.evaluate import run_pack
from servanda.facts.validate import TypedTable
from servanda.model import Agreement, Submission
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.report.formats import report_in
from servanda.report.style import Style
from servanda.run import Run


def reports_of(
    pack: Pack, agreement: Agreement, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]], as_of: datetime.date,
    formats: Sequence[str], lang: str,
) -> dict[tuple[str, str], bytes]:
    """An agreement's own report by (agreement, format), as `check` would give it, without the duties of the programme."""
    part = run_pack(pack, (agreement,), submissions, tables, set(), False, as_of, Problems())
    part = replace(
        part, findings=tuple(one for one in part.findings if one.agreement), consequences=tuple(one for one in part.consequences if one.agreement)
    )
    run = Run(as_of, (part,), tuple(submissions))
    reports = {}
    for name in formats:
        report = report_in(name, run, Style(lang))
        reports[agreement.id, name] = report if isinstance(report, bytes) else report.encode()
    return reports
