"""What comes with the program: the packs, the sample agreements and the sample facts."""

from __future__ import annotations

from pathlib import Path


def packaged(name: str) -> Path:
    """The folder `rules`, `agreements` or `facts` in the wheel, or in the checkout of an editable install."""
    here = Path(__file__).resolve().parent
    inside = here / "packaged" / name
    return inside if inside.is_dir() else here.parents[1] / name
