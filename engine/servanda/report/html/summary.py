"""The first page, for whoever reads no further: which agreements deviate, what amount, what changed, what is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from servanda.dossier.contents import Overview
from servanda.report.html.views import element_id
from servanda.report.html.words import number, word
from servanda.report.words import amount, stake


def name_of(overview: Overview, lang: str) -> str:
    """How an overview is headed: the agreement's title, or the programme."""
    return overview.agreement.title if overview.agreement else word("programme", lang)


def anchor_of(overview: Overview) -> str:
    """The id of its section."""
    return element_id("a-", f"{overview.pack.id}/{overview.agreement.id if overview.agreement else '-'}")


def line_view(one: Overview, lang: str) -> dict:
    """A line of the comparison on the first page."""
    return {
        "name": name_of(one, lang), "anchor": anchor_of(one), "deviations": _sum(one, "deviation"), "material": sum(year.material for year in one.years),
        "unknown": _sum(one, "undetermined"), "at_stake": stake(one.at_stake, one.pack, lang) if one.consequences else "–", "latest": one.latest,
        "new": len(one.new), "mended": len(one.mended),
    }


def totals_view(seen: Sequence[Overview], lang: str) -> dict:
    """The sums of the first page. Amounts of different agreements do not overlap, those within one do: an overview has them once."""
    concerned = [one for one in seen if one.consequences and any(rule.amount_at_stake for rule in one.pack.consequences)]
    return {
        "at_stake": amount(sum(one.at_stake for one in concerned), lang) if concerned else None, "latest": max((one.latest or 0 for one in seen), default=0),
        "new": sum(len(one.new) for one in seen), "mended": sum(len(one.mended) for one in seen),
    }


def sentences(seen: Sequence[Overview], lang: str) -> list[dict]:
    """What the first page says before its table, each with links to the agreements concerned (and a number for each): the most at stake first."""
    lines = [line_view(one, lang) for one in seen]
    totals = totals_view(seen, lang)
    deviations, material, unknown = (sum(line[key] for line in lines) for key in ("deviations", "material", "unknown"))
    found = []
    if not deviations:
        found.append(_said(word("say_no_deviation", lang), (), "deviations", lang))
    elif not material:
        found.append(_said(word("say_no_material", lang), (), "material", lang))
    else:
        found.append(_said(word("say_material", lang, count=number(material, lang)), lines, "material", lang))
    if totals["at_stake"]:
        found.append(_said(word("say_amount", lang, amount=totals["at_stake"]), (), "at_stake", lang))
    if totals["latest"]:
        changes = {"year": totals["latest"], "before": totals["latest"] - 1, "new": number(totals["new"], lang), "mended": number(totals["mended"], lang)}
        found.append(_said(word("say_changes", lang, **changes), (), "new", lang))
    text = word("say_unknown", lang, count=number(unknown, lang)) if unknown else word("say_all_known", lang)
    found.append(_said(text, sorted(lines, key=lambda line: -line["unknown"]), "unknown", lang))
    return found


def _said(text: str, lines: Sequence[dict], key: str, lang: str) -> dict:
    return {"text": text, "links": [(line["anchor"], line["name"], number(line[key], lang)) for line in lines if line[key]]}


def _sum(one: Overview, status: str) -> int:
    return sum(year.statuses.get(status, 0) for year in one.years)
