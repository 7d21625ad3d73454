"""How a report is to look: language, width, colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """`width` in columns and `colour` matter to terminal reports only; `checkpoint` is the length and head hash of the ledger that holds the run."""

    lang: str = "de"
    width: int = 100
    colour: bool = False
    details: bool = False
    checkpoint: tuple[int, str] | None = None
