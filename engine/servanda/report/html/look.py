"""The look of the report: its style sheet, which the workbench shares, and the small script that only adds searching and filtering."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from servanda.report.charts.look import CHARTS_CSS

LOOK = files(__package__).joinpath("look.css").read_text(encoding="utf-8")
BEHAVIOUR = files(__package__).joinpath("behaviour.js").read_text(encoding="utf-8")
STYLE = LOOK + CHARTS_CSS


def policy(style: str, script: str) -> str:
    """The content security policy of a page that holds nothing but this style and this script (CSP level 3)."""
    return (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
