"""The look of charts: their style sheet, and the attributes by which it reaches renderers that do not style inline SVG.

A page includes `CHARTS_CSS` once. WeasyPrint (and whoever copies a picture out of the page) knows no rules of the page within SVG, so each
element carries the light colours of its class as presentation attributes, which any rule of the page overrides (SVG 2, section 6.6).
"""

from __future__ import annotations

import re
from importlib.resources import files

CHARTS_CSS = files(__package__).joinpath("charts.css").read_text(encoding="utf-8")


def _attributes() -> dict[str, dict[str, str]]:
    """What a class paints, from the rules that are one class alone; colours are those of the first block (light)."""
    sheet = re.sub(r"/\*.*?\*/", "", CHARTS_CSS, flags=re.S)
    light = dict(re.findall(r"(--ch-[\w-]+): ([^;]+);", sheet.partition("}")[0]))
    painted: dict[str, dict[str, str]] = {}
    for name, body in re.findall(r"^\.(ch-[\w-]+) \{ ([^}]*)\}", sheet, flags=re.M):
        pairs = (pair.split(": ", 1) for pair in body.strip().rstrip(";").split("; "))
        values = {prop: re.sub(r"var\((--[\w-]+)\)", lambda found: light[found[1]], value) for prop, value in pairs}
        if values.keys() & {"fill", "stroke"}:
            painted[name] = values
    return painted


PAINT = _attributes()
