"""The schemas, one a kind of file, put together from the shapes (JSON Schema draft 7: what YAML language servers know best)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import get_args

from pydantic.json_schema import GenerateJsonSchema

from servanda.agreements import AgreementFile, SiteOf
from servanda.kinds import BY_NAME
from servanda.pack_shapes import Bound, Clause, ConsequenceShape, FactType, JudgementShape, ObligationShape, Pack, PackShape
from servanda.schema import KINDS
from servanda.schema.by_hand import cases_schema, manifest_schema, set_aside_schema, survivors_schema, text_schema
from servanda.schema.field_words import FIELD_WORDS
from servanda.schema.parts import PARTS, SCALAR, Schema, listed, own_field, ref
from servanda.shapes import Shape

DRAFT = "http://json-schema.org/draft-07/schema#"
NULL: Schema = {"type": "null"}
_MAPS = frozenset({"properties", "definitions", "patternProperties"})
_NOT_NULL: Schema = {"not": NULL}
# What pack_checks.py asks of one place alone, so that a schema can say it.
_MORE: dict[str, Schema] = {
    "FieldType": {
        "allOf": [
            {"if": {"properties": {"type": {"const": "reference"}}, "required": ["type"]}, "then": {"required": ["to"], "properties": {"to": _NOT_NULL}}},
            {
                "if": {"properties": {"type": {"enum": ["choice", "choices"]}}, "required": ["type"]},
                "then": {"required": ["of"], "properties": {"of": {"minProperties": 1}}},
            },
        ]
    },
    "Clause": {
        "anyOf": [
            {"required": ["obligations"], "properties": {"obligations": {"minItems": 1}}},
            {"required": ["nothing_checked"], "properties": {"nothing_checked": _NOT_NULL}},
        ]
    },
}
_AT_LEAST_ONE = {("obligation", "bearer"), ("obligation", "clauses"), ("FactType", "key")}


class _Generator(GenerateJsonSchema):
    """Pydantic's own, that says what keys look like and shows plain defaults only."""

    def dict_schema(self, schema: Mapping) -> Schema:
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        return {**super().dict_schema(schema), **({"propertyNames": keys} if "x-part" in keys else {})}

    def default_schema(self, schema: Mapping) -> Schema:
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return {**inner, "default": default} if isinstance(default, (bool, int, str)) else inner


def _name(shape: type[Shape]) -> str:
    """The name of a shape's definition: of a kind's own shapes with the kind's name before it."""
    kind = shape.__module__.rpartition(".")[2]
    if kind in BY_NAME:
        return kind if shape.__name__ == "Params" else f"{kind}.{shape.__name__}"
    return {"ObligationShape": "obligation", "AgreementFile": "agreement"}.get(shape.__name__, shape.__name__.removesuffix("Shape"))


class _Parts:
    """Definitions of one schema: those that are referred to, each once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def shape(self, shape: type[Shape]) -> Schema:
        """A reference to a shape."""
        name = _name(shape)
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self._definition(shape, name)
        return ref(name)

    def said(self, schema: object) -> object:
        """A schema written by hand, with all parts that it refers to."""
        if isinstance(schema, dict):
            target = str(schema.get("$ref", "")).removeprefix("#/definitions/")
            if target == "Bound":
                self.shape(Bound)
            elif target == "SiteOf":
                self.shape(SiteOf)
            elif target in PARTS and target not in self.definitions:
                self.definitions[target] = {}
                self.definitions[target] = self.said(PARTS[target])
            return {key: self.said(value) for key, value in schema.items()}
        return [self.said(one) for one in schema] if isinstance(schema, list) else schema

    def _definition(self, shape: type[Shape], name: str) -> Schema:
        made = shape.model_json_schema(ref_template="{model}", schema_generator=_Generator)
        inner = {one.__name__: one for one in _shapes_in(shape)}
        made.pop("$defs", None)
        known = self._mended(made, inner)
        known["description"] = _kind_words(name) if shape.__name__ == "Params" else inspect.getdoc(shape)
        words = {(field.alias or key): key for key, field in shape.model_fields.items()}
        for key, value in known.get("properties", {}).items():
            value = _closed(value)
            if (name, words[key]) in _AT_LEAST_ONE:
                value["minItems"] = 1
            known["properties"][key] = {**value, "description": FIELD_WORDS[name][words[key]]}
        return {**known, **_MORE.get(name, {})}

    def _mended(self, schema: object, inner: Mapping[str, type[Shape]]) -> dict:
        """Pydantic's schema with our parts, without titles, and with nothing beside a reference (draft 7 would pass over it)."""
        if isinstance(schema, list):
            return [self._mended(one, inner) for one in schema]
        if not isinstance(schema, dict):
            return schema
        if "x-part" in schema:
            rest = {key: value for key, value in schema.items() if key not in ("x-part", "title")}
            found = self.said(ref(schema["x-part"]))
            return {**_closed(found), **rest} if rest else found
        if "$ref" in schema:
            rest = {key: value for key, value in schema.items() if key not in ("$ref", "title")}
            found = self.shape(inner[schema["$ref"].rpartition("__")[2]])
            return {**_closed(found), **rest} if rest else found
        return {
            key: {name: self._mended(one, inner) for name, one in value.items()} if key in _MAPS else self._mended(value, inner)
            for key, value in schema.items() if key != "title"
        }


def _closed(schema: Schema) -> Schema:
    """A schema beside which more may stand."""
    return {"allOf": [schema]} if "$ref" in schema else dict(schema)


def _shapes_in(shape: type[Shape]) -> list[type[Shape]]:
    """The shapes that the fields of a shape name, and those inside them."""
    def within(annotation: object) -> list[type[Shape]]:
        if isinstance(annotation, type) and issubclass(annotation, Shape):
            return [annotation, *_shapes_in(annotation)]
        return [one for part in get_args(annotation) for one in within(part)]

    return [one for field in shape.model_fields.values() for one in within(field.annotation)]


def _kind_words(kind: str) -> str:
    """What a kind means, from its module."""
    return inspect.getdoc(BY_NAME[kind])


def _obligations(parts: _Parts) -> Schema:
    """Obligations: the common part, and exactly one of the kinds."""
    parts.shape(ObligationShape)
    common = parts.definitions["obligation"]
    kinds = {}
    for kind, module in BY_NAME.items():
        kinds[kind] = {**_closed(parts.shape(module.Params)), "description": _kind_words(kind)}
    common["properties"] = {**common["properties"], **kinds}
    common["oneOf"] = [{"required": [kind]} for kind in kinds]
    common["description"] = "A norm of the pack. Its last key names the kind and holds what the kind needs."
    return {"anyOf": [listed(ref("obligation")), NULL]}


def _judgements(parts: _Parts) -> Schema:
    words = FIELD_WORDS["judgements.yaml"]
    return {
        "type": ["object", "null"], "additionalProperties": False,
        "properties": {
            "judgements": {"anyOf": [listed(parts.shape(JudgementShape)), NULL], "description": words["judgements"]},
            "consequences": {"anyOf": [listed(parts.shape(ConsequenceShape)), NULL], "description": words["consequences"]},
        },
    }


def _agreement(parts: _Parts, pack: Pack | None) -> Schema:
    """An agreement. Without a pack, further keys may be anything that a pack could declare; with one, its own fields are known."""
    reference = parts.shape(AgreementFile)
    agreement, site = parts.definitions["agreement"], parts.definitions["SiteOf"]
    if pack is None or not pack.head.sites.kinds:
        agreement["required"] = [name for name in agreement["required"] if name != "sites"]  # no kind of site, no site
    if pack is None:
        agreement["additionalProperties"] = site["additionalProperties"] = own_field(False)
        return reference
    for schema, declared in ((agreement, pack.head.agreement.fields), (site, pack.head.sites.fields)):
        for name, field in declared.items():
            schema["properties"][name] = {**own_field(field.required), "description": f"{field.label.de} · {field.label.en}"}
        schema["required"] += [name for name, field in declared.items() if field.required]
    agreement["properties"]["pack"] = {"const": pack.id, "description": agreement["properties"]["pack"]["description"]}
    kinds = {kind: words.en for kind, words in pack.head.sites.kinds.items()}
    said = "; ".join(f"{kind}: {words}" for kind, words in kinds.items())
    if kinds:
        site["properties"]["kind"] = {"enum": list(kinds), "description": f"{site['properties']['kind']['description']} {said}"}
    else:
        sites = agreement["properties"]["sites"]
        agreement["properties"]["sites"] = {"type": "array", "maxItems": 0, "description": sites["description"]}
        for unused in ("SiteOf", "sites"):
            parts.definitions.pop(unused, None)
    own = parts.said(ref("own_figure"))
    agreement["properties"]["parameters"] = {
        "type": "object", "additionalProperties": False, "description": agreement["properties"]["parameters"]["description"],
        "properties": {name: {"allOf": [own], "description": f"{parameter.unit.de} · {parameter.unit.en}"} for name, parameter in pack.head.parameters.items()},
    }
    return reference


def _case_agreement(parts: _Parts, pack: Pack | None) -> Schema:
    """The agreement that cases stand on: every key may be left to the default, and who submits is said, too."""
    reference = _agreement(parts, None)
    agreement = parts.definitions["agreement"]
    agreement["properties"]["submitted_by"] = {**SCALAR, "description": FIELD_WORDS["manifest"]["submitted_by"]}
    del agreement["required"]
    return reference


_MADE: dict[str, Callable[[_Parts, Pack | None], Schema]] = {
    "agreement": _agreement,
    "pack": lambda parts, pack: parts.shape(PackShape),
    "vocabulary": lambda parts, pack: {"type": "object", "additionalProperties": parts.shape(FactType)},
    "clauses": lambda parts, pack: {"anyOf": [listed(parts.shape(Clause)), NULL]},
    "obligations": lambda parts, pack: _obligations(parts),
    "judgements": lambda parts, pack: _judgements(parts),
    "cases": lambda parts, pack: parts.said(cases_schema()),
    "case-agreement": _case_agreement,
    "lint": lambda parts, pack: parts.said(set_aside_schema()),
    "survivors": lambda parts, pack: parts.said(survivors_schema()),
    "text": lambda parts, pack: parts.said(text_schema()),
    "manifest": lambda parts, pack: parts.said(manifest_schema(pack)),
}


def schema_of(kind: str, pack: Pack | None = None) -> Schema:
    """The schema of a kind of file, ready to be written as JSON."""
    parts = _Parts()
    body = _MADE[kind](parts, pack)
    title = f"servanda: {KINDS[kind][1]}" + (f", pack {pack.id}" if pack else "")
    definitions = {name: parts.definitions[name] for name in sorted(parts.definitions)}
    return {"$schema": DRAFT, "title": title, **(_closed(body) if "$ref" in body else body), "definitions": definitions}


def schema_text(kind: str, pack: Pack | None = None) -> str:
    """The schema as it is written into a file."""
    return json.dumps(schema_of(kind, pack), indent=1, ensure_ascii=False) + "\n"
