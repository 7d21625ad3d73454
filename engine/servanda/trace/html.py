"""The trace as one self-contained page: no request, no script, light, dark and on paper."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from servanda.report.html.look import LOOK, policy
from servanda.trace.matrix import Trace
from servanda.trace.report import counted, remarks, rule_title, said, summary


def trace_html(trace: Trace, lang: str) -> str:
    """The matrix both ways as an HTML page."""
    return _templates().get_template("trace.html.j2").render(
        lang=lang, trace=trace, title=said("title", lang, pack=trace.pack.head.title.of(lang)), summary=summary(trace, lang),
        skip="Skip to the content" if lang == "en" else "Zum Inhalt springen", style=LOOK, policy=policy(LOOK, ""),
        t=lambda which, **values: said(which, lang, **values), counted=lambda row: counted(row, lang), remarks=lambda placed: remarks(placed, lang),
        rule_title=lambda obligation: rule_title(obligation, lang), number={row.clause.anchor: at for at, row in enumerate(trace.clauses, 1)},
    ) + "\n"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=PackageLoader("servanda.trace"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
