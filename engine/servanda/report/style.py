"""How a report is to look: language, width, colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """`width` in columns and `colour` matter to terminal reports only."""

    lang: str = "de"
    width: int = 100
    colour: bool = False
    details: bool = False
