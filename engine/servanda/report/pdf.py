"""PDF: the HTML report on pages, tagged for people who read with a screen reader (PDF/UA-1, ISO 14289-1), by WeasyPrint.

WeasyPrint is an extra (`pip install 'servanda[pdf]'`) and needs Pango; fonts are the system's, DejaVu where it is there (Debian: fonts-dejavu-core).
Nothing is fetched. The same page gives the same bytes with the same WeasyPrint, Pango and fonts: the identifier is made of the page, and no
date is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from servanda.problems import InvalidInput, Problem
from servanda.report.style import Style
from servanda.run import Run

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import pydyf

_SVG = "{http://www.w3.org/2000/svg}"
KEPT = ("fulfilled", "not_applicable")
_NOTICE = (
    "Dieses PDF nennt von {all} Feststellungen die {shown}, die weder erfüllt noch ohne Fall sind; alle stehen im HTML-, XLSX- oder JSON-Bericht.",
    "Of {all} findings this PDF has the {shown} that are neither fulfilled nor without a case; the HTML, XLSX or JSON report has all of them.",
)
# What is for a screen only, whatever the page's own print style says.
_PRINT = """
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9pt "DejaVu Sans", sans-serif; } }
html { font-family: "DejaVu Sans", sans-serif; font-size: 10pt; }
script, template, form, button, input, select { display: none !important; }
.ch-picture { max-width: 100%; height: auto; }
.pdf-notice { border: 1pt solid; padding: 2mm 3mm; }
"""


def pdf_report(run: Run, style: Style) -> bytes:
    """The report of a run as a PDF, for paper: findings that are fulfilled or had no case are counted, and the PDF says so."""
    from servanda.report.html.page import html_report

    shown = sum(finding.status not in KEPT for finding in run.findings)
    return printed(html_report(run, style, brief=True), _NOTICE[style.lang == "en"].format(all=len(run.findings), shown=shown))


def pdf_problems(problems: Sequence[Problem], style: Style) -> bytes:
    """Problems as a PDF."""
    from servanda.report.html.page import html_problems

    return printed(html_problems(problems, style))


def printed(page: str, notice: str = "") -> bytes:
    """An HTML page as PDF/UA-1, with a `notice` at the beginning.

    Pictures get the whole of their text alternative, title and description, in place of the table of their numbers; a closed `details` is printed
    open. InvalidInput where
    WeasyPrint, or the Pango that it needs, is not installed.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as missing:
        raise InvalidInput([Problem("missing-extra", found=str(missing).partition("\n")[0][:200], args={"extra": "pdf"})]) from missing
    # An address of the page itself is data; everything else is refused, and stands nowhere in our pages.
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",), allow_redirects=False))
    root = document.etree_element
    for picture in root.iter(f"{_SVG}svg"):
        _describe(picture)
    for element in root.iter("details"):
        element.set("open", "")
    _drop_tables(root)
    if notice:
        _say(root, notice)
    identifier = hashlib.sha256(f"{page}\0{notice}".encode()).digest()[:16]
    return document.write_pdf(
        finisher=_scopes, stylesheets=[CSS(string=_PRINT)], pdf_variant="pdf/ua-1", pdf_tags=True, pdf_identifier=identifier,
    )


def _scopes(_: object, pdf: pydyf.PDF) -> None:
    """Say of each header cell what it heads. WeasyPrint names the headers of a cell by ids without the tree that finds them (ISO 32000-1, 14.7.2).

    Its ids end in the cell's row and column: headers in the first row are those of columns, the others those of rows.
    """
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH" and "ID" in element:
            row = element["ID"].string.split("-")[-2]
            element["A"]["Scope"] = "/Column" if row == "0" else "/Row"


def _describe(picture: Element) -> None:
    """WeasyPrint takes a picture's title as its alternative, and nothing else."""
    title, says = picture.find(f"{_SVG}title"), picture.find(f"{_SVG}desc")
    if title is not None and says is not None and says.text:
        title.text = f"{title.text}. {says.text}"


def _drop_tables(root: Element) -> None:
    """Take the tables of numbers out of charts: on paper their pictures and alternatives say it."""
    for figure in [one for one in root.iter("figure") if "chart" in (one.get("class") or "").split()]:
        for child in [one for one in figure if one.tag == "details"]:
            figure.remove(child)


def _say(root: Element, notice: str) -> None:
    """A sentence at the beginning of the page, after its heading where that comes first."""
    main = root.find(".//main")
    place = root.find("body") if main is None else main
    said = place.makeelement("p", {"class": "pdf-notice"})
    said.text = notice
    place.insert(1 if len(place) and place[0].tag in ("h1", "header") else 0, said)


