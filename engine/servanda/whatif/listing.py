"""The places of packs that can be set, as a table."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from servanda.pack_shapes import Pack
from servanda.report.style import Style
from servanda.whatif.places import BOOL, DAY, NUMBER, SHARE, WHOLE, YEARDAY, places
from servanda.whatif.rules import written
from servanda.whatif.text import console_of, text_of

_SORTS = {
    WHOLE: ("ganze Zahl", "whole number"), SHARE: ("Anteil 0 bis 1", "share 0 to 1"), NUMBER: ("Zahl", "number"), BOOL: ("true/false", "true/false"),
    DAY: ("Tag 2019-03-31", "day 2019-03-31"), YEARDAY: ("Tag im Jahr 06-30", "day of the year 06-30"),
}


def list_places(packs: Mapping[str, Pack], style: Style) -> str:
    """Every place with what stands there and what may stand there."""
    console = console_of(style)
    english = style.lang == "en"
    for pack in packs.values():
        console.print(Text(f"{pack.id} · {pack.head.title.of(style.lang)}", style="bold"))
        table = Table(box=None, padding=(0, 1), show_edge=False, header_style="bold")
        for name in ("place", "value", "may be") if english else ("Stelle", "Wert", "möglich"):
            table.add_column(name, overflow="fold")
        for name, place in places(pack).items():
            table.add_row(Text(name), Text(written(place.now) or "–"), Text(_SORTS[place.sort][english]))
        console.print(table)
    return text_of(console)
