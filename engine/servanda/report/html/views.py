"""A dossier as plain texts, ready for a template: what the report and the workbench show of one finding."""

from __future__ import annotations

import re
from collections.abc import Mapping

from servanda.dossier.contents import Dossier, EvidenceRow
from servanda.model import Agreement, Finding
from servanda.pack_shapes import Pack
from servanda.report.cure_words import cure_words
from servanda.report.html.words import circumstance_words, state_words, value_words, word
from servanda.report.reading_words import reading_words
from servanda.report.words import MODALITY_WORDS, STATUS_SIGNS, bounds, day, figure, measured, missing, parties, place_name, stake, status_word
from servanda.run import PackRun

SHORT = ("fulfilled", "not_applicable")


def element_id(prefix: str, identity: str) -> str:
    """An id in a page that no other id shares: letters, digits, `-`, `.` and `/` as they are, everything else as its code point.

    All of it may stand in a fragment as it is (RFC 3986, section 3.5).
    """
    return prefix + re.sub(r"[^A-Za-z0-9./-]", lambda found: f"_{ord(found[0]):x}_", identity)


def short_view(dossier: Dossier, lang: str) -> dict:
    """What a line says of a finding."""
    finding, pack = dossier.finding, dossier.pack
    return {
        "id": element_id("f-", finding.id), "finding": finding.id, "status": finding.status,
        "sign": "⚑" if finding.material else STATUS_SIGNS[finding.status],
        "word": status_word(finding.status, lang), "material": finding.material, "title": dossier.obligation.title.of(lang),
        "obligation": element_id("o-", f"{pack.id}/{finding.obligation}"), "site": dossier.site.name if dossier.site else None,
        "site_id": place_name(finding.site, pack, lang),
        "label": word("term", lang) if finding.label == "term" else finding.label, "year": finding.label if finding.label.isdecimal() else "",
        "agreement": finding.agreement or "", "clauses": finding.clauses, "measured": measured(finding, pack, lang), "open": finding.open,
    }


def view_of(dossier: Dossier, lang: str, most_rows: int | None = None) -> dict:
    """Everything that is said of a finding; texts only, nothing escaped. Of its evidence the first `most_rows` (None: all that the dossier has)."""
    shown = dossier.rows[:most_rows]
    finding, pack = dossier.finding, dossier.pack
    return {
        **short_view(dossier, lang),
        "rule": dossier.obligation.rule.of(lang), "owed": parties(pack, finding.bearer, lang),
        "modality": MODALITY_WORDS[finding.modality][lang == "en"],
        "places": [{"anchor": clause.anchor, "place": clause.place.of(lang), "words": clause.words.of(lang)} for clause in dossier.clauses],
        "window": f"{day(finding.start, lang)} – {day(finding.end, lang)}", "deadline": day(finding.deadline, lang) if finding.deadline else None,
        "value": figure(finding, finding.value, lang), "bounds": bounds(finding, lang),
        "judgements": [{"title": one.title.of(lang), "reason": one.reason.of(lang), "clause": one.clause} for one in dossier.judgements],
        "rows": [row_view(row, lang) for row in shown], "rows_left": max(0, max(finding.evidence_total, len(dossier.rows)) - len(shown)),
        "missing": [missing(one, pack, lang) for one in finding.missing],
        "cures": [cure_words(cure, finding, pack, lang) for cure in dossier.cures],
        "curable": finding.status in ("deviation", "unmet", "pending", "undetermined"),
        "assumptions": _assumptions(dossier, lang), "readings": [reading_words(one, lang) for one in dossier.readings],
        "circumstances": [
            {"text": circumstance_words(one, pack, lang), "finding": one.finding.id if one.finding else None,
             "rows": [row_view(row, lang) for row in one.rows]}
            for one in dossier.circumstances
        ],
        "before": _neighbour(dossier, lang),
    }


def row_view(row: EvidenceRow, lang: str) -> dict:
    """A record: what it is, when, what it says, what was made of it, and where it stands."""
    fields = row.fact_type.fields
    key = set(row.fact_type.key) | {row.fact_type.date}
    says = [(fields[name].label.of(lang), value_words(value, fields[name], lang)) for name, value in row.values.items() if name not in key]
    return {
        "type": row.fact_type.label.of(lang), "id": row.record.id, "day": day(row.day, lang) if row.day else "–", "says": says,
        "state": state_words(row, lang), "source": f"{row.record.submission}/{row.record.file}:{row.record.row}",
    }


def consequence_views(part: PackRun, agreement: Agreement | None, lang: str) -> list[dict]:
    """The consequences of an agreement with what the pack says of each attribution."""
    rules = {rule.id: rule for rule in part.pack.consequences}
    findings = {finding.id: finding for finding in part.findings}
    sites = {site.id: site.name for site in agreement.sites} if agreement else {}
    found = []
    for one in part.consequences:
        if one.agreement == (agreement.id if agreement else None):
            rule = rules[one.consequence]
            note = rule.notes.get(one.attribution)
            found.append({
                "title": rule.title.of(lang), "clause": one.clause, "reason": rule.reason.of(lang), "note": note.of(lang) if note else None,
                "attribution": _party(part.pack, one.attribution, lang), "site": sites.get(one.site, one.site),
                "year": str(one.year) if one.year else word("term", lang), "amount": stake(one.amount_at_stake, part.pack, lang),
                "findings": [(element_id("f-", name), _cause(findings[name], part.pack, sites, lang)) for name in one.findings if name in findings],
            })
    return found


def _cause(finding: Finding, pack: Pack, sites: Mapping[str, str], lang: str) -> str:
    label = word("term", lang) if finding.label == "term" else finding.label
    title = pack.obligation(finding.obligation).title.of(lang)
    site = sites.get(finding.site, place_name(finding.site, pack, lang))
    return f"{', '.join(text for text in (title, site, label) if text)}: {measured(finding, pack, lang)}"


def _party(pack: Pack, name: str, lang: str) -> str:
    return pack.head.parties[name].of(lang) if name in pack.head.parties else name


def _assumptions(dossier: Dossier, lang: str) -> list[str]:
    found = []
    for one in dossier.assumptions:
        text = one.reason.of(lang)
        if one.parameter:
            text = f"{one.parameter} = {one.value} {one.unit.of(lang) if one.unit else ''}".rstrip() + f": {text}"
        found.append(text)
    return list(dict.fromkeys(found))


def _neighbour(dossier: Dossier, lang: str) -> dict | None:
    before = dossier.before
    if before is None:
        return None
    return {"finding": before.id, "text": f"{before.label}: {status_word(before.status, lang)} – {measured(before, dossier.pack, lang)}"}
