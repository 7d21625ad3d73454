"""The schemas of files that no shape describes: manifests (facts/manifest.py) and cases (docs/pack-format.md)."""

from __future__ import annotations

from servanda.model import STATUSES
from servanda.pack_shapes import Pack
from servanda.schema.field_words import FIELD_WORDS
from servanda.schema.parts import SCALAR, Schema, listed, ref, strict

_OR_NULL: Schema = {"type": ["string", "number", "boolean", "null"]}


def _worded(name: str, properties: dict[str, Schema]) -> dict[str, Schema]:
    """Properties with their descriptions."""
    return {key: {**({"allOf": [value]} if "$ref" in value else value), "description": FIELD_WORDS[name][key]} for key, value in properties.items()}


def _until(roles: Schema) -> Schema:
    """How far a fact type is complete: a day, or a day for some of its roles."""
    by_role = strict({"until": ref("any_day"), "roles": {"anyOf": [listed(roles), {"type": "null"}]}}, ("until",))
    return {"anyOf": [ref("any_day"), by_role]}


def _complete(pack: Pack | None) -> Schema:
    """What a submission declares complete."""
    if pack is None:
        by_type: Schema = {"type": "object", "additionalProperties": _until(SCALAR)}
    else:
        by_type = strict({
            name: {**_until({"enum": list(fact_type.roles)} if fact_type.roles else SCALAR), "description": f"{fact_type.label.de} · {fact_type.label.en}"}
            for name, fact_type in pack.vocabulary.items()
        })
    return {"anyOf": [ref("any_day"), by_type, {"type": "null"}]}


def manifest_schema(pack: Pack | None) -> Schema:
    """submission.yaml; with a pack, its parties and fact types are known."""
    types = "|".join(pack.vocabulary) if pack else "[^:]+"
    properties = {
        "agreement": _OR_NULL, "pack": {"enum": [pack.id, None]} if pack else _OR_NULL, "submitted_on": ref("any_day"),
        "submitted_by": {"enum": list(pack.head.parties)} if pack else SCALAR, "complete": _complete(pack),
        "withdraws": {"anyOf": [listed({"type": "string", "pattern": f"^({types}):"}), {"type": "null"}]},
    }
    named = [{"required": [key], "properties": {key: {"not": {"type": "null"}}}} for key in ("agreement", "pack")]
    return strict(_worded("manifest", properties), ("submitted_on", "submitted_by"), anyOf=named)


_RECORD: Schema = {
    "type": "object", "description": "A record, field by field. `dates: […]` makes one record a date, `meetings: […]` one a meeting.",
    "properties": {"dates": {**listed(SCALAR, 1), "description": "One record a date, with ids -1, -2 …"}},
    "additionalProperties": {"anyOf": [_OR_NULL, listed(SCALAR)]},
}


def _submission() -> dict[str, Schema]:
    """What a case says of a submission."""
    return {
        "complete": {"anyOf": [ref("any_day"), {"type": "object", "additionalProperties": _until(SCALAR)}]},
        "submitted_on": ref("any_day"), "submitted_by": SCALAR, "withdraws": listed({"type": "string", "pattern": "^[^:]+:"}),
        "facts": {"type": "object", "additionalProperties": listed(_RECORD)},
    }


def cases_schema() -> Schema:
    """Cases: facts in short form, and the findings that are expected of them."""
    submission = strict(_worded("case.submission", _submission()))
    number: Schema = {"type": ["number", "string", "null"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
    expected = strict(_worded("case.expect", {
        "obligation": ref("id"), "site": SCALAR, "period": SCALAR, "status": {"enum": list(STATUSES)}, "value": number, "lower": number, "upper": number,
        "open": {"type": "boolean"}, "at_risk": {"type": "boolean"}, "material": {"type": "boolean"}, "bearer": listed(ref("id")),
        "judgements": listed(ref("id")),
    }), ("obligation", "period", "status"))
    consequence = strict(_worded("case.consequences", {
        "consequence": ref("id"), "attribution": SCALAR, "site": SCALAR, "year": SCALAR, "amount_at_stake": number,
    }), ("consequence", "attribution"))
    case = strict(_worded("case", {
        "case": ref("text"), "as_of": ref("any_day"), "known_on": ref("any_day"), "agreement": {"type": "object"}, **_submission(),
        "submissions": listed(submission, 1), "programme": submission, "beside": listed(ref("id")), "expect": listed(expected, 1),
        "consequences": listed(consequence),
    }), ("case", "as_of", "expect"))
    return listed(case)


def set_aside_schema() -> Schema:
    """lint.yaml: findings of the linter that stay, each with its reason."""
    places = {"anyOf": [ref("text"), listed(ref("text"), 1)]}
    return listed(strict(_worded("set-aside", {"code": ref("text"), "where": places, "reason": _words()}), ("code", "where", "reason")))


def survivors_schema() -> Schema:
    """tests/survivors.yaml: mutants that may survive."""
    return listed(strict(_worded("survivor", {"mutant": ref("text"), "reason": _words()}), ("mutant", "reason")))


def text_schema() -> Schema:
    """text.yaml: hashes and figures by clause."""
    hashes, figures = listed({"type": "string", "pattern": "^[0-9a-f]{16}$"}), listed({"type": ["string", "number"]})
    clause = strict(_worded("text.clause", {"items": hashes, "figures": figures}), ("items",))
    return strict(_worded("text", {"clauses": {"type": "object", "additionalProperties": clause}, "others": hashes}))


def _words() -> Schema:
    return strict({"de": ref("text"), "en": ref("text")}, ("de", "en"))
