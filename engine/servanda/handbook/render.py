"""The handbook as one self-contained HTML page, and as Markdown (GitHub's flavour, for its tables)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from servanda.handbook.contents import Handbook, Sign
from servanda.handbook.page_words import PAGE_WORDS
from servanda.report.html.look import LOOK, policy
from servanda.report.markdown_text import markdown_text

_QUOTES = {"de": "„{}“", "en": "“{}”"}
_STYLE = LOOK + files(__package__).joinpath("templates/handbook.css").read_text(encoding="utf-8")


def _word(name: str, lang: str) -> str:
    return PAGE_WORDS[name][lang == "en"]


@lru_cache(maxsize=1)
def _template():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("servanda.handbook")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).get_template("handbook.html.j2")


def handbook_html(book: Handbook) -> str:
    """The handbook as a page that needs nothing else and runs nothing."""
    quoted = _QUOTES[book.lang].format
    return _template().render(
        book=book, t=lambda name: _word(name, book.lang), style=_STYLE, policy=policy(_STYLE, ""), lang=book.lang, quoted=quoted,
        figures={figure.name: figure for figure in book.parameters},
    )


def handbook_markdown(book: Handbook) -> str:
    """The handbook as Markdown."""
    def t(name: str) -> str:
        return _word(name, book.lang)

    lines = [f"# {t('handbook')}: {_m(book.title)}", "", t("lead"), "", t("missing"), "", f"## {t('parties')}", ""]
    lines += [f"- {_m(words)} (`{name}`)" for name, words in book.parties]
    if book.parameters:
        lines += ["", f"## {t('parameters')}", ""]
        figures = ((f"`{one.name}`", f"{_m(one.value)} {_m(one.unit)}", _m(one.reason) if one.reason else t("no_reason")) for one in book.parameters)
        lines += _rows((t("figure"), t("value"), t("reason")), figures)
    lines += ["", f"## {t('clauses')}"]
    for passage in book.passages:
        lines += ["", f"### {_m(passage.anchor)} · {_m(passage.place)}", "", _m(passage.words)]
        lines += ["", f"{t('in_text')}: " + ", ".join(_m(_QUOTES[book.lang].format(phrase)) for phrase in passage.phrases)] if passage.phrases else []
        for norm in passage.norms:
            lines += ["", f"#### {_m(norm.title)} (`{norm.id}`)", "", f"**{_m(norm.rule)}**", "", *(f"- {what}: {_m(said)}" for what, said in norm.rows)]
            lines += [f"- {t('figures')}: " + ", ".join(f"`{name}`" for name in norm.parameters)] if norm.parameters else []
            lines += [f"- {t('assumption')}: {_m(norm.assumption)}"] if norm.assumption else []
        lines += ["", f"{t('told')}: " + ", ".join(f"{_m(title)} (`{id}`)" for id, title in passage.told_before)] if passage.told_before else []
        lines += ["", f"{t('nothing')}: {_m(passage.nothing_checked)}"] if passage.nothing_checked else []
        lines += ["", f"{t('unmeasured')}: {_m(passage.unmeasured)}"] if passage.unmeasured else []
    lines += ["", f"## {t('tables')}"]
    for table in book.tables:
        lines += ["", f"### {_m(table.label)} (`{table.name}`)", "", f"{t('holders')}: {_m(table.holders)}", ""]
        columns = ((f"{_m(one.label)} (`{one.name}`)", _m(one.holds), _m(one.needed), _m(one.notes)) for one in table.columns)
        lines += _rows((t("field"), t("holds"), t("needed"), t("notes")), columns)
    lines += ["", f"## {t('judgements')}", "", t("indication"), *(line for sign in book.judgements for line in _sign(sign, t("assumption")))]
    lines += ["", f"## {t('consequences')}", *(line for sign in book.consequences for line in _sign(sign, t("assumption"), t("attributed")))]
    return "\n".join(lines) + "\n"


def _sign(sign: Sign, assumption: str, between: str = "") -> list[str]:
    lines = ["", f"### {_m(sign.title)} (`{sign.id}`, § {_m(sign.clause)})", "", _m(sign.reason), ""]
    lines += [f"- {_m(what)}{' – ' + between if between else ''}: {_m(said)}" for what, said in sign.rows]
    return lines + ([f"- {assumption}: {_m(sign.assumption)}"] if sign.assumption else [])


def _rows(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads), *(f"| {' | '.join(row)} |" for row in rows)]


def _m(text: str) -> str:
    return markdown_text(text, 100_000)
