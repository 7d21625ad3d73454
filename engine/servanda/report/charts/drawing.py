"""What all charts are made of: elements, marks, the figure with its text alternative, and the table beside it.

Elements are built as a tree and written once, so that every text is escaped and every picture well-formed. There is no script, no style
attribute and no address in it; `fill="url(#…)"` names a pattern of the same picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from servanda.report.charts.look import PAINT
from servanda.report.safe_text import safe_text

_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
# Marks in a box of 16 by 16 around its middle: a shape of its own for every status.
_PATHS = {
    "material": "M0 -7 L8 7 L-8 7 Z", "deviation": "M-5 -5 L5 5 M-5 5 L5 -5", "fulfilled": "M-6 0 L-2 5 L6 -5", "not_applicable": "M-5 0 L5 0",
    "unmet": "M-5 0 C-5 -2.8 -2.8 -5 0 -5 C2.8 -5 5 -2.8 5 0 C5 2.8 2.8 5 0 5 C-2.8 5 -5 2.8 -5 0 Z", "waived": "M-5 -4 L5 -4 M-5 0 L5 0 M-5 4 L5 4",
    "tolerated": "M-6 -2 Q-3 -6 0 -2 T6 -2 M-6 4 Q-3 0 0 4 T6 4", "undetermined": "M-4 -3 Q-4 -7 0 -7 Q4 -7 4 -3 Q4 0 0 0 L0 2 M0 5 L0 7",
    "pending": " ".join(f"M{x} 0 a1.5 1.5 0 1 0 3 0 a1.5 1.5 0 1 0 -3 0 Z" for x in ("-7", "-1.5", "4")),
}
_EXCLAMATION = "M0 -2.5 L0 2 M0 3.5 L0 5.5"


@dataclass(frozen=True, slots=True)
class Table:
    """A table beside a picture: the cells of the first column head their rows; columns named in `numbers` are set to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


def plain(text: object, limit: int = 300) -> str:
    """Text from facts for a picture: controls visible, nothing that XML cannot hold, at most `limit` characters."""
    return _NOT_XML.sub("\ufffd", safe_text(text, limit))


def number(value: object) -> str:
    """A coordinate with at most one decimal (an int, or a Fraction)."""
    tenths = round(value * 10)
    whole, rest = divmod(abs(tenths), 10)
    return ("-" if tenths < 0 else "") + (f"{whole}.{rest}" if rest else str(whole))


def shape(parent: Element, tag: str, look: str = "", **attributes: object) -> Element:
    """An element of a picture. `look` is its class, which also gives its presentation attributes; numbers become coordinates."""
    words = {name.rstrip("_").replace("_", "-"): value if isinstance(value, str) else number(value) for name, value in attributes.items()}
    classes = {"class": look, **PAINT.get(look, {})} if look else {}
    return SubElement(parent, tag, {**classes, **words})


def write(parent: Element, x: object, y: object, text: str, look: str = "ch-text", anchor: str = "start") -> Element:
    """A line of text in a picture, its base line at `y`."""
    element = shape(parent, "text", look, x=x, y=y, text_anchor=anchor)
    element.text = text
    return element


def mark(parent: Element, status: str, x: object, y: object, inked: bool = False, size: object = 1) -> None:
    """The mark of a status around a point, 16 pixels by `size`; `inked` on the ground of a cell that is filled."""
    scaled = "" if size == 1 else f" scale({float(size):.2f})"
    group = SubElement(parent, "g", {"transform": f"translate({number(x)} {number(y)}){scaled}"})
    if status == "material":
        shape(group, "path", "ch-ink-triangle" if inked else "ch-mark-material", d=_PATHS[status])
        shape(group, "path", "ch-ink-cut" if inked else "ch-ink", d=_EXCLAMATION)
    else:
        shape(group, "path", "ch-ink-mark" if inked else f"ch-mark-{status}", d=_PATHS[status])


def canvas(width: int, height: int) -> Element:
    """An empty picture."""
    return Element("svg", {"class": "ch-picture", "role": "img", "font-family": "DejaVu Sans, sans-serif", **_size(width, height)})


def key(text: str, width: int = 18, height: int = 18) -> tuple[Element, Element]:
    """An entry of a legend, and the small picture in it to draw the sign in."""
    item = Element("li")
    picture = SubElement(item, "svg", {"class": "ch-key", "aria-hidden": "true", **_size(width, height)})
    # For PDF/UA, which asks for an alternative of every picture.
    SubElement(picture, "title").text = text
    SubElement(item, "span").text = text
    return item, picture


def _size(width: int, height: int) -> dict[str, str]:
    return {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}


def figure(
    ids: str, title: str, says: str, picture: Element, legend: Sequence[Element], tables: Sequence[Table], summary: str, notes: Sequence[str] = (),
) -> Markup:
    """The figure: caption, picture with its alternative, legend, notes, and the numbers as tables."""
    root = Element("figure", {"class": "chart", "id": ids})
    SubElement(root, "figcaption", {"id": f"{ids}-caption"}).text = title
    picture.set("aria-labelledby", f"{ids}-title {ids}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", says))):
        element = Element(tag, {"id": f"{ids}-{tag}"})
        element.text = text
        picture.insert(place, element)
    scroll = SubElement(root, "div", {"class": "ch-scroll", "tabindex": "0", "role": "group", "aria-labelledby": f"{ids}-caption"})
    scroll.append(picture)
    if legend:
        SubElement(root, "ul", {"class": "ch-legend"}).extend(legend)
    for note in notes:
        SubElement(root, "p", {"class": "ch-note"}).text = note
    filled = [table for table in tables if table.rows]
    if filled:
        details = SubElement(root, "details", {"class": "ch-data"})
        SubElement(details, "summary").text = summary
        for place, table in enumerate(filled, 1):
            _table(details, f"{ids}-table-{place}", table)
    return Markup(tostring(root, encoding="unicode", short_empty_elements=False))  # nosec B704  # tostring escapes


def _table(parent: Element, identity: str, table: Table) -> None:
    scroll = SubElement(parent, "div", {"class": "ch-scroll", "tabindex": "0", "role": "group", "aria-labelledby": identity})
    element = SubElement(scroll, "table")
    SubElement(element, "caption", {"id": identity}).text = table.caption
    row = SubElement(SubElement(element, "thead"), "tr")
    for place, text in enumerate(table.head):
        SubElement(row, "th", {"scope": "col", **_right(place, table)}).text = text
    body = SubElement(element, "tbody")
    for cells in table.rows:
        row = SubElement(body, "tr")
        for place, text in enumerate(cells):
            SubElement(row, "td" if place else "th", {**({} if place else {"scope": "row"}), **_right(place, table)}).text = text


def _right(place: int, table: Table) -> dict[str, str]:
    return {"class": "ch-number"} if place in table.numbers else {}
