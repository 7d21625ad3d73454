"""What a validation took in: each submission with its tables, for a terminal or as JSON."""

from __future__ import annotations

import json
import textwrap

from servanda.facts.validate import TypedTable
from servanda.intake import Intake
from servanda.model import Submission
from servanda.pack_shapes import Pack
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.report.words import day, submissions


def intake_table(intake: Intake, style: Style) -> str:
    """One paragraph a submission: whose, by whom, and how many records of which types."""
    english = style.lang == "en"
    lines: list[str] = []
    for submission, tables in zip(intake.loaded.submissions, intake.loaded.tables, strict=True):
        pack = intake.packs[submission.pack]
        lines += [f"✓ {safe_text(submission.path)}", f"    {_whose(intake, submission, pack, style)}", f"    {_tables(tables, pack, style)}"]
    for file, encoding in intake.loaded.encodings:
        lines.append(f"{'Read as' if english else 'Gelesen als'} {encoding}: {safe_text(file)}")
    records = sum(len(table.rows) for tables in intake.loaded.tables for table in tables)
    taken = submissions(len(intake.loaded.submissions), style.lang)
    lines.append(
        f"{taken}, {records} records: no problem. Nothing was evaluated."
        if english else f"{taken}, {records} Sätze: kein Problem. Bewertet wurde nichts."
    )
    return "".join(f"{textwrap.fill(line, style.width, subsequent_indent='    ', break_on_hyphens=False)}\n" for line in lines)


def _whose(intake: Intake, submission: Submission, pack: Pack, style: Style) -> str:
    english = style.lang == "en"
    agreement = intake.agreements.get(submission.agreement or "")
    name = safe_text(agreement.title) if agreement else ("programme" if english else "Programm")
    by = pack.head.parties[submission.submitted_by].of(style.lang)
    return f"{name} · {'submitted on' if english else 'eingereicht am'} {day(submission.submitted_on, style.lang)} {'by' if english else 'von'} {by}"


def _tables(tables: list[TypedTable], pack: Pack, style: Style) -> str:
    counts = [f"{pack.vocabulary[table.type].label.of(style.lang)} {len(table.rows)}" for table in tables if table.rows]
    return " · ".join(counts) or ("no records" if style.lang == "en" else "keine Sätze")


def intake_json(intake: Intake) -> str:
    """The problems object without problems, and the submissions that were looked at."""
    submissions = [
        {
            "path": submission.path, "agreement": submission.agreement, "submitted_on": submission.submitted_on.isoformat(),
            "submitted_by": submission.submitted_by, "sha256": submission.sha256, "records": {table.type: len(table.rows) for table in tables},
        }
        for submission, tables in zip(intake.loaded.submissions, intake.loaded.tables, strict=True)
    ]
    encodings = [{"file": file, "encoding": encoding} for file, encoding in intake.loaded.encodings]
    sound = {"schema": "servanda.problems/1", "problems": [], "submissions": submissions, "encodings": encodings}
    return json.dumps(sound, ensure_ascii=False, indent=1) + "\n"
