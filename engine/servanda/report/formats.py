"""The formats by name."""

from __future__ import annotations

from collections.abc import Sequence

from servanda.problems import Problem
from servanda.report.style import Style
from servanda.run import Run

# (name, module, function of a run, function of problems): loaded when asked for, so that JSON needs no terminal library.
FORMATS = (
    ("table", "servanda.report.table", "table_report", "table_problems"),
    ("json", "servanda.report.json_report", "json_report", "json_problems"),
    ("sarif", "servanda.report.sarif", "sarif_report", "sarif_problems"),
    ("sarif-github", "servanda.report.sarif_github", "sarif_github_report", "sarif_github_problems"),
    ("junit", "servanda.report.junit", "junit_report", "junit_problems"),
    ("github", "servanda.report.github", "github_report", "github_problems"),
    ("gitlab", "servanda.report.gitlab", "gitlab_report", "gitlab_problems"),
    ("markdown", "servanda.report.markdown", "markdown_report", "markdown_problems"),
    ("csv", "servanda.report.csv_report", "csv_report", "csv_problems"),
    ("ics", "servanda.report.ics", "ics_report", "ics_problems"),
    ("html", "servanda.report.html.page", "html_report", "html_problems"),
    ("pdf", "servanda.report.pdf", "pdf_report", "pdf_problems"),
    ("xlsx", "servanda.report.xlsx_report", "xlsx_report", "xlsx_problems"),
)
NAMES = tuple(name for name, *_ in FORMATS)
BINARY = frozenset({"xlsx", "pdf"})  # bytes, not text: for a file or a pipe, never for a terminal


def report_in(name: str, run: Run, style: Style) -> str | bytes:
    """A run's report in a format."""
    return _function(name, 2)(run, style)


def problems_in(name: str, problems: Sequence[Problem], style: Style) -> str | bytes:
    """Problems in a format."""
    return _function(name, 3)(problems, style)


def _function(name: str, position: int):
    import importlib

    entry = next(entry for entry in FORMATS if entry[0] == name)
    return getattr(importlib.import_module(entry[1]), entry[position])
