"""How much each code of the linter matters. A code that is not listed comes from reading the pack, and is an error."""

from __future__ import annotations

LEVELS = ("error", "warning", "notice")

# error: the rules cannot mean what they say; warning: they may say something else than meant; notice: a person should know.
LEVEL_OF: dict[str, str] = {
    # bounds
    "bound-negative": "error", "bound-not-whole": "error", "bound-missing": "error", "bound-unreachable": "error", "more-than-days": "error",
    "share-above-one": "error", "bound-without-effect": "warning", "deadline-unclear": "error", "deadline-passed": "error",
    "deadline-before-start": "warning", "bearer-cannot-attest": "error",
    # dated
    "dates-in-disorder": "warning", "dated-gap": "warning",
    # conditions
    "condition-contradicts": "error", "condition-idle": "notice", "must-unmeetable": "error", "never-breached": "warning",
    # duties
    "duty-twice": "warning", "duty-implied": "warning", "bounds-contradict": "notice", "site-kind-uncovered": "warning",
    # judgements
    "judgement-never": "error", "attribution-never": "warning", "note-unmatched": "warning", "accumulation-unreachable": "error",
    "accumulation-idle": "warning", "judgement-order": "warning", "judgement-circle": "error", "pattern-covered": "warning",
    # clauses
    "clause-rule-and-reason": "warning", "clause-without-phrases": "warning", "clause-contradiction": "notice", "approximate-mismatch": "warning",
    # reasons
    "parameter-without-reason": "warning", "assumption-unsaid": "warning", "figure-without-source": "warning",
    # unused
    "unused-parameter": "warning", "unused-fact-type": "warning", "unused-field": "warning", "unused-choices": "notice",
    "unused-party": "warning", "unused-site-kind": "warning",
    # exceptions of the pack
    "aside-unmatched": "warning",
}


def level_of(code: str) -> str:
    """`error`, `warning` or `notice`."""
    return LEVEL_OF.get(code, "error")
