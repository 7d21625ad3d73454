"""The rules of a SARIF log: one an obligation, one a code of problem, with what a reader needs to understand a result."""

from __future__ import annotations

from collections.abc import Iterable

from servanda.pack_shapes import Obligation, Pack
from servanda.report.markdown_text import markdown_text
from servanda.report.safe_text import safe_text
from servanda.report.words import MODALITY_WORDS, parties, places

_LONG = 4_000
TAGS = 20  # GitHub keeps as many of a rule


def obligation_rule(obligation: Obligation, pack: Pack, lang: str, level: str) -> dict[str, object]:
    """An obligation as a rule: its words, who owes it, where it is agreed, and what it rests on that the text does not say."""
    help_lines = list(_help(obligation, pack, lang))
    return {
        "id": obligation.id,
        "name": _pascal(obligation.id),
        "shortDescription": {"text": _sentence(obligation.title.of(lang))},
        "fullDescription": {"text": _sentence(obligation.rule.of(lang))},
        "defaultConfiguration": {"level": level},
        "help": {
            "text": "\n".join(f"{name}: {text}" for name, text in help_lines),
            "markdown": "\n".join(f"- **{name}**: {markdown_text(text, _LONG)}" for name, text in help_lines),
        },
        "properties": {
            "tags": [pack.id, obligation.modality, obligation.kind, *obligation.bearer][:TAGS], "clauses": list(obligation.clauses),
            "bearer": list(obligation.bearer), "modality": obligation.modality, "kind": obligation.kind,
        },
    }


def problem_rule(code: str, lang: str) -> dict[str, object]:
    """A code of problem as a rule."""
    english = lang == "en"
    full = (
        "The input could not be read as it was meant; nothing rests on it until it is mended."
        if english else "Die Eingabe lässt sich nicht lesen, wie sie gemeint ist; bis sie berichtigt ist, beruht nichts auf ihr."
    )
    short = f"{'Problem with the input' if english else 'Problem mit der Eingabe'}: {code}."
    return {
        "id": f"problem/{code}", "name": _pascal(f"problem-{code}"), "shortDescription": {"text": short},
        "fullDescription": {"text": full}, "defaultConfiguration": {"level": "error"}, "help": {"text": full},
        "properties": {"tags": ["problem"]},
    }


def _help(obligation: Obligation, pack: Pack, lang: str) -> Iterable[tuple[str, str]]:
    english = lang == "en"
    yield ("Rule" if english else "Regel"), safe_text(obligation.rule.of(lang), _LONG)
    yield ("Agreed in" if english else "Vereinbart in"), safe_text(places(obligation, lang, pack), _LONG)
    yield ("Owed by" if english else "Verpflichtet"), f"{parties(pack, obligation.bearer, lang)} ({MODALITY_WORDS[obligation.modality][english]})"
    if obligation.assumption:
        yield ("Assumption" if english else "Annahme"), safe_text(obligation.assumption.of(lang), _LONG)
    yield ("Explained by" if english else "Erläuterung"), f"servanda explain {obligation.id}"


def _sentence(text: str) -> str:
    """SARIF asks for descriptions that end as sentences do."""
    shown = safe_text(text, _LONG).strip()
    return shown if shown.endswith((".", "!", "?", "…")) else f"{shown}."


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("_", "-").split("-"))
