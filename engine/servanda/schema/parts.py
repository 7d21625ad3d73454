"""The parts of schemas that stand for our own validators, by the names that `shapes.said` gives them."""

from __future__ import annotations

from servanda.conditions import TESTS
from servanda.judgement_patterns import NUMBERS, WORDS
from servanda.kinds import BY_NAME
from servanda.model import MODALITIES, PERIODS, SCOPES
from servanda.shapes import ID_PATTERN, NAME_PATTERN

Schema = dict[str, object]
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_MONTHS = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
_DAY = f"(20[0-9]{{2}}|2100)-({_MONTHS}|02-29)"
_GERMAN_DAY = r"(0[1-9]|[12][0-9]|3[01])\.(0[1-9]|1[0-2])\.(20[0-9]{2}|2100)"
_NUMBER: Schema = {"type": "number", "exclusiveMinimum": -(10**12), "exclusiveMaximum": 10**12}
_DATED: Schema = {
    "type": "object", "minProperties": 1, "propertyNames": {"pattern": f"^({_DAY})$"}, "additionalProperties": _NUMBER,
    "description": "Dated numbers, such as {2017-01-01: 20, 2022-01-01: 16}: the value in force on the window's first day counts.",
}


def ref(part: str) -> Schema:
    """A reference to a part."""
    return {"$ref": f"#/definitions/{part}"}


def listed(items: Schema, at_least: int = 0) -> Schema:
    """A list of something."""
    return {"type": "array", "items": items, **({"minItems": at_least} if at_least else {})}


def strict(properties: dict[str, object], required: tuple[str, ...] = (), **more: object) -> Schema:
    """A map of these keys and no others."""
    return {"type": "object", "properties": properties, "additionalProperties": False, **({"required": list(required)} if required else {}), **more}


def _one(values: tuple[str, ...]) -> Schema:
    """A property's value in a pattern: one, several, or all but some."""
    value: Schema = {"enum": list(values)} if values else SCALAR
    return {"anyOf": [value, listed(value, 1), strict({"not": {"anyOf": [value, listed(value, 1)]}}, ("not",))]}


_KNOWN = {"kind": tuple(BY_NAME), "period": PERIODS, "modality": MODALITIES, "scope": SCOPES}
_ONLY_ONE: Schema = {"anyOf": [SCALAR, {**listed(SCALAR, 1), "maxItems": 1}]}
_SOME: Schema = {"anyOf": [SCALAR, listed(SCALAR, 1)]}
_TESTS = {
    "given": {"enum": [True, False, "true", "false"], "description": "Whether the field is filled in."},
    "not_after": {**_ONLY_ONE, "description": "The day is not after that of another field, or after as_of."},
    "contains": {**_SOME, "description": "A list holds one of these."},
    "same_as": {**_ONLY_ONE, "description": "The same as another field, such as measure.site."},
    "not": {**_SOME, "description": "None of these."},
    "above": {**_ONLY_ONE, "description": "Greater than a number, or another field."},
    "at_least": {**_ONLY_ONE, "description": "Not less than a number, or another field."},
    "below": {**_ONLY_ONE, "description": "Less than a number, or another field."},
    "at_most": {**_ONLY_ONE, "description": "Not more than a number, or another field."},
}

PARTS: dict[str, Schema] = {
    "text": {**SCALAR, "pattern": r"\S"},
    "int": {"type": "integer", "exclusiveMinimum": -(10**9), "exclusiveMaximum": 10**9},
    "bool": {"type": "boolean"},
    "day": {"type": "string", "pattern": f"^({_DAY})$", "description": "A day such as 2019-03-31, from 2000 to 2100."},
    "any_day": {"type": "string", "pattern": rf"^\s*({_DAY}|{_GERMAN_DAY})\s*$", "description": "A day such as 2019-03-31 or 31.03.2019, from 2000 to 2100."},
    "month_day": {"type": "string", "pattern": f"^({_MONTHS})$", "description": "A day of the year, such as 06-30."},
    "id": {**SCALAR, "pattern": f"^{ID_PATTERN}$", "description": "An id of letters, digits, -, _ and ."},
    "name": {"type": ["string", "boolean"], "pattern": f"^{NAME_PATTERN}$"},
    "figure": {
        "anyOf": [_NUMBER, {"type": "string", "pattern": rf"^\${NAME_PATTERN}$", "description": "A parameter of pack.yaml, such as $max_days."}, _DATED],
        "description": "A number, dated numbers such as {2017-01-01: 20, 2022-01-01: 16}, or a parameter of pack.yaml such as $max_days.",
    },
    "own_figure": {"anyOf": [_NUMBER, _DATED], "description": "A number, or dated numbers such as {2017-01-01: 20, 2022-01-01: 16}."},
    "roles": {
        "anyOf": [listed(SCALAR), {"type": "object", "additionalProperties": listed(SCALAR)}],
        "description": "A list of roles, or such a list for each kind of site.",
    },
    "condition": {
        "type": "object", "minProperties": 1,
        "description": "Every line must hold: `status: held`, `status: [a, b]` (one of), or tests such as `agreed_on: {given: true}`.",
        "properties": {"any": {**listed({"$ref": "#/definitions/condition"}, 1), "description": "At least one of these conditions holds."}},
        "additionalProperties": {"anyOf": [SCALAR, listed(SCALAR, 1), strict({test: _TESTS[test] for test in TESTS}, minProperties=1)]},
    },
    "patterns": {**listed(ref("pattern"), 1), "description": "Alternatives: one of these patterns must hold for the deviation."},
    "pattern": strict(
        {**{word: _one(_KNOWN.get(word, ())) for word in WORDS}, **{number: ref("Bound") for number in NUMBERS}}, minProperties=1,
        description="Properties of a deviation; all must hold. Words are one value, a list, or {not: [values]}; numbers are compared.",
    ),
    "sites": listed(ref("SiteOf")),
}



def own_field(required: bool) -> Schema:
    """A field that a pack declares for its agreements or sites: a text as written."""
    return {**SCALAR, "pattern": r"\S"} if required else {"type": ["string", "number", "boolean", "null"]}
