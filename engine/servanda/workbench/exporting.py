"""What is filtered, as a file for a spreadsheet; the same rules as the CSV report (RFC 4180, no cell a formula)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from servanda.report.csv_report import formula_safe
from servanda.workbench.wording import said
from servanda.workbench.words import words

_COLUMNS = ("id", "agreement", "site", "obligation", "clauses", "period", "status", "material", "message")


def findings_csv(findings: Iterable[Mapping], lang: str) -> str:
    """A row a finding: German with semicolons, English with commas; a byte order mark, so that Excel reads umlauts."""
    t, english = words(lang), lang == "en"
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter="," if english else ";", lineterminator="\r\n")
    writer.writerow([t("column-" + name) for name in _COLUMNS])
    for one in findings:
        cells = (
            one["id"], one["agreement"] or "", one["site"] or "", one["obligation"], " ".join(one["clauses"]), one["period"]["label"], one["status"],
            t("yes" if one["material"] else "no"), said(one, "de"),
        )
        writer.writerow([formula_safe(str(cell)) if cell else "" for cell in cells])
    return "\ufeff" + stream.getvalue()
