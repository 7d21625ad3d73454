"""The file of a case as a PDF (tagged, PDF/UA-1), to be read and kept: what was found, who did what and why, in the order of time.

The same case gives the same bytes. Nothing is fetched: fonts are the system's, and the page refers to nothing outside itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from servanda.ledger.case_words import day_of, label, moment, shown, told, told_consequence, told_finding
from servanda.ledger.needs import PDF, need
from servanda.model import LANGUAGES

TEMPLATES = Path(__file__).resolve().parent / "templates"


def case_html(case: Mapping, lang: str = LANGUAGES[0]) -> str:
    """The page that the PDF is made of; InvalidInput where the extra `pdf` is missing."""
    need("pdf", *PDF)
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    world = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    runs = [
        {
            "number": run["number"], "at": moment(run["at"], lang), "author": shown(run["author"]), "as_of": day_of(run["receipt"].get("as_of"), lang),
            "receipt_sha256": run["receipt_sha256"], "report_sha256": run["report_sha256"],
            "findings": [told_finding(one, lang) for one in run["findings"]],
            "consequences": [told_consequence(one, lang) for one in run["consequences"]],
        }
        for run in case["runs"]
    ]
    chain = sorted((*case["runs"], *case["entries"]), key=lambda one: one["number"])
    return world.get_template("case.html").render(
        lang=lang, label=lambda name: label(name, lang), subject=shown(case["subject"]), runs=runs, entries=[told(one, lang) for one in case["entries"]],
        chain=[(one["number"], one["hash"]) for one in chain], checkpoint=label("checkpoint", lang).format(**case["checkpoint"]),
    )


def case_pdf(case: Mapping, lang: str = LANGUAGES[0]) -> bytes:
    """The file of a case (see `case_file`) as a PDF; InvalidInput where the extra `pdf` is missing."""
    page = case_html(case, lang)
    from weasyprint import HTML

    name = hashlib.sha256(page.encode()).digest()[:16]
    return HTML(string=page, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=name)


def _refuse(url: str, *_: object, **__: object) -> dict:
    raise ValueError("nothing outside the page is fetched")
