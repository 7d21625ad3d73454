"""Lists of what the packs hold: obligations, clauses, judgements, parameters."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from servanda.pack_shapes import Pack
from servanda.report.style import Style
from servanda.report.words import MODALITY_WORDS
from servanda.shapes import Figure


def figure_text(figure: Figure) -> str:
    """A figure of a rule as it is written."""
    if figure.parameter:
        return f"${figure.parameter}"
    if len(figure.values) == 1:
        return f"{figure.values[0][1]:f}"
    return ", ".join(f"{day}: {number:f}" for day, number in figure.values)


def _obligations(pack: Pack, lang: str) -> Iterable[tuple[str, ...]]:
    yield ("id", "Pflicht", "Fundstelle", "wer", "Art") if lang == "de" else ("id", "obligation", "clause", "who", "kind")
    for o in pack.obligations:
        yield (o.id, o.title.of(lang), ", ".join(o.clauses), ", ".join(o.bearer), f"{o.kind} · {MODALITY_WORDS[o.modality][lang == 'en']}")


def _clauses(pack: Pack, lang: str) -> Iterable[tuple[str, ...]]:
    yield ("id", "Fundstelle", "Inhalt", "Pflichten") if lang == "de" else ("id", "place", "words", "obligations")
    for c in pack.clauses:
        what = ", ".join(c.obligations) or ("– " + c.nothing_checked.of(lang) if c.nothing_checked else "–")
        yield (c.anchor, c.place.of(lang), c.words.of(lang), what)


def _judgements(pack: Pack, lang: str) -> Iterable[tuple[str, ...]]:
    yield ("id", "Anhaltspunkt", "Begründung") if lang == "de" else ("id", "indication", "reason")
    for j in pack.judgements:
        yield (j.id, j.title.of(lang), j.reason.of(lang))


def _parameters(pack: Pack, lang: str) -> Iterable[tuple[str, ...]]:
    yield ("name", "Wert", "Einheit", "Annahme") if lang == "de" else ("name", "value", "unit", "assumption")
    for name, p in pack.head.parameters.items():
        yield (name, figure_text(p.value), p.unit.of(lang), p.assumption.of(lang) if p.assumption else "")


LISTS = {"obligations": _obligations, "clauses": _clauses, "judgements": _judgements, "parameters": _parameters}


def list_definitions(packs: Mapping[str, Pack], what: str, style: Style) -> str:
    """A table of every pack's definitions of a sort."""
    console = Console(file=io.StringIO(), width=style.width, force_terminal=style.colour, no_color=not style.colour, markup=False, highlight=False, emoji=False)
    for pack in packs.values():
        console.print(Text(f"{pack.id} · {pack.head.title.of(style.lang)}", style="bold"))
        rows = list(LISTS[what](pack, style.lang))
        table = Table(box=None, padding=(0, 1), show_edge=False, header_style="bold")
        for number, head in enumerate(rows[0]):
            table.add_column(head, overflow="fold", no_wrap=number == 0 and style.width >= 80)
        for row in rows[1:]:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
    return "".join(line.rstrip() + "\n" for line in console.file.getvalue().splitlines())
