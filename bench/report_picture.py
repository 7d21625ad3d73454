"""Draws docs/report.svg: the first lines of the sample's real report, as a terminal shows them. No font or file is fetched.

    python bench/report_picture.py
"""

from __future__ import annotations

import html
from pathlib import Path

import servanda
from servanda.report.style import Style
from servanda.report.table import table_report

ROOT = Path(__file__).resolve().parent.parent
LINES, COLUMNS = 46, 100
CHARACTER, LINE = 8.4, 17
COLOURS = {"✗": "#ff7b72", "○": "#d29922", "⚑": "#ff7b72", "?": "#d2a8ff"}


def drawn(text: str) -> str:
    """The lines as SVG text, headings and signs in colour."""
    rows = []
    for number, line in enumerate(text.splitlines()[:LINES]):
        colour = COLOURS.get(line.strip()[:1], "#e6edf3")
        weight = ' font-weight="bold"' if number == 0 or line[:1] in COLOURS or line.startswith(" ") and "──" in line else ""
        rows.append(f'<text x="14" y="{40 + number * LINE}" fill="{colour}"{weight} xml:space="preserve">{html.escape(line)}</text>')
    width, height = COLUMNS * CHARACTER + 28, LINES * LINE + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="img"'
        ' aria-label="The beginning of a report of servanda on the synthetic sample" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace"'
        f' font-size="14"><rect width="100%" height="100%" rx="8" fill="#0d1117"/>\n' + "\n".join(rows) + "\n</svg>\n"
    )


def main() -> None:
    """Write the picture beside, then rename."""
    run = servanda.check(ROOT / "facts", ROOT / "agreements", ROOT / "rules", "2021-09-30")
    target = ROOT / "docs" / "report.svg"
    beside = target.with_suffix(".svg.new")
    beside.write_text(drawn(table_report(run, Style("de", COLUMNS))), encoding="utf-8")
    beside.replace(target)


if __name__ == "__main__":
    main()
